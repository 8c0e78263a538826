package contract

import "github.com/gongyi/gongyi/internal/db"

// copied is what an access copy lists of the contracts; the texts can be had one by one.
var copied = []db.Named{
	{Name: "contracts", SQL: `SELECT id, placement_id, employer_id, template, state, starts_at_ms,
		planned_min, drafted_at_ms, signed_at_ms, text_hash FROM contracts WHERE worker_id = $1
		ORDER BY drafted_at_ms DESC, id`},
	{Name: "contract_evidence", SQL: `SELECT e.contract_id, e.n, e.kind, e.at_ms, e.hash
		FROM contract_evidence e JOIN contracts c ON c.id = e.contract_id WHERE c.worker_id = $1
		ORDER BY e.contract_id DESC, e.n`},
}

// sharedSQL lists which employers have a contract with a worker's name on it.
const sharedSQL = `SELECT employer_id AS party, id AS ref, drafted_at_ms AS at_ms FROM contracts
	WHERE worker_id = $1 ORDER BY drafted_at_ms DESC, id`
