package ledger

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	statementLinesDefault = 50
	statementLinesMax     = 200
)

// GetAccount asks for a page of an employer's statement.
type GetAccount struct {
	EmployerID string     `json:"employer_id" path:"employer_id"`
	From       civil.Date `json:"from,omitempty" query:"from" doc:"first day; 31 days if left out"`
	Until      civil.Date `json:"until,omitempty" query:"until" doc:"last day; today if left out"`
	After      string     `json:"after,omitempty" query:"after" doc:"next of the page before"`
	Limit      int        `json:"limit,omitempty" query:"limit" minimum:"0" maximum:"200"`
}

// AccountView is a page of an employer's statement: opening + the lines' changes = closing, side by
// side. The closing of a page is the opening of the next.
type AccountView struct {
	From    civil.Date      `json:"from"`
	Until   civil.Date      `json:"until"`
	Opening Sides           `json:"opening"`
	Lines   []StatementLine `json:"lines"`
	Closing Sides           `json:"closing"`
	Next    string          `json:"next,omitempty" doc:"after of the next page; left out on the last"`
	Limits  []LimitView     `json:"limits"`
}

// GetAccount shows an employer what has happened to its money, page by page in order of time. The
// opening is added up from the first entry on: a long history makes a page slower, not wrong.
// Faults: civil.days, db.mark (invalid).
func (s *Service) GetAccount(ctx context.Context, in GetAccount) (AccountView, error) {
	if err := people.Must(ctx, people.PermSeeFunds, in.EmployerID); err != nil {
		return AccountView{}, err
	}
	from, until, err := period(in.From, in.Until, civil.DateOf(s.DB.Now()))
	if err != nil {
		return AccountView{}, err
	}
	v := AccountView{From: from, Until: until, Lines: []StatementLine{}}
	after, err := placeOf(in.After, from)
	if err != nil {
		return v, err
	}
	if in.Limit == 0 {
		in.Limit = statementLinesDefault
	}
	limit := min(in.Limit, statementLinesMax)
	if v.Opening, err = sidesUpTo(ctx, s.DB, in.EmployerID, after); err != nil {
		return v, err
	}
	lines, err := entriesOf(ctx, s.DB, in.EmployerID, after, clock.MS(until.AddDays(1).Midnight()),
		limit+1)
	if err != nil {
		return v, err
	}
	lines, v.Next = db.Page(lines, limit, func(l StatementLine) string {
		return db.Mark{MS: clock.MS(l.At), ID: l.ID}.String()
	})
	v.Lines, v.Closing = append(v.Lines, lines...), v.Opening
	for _, l := range lines {
		v.Closing = v.Closing.plus(l.Sides)
	}
	v.Limits, err = limitViews(ctx, s.DB, in.EmployerID)
	return v, err
}

// placeOf reads where a page begins: behind the entry that after names, or on the first day.
func placeOf(after string, from civil.Date) (place, error) {
	m, err := db.ParseMark(after, db.Mark{MS: clock.MS(from.Midnight())})
	if err == nil && after != "" && m.ID == "" {
		err = fault.New(fault.Invalid, "db.mark").OnField("after")
	}
	return place{m.MS, m.ID}, err
}

// SidesTx gives an employer's money as its balances stand.
func (s *Service) SidesTx(ctx context.Context, r db.Reader, employerID string) (Sides, error) {
	return sidesUpTo(ctx, r, employerID, place{atMS: clock.MS(Never)})
}
