package wage

import (
	"hash/fnv"
	"time"
)

// The rungs of the ladder on which a late line climbs.
const (
	rungParties  = 1 // worker and employer are told
	rungClerk    = 2
	rungDirector = 3
)

// The roles that may own a late line.
const (
	ownerWorker   = "worker"
	ownerEmployer = "employer"
	ownerClerk    = "clerk"
	ownerDirector = "director"
)

// owner says who can do something about a line that is late for this reason: confirm hours, pay in,
// mend the card, or ask the bank.
func owner(reason string) string {
	switch reason {
	case lateHours, lateDispute, lateFunds:
		return ownerEmployer
	case lateRefused, lateReturned:
		return ownerWorker
	}
	return ownerClerk
}

// warning is a late line's place on the ladder.
type warning struct {
	LineID    string
	Reason    string
	At        time.Time
	Rung      int64
	OwnerRole string
	OwnerID   string // an account
	NextAt    time.Time
}

// ladder is when a line climbs, from the clock-out.
type ladder struct{ clerk, director time.Duration }

// next is when the line leaves its rung.
func (l ladder) next(rung int64, endAt time.Time) time.Time {
	switch rung {
	case rungParties:
		return endAt.Add(l.clerk)
	case rungClerk:
		return endAt.Add(l.director)
	}
	return never
}

// pick spreads employers over people, the same employer always to the same of the same people.
func pick(employerID string, n int) int {
	h := fnv.New32a()
	h.Write([]byte(employerID))
	return int(h.Sum32() % uint32(n))
}
