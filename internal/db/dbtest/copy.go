package dbtest

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/db"
)

// Whole walks the pages of a list and gives all of it; a row that comes twice, or another number of
// rows or pages than said, fails the test.
func Whole[T any](
	t testing.TB, rows, pages int, id func(T) string,
	read func(after string) ([]T, string, error),
) []T {
	t.Helper()
	n, once := 0, map[string]bool{}
	all, next, err := db.Walk(10*rows+100, func(after string) ([]T, string, error) {
		n++
		return read(after)
	})
	for _, v := range all {
		once[id(v)] = true
	}
	if err != nil || next != "" || len(all) != rows || len(once) != rows || n != pages {
		t.Errorf("%d rows, %d of them once, in %d pages, not %d in %d; then %q, %v", len(all),
			len(once), n, rows, pages, next, err)
	}
	return all
}

// Copies puts n copies of a row into a table, so that a list is longer than a page. with names the
// columns that differ, each as an expression of i, which runs from 1 to n; the id among them.
func Copies(t testing.TB, d *db.DB, table, id string, n int, with map[string]string) {
	t.Helper()
	query := `SELECT name FROM pragma_table_info($1)`
	if d.Engine() == "postgres" {
		query = `SELECT column_name FROM information_schema.columns WHERE table_name = $1
			AND table_schema = current_schema()`
	}
	var names, values []string
	err := db.Each(context.Background(), d, query, []any{table}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names, values = append(names, name), append(values, cmp.Or(with[name], name))
		return err
	})
	if err != nil {
		t.Fatalf("columns of %s: %v", table, err)
	}
	_, err = db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		made, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO %s (%s)
			WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < %d)
			SELECT %s FROM %s CROSS JOIN k WHERE id = $1`, table, strings.Join(names, ", "), n,
			strings.Join(values, ", "), table), id)
		if err == nil && made != int64(n) {
			err = fmt.Errorf("%d copies of %s %s", made, table, id)
		}
		return made, err
	})
	if err != nil {
		t.Fatal(err)
	}
}
