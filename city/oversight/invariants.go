package oversight

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves that a matter's state is its last step, that what is closed was reported or settled,
// and that its owner did not close it.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	return db.Prove(ctx, r, []db.Law{
		{"oversight: %s is in another state than its last step",
			`SELECT m.id FROM matters m LEFT JOIN matter_steps s ON s.matter_id = m.id
			AND s.n = m.steps WHERE s.state IS NULL OR s.state <> m.state ORDER BY m.id LIMIT 1`},
		{"oversight: %s is closed, neither settled nor with a report of its owner",
			`SELECT m.id FROM matters m WHERE m.state = 'closed' AND m.settled_how = ''
			AND NOT EXISTS (SELECT 1 FROM matter_steps s WHERE s.matter_id = m.id AND s.n = m.steps - 1
			AND s.step = 'report' AND s.account_id = m.owner_id) ORDER BY m.id LIMIT 1`},
		{"oversight: %s is closed by its owner",
			`SELECT m.id FROM matters m WHERE m.state = 'closed' AND NOT EXISTS (SELECT 1
			FROM matter_steps c WHERE c.matter_id = m.id AND c.n = m.steps AND c.step = 'close'
			AND c.account_id <> m.owner_id) ORDER BY m.id LIMIT 1`},
	})
}
