package db_test

import (
	"context"
	"testing"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: a rehearsed deed answers as a real one, sees what it wrote, fails as it would fail, and
// leaves neither rows nor hints.
func TestRehearse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := db.Rehearse(context.Background())
		hinted := false
		n, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			tx.AfterCommit(func() { hinted = true })
			if err := insert(ctx, tx, 1, "good"); err != nil {
				return 0, err
			}
			return db.Get[int64](ctx, tx, `SELECT COUNT(*) FROM t`)
		})
		if err != nil || n != 1 || hinted {
			t.Errorf("rehearsed: %d, %v, hinted %v", n, err, hinted)
		}
		_, err = db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, insert(ctx, tx, 2, "bad")
		})
		if err == nil {
			t.Error("a rehearsal hides a failure")
		}
		if err := put(d, 3, "good"); err != nil {
			t.Fatal(err)
		}
		if got := ids(t, d); got != "3" {
			t.Errorf("rows %q", got)
		}
	})
}
