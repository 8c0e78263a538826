package market

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
)

// What a run keeps in memory is bounded by these, whatever the city's size: about 700 bytes for
// each of pushPart people, and 8 bytes a vacancy.
const (
	pushPart    = 100_000 // people who are given their vacancies in one assignment
	pushPage    = 400     // people whose pushes are one deed
	pushChoices = 12      // vacancies looked at for each
	pushHours   = 3       // after its hour a nightly run is begun no more: nobody is woken at noon
	pushKeep    = 100     // days: longer than any vacancy is public
)

// pushRules are the numbers that a city sets.
type pushRules struct {
	weekMax, perHead, aheadDays, waitDays int64
}

// pushRun is a run of pushes: everybody who is ready to work is looked at once, and told of one
// vacancy at most.
type pushRun struct {
	ID, Kind, Day, ByID, State, Place  string
	WeekMax, People, Seen, Told, Sated int64
	StartedAtMS, EndedAtMS             int64
}

// pushee is a worker in the order of a run.
type pushee struct {
	key    uint64
	id     string
	number int32
}

// pushKey orders people: another order every day, so that nobody always comes first.
func pushKey(day, workerID string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(day))
	h.Write([]byte{0})
	h.Write([]byte(workerID))
	// FNV's high bits hardly differ for ids that differ in their last characters; the multiplier is
	// that of splitmix64.
	k := h.Sum64()
	k = (k ^ k>>30) * 0xbf58476d1ce4e5b9
	return k ^ k>>27
}

// place writes where somebody stands in the order; places compare as people do.
func (p pushee) place() string { return fmt.Sprintf("%016x/%s", p.key, p.id) }

func (p pushee) before(o pushee) int {
	return cmp.Or(cmp.Compare(p.key, o.key), cmp.Compare(p.id, o.id))
}

// queueing keeps the first max people of an order, and counts all.
type queueing struct {
	max  int
	all  int
	list []pushee
}

func (q *queueing) add(p pushee) {
	q.all++
	if q.list = append(q.list, p); len(q.list) >= 2*q.max {
		q.cut()
	}
}

func (q *queueing) cut() {
	slices.SortFunc(q.list, pushee.before)
	q.list = q.list[:min(len(q.list), q.max)]
}

// share is how many of a vacancy's tellings fall to a part of those who are left: its share, and
// what is less than one whole by a throw of the dice that is the same every time. So the scarce
// ones are spread over the parts, and every part competes for its own.
func share(tellings int64, part, left int, dice uint64) int64 {
	if part >= left {
		return tellings
	}
	whole := tellings * int64(part)
	rest := whole % int64(left)
	n := whole / int64(left)
	if rest > 0 && dice%uint64(left) < uint64(rest) {
		n++
	}
	return n
}

// due tells whether the nightly run may begin, some minutes after midnight and not much later.
func (r pushRules) due(now time.Time, atMin int64) bool {
	at := civil.DateOf(now).At(int(atMin))
	return !now.Before(at) && now.Before(at.Add(pushHours*time.Hour))
}

// soon gives the heads left of an opening's shifts that begin within the days ahead, and its first
// such shift that somebody can take.
func (o *opening) soon(fromMS, untilMS int64) (heads int64) {
	for i := range o.Slots {
		if at := o.Slots[i].StartMS; at > fromMS && at <= untilMS {
			heads += o.Slots[i].HeadsLeft
		}
	}
	return heads
}

// firstFor gives the first shift within the days ahead that a seeker can take, nil for none.
func (o *opening) firstFor(s *seeker, fromMS, untilMS int64) *slot {
	for i := range o.Slots {
		at := &o.Slots[i]
		if at.StartMS > fromMS && at.StartMS <= untilMS && s.meets(o, at) == "" {
			return at
		}
	}
	return nil
}

// push is a vacancy that a worker is told of.
type push struct {
	ID, RunID, WorkerID, VacancyID, ShiftID string
	Score, Price                            int64 // thousandths of a point
	DistanceM                               int64
	HourFen                                 money.Fen
	Parts                                   []ScorePart
	AtMS                                    int64
}
