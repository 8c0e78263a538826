package attendance

import "github.com/gongyi/gongyi/internal/db"

// copied is what an access copy lists of the clock.
var copied = []db.Named{
	{Name: "device_keys", SQL: `SELECT id, label, public_key, made_at_ms, ended_ms FROM device_keys
		WHERE worker_id = $1 ORDER BY made_at_ms DESC, id`},
	{Name: "offline_arrivals", SQL: `SELECT placement_id, device_id, event_id, device_at_ms,
		arrived_at_ms, drift_ms AS drift_millis, uploaded_at_ms FROM offline_arrivals
		WHERE worker_id = $1 ORDER BY arrived_at_ms DESC, placement_id`},
	{Name: "turned_away", SQL: `SELECT placement_id, event_id, employer_id, reason, blame, words,
		waiting_min, pay_fen, line_id, at_ms FROM turned_away WHERE worker_id = $1
		ORDER BY at_ms DESC, placement_id`},
	{Name: "clock_events", SQL: `SELECT id, placement_id, kind, at_ms, means, reason, reverses
		FROM clock_events WHERE worker_id = $1 ORDER BY at_ms DESC, id`},
	{Name: "timesheets", SQL: `SELECT placement_id, employer_id, state, arrived_at_ms, started_at_ms,
		ended_at_ms, worked_min FROM timesheets WHERE worker_id = $1
		ORDER BY started_at_ms DESC, placement_id`},
	{Name: "corrections", SQL: `SELECT id, placement_id, started_at_ms, ended_at_ms, reason, state,
		answer, asked_at_ms FROM corrections WHERE worker_id = $1 ORDER BY asked_at_ms DESC, id`},
}
