package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// copied is what an access copy lists of the market.
var copied = []db.Named{
	{Name: "availabilities", SQL: `SELECT lon_e6, lat_e6, reach_m, floor_fen, no_night, free, crafts,
		words, until_on, open, at_ms FROM availabilities WHERE worker_id = $1`},
	{Name: "cancellations", SQL: `SELECT placement_id, employer_id, notice_min, pay_fen, line_id,
		at_ms FROM cancellations WHERE worker_id = $1 ORDER BY at_ms DESC, placement_id`},
	{Name: "placements", SQL: `SELECT id, shift_id, vacancy_id, employer_id, state, reason,
		starts_at_ms, ends_at_ms, made_at_ms, accepted_at_ms FROM placements WHERE worker_id = $1
		ORDER BY starts_at_ms DESC, id`},
	{Name: "accept_refusals", SQL: `SELECT shift_id, code, at_ms FROM accept_refusals
		WHERE worker_id = $1 ORDER BY at_ms DESC, shift_id, code`},
	{Name: "calendar_links", SQL: `SELECT made_at_ms FROM calendar_links WHERE worker_id = $1`},
	{Name: "callbacks", SQL: `SELECT id, region, words, state, outcome, note, asked_at_ms,
		taken_at_ms, done_at_ms FROM callbacks WHERE worker_id = $1 ORDER BY asked_at_ms DESC, id`},
	{Name: "calls", SQL: `SELECT id, placement_id, employer_id, side, masked, why, at_ms FROM calls
		WHERE worker_id = $1 ORDER BY at_ms DESC, id`},
	{Name: "contacts_shown", SQL: `SELECT id, employer_id, at_ms FROM contacts_shown
		WHERE worker_id = $1 ORDER BY at_ms DESC, id`},
	{Name: "applications", SQL: `SELECT id, vacancy_id, employer_id, placement_id, state, reason,
		note, applied_at_ms, state_at_ms FROM applications WHERE worker_id = $1
		ORDER BY applied_at_ms DESC, id`},
	{Name: "interviews", SQL: `SELECT id, application_id, state, starts_at_ms, ends_at_ms,
		booked_at_ms FROM interviews WHERE worker_id = $1 ORDER BY starts_at_ms DESC, id`},
	{Name: "worker_groups", SQL: `SELECT kind, source, until_on, at_ms FROM worker_groups
		WHERE worker_id = $1 ORDER BY kind`},
	{Name: "pushes", SQL: `SELECT id, vacancy_id, shift_id, score, price, distance_m, hour_fen, parts,
		at_ms FROM pushes WHERE worker_id = $1 ORDER BY at_ms DESC, id`},
	{Name: "employments", SQL: `SELECT placement_id, employer_id, started_at_ms, state
		FROM employments WHERE worker_id = $1 ORDER BY started_at_ms DESC, placement_id`},
	{Name: "retention_checks", SQL: `SELECT c.id, c.placement_id, c.day, c.due_at_ms, c.verdict,
		a.side, a.there, a.reason, a.at_ms FROM retention_checks c
		LEFT JOIN retention_answers a ON a.check_id = c.id WHERE c.worker_id = $1
		ORDER BY c.due_at_ms DESC, c.id, a.side`},
}

// placementsOpen counts a worker's placements and applications that have not come to an end.
func placementsOpen(ctx context.Context, r db.Reader, workerID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT (SELECT COUNT(*) FROM placements WHERE worker_id = $1
		AND state IN ('offered', 'accepted', 'started')) + (SELECT COUNT(*) FROM applications
		WHERE worker_id = $1 AND state IN ('applied', 'shortlisted', 'interview', 'offered'))`,
		workerID)
}
