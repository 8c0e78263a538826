package market

import (
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Settlement says who pays the wage.
type Settlement string

// Platform work is paid from a funded hold within 24 hours; employer-settled work needs none.
const (
	Platform Settlement = "platform"
	Employer Settlement = "employer"
)

// State of a placement; see the package comment for the drawing.
type State string

// The states of a placement.
const (
	Offered             State = "offered"
	Accepted            State = "accepted"
	Started             State = "started"
	Done                State = "done"
	Declined            State = "declined"
	Withdrawn           State = "withdrawn"
	CancelledByWorker   State = "cancelled_by_worker"
	CancelledByEmployer State = "cancelled_by_employer"
	NoShow              State = "no_show"
)

// Vacancy states and shift states. A vacancy that was public is closed when it is replaced or its
// time is over, or refused if that happens while it waits; its open shifts are then closed.
const (
	Waiting   = "waiting"
	Published = "published"
	Refused   = "refused"
	Closed    = "closed"
	Open      = "open"
)

const (
	titleRunesMax    = 60
	contentRunesMax  = 2000
	shiftsPerVacancy = 62  // two months of days
	listMax          = 100 // rows a list shows at once
)

// shiftMax is the longest that a shift may last with its breaks; a schedule is read so far back.
// How much of it may be work is policy's to say.
const shiftMax = 24 * time.Hour

// Shift is one stretch of work with a number of heads, joined with what its vacancy says.
type Shift struct {
	ID, VacancyID, EmployerID, PlaceID string
	Title, Content, Occupation, Region string
	Settlement                         Settlement
	WorkType, PayUnit, PlanID, Hire    string
	RateFen                            money.Fen
	TermMonths                         int64 // of work by the month; 0: open-ended
	Required                           []string
	MinorOK                            bool
	Conditions                         []Condition
	Source                             string // of a vacancy re-posted from elsewhere
	StartsAt, EndsAt                   time.Time
	BreakMin, Pieces, Heads, Taken     int64 // Pieces is the norm of a shift paid by the piece
	State                              string
}

// PlannedMin is the paid length of the shift in minutes.
func (s Shift) PlannedMin() int64 { return plannedMin(s.StartsAt, s.EndsAt, s.BreakMin) }

func plannedMin(from, to time.Time, breakMin int64) int64 {
	return int64(to.Sub(from)/time.Minute) - breakMin
}

// PlannedFen is what the shift pays when worked as planned; by the piece, for the norm; by the
// month, what a month pays.
func PlannedFen(payUnit string, rate money.Fen, plannedMin, pieces int64) money.Fen {
	switch payUnit {
	case "day", "month":
		return rate
	case "piece":
		return money.MulDivHalfUp(rate, pieces, 1)
	}
	return money.MulDivHalfUp(rate, plannedMin, 60)
}

// withMargin adds basis points to an amount, rounded up: what is held for an overrun.
func withMargin(amount money.Fen, marginBP int64) money.Fen {
	return amount + money.MulDivCeil(amount, marginBP, 10_000)
}

// Placement is one worker on one shift.
type Placement struct {
	ID, ShiftID, VacancyID, WorkerID, EmployerID string
	State                                        State
	StartsAt, EndsAt                             time.Time
}

// MustBe refuses a placement that is in none of the states.
func (p Placement) MustBe(states ...State) error {
	for _, s := range states {
		if p.State == s {
			return nil
		}
	}
	return fault.New(fault.Conflict, "market.placement_state", "state", string(p.State)).
		OnField("placement_id")
}

// mayWork refuses a worker whom the law keeps from this shift: under 16 always, under 18 unless
// the vacancy says minors may do it, which the gate grants for day work only.
// Source: 禁止使用童工规定 2, 4; 未成年人保护法 61. A person counts as 16 from the day after the
// birthday (DOMAIN's conservative reading).
func mayWork(born, day civil.Date, minorOK bool, ageMin int64) error {
	age := int64(born.AgeOn(day.AddDays(-1)))
	switch {
	case age < ageMin:
		return fault.New(fault.Forbidden, "market.worker_too_young", "age_min", ageMin).
			OnField("worker_id")
	case age < adultAge && !minorOK:
		return fault.New(fault.Forbidden, "market.adults_only", "age_min", adultAge).OnField("worker_id")
	}
	return nil
}

// adultAge is 18: 民法典 17.
const adultAge = 18
