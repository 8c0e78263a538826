package market

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// checkAccidents proves that what a cancellation owes is accrued and leaves a fact, and that a head
// offered again was filled on its own shift. It reads the wage lines.
func checkAccidents(ctx context.Context, r db.Reader) error {
	return db.Prove(ctx, r, []db.Law{
		{"law 4: cancellation of %s has other compensation than its wage line",
			`SELECT c.placement_id FROM cancellations c LEFT JOIN wage_lines l ON l.id = c.line_id
			WHERE c.pay_fen <> COALESCE(l.gross_fen, 0) ORDER BY c.placement_id LIMIT 1`},
		{"law 4: placement %s was called off without a word on its notice",
			`SELECT p.id FROM placements p WHERE p.state = 'cancelled_by_employer'
			AND substr(p.reason, 1, 13) <> 'not_admitted ' AND NOT EXISTS
			(SELECT 1 FROM cancellations c WHERE c.placement_id = p.id) ORDER BY p.id LIMIT 1`},
		{"law 6: a head of shift %s was filled by a placement of another",
			`SELECT p.shift_id FROM replacements r JOIN placements p ON p.id = r.filled_by
			WHERE p.shift_id <> r.shift_id ORDER BY p.shift_id LIMIT 1`},
	})
}
