package bench

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

// Phase is what one kind of deed cost.
type Phase struct {
	Deed     string `json:"deed"`
	N        int    `json:"n"`
	PerS     int64  `json:"per_s"`
	P50US    int64  `json:"p50_us"`
	P99US    int64  `json:"p99_us"`
	CPUUS    int64  `json:"cpu_us_per_deed"`
	WallMS   int64  `json:"wall_ms"`
	Failures int    `json:"failures"`
	wall     time.Duration
	cpu      time.Duration
	took     []time.Duration
	firstErr error
}

// run does n deeds with so many clients, each taking the next number, and measures each. A deed's
// error is counted; the first is kept, because a bench that fails measures nothing.
func run(
	ctx context.Context,
	deed string,
	n, clients int,
	do func(ctx context.Context, i int) error,
) Phase {
	p := Phase{Deed: deed, N: n, took: make([]time.Duration, n)}
	var mu sync.Mutex
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == n || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	cpu, watch := cpuTime(), clock.Start()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				w := clock.Start()
				err := do(ctx, i)
				p.took[i] = w.Elapsed()
				if err != nil {
					mu.Lock()
					p.Failures++
					if p.firstErr == nil {
						p.firstErr = err
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	p.wall, p.cpu = watch.Elapsed(), cpuTime()-cpu
	p.sum()
	return p
}

func (p *Phase) sum() {
	slices.Sort(p.took)
	p.WallMS = p.wall.Milliseconds()
	if p.N > 0 && p.wall > 0 {
		p.PerS = int64(p.N) * int64(time.Second) / int64(p.wall)
		p.CPUUS = p.cpu.Microseconds() / int64(p.N)
		p.P50US = p.took[p.N/2].Microseconds()
		p.P99US = p.took[p.N*99/100].Microseconds()
	}
}

// join adds phases up to one line: all deeds over all the time.
func join(name string, phases []Phase) Phase {
	all := Phase{Deed: name}
	for _, p := range phases {
		all.N += p.N
		all.Failures += p.Failures
		all.wall += p.wall
		all.cpu += p.cpu
		all.took = append(all.took, p.took...)
		if all.firstErr == nil {
			all.firstErr = p.firstErr
		}
	}
	all.sum()
	return all
}
