package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// checkEmployment proves that an application stands where its placement does, that an interview
// slot counts its interviews (never more than its capacity: a CHECK), and that nobody is counted as
// still there on nobody's word.
func checkEmployment(ctx context.Context, r db.Reader) error {
	return db.Prove(ctx, r, []db.Law{
		{"law 6: application %s says other than its placement",
			`SELECT a.id FROM applications a JOIN placements p ON p.id = a.placement_id
			WHERE (a.state = 'offered') <> (p.state = 'offered')
			OR (a.state IN ('accepted', 'arrived')) <> (p.state = 'accepted')
			OR (a.state IN ('started', 'done')) <> (p.state IN ('started', 'done'))
			ORDER BY a.id LIMIT 1`},
		{"law 6: interview slot %s counts other seats than it has interviews",
			`SELECT s.id FROM interview_slots s WHERE s.taken <> (SELECT COUNT(*) FROM interviews i
			WHERE i.slot_id = s.id AND i.state <> 'cancelled') ORDER BY s.id LIMIT 1`},
		{"placement %s started work by the month and nobody follows it",
			`SELECT p.id FROM placements p JOIN vacancies v ON v.id = p.vacancy_id
			WHERE v.settlement = 'employer' AND v.pay_unit = 'month' AND p.state IN ('started', 'done')
			AND NOT EXISTS (SELECT 1 FROM employments e WHERE e.placement_id = p.id)
			ORDER BY p.id LIMIT 1`},
		{"retention check %s has a verdict on nobody's word",
			`SELECT c.id FROM retention_checks c JOIN employments e ON e.placement_id = c.placement_id
			WHERE c.verdict <> 'unknown' AND NOT (c.verdict = 'left' AND e.state = 'left')
			AND NOT EXISTS (SELECT 1 FROM retention_answers n WHERE n.check_id = c.id
				AND n.there = (c.verdict = 'there')) ORDER BY c.id LIMIT 1`},
	})
}
