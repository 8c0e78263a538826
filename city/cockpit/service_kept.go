package cockpit

import (
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

// staleMax is for how many times its life a reading is shown on while a newer one is made. The
// figures are of 30 days: a minute more or less is nothing, a viewer who waits is.
const staleMax = 4

// kept is a reading that is shown again for a while. Many viewers cause one new reading, and only
// the one who causes it waits for it.
type kept[T any] struct {
	mu     sync.Mutex
	period Period
	value  T
	age    clock.Stopwatch
	full   bool

	reading sync.Mutex // held while somebody reads
}

// look gives the reading of a period and its age.
func (k *kept[T]) look(p Period) (value T, age time.Duration, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.full || k.period != p {
		return value, 0, false
	}
	return k.value, k.age.Elapsed(), true
}

// get gives a reading that is younger than life, or than stale while another is made.
func (k *kept[T]) get(p Period, life, stale time.Duration, read func() (T, error)) (T, error) {
	value, age, ok := k.look(p)
	switch {
	case ok && age < life:
		return value, nil
	case ok && age < stale:
		if !k.reading.TryLock() {
			return value, nil
		}
	default:
		k.reading.Lock()
	}
	defer k.reading.Unlock()
	if value, age, ok := k.look(p); ok && age < life { // somebody was faster
		return value, nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.period, k.value, k.age, k.full = p, value, clock.Start(), true
	return value, nil
}
