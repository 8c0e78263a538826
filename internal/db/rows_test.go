package db_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: many rows are inserted, changed and found by id whatever their number; duplicates count as
// the statement says.
func TestExecRows(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			for _, rows := range []int{0, 1, 2, 3, 7, 600, 1100} {
				var args, changes []any
				var names []string
				for i := range rows {
					name := fmt.Sprintf("%d-%d", rows, i)
					args = append(args, name, i)
					changes = append(changes, name, 10*i)
					names = append(names, name)
				}
				head, row := `INSERT INTO counters(id, n) VALUES `, "(?,?)"
				if n, err := tx.ExecRows(ctx, head, row, "", args); err != nil || int(n) != rows {
					return false, fmt.Errorf("insert %d: %d, %w", rows, n, err)
				}
				n, err := tx.ExecRows(ctx, head, row, " ON CONFLICT DO NOTHING", args)
				if err != nil || n != 0 {
					return false, fmt.Errorf("again %d: %d, %w", rows, n, err)
				}
				n, err = tx.ExecRows(ctx, `UPDATE counters SET n = v.column2 FROM (VALUES `,
					"(?,CAST(? AS BIGINT))", `) AS v WHERE counters.id = v.column1`, changes)
				if err != nil || int(n) != rows {
					return false, fmt.Errorf("update %d: %d, %w", rows, n, err)
				}
				if rows == 0 || rows > 512 {
					continue
				}
				in, inArgs := db.InList(names, 0)
				got, err := db.Get[int](ctx, tx,
					`SELECT CAST(SUM(n) AS BIGINT) FROM counters WHERE n >= $1 AND id IN (`+in+`)`, inArgs...)
				if err != nil || got != 10*rows*(rows-1)/2 {
					return false, fmt.Errorf("sum of %d: %d, %w", rows, got, err)
				}
			}
			return true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
