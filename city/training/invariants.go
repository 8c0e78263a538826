package training

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves the slice's laws over all rows. Skills are read along: they stand on a lower floor.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	if err := db.Prove(ctx, r, []db.Law{
		{"training: class %s has other seats taken than people in them",
			`SELECT c.id FROM classes c WHERE c.taken > c.seats OR c.taken <> (SELECT COUNT(*)
			FROM enrolments e WHERE e.class_id = c.id AND e.state IN ('enrolled', 'passed', 'failed'))
			ORDER BY c.id LIMIT 1`},
		{"training: class %s was called off and somebody still has a seat",
			`SELECT c.id FROM classes c JOIN enrolments e ON e.class_id = c.id
			WHERE c.state = 'called_off' AND e.state IN ('enrolled', 'passed', 'failed')
			ORDER BY c.id LIMIT 1`},
		{"training: enrolment %s overlaps with another seat of the same worker",
			`SELECT a.id FROM enrolments a JOIN enrolments b ON b.worker_id = a.worker_id AND b.id < a.id
			JOIN class_sessions s ON s.class_id = a.class_id
			JOIN class_sessions o ON o.class_id = b.class_id
			WHERE a.state IN ('enrolled', 'passed', 'failed')
			AND b.state IN ('enrolled', 'passed', 'failed')
			AND s.starts_at_ms < o.ends_at_ms AND o.starts_at_ms < s.ends_at_ms
			ORDER BY a.id LIMIT 1`},
		{"training: %s passed without having come, or without the skill that was taught",
			`SELECT e.id FROM enrolments e JOIN classes c ON c.id = e.class_id WHERE e.state = 'passed'
			AND (NOT EXISTS (SELECT 1 FROM class_roll r WHERE r.enrolment_id = e.id AND r.present)
			OR NOT EXISTS (SELECT 1 FROM worker_skills w WHERE w.worker_id = e.worker_id
			AND w.skill = c.skill AND w.evidence <> '')) ORDER BY e.id LIMIT 1`},
		{"training: %s has a skill as assessed and did not pass in its class",
			`SELECT w.worker_id FROM worker_skills w LEFT JOIN enrolments e ON e.id = w.evidence
			LEFT JOIN classes c ON c.id = e.class_id WHERE w.evidence <> '' AND (e.id IS NULL
			OR e.state <> 'passed' OR e.worker_id <> w.worker_id OR c.skill <> w.skill)
			ORDER BY w.worker_id LIMIT 1`},
	}); err != nil {
		return err
	}
	return checkSealed(ctx, r)
}

// checkSealed proves the slice's part of law 9: no teacher's phone can be read in the table.
func checkSealed(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, phone_sealed FROM classes ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var id string
			var sealed []byte
			if err := scan(&id, &sealed); err != nil {
				return err
			}
			if !looksSealed(sealed) {
				return fmt.Errorf("law 9: the teacher's phone of class %s is not sealed", id)
			}
			return nil
		})
}
