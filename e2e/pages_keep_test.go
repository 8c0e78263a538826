package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// get asks for what is no page.
func (s *site) get(path string) *browser {
	s.c.t.Helper()
	return s.with("").open(path)
}

// Goal: the pages can be kept as an app: the manifest and the icons that it names are there, the
// service worker stands at the root and names files that are there; only schedule and card say
// whose they are, and nothing with money or of somebody unknown does.
func TestPagesKept(t *testing.T) {
	t.Parallel()
	c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
	s := serve(c)
	manifest := s.get("/manifest.webmanifest")
	var m struct {
		Start string `json:"start_url"`
		Icons []struct{ Src, Sizes, Type string }
	}
	c.ok(json.Unmarshal([]byte(manifest.body), &m))
	if m.Start != "/" || len(m.Icons) != 3 || manifest.header.Get("Content-Type") !=
		"application/manifest+json" {
		t.Errorf("the manifest: %+v %v", m, manifest.header)
	}
	for _, i := range m.Icons {
		if got := s.get(i.Src); got.status != http.StatusOK ||
			!strings.HasPrefix(got.header.Get("Content-Type"), i.Type) {
			t.Errorf("%s: %d %s", i.Src, got.status, got.header.Get("Content-Type"))
		}
	}
	worker := s.get("/sw.js")
	want(t, "the service worker", worker, http.StatusOK, "Gongyi-Keep", `"offline":"/offline"`)
	if !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Error("the service worker is no script: ", worker.header)
	}
	file := regexp.MustCompile(`/assets/[0-9a-f]{12}/[a-z.]+`)
	for _, path := range file.FindAllString(worker.body, -1) {
		if got := s.get(path); got.status != http.StatusOK {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if node, err := exec.LookPath("node"); err == nil {
		check := exec.CommandContext(t.Context(), node, "--check", "-")
		check.Stdin = strings.NewReader(worker.body)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("the service worker: %s", out)
		}
	}

	w := c.newWorker(1)
	in := s.with(c.session(w.phone))
	for path, kept := range map[string]bool{"/schedule": true, "/me/pass": true,
		"/wages": false, "/me": false, "/me/card": false, "/me/consents": false, "/": false,
		"/offline": false} {
		got := in.open(path)
		if got.status != http.StatusOK || got.header.Get("Gongyi-Keep") != "" != kept {
			t.Errorf("%s: %d, kept for %q", path, got.status, got.header.Get("Gongyi-Keep"))
		}
	}
	other := s.with(c.session(c.newWorker(2).phone))
	if in.open("/schedule").header.Get("Gongyi-Keep") ==
		other.open("/schedule").header.Get("Gongyi-Keep") {
		t.Error("two workers keep under one name")
	}
}

// Goal: a worker's schedule stands in a calendar by a secret address that is shown once, is
// replaced and ended by its owner, and shows neither money nor a person.
func TestPagesCalendar(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		p := c.accept(w, c.shift(1))
		b := s.visitor().enters(w)
		b.open("/schedule").shows(200, "放进手机日历", "我的出示码")
		address := func() string {
			t.Helper()
			b.shows(200, "只显示这一次")
			found := regexp.MustCompile(`/calendar/[A-Za-z0-9_-]+\.ics`).FindString(b.body)
			if found == "" {
				t.Fatal("no address: ", b.body)
			}
			return found
		}
		b.open("/me/calendar").shows(200, "生成日历地址")
		b.send("/me/calendar", nil)
		first := address()
		got := s.get(first)
		want(t, "the calendar", got, http.StatusOK, "BEGIN:VEVENT", "UID:"+p.ID, "演示物流", "!187",
			"!"+w.id, "!"+w.phone)
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/calendar") {
			t.Error("the calendar is ", got.header.Get("Content-Type"))
		}
		b.open("/me/calendar").shows(200, "正在用")
		b.send("/me/calendar", nil)
		second := address()
		want(t, "the old address", s.get(first), http.StatusNotFound)
		want(t, "the new address", s.get(second), http.StatusOK, "BEGIN:VCALENDAR")
		b.open("/me/calendar").send("/me/calendar/end", nil).shows(200, "生成日历地址")
		want(t, "an ended address", s.get(second), http.StatusNotFound)
		want(t, "no address", s.get("/calendar/x.ics"), http.StatusNotFound)
	})
}

// Goal: whoever scans a worker's card at the gate gets the board of the worker's shift; somebody
// else's card leads nowhere, and is nobody else's business.
func TestPagesPass(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		shift, w := c.shift(1), c.newWorker(2)
		want(t, "the card", d.site.with(c.session(w.phone)).open("/me/pass"), http.StatusOK,
			"<svg", "出示码", "!"+w.phone)
		want(t, "not on a shift", d.helper.open("/pass/"+w.id), http.StatusNotFound)
		c.accept(w, shift)
		wentTo(t, "scanned", d.helper.open("/pass/"+w.id), "/e/shifts/"+shift)
		wentTo(t, "by a worker", d.worker.open("/pass/"+w.id), "/e/register")
		wentTo(t, "by nobody", d.nobody.open("/pass/"+w.id), "/login")
	})
}

// Goal: a form sent twice, as after a lost answer, is one deed and goes to the same place.
func TestPagesSentTwice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		_, shiftID := c.monthly(1)
		in := s.with(c.session(w.phone))
		send := func(path, form string) *browser {
			return in.ask(http.MethodPost, path, form, formMedia)
		}
		for range 2 {
			wentTo(t, "applied", send("/shifts/"+shiftID+"/apply", "idempotency_key=form-twice"),
				"/me/applications")
		}
		for range 2 {
			wentTo(t, "a call asked for", send("/callback", "idempotency_key=form-again&words=x"),
				"/callback")
		}
		if c.count(`SELECT COUNT(*) FROM applications`) != 1 ||
			c.count(`SELECT COUNT(*) FROM callbacks`) != 1 {
			t.Error("sent twice is two deeds")
		}
	})
}
