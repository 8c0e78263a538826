package insurance

import "github.com/gongyi/gongyi/internal/db"

// copied is what an access copy lists of the insurance.
var copied = []db.Named{
	{Name: "cover_requests", SQL: `SELECT id, placement_id, plan_id, version, insurer, state, reason,
		from_ms, until_ms, premium_fen, asked_at_ms FROM cover_requests WHERE worker_id = $1
		ORDER BY asked_at_ms DESC, id`},
	{Name: "insurance_consents", SQL: `SELECT id, plan_id, version, death_fen, medical_fen,
		lost_income_day_fen, beneficiary, given_at_ms, withdrawn_at_ms FROM insurance_consents
		WHERE worker_id = $1 ORDER BY given_at_ms DESC, id`},
	{Name: "covers", SQL: `SELECT id, placement_id, plan_id, version, insurer, premium_fen,
		effective_at_ms, expires_at_ms FROM covers WHERE worker_id = $1
		ORDER BY effective_at_ms DESC, id`},
}

// sharedSQL lists which covers of a worker their insurers were told.
const sharedSQL = `SELECT c.insurer AS party, c.id AS ref, b.made_at_ms AS at_ms FROM covers c
	JOIN bordereaux b ON b.id = c.bordereau_id WHERE c.worker_id = $1 AND b.state <> 'wanted'
	ORDER BY b.made_at_ms DESC, c.id`
