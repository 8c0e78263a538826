package ledger

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// laws are law 3, and of law 2 what limits bear, in SQL: each query gives the first offender, or
// nothing.
var laws = []db.Law{
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
			OR substr(account, 1, 8) = 'premium/' OR substr(account, 1, 7) = 'refund/')
		OR SUM(amount_fen) > 0 AND (substr(account, 1, 8) = 'arrears/'
			OR substr(account, 1, 7) = 'credit/' OR substr(account, 1, 10) = 'guarantee/')
		ORDER BY account LIMIT 1`},
	{"law 3: the sub-account of %s is overdrawn by more than its credit line bears",
		`SELECT owner FROM (SELECT substr(account, 6) AS owner, amount_fen FROM postings
			WHERE substr(account, 1, 5) = 'bank/'
		UNION ALL SELECT substr(account, 8), amount_fen FROM postings
			WHERE substr(account, 1, 7) = 'credit/') AS both_sides
		GROUP BY owner HAVING SUM(amount_fen) > 0 ORDER BY owner LIMIT 1`},
	{"law 2: %s has drawn other than its limit says",
		`SELECT owner FROM (SELECT kind || '/' || employer_id AS owner, used_fen AS fen
			FROM credit_limits
		UNION ALL SELECT account, amount_fen FROM postings WHERE substr(account, 1, 7) = 'credit/'
			OR substr(account, 1, 10) = 'guarantee/') AS both_sides
		GROUP BY owner HAVING SUM(fen) <> 0 ORDER BY owner LIMIT 1`},
	{"law 2: holds of %s stand on a guarantee that they have not drawn on",
		`SELECT b.employer_id FROM balances b LEFT JOIN credit_limits l
		ON l.employer_id = b.employer_id AND l.kind = 'guarantee'
		GROUP BY b.employer_id HAVING SUM(b.backed_fen) > COALESCE(MAX(l.used_fen), 0)
		ORDER BY b.employer_id LIMIT 1`},
	{"law 3: the guarantee of %s was called for other than its limit says",
		`SELECT employer_id FROM (SELECT employer_id, called_fen AS fen FROM credit_limits
		UNION ALL SELECT employer_id, -amount_fen FROM payouts
			WHERE kind = 'call' AND state <> 'failed') AS both_sides
		GROUP BY employer_id HAVING SUM(fen) <> 0 ORDER BY employer_id LIMIT 1`},
	{"law 3: payout %s and its entry tell different stories",
		`SELECT story FROM (SELECT id || ' of ' || CASE kind WHEN 'wage' THEN 'payable/' || line_id
				WHEN 'refund' THEN 'refund/' || id ELSE 'rest/' || id END AS story,
			CASE kind WHEN 'call' THEN -amount_fen ELSE amount_fen END AS fen
			FROM payouts WHERE state = 'confirmed' OR state = 'returned'
		UNION ALL SELECT substr(entry_id, ` + entrySource + `) || ' of ' || account, amount_fen
			FROM postings WHERE (substr(entry_id, 1, 7) = 'payout/' OR substr(entry_id, 1, 7) = 'refund/'
			OR substr(entry_id, 1, 5) = 'call/') AND substr(account, 1, 5) <> 'bank/') AS both_sides
		GROUP BY story HAVING SUM(fen) <> 0 ORDER BY story LIMIT 1`},
	{"law 3: what came back of payout %s is not in the books",
		`SELECT story FROM (SELECT id AS story, amount_fen AS fen FROM payouts WHERE state = 'returned'
		UNION ALL SELECT substr(entry_id, 8), amount_fen FROM postings
			WHERE substr(entry_id, 1, 7) = 'return/' AND substr(account, 1, 5) = 'bank/') AS both_sides
		GROUP BY story HAVING SUM(fen) <> 0 ORDER BY story LIMIT 1`},
	{"law 3: refund %s is neither on its way nor ended",
		`SELECT id FROM (SELECT id, amount_fen AS fen FROM payouts WHERE kind = 'refund'
			AND (state = 'wanted' OR state = 'sent' OR state = 'unknown')
		UNION ALL SELECT substr(account, 8), -amount_fen FROM postings
			WHERE substr(account, 1, 7) = 'refund/') AS both_sides
		GROUP BY id HAVING SUM(fen) <> 0 ORDER BY id LIMIT 1`},
	{"law 3: credit %s is not booked as the one to whom it was assigned would see it",
		`SELECT story FROM (SELECT credit_id || ' of employer/' || employer_id AS story,
			amount_fen AS fen FROM unclaimed_credits WHERE employer_id <> ''
		UNION ALL SELECT u.credit_id || ' of ' || p.account, -p.amount_fen FROM unclaimed_credits u
			JOIN postings p ON p.entry_id = 'deposit/' || u.credit_id
			WHERE substr(p.account, 1, 5) <> 'bank/') AS both_sides
		GROUP BY story HAVING SUM(fen) <> 0 ORDER BY story LIMIT 1`},
	{"law 3: line %s is paid twice",
		`SELECT line_id FROM payouts WHERE state <> 'failed' AND state <> 'returned' GROUP BY line_id
		HAVING COUNT(*) > 1 ORDER BY line_id LIMIT 1`},
}

// entrySource is where the source begins in the name of an entry about a payout.
const entrySource = `CASE WHEN substr(entry_id, 1, 5) = 'call/' THEN 6 ELSE 8 END`

// Check proves the ledger's part of law 3 (money is conserved, nothing is paid twice) and of law 2
// (what holds have drawn beyond the employer's money was granted, and is bounded).
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	return db.Prove(ctx, r, laws)
}
