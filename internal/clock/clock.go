// Package clock is the only place that reads the machine's time.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time, in UTC to the millisecond: what is stored is what was read.
type Clock interface{ Now() time.Time }

// System is the machine's clock.
type System struct{}

// Now reads the machine's clock.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Fake is a clock that stands still until it is moved. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake returns a fake clock that shows t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Millisecond)} }

// Now gives the time last set.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to t; it panics when t lies before the time shown, because
// nothing in a city may happen before what has happened.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t = t.UTC().Truncate(time.Millisecond)
	if t.Before(f.now) {
		panic("clock: moved backwards from " + f.now.String() + " to " + t.String())
	}
	f.now = t
}

// Add moves the clock forward.
func (f *Fake) Add(d time.Duration) { f.Set(f.Now().Add(d)) }

// Stopwatch measures elapsed real time, for gauges and benches.
type Stopwatch struct{ start time.Time }

// Start returns a running stopwatch.
func Start() Stopwatch { return Stopwatch{time.Now()} }

// Elapsed tells how long it has run.
func (s Stopwatch) Elapsed() time.Duration { return time.Since(s.start) }

// MS is how an instant is stored: milliseconds since 1970 UTC.
func MS(t time.Time) int64 { return t.UnixMilli() }

// At reads a stored instant.
func At(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
