package wage

import (
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// State is where a line stands; see the drawing in doc.go.
type State string

// The states of a line.
const (
	Accrued    State = "accrued"
	Confirmed  State = "confirmed"
	Disputed   State = "disputed"   // the employer says that it was not worked; it waits for an answer
	Instructed State = "instructed" // a payout is on its way
	Failed     State = "failed"     // the bank refused the last payout
	Paid       State = "paid"
	Reversed   State = "reversed"
)

// The units by which work is paid.
const (
	ByHour  = "hour"
	ByDay   = "day"
	ByPiece = "piece"
)

// What is paid for without work: waiting at the gate, by the hour, and a cancellation at short
// notice, by the amount.
const (
	ByWaiting = "waiting"
	ByNotice  = "notice"
)

var units = []string{ByHour, ByDay, ByPiece, ByWaiting, ByNotice}

// Why a line is late.
const (
	lateHours     = "hours"     // they are not confirmed
	lateDispute   = "dispute"   // the employer says that it was not worked
	lateFunds     = "funds"     // the employer's money is missing
	lateInsolvent = "insolvent" // it is missing, and the employer cannot pay any more
	lateBank      = "bank"      // the payout has not arrived
	lateRefused   = "refused"   // the bank would not pay
	lateReturned  = "returned"  // it was paid, and the money came back
)

// confirmedByClock stands where an account would: nobody confirmed in time.
const confirmedByClock = "clock"

// Line is what one placement earned, or the rest of it that a correction added.
type Line struct {
	ID          string
	PlacementID string
	N           int64 // of the placement's lines
	Source      string
	WorkerID    string
	EmployerID  string
	Region      string // of the place: its policy holds
	PayUnit     string
	RateFen     money.Fen
	WorkedMin   int64
	PlannedMin  int64
	Pieces      int64
	StartAt     time.Time
	EndAt       time.Time
	GrossFen    money.Fen // earned by the placement in all
	EarlierFen  money.Fen // of which earlier lines have paid, or are paying
	AmountFen   money.Fen // what this line pays
	UnfundedFen money.Fen // for which there is no money yet
	State       State
	NextAt      time.Time // when a sweep may take the next step
	WarnAt      time.Time
	DueAt       time.Time
	AccruedAt   time.Time
	ConfirmedAt time.Time
	ConfirmedBy string
	PaidAt      time.Time // the bank's time
	PayoutID    string    // that paid it, or was refused last
	Refusals    int64
	Reason      string // of the last refusal or return
	Returned    bool   // the last payout was paid, and came back
}

// sent tells whether a payout has taken the line up and may have paid it.
func (l Line) sent() bool { return l.State == Instructed || l.State == Paid }

// lateReason says why the line is not paid yet. What was refused or came back is late for that also
// while another payout is on its way.
func (l Line) lateReason() string {
	switch {
	case l.UnfundedFen > 0:
		return lateFunds
	case l.State == Disputed:
		return lateDispute
	case l.State == Accrued:
		return lateHours
	case l.Returned:
		return lateReturned
	case l.State == Failed || l.Reason != "":
		return lateRefused
	}
	return lateBank
}

// lateAt tells whether the line came after its time, or has not come although it has passed.
func (l Line) lateAt(now time.Time) bool {
	if l.State == Paid {
		return l.PaidAt.After(l.DueAt)
	}
	return l.State != Reversed && !now.Before(l.DueAt)
}

// AccrueCmd is work done, as the clock saw it.
type AccrueCmd struct {
	Source      string // the clock event that ended the work
	PlacementID string
	WorkerID    string
	EmployerID  string
	Region      string // of the place: its policy holds
	PayUnit     string // ByHour, ByDay, ByPiece, ByWaiting or ByNotice
	RateFen     money.Fen
	WorkedMin   int64
	PlannedMin  int64 // of the shift, without breaks; by day only
	Pieces      int64 // by piece; 1 by notice
	StartAt     time.Time
	EndAt       time.Time
}

// check refuses what only a programmer can do wrong: people's input has passed the market's gate.
func (c AccrueCmd) check() error {
	if c.Source == "" || c.PlacementID == "" || c.WorkerID == "" || c.EmployerID == "" ||
		!slices.Contains(units, c.PayUnit) || c.RateFen <= 0 ||
		min(c.WorkedMin, c.PlannedMin, c.Pieces) < 0 || c.EndAt.Before(c.StartAt) {
		return fmt.Errorf("wage: cannot accrue %+v", c)
	}
	return nil
}

// earned gives what the work is worth, rounded half up to a fen, once. A day's rate is for the
// planned minutes: who works less or more earns in proportion (product choice).
func (c AccrueCmd) earned() money.Fen {
	switch {
	case c.PayUnit == ByPiece || c.PayUnit == ByNotice:
		return money.MulDivHalfUp(c.RateFen, c.Pieces, 1)
	case c.PayUnit == ByHour || c.PayUnit == ByWaiting:
		return money.MulDivHalfUp(c.RateFen, c.WorkedMin, 60)
	case c.PlannedMin == 0:
		return c.RateFen
	}
	return money.MulDivHalfUp(c.RateFen, c.WorkedMin, c.PlannedMin)
}

// line gives the first or a further line of the placement for what earlier lines do not pay.
func (c AccrueCmd) line(id string, n int64, earlier money.Fen, lim limits, now time.Time) Line {
	gross := c.earned()
	return Line{ID: id, PlacementID: c.PlacementID, N: n, Source: c.Source, WorkerID: c.WorkerID,
		EmployerID: c.EmployerID, Region: c.Region, PayUnit: c.PayUnit, RateFen: c.RateFen,
		WorkedMin:  c.WorkedMin,
		PlannedMin: c.PlannedMin, Pieces: c.Pieces, StartAt: c.StartAt, EndAt: c.EndAt,
		GrossFen: gross, EarlierFen: earlier, AmountFen: gross - earlier, State: Accrued,
		NextAt: c.EndAt.Add(lim.confirm), WarnAt: c.EndAt.Add(lim.warn), DueAt: c.EndAt.Add(lim.pay),
		AccruedAt: now}
}

// limits are the policy's times, counted from the clock-out.
type limits struct{ confirm, pay, warn time.Duration }

// funding is where a line's money comes from.
type funding struct{ hold, free, arrears money.Fen }

// fund takes from the hold, then from free funds, then from arrears.
func fund(amount, hold, free money.Fen) funding {
	f := funding{hold: min(amount, hold)}
	f.free = min(amount-f.hold, free)
	f.arrears = amount - f.hold - f.free
	return f
}

// correction is what a new total means for the lines that a placement has.
type correction struct {
	reverse []Line    // nobody has been told to pay them
	earlier money.Fen // what the others pay
	last    string    // the newest of the others
}

// correct sorts the lines of a placement for a new total. A line that was refused or came back
// stays where a later one, which has been sent, pays only what lies above it.
// Faults: wage.below_paid (conflict) when more has been paid, or is on its way.
func correct(lines []Line, gross money.Fen) (correction, error) {
	var c correction
	taken := -1 // what stands before a line that a payout has taken up, stands
	for i, l := range lines {
		if l.sent() {
			taken = i
		}
	}
	for i, l := range lines {
		switch {
		case l.State != Reversed && i <= taken:
			c.earlier += l.AmountFen
			c.last = l.ID
		case l.State != Reversed:
			c.reverse = append(c.reverse, l)
		}
	}
	if gross < c.earlier {
		return c, belowPaid(c.earlier)
	}
	return c, nil
}

// standing is a correction that reverses nothing: it only adds. A disputed line cannot stand, what
// it holds is what the correction settles.
func (c correction) standing() (correction, bool) {
	stands := correction{earlier: c.earlier, last: c.last}
	for _, l := range c.reverse {
		if l.State == Disputed {
			return c, false
		}
		stands.earlier += l.AmountFen
		stands.last = l.ID
	}
	return stands, len(c.reverse) > 0
}

func belowPaid(paid money.Fen) error {
	return fault.New(fault.Conflict, "wage.below_paid", "paid", paid.String())
}

// reissueWaits are the pauses after each refusal: a card that is mended the same day still serves.
var reissueWaits = []time.Duration{
	10 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// never is when nothing will happen by itself.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// retryAt gives when to pay again after the n-th refusal; never, when a clerk must look at it, or
// the worker mend the card.
func retryAt(refusals int64, now time.Time) time.Time {
	if refusals < 1 || refusals > int64(len(reissueWaits)) {
		return never
	}
	return now.Add(reissueWaits[refusals-1])
}
