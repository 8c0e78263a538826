package complaint

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

// Check proves that a complaint's state is its last step, that an upheld false vacancy is not
// public, that an anonymous complainant stands nowhere in clear, and that nothing is overdue of
// which nobody was warned.
func (s *Service) Check(ctx context.Context, r db.Reader, now time.Time) error {
	err := db.Prove(ctx, r, []db.Law{
		{"complaint: %s is in another state than its last step",
			`SELECT c.id FROM complaints c LEFT JOIN complaint_steps s ON s.complaint_id = c.id
			AND s.n = c.steps WHERE s.state IS NULL OR s.state <> c.state ORDER BY c.id LIMIT 1`},
		{"complaint: the vacancy of %s was false and is public",
			`SELECT c.id FROM complaints c JOIN vacancies v ON v.id = c.subject_id
			WHERE c.kind = 'false_vacancy' AND c.decision = 'upheld' AND v.state = 'published'
			ORDER BY c.id LIMIT 1`},
		{"complaint: %s is anonymous and names its complainant",
			`SELECT c.id FROM complaints c WHERE c.anonymous AND (c.account_id <> ''
			OR EXISTS (SELECT 1 FROM complaint_notes n WHERE n.complaint_id = c.id
				AND n.side = 'complainant' AND n.account_id <> '')) ORDER BY c.id LIMIT 1`},
	})
	if err != nil {
		return err
	}
	err = db.ProveOne(ctx, r, "complaint: %s is overdue and nobody was warned",
		`SELECT c.id FROM complaints c WHERE c.due_on <> '' AND c.due_on < $1
			AND NOT EXISTS (SELECT 1 FROM complaint_warnings w WHERE w.complaint_id = c.id
				AND w.due_on = c.due_on AND w.kind = 'due') ORDER BY c.id LIMIT 1`,
		string(civil.DateOf(now.Add(-24*time.Hour))))
	if err != nil {
		return err
	}
	return db.Each(ctx, r, `SELECT id, contact_sealed FROM complaints ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var id string
			var sealed []byte
			if err := scan(&id, &sealed); err != nil {
				return err
			}
			if !looksSealed(sealed) {
				return fmt.Errorf("complaint: who made %s is not sealed", id)
			}
			return nil
		})
}
