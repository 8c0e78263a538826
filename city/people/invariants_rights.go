package people

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
)

// checkClosures proves that nobody acts for a closed account and that what is erased is gone.
func checkClosures(ctx context.Context, r db.Reader) error {
	err := db.Each(ctx, r, `SELECT worker_id, phone_sealed, erased_at_ms FROM closures
		ORDER BY worker_id`, nil, func(scan func(...any) error) error {
		var id string
		var sealed []byte
		var erased int64
		if err := scan(&id, &sealed, &erased); err != nil {
			return err
		}
		if erased > 0 && len(sealed) > 0 || erased == 0 && !looksSealed(sealed) {
			return fmt.Errorf("law 9: the phone of closed worker %s is not kept as it should be", id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.Prove(ctx, r, []db.Law{
		{"law 9: the closed account of worker %s can still be used",
			`SELECT c.worker_id FROM closures c JOIN accounts a ON a.id = c.account_id
			WHERE a.roles <> '' ORDER BY c.worker_id LIMIT 1`},
		{"law 9: somebody is logged in to the closed account of worker %s",
			`SELECT c.worker_id FROM closures c JOIN sessions s ON s.account_id = c.account_id
			ORDER BY c.worker_id LIMIT 1`},
		{"law 9: the card of worker %s outlived the account",
			`SELECT c.worker_id FROM closures c JOIN cards k ON k.worker_id = c.worker_id
			WHERE k.set_at_ms < c.closed_at_ms OR c.erased_at_ms > 0
			ORDER BY c.worker_id LIMIT 1`},
		{"law 9: worker %s was erased and still has a name",
			`SELECT c.worker_id FROM closures c JOIN workers w ON w.id = c.worker_id
			JOIN accounts a ON a.id = c.account_id WHERE c.erased_at_ms > 0
			AND (w.name <> '` + erasedName + `' OR a.name <> '' OR SUBSTR(w.birth_date, 5) <> '-01-01')
			ORDER BY c.worker_id LIMIT 1`},
	})
}

// checkAmendments proves that a requested number is sealed, and forgotten when it was answered.
func checkAmendments(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, value_sealed, value_masked, state FROM amendments
		ORDER BY id`, nil, func(scan func(...any) error) error {
		var id, masked, state string
		var sealed []byte
		if err := scan(&id, &sealed, &masked, &state); err != nil {
			return err
		}
		switch {
		case AmendmentState(state) == AmendmentAsked && !looksSealed(sealed):
			return fmt.Errorf("law 9: the value of amendment %s is not sealed", id)
		case AmendmentState(state) != AmendmentAsked && len(sealed) > 0:
			return fmt.Errorf("law 9: amendment %s is answered and still holds its value", id)
		}
		return mustHoldNone("shown value of amendment "+id, clearNumber(masked))
	})
}

// checkRosters proves law 9 of the rosters.
func checkRosters(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, id_sealed, id_blind, phone_sealed, name, post
		FROM roster_entries ORDER BY id`, nil, func(scan func(...any) error) error {
		var id, blind, name, post string
		var sealed, phone []byte
		if err := scan(&id, &sealed, &blind, &phone, &name, &post); err != nil {
			return err
		}
		if err := mustBeHidden("ID number of roster entry "+id, sealed, blind); err != nil {
			return err
		}
		if err := mustBeHidden("phone of roster entry "+id, phone, blind); err != nil {
			return err
		}
		return mustHoldNone("words of roster entry "+id, clearNumber(name+" "+post))
	})
}
