// Package jobs runs sweeps: periodic work over rows that carry a state, so that nothing is lost
// when a process dies. Sim and tests call RunDue with their own time; serve uses Run.
package jobs

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// Migrations holds the leases table.
//
//go:embed migrations
var Migrations embed.FS

const (
	roundsMax = 100              // times a sweep that fills its limit is run again in one turn
	leaseFor  = 30 * time.Second // a dead process's sweeps move on after this
	renewAt   = leaseFor / 2     // of the lease left: a write every 15 s, and one may fail
	lookEvery = leaseFor / 6     // how often a process without the lease looks at it
	tick      = 500 * time.Millisecond
	leaveMax  = 2 * time.Second // for giving the lease back on the way out
)

// Sweep is one kind of periodic work. Run handles at most Limit rows and says how many it did;
// it is called again at once while it does Limit. It must be safe to repeat.
type Sweep struct {
	Name  string
	Every time.Duration
	Limit int
	Run   func(ctx context.Context, now time.Time) (int, error)
}

// Runner runs a city's sweeps, one after the other, in the order given.
type Runner struct {
	d      *db.DB
	sweeps []Sweep
	holder string

	mu   sync.Mutex
	last map[string]time.Time

	// Of whoever takes turns:
	until  time.Time // how long the lease is ours; zero when it is not
	lookAt time.Time // when a lease that is another's is looked at again
}

// NewRunner returns a runner; holder names this process in the lease. It panics on a sweep that
// could not be bounded or told from another: a programmer's error.
func NewRunner(d *db.DB, holder string, sweeps ...Sweep) *Runner {
	seen := map[string]bool{}
	for _, s := range sweeps {
		if s.Name == "" || seen[s.Name] || s.Every <= 0 || s.Limit <= 0 || s.Run == nil {
			panic(fmt.Sprintf("jobs: sweep %q needs a name of its own, Every, Limit and Run", s.Name))
		}
		seen[s.Name] = true
	}
	return &Runner{d: d, sweeps: sweeps, holder: holder, last: map[string]time.Time{}}
}

// RunDue runs every sweep whose period has passed since its last turn in this process, without a
// lease. An error of one sweep does not stop the others; all are returned, joined.
func (r *Runner) RunDue(ctx context.Context, now time.Time) error {
	failed, _ := r.runDue(ctx, now, func(context.Context) (bool, error) { return true, nil })
	return failed
}

// runDue asks mayGo before each round, so that a turn outlives the lease by one round at most. It
// tells the sweeps that failed from a lease that could not be asked for.
func (r *Runner) runDue(ctx context.Context, now time.Time,
	mayGo func(context.Context) (bool, error)) (failed, lease error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.sweeps {
		if last, ok := r.last[s.Name]; ok && now.Sub(last) < s.Every {
			continue
		}
		if ours, err := mayGo(ctx); err != nil || !ours {
			return errors.Join(errs...), err
		}
		r.last[s.Name] = now
		if err := turn(ctx, s, now, mayGo); err != nil {
			errs = append(errs, fmt.Errorf("sweep %s: %w", s.Name, err))
		}
	}
	return errors.Join(errs...), nil
}

func turn(ctx context.Context, s Sweep, now time.Time,
	mayGo func(context.Context) (bool, error)) error {
	for range roundsMax {
		n, err := s.Run(ctx, now)
		if err != nil || n < s.Limit {
			return err
		}
		if more, err := mayGo(ctx); err != nil || !more {
			return err
		}
	}
	return nil
}

// Run runs the due sweeps until ctx ends, and gives the lease back. Pool does it for many cities.
func (r *Runner) Run(ctx context.Context, log *slog.Logger) {
	NewPool(log).Run(ctx, Member{Name: r.holder,
		Turn: func(ctx context.Context) error { return r.Turn(ctx, log) }})
	r.Leave(ctx, log)
}

// Turn runs what is due, while this process holds the city's lease: of many processes on one
// database, one sweeps. A sweep that fails or panics is logged and comes again when its period has
// passed; the error says that the lease could not be asked for, so that nothing can run.
func (r *Runner) Turn(ctx context.Context, log *slog.Logger) error {
	failed, err := r.dueUnderLease(ctx)
	if failed != nil && ctx.Err() == nil {
		log.Error("sweeps", "error", failed)
	}
	return err
}

func (r *Runner) dueUnderLease(ctx context.Context) (failed, lease error) {
	defer func() {
		if p := recover(); p != nil {
			failed = fmt.Errorf("panic in a sweep: %v\n%s", p, debug.Stack())
		}
	}()
	return r.runDue(ctx, r.d.Now(), r.lease)
}

// lease tells whether this process may sweep now. It touches the database only when its own lease
// is half over, or when it is time to look at another's.
func (r *Runner) lease(ctx context.Context) (bool, error) {
	now := r.d.Now()
	if now.Before(r.until.Add(-renewAt)) {
		return true, nil
	}
	if now.Before(r.lookAt) {
		return false, nil
	}
	until, err := r.takeLease(ctx)
	if err != nil {
		return false, err
	}
	r.until, r.lookAt = until, time.Time{}
	if until.IsZero() {
		r.lookAt = now.Add(lookEvery)
	}
	return !until.IsZero(), nil
}

// takeLease takes or renews the lease and says until when it is ours; zero: it is another's.
func (r *Runner) takeLease(ctx context.Context) (time.Time, error) {
	var holder string
	var untilMS int64
	err := db.Row(ctx, r.d, []any{&holder, &untilMS},
		`SELECT holder, until_ms FROM leases WHERE name = 'sweeps'`)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return time.Time{}, err
	}
	if err == nil && holder != r.holder && r.d.Now().Before(clock.At(untilMS)) {
		return time.Time{}, nil // looking costs no write
	}
	return db.InTx(ctx, r.d, func(ctx context.Context, tx *db.Tx) (time.Time, error) {
		until := tx.Now.Add(leaseFor)
		n, err := tx.Exec(ctx, `INSERT INTO leases(name, holder, until_ms) VALUES ('sweeps', $1, $2)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
			WHERE leases.holder = excluded.holder OR leases.until_ms <= $3`,
			r.holder, clock.MS(until), clock.MS(tx.Now))
		if err != nil || n == 0 {
			return time.Time{}, err
		}
		return until, nil
	})
}

// Inherit drops the lease that a killed process, or the original of a copied file, has left, where
// no other process can be alive: nobody waits for it to run out. It is for the start, before
// sweeps.
func Inherit(ctx context.Context, d *db.DB) error {
	if !d.Sole() {
		return nil
	}
	n, err := db.Get[int](ctx, d, `SELECT COUNT(*) FROM leases`)
	if err != nil || n == 0 {
		return err
	}
	_, err = db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, `DELETE FROM leases`)
	})
	return err
}

// Leave gives the lease back after the last turn, so that another process need not wait for it to
// run out. A lease that has run out is let lie: its database may be what is missing.
func (r *Runner) Leave(ctx context.Context, log *slog.Logger) {
	if r.until.IsZero() || r.until.Before(r.d.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveMax)
	defer cancel()
	_, err := db.InTx(ctx, r.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, `DELETE FROM leases WHERE name = 'sweeps' AND holder = $1`, r.holder)
	})
	if err != nil {
		log.Warn("sweeps: the lease was not given back", "error", err)
	}
	r.until = time.Time{}
}
