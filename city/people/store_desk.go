package people

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// accountsOf lists the accounts that act for an employer; the condition is that of the index.
func accountsOf(
	ctx context.Context, r db.Reader, employerID, after string, limit int,
) ([]staffRow, error) {
	return db.List[staffRow](ctx, r, `SELECT id, name, roles FROM accounts
		WHERE employer_id = $1 AND employer_id <> '' AND id > $2 ORDER BY id LIMIT $3`, employerID,
		after, limit)
}

type cityAuditRow struct {
	ID      string `db:"id"`
	AtMS    int64  `db:"at_ms"`
	Who     string `db:"who"`
	What    string `db:"what"`
	Subject string `db:"subject"`
	Whose   string `db:"whose"`
	Reason  string `db:"reason"`
	Hash    string `db:"hash"`
}

// newestAudits reads the log backwards from a mark, with the account's name, or its id where it has
// none. Words, if there are any, stand in who, what, or the name of whose it is: a worker or an
// account.
func newestAudits(
	ctx context.Context, r db.Reader, words string, before db.Mark, limit int,
) ([]cityAuditRow, error) {
	return db.List[cityAuditRow](ctx, r, `SELECT a.id, a.at_ms, a.what, a.subject, a.reason, a.hash,
		COALESCE(NULLIF(c.name, ''), a.account_id) AS who,
		COALESCE(NULLIF(w.name, ''), NULLIF(o.name, ''), e.name, '') AS whose
		FROM audit a LEFT JOIN accounts c ON c.id = a.account_id
		LEFT JOIN workers w ON w.id = a.subject LEFT JOIN accounts o ON o.id = a.subject
		LEFT JOIN employers e ON e.id = a.subject
		WHERE ($1 = '' OR REPLACE(LOWER(c.name), LOWER($1), '') <> LOWER(c.name)
			OR REPLACE(LOWER(a.what), LOWER($1), '') <> LOWER(a.what)
			OR REPLACE(LOWER(w.name), LOWER($1), '') <> LOWER(w.name)
			OR REPLACE(LOWER(o.name), LOWER($1), '') <> LOWER(o.name))
		AND a.at_ms <= $2 AND (a.at_ms < $2 OR a.id < $3)
		ORDER BY a.at_ms DESC, a.id DESC LIMIT $4`, words, before.MS, before.ID, limit)
}
