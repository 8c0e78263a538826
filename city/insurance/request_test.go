package insurance_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// letters keeps what people were written.
type letters struct {
	mu   sync.Mutex
	sent []notify.Message
}

func (l *letters) PutTx(_ context.Context, _ *db.Tx, m notify.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, m)
	return nil
}

// confirming turns the bundle's plan into one that the insurer must confirm.
func (b *bundle) confirming() {
	b.t.Helper()
	text := plan()
	text.Mode = insurance.Confirmed
	b.plan = must(b.s.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(), PlanText: text}))(b.t)
}

func (b *bundle) ask(cmd insurance.CoverCmd) bool {
	b.t.Helper()
	return must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return b.s.RequestTx(ctx, tx, cmd)
	}))(b.t)
}

func (b *bundle) turn(name string) {
	b.t.Helper()
	for _, s := range b.s.Sweeps() {
		if s.Name == name {
			must(s.Run(context.Background(), b.clk.Now()))(b.t)
		}
	}
}

func (b *bundle) request() string {
	b.t.Helper()
	return must(db.Get[string](context.Background(), b.d, `SELECT state FROM cover_requests`))(b.t)
}

// Goal: under a confirmed plan cover begins after the insurer's yes and not before, whatever
// befalls the calls; a no and a silence of a quarter of an hour refuse it.
func TestConfirmedPlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script []string
		turns  int // of a minute
		state  string
		fault  string
	}{
		"yes":                {nil, 1, "confirmed", ""},
		"yes, unheard":       {[]string{"lost"}, 2, "confirmed", ""},
		"down at first":      {[]string{"down", "down"}, 4, "confirmed", ""},
		"no":                 {[]string{"reject"}, 1, "refused", "insurance.refused"},
		"not asked yet":      {nil, 0, "wanted", "insurance.not_confirmed"},
		"silence":            {down(40), 15, "unknown", "insurance.not_confirmed"},
		"silence to the end": {down(40), 16, "timed_out", "insurance.not_confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
				b := setup(t, d, clk)
				b.confirming()
				w := b.worker(1, "1990-01-01")
				must(b.consent(w))(t)
				b.hold("plc_1", 10_000)
				b.insurer.script = c.script
				cmd := b.cmd(w, "plc_1")
				for range 2 { // the second time it has been asked already
					if !b.ask(cmd) {
						t.Error("nobody was asked")
					}
				}
				for range c.turns {
					b.turn("insurance.ask")
					clk.Add(time.Minute)
				}
				if got := b.request(); got != c.state {
					t.Errorf("the request is %s, want %s", got, c.state)
				}
				cmd.At, cmd.Until = clk.Now(), clk.Now().Add(8*time.Hour)
				if _, err := b.cover(cmd); fault.CodeOf(err) != c.fault {
					t.Errorf("cover: %v, want %q", err, c.fault)
				}
				must(true, b.s.Check(b.clerk, d, clk.Now()))(t)
				denied := must(b.s.FindDenied(b.clerk, insurance.FindDenied{}))(t).Denied
				if ended := c.state == "refused" || c.state == "timed_out"; (len(denied) == 1) != ended {
					t.Errorf("the clerk sees %+v", denied)
				}
			})
		})
	}
}

func down(n int) []string { return strings.Fields(strings.Repeat("down ", n)) }

// Goal: nobody without consent is asked about, nor anybody under a declared plan; law 1 notices a
// cover that began without the insurer's yes.
func TestRequestNeedsConsent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		if b.ask(b.cmd(w, "plc_0")) {
			t.Error("a declared plan asks")
		}
		b.confirming()
		if b.ask(b.cmd(w, "plc_1")) {
			t.Error("asked about somebody who has not agreed")
		}
		must(b.consent(w))(t)
		b.hold("plc_1", 10_000)
		b.ask(b.cmd(w, "plc_1"))
		b.turn("insurance.ask")
		must(b.cover(b.cmd(w, "plc_1")))(t)
		must(true, b.s.Check(b.clerk, d, clk.Now()))(t)
		must(db.InTx(b.clerk, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE cover_requests SET ended_at_ms = ended_at_ms + 1`)
		}))(t)
		if err := b.s.Check(b.clerk, d, clk.Now()); err == nil ||
			!strings.Contains(err.Error(), "said yes") {
			t.Errorf("a cover before the yes: %v", err)
		}
	})
}

// Goal: a refused report of a declared cover leaves the cover in force, a clerk sees it, and its
// worker is told, once.
func TestRefusedReport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.hold("plc_1", 10_000)
		must(b.cover(b.cmd(w, "plc_1")))(t)
		b.insurer.script = []string{"reject"}
		for range 3 {
			b.turn("insurance.bordereau")
			clk.Add(2 * time.Minute)
		}
		if len(b.letters.sent) != 1 || b.letters.sent[0].Template != "cover_refused" {
			t.Errorf("sent: %v", b.letters.sent)
		}
		covers := must(b.s.FindCovers(w, insurance.FindCovers{WorkerID: w.id}))(t).Covers
		if len(covers) != 1 || covers[0].Report != "refused" || !covers[0].ExpiresAt.After(clk.Now()) {
			t.Errorf("the worker sees %+v", covers)
		}
		list := must(b.s.FindBordereaux(b.clerk, insurance.FindBordereaux{}))(t).Bordereaux
		if len(list) != 1 || list[0].State != "refused" {
			t.Errorf("the clerk sees %+v", list)
		}
		must(true, b.s.Check(b.clerk, d, clk.Now()))(t)
	})
}
