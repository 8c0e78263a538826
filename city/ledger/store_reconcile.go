package ledger

import (
	"context"
	"strings"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// employersToReconcile lists employers with an account and without that day's comparison.
func employersToReconcile(
	ctx context.Context, r db.Reader, day civil.Date, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT employer_id FROM balances
		WHERE account = 'employer/' || employer_id AND NOT EXISTS (SELECT 1 FROM reconciliations c
			WHERE c.employer_id = balances.employer_id AND c.day = $1)
		ORDER BY employer_id LIMIT $2`, string(day), limit)
}

// bankEntries gives the movements at the bank that the lines name, and those of the period.
func bankEntries(
	ctx context.Context, r db.Reader, employerID string, lines []BankLine, fromMS, untilMS int64,
) ([]bookedLine, error) {
	out, err := db.List[bookedLine](ctx, r, `SELECT p.entry_id, -p.amount_fen AS amount_fen
		FROM postings e JOIN postings p ON p.entry_id = e.entry_id AND p.account = $2
		WHERE e.n = 0 AND e.employer_id = $1 AND e.at_ms >= $3 AND e.at_ms < $4
		ORDER BY p.entry_id`, employerID, string(Bank(employerID)), fromMS, untilMS)
	if err != nil {
		return nil, err
	}
	const atOnce = 100 // lines: each has up to two names
	for len(lines) > 0 {
		page := lines[:min(atOnce, len(lines))]
		lines = lines[len(page):]
		var ids []string
		for _, l := range page {
			ids = append(ids, l.entries()...)
		}
		in, args := db.InList(ids, string(Bank(employerID)))
		named, err := db.List[bookedLine](ctx, r, `SELECT entry_id, -amount_fen AS amount_fen
			FROM postings WHERE account = $1 AND entry_id IN (`+in+`) ORDER BY entry_id`, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, named...)
	}
	return out, nil
}

// booked gives what the books have at the bank under some names, as the bank would show it.
func booked(
	ctx context.Context, r db.Reader, employerID string, entries []string,
) (fen money.Fen, err error) {
	in, args := db.InList(entries, string(Bank(employerID)))
	err = db.Row(ctx, r, []any{&fen}, `SELECT CAST(COALESCE(-SUM(amount_fen), 0) AS BIGINT)
		FROM postings WHERE account = $1 AND entry_id IN (`+in+`)`, args...)
	return fen, err
}

func insertReconciliation(
	ctx context.Context, tx *db.Tx, employerID string, day civil.Date, lines int, closing money.Fen,
	found int,
) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO reconciliations(employer_id, day, lines, bank_closing_fen,
		differences, at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, employerID,
		string(day), lines, int64(closing), found, clock.MS(tx.Now))
	return n == 1, err
}

// insertDifference passes over one that is known from another day.
func insertDifference(ctx context.Context, tx *db.Tx, d Difference) error {
	_, err := tx.Exec(ctx, `INSERT INTO bank_differences(id, employer_id, day, key, entries, bank_fen,
		ours_fen, state, words, closed_by, found_at_ms, closed_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, 0) ON CONFLICT DO NOTHING`, d.ID,
		d.EmployerID, string(d.Day), d.Key, entriesText(d.Entries), int64(d.BankFen), int64(d.OursFen),
		d.State, clock.MS(tx.Now))
	return err
}

func scanDifferences(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]Difference, error) {
	var out []Difference
	err := db.Each(ctx, r, `SELECT id, employer_id, day, key, entries, bank_fen, ours_fen, state,
		words, found_at_ms
		FROM bank_differences WHERE `+where, args, func(scan func(...any) error) error {
		var d Difference
		var entries string
		var found int64
		err := scan(&d.ID, &d.EmployerID, &d.Day, &d.Key, &entries, &d.BankFen, &d.OursFen, &d.State,
			&d.Words, &found)
		d.Entries, d.FoundAt = strings.Split(entries, "\n"), clock.At(found)
		out = append(out, d)
		return err
	})
	return out, err
}

func differences(
	ctx context.Context, r db.Reader, state string, behind db.Mark, limit int,
) ([]Difference, error) {
	return scanDifferences(ctx, r, `state = $1 AND found_at_ms >= $2 AND (found_at_ms > $2 OR id > $3)
		ORDER BY found_at_ms, id LIMIT $4`, state, behind.MS, behind.ID, limit)
}

// openDifferences gives open ones behind an id, in order of id.
func openDifferences(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]Difference, error) {
	return scanDifferences(ctx, r, `state = 'open' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func getDifference(ctx context.Context, r db.Reader, id string) (Difference, error) {
	found, err := scanDifferences(ctx, r, `id = $1`, id)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "ledger.difference_not_found").OnField("difference_id")
	}
	if err != nil {
		return Difference{}, err
	}
	return found[0], nil
}

func closeDifference(ctx context.Context, tx *db.Tx, id, state, words, by string) error {
	_, err := tx.Exec(ctx, `UPDATE bank_differences SET state = $2, words = $3, closed_by = $4,
		closed_at_ms = $5 WHERE id = $1 AND state = 'open'`, id, state, words, by, clock.MS(tx.Now))
	return err
}
