package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/sim"
)

const (
	firstDay     = civil.Date("2026-03-02") // the simulation's default
	serveMBMax   = 150                      // resident, with the demo city
	demoIn       = 20 * time.Second         // from process start to the first page
	stopIn       = 10 * time.Second         // from the signal to the end
	servesIn     = 5 * time.Second          // the goal is 1 s; a busy machine may take longer
	demoReadyIn  = 3 * time.Minute          // 12 s of work, on a machine that does other things
	demoHeadsMin = 1_500                    // about 2 000 placements
)

// small is a city of three days in which much goes wrong.
func small(url string, more ...string) []string {
	return append([]string{"sim", "--seed", "11", "--days", "3", "--workers", "60",
		"--employers", "8", "--faults", "0.05", "--json", "--db", url}, more...)
}

// report reads the JSON object on standard output and fails the test unless its sums agree.
func (p *process) report() map[string]any {
	p.t.Helper()
	var r map[string]any
	dec := json.NewDecoder(strings.NewReader(p.out.String()))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil || dec.More() {
		p.t.Fatalf("standard output is not one JSON object: %v\n%s", err, &p.out)
	}
	n := func(key string) int64 {
		number, ok := r[key].(json.Number)
		v, err := number.Int64()
		if !ok || err != nil {
			p.t.Errorf("%s is %v, want a whole number", key, r[key])
		}
		return v
	}
	for _, same := range [][2]int64{
		{n("covered_at_clock_in"), n("clock_ins")},
		{n("accrued_fen"), n("paid_fen") + n("held_fen")},
		{n("wages_late_warned"), n("wages_late")},
		{n("wages_due"), n("wages_paid_within_24h") + n("wages_late")},
		{n("law_violations"), 0},
	} {
		if same[0] != same[1] {
			p.t.Errorf("sums do not agree: %v\n%s", same, &p.out)
		}
	}
	return r
}

// reportKeys are all keys of the report; the last two and db are the machine's.
var reportKeys = []string{"seed", "days", "workers", "employers", "titles_read", "vacancies",
	"vacancies_refused", "vacancies_waiting", "vacancies_changed", "accepts_refused_protective",
	"shifts", "heads", "placements", "contracts_signed", "arrivals",
	"applications", "interviews", "retention_checks",
	"clock_ins", "clock_ins_refused", "covered_at_clock_in", "corrections", "no_shows",
	"turned_away", "insurer_denied", "waiting_pay_fen", "cancel_compensation_fen", "offline_arrivals",
	"early_finishes", "overruns", "replacements", "hours_disputed",
	"accrued_fen", "paid_fen", "held_fen", "wages_due", "wages_paid_within_24h", "wages_late",
	"wages_late_warned", "payout_lines", "payout_reissued",
	"push_runs", "pushes", "pushes_taken", "law_violations",
	"classes", "enrolments", "classes_passed", "taught_accepted",
	"credit_appeals", "credit_grades", "complaints", "complaints_upheld", "complaints_overdue",
	"notices_sent", "notices_failed", "notices_quiet", "opt_outs",
	"access_copies", "amendments", "accounts_closed",
	"imports", "import_rows", "import_rows_refused",
	"faults", "guarantee_called_fen", "guarantee_calls", "insolvencies",
	"late_reasons", "refunds_fen", "returned_payments",
	"db", "elapsed_ms", "deeds_per_s"}

// story is the report without what may differ from machine to machine.
func story(r map[string]any) map[string]any {
	s := maps.Clone(r)
	for _, key := range []string{"db", "elapsed_ms", "deeds_per_s"} {
		delete(s, key)
	}
	return s
}

// Goal: one seed tells one story, however often and on whichever engine; a database that holds a
// city is not lived in again unasked.
func TestSimTellsOneStory(t *testing.T) {
	t.Parallel()
	first := run(t, small("sqlite:"+filepath.Join(t.TempDir(), "first.db"))...).exits(0).report()
	got, want := slices.Sorted(maps.Keys(first)), slices.Sorted(slices.Values(reportKeys))
	if !slices.Equal(got, want) {
		t.Errorf("the report has the keys %v, want %v", got, want)
	}
	for _, key := range reportKeys {
		if _, text := first[key].(string); text != (key == "db") {
			t.Errorf("%s is %v", key, first[key])
		}
		if slices.Contains([]string{"placements", "clock_ins", "paid_fen", "payout_lines",
			"clock_ins_refused"}, key) && first[key] == json.Number("0") {
			t.Errorf("nothing happened: %s is 0", key)
		}
	}
	dbtest.URLs(t, func(t *testing.T, url string) {
		p := run(t, small(url)...).exits(0)
		if got, want := story(p.report()), story(first); !reflect.DeepEqual(got, want) {
			t.Errorf("the same seed told another story:\n%v\n%v", got, want)
		}
		if p.err.String() != "" {
			t.Errorf("a good run says on standard error: %s", &p.err)
		}
		again := run(t, small(url)...).exits(2)
		again.says("--resume", "sim.not_empty")
		run(t, "check", "--db", url).exits(0)
		run(t, "check", "--json", "--db", url).exits(0).prints(`{"violations":[]}`)

		tamper(t, url, `UPDATE postings SET amount_fen = amount_fen + 1 WHERE entry_id =
			(SELECT MIN(entry_id) FROM postings) AND n = 1`)
		broken := run(t, "check", "--db", url).exits(1)
		if !strings.Contains(broken.lastLine(), "law 3") {
			t.Errorf("check says %q", broken.lastLine())
		}
		// A simulation that meets a broken law still reports, and its last words name the law.
		p = run(t, "sim", "--resume", "--days", "1", "--db", url).exits(1)
		if !strings.Contains(p.lastLine(), "law 3") ||
			strings.Contains(p.out.String(), `"law_violations":0`) {
			t.Errorf("the resumed simulation says %q and reports %s", p.lastLine(), &p.out)
		}
	})
}

// prints fails the test unless standard output is that line.
func (p *process) prints(want string) {
	p.t.Helper()
	if got := strings.TrimSpace(p.out.String()); got != want {
		p.t.Errorf("gongyi %v prints %q, want %q", p.args, got, want)
	}
}

// reading opens a city beside whoever works in it; nil when there is none yet.
func reading(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{ReadOnly: true,
		Migrations: append(app.Migrations(), sim.Extra()...)})
	if err != nil {
		return nil
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func tamper(t *testing.T, url, statement string) {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{
		Migrations: append(app.Migrations(), sim.Extra()...)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, statement)
	})
	if err != nil || n == 0 {
		t.Fatalf("%s: %d rows, %v", statement, n, err)
	}
}

// livedMin says how many minutes of its life a simulated city has behind it.
func livedMin(t *testing.T, d *db.DB) int {
	t.Helper()
	text, err := db.Meta(context.Background(), d, "sim_tick_ms")
	if err != nil {
		t.Fatal(err)
	}
	var ms int64
	if _, err := fmt.Sscan(text, &ms); err != nil {
		return -1 // no city yet
	}
	return int(clock.At(ms).Sub(firstDay.Midnight()) / time.Minute)
}

// payment is a line of the bank's own book.
type payment struct {
	Key       string `json:"key"`
	AmountFen int64  `json:"amount_fen"`
	PaidAtMS  int64  `json:"paid_at_ms"`
}

// bankBook reads what the bank has paid or will pay, by key, from the bank's own journal.
func bankBook(t *testing.T, d *db.DB) map[string]payment {
	t.Helper()
	book := map[string]payment{}
	err := db.Each(context.Background(), d, `SELECT body FROM sim_outside
		WHERE kind = 'bank.payouts' ORDER BY n`, nil, func(scan func(...any) error) error {
		var body string
		if err := scan(&body); err != nil {
			return err
		}
		var lines []payment
		if err := json.Unmarshal([]byte(body), &lines); err != nil {
			return err
		}
		for _, p := range lines {
			if _, twice := book[p.Key]; twice {
				t.Errorf("the bank booked %s twice", p.Key)
			}
			if p.PaidAtMS > 0 {
				book[p.Key] = p
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// payout is a line of the city's book.
type payout struct {
	ID        string `db:"id"`
	LineID    string `db:"line_id"`
	AmountFen int64  `db:"amount_fen"`
	State     string `db:"state"`
}

// sameBooks compares the bank's book with the city's. Everything in before must have ended well.
func sameBooks(t *testing.T, d *db.DB, before map[string]payment) {
	t.Helper()
	ours, err := db.List[payout](context.Background(), d,
		`SELECT id, line_id, amount_fen, state FROM payouts ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	bank, confirmed, paidBy := bankBook(t, d), 0, map[string]string{}
	for _, p := range ours {
		paid, ok := bank[p.ID]
		delete(bank, p.ID)
		switch {
		case ok && paid.AmountFen != p.AmountFen:
			t.Errorf("payout %s: the bank paid %d, we wanted %d", p.ID, paid.AmountFen, p.AmountFen)
		case ok && paidBy[p.LineID] != "":
			t.Errorf("line %s was paid by %s and by %s", p.LineID, paidBy[p.LineID], p.ID)
		case !ok && p.State == "confirmed":
			t.Errorf("payout %s is confirmed, but the bank never paid it", p.ID)
		case ok && p.State == "failed":
			t.Errorf("payout %s was paid, but we take it for failed", p.ID)
		}
		if ok {
			paidBy[p.LineID] = p.ID
		}
		if p.State == "confirmed" {
			confirmed++
		}
		if _, was := before[p.ID]; was && p.State != "confirmed" {
			t.Errorf("payout %s was paid before the last kill and is %s a day later", p.ID, p.State)
		}
	}
	for key := range bank {
		t.Errorf("the bank paid %s, which we do not know", key)
	}
	if confirmed == 0 {
		t.Error("nothing was paid: the story proves nothing")
	}
	t.Logf("%d payouts confirmed", confirmed)
}

// Goal: whenever the process is killed, the city is lawful and can go on; nobody is paid twice and
// no payment is lost. Ctrl-C stops between two ticks and says how to go on.
func TestKilledAndResumed(t *testing.T) {
	t.Parallel()
	dbtest.URLs(t, func(t *testing.T, url string) {
		moments := rand.New(rand.NewPCG(2, uint64(len(url))%2))
		args := small(url, "--days", "60")
		lived := 5 * 60
		var d *db.DB
		for kill := range 5 {
			lived += 60 + moments.IntN(18*60)
			p := start(t, args...)
			until(t, time.Minute, "the city lives to its next kill", func() bool {
				if d == nil {
					d = reading(t, url)
				}
				if !p.alive() {
					t.Fatalf("gongyi %v ended\n%s", p.args, &p.err)
				}
				return d != nil && livedMin(t, d) >= lived
			})
			if kill == 2 {
				p.signal(syscall.SIGINT)
				p.exits(2).says("--resume", "sim.stopped")
			} else {
				p.signal(syscall.SIGKILL)
				p.exits(-1)
			}
			run(t, "check", "--db", url).exits(0)
			lived = livedMin(t, d)
			t.Logf("killed after %d:%02d of day %d", lived/60%24, lived%60, lived/60/24)
			args = []string{"sim", "--resume", "--days", "60", "--db", url}
		}
		before := bankBook(t, d)
		r := run(t, "sim", "--resume", "--days", "1", "--db", url).exits(0).report()
		if got := livedMin(t, d) - lived; got < 24*60 || got > 24*60+10 {
			t.Errorf("a day more was %d minutes", got)
		}
		if r["seed"] != json.Number("11") || r["workers"] != json.Number("60") {
			t.Errorf("the resumed city forgot who it is: %v", r)
		}
		run(t, "check", "--db", url).exits(0)
		sameBooks(t, d, before)
	})
}

// Goal: check names the law that a changed row breaks, needs no key, and knows when it cannot look.
func TestCheckNamesTheLaw(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good.db")
	r := run(t, small("sqlite:"+good, "--workers", "150")...).exits(0).report()
	if r["held_fen"] == json.Number("0") {
		t.Fatal("every wage is paid: there is none to be late with")
	}
	if keys, _ := filepath.Glob(filepath.Join(dir, "*.key")); len(keys) > 0 {
		t.Errorf("a simulated city has key files: %v", keys)
	}
	for name, c := range map[string]struct{ law, statement string }{
		"a cover is gone": {"law 1", `DELETE FROM covers WHERE id = (SELECT MIN(id) FROM covers)`},
		"a posting changed": {"law 3", `UPDATE postings SET amount_fen = amount_fen - 1
			WHERE account = (SELECT MIN(account) FROM postings WHERE account > 'payable/')`},
		"a balance changed": {"law 3", `UPDATE balances SET balance_fen = balance_fen + 1
			WHERE account = (SELECT MIN(account) FROM balances)`},
		"a payout is forgotten": {"law 3", `UPDATE payouts SET state = 'failed' WHERE id =
			(SELECT MIN(id) FROM payouts WHERE state = 'confirmed')`},
		"nobody was warned": {"law 4", `UPDATE wage_lines SET warn_at_ms = 1 WHERE id =
			(SELECT MIN(id) FROM wage_lines WHERE state <> 'paid' AND state <> 'reversed')`},
		"a byte of the evidence changed": {"law 5", `UPDATE contract_evidence
			SET body = '[' || substr(body, 2) WHERE n = 2 AND contract_id =
			(SELECT MIN(contract_id) FROM contract_evidence)`},
		"a head was sold twice": {"law 6", `UPDATE shifts SET taken = taken - 1 WHERE id =
			(SELECT MIN(id) FROM shifts WHERE taken > 0)`},
		"a phone stands in clear": {"law 9", `UPDATE messages SET phone = '19900000001'
			WHERE id = (SELECT MIN(id) FROM messages)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := copyOf(t, good)
			tamper(t, "sqlite:"+file, c.statement)
			p := run(t, "check", "--json", "--db", "sqlite:"+file).exits(1)
			var got struct{ Violations []string }
			if err := json.Unmarshal([]byte(p.out.String()), &got); err != nil || len(got.Violations) == 0 {
				t.Errorf("check --json prints %s: %v", &p.out, err)
			}
			if !strings.Contains(p.err.String(), c.law) {
				t.Errorf("check says %q, want %s", &p.err, c.law)
			}
		})
	}
	run(t, "check", "--db", "sqlite:"+filepath.Join(dir, "none.db")).exits(2)
}

func copyOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// Goal: serve keeps a city to itself, is checked while it runs, finishes what is in flight when it
// is told to stop, and says so.
func TestServe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "city.db")
	p := start(t, "serve", "--addr", "127.0.0.1:0", "--db", "sqlite:"+file)
	until(t, time.Minute, "the new city shows its cockpit", func() bool {
		_, page := get(t, p.url()+"/cockpit")
		return strings.Contains(page, "驾驶舱")
	})
	if _, err := os.Stat(file + ".key"); err != nil {
		t.Errorf("a real city needs a key file: %v", err)
	}
	run(t, "check", "--db", "sqlite:"+file).exits(0)
	for _, second := range []string{"serve", "demo"} {
		run(t, second, "--addr", "127.0.0.1:0", "--db", "sqlite:"+file).exits(2).says(file, "db.locked")
	}
	run(t, small("sqlite:"+file)...).exits(2).says("sim.not_empty")
	if status, _ := get(t, p.url()+"/"); status != http.StatusOK {
		t.Errorf("after the second process the first answers %d", status)
	}
	inFlight(t, p)
	if err := os.Remove(file + ".key"); err != nil {
		t.Error(err)
	}
	run(t, "check", "--db", "sqlite:"+file).exits(0).prints("ok: every law holds")
	n, err := db.Get[int64](context.Background(), reading(t, "sqlite:"+file),
		`SELECT COUNT(*) FROM deeds WHERE key = 'in flight'`)
	if err != nil || n != 1 {
		t.Errorf("the deed in flight was done %d times: %v", n, err)
	}
}

// inFlight sends half a request, tells the server to stop, and sends the other half when no new
// connection is taken any more.
func inFlight(t *testing.T, p *process) {
	t.Helper()
	host := strings.TrimPrefix(p.url(), "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"phone": "19912345678"}`
	fmt.Fprintf(conn, "POST /api/v1/codes HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nIdempotency-Key: in flight\r\nExpect: 100-continue\r\n\r\n",
		host, len(body))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the server does not ask for the body: %q, %v", line, err)
	}
	answers.ReadString('\n')
	fmt.Fprint(conn, body[:10])
	wall, err := http.Get(p.url() + "/cockpit/live") // whoever watches does not hold up the end
	if err != nil {
		t.Fatal(err)
	}
	defer wall.Body.Close()
	watch := clock.Start()
	p.signal(syscall.SIGTERM)
	until(t, stopIn, "no new connection is taken", func() bool {
		c, err := net.Dial("tcp", host)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if !p.alive() {
		t.Fatalf("the server left with a request in flight\n%s", &p.err)
	}
	fmt.Fprint(conn, body[10:])
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatalf("the request in flight got no answer: %v", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(text), "until") {
		t.Errorf("the request in flight got %d %s, %v", res.StatusCode, text, err)
	}
	p.exits(0)
	if took := watch.Elapsed(); took > stopIn {
		t.Errorf("it took %s to stop", took)
	}
	if !strings.Contains(p.lastLine(), "Stopped") || !strings.Contains(p.lastLine(), "已停止") {
		t.Errorf("its last words are %q", p.lastLine())
	}
}

// Goal: the demo answers while it still makes its city, shows the cockpit when it has, stops when
// it is told to, is back at once, and stays small.
func TestDemo(t *testing.T) {
	t.Parallel()
	binary(t) // built before the watch runs
	file := filepath.Join(t.TempDir(), "demo.db")
	watch := clock.Start()
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--db", "sqlite:"+file)
	status, page := get(t, p.url()+"/")
	first := watch.Elapsed()
	if status != http.StatusOK || !strings.Contains(page, "工驿") || first > demoIn {
		t.Errorf("after %s the demo answers %d %.200s", first, status, page)
	}
	showsCockpit(t, p, demoReadyIn)
	_, peak, _ := p.memory()
	t.Logf("demo: first page after %s, cockpit after %s, at most %d MB", first, watch.Elapsed(), peak)
	p.stops()
	n, err := db.Get[int64](context.Background(), reading(t, "sqlite:"+file),
		`SELECT COUNT(*) FROM placements WHERE accepted_at_ms > 0`)
	if err != nil || n < demoHeadsMin {
		t.Errorf("the demo city has %d placements, %v", n, err)
	}
	for _, command := range []string{"demo", "serve"} {
		watch = clock.Start()
		p = start(t, command, "--addr", "127.0.0.1:0", "--db", "sqlite:"+file)
		showsCockpit(t, p, servesIn)
		back := watch.Elapsed()
		for range 20 {
			get(t, p.url()+"/")
			get(t, p.url()+"/sandbox/sms/inbox")
			get(t, p.url()+"/api/v1/shifts")
		}
		now, peak, ok := p.memory()
		t.Logf("%s on a city of %d placements: back after %s, %d MB, at most %d MB", command, n, back,
			now, peak)
		if ok && peak > serveMBMax {
			t.Errorf("%s takes %d MB, at most %d are allowed", command, peak, serveMBMax)
		}
		// The history ends some hours ago: what became late since is warned of in the first round of
		// sweeps after the start.
		until(t, time.Minute, "the laws hold", func() bool {
			return run(t, "check", "--db", "sqlite:"+file).wait(time.Minute) == 0
		})
		p.stops()
	}
}

func showsCockpit(t *testing.T, p *process, bound time.Duration) {
	t.Helper()
	url := p.url() + "/cockpit"
	until(t, bound, "the cockpit is shown", func() bool {
		status, page := get(t, url)
		return status == http.StatusOK && strings.Contains(page, "驾驶舱")
	})
}

// stops tells the server to stop and expects it to, in time and with its sentence.
func (p *process) stops() {
	p.t.Helper()
	watch := clock.Start()
	p.signal(syscall.SIGTERM)
	p.exits(0)
	took := watch.Elapsed()
	p.t.Logf("%s stopped within %s", p.args[0], took)
	if took > stopIn || !strings.Contains(p.lastLine(), "Stopped") {
		p.t.Errorf("%s stopped after %s and says %q", p.args[0], took, p.lastLine())
	}
}

// Goal: whoever asks wrongly gets one sentence in their language and exit code 2.
func TestOneSentence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		zh, en string
	}{
		"no such command": {[]string{"sing"}, "命令", "sing"},
		"no such flag":    {[]string{"sim", "--dayz", "3"}, "--dayz", "--dayz"},
		"not a number":    {[]string{"sim", "--days", "x"}, "--days", "--days"},
		"no days":         {[]string{"sim", "--days", "0"}, "须在 1 到", "between 1 and"},
		"too many faults": {[]string{"sim", "--faults", "2"}, "0 到 1", "between 0 and 1"},
		"no day":          {[]string{"sim", "--from", "soon"}, "不是日期", "not a day"},
		"no titles":       {[]string{"sim", "--titles", "none.csv"}, "none.csv", "cannot be opened"},
		"no city to resume": {[]string{"sim", "--resume", "--db", "sqlite:" + dir + "/no.db"},
			"没有可以续跑", "no simulated city"},
		"no file": {[]string{"check", "--db", "sqlite:" + dir + "/no.db"},
			"没有找到", "no database file"},
		"no database": {[]string{"check", "--db", "mysql://x"}, "应为", "must be"},
		"no server": {[]string{"check", "--db", "postgres://nobody:secret@127.0.0.1:1/none"},
			"连不上", "cannot be reached"},
		"not SQLite":        {[]string{"check", "--db", "sqlite:" + text}, "不是", "is not"},
		"not SQLite either": {[]string{"sim", "--db", "sqlite:" + text}, "不是", "is not"},
		"no folder": {[]string{"sim", "--db", "sqlite:" + dir + "/none/x.db"},
			"打不开", "cannot be opened"},
		"port in use": {[]string{"serve", "--addr", "256.0.0.1:1"}, "监听", "Cannot listen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, words := range map[string]string{"zh-CN": c.zh, "en": c.en} {
				p := startAs(t, lang, c.args...).exits(2)
				p.says(words)
				if strings.Contains(p.err.String(), "secret") {
					t.Errorf("the password is shown: %s", &p.err)
				}
			}
		})
	}
}
