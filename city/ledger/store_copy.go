package ledger

import "github.com/gongyi/gongyi/internal/db"

// copied is what an access copy lists of the ledger.
var copied = []db.Named{
	{Name: "payouts", SQL: `SELECT id, line_id, employer_id, amount_fen, state, reason,
		wanted_at_ms, ended_at_ms FROM payouts WHERE worker_id = $1 ORDER BY wanted_at_ms DESC, id`},
}

// sharedSQL lists what the bank was told of a worker, or may have been.
const sharedSQL = `SELECT 'bank' AS party, id AS ref, wanted_at_ms AS at_ms FROM payouts
	WHERE worker_id = $1 AND (attempts > 0 OR state = 'sent') ORDER BY wanted_at_ms DESC, id`
