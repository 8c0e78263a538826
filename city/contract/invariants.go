package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// Check proves the contract's part of law 5: every chain verifies and is complete for the
// contract's state, and no employer is bound to more workers than it signed for. It recomputes
// every hash of every contract, a page at a time.
func (s *Service) Check(ctx context.Context, r db.Reader, now time.Time) error {
	err := db.ProveOne(ctx, r, "law 5: offer %s has more contracts than the heads it was signed for",
		`SELECT o.id FROM contract_offers o WHERE o.heads <
		(SELECT COUNT(*) FROM contracts c WHERE c.offer_id = o.id AND c.state <> 'void')
		ORDER BY o.id LIMIT 1`)
	if err != nil {
		return err
	}
	if err := checkClocks(ctx, r, now); err != nil {
		return err
	}
	for after, more := "", true; more; {
		if after, more, err = checkPage(ctx, r, after); err != nil {
			return err
		}
	}
	return nil
}

// checkPage verifies the contracts after an id; it gives the last id seen and whether more follow.
func checkPage(ctx context.Context, r db.Reader, after string) (string, bool, error) {
	page, err := contractsAfter(ctx, r, after)
	if err != nil {
		return "", false, fmt.Errorf("check contracts: %w", err)
	}
	for _, c := range page.contracts {
		if Verify(c, page.offers[c.OfferID], page.chains[c.ID]) == nil {
			continue
		}
		// A deed may have come between the page's reads; one statement sees one moment.
		whole, o, chain, err := getWhole(ctx, r, c.ID)
		if err == nil {
			err = Verify(whole, o, chain)
		}
		if err != nil {
			return "", false, fmt.Errorf("law 5: contract %s: %w", c.ID, err)
		}
	}
	if len(page.contracts) < pageMax {
		return "", false, nil
	}
	return page.contracts[len(page.contracts)-1].ID, true, nil
}

// clockSlack is how long a clock may have run out before the sweep must have said so.
const clockSlack = 2 * time.Hour

// checkClocks proves that a clock stands where its contract and the time say.
func checkClocks(ctx context.Context, r db.Reader, now time.Time) error {
	err := db.ProveOne(ctx, r,
		"law 5: the one-month clock of placement %s ran out and nobody was told",
		`SELECT placement_id FROM contract_clocks WHERE state = 'running' AND due_at_ms <= $1
		ORDER BY placement_id LIMIT 1`, clock.MS(now.Add(-clockSlack)))
	if err != nil {
		return err
	}
	return db.ProveOne(ctx, r,
		"law 5: the one-month clock of placement %s says other than its contract",
		`SELECT k.placement_id FROM contract_clocks k
		JOIN contracts c ON c.placement_id = k.placement_id
		WHERE (k.state = 'signed') <> (c.state = 'signed') ORDER BY k.placement_id LIMIT 1`)
}
