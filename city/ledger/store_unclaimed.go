package ledger

import (
	"context"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// knownCredits tells which of the bank's credits are booked as deposits or wait for an employer.
func knownCredits(ctx context.Context, r db.Reader, creditIDs []string) ([]string, error) {
	if len(creditIDs) == 0 {
		return nil, nil
	}
	entries := make([]string, len(creditIDs))
	for i, id := range creditIDs {
		entries[i] = Entry{Kind: "deposit", Source: id}.ID()
	}
	in, args := db.InList(entries)
	booked, err := db.List[string](ctx, r, `SELECT substr(entry_id, 9) FROM postings
		WHERE n = 0 AND entry_id IN (`+in+`) ORDER BY entry_id`, args...)
	if err != nil {
		return nil, err
	}
	in, args = db.InList(creditIDs)
	apart, err := db.List[string](ctx, r, `SELECT credit_id FROM unclaimed_credits
		WHERE credit_id IN (`+in+`) ORDER BY credit_id`, args...)
	return append(booked, apart...), err
}

func insertUnclaimed(ctx context.Context, tx *db.Tx, u Unclaimed) error {
	_, err := tx.Exec(ctx, `INSERT INTO unclaimed_credits(id, credit_id, reference, amount_fen, at_ms,
		employer_id, words, ended_by, ended_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		u.ID, u.CreditID, u.Reference, int64(u.AmountFen), clock.MS(u.At), u.EmployerID, u.Words,
		u.EndedBy, endedMS(u))
	return err
}

// endedMS is 0 for a credit that waits.
func endedMS(u Unclaimed) int64 {
	if u.EndedAt.IsZero() {
		return 0
	}
	return clock.MS(u.EndedAt)
}

// endUnclaimed writes what became of a credit that waited until now.
func endUnclaimed(ctx context.Context, tx *db.Tx, u Unclaimed) error {
	n, err := tx.Exec(ctx, `UPDATE unclaimed_credits SET employer_id = $2, words = $3, ended_by = $4,
		ended_at_ms = $5 WHERE id = $1 AND ended_at_ms = 0`, u.ID, u.EmployerID, u.Words, u.EndedBy,
		endedMS(u))
	if err == nil && n == 0 {
		err = creditEnded()
	}
	return err
}

func scanUnclaimed(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Unclaimed, error) {
	var out []Unclaimed
	err := db.Each(ctx, r, `SELECT id, credit_id, reference, amount_fen, at_ms, employer_id, words,
		ended_by, ended_at_ms FROM unclaimed_credits WHERE `+where, args,
		func(scan func(...any) error) error {
			var u Unclaimed
			var at, booked int64
			err := scan(&u.ID, &u.CreditID, &u.Reference, &u.AmountFen, &at, &u.EmployerID, &u.Words,
				&u.EndedBy, &booked)
			u.At = clock.At(at)
			if booked != 0 {
				u.EndedAt = clock.At(booked)
			}
			out = append(out, u)
			return err
		})
	return out, err
}

// waitingCredits lists those of which nothing is known, the oldest first.
func waitingCredits(ctx context.Context, r db.Reader, limit int) ([]Unclaimed, error) {
	return scanUnclaimed(ctx, r, `ended_at_ms = 0 ORDER BY at_ms, id LIMIT $1`, limit)
}

// endedCredits lists those of which somebody has said what they are, the newest first.
func endedCredits(ctx context.Context, r db.Reader, limit int) ([]Unclaimed, error) {
	return scanUnclaimed(ctx, r, `words <> '' ORDER BY ended_at_ms DESC, id LIMIT $1`, limit)
}

// bookedApart lists an employer's credits that were booked in the period and whose reference was
// not plainly its own.
func bookedApart(
	ctx context.Context, r db.Reader, employerID string, fromMS, untilMS int64, limit int,
) ([]Unclaimed, error) {
	return scanUnclaimed(ctx, r, `employer_id = $1 AND employer_id <> '' AND ended_at_ms >= $2
		AND ended_at_ms < $3 ORDER BY ended_at_ms, id LIMIT $4`, employerID, fromMS, untilMS, limit)
}

func getUnclaimed(ctx context.Context, r db.Reader, id string) (Unclaimed, error) {
	found, err := scanUnclaimed(ctx, r, `id = $1`, id)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "ledger.credit_not_found").OnField("credit_id")
	}
	if err != nil {
		return Unclaimed{}, err
	}
	return found[0], nil
}

func creditEnded() error { return fault.New(fault.Conflict, "ledger.credit_ended") }
