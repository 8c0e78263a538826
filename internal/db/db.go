package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/ident"
)

type dialect string

const (
	sqlite   dialect = "sqlite"
	postgres dialect = "postgres"
)

const (
	sqliteReadersMax = 4 // readers do not block the writer (WAL); two cores need no more
	postgresReadsMax = 8 // a city's process shares the server with its siblings
	// postgresDeedsMax bounds the deeds that run at one time: each more is a chance more that two
	// touch one index page, which serializable isolation takes for a race.
	postgresDeedsMax = 4
	stmtsMax         = 2000
	// connectMax bounds how long a server that does not answer holds somebody up, unless the
	// address says another connect_timeout.
	connectMax = 10 * time.Second
)

// Options say how a city's database is opened.
type Options struct {
	Clock      clock.Clock   // gives every deed its time; default: the machine's clock
	IDs        *ident.Source // default: random
	Migrations []fs.FS       // each holds migrations/*.sql; merged by name (see Merge)
	Version    string        // of the binary, kept beside the schema for the refusal's sentence
	ReadOnly   bool          // no lock, no migration, no deeds: for `check` beside a server
	Unsafe     bool          // no fsync: tests, and history that can be made again
}

// DB is a city's database. It is safe for concurrent use; it is also a Reader.
type DB struct {
	dialect dialect
	clock   clock.Clock
	ids     *ident.Source
	pool    *sql.DB      // readers
	deeds   *sql.DB      // PostgreSQL only
	alone   sync.RWMutex // PostgreSQL only: held whole by a deed that lost too many races
	writer  *writer      // SQLite only; nil when read-only
	lanes   lanes
	waker   waker
	lock    *os.File
	ro      bool
	stmtMu  sync.RWMutex
	stmts   map[string]*sql.Stmt // SQLite readers; pgx caches its own

	listenAt *pgx.ConnConfig // PostgreSQL only
}

// Open opens and migrates the database at sqlite:FILE or postgres://….
// Faults: db.bad_url (invalid), db.locked, db.schema_newer (conflict), db.missing (not_found).
func Open(ctx context.Context, rawURL string, opts Options) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = clock.System{}
	}
	if opts.IDs == nil {
		opts.IDs = ident.Random()
	}
	d := &DB{clock: opts.Clock, ids: opts.IDs, ro: opts.ReadOnly,
		lanes: lanes{held: map[string]*lane{}}, stmts: map[string]*sql.Stmt{},
		waker: waker{waiting: map[chan struct{}]bool{}, tell: make(chan struct{}, 1),
			stop: make(chan struct{})}}
	var err error
	switch {
	case strings.HasPrefix(rawURL, "sqlite:") && len(rawURL) > len("sqlite:"):
		d.dialect = sqlite
		err = d.openSQLite(ctx, strings.TrimPrefix(rawURL, "sqlite:"), opts)
	case strings.HasPrefix(rawURL, "postgres://"), strings.HasPrefix(rawURL, "postgresql://"):
		d.dialect = postgres
		err = d.openPostgres(ctx, rawURL, opts)
	default:
		return nil, fault.New(fault.Invalid, "db.bad_url", "url", Redact(rawURL)).OnField("db")
	}
	if err != nil {
		d.Close()
		return nil, reach(err, rawURL)
	}
	return d, nil
}

// Redact hides the password of a database URL.
func Redact(rawURL string) string {
	if u, err := url.Parse(rawURL); err == nil && u.User != nil {
		return u.Redacted()
	}
	return rawURL
}

// reach turns what a driver says at the first touch into a sentence.
func reach(err error, rawURL string) error {
	var net *pgconn.ConnectError
	switch {
	case err == nil:
		return nil
	case sqliteCode(err)&0xff == sqlite3.SQLITE_NOTADB:
		return fault.New(fault.Invalid, "db.not_sqlite", "url", rawURL).OnField("db").Because(err)
	case sqliteCode(err)&0xff == sqlite3.SQLITE_CANTOPEN:
		return fault.New(fault.Invalid, "db.cannot_open", "file", rawURL).OnField("db").Because(err)
	case errors.As(err, &net):
		return fault.New(fault.Unavailable, "db.unreachable", "url", Redact(rawURL)).OnField("db").
			Because(err)
	}
	return err
}

func (d *DB) openSQLite(ctx context.Context, file string, opts Options) error {
	if opts.ReadOnly {
		if _, err := os.Stat(file); err != nil {
			return fault.New(fault.NotFound, "db.missing", "file", file).Because(err)
		}
		return d.openSQLiteReaders(ctx, file, opts)
	}
	var err error
	if d.lock, err = lockFile(file + ".lock"); err != nil {
		return err
	}
	sync := "FULL" // wages: a commit that was answered must survive a power cut
	if opts.Unsafe {
		sync = "OFF"
	}
	pool, err := sql.Open("sqlite", sqliteDSN(file, "synchronous("+sync+")", "cache_size(-16000)",
		"wal_autocheckpoint(4000)"))
	if err != nil {
		return fmt.Errorf("open sqlite %s: %w", file, err)
	}
	pool.SetMaxOpenConns(1)
	if err := migrate(ctx, pool, sqlite, opts); err != nil {
		pool.Close()
		return err
	}
	if d.writer, err = startWriter(ctx, pool, d); err != nil {
		pool.Close()
		return err
	}
	return d.openSQLiteReaders(ctx, file, opts)
}

func (d *DB) openSQLiteReaders(ctx context.Context, file string, opts Options) error {
	pool, err := sql.Open("sqlite", sqliteDSN(file, "query_only(1)", "cache_size(-4000)"))
	if err != nil {
		return fmt.Errorf("open sqlite readers %s: %w", file, err)
	}
	pool.SetMaxOpenConns(sqliteReadersMax)
	pool.SetMaxIdleConns(sqliteReadersMax)
	d.pool = pool
	if opts.ReadOnly {
		return checkVersion(ctx, pool, sqlite, opts)
	}
	return nil
}

func sqliteDSN(file string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range append([]string{"journal_mode(WAL)", "foreign_keys(1)",
		"busy_timeout(10000)", "temp_store(MEMORY)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(file), RawQuery: q.Encode()}).String()
}

func (d *DB) openPostgres(ctx context.Context, rawURL string, opts Options) error {
	cfg, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return fault.New(fault.Invalid, "db.bad_url", "url", Redact(rawURL)).OnField("db").Because(err)
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectMax
	}
	d.listenAt = cfg
	d.pool = openPool(cfg, postgresReadsMax)
	if opts.ReadOnly {
		return checkVersion(ctx, d.pool, postgres, opts)
	}
	// A deed that reads a small table whole locks it whole against all other deeds (predicate
	// locks follow the plan), so deeds go by the index even where the planner thinks it dearer.
	deeds := cfg.Copy()
	deeds.RuntimeParams["enable_seqscan"] = "off"
	d.deeds = openPool(deeds, postgresDeedsMax)
	return migrate(ctx, d.pool, postgres, opts)
}

func openPool(cfg *pgx.ConnConfig, connsMax int) *sql.DB {
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(connsMax)
	pool.SetMaxIdleConns(connsMax)
	return pool
}

// Close finishes the deeds that wait and closes the connections.
func (d *DB) Close() error {
	d.waker.close()
	var err error
	if d.writer != nil {
		err = d.writer.close()
	}
	d.stmtMu.Lock()
	for _, s := range d.stmts {
		s.Close()
	}
	d.stmts = map[string]*sql.Stmt{}
	d.stmtMu.Unlock()
	if d.pool != nil {
		if e := d.pool.Close(); err == nil {
			err = e
		}
	}
	if d.deeds != nil {
		if e := d.deeds.Close(); err == nil {
			err = e
		}
	}
	if d.lock != nil {
		d.lock.Close() // releases the lock
	}
	return err
}

// Sole tells whether no other process can be writing: SQLite's file is locked by this one.
func (d *DB) Sole() bool { return d.writer != nil }

// Now reads the city's clock.
func (d *DB) Now() time.Time { return d.clock.Now() }

// Engine names the engine for people and reports: "sqlite" or "postgres". Rules never ask.
func (d *DB) Engine() string { return string(d.dialect) }

// In returns "$k,$k+1,…" of n placeholders for an IN list. n must lie in 1…1000.
func In(k, n int) string {
	if n < 1 || n > 1000 {
		panic(fmt.Sprintf("db: IN list of %d values", n))
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", k+i)
	}
	return b.String()
}
