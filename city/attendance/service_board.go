package attendance

import (
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
)

// GetBoard asks who is on a shift of an employer and how far they are.
type GetBoard struct {
	ShiftID    string `json:"shift_id" path:"shift_id"`
	EmployerID string `json:"employer_id" query:"employer_id"`
}

// BoardRow is one head of a shift. Times that have not come are left out.
type BoardRow struct {
	market.PlacementView
	ArrivedAt time.Time `json:"arrived_at,omitzero"`
	StartedAt time.Time `json:"started_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	WorkedMin int64     `json:"worked_min,omitempty"`
	Pieces    int64     `json:"pieces,omitempty"`
	Forgotten bool      `json:"forgotten,omitempty" doc:"nobody clocked out; the end is a proposal"`
	LineID    string    `json:"line_id,omitempty"`
	// Missing: the shift has begun, and the worker has not come.
	Missing bool `json:"missing,omitempty" doc:"can be replaced"`
}

// Board is the people of a shift.
type Board struct {
	Rows []BoardRow `json:"rows"`
}

// sheetsAtOnce is within what db.InList takes.
const sheetsAtOnce = 500

// ShowBoard shows the people of an employer's shift with the names that it may read, and when each
// came, began and ended.
func (s *Service) ShowBoard(ctx context.Context, in GetBoard) (Board, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return Board{}, err
	}
	found, err := s.Market.FindPeople(ctx,
		market.ShiftPeople{ShiftID: in.ShiftID, EmployerID: in.EmployerID})
	if err != nil || len(found.Placements) == 0 {
		return Board{Rows: []BoardRow{}}, err
	}
	ids := make([]string, len(found.Placements))
	for i, p := range found.Placements {
		ids[i] = p.ID
	}
	sheets := map[string]Sheet{}
	for part := range slices.Chunk(ids, sheetsAtOnce) {
		if err := sheetsOf(ctx, s.DB, part, sheets); err != nil {
			return Board{}, err
		}
	}
	out := Board{Rows: make([]BoardRow, len(ids))}
	now := s.DB.Now()
	for i, p := range found.Placements {
		row := BoardRow{PlacementView: p}
		if sheet, ok := sheets[p.ID]; ok {
			row.ArrivedAt, row.StartedAt, row.EndedAt = sheet.ArrivedAt, sheet.StartedAt, sheet.EndedAt
			row.WorkedMin, row.Pieces = sheet.WorkedMin, sheet.Pieces
			row.Forgotten, row.LineID = sheet.Forgotten, sheet.LineID
		}
		row.Missing = p.State == market.Accepted && row.ArrivedAt.IsZero() && p.StartsAt.Before(now)
		out.Rows[i] = row
	}
	return out, nil
}
