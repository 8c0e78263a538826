package dbtest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/db"
)

// Insert writes a row of a table that is not what is being tested: the named columns as said, all
// others that must not be NULL with the emptiest value of their type. So a column more in another
// slice's table changes no test here.
func Insert(t testing.TB, d *db.DB, table string, values map[string]any) {
	t.Helper()
	ctx := context.Background()
	query := `SELECT name, type FROM pragma_table_info($1) WHERE "notnull" = 1 AND dflt_value IS NULL`
	if d.Engine() == "postgres" {
		query = `SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1
			AND table_schema = current_schema() AND is_nullable = 'NO' AND column_default IS NULL`
	}
	empty := map[string]any{"text": "", "boolean": false, "bigint": 0, "integer": 0,
		"bytea": []byte{}}
	all := maps.Clone(values)
	err := db.Each(ctx, d, query, []any{table}, func(scan func(...any) error) error {
		var name, kind string
		err := scan(&name, &kind)
		if _, said := all[name]; !said {
			all[name] = empty[strings.ToLower(kind)]
		}
		return err
	})
	if err != nil {
		t.Fatalf("columns of %s: %v", table, err)
	}
	names := slices.Sorted(maps.Keys(all))
	args := make([]any, len(names))
	for i, name := range names {
		args[i] = all[name]
	}
	_, err = db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, "INSERT INTO "+table+"("+strings.Join(names, ", ")+") VALUES ("+
			db.In(1, len(names))+")", args...)
	})
	if err != nil {
		t.Fatalf("insert into %s: %v", table, err)
	}
}
