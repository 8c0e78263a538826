package insurance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/sandbox"
)

// insurer is a stand-in that fails in the order of its script, then works.
type insurer struct {
	*httptest.Server
	t testing.TB

	mu     sync.Mutex
	script []string          // down: nothing happens; lost: it happens, unheard; reject
	calls  []string          // "POST" and "GET" as they came
	bodies map[string]string // by key, as first seen
	state  map[string]string
	told   map[string]string // cover → the key it came under
}

func newInsurer(t testing.TB) *insurer {
	i := &insurer{t: t, bodies: map[string]string{}, state: map[string]string{},
		told: map[string]string{}}
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *insurer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls = append(i.calls, r.Method)
	what := ""
	if len(i.script) > 0 {
		what, i.script = i.script[0], i.script[1:]
	}
	if what == "down" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/insurer/bordereaux/")
	if r.Method == http.MethodPost {
		key = i.take(r, what)
	}
	if what == "lost" {
		w.WriteHeader(http.StatusGatewayTimeout)
		return
	}
	state := i.state[key]
	if state == "" {
		state = "never_seen"
	}
	fmt.Fprintf(w, `{"state":%q,"reason":"the insurer's words"}`, state)
}

func (i *insurer) take(r *http.Request, what string) string {
	var d insurance.Declaration
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		i.t.Errorf("a bordereau that cannot be read: %v", err)
	}
	body := fmt.Sprintf("%+v", d.Rows)
	if first, again := i.bodies[d.Key]; again {
		if first != body {
			i.t.Errorf("%s came again with other rows:\n%s\n%s", d.Key, first, body)
		}
		return d.Key
	}
	i.bodies[d.Key], i.state[d.Key] = body, "accepted"
	if what == "reject" {
		i.state[d.Key] = "rejected"
		return d.Key
	}
	for _, row := range d.Rows {
		if other := i.told[row.CoverID]; other != "" {
			i.t.Errorf("%s came on %s and on %s", row.CoverID, other, d.Key)
		}
		i.told[row.CoverID] = d.Key
	}
	return d.Key
}

// Goal: whatever the insurer does, every cover is told once and the truth is found out by asking.
func TestBordereau(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script []string
		calls  string // as the insurer hears them
	}{
		"works":                       {nil, "POST"},
		"down at first":               {[]string{"down"}, "POST GET POST"},
		"down, then the asking too":   {[]string{"down", "down"}, "POST GET GET POST"},
		"answer lost":                 {[]string{"lost"}, "POST GET"},
		"answer lost, asked twice":    {[]string{"lost", "lost"}, "POST GET GET"},
		"down, told again, then lost": {[]string{"down", "", "lost"}, "POST GET POST GET"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
				b := setup(t, d, clk)
				w := b.worker(1, "1990-01-01")
				must(b.consent(w))(t)
				b.insurer.script = c.script
				b.covered(w, "plc_1")
				b.covered(w, "plc_2")
				for range 10 {
					if err := b.sweep(); err != nil {
						t.Fatal(err)
					}
					clk.Add(10 * time.Minute)
				}
				if got := strings.Join(b.insurer.calls, " "); got != c.calls {
					t.Errorf("calls: %s, want %s", got, c.calls)
				}
				if r := b.report(w); r != "reported" || len(b.insurer.told) != 2 {
					t.Errorf("report %s, told %v", r, b.insurer.told)
				}
				if err := b.check(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Goal: a process killed between the row and the call, or between the call and the answer's
// record, leaves a row that the next one asks about: told once, forgotten never.
func TestKilled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.covered(w, "plc_1")
		for _, heard := range []bool{false, true} {
			client := b.s.Insurer
			b.s.Insurer = killer{client, heard}
			func() {
				defer func() {
					if recover() == nil {
						t.Fatal("nobody was killed")
					}
				}()
				_ = b.sweep()
			}()
			b.s.Insurer = client
			if r := b.report(w); r != "sent" {
				t.Errorf("after the kill: %s", r)
			}
			for range 5 {
				clk.Add(2 * time.Minute)
				if err := b.sweep(); err != nil {
					t.Fatal(err)
				}
			}
			if r := b.report(w); r != "reported" {
				t.Errorf("in the end: %s", r)
			}
			clk.Add(time.Hour)
			b.covered(w, fmt.Sprint("plc_", heard))
		}
		if err := b.sweep(); err != nil || len(b.insurer.told) != 3 {
			t.Errorf("told %v, %v", b.insurer.told, err)
		}
	})
}

// killer ends the process at the call, before or after the insurer hears it.
type killer struct {
	insurance.Insurer
	heard bool
}

func (k killer) Tell(ctx context.Context, d insurance.Declaration) (insurance.Answer, error) {
	if k.heard {
		if _, err := k.Insurer.Tell(ctx, d); err != nil {
			panic(err)
		}
	}
	panic("killed")
}

// Goal: a refused bordereau waits for a clerk, whose retry tells its covers under a new key;
// nothing else can be retried.
func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.covered(w, "plc_1")
		b.insurer.script = []string{"reject"}
		if err := b.sweep(); err != nil {
			t.Fatal(err)
		}
		list := must(b.s.FindBordereaux(b.clerk, insurance.FindBordereaux{}))(t).Bordereaux
		if len(list) != 1 || list[0].State != insurance.Refused ||
			list[0].Reason != "the insurer's words" {
			t.Fatalf("list: %+v", list)
		}
		_, err := b.s.FindBordereaux(w, insurance.FindBordereaux{})
		wantFault(t, err, "people.not_allowed")
		clk.Add(time.Hour)
		if err := b.sweep(); err != nil || len(b.insurer.calls) != 1 {
			t.Errorf("told again without a clerk: %v, %v", b.insurer.calls, err)
		}
		in := insurance.RetryBordereau{Keyed: b.key(), BordereauID: list[0].ID}
		must(b.s.RetryBordereau(b.clerk, in))(t)
		must(b.s.RetryBordereau(b.clerk, in))(t)
		if err := b.sweep(); err != nil || b.report(w) != "reported" || len(b.insurer.bodies) != 2 {
			t.Errorf("after the retry: %s, %v", b.report(w), err)
		}
		in.Keyed = b.key()
		_, err = b.s.RetryBordereau(b.clerk, in)
		wantFault(t, err, "insurance.bordereau_state")
		in.BordereauID = "bdx_none"
		_, err = b.s.RetryBordereau(b.clerk, in)
		wantFault(t, err, "insurance.bordereau_not_found")
		list = must(b.s.FindBordereaux(b.clerk, insurance.FindBordereaux{}))(t).Bordereaux
		if len(list) != 0 {
			t.Errorf("still listed: %+v", list)
		}
	})
}

// Goal: an insurer that never answers is asked a bounded number of times; then a clerk finds the
// bordereau and has it asked again under its old key.
func TestStuck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.covered(w, "plc_1")
		for range 100 {
			b.insurer.script = append(b.insurer.script, "lost")
		}
		for range 100 {
			if err := b.sweep(); err != nil {
				t.Fatal(err)
			}
			clk.Add(time.Hour)
		}
		list := must(b.s.FindBordereaux(b.clerk, insurance.FindBordereaux{}))(t).Bordereaux
		if len(list) != 1 || list[0].State != insurance.Unknown || len(b.insurer.calls) != 60 {
			t.Fatalf("after %d calls: %+v", len(b.insurer.calls), list)
		}
		values := must(b.s.Gauges(w, d, clk.Now(), clk.Now()))(t)
		if values[0].Num != 1 || values[1].Num != clock.MS(clk.Now())-clock.MS(dbtest.Start) {
			t.Errorf("gauges: %+v", values)
		}
		b.insurer.script = nil
		must(b.s.RetryBordereau(b.clerk, insurance.RetryBordereau{Keyed: b.key(),
			BordereauID: list[0].ID}))(t)
		if err := b.sweep(); err != nil || b.report(w) != "reported" || len(b.insurer.bodies) != 1 {
			t.Errorf("after the retry: %s, %v", b.report(w), err)
		}
		if values := must(b.s.Gauges(w, d, clk.Now(), clk.Now()))(t); values[0].Num+values[1].Num != 0 {
			t.Errorf("gauges in the end: %+v", values)
		}
	})
}

// Goal: with the sandbox's own faults at every call, each cover ends up reported.
func TestSandbox(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		faults := []sandbox.Fault{sandbox.LostAnswer, sandbox.Error, sandbox.Duplicate, sandbox.Delay,
			sandbox.None}
		world := must(sandbox.New(sandbox.Options{Clock: clk,
			Faults: func(call, key string, attempt int) sandbox.Fault {
				if strings.HasSuffix(call, ".decide") {
					return sandbox.None
				}
				return faults[(int(key[len(key)-1])+len(call)+attempt)%len(faults)]
			}}))(t)
		b.s.Insurer = insurance.NewClient("http://insurer",
			&http.Client{Transport: sandbox.Transport(world)})
		for i := range 40 {
			b.covered(w, fmt.Sprint("plc_", i))
			clk.Add(time.Minute)
			if err := b.sweep(); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			clk.Add(time.Hour)
			if err := b.sweep(); err != nil {
				t.Fatal(err)
			}
		}
		n := b.count(`SELECT COUNT(*) FROM covers c JOIN bordereaux b ON b.id = c.bordereau_id
			WHERE b.state = 'reported'`)
		if several := b.count(`SELECT COUNT(*) FROM bordereaux`); n != 40 || several < 10 {
			t.Errorf("%d of 40 covers reported on %d bordereaux", n, several)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: covers of two insurers never share a bordereau, and one holds no more than its bound.
func TestBordereauBounds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		text := plan()
		text.PremiumDayFen = 0
		for _, name := range []string{"one", "two"} {
			text.Insurer = name
			b.plan = must(b.s.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(),
				PlanText: text}))(t)
			must(b.consent(w))(t)
			must(db.InTx(w, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				for i := range 501 {
					if _, err := b.s.CoverTx(ctx, tx, b.cmd(w, fmt.Sprint("plc_", name, i))); err != nil {
						return false, err
					}
				}
				return true, nil
			}))(t)
		}
		if err := b.sweep(); err != nil {
			t.Fatal(err)
		}
		sizes := map[string]int{}
		for _, key := range b.insurer.told {
			sizes[key]++
		}
		if len(b.insurer.told) != 1002 || len(sizes) != 4 {
			t.Errorf("%d covers on bordereaux of %v", len(b.insurer.told), sizes)
		}
		if err := b.check(); err != nil { // also: no cover on another insurer's
			t.Error(err)
		}
	})
}
