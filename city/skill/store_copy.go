package skill

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// copied is what an access copy lists of the skills.
var copied = []db.Named{
	{Name: "worker_skills", SQL: `SELECT skill, added_at_ms, evidence FROM worker_skills
		WHERE worker_id = $1 ORDER BY skill`},
	{Name: "certificates", SQL: `SELECT id, kind, number_tail, issued_on, expires_on, state, reason,
		added_at_ms, decided_at_ms FROM certificates WHERE worker_id = $1
		ORDER BY added_at_ms DESC, id`},
}

func deletePapers(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates WHERE worker_id = $1`, workerID)
	return err
}
