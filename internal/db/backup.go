package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongyi/gongyi/internal/fault"
)

// Backup copies the SQLite city at rawURL into a new file, as it stands at one instant, beside a
// server if need be: its deeds go on meanwhile. The copy is looked through before it gets its name,
// so a file of that name is a whole copy. It gives the copy's size.
//
// The key file is not part of it: a copy and its key belong in two places.
// Faults: db.backup_exists (conflict), db.backup_unwritable (unavailable), db.backup_postgres
// (invalid) with the command that does it there; db.bad_url, db.missing, db.no_city, db.not_sqlite.
func Backup(ctx context.Context, rawURL, out string) (int64, error) {
	file, ok := strings.CutPrefix(rawURL, "sqlite:")
	if !ok || file == "" {
		return 0, notHere(rawURL, out)
	}
	if _, err := os.Stat(file); err != nil {
		return 0, fault.New(fault.NotFound, "db.missing", "file", file).OnField("db").Because(err)
	}
	if _, err := os.Lstat(out); err == nil {
		return 0, fault.New(fault.Conflict, "db.backup_exists", "file", out).OnField("out")
	}
	draft, err := newDraft(out)
	if err != nil {
		return 0, fault.New(fault.Unavailable, "db.backup_unwritable", "file", out).OnField("out").
			Because(err)
	}
	defer os.Remove(draft)
	if err := copySQLite(ctx, file, draft); err != nil {
		return 0, reach(meaning(err), rawURL)
	}
	if err := lookThrough(ctx, draft); err != nil {
		return 0, fmt.Errorf("look through the copy of %s: %w", file, err)
	}
	return publish(draft, out)
}

// newDraft makes an empty file, for the owner's eyes only, beside the copy to be.
func newDraft(out string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(out), "."+filepath.Base(out)+".*")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// copySQLite writes a snapshot: one read transaction, which holds up no writer.
func copySQLite(ctx context.Context, file, to string) error {
	pool, err := sql.Open("sqlite", sqliteDSN(file))
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, `SELECT value FROM meta WHERE key = 'migrated_by'`)
	if sqliteCode(err) == sqlite3.SQLITE_ERROR { // no such table
		return fault.New(fault.NotFound, "db.no_city").OnField("db").Because(err)
	}
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `VACUUM INTO $1`, to)
	return err
}

// lookThrough reads the whole copy: every page, every index, every foreign key.
func lookThrough(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: url.PathEscape(file),
		RawQuery: "mode=ro"}).String())
	if err != nil {
		return err
	}
	defer pool.Close()
	var said string
	if err := pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return errors.New(said)
	}
	var broken int64
	err = pool.QueryRowContext(ctx, `SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&broken)
	if err == nil && broken > 0 {
		err = fmt.Errorf("%d rows point to nothing", broken)
	}
	return err
}

// publish gives the draft its name, once it is safe on the disk.
func publish(draft, out string) (int64, error) {
	f, err := os.OpenFile(draft, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	err = f.Sync()
	info, e := f.Stat()
	if err = errors.Join(err, e, f.Close()); err != nil {
		return 0, err
	}
	if err := os.Link(draft, out); errors.Is(err, fs.ErrExist) { // a rename would replace it
		return 0, fault.New(fault.Conflict, "db.backup_exists", "file", out).OnField("out")
	} else if err != nil {
		return 0, err
	}
	dir, err := os.Open(filepath.Dir(out))
	if err != nil {
		return 0, err
	}
	defer dir.Close()
	_ = dir.Sync() // some systems cannot; then the name is as safe as they make it
	return info.Size(), nil
}

// notHere says how a city on PostgreSQL is copied.
func notHere(rawURL, out string) error {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fault.New(fault.Invalid, "db.bad_url", "url", Redact(rawURL)).OnField("db")
	}
	return fault.New(fault.Invalid, "db.backup_postgres", "command", dumpCommand(u, out)).OnField("db")
}

// dumpCommand is the line for a shell. The password is left out: pg_dump asks for it, or reads
// PGPASSWORD. What names the schema is no part of an address to pg_dump.
func dumpCommand(u *url.URL, out string) string {
	q := u.Query()
	schema := q.Get("search_path")
	q.Del("search_path")
	q.Del("password")
	bare := *u
	bare.RawQuery = q.Encode()
	if u.User != nil {
		bare.User = url.User(u.User.Username())
	}
	words := []string{"pg_dump", "--format=custom", "--no-owner"}
	if schema != "" {
		words = append(words, "--schema="+quoted(schema))
	}
	return strings.Join(append(words, "--file="+quoted(out), quoted(bare.String())), " ")
}

// quoted is a word for a POSIX shell.
func quoted(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
