package credit

import (
	"context"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

// Gradings says how employers, at most 512 of them, stand for those who look for work: the grade
// that counts today, and whether the employer stands in a public list. Who is left out is not rated
// yet. app hands it to market's Deps.Grades.
func (s *Service) Gradings(
	ctx context.Context, r db.Reader, employerIDs []string,
) (map[string]market.Grading, error) {
	now := s.DB.Now()
	grades, overrides, listed, err := gradesOf(ctx, r, employerIDs, now)
	if err != nil {
		return nil, err
	}
	today := civil.DateOf(now)
	all := make(map[string]market.Grading, len(grades))
	for _, id := range employerIDs {
		g := grades[id]
		if o := overrides[id]; o.holds(today) {
			g = o.Grade
		}
		if g == "" {
			g = Unrated
		}
		all[id] = market.Grading{Grade: string(g), Hidden: listed[id]}
	}
	return all, nil
}
