package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

var schema = []fs.FS{fstest.MapFS{"migrations/20990101000000_t.sql": {Data: []byte(`-- +goose Up
CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT NOT NULL CHECK (v <> 'bad'));
CREATE TABLE counters (id TEXT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO counters(id, n) VALUES ('a', 0);
`)}}}

func insert(ctx context.Context, tx *db.Tx, id int, v string) error {
	_, err := tx.Exec(ctx, `INSERT INTO t(id, v) VALUES ($1, $2)`, id, v)
	return err
}

func put(d *db.DB, id int, v string) error {
	_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, insert(ctx, tx, id, v)
	})
	return err
}

func ids(t *testing.T, d *db.DB) string {
	t.Helper()
	got, err := db.List[int64](context.Background(), d, `SELECT id FROM t ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(fmt.Sprint(got), "[]")
}

// Goal: placeholders bind by number on both engines, not by place in the text.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		var a, b string
		err := db.Row(context.Background(), d, []any{&a, &b},
			`SELECT CAST($2 AS TEXT), CAST($1 AS TEXT)`, "one", "two")
		if err != nil || a != "two" || b != "one" {
			t.Fatalf("got %q, %q, %v", a, b, err)
		}
	})
}

// Goal: a deed bears one time, commits whole, and runs its hints only after the commit.
func TestInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		hinted := false
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			if !tx.Now.Equal(clk.Now()) {
				t.Errorf("Now = %v", tx.Now)
			}
			tx.AfterCommit(func() { hinted = true })
			if hinted {
				t.Error("hint before commit")
			}
			return true, insert(ctx, tx, 1, "x")
		})
		if err != nil || !hinted || ids(t, d) != "1" {
			t.Fatalf("err %v, hinted %v, rows %s", err, hinted, ids(t, d))
		}
		hinted = false
		_, err = db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			tx.AfterCommit(func() { hinted = true })
			if err := insert(ctx, tx, 2, "x"); err != nil {
				return false, err
			}
			return false, errors.New("no")
		})
		if err == nil || hinted || ids(t, d) != "1" {
			t.Fatalf("a failed deed left something: %v, %v, %s", err, hinted, ids(t, d))
		}
	})
}

// Goal: after a driver error the deed is over, even for a closure that swallows it.
func TestPoisoned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		if err := put(d, 1, "x"); err != nil {
			t.Fatal(err)
		}
		_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			if err := insert(ctx, tx, 2, "x"); err != nil {
				return false, err
			}
			if err := insert(ctx, tx, 1, "twice"); !db.IsUnique(err) {
				t.Errorf("not unique: %v", err)
			}
			if err := insert(ctx, tx, 3, "x"); err == nil {
				t.Error("a statement ran after a driver error")
			}
			return true, nil
		})
		if err == nil || ids(t, d) != "1" {
			t.Fatalf("err %v, rows %s", err, ids(t, d))
		}
	})
}

// Goal: mistakes of wiring stop the program instead of deadlocking it.
func TestPanics(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		for name, fn := range map[string]func(context.Context, *db.Tx) (bool, error){
			"nested": func(ctx context.Context, _ *db.Tx) (bool, error) {
				return db.InTx(ctx, d, func(context.Context, *db.Tx) (bool, error) { return true, nil })
			},
			"reader": func(ctx context.Context, _ *db.Tx) (bool, error) {
				_, err := db.List[int64](ctx, d, `SELECT id FROM t ORDER BY id`)
				return true, err
			},
			"closure": func(ctx context.Context, tx *db.Tx) (bool, error) {
				if err := insert(ctx, tx, 9, "x"); err != nil {
					return false, err
				}
				panic("boom")
			},
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: no panic", name)
					}
				}()
				db.InTx(context.Background(), d, fn)
			}()
		}
		if err := put(d, 1, "x"); err != nil || ids(t, d) != "1" {
			t.Fatalf("after panics: %v, rows %s", err, ids(t, d))
		}
	})
}

// Goal: racing deeds lose nothing, with and without a lane.
func TestRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		var wg sync.WaitGroup
		for i := range 20 {
			var opts []db.Option
			if i < 15 { // five without a lane: correct, only slower
				opts = append(opts, db.Lane("counter", "a"))
			}
			wg.Go(func() {
				_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
					n, err := db.Get[int64](ctx, tx, `SELECT n FROM counters WHERE id = 'a'`)
					if err != nil {
						return false, err
					}
					_, err = tx.Exec(ctx, `UPDATE counters SET n = $1 WHERE id = 'a'`, n+1)
					return true, err
				}, opts...)
				if err != nil {
					t.Errorf("racer: %v", err)
				}
			})
		}
		wg.Wait()
		n, err := db.Get[int64](context.Background(), d, `SELECT n FROM counters WHERE id = 'a'`)
		if err != nil || n != 20 {
			t.Fatalf("n = %d, %v", n, err)
		}
	})
}

func openSQLite(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "c.db"),
		db.Options{Migrations: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// share makes the deeds run in one SQLite transaction: the first holds the writer until the
// others wait behind it.
func share(t *testing.T, d *db.DB, deeds ...func(ctx context.Context, tx *db.Tx) error) []error {
	t.Helper()
	entered, gate := make(chan bool, 1), make(chan bool) // buffered: the deed may be there before us
	errs := make([]error, len(deeds))
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			select {
			case entered <- true:
				<-gate
			default: // a second run of the closure
			}
			return true, insert(ctx, tx, 1000, "first")
		})
		if err != nil {
			t.Errorf("the deed that opened the transaction: %v", err)
		}
	})
	<-entered
	for i, deed := range deeds {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = fmt.Errorf("panic: %v", v)
				}
			}()
			_, errs[i] = db.InTx(context.Background(), d,
				func(ctx context.Context, tx *db.Tx) (bool, error) { return true, deed(ctx, tx) })
		})
	}
	time.Sleep(20 * time.Millisecond) // only makes sharing likely; the outcome is the same without
	close(gate)
	wg.Wait()
	return errs
}

func good(id int) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, id, "good") }
}

// Goal: in a shared commit one deed's constraint, panic or fault leaves its neighbours whole.
func TestSharedCommit(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]func(context.Context, *db.Tx) error{
		"constraint": func(ctx context.Context, tx *db.Tx) error {
			if err := insert(ctx, tx, 50, "x"); err != nil {
				return err
			}
			return insert(ctx, tx, 51, "bad")
		},
		"panic": func(ctx context.Context, tx *db.Tx) error {
			if err := insert(ctx, tx, 50, "x"); err != nil {
				return err
			}
			panic("boom")
		},
		"fault": func(ctx context.Context, tx *db.Tx) error {
			if err := insert(ctx, tx, 50, "x"); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "test.no")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openSQLite(t)
			errs := share(t, d, good(1), bad, good(2))
			if errs[0] != nil || errs[1] == nil || errs[2] != nil {
				t.Errorf("errors: %v", errs)
			}
			if got := ids(t, d); got != "1 2 1000" {
				t.Errorf("rows: %s", got)
			}
		})
	}
}

// Goal: a full disk fails the deed that is too large; its neighbours' rows survive.
func TestSharedCommitDiskFull(t *testing.T) {
	t.Parallel()
	d := openSQLite(t)
	pages, err := db.Get[int64](context.Background(), d, `PRAGMA page_count`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		got, err := db.Get[int64](ctx, tx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+20))
		if err == nil && got != pages+20 {
			err = fmt.Errorf("max_page_count is %d", got)
		}
		return true, err
	})
	if err != nil {
		t.Fatal(err)
	}
	big := func(ctx context.Context, tx *db.Tx) error {
		for id := range 40 {
			if err := insert(ctx, tx, 50+id, strings.Repeat("x", 8000)); err != nil {
				return err
			}
		}
		return nil
	}
	errs := share(t, d, good(1), big, good(2))
	if errs[0] != nil || errs[2] != nil || !fault.Is(errs[1], "db.full") {
		t.Errorf("errors: %v", errs)
	}
	if got := ids(t, d); got != "1 2 1000" {
		t.Errorf("rows: %s", got)
	}
}

// Goal: a caller who leaves in mid-deed does not disturb the neighbours, and is told to repeat; a
// caller who left before the deed started leaves no trace.
func TestSharedCommitCancel(t *testing.T) {
	t.Parallel()
	d := openSQLite(t)
	ctx, cancel := context.WithCancel(context.Background())
	gone, cancelGone := context.WithCancel(context.Background())
	leaver := make(chan error, 1)
	started := make(chan bool)
	go func() {
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			close(started)
			<-gone.Done()
			return true, insert(ctx, tx, 50, "the answer is lost, the row is not")
		})
		leaver <- err
	}()
	<-started
	cancel()
	if err := <-leaver; !fault.Is(err, "db.answer_lost") {
		t.Errorf("the one who left: %v", err)
	}
	early := make(chan error, 1)
	go func() {
		_, err := db.InTx(gone, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, insert(ctx, tx, 60, "never")
		})
		early <- err
	}()
	neighbour := make(chan error, 1)
	go func() { neighbour <- put(d, 1, "good") }()
	time.Sleep(20 * time.Millisecond)
	cancelGone()
	if err := <-early; !fault.Is(err, "db.answer_lost") {
		t.Errorf("the one who left before: %v", err)
	}
	if err := <-neighbour; err != nil {
		t.Errorf("neighbour: %v", err)
	}
	if got := ids(t, d); got != "1 50" {
		t.Errorf("rows: %s", got)
	}
}

// Goal: one process writes a SQLite file; the second gets a sentence, not a corrupt city.
func TestLocked(t *testing.T) {
	t.Parallel()
	u := "sqlite:" + filepath.Join(t.TempDir(), "c.db")
	d, err := db.Open(context.Background(), u, db.Options{Migrations: schema})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(context.Background(), u, db.Options{}); !fault.Is(err, "db.locked") {
		t.Errorf("second: %v", err)
	}
	ro, err := db.Open(context.Background(), u, db.Options{ReadOnly: true, Migrations: schema})
	if err != nil {
		t.Fatalf("a reader beside it: %v", err)
	}
	if err := put(ro, 1, "x"); !fault.Is(err, "db.read_only") {
		t.Errorf("reader wrote: %v", err)
	}
	ro.Close()
	d.Close()
	d, err = db.Open(context.Background(), u, db.Options{Migrations: schema})
	if err != nil {
		t.Fatalf("after close: %v", err)
	}
	d.Close()
}

// Goal: a schema newer than the binary is refused and names the binary that made it.
func TestSchemaNewer(t *testing.T) {
	t.Parallel()
	u := "sqlite:" + filepath.Join(t.TempDir(), "c.db")
	d, err := db.Open(context.Background(), u, db.Options{Migrations: schema, Version: "v9.9"})
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	for _, ro := range []bool{false, true} {
		_, err = db.Open(context.Background(), u, db.Options{ReadOnly: ro})
		if f := fault.As(err); f == nil || f.Code != "db.schema_newer" || f.Args["version"] != "v9.9" {
			t.Errorf("read only %v: %v", ro, err)
		}
	}
}

// Goal: two migrations with one version are a mistake found at once.
func TestMergeDuplicate(t *testing.T) {
	t.Parallel()
	a := fstest.MapFS{"migrations/1_a.sql": {}}
	b := fstest.MapFS{"migrations/1_b.sql": {}}
	if _, err := db.Merge("sqlite", a, b); err == nil {
		t.Error("two migrations with version 1 were merged")
	}
	pair := fstest.MapFS{"migrations/1_a.sqlite.sql": {}, "migrations/1_a.postgres.sql": {}}
	if _, err := db.Merge("sqlite", pair); err != nil {
		t.Errorf("a pair for two engines: %v", err)
	}
}
