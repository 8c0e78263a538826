package skill

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves the slice's laws over all rows. It needs no key.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	if err := db.Prove(ctx, r, []db.Law{
		{"skill: certificate %s is verified without evidence or without the clerk who saw it",
			`SELECT id FROM certificates WHERE state = 'verified'
			AND (evidence = '' OR verifier_id = '' OR decided_at_ms < added_at_ms) ORDER BY id LIMIT 1`},
		{"skill: certificate %s has the number of another worker's verified one",
			`SELECT a.id FROM certificates a JOIN certificates b
			ON b.kind = a.kind AND b.number_blind = a.number_blind AND b.id < a.id
			WHERE a.state = 'verified' AND b.state = 'verified' ORDER BY a.id LIMIT 1`},
		{"skill: certificate %s expires before it was issued",
			`SELECT id FROM certificates WHERE expires_on <> '' AND expires_on < issued_on
			ORDER BY id LIMIT 1`},
	}); err != nil {
		return err
	}
	return checkSealed(ctx, r)
}

// checkSealed proves the slice's part of law 9: no certificate's number can be read in the table.
func checkSealed(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, number_sealed, number_tail FROM certificates ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var id, tail string
			var sealed []byte
			if err := scan(&id, &sealed, &tail); err != nil {
				return err
			}
			if !looksSealed(sealed) || len([]rune(tail)) > tailRunes {
				return fmt.Errorf("law 9: the number of certificate %s is not sealed", id)
			}
			return nil
		})
}
