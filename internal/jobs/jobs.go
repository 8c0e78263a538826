// Package jobs runs sweeps: periodic work over rows that carry a state, so that nothing is lost
// when a process dies. Sim and tests call RunDue with their own time; serve uses Run.
package jobs

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
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
	tick      = 500 * time.Millisecond
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
}

// NewRunner returns a runner; holder names this process in the lease.
func NewRunner(d *db.DB, holder string, sweeps ...Sweep) *Runner {
	return &Runner{d: d, sweeps: sweeps, holder: holder, last: map[string]time.Time{}}
}

// RunDue runs every sweep whose period has passed since its last turn in this process. An error
// of one sweep does not stop the others; the first is returned.
func (r *Runner) RunDue(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first error
	for _, s := range r.sweeps {
		if last, ok := r.last[s.Name]; ok && now.Sub(last) < s.Every {
			continue
		}
		r.last[s.Name] = now
		if err := r.turn(ctx, s, now); err != nil && first == nil {
			first = fmt.Errorf("sweep %s: %w", s.Name, err)
		}
	}
	return first
}

func (r *Runner) turn(ctx context.Context, s Sweep, now time.Time) error {
	for range roundsMax {
		n, err := s.Run(ctx, now)
		if err != nil || n < s.Limit {
			return err
		}
	}
	return nil
}

// Run runs the due sweeps until ctx ends, while this process holds the city's lease: of many
// processes on one database, one sweeps.
func (r *Runner) Run(ctx context.Context, log *slog.Logger) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		mine, err := r.lease(ctx)
		if err == nil && mine {
			err = r.RunDue(ctx, r.d.Now())
		}
		if err != nil && ctx.Err() == nil {
			log.Error("sweeps", "error", err)
		}
	}
}

func (r *Runner) lease(ctx context.Context) (bool, error) {
	return db.InTx(ctx, r.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		n, err := tx.Exec(ctx, `INSERT INTO leases(name, holder, until_ms) VALUES ('sweeps', $1, $2)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
			WHERE leases.holder = excluded.holder OR leases.until_ms < $3`,
			r.holder, clock.MS(tx.Now.Add(leaseFor)), clock.MS(tx.Now))
		return n == 1, err
	})
}
