package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

const blindChars = 64 // hex digits of a digest

// Check proves law 9 (no ID, phone or card number in clear), the slice's part of law 5 (nobody was
// registered before the first day they may work), and that accounts and what they became agree. It
// needs no key, and nothing of the Service.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	for _, law := range []func(context.Context, db.Reader) error{
		checkPhones, checkWorkers, checkCards, checkEmployers, checkAnswers, checkAccounts,
		checkChains, checkSeals, checkPublished, checkConsents, checkClosures, checkAmendments,
		checkRosters,
	} {
		if err := law(ctx, r); err != nil {
			return fmt.Errorf("check people: %w", err)
		}
	}
	return nil
}

func checkPhones(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, phone_sealed, phone_blind, name FROM accounts ORDER BY id`,
		nil, func(scan func(...any) error) error {
			var id, blind, name string
			var sealed []byte
			if err := scan(&id, &sealed, &blind, &name); err != nil {
				return err
			}
			if err := mustBeHidden("phone of account "+id, sealed, blind); err != nil {
				return err
			}
			return mustHoldNone("name of account "+id, clearNumber(name))
		})
}

// checkWorkers proves besides that no worker was registered before the first day of working age:
// that of the law, and that of the number by which the registration was judged.
func checkWorkers(ctx context.Context, r db.Reader) error {
	const lawYears = 16 // 国令364号 art. 2
	return db.Each(ctx, r, `SELECT id, id_sealed, id_blind, name, birth_date, age_min, created_at_ms
		FROM workers ORDER BY id`, nil, func(scan func(...any) error) error {
		var id, blind, name, birth string
		var sealed []byte
		var least int
		var created int64
		if err := scan(&id, &sealed, &blind, &name, &birth, &least, &created); err != nil {
			return err
		}
		day := civil.DateOf(clock.At(created))
		if first := FirstWorkDay(civil.Date(birth), max(least, lawYears)); day < first {
			return fmt.Errorf("law 5: worker %s was registered on %s and may work from %s", id, day,
				first)
		}
		if err := mustBeHidden("ID number of worker "+id, sealed, blind); err != nil {
			return err
		}
		return mustHoldNone("name of worker "+id, clearNumber(name))
	})
}

func checkCards(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT worker_id, card_sealed FROM cards ORDER BY worker_id`,
		nil, func(scan func(...any) error) error {
			var id string
			var sealed []byte
			if err := scan(&id, &sealed); err != nil {
				return err
			}
			if !looksSealed(sealed) {
				return fmt.Errorf("law 9: the card of worker %s is not sealed", id)
			}
			return nil
		})
}

func checkEmployers(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT id, name, address, principal FROM employers ORDER BY id`,
		nil, func(scan func(...any) error) error {
			var id, name, address, principal string
			if err := scan(&id, &name, &address, &principal); err != nil {
				return err
			}
			return mustHoldNone("words of employer "+id,
				clearNumber(name+" "+address+" "+principal))
		})
}

// checkAnswers looks for numbers in the answers that the slice's deeds have stored.
func checkAnswers(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT scope, answer FROM deeds WHERE SUBSTR(scope, 1, 7) = 'people.'
		ORDER BY scope, key`, nil, func(scan func(...any) error) error {
		var scope, answer string
		if err := scan(&scope, &answer); err != nil {
			return err
		}
		return mustHoldNone("stored answer of "+scope, clearWord(answer))
	})
}

// mustBeHidden wants a number sealed, and looked up by a digest.
func mustBeHidden(what string, sealed []byte, blind string) error {
	switch {
	case !looksSealed(sealed):
		return fmt.Errorf("law 9: the %s is not sealed", what)
	case len(blind) != blindChars || strings.Trim(blind, "0123456789abcdef") != "":
		return fmt.Errorf("law 9: the %s is looked up by something that is no digest", what)
	}
	return nil
}

// mustHoldNone wants no kind of number to have been found.
func mustHoldNone(where, kind string) error {
	if kind != "" {
		return fmt.Errorf("law 9: a number (%s) stands in clear in the %s", kind, where)
	}
	return nil
}

// checkAccounts proves that an account says of itself what the worker's and employer's rows say.
func checkAccounts(ctx context.Context, r db.Reader) error {
	return db.Prove(ctx, r, []db.Law{
		{"law 9: the account of worker %s does not know it",
			`SELECT w.id FROM workers w JOIN accounts a ON a.id = w.account_id
			WHERE a.worker_id <> w.id ORDER BY w.id LIMIT 1`},
		{"law 9: the account of employer %s does not know it",
			`SELECT e.id FROM employers e JOIN accounts a ON a.id = e.account_id
			WHERE a.employer_id <> e.id ORDER BY e.id LIMIT 1`},
		{"law 9: account %s acts for a worker who is not its own",
			`SELECT a.id FROM accounts a LEFT JOIN workers w ON w.id = a.worker_id
			AND w.account_id = a.id WHERE a.worker_id <> '' AND w.id IS NULL ORDER BY a.id LIMIT 1`},
		{"law 9: account %s acts for an employer that does not exist",
			`SELECT a.id FROM accounts a LEFT JOIN employers e ON e.id = a.employer_id
			WHERE a.employer_id <> '' AND e.id IS NULL ORDER BY a.id LIMIT 1`},
	})
}
