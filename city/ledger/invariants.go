package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// laws are law 3 in SQL: each query gives the first offender, or nothing.
var laws = []struct{ sentence, query string }{
	{"law 3: the postings of entry %s do not sum to zero",
		`SELECT entry_id FROM postings GROUP BY entry_id HAVING SUM(amount_fen) <> 0
		ORDER BY entry_id LIMIT 1`},
	{"law 3: the balance of %s is not the sum of its postings",
		`SELECT account FROM (SELECT account, balance_fen AS fen FROM balances
		UNION ALL SELECT 'rest/' || hold_id, amount_fen FROM rests
		UNION ALL SELECT account, -amount_fen FROM postings WHERE substr(account, 1, 9) = 'employer/'
			OR substr(account, 1, 5) = 'hold/' OR substr(account, 1, 5) = 'rest/') AS both_sides
		GROUP BY account HAVING SUM(fen) <> 0 ORDER BY account LIMIT 1`},
	{"law 3: %s is on the wrong side of zero",
		`SELECT account FROM postings GROUP BY account
		HAVING SUM(amount_fen) < 0 AND (substr(account, 1, 8) = 'payable/'
			OR substr(account, 1, 8) = 'premium/')
		OR SUM(amount_fen) > 0 AND (substr(account, 1, 5) = 'bank/'
			OR substr(account, 1, 8) = 'arrears/')
		ORDER BY account LIMIT 1`},
	{"law 3: payout %s and its entry tell different stories",
		`SELECT story FROM (SELECT id || ' of payable/' || line_id AS story, amount_fen AS fen
			FROM payouts WHERE state = 'confirmed'
		UNION ALL SELECT substr(entry_id, 8) || ' of ' || account, amount_fen FROM postings
			WHERE substr(entry_id, 1, 7) = 'payout/' AND substr(account, 1, 5) <> 'bank/') AS both_sides
		GROUP BY story HAVING SUM(fen) <> 0 ORDER BY story LIMIT 1`},
	{"law 3: line %s is paid twice",
		`SELECT line_id FROM payouts WHERE state <> 'failed' GROUP BY line_id
		HAVING COUNT(*) > 1 ORDER BY line_id LIMIT 1`},
}

// Check proves the ledger's part of law 3: money is conserved and nothing is paid twice.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	for _, law := range laws {
		var id string
		err := db.Row(ctx, r, []any{&id}, law.query)
		if errors.Is(err, db.ErrNone) {
			continue
		}
		if err != nil {
			return fmt.Errorf("check ledger: %w", err)
		}
		return fmt.Errorf(law.sentence, id)
	}
	return nil
}
