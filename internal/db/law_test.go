package db_test

import (
	"context"
	"testing"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: the first law that something breaks is told with what breaks it; a law that cannot be
// looked at does not hold.
func TestProve(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		if _, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `INSERT INTO counters(id, n) VALUES ('x', 11), ('y', 12), ('z', 13)`)
		}); err != nil {
			t.Fatal(err)
		}
		above := func(n string) string {
			return `SELECT id FROM counters WHERE n > ` + n + ` ORDER BY id LIMIT 1`
		}
		few, many := db.Law{"%s is above 13", above("13")}, db.Law{"%s is above 11", above("11")}
		if err := db.Prove(ctx, d, []db.Law{few}); err != nil {
			t.Error(err)
		}
		err := db.Prove(ctx, d, []db.Law{few, many, {"%s is above 12", above("12")}})
		if err == nil || err.Error() != "y is above 11" {
			t.Errorf("broken: %v", err)
		}
		err = db.ProveOne(ctx, d, "%s is above", above("$1"), 12)
		if err == nil || err.Error() != "z is above" {
			t.Errorf("with an argument: %v", err)
		}
		if err := db.Prove(ctx, d, []db.Law{{"no %s", `SELECT id FROM nowhere`}, few}); err == nil {
			t.Error("what cannot be looked at holds")
		}
	})
}
