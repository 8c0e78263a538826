// Package dbtest gives every store and service test a fresh database on both engines.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/ident"
)

// Start is the time at which every test's fake clock begins: Monday 2026-03-02, 08:00 in Shanghai.
var Start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// Each runs fn on SQLite (a temporary file) and on PostgreSQL (a schema of its own in the database
// of GONGYI_TEST_PG). Without that variable the second is skipped, unless GONGYI_REQUIRE names pg:
// then its absence fails.
func Each(t *testing.T, migrations []fs.FS, fn func(t *testing.T, d *db.DB, clk *clock.Fake)) {
	t.Helper()
	URLs(t, func(t *testing.T, url string) { run(t, url, migrations, fn) })
}

// URLs runs fn with an empty database on each engine, as Each does. GONGYI_TEST_ONLY=postgres
// leaves SQLite out, for a second run after one that had SQLite alone.
func URLs(t *testing.T, fn func(t *testing.T, url string)) {
	t.Helper()
	if os.Getenv("GONGYI_TEST_ONLY") != "postgres" {
		t.Run("sqlite", func(t *testing.T) {
			t.Parallel()
			fn(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Schema(t))
	})
}

func run(t *testing.T, dbURL string, migrations []fs.FS, fn func(*testing.T, *db.DB, *clock.Fake)) {
	t.Helper()
	clk := clock.NewFake(Start)
	d, err := db.Open(context.Background(), dbURL, db.Options{Clock: clk, IDs: ident.Seeded(1),
		Migrations: migrations, Version: "test", Unsafe: true})
	if err != nil {
		t.Fatalf("open %s: %v", db.Redact(dbURL), err)
	}
	t.Cleanup(func() { d.Close() })
	fn(t, d, clk)
}

// Schema makes an empty PostgreSQL schema that is dropped after the test and returns a URL into it.
func Schema(t *testing.T) string {
	t.Helper()
	base := os.Getenv("GONGYI_TEST_PG")
	if base == "" {
		if strings.Contains(os.Getenv("GONGYI_REQUIRE"), "pg") {
			t.Fatal("GONGYI_REQUIRE names pg, but GONGYI_TEST_PG is not set")
		}
		t.Skip("no PostgreSQL: set GONGYI_TEST_PG=postgres://… to run this half")
	}
	name := "t_" + strings.ToLower(rand.Text())
	admin(t, base, "CREATE SCHEMA "+name)
	t.Cleanup(func() { admin(t, base, "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatalf("GONGYI_TEST_PG: %v", err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func admin(t *testing.T, base, statement string) {
	t.Helper()
	pool, err := sql.Open("pgx", base)
	if err == nil {
		defer pool.Close()
		_, err = pool.Exec(statement)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}
