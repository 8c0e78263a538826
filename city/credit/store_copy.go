package credit

import "github.com/gongyi/gongyi/internal/db"

// copied is what an access copy lists of the credit records.
var copied = []db.Named{
	{Name: "credit_feedback", SQL: `SELECT id, placement_id, side, employer_id, paid, safe, treated,
		thanks, state, appeal, answer, at_ms FROM credit_feedback WHERE worker_id = $1
		ORDER BY at_ms DESC, id`},
	{Name: "credit_hidden", SQL: `SELECT at_ms FROM credit_hidden WHERE worker_id = $1
		ORDER BY worker_id`},
}
