package complaint

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// copied is what an access copy lists of the complaints; $1 is the digest of the complainant.
var copied = copiedWhere("c.contact_blind = $1")

// copiedForStaff leaves out what is anonymous, or about one of them.
var copiedForStaff = copiedWhere(`c.contact_blind = $1 AND NOT c.anonymous
	AND c.subject <> 'staff'`)

func copiedWhere(condition string) []db.Named {
	return []db.Named{
		{Name: "complaints", SQL: `SELECT c.id, c.kind, c.subject, c.subject_id, c.anonymous, c.words,
			c.state, c.decision, c.reason, c.answer, c.received_ms, c.answered_ms FROM complaints c
			WHERE ` + condition + ` ORDER BY c.id DESC`},
		{Name: "complaint_notes", SQL: `SELECT n.complaint_id, n.n, n.words, n.digest, n.at_ms
			FROM complaints c JOIN complaint_notes n ON n.complaint_id = c.id AND n.side = 'complainant'
			WHERE ` + condition + ` ORDER BY n.complaint_id DESC, n.n`},
	}
}

func accountOfWorker(ctx context.Context, r db.Reader, workerID string) (string, error) {
	return db.Get[string](ctx, r, `SELECT account_id FROM workers WHERE id = $1`, workerID)
}
