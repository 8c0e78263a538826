package training

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// copied is what an access copy lists of the classes.
var copied = []db.Named{
	{Name: "enrolments", SQL: `SELECT e.id, c.title, c.skill, e.state, e.at_ms, e.words,
		e.assessed_at_ms FROM enrolments e JOIN classes c ON c.id = e.class_id WHERE e.worker_id = $1
		ORDER BY e.at_ms DESC, e.id`},
	{Name: "class_roll", SQL: `SELECT r.enrolment_id, r.session, r.n, r.present, r.at_ms
		FROM class_roll r JOIN enrolments e ON e.id = r.enrolment_id WHERE e.worker_id = $1
		ORDER BY r.enrolment_id, r.session, r.n`},
}

func eraseWords(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `UPDATE enrolments SET words = '' WHERE worker_id = $1`, workerID)
	return err
}
