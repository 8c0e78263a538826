package jobs

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

var quiet = slog.New(slog.DiscardHandler)

var schema = []fs.FS{Migrations}

// counter is a sweep that counts its rounds; it has rows to do, at most limit a round.
type counter struct {
	mu     sync.Mutex
	rounds int
	rows   int
	err    error
}

func (c *counter) sweep(name string, every time.Duration, limit int) Sweep {
	return Sweep{Name: name, Every: every, Limit: limit,
		Run: func(context.Context, time.Time) (int, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.rounds++
			n := min(c.rows, limit)
			c.rows -= n
			return n, c.err
		}}
}

func (c *counter) got() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rounds
}

// leaseRow gives what the database says: "holder until_ms", "" when there is no lease.
func leaseRow(t *testing.T, d *db.DB) (holder string, until time.Time) {
	t.Helper()
	var ms int64
	err := db.Row(context.Background(), d, []any{&holder, &ms}, `SELECT holder, until_ms FROM leases`)
	if errors.Is(err, db.ErrNone) {
		return "", time.Time{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return holder, clock.At(ms)
}

func mustTick(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Turn(context.Background(), quiet); err != nil {
		t.Fatal(err)
	}
}

// Goal: a sweep runs at once, then when its period has passed, not before.
func TestRunDue(t *testing.T) {
	t.Parallel()
	minute, hour := &counter{}, &counter{}
	r := NewRunner(nil, "me", minute.sweep("minute", time.Minute, 5), hour.sweep("hour", time.Hour, 5))
	now := dbtest.Start
	for _, step := range []struct {
		add                  time.Duration
		wantMinute, wantHour int
	}{
		{0, 1, 1}, {0, 1, 1}, {59 * time.Second, 1, 1}, {time.Second, 2, 1},
		{59 * time.Minute, 3, 2}, {time.Minute - 1, 3, 2}, {1, 4, 2},
	} {
		now = now.Add(step.add)
		if err := r.RunDue(context.Background(), now); err != nil {
			t.Fatal(err)
		}
		if minute.got() != step.wantMinute || hour.got() != step.wantHour {
			t.Errorf("at %s: %d and %d rounds, want %d and %d", now, minute.got(), hour.got(),
				step.wantMinute, step.wantHour)
		}
	}
}

// Goal: a sweep that fills its limit goes on at once, but not for ever; others get their turn.
func TestRunDueLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, limit, rounds int }{
		{0, 10, 1}, {9, 10, 1}, {10, 10, 2}, {25, 10, 3}, {10 * roundsMax * 2, 10, roundsMax},
	} {
		busy, after := &counter{rows: c.rows}, &counter{}
		r := NewRunner(nil, "me", busy.sweep("busy", time.Minute, c.limit),
			after.sweep("after", time.Minute, 1))
		if err := r.RunDue(context.Background(), dbtest.Start); err != nil {
			t.Fatal(err)
		}
		if busy.got() != c.rounds || after.got() != 1 {
			t.Errorf("%d rows by %d: %d rounds, want %d; the next sweep ran %d times",
				c.rows, c.limit, busy.got(), c.rounds, after.got())
		}
	}
}

// Goal: a sweep that fails is named, tried again after its period, and stops no other.
func TestRunDueError(t *testing.T) {
	t.Parallel()
	bad, worse, good := &counter{err: errors.New("no bank")}, &counter{err: errors.New("no gateway")},
		&counter{}
	r := NewRunner(nil, "me", bad.sweep("bad", time.Minute, 1), worse.sweep("worse", time.Minute, 1),
		good.sweep("good", time.Minute, 1))
	err := r.RunDue(context.Background(), dbtest.Start)
	if err == nil || !strings.Contains(err.Error(), "sweep bad: no bank") ||
		!strings.Contains(err.Error(), "sweep worse: no gateway") {
		t.Errorf("got %v", err)
	}
	if good.got() != 1 {
		t.Errorf("the good sweep ran %d times", good.got())
	}
	err = r.RunDue(context.Background(), dbtest.Start.Add(time.Minute))
	if err == nil || bad.got() != 2 {
		t.Errorf("err %v, %d rounds", err, bad.got())
	}
}

// Goal: wiring that could not be bounded stops the program at its start.
func TestNewRunnerPanics(t *testing.T) {
	t.Parallel()
	run := func(context.Context, time.Time) (int, error) { return 0, nil }
	ok := Sweep{"a", time.Minute, 1, run}
	for name, sweeps := range map[string][]Sweep{
		"twice": {ok, ok}, "no name": {{"", time.Minute, 1, run}}, "no period": {{"a", 0, 1, run}},
		"no limit": {{"a", time.Minute, 0, run}}, "no work": {{"a", time.Minute, 1, nil}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			NewRunner(nil, "me", sweeps...)
		}()
	}
}

// Goal: of two processes one sweeps; the lease is renewed when half of it is gone, and a dead
// process's lease is taken over after it ran out, not before.
func TestLease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		a, b := &counter{}, &counter{}
		first := NewRunner(d, "first", a.sweep("s", time.Second, 1))
		second := NewRunner(d, "second", b.sweep("s", time.Second, 1))
		mustTick(t, first)
		mustTick(t, second)
		if a.got() != 1 || b.got() != 0 {
			t.Fatalf("first swept %d times, second %d", a.got(), b.got())
		}
		_, until := leaseRow(t, d)
		if want := clk.Now().Add(leaseFor); !until.Equal(want) {
			t.Fatalf("lease until %s, want %s", until, want)
		}
		for range 29 { // 14.5 s of ticks
			clk.Add(tick)
			mustTick(t, first)
			mustTick(t, second)
		}
		if _, now := leaseRow(t, d); !now.Equal(until) {
			t.Errorf("renewed to %s before half of it was gone", now)
		}
		clk.Add(tick)
		mustTick(t, first)
		holder, renewed := leaseRow(t, d)
		if holder != "first" || !renewed.Equal(clk.Now().Add(leaseFor)) {
			t.Errorf("half gone: %s until %s", holder, renewed)
		}
		clk.Set(renewed.Add(-time.Millisecond)) // the first one is dead
		mustTick(t, second)
		if b.got() != 0 {
			t.Fatal("swept under another's lease")
		}
		clk.Add(lookEvery)
		mustTick(t, second)
		if holder, _ := leaseRow(t, d); holder != "second" || b.got() != 1 {
			t.Errorf("a stale lease: holder %s, second swept %d times", holder, b.got())
		}
		before := a.got()
		mustTick(t, first) // it was only asleep
		if a.got() != before {
			t.Error("the first one swept on without its lease")
		}
	})
}

// Goal: who is alone with a SQLite file, as after a kill or a restore, waits for nobody's lease; on
// PostgreSQL, where the other may live, the lease stands.
func TestInherit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, []fs.FS{Migrations}, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		if err := Inherit(ctx, d); err != nil {
			t.Fatal(err)
		}
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `INSERT INTO leases(name, holder, until_ms) VALUES ('sweeps', 'dead', $1)`,
				clock.MS(clk.Now().Add(leaseFor)))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := Inherit(ctx, d); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"sqlite": "", "postgres": "dead"}[d.Engine()]
		if holder, _ := leaseRow(t, d); holder != want {
			t.Errorf("the lease is %q's, want %q", holder, want)
		}
	})
}

// Goal: processes that start at one instant have one lease between them.
func TestLeaseRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		work := &counter{}
		var wg sync.WaitGroup
		for _, holder := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			wg.Go(func() {
				r := NewRunner(d, holder, work.sweep("s", time.Second, 1))
				if err := r.Turn(context.Background(), quiet); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if work.got() != 1 {
			t.Errorf("%d processes swept", work.got())
		}
	})
}

// Goal: a lease that is lost in the middle of a turn ends the turn after its round.
func TestLeaseLostMidTurn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		rounds := 0
		other := &counter{}
		slow := Sweep{Name: "slow", Every: time.Second, Limit: 1,
			Run: func(ctx context.Context, _ time.Time) (int, error) {
				rounds++
				clk.Add(2 * leaseFor)
				mustTick(t, NewRunner(d, "other", other.sweep("s", time.Second, 1)))
				return 1, nil
			}}
		mustTick(t, NewRunner(d, "slow one", slow))
		if rounds != 1 || other.got() != 1 {
			t.Errorf("%d rounds, the other swept %d times", rounds, other.got())
		}
	})
}

// Goal: Run sweeps until it is told to stop, survives a panic, and gives the lease back.
func TestRun(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var log strings.Builder
		swept := make(chan string, 1)
		bad := Sweep{"bad", time.Hour, 1, func(context.Context, time.Time) (int, error) { panic("boom") }}
		good := Sweep{"good", time.Hour, 1, func(context.Context, time.Time) (int, error) {
			holder, _ := leaseRow(t, d)
			swept <- holder
			return 0, nil
		}}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			NewRunner(d, "me", bad, good).Run(ctx, slog.New(slog.NewTextHandler(&log, nil)))
		}()
		if holder := <-swept; holder != "me" {
			t.Errorf("swept under the lease of %q", holder)
		}
		cancel()
		<-ended
		if holder, _ := leaseRow(t, d); holder != "" {
			t.Errorf("%s kept the lease", holder)
		}
		if !strings.Contains(log.String(), "boom") {
			t.Errorf("the panic is not in the log: %s", log.String())
		}
	})
}
