package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongyi/gongyi/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// Merge lays the migrations/ folders of several file systems into one flat folder, which goose
// runs in the order of their names. NAME.sqlite.sql and NAME.postgres.sql are a pair of which an
// engine sees one, as NAME.sql. A name that comes twice is an error.
func Merge(engine string, sources ...fs.FS) (fs.FS, error) {
	out := flatFS{}
	for _, src := range sources {
		names, err := fs.Glob(src, "migrations/*.sql")
		if err != nil {
			return nil, fmt.Errorf("list migrations: %w", err)
		}
		for _, name := range names {
			base, ok := forEngine(path.Base(name), engine)
			if !ok {
				continue
			}
			version, _, _ := strings.Cut(base, "_")
			for other := range out {
				if strings.HasPrefix(other, version+"_") {
					return nil, fmt.Errorf("migrations %s and %s have one version", other, base)
				}
			}
			out[base] = source{src, name}
		}
	}
	return out, nil
}

func forEngine(name, engine string) (string, bool) {
	for _, e := range []dialect{sqlite, postgres} {
		if s, ok := strings.CutSuffix(name, "."+string(e)+".sql"); ok {
			return s + ".sql", engine == string(e)
		}
	}
	return name, true
}

type source struct {
	fsys fs.FS
	name string
}

// flatFS is a read-only folder of files that live elsewhere under other names.
type flatFS map[string]source

func (f flatFS) Open(name string) (fs.File, error) {
	s, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.fsys.Open(s.name)
}

func (f flatFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var entries []fs.DirEntry
	for base, s := range f {
		info, err := fs.Stat(s.fsys, s.name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, fs.FileInfoToDirEntry(renamed{info, base}))
	}
	sort.Slice(entries, func(i, k int) bool { return entries[i].Name() < entries[k].Name() })
	return entries, nil
}

type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }

func provider(ctx context.Context, pool *sql.DB, d dialect, opts Options) (*goose.Provider, error) {
	fsys, err := Merge(string(d), append([]fs.FS{migrations}, opts.Migrations...)...)
	if err != nil {
		return nil, err
	}
	gopts := []goose.ProviderOption{goose.WithAllowOutofOrder(true),
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true)}
	engine := goose.DialectSQLite3
	if d == postgres {
		engine = goose.DialectPostgres
		locker, err := schemaLocker(ctx, pool)
		if err != nil {
			return nil, err
		}
		gopts = append(gopts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(engine, pool, fsys, gopts...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// schemaLocker locks this schema only: the cities of one server migrate side by side. A process
// that finds it locked looks again every second, for five minutes.
func schemaLocker(ctx context.Context, pool *sql.DB) (lock.SessionLocker, error) {
	const everySeconds, triesMax = 1, 300
	var id int64
	err := pool.QueryRowContext(ctx,
		`SELECT hashtext(current_database() || '/' || COALESCE(current_schema(), ''))`).Scan(&id)
	if err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(id),
		lock.WithLockTimeout(everySeconds, triesMax))
	if err != nil {
		return nil, fmt.Errorf("migration locker: %w", err)
	}
	return locker, nil
}

// migrate brings the schema up to this binary's; a newer schema is refused, with the version of
// the binary that made it.
func migrate(ctx context.Context, pool *sql.DB, d dialect, opts Options) error {
	p, err := provider(ctx, pool, d, opts)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return newerSchema(ctx, pool, current)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if len(done) == 0 {
		return nil
	}
	_, err = pool.ExecContext(ctx, `INSERT INTO meta(key, value) VALUES ('migrated_by', $1)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, opts.Version)
	if err != nil {
		return fmt.Errorf("note version: %w", err)
	}
	return nil
}

func newerSchema(ctx context.Context, pool *sql.DB, schema int64) error {
	var by string
	err := pool.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'migrated_by'`).Scan(&by)
	return fault.New(fault.Conflict, "db.schema_newer", "schema", schema, "version", by).Because(err)
}

// checkVersion refuses to read a schema that is not this binary's; it changes nothing.
func checkVersion(ctx context.Context, pool *sql.DB, d dialect, opts Options) error {
	_, err := pool.ExecContext(ctx, `SELECT value FROM meta WHERE key = 'migrated_by'`)
	if pgCode(err) != "" || sqliteCode(err) == sqlite3.SQLITE_ERROR {
		return fault.New(fault.NotFound, "db.no_city").OnField("db").Because(err)
	}
	if err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	fsys, err := Merge(string(d), append([]fs.FS{migrations}, opts.Migrations...)...)
	if err != nil {
		return err
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	var want, have int64
	for _, e := range entries {
		var v int64
		if _, err := fmt.Sscanf(e.Name(), "%d_", &v); err != nil {
			return fmt.Errorf("migration %s has no version: %w", e.Name(), err)
		}
		want = max(want, v)
	}
	row := pool.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`)
	if err := row.Scan(&have); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	switch {
	case have > want:
		return newerSchema(ctx, pool, have)
	case have < want:
		return fault.New(fault.Conflict, "db.schema_older", "schema", have).OnField("db")
	}
	return nil
}

var _ io.Closer = (*DB)(nil)
