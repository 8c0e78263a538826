package wage

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	countedMax = 100 // lines of a page; the next one begins behind it
	lateDays   = 30  // of a list of late wages, as of the cockpit
)

// CountedLines asks for the wages that an indicator of the city counts: those that arrived within
// some days, or those due within them that came late or have not come.
type CountedLines struct {
	Which string     `json:"which" query:"which" required:"true" enum:"paid,late"`
	From  civil.Date `json:"from,omitempty" query:"from" doc:"first day; if left out that of paid is the last, and late begins 30 days ago"`
	Until civil.Date `json:"until,omitempty" query:"until" doc:"last day; today if left out"`
	After string     `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// CountedLine is a wage with the entries of the books that it made.
type CountedLine struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	WorkerName  string    `json:"worker_name"`
	EmployerID  string    `json:"employer_id"`
	Region      string    `json:"region"`
	AmountFen   money.Fen `json:"amount_fen"`
	State       State     `json:"state"`
	StartAt     time.Time `json:"start_at"`
	EndAt       time.Time `json:"end_at"`
	DueAt       time.Time `json:"due_at"`
	PaidAt      time.Time `json:"paid_at,omitzero"`
	Late        bool      `json:"late,omitempty"`
	Accrual     string    `json:"accrual" doc:"the entry by which it was earned"`
	Payout      string    `json:"payout,omitempty" doc:"the entry by which it was paid"`
}

// CountedList is a page of counted wages, the newest first, and the number and amount of all.
type CountedList struct {
	From      civil.Date    `json:"from"`
	Until     civil.Date    `json:"until"`
	Count     int64         `json:"count"`
	AmountFen money.Fen     `json:"amount_fen"`
	Lines     []CountedLine `json:"lines"`
	Next      string        `json:"next,omitempty"`
}

// FindCountedLines lists the wages behind a figure of the cockpit: its number is Count, and each
// line names its vouchers. What is due later today is not late yet, as in the figure.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindCountedLines(ctx context.Context, in CountedLines) (CountedList, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedList{}, err
	}
	now := s.DB.Now()
	days := 1
	if in.Which == "late" {
		days = lateDays
	}
	out := CountedList{Lines: []CountedLine{}}
	var err error
	out.From, out.Until, err = civil.Days(in.From, in.Until, civil.DateOf(now), days)
	if err != nil {
		return out, err
	}
	w := window{late: in.Which == "late", from: out.From.Midnight(),
		to: out.Until.AddDays(1).Midnight()}
	if w.late && w.to.After(now) {
		w.to = now
	}
	if w.before, err = db.ParseMark(in.After, db.Mark{MS: clock.MS(w.to)}); err != nil {
		return out, err
	}
	if err := s.countWindow(ctx, w, &out); err != nil {
		return out, err
	}
	lines, err := linesOfWindow(ctx, s.DB, w, countedMax+1)
	if err != nil {
		return out, err
	}
	lines, out.Next = db.Page(lines, countedMax, func(l Line) string {
		return db.Mark{MS: clock.MS(w.at(l)), ID: l.ID}.String()
	})
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.WorkerID
	}
	names, err := s.People.NamesForTx(ctx, s.DB, ids)
	for _, l := range lines {
		c := CountedLine{ID: l.ID, PlacementID: l.PlacementID, WorkerID: l.WorkerID,
			WorkerName: names[l.WorkerID].Whole, EmployerID: l.EmployerID, Region: l.Region,
			AmountFen: l.AmountFen, State: l.State, StartAt: l.StartAt, EndAt: l.EndAt, DueAt: l.DueAt,
			PaidAt: l.PaidAt, Late: l.lateAt(now),
			Accrual: accrualOf(l)}
		if l.State == Paid {
			c.Payout = payoutOf(l)
		}
		out.Lines = append(out.Lines, c)
	}
	return out, err
}

// accrualOf names the entry by which a line was earned.
func accrualOf(l Line) string { return ledger.Entry{Kind: "accrual", Source: l.ID}.ID() }

// payoutOf names the entry by which a line was paid.
func payoutOf(l Line) string { return ledger.Entry{Kind: "payout", Source: l.PayoutID}.ID() }

// countWindow counts with the indicators' own statements, so that a list cannot say another number.
func (s *Service) countWindow(ctx context.Context, w window, out *CountedList) error {
	if w.late {
		c, err := arrivals(ctx, s.DB, w.from, w.to)
		out.Count, out.AmountFen = c.late, money.Fen(c.lateFen)
		return err
	}
	values, err := s.Paid(ctx, s.DB, w.from, w.to)
	if err == nil {
		out.AmountFen, out.Count = money.Fen(values[0].Num), values[1].Num
	}
	return err
}
