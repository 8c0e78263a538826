package wage

import (
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// About names a line and whom it concerns.
type About struct {
	LineID      string    `json:"line_id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	EmployerID  string    `json:"employer_id"`
	AmountFen   money.Fen `json:"amount_fen"`
}

// Subject is the line.
func (a About) Subject() string { return a.LineID }

func about(l Line) About {
	return About{l.ID, l.PlacementID, l.WorkerID, l.EmployerID, l.AmountFen}
}

// LineAccrued says that work has been turned into money owed.
type LineAccrued struct {
	About
	WorkedMin   int64     `json:"worked_min"`
	UnfundedFen money.Fen `json:"unfunded_fen,omitempty"`
	DueAt       time.Time `json:"due_at"`
}

// Topic names the event.
func (LineAccrued) Topic() string { return "wage.accrued.v1" }

// LineReversed says that a line no longer counts.
type LineReversed struct {
	About
	Source string `json:"source"`
}

// Topic names the event.
func (LineReversed) Topic() string { return "wage.reversed.v1" }

// LinePaid says that the bank has paid.
type LinePaid struct {
	About
	PayoutID string    `json:"payout_id"`
	PaidAt   time.Time `json:"paid_at"`
}

// Topic names the event.
func (LinePaid) Topic() string { return "wage.paid.v1" }

// LineReturned says that the bank had paid, and the money came back.
type LineReturned struct {
	About
	PayoutID string `json:"payout_id"`
	Reason   string `json:"reason"` // the bank's words
}

// Topic names the event.
func (LineReturned) Topic() string { return "wage.returned.v1" }

// LineLate says that a line has not arrived in time, and why.
type LineLate struct {
	About
	Reason string `json:"reason"` // hours, funds, insolvent, bank, refused or returned
}

// Topic names the event.
func (LineLate) Topic() string { return "wage.late.v1" }
