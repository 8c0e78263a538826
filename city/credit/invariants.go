package credit

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check does every employer's newest sum again: the facts from the rows of all slices, as they were
// known at its instant, and points and grade from facts and rule. It proves too that an override
// has a person, words and an end, and that only those speak of work who did it together.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	all, err := allNewest(ctx, r)
	if err != nil {
		return fmt.Errorf("check credit: %w", err)
	}
	for _, j := range all {
		v := j.Rules.Judge(j.Facts)
		if v.Grade != j.Grade || v.Points != j.Points {
			return fmt.Errorf("credit: grade %s says %s with %d points, its facts give %s with %d",
				j.ID, j.Grade, j.Points, v.Grade, v.Points)
		}
		facts, err := factsAt(ctx, r, j.EmployerID, j.window, j.Rules.NoticeMin)
		if err != nil {
			return fmt.Errorf("check credit: %w", err)
		}
		if facts != j.Facts {
			return fmt.Errorf("credit: grade %s rests on %+v, the rows say %+v", j.ID, j.Facts, facts)
		}
	}
	return db.Prove(ctx, r, []db.Law{
		{"credit: appeal %s was decided without a person, words or an end",
			`SELECT id FROM credit_appeals WHERE state <> 'asked' AND (answer = '' OR reviewer_id = ''
			OR (state = 'granted') <> (grade <> '' AND until_on <> '')) ORDER BY id LIMIT 1`},
		{"credit: feedback %s is about work that was not done by these two",
			`SELECT f.id FROM credit_feedback f LEFT JOIN placements p ON p.id = f.placement_id
			AND p.worker_id = f.worker_id AND p.employer_id = f.employer_id AND p.state = 'done'
			WHERE p.id IS NULL ORDER BY f.id LIMIT 1`},
	})
}
