package contract

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
)

// signedIn is what C01 counts of the contracts c of [$1, $2).
const signedIn = `c.signed_at_ms > 0 AND c.signed_at_ms >= $1 AND c.signed_at_ms < $2
	AND c.state = 'signed'`

func countSigned(ctx context.Context, r db.Reader, a, b int64) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM contracts c WHERE `+signedIn, a, b)
}

// signedWithin gives the contracts that countSigned counts, the newest signature first.
func signedWithin(
	ctx context.Context, r db.Reader, a, b int64, before db.Mark, limit int,
) ([]CountedLine, error) {
	var list []CountedLine
	err := db.Each(ctx, r, `SELECT `+contractColumns+`, `+offerColumns+`
		FROM contracts c JOIN contract_offers o ON o.id = c.offer_id WHERE `+signedIn+`
		AND c.signed_at_ms <= $3 AND (c.signed_at_ms < $3 OR c.id < $4)
		ORDER BY c.signed_at_ms DESC, c.id DESC LIMIT $5`,
		[]any{a, b, before.MS, before.ID, limit}, func(scan func(...any) error) error {
			var c Contract
			var o Offer
			var terms Terms
			if err := scan(append(contractDests(&c), offerDests(&o)...)...); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(o.Terms), &terms); err != nil {
				return fmt.Errorf("terms of offer %s: %w", o.ID, err)
			}
			list = append(list, CountedLine{ID: c.ID, PlacementID: c.PlacementID, WorkerID: c.WorkerID,
				EmployerID: c.EmployerID, Employer: o.EmployerName, Title: terms.Title,
				Template: c.Template, StartsAt: c.StartsAt, SignedAt: c.SignedAt})
			return nil
		})
	return list, err
}
