package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// factsAt counts an employer's facts as they were known at the window's instant: it leaves out what
// was written later, so that the same window gives the same facts on any later day. It reads the
// tables of lower slices: when a placement ended stands in its contract's evidence.
func factsAt(
	ctx context.Context, r db.Reader, employerID string, w window, noticeMin int64,
) (Facts, error) {
	var f Facts
	from, to, at := clock.MS(w.from), clock.MS(w.to), clock.MS(w.at)
	for _, c := range []struct {
		dests []any
		query string
		args  []any
	}{
		{[]any{&f.WagesDue, &f.Hours, &f.HoursClock}, `SELECT COUNT(DISTINCT placement_id),
			COUNT(CASE WHEN confirmed_at_ms > 0 AND confirmed_at_ms <= $4 THEN 1 END),
			COUNT(CASE WHEN confirmed_at_ms > 0 AND confirmed_at_ms <= $4
				AND confirmed_by = 'clock' THEN 1 END)
			FROM wage_lines WHERE employer_id = $1 AND due_at_ms >= $2 AND due_at_ms < $3
			AND accrued_at_ms <= $4`, []any{employerID, from, to, at}},
		{[]any{&f.Placed}, `SELECT COUNT(*) FROM placements WHERE employer_id = $1
			AND starts_at_ms >= $2 AND starts_at_ms < $3 AND accepted_at_ms > 0
			AND accepted_at_ms <= $4`, []any{employerID, from, to, at}},
		{[]any{&f.Cancelled, &f.TurnedAway}, `SELECT
			COUNT(CASE WHEN substr(p.reason, 1, 12) <> 'not_admitted'
				AND p.starts_at_ms - e.at_ms < $5 THEN 1 END),
			COUNT(CASE WHEN substr(p.reason, 1, 12) = 'not_admitted' THEN 1 END)
			FROM placements p JOIN contracts c ON c.placement_id = p.id
			JOIN contract_evidence e ON e.contract_id = c.id AND e.kind = 'voided'
			WHERE p.employer_id = $1 AND p.starts_at_ms >= $2 AND p.starts_at_ms < $3
			AND p.state = 'cancelled_by_employer' AND e.at_ms <= $4`,
			[]any{employerID, from, to, at, noticeMin * time.Minute.Milliseconds()}},
		{[]any{&f.Refused, &f.Vacancies}, `SELECT
			(SELECT COUNT(*) FROM refusals WHERE employer_id = $1 AND at_ms >= $2 AND at_ms < $3),
			(SELECT COUNT(*) FROM refusals WHERE employer_id = $1 AND at_ms >= $2 AND at_ms < $3)
			+ (SELECT COUNT(*) FROM vacancies WHERE employer_id = $1 AND created_at_ms >= $2
				AND created_at_ms < $3)`, []any{employerID, from, to}},
		{[]any{&f.Complaints, &f.Listed}, `SELECT COUNT(CASE WHEN kind = 'complaint' THEN 1 END),
			COUNT(CASE WHEN kind = 'listed' AND until_ms > $3 THEN 1 END)
			FROM credit_marks WHERE employer_id = $1 AND (kind = 'listed' OR at_ms >= $2)
			AND at_ms <= $3 AND (lifted_ms = 0 OR lifted_ms > $3)`, []any{employerID, from, at}},
	} {
		if err := db.Row(ctx, r, c.dests, c.query, c.args...); err != nil {
			return f, err
		}
	}
	return f, lateWages(ctx, r, employerID, w, &f)
}

// lateWages counts, by placement, the wages that came late because there was no money or because
// the hours lay unconfirmed, and the days until that was over: the wage was known to be paid, or
// waited for somebody else. Reasons are read as they stood on record by then.
func lateWages(
	ctx context.Context, r db.Reader, employerID string, w window, f *Facts,
) error {
	days := map[string]int64{}
	err := db.Each(ctx, r, `SELECT l.placement_id, l.due_at_ms,
		CASE WHEN l.paid_at_ms > 0 AND p.ended_at_ms > 0 AND p.ended_at_ms <= $4
			THEN l.paid_at_ms ELSE 0 END,
		COALESCE((SELECT MIN(n.accrued_at_ms) FROM wage_lines n WHERE n.placement_id = l.placement_id
			AND n.n > l.n AND n.accrued_at_ms <= $4), 0),
		COALESCE((SELECT MIN(o.at_ms) FROM wage_reasons o WHERE o.line_id = l.id AND o.n > a.n
			AND o.at_ms <= $4 AND o.reason NOT IN ('funds', 'hours', 'insolvent')), 0)
		FROM wage_lines l JOIN wage_reasons a ON a.line_id = l.id
			AND a.n = (SELECT MIN(f.n) FROM wage_reasons f WHERE f.line_id = l.id
			AND f.at_ms <= $4 AND f.reason IN ('funds', 'hours', 'insolvent'))
		LEFT JOIN payouts p ON p.id = l.payout_id
		WHERE l.employer_id = $1 AND l.due_at_ms >= $2 AND l.due_at_ms < $3 AND l.accrued_at_ms <= $4
		ORDER BY l.due_at_ms, l.id`,
		[]any{employerID, clock.MS(w.from), clock.MS(w.to), clock.MS(w.at)},
		func(scan func(...any) error) error {
			var placementID string
			var due, paid, next, others int64
			if err := scan(&placementID, &due, &paid, &next, &others); err != nil {
				return err
			}
			days[placementID] = max(days[placementID], daysLate(due, clock.MS(w.at), paid, next, others))
			return nil
		})
	for _, n := range days {
		if n > 0 {
			f.WagesLate++
			f.DaysLate += n
		}
	}
	return err
}

// daysLate counts begun days from when a wage was due to the first of those ends that has come: it
// was paid, another line took its place, it waited for somebody else; or to now.
func daysLate(due, now int64, ends ...int64) int64 {
	end := now
	for _, e := range ends {
		if e > 0 && e < end {
			end = e
		}
	}
	const day = 24 * int64(time.Hour/time.Millisecond)
	return max((end-due+day-1)/day, 0)
}
