package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves laws 1, 2 and 5 at the clock: every start (not a correction, which repeats one) of
// platform-settled work has a cover in force with the worker's earlier consent, a signed contract
// and a hold; nobody works in two places at one time. And of accidents: waiting pay is accrued, a
// disputed line waits for somebody, an offline arrival is no start. It reads the lower slices'
// tables.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	const starts = `FROM clock_events e JOIN placements p ON p.id = e.placement_id
		JOIN vacancies v ON v.id = p.vacancy_id
		WHERE e.kind = 'start' AND e.means <> 'correction' `
	return db.Prove(ctx, r, []db.Law{
		{"law 1: start %s has no cover in force",
			`SELECT e.id ` + starts + `AND v.settlement = 'platform' AND NOT EXISTS (SELECT 1 FROM covers c
			WHERE c.placement_id = e.placement_id AND c.worker_id = e.worker_id
			AND c.effective_at_ms <= e.at_ms AND c.expires_at_ms > e.at_ms) ORDER BY e.id LIMIT 1`},
		{"law 5: start %s came before both had signed",
			`SELECT e.id ` + starts + `AND NOT EXISTS (SELECT 1 FROM contracts c
			WHERE c.placement_id = e.placement_id AND c.state = 'signed' AND c.signed_at_ms <= e.at_ms)
			AND NOT (v.settlement = 'employer' AND EXISTS (SELECT 1 FROM contract_clocks k
				WHERE k.placement_id = e.placement_id AND k.started_at_ms <= e.at_ms))
			ORDER BY e.id LIMIT 1`},
		{"law 5: time sheet %s says other than its placement",
			`SELECT t.placement_id FROM timesheets t JOIN placements p ON p.id = t.placement_id
			WHERE (t.state = 'started' AND p.state <> 'started')
			OR (t.state = 'ended' AND p.state <> 'done') ORDER BY t.placement_id LIMIT 1`},
		{"law 5: time sheet %s overlaps another of its worker",
			`SELECT a.placement_id FROM timesheets a JOIN timesheets b ON b.worker_id = a.worker_id
			AND b.placement_id > a.placement_id AND b.state = 'ended'
			AND b.started_at_ms < a.ended_at_ms AND b.ended_at_ms > a.started_at_ms
			WHERE a.state = 'ended' AND NOT a.forgotten AND NOT b.forgotten
			AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.state = 'granted'
				AND c.placement_id IN (a.placement_id, b.placement_id))
			ORDER BY a.placement_id LIMIT 1`},
		{"law 4: waiting pay of %s is other than its wage line",
			`SELECT o.placement_id FROM turned_away o LEFT JOIN wage_lines l ON l.id = o.line_id
			WHERE o.pay_fen <> COALESCE(l.gross_fen, 0) ORDER BY o.placement_id LIMIT 1`},
		{"law 4: the hours of line %s are disputed, and nobody is asked",
			`SELECT l.id FROM wage_lines l WHERE l.state = 'disputed' AND NOT EXISTS
			(SELECT 1 FROM corrections c WHERE c.disputed_line = l.id AND c.state = 'asked')
			ORDER BY l.id LIMIT 1`},
		{"law 5: the offline arrival at %s is not on its sheet, or a start",
			`SELECT a.placement_id FROM offline_arrivals a LEFT JOIN clock_events e ON e.id = a.event_id
			WHERE e.id IS NULL OR e.kind <> 'arrival' OR e.means <> 'offline'
			ORDER BY a.placement_id LIMIT 1`},
	})
}
