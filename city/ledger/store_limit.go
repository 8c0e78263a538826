package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// standing gives what an employer is free to use, and whether it is insolvent.
func standing(
	ctx context.Context, r db.Reader, employerID string,
) (free money.Fen, insolvent bool, err error) {
	var n int64
	err = db.Row(ctx, r, []any{&free, &n}, `SELECT
		COALESCE((SELECT balance_fen FROM balances WHERE account = $1), 0),
		(SELECT COUNT(*) FROM insolvencies WHERE employer_id = $2)`,
		string(Available(employerID)), employerID)
	return free, n > 0, err
}

// isHeld tells whether the hold was made before, for the same amount.
// Faults: ledger.source_reused (conflict) for another one.
func isHeld(ctx context.Context, r db.Reader, cmd HoldCmd) (bool, error) {
	was, err := db.List[money.Fen](ctx, r, `SELECT amount_fen FROM postings
		WHERE entry_id = $1 AND account = $2 ORDER BY n`,
		Entry{Kind: "hold", Source: cmd.ID}.ID(), string(Hold(cmd.ID)))
	if err == nil && len(was) > 0 && was[0] != cmd.AmountFen {
		err = fault.New(fault.Conflict, "ledger.source_reused", "kind", "hold", "source", cmd.ID)
	}
	return len(was) > 0, err
}

// limitsOf gives an employer's limits, the credit line first.
func limitsOf(ctx context.Context, r db.Reader, employerID string) ([]Limit, error) {
	var out []Limit
	err := db.Each(ctx, r, `SELECT employer_id, kind, limit_fen, used_fen, called_fen, reference,
		until_day, granted_by, granted_at_ms FROM credit_limits WHERE employer_id = $1
		ORDER BY kind, employer_id`, []any{employerID}, func(scan func(...any) error) error {
		var l Limit
		var at int64
		err := scan(&l.EmployerID, &l.Kind, &l.LimitFen, &l.UsedFen, &l.CalledFen, &l.Reference, &l.Until,
			&l.GrantedBy, &at)
		l.GrantedAt = clock.At(at)
		out = append(out, l)
		return err
	})
	return out, err
}

func upsertLimit(ctx context.Context, tx *db.Tx, l Limit) error {
	_, err := tx.Exec(ctx, `INSERT INTO credit_limits(employer_id, kind, limit_fen, used_fen,
		called_fen, reference, until_day, granted_by, granted_at_ms)
		VALUES ($1, $2, $3, 0, 0, $4, $5, $6, $7)
		ON CONFLICT (employer_id, kind) DO UPDATE SET limit_fen = excluded.limit_fen,
		reference = excluded.reference, until_day = excluded.until_day,
		granted_by = excluded.granted_by, granted_at_ms = excluded.granted_at_ms`,
		l.EmployerID, string(l.Kind), int64(l.LimitFen), l.Reference, string(l.Until), l.GrantedBy,
		clock.MS(l.GrantedAt))
	return err
}

// useLimit draws on a limit, or gives back; the table's own check bounds it.
func useLimit(
	ctx context.Context, tx *db.Tx, employerID string, k LimitKind, amount money.Fen,
) error {
	n, err := tx.Exec(ctx, `UPDATE credit_limits SET used_fen = used_fen + $3
		WHERE employer_id = $1 AND kind = $2`, employerID, string(k), int64(amount))
	if err == nil && n == 0 {
		err = fmt.Errorf("ledger: employer %s has no %s", employerID, k)
	}
	return err
}

// callLimit notes that the guarantee's giver is asked for an amount, or, below zero, that a call
// has failed.
func callLimit(ctx context.Context, tx *db.Tx, employerID string, amount money.Fen) error {
	_, err := tx.Exec(ctx, `UPDATE credit_limits SET called_fen = called_fen + $2
		WHERE employer_id = $1 AND kind = 'guarantee'`, employerID, int64(amount))
	return err
}

// debtsOf adds up what an employer's free money is wanted for. SQLite finds the index of payouts
// that are no wages by its own words only.
func debtsOf(ctx context.Context, r db.Reader, employerID string) (d debts, err error) {
	err = db.Row(ctx, r, []any{&d.arrears, &d.credit, &d.guarantee, &d.coming}, `SELECT
		CAST(COALESCE((SELECT -SUM(amount_fen) FROM postings WHERE account = $2), 0) AS BIGINT),
		COALESCE((SELECT used_fen FROM credit_limits WHERE employer_id = $1 AND kind = 'credit'), 0),
		CAST(COALESCE((SELECT used_fen FROM credit_limits
			WHERE employer_id = $1 AND kind = 'guarantee'), 0)
			- COALESCE((SELECT SUM(backed_fen) FROM balances WHERE employer_id = $1), 0) AS BIGINT),
		CAST(COALESCE((SELECT SUM(amount_fen) FROM payouts
			WHERE employer_id = $1 AND kind <> 'wage' AND kind = 'call'
			AND (state = 'wanted' OR state = 'sent' OR state = 'unknown')), 0)
			+ COALESCE((SELECT SUM(amount_fen) FROM rests WHERE employer_id = $1), 0) AS BIGINT)`,
		employerID, string(Arrears(employerID)))
	return d, err
}

func insertInsolvency(
	ctx context.Context, tx *db.Tx, employerID, ground, by string,
) (isNew bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO insolvencies(employer_id, ground, declared_by, at_ms)
		VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, employerID, ground, by, clock.MS(tx.Now))
	return n == 1, err
}

// employersToRepay lists employers who have drawn and have free money.
func employersToRepay(ctx context.Context, r db.Reader, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT DISTINCT l.employer_id FROM credit_limits l
		JOIN balances b ON b.account = 'employer/' || l.employer_id AND b.balance_fen > 0
		WHERE l.used_fen > 0 AND (l.kind = 'credit' OR l.used_fen > COALESCE(
			(SELECT SUM(h.backed_fen) FROM balances h WHERE h.employer_id = l.employer_id), 0))
		AND COALESCE((SELECT SUM(p.amount_fen) FROM postings p
			WHERE p.account = 'arrears/' || l.employer_id), 0) = 0
		ORDER BY l.employer_id LIMIT $1`, limit)
}

// employersToCall lists insolvent employers whose guarantee is not used up.
func employersToCall(ctx context.Context, r db.Reader, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT i.employer_id FROM insolvencies i
		JOIN credit_limits l ON l.employer_id = i.employer_id AND l.kind = 'guarantee'
		AND l.limit_fen > l.used_fen + l.called_fen
		WHERE (SELECT SUM(p.amount_fen) FROM postings p
			WHERE p.account = 'arrears/' || i.employer_id) < 0
		ORDER BY i.employer_id LIMIT $1`, limit)
}

// payoutsOf lists an employer's payouts that are no wages, the newest first.
func payoutsOf(
	ctx context.Context, r db.Reader, employerID string, k Kind, limit int,
) ([]Payout, error) {
	return scanPayouts(ctx, r, `SELECT `+payoutCols+` FROM payouts
		WHERE employer_id = $1 AND kind <> 'wage' AND kind = $2 ORDER BY id DESC LIMIT $3`,
		employerID, string(k), limit)
}

// refusedCalls tells how often the giver of an employer's guarantee has refused, and when last.
func refusedCalls(
	ctx context.Context, r db.Reader, employerID string,
) (n int64, last time.Time, err error) {
	var ms int64
	err = db.Row(ctx, r, []any{&n, &ms}, `SELECT COUNT(*), COALESCE(MAX(ended_at_ms), 0)
		FROM payouts WHERE employer_id = $1 AND kind <> 'wage' AND kind = 'call' AND state = 'failed'`,
		employerID)
	return n, clock.At(ms), err
}

// confirmedOf adds up the payouts of a kind that the bank has made.
func confirmedOf(ctx context.Context, r db.Reader, k Kind) (fen money.Fen, err error) {
	err = db.Row(ctx, r, []any{&fen}, `SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT)
		FROM payouts WHERE kind = $1 AND state = 'confirmed'`, string(k))
	return fen, err
}

// countReturned counts wages that the bank has paid and whose money came back.
func countReturned(ctx context.Context, r db.Reader) (n int64, err error) {
	err = db.Row(ctx, r, []any{&n}, `SELECT COUNT(*) FROM payouts
		WHERE kind = 'wage' AND state = 'returned'`)
	return n, err
}
