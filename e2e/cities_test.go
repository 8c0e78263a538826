package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// closesIn bounds how long a city may take to notice that its database is away or back: the pool
// looks at a failing city once a minute at most, here after some seconds.
const closesIn = 30 * time.Second

// door stands before a server and can be shut: then whoever is inside is thrown out.
type door struct {
	to string

	mu    sync.Mutex
	open  bool
	conns []net.Conn
}

// newDoor gives a shut door and a database's address through it.
func newDoor(t *testing.T, address string) (*door, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{to: u.Host}
	t.Cleanup(func() {
		ln.Close()
		d.set(false)
	})
	go func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			d.pass(in)
		}
	}()
	u.Host = ln.Addr().String()
	return d, u.String()
}

func (d *door) pass(in net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.open {
		in.Close()
		return
	}
	out, err := net.Dial("tcp", d.to)
	if err != nil {
		in.Close()
		return
	}
	d.conns = append(d.conns, in, out)
	for from, to := range map[net.Conn]net.Conn{in: out, out: in} {
		go func() {
			_, _ = io.Copy(to, from) // until one of them leaves
			from.Close()
			to.Close()
		}()
	}
}

func (d *door) set(open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = open
	if !open {
		for _, c := range d.conns {
			c.Close()
		}
		d.conns = nil
	}
}

// citiesFile writes a file of three cities: two on SQLite, one on PostgreSQL.
func citiesFile(t *testing.T, dir, postgres string) string {
	t.Helper()
	file := filepath.Join(dir, "cities.yaml")
	text := fmt.Sprintf(`cities:
  - {code: "50", path: /cq, db: "sqlite:%[1]s/cq.db", sandbox: true}
  - {code: "3301", path: /hz, db: "sqlite:%[1]s/hz.db", sandbox: true}
  - {code: "5101", path: /cd, db: "%[2]s", key_file: "%[1]s/cd.key", sms_url: "http://127.0.0.1:1"}
`, dir, postgres)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// post calls an operation of the running program.
func post(t *testing.T, url, token string, in map[string]string) (int, map[string]any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, http.MethodPost, url, token, string(body))
}

func send(t *testing.T, method, url, token, body string) (int, map[string]any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Idempotency-Key", fmt.Sprintf("%s %s %s", t.Name(), url, body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatalf("%s %s: %d, %v", method, url, res.StatusCode, err)
	}
	return res.StatusCode, out
}

// logsIn asks a city for a code, waits until its own gateway shows it, and logs in. That the
// message arrives proves that the city's sweeps run.
func logsIn(t *testing.T, city, phone string) string {
	t.Helper()
	status, out := post(t, city+"/api/v1/codes", "", map[string]string{"phone": phone})
	if status != 200 {
		t.Fatalf("%s gives no code: %d %v", city, status, out)
	}
	var code string
	until(t, closesIn, "the code arrives at "+city, func() bool {
		_, page := get(t, city+"/sandbox/sms/inbox?phone="+phone)
		_, main, _ := strings.Cut(page, "<main")
		code = sixDigits.FindString(strings.ReplaceAll(main, phone, ""))
		return code != ""
	})
	status, out = post(t, city+"/api/v1/sessions", "",
		map[string]string{"phone": phone, "code": code})
	token, _ := out["token"].(string)
	if status != 200 || token == "" {
		t.Fatalf("%s does not let %s in: %d %v", city, phone, status, out)
	}
	return token
}

// Goal: one process serves three cities. One whose database is away is closed, opens by itself when
// it is back and closes again; the others never notice. What one city gave is nothing in another.
func TestManyCities(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pg, through := newDoor(t, dbtest.Schema(t))
	file := citiesFile(t, dir, through)
	p := start(t, "serve", "--addr", "127.0.0.1:0", "--cities", file)
	cq, hz, cd := p.url()+"/cq", p.url()+"/hz", p.url()+"/cd"

	if _, page := get(t, p.url()+"/"); !strings.Contains(page, `<a href="/cq/">重庆市</a>`) ||
		!strings.Contains(page, "成都市<span>") {
		t.Errorf("the page of all cities: %s", page)
	}
	status, out := send(t, http.MethodGet, cd+"/api/v1/shifts", "", "")
	if status != 503 || out["code"] != "app.city_closed" {
		t.Errorf("a city without its database: %d %v", status, out)
	}
	her := logsIn(t, cq, "19911110001")
	his := logsIn(t, hz, "19911110002")
	for _, c := range []struct {
		city, token string
		want        int
	}{{cq, her, 200}, {hz, her, 401}, {hz, his, 200}, {cq, his, 401}} {
		if status, out := send(t, http.MethodGet, c.city+"/api/v1/me", c.token, ""); status != c.want {
			t.Errorf("%s with a token of one of the cities: %d %v, want %d", c.city, status, out, c.want)
		}
	}

	pg.set(true)
	until(t, closesIn, "the city opens when its database is back", func() bool {
		status, _ := get(t, cd+"/api/v1/shifts")
		return status == http.StatusOK
	})
	pg.set(false)
	until(t, closesIn, "the city says that its database is away", func() bool {
		status, out := send(t, http.MethodGet, cd+"/api/v1/shifts", "", "")
		return status == 503 && out["code"] == "db.away"
	})
	logsIn(t, cq, "19911110003")
	run(t, "check", "--cities", file).exits(2).mentions("5101 成都市", "db.unreachable")
	pg.set(true)
	until(t, closesIn, "the city is back", func() bool {
		status, _ := get(t, cd+"/api/v1/shifts")
		return status == http.StatusOK
	})
	p.stops()

	run(t, "check", "--cities", file).exits(0).prints("50 重庆市: ok: every law holds\n" +
		"3301 杭州市: ok: every law holds\n5101 成都市: ok: every law holds")
	run(t, "migrate", "--cities", file).exits(0)
	tamper(t, "sqlite:"+dir+"/hz.db", `UPDATE messages SET phone = '19900000001'`)
	run(t, "check", "--cities", file).exits(1).mentions("3301 杭州市: law 9")
}

// mentions fails the test unless standard error has all the words.
func (p *process) mentions(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.err.String(), w) {
			p.t.Errorf("gongyi %v says %q, want %q in it", p.args, &p.err, w)
		}
	}
}

// Goal: a city that is set up wrongly stops the start with one sentence that names file and line.
func TestCitiesRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := citiesFile(t, dir, "postgres://127.0.0.1:1/none")
	p := start(t, "serve", "--addr", "127.0.0.1:0", "--cities", file)
	p.url()
	p.stops()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	text, key := string(read("cities.yaml")), read("cq.db.key")
	for _, name := range []string{"same.key", "exposed.key", "bad.key"} {
		mode, data := os.FileMode(0o600), key
		switch name {
		case "exposed.key":
			mode = 0o644
		case "bad.key":
			data = []byte("no key\n")
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, mode); err != nil {
			t.Fatal(err)
		}
	}
	withKey := func(name string) string {
		return strings.Replace(text, `hz.db"`, `hz.db", key_file: "`+dir+"/"+name+`"`, 1)
	}
	for name, c := range map[string]struct {
		text  string
		words []string
	}{
		"another key":     {withKey("new.key"), []string{":3: ", "people.wrong_key"}},
		"one key for two": {withKey("same.key"), []string{"same.key", "cmd.same_key"}},
		"an exposed key":  {withKey("exposed.key"), []string{":3: ", "crypt.key_exposed"}},
		"no key":          {withKey("bad.key"), []string{":3: ", "crypt.key_bad"}},
		"one path twice": {strings.Replace(text, "/hz,", "/cq,", 1),
			[]string{":3: ", "path", "config.taken"}},
		"unknown region": {strings.Replace(text, `"3301"`, `"9901"`, 1),
			[]string{":3: ", "code", "config.not_region"}},
		"no YAML": {text + "}", []string{":5: ", "config.cities_syntax"}},
		"no folder": {strings.Replace(text, "/hz.db", "/none/hz.db", 1),
			[]string{":3: ", "crypt.key_unwritable"}},
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".yaml")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		p := run(t, "serve", "--addr", "127.0.0.1:0", "--cities", file).exits(2)
		if !strings.Contains(p.lastLine(), file) {
			t.Errorf("%s: %q does not name the file", name, p.lastLine())
		}
		for _, w := range c.words {
			if !strings.Contains(p.lastLine(), w) {
				t.Errorf("%s: %q does not say %q", name, p.lastLine(), w)
			}
		}
	}
	for name, args := range map[string][]string{
		"no file":  {"serve", "--cities", dir + "/none.yaml"},
		"both":     {"serve", "--cities", file, "--db", "sqlite:" + dir + "/x.db"},
		"neither":  {"check"},
		"both too": {"check", "--cities", file, "--db", "sqlite:" + dir + "/x.db"},
	} {
		t.Run(name, func(t *testing.T) { run(t, args...).exits(2).says("[c") })
	}
}

// Goal: two cities may give out the same ids, as these do; still a code on a door of the one is
// nothing at the door of the other, and a session of the one is nobody in the other.
func TestNothingOfAnotherCity(t *testing.T) {
	t.Parallel()
	dbtest.URLs(t, func(t *testing.T, url string) {
		here := newTownWithKey(t, url, 1)
		there := newTownWithKey(t, "sqlite:"+filepath.Join(t.TempDir(), "there.db"), 2)
		if here.employer.placeID != there.employer.placeID {
			t.Fatalf("the towns differ in their ids: the test would prove nothing")
		}
		w, shift := here.newWorker(1), here.shift(1)
		placement := here.accept(w, shift)
		here.sign(w, placement.ContractID)
		here.clk.Set(placement.StartsAt)
		there.clk.Set(placement.StartsAt)
		qr, err := there.Stations.ShowQR(there.employer.ctx, station.ShowQR{
			PlaceID: there.employer.placeID})
		here.ok(err)
		stranger := here.gate(w, placement.ID)
		stranger.Token = qr.Token
		if _, err := here.Attendance.ClockIn(w.ctx, stranger); fault.As(err) == nil {
			t.Errorf("clocked in with another city's code: %v", err)
		}
		if _, err := here.Attendance.ClockIn(w.ctx, here.gate(w, placement.ID)); err != nil {
			t.Errorf("not even with the right code: %v", err)
		}
		here.lawful()
		there.lawful()
	})
}
