package db

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongyi/gongyi/internal/fault"
)

// IsUnique tells whether err is a violated unique or primary key.
func IsUnique(err error) bool {
	return pgCode(err) == "23505" || sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE ||
		sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// isSerialization tells whether the deed lost a race and should run again. Citus reports a race
// lost on a shard as XX000 at COMMIT.
func isSerialization(err error) bool {
	switch pgCode(err) {
	case "40001", "40P01":
		return true
	case "XX000":
		return strings.Contains(err.Error(), "could not commit transaction for shard")
	}
	return false
}

// meaning turns driver errors that a person can act on into faults.
func meaning(err error) error {
	switch {
	case err == nil:
		return nil
	case sqliteCode(err)&0xff == sqlite3.SQLITE_FULL:
		return fault.New(fault.Unavailable, "db.full").Because(err)
	case isAway(err):
		return fault.New(fault.Unavailable, "db.away").Because(err)
	}
	return err
}

// isAway tells whether the server could not be reached, or is going down or coming up.
func isAway(err error) bool {
	var dial *pgconn.ConnectError
	return errors.As(err, &dial) || strings.HasPrefix(pgCode(err), "57P0")
}

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func sqliteCode(err error) int {
	var e *sqlitedriver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
