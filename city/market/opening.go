package market

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
)

// slot is a shift of an opening that has heads left.
type slot struct {
	ID                            string
	StartMS, EndMS                int64
	PlannedMin, Pieces, HeadsLeft int64
	Day                           civil.Date // on which it starts in China
	Night                         bool
}

// opening is a public vacancy with heads left, as those who look for work see it. It never
// changes: a new one takes its place.
type opening struct {
	VacancyID, EmployerID, EmployerName string
	PlaceID, PlaceName, Address, Region string
	Title, Occupation, WorkType         string
	PayUnit, PlanID, Hire, Source       string
	Settlement                          Settlement
	RateFen                             money.Fen
	Required                            []string
	Conditions                          []Condition
	MinorOK                             bool
	LonE6, LatE6                        int64
	Slots                               []slot // soonest first
	hourlyFen                           money.Fen
	fixed, byDay                        bool // the same hours each time; within school hours
}

// monthHours are those of a month's work: 21.75 days of 8 hours. Source: 劳社部发〔2008〕3号.
const monthHours = 174

// settle fills what follows from the rest. School hours are minutes after midnight.
func (o *opening) settle(schoolFrom, schoolTo int64) {
	first := &o.Slots[0]
	switch o.PayUnit {
	case "hour":
		o.hourlyFen = o.RateFen
	case "month":
		o.hourlyFen = money.MulDivHalfUp(o.RateFen, 1, monthHours)
	default:
		o.hourlyFen = money.MulDivHalfUp(o.payFen(first), 60, max(first.PlannedMin, 1))
	}
	o.fixed, o.byDay = true, true
	for i := range o.Slots {
		from, to := o.Slots[i].hours()
		firstFrom, firstTo := first.hours()
		o.fixed = o.fixed && from == firstFrom && to == firstTo
		o.byDay = o.byDay && from >= schoolFrom && to <= schoolTo
	}
}

// hours gives a slot's minutes after the midnight of its first day.
func (s *slot) hours() (from, to int64) {
	const minMS = 60_000
	from = (s.StartMS/minMS + 8*60) % dayMin // China has one zone, UTC+8
	return from, from + (s.EndMS-s.StartMS)/minMS
}

// payFen is what a slot pays when worked as planned; by the month, a month's pay.
func (o *opening) payFen(s *slot) money.Fen {
	return PlannedFen(o.PayUnit, o.RateFen, s.PlannedMin, s.Pieces)
}

// same tells whether two openings show the same, leaving out what has begun by then.
func (o *opening) same(p *opening, now time.Time) bool {
	a, b := *o, *p
	a.Slots, b.Slots = nil, nil
	return a.VacancyID == b.VacancyID && a.EmployerID == b.EmployerID &&
		a.EmployerName == b.EmployerName && a.PlaceID == b.PlaceID && a.PlaceName == b.PlaceName &&
		a.Address == b.Address && a.Region == b.Region && a.Title == b.Title &&
		a.Occupation == b.Occupation && a.WorkType == b.WorkType && a.PayUnit == b.PayUnit &&
		a.PlanID == b.PlanID && a.Hire == b.Hire && a.Source == b.Source &&
		a.Settlement == b.Settlement && a.RateFen == b.RateFen && a.MinorOK == b.MinorOK &&
		a.LonE6 == b.LonE6 && a.LatE6 == b.LatE6 && slices.Equal(a.Required, b.Required) &&
		slices.Equal(a.Conditions, b.Conditions) && slices.Equal(o.after(now), p.after(now))
}

// after gives the slots that have not begun by then.
func (o *opening) after(now time.Time) []slot {
	ms := clock.MS(now)
	i := slices.IndexFunc(o.Slots, func(s slot) bool { return s.StartMS > ms })
	if i < 0 {
		return nil
	}
	return o.Slots[i:]
}

// busyTime is a stretch of time that is taken.
type busyTime struct{ FromMS, ToMS int64 }

// lapse is a certificate that runs out.
type lapse struct {
	Key   string
	Until civil.Date // its last day
}

// seeker is a worker who looks for work. It never changes: a new one takes its place.
type seeker struct {
	Availability
	WorkerID    string
	Born        civil.Date
	Region      string
	Shared      bool     // employers may be told of them
	Skills      []string // and certificates in force, sorted
	Lapses      []lapse
	Busy        []busyTime // soonest first
	Reliability int64
	free        week
}

// Reliability is 500 for somebody new, more for work that was done, less for shifts to which
// nobody came. Product choice, ADR 0021.
const (
	reliabilityNew  = 500
	reliabilityDone = 10
	reliabilityGone = 100
	reliabilityMax  = 1000
)

func reliability(done, noShows int64) int64 {
	return min(max(reliabilityNew+reliabilityDone*done-reliabilityGone*noShows, 0), reliabilityMax)
}

// settle fills what follows from the rest.
func (s *seeker) settle(done, noShows int64) {
	s.Reliability = reliability(done, noShows)
	s.free, _ = weekOf(s.Free) // it was checked when it was written
	slices.Sort(s.Skills)
	s.Skills = slices.Compact(s.Skills)
}

// same tells whether two seekers are alike, leaving out what is over by then.
func (s *seeker) same(o *seeker, now time.Time) bool {
	ms := clock.MS(now)
	over := func(b busyTime) bool { return b.ToMS <= ms }
	return s.WorkerID == o.WorkerID && s.Born == o.Born &&
		s.Region == o.Region && s.LonE6 == o.LonE6 && s.LatE6 == o.LatE6 && s.ReachM == o.ReachM &&
		s.FloorFen == o.FloorFen && s.NoNight == o.NoNight && s.free == o.free &&
		slices.Equal(s.Crafts, o.Crafts) && s.Words == o.Words && s.Until == o.Until &&
		s.Open == o.Open && s.Shared == o.Shared && slices.Equal(s.Skills, o.Skills) &&
		slices.Equal(s.Lapses, o.Lapses) &&
		s.Reliability == o.Reliability && slices.Equal(
		slices.DeleteFunc(slices.Clone(s.Busy), over), slices.DeleteFunc(slices.Clone(o.Busy), over))
}

// Obstacle says why somebody cannot take a shift; "" is nothing.
type Obstacle string

// The obstacles that lie in a shift's time; those of place, pay and skills see Reason.
const (
	obstacleBegun   Obstacle = "begun"
	obstacleDay     Obstacle = "other_day"
	obstacleClash   Obstacle = "clash"
	obstacleFree    Obstacle = "not_free"
	obstacleNight   Obstacle = "night"
	obstacleAge     Obstacle = "age"
	obstacleExpires Obstacle = "certificate_expires"
)

// meets tells what keeps a seeker from a slot of an opening.
func (s *seeker) meets(o *opening, at *slot) Obstacle {
	for _, b := range s.Busy {
		if b.FromMS < at.EndMS && at.StartMS < b.ToMS {
			return obstacleClash
		}
	}
	switch {
	case !s.free.holds(at.StartMS, at.EndMS):
		return obstacleFree
	case s.NoNight && at.Night:
		return obstacleNight
	case s.Born != "" && !o.MinorOK && s.Born.AgeOn(at.Day.AddDays(-1)) < adultAge:
		return obstacleAge
	}
	if len(s.Lapses) > 0 {
		last := civil.DateOf(clock.At(at.EndMS))
		for _, l := range s.Lapses {
			if l.Until < last && slices.Contains(o.Required, l.Key) {
				return obstacleExpires
			}
		}
	}
	return ""
}
