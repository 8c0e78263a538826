package market

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/feed"
)

// Goal: what asks by shift, worker or application reads by an index on SQLite, whose planner never
// learns how large a table has become; PostgreSQL's, which does, can plan the same texts.
func TestPlans(t *testing.T) {
	t.Parallel()
	schema := []fs.FS{feed.Migrations, people.Migrations, Migrations}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		queries := map[string]string{
			"on a shift": `SELECT id FROM placements WHERE shift_id = 'a' AND state = 'offered'` + live,
			"of a vacancy": `SELECT id FROM placements WHERE shift_id IN
				(SELECT id FROM shifts WHERE vacancy_id = 'a') AND state = 'accepted'` + live,
			"heads": headLaws[0][1],
			"an application's interviews": `SELECT id FROM interviews WHERE application_id = 'a'
				AND state IN ('booked', 'came', 'passed') ORDER BY id LIMIT 1`,
			"a worker's interviews": `SELECT id FROM interviews WHERE worker_id = 'a' ORDER BY id DESC`,
		}
		for what, in := range map[string]RetentionOf{"a worker's checks": {WorkerID: "a"},
			"an employer's open checks": {EmployerID: "a", Open: true}, "open checks": {Open: true}} {
			where, _ := retentionOf(in)
			queries[what] = `SELECT id FROM retention_checks WHERE ` +
				strings.NewReplacer("$1", "100", "$2", "'a'").Replace(where)
		}
		if strings.HasSuffix(t.Name(), "/postgres") {
			for what, q := range queries {
				if plan, err := db.List[string](context.Background(), d, `EXPLAIN `+q); err != nil ||
					len(plan) == 0 {
					t.Errorf("%s: %v %v", what, plan, err)
				}
			}
			return
		}
		for what, q := range queries {
			err := db.Each(context.Background(), d, `EXPLAIN QUERY PLAN `+q, nil,
				func(scan func(...any) error) error {
					var id, parent, unused int64
					var step string
					err := scan(&id, &parent, &unused, &step)
					all := strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN s ") &&
						!strings.Contains(step, "retention_checks_asked")
					if all || strings.Contains(step, "FOR ORDER BY") {
						t.Errorf("%s: %s", what, step)
					}
					return err
				})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
