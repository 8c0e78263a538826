package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// knowsWorker tells whether a worker applied to the employer, or has taken work of it. An offer
// that nobody has answered is no acquaintance: anybody could be offered something.
func knowsWorker(ctx context.Context, r db.Reader, employerID, workerID string) (bool, error) {
	n, err := db.Get[int64](ctx, r, `SELECT (SELECT COUNT(*) FROM applications WHERE worker_id = $1
		AND employer_id = $2 AND state IN ('applied', 'shortlisted', 'interview', 'offered',
		'accepted', 'arrived', 'started')) + (SELECT COUNT(*) FROM placements WHERE worker_id = $1
		AND employer_id = $2 AND state IN ('accepted', 'started'))`, workerID, employerID)
	return n > 0, err
}

func insertContactShown(
	ctx context.Context, tx *db.Tx, id, employerID, workerID, accountID string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO contacts_shown(id, employer_id, worker_id, account_id, at_ms)
		VALUES ($1, $2, $3, $4, $5)`, id, employerID, workerID, accountID, clock.MS(tx.Now))
	return err
}

// sharedSQL lists which employers have seen a worker's phone.
const sharedSQL = `SELECT employer_id AS party, id AS ref, at_ms FROM contacts_shown
	WHERE worker_id = $1 ORDER BY at_ms DESC, id`
