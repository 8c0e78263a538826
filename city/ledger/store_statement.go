package ledger

import (
	"context"
	"strings"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// kindOf is an account's kind in SQL: what stands before the slash.
const kindOf = `CASE WHEN substr(p.account, 1, 5) IN ('bank/', 'hold/', 'rest/')
	THEN substr(p.account, 1, 4)
	WHEN substr(p.account, 1, 7) IN ('refund/', 'credit/') THEN substr(p.account, 1, 6)
	WHEN substr(p.account, 1, 8) IN ('payable/', 'premium/', 'arrears/') THEN substr(p.account, 1, 7)
	WHEN substr(p.account, 1, 9) = 'employer/' THEN 'employer' ELSE 'guarantee' END`

// sidesUpTo adds up an employer's entries up to a place.
func sidesUpTo(
	ctx context.Context, r db.Reader, employerID string, to place,
) (s Sides, err error) {
	err = db.Each(ctx, r, `SELECT `+kindOf+` AS kind, CAST(SUM(p.amount_fen) AS BIGINT)
		FROM postings e JOIN postings p ON p.entry_id = e.entry_id
		WHERE e.n = 0 AND e.employer_id = $1 AND (e.at_ms < $2 OR e.at_ms = $2 AND e.entry_id <= $3)
		GROUP BY 1 ORDER BY 1`, []any{employerID, to.atMS, to.entryID},
		func(scan func(...any) error) error {
			var kind string
			var fen money.Fen
			if err := scan(&kind, &fen); err != nil {
				return err
			}
			s.add(kind, fen)
			return nil
		})
	return s, err
}

// entriesOf lists an employer's entries behind a place, in order of time.
func entriesOf(
	ctx context.Context, r db.Reader, employerID string, after place, untilMS int64, limit int,
) ([]StatementLine, error) {
	var out []StatementLine
	err := db.Each(ctx, r, `SELECT e.entry_id, e.at_ms, p.account, p.amount_fen
		FROM (SELECT entry_id, at_ms FROM postings WHERE n = 0 AND employer_id = $1
			AND (at_ms > $2 OR at_ms = $2 AND entry_id > $3) AND at_ms < $4
			ORDER BY at_ms, entry_id LIMIT $5) e
		JOIN postings p ON p.entry_id = e.entry_id ORDER BY e.at_ms, e.entry_id, p.n`,
		[]any{employerID, after.atMS, after.entryID, untilMS, limit},
		func(scan func(...any) error) error {
			var id, account string
			var at int64
			var fen money.Fen
			if err := scan(&id, &at, &account, &fen); err != nil {
				return err
			}
			if len(out) == 0 || out[len(out)-1].ID != id {
				out = append(out, lineOf(id, clock.At(at)))
			}
			kind, _, _ := strings.Cut(account, "/")
			out[len(out)-1].Sides.add(kind, fen)
			return nil
		})
	return out, err
}
