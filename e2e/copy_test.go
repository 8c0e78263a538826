package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// shownByName are tables with a worker_id whose content an access copy shows in a place of its own,
// or that say nothing about the worker.
var shownByName = map[string]string{
	"accounts":   "the phone",
	"cards":      "the card",
	"closures":   "a closed account is told at its closing; nobody can log in to ask for a copy",
	"sim_actors": "only in simulated cities",
}

// Goal: an access copy is whole. A table that names a worker is in it, or stands on the list above
// with a reason. Who adds such a table adds a line to store_copy.go of its slice.
func TestCopyIsWhole(t *testing.T) {
	t.Parallel()
	c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
	w := c.newWorker(1)
	v, err := c.People.DownloadCopy(w.ctx, people.DownloadCopy{WorkerID: w.id})
	c.ok(err)
	listed := map[string]bool{}
	for _, h := range v.Holdings {
		listed[h.Name] = true
	}
	tables, err := db.List[string](context.Background(), c.DB, `SELECT m.name FROM sqlite_master m
		JOIN pragma_table_info(m.name) c ON c.name = 'worker_id' WHERE m.type = 'table'
		ORDER BY m.name`)
	c.ok(err)
	if len(tables) < 10 {
		t.Fatalf("only %v name a worker", tables)
	}
	for _, table := range tables {
		if _, ok := shownByName[table]; !ok && !listed[table] {
			t.Errorf("table %s names a worker, and no access copy lists it: add it to store_copy.go of "+
				"its slice, under the table's name", table)
		}
	}
}
