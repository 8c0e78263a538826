package wage

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// warnGrace is how long a line may be without its warning after its time, or after a correction put
// it on the books later than that: the sweep's period, and a restart.
const warnGrace = time.Hour

// laws are laws 3 and 4 in SQL: each query gives the first offender, or nothing.
var laws = []db.Law{
	{"law 3: what is owed for line %s is not what it says",
		`SELECT l.id FROM wage_lines l WHERE COALESCE((SELECT SUM(p.amount_fen) FROM postings p
		WHERE p.account = 'payable/' || l.id), 0)
		<> CASE WHEN l.state = 'paid' OR l.state = 'reversed' THEN 0 ELSE l.amount_fen END
		ORDER BY l.id LIMIT 1`},
	{"law 3: line %s and its payouts tell different stories",
		`SELECT l.id FROM wage_lines l LEFT JOIN payouts p ON p.line_id = l.id AND p.state <> 'failed'
			AND p.state <> 'returned'
		WHERE (CASE l.state
			WHEN 'paid' THEN p.state = 'confirmed' AND p.amount_fen = l.amount_fen
			WHEN 'instructed' THEN p.state <> 'confirmed' AND p.amount_fen = l.amount_fen
			ELSE p.id IS NULL END) IS NOT TRUE
		ORDER BY l.id LIMIT 1`},
	{"law 3: the arrears of employer %s are not those of its lines",
		`SELECT employer_id FROM (SELECT employer_id, unfunded_fen AS fen FROM wage_lines
		WHERE unfunded_fen > 0
		UNION ALL SELECT substr(account, 9), amount_fen FROM postings
		WHERE substr(account, 1, 8) = 'arrears/') AS both_sides
		GROUP BY employer_id HAVING SUM(fen) <> 0 ORDER BY employer_id LIMIT 1`},
	{"law 3: line %s pays what its placement did not earn",
		`SELECT a.id FROM wage_lines a WHERE a.state <> 'reversed' AND a.earlier_fen <>
		(SELECT COALESCE(SUM(b.amount_fen), 0) FROM wage_lines b
		WHERE b.placement_id = a.placement_id AND b.n < a.n AND b.state <> 'reversed')
		ORDER BY a.id LIMIT 1`},
}

// Check proves laws 3 and 4 for wages: what was accrued is paid or owed, line for line and in sum,
// and every line past its time is paid or has a warning.
func (s *Service) Check(ctx context.Context, r db.Reader, now time.Time) error {
	if err := db.Prove(ctx, r, laws); err != nil {
		return err
	}
	err := db.ProveOne(ctx, r, "law 4: line %s is late and nobody was warned",
		`SELECT id FROM wage_lines WHERE warn_at_ms <= $1 AND accrued_at_ms <= $1
		AND state <> 'paid' AND state <> 'reversed'
		AND NOT EXISTS (SELECT 1 FROM wage_warnings w WHERE w.line_id = wage_lines.id)
		ORDER BY id LIMIT 1`, clock.MS(now.Add(-warnGrace)))
	if err != nil {
		return err
	}
	err = db.ProveOne(ctx, r, "law 4: nobody was told that line %s is late",
		`SELECT w.line_id FROM wage_warnings w WHERE NOT EXISTS
		(SELECT 1 FROM wage_tells t WHERE t.line_id = w.line_id AND t.rung = 1)
		ORDER BY w.line_id LIMIT 1`)
	if err != nil {
		return err
	}
	t, err := s.Totals(ctx, r)
	if err == nil && t.AccruedFen != t.PaidFen+t.HeldFen {
		err = fmt.Errorf("law 3: accrued %s yuan, but paid %s and owed %s",
			t.AccruedFen, t.PaidFen, t.HeldFen)
	}
	return err
}
