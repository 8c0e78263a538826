package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
)

// checkChains proves that each person's audit rows are as they were written: numbered without a
// gap, each standing on the one before.
func checkChains(ctx context.Context, r db.Reader) error {
	var last audit
	return db.Each(ctx, r, `SELECT id, account_id, what, subject, reason, at_ms, n, hash FROM audit
		ORDER BY subject, n`, nil, func(scan func(...any) error) error {
		var a audit
		if err := scan(&a.ID, &a.AccountID, &a.What, &a.Subject, &a.Reason, &a.AtMS, &a.N,
			&a.Hash); err != nil {
			return err
		}
		if a.Subject != last.Subject {
			last = audit{}
		}
		switch {
		case a.N != last.N+1:
			return fmt.Errorf("law 9: the audit log of %s has row %d behind row %d", a.Subject, a.N,
				last.N)
		case a.Hash != a.digest(last.Hash):
			return fmt.Errorf("law 9: row %d of the audit log of %s is not as it was written", a.N,
				a.Subject)
		}
		last = a
		return nil
	})
}

// checkSeals makes every seal again from the rows: a row that was cut off the end of a chain, and a
// chain that is gone or new, shows here.
func checkSeals(ctx context.Context, r db.Reader) error {
	seals, err := sealsOf(ctx, r)
	if err != nil {
		return err
	}
	var before seal
	i, next := 0, newSealing()
	closeUntil := func(atMS int64) error {
		for ; i < len(seals) && seals[i].UntilMS < atMS; i++ {
			if made := next.upon(before, seals[i].UntilMS); made != seals[i] {
				return fmt.Errorf("law 9: seal %d of the audit log does not fit: it was made of %d "+
					"rows, and there are %d", seals[i].N, seals[i].Rows, made.Rows)
			}
			before, next = seals[i], newSealing()
		}
		return nil
	}
	err = db.Each(ctx, r, `SELECT at_ms, hash FROM audit ORDER BY at_ms, id`, nil,
		func(scan func(...any) error) error {
			var atMS int64
			var hash string
			if err := scan(&atMS, &hash); err != nil {
				return err
			}
			if err := closeUntil(atMS); err != nil {
				return err
			}
			next.add(hash)
			return nil
		})
	if err != nil || len(seals) == 0 {
		return err
	}
	return closeUntil(seals[len(seals)-1].UntilMS + 1)
}

func sealsOf(ctx context.Context, r db.Reader) ([]seal, error) {
	var seals []seal
	err := db.Each(ctx, r, `SELECT n, until_ms, rows_count, hash FROM audit_seals ORDER BY n`, nil,
		func(scan func(...any) error) error {
			var s seal
			err := scan(&s.N, &s.UntilMS, &s.Rows, &s.Hash)
			seals = append(seals, s)
			return err
		})
	return seals, err
}

// checkPublished proves that the last seal is the one that was told to the feed: whoever follows
// the feed elsewhere holds a copy that nobody here can change.
func checkPublished(ctx context.Context, r db.Reader) error {
	var payload string
	err := db.Row(ctx, r, []any{&payload}, `SELECT payload FROM changes
		WHERE topic = 'people.audit_sealed.v1' ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	var told AuditSealed
	if err := json.Unmarshal([]byte(payload), &told); err != nil {
		return fmt.Errorf("read the last seal told: %w", err)
	}
	s, err := latestSeal(ctx, r)
	if err == nil && (s.N != told.N || s.Hash != told.Hash) {
		err = fmt.Errorf("law 9: seal %d of the audit log was told, and the last one is %d", told.N,
			s.N)
	}
	return err
}

// checkConsents proves that whoever agreed did so to words that are kept, and that those are the
// words of their digest.
func checkConsents(ctx context.Context, r db.Reader) error {
	err := db.Each(ctx, r, `SELECT purpose, version, zh, en, hash FROM consent_texts
		ORDER BY purpose, version`, nil, func(scan func(...any) error) error {
		var purpose, version, zh, en, hash string
		if err := scan(&purpose, &version, &zh, &en, &hash); err != nil {
			return err
		}
		if hash != consentHash(Purpose(purpose), version, zh, en) {
			return fmt.Errorf("law 9: the words of consent %s, version %s, have changed", purpose,
				version)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var worker, purpose string
	err = db.Row(ctx, r, []any{&worker, &purpose}, `SELECT c.worker_id, c.purpose FROM consents c
		LEFT JOIN consent_texts t ON t.purpose = c.purpose AND t.version = c.version
		WHERE c.given AND t.hash IS NULL ORDER BY c.worker_id, c.purpose, c.n LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("law 9: worker %s agreed to %s in words that nobody kept", worker, purpose)
	}
	return err
}
