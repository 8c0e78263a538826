package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// FindCounted asks for the contracts that C01 counts: signed within some days, and in force.
type FindCounted struct {
	From  civil.Date `json:"from,omitempty" query:"from" doc:"first day; today if left out"`
	Until civil.Date `json:"until,omitempty" query:"until" doc:"last day; today if left out"`
	After string     `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// CountedLine is such a contract.
type CountedLine struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	WorkerName  string    `json:"worker_name"`
	EmployerID  string    `json:"employer_id"`
	Employer    string    `json:"employer" doc:"its name"`
	Title       string    `json:"title" doc:"of the work"`
	Template    Template  `json:"template"`
	StartsAt    time.Time `json:"starts_at"`
	SignedAt    time.Time `json:"signed_at"`
}

// CountedList is a page of contracts, the newest signature first, and how many there are in all.
type CountedList struct {
	From      civil.Date    `json:"from"`
	Until     civil.Date    `json:"until"`
	Count     int64         `json:"count"`
	Contracts []CountedLine `json:"contracts"`
	Next      string        `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindCounted lists the contracts behind C01: Count is its number.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindCounted(ctx context.Context, in FindCounted) (CountedList, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedList{}, err
	}
	var out CountedList
	var err error
	today := civil.DateOf(s.DB.Now())
	if out.From, out.Until, err = civil.Days(in.From, in.Until, today, 1); err != nil {
		return out, err
	}
	a, b := clock.MS(out.From.Midnight()), clock.MS(out.Until.AddDays(1).Midnight())
	before, err := db.ParseMark(in.After, db.Mark{MS: b})
	if err != nil {
		return out, err
	}
	if out.Count, err = countSigned(ctx, s.DB, a, b); err != nil {
		return out, err
	}
	list, err := signedWithin(ctx, s.DB, a, b, before, listMax+1)
	if err != nil {
		return out, err
	}
	out.Contracts, out.Next = db.Page(list, listMax, func(l CountedLine) string {
		return db.Mark{MS: clock.MS(l.SignedAt), ID: l.ID}.String()
	})
	return out, people.NameRows(ctx, s.DB, s.People, out.Contracts,
		func(l CountedLine) string { return l.WorkerID },
		func(l *CountedLine, n people.Names) { l.WorkerName = n.Whole })
}
