package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	postingHead = `INSERT INTO postings(entry_id, n, account, amount_fen, at_ms, employer_id) VALUES `
	postingRow  = "(?,?,?,?,?,?)"
)

// insertEntry writes an entry and tells whether it is new. Postings of another entry by that name
// are a fault, also where only some of them are in the way.
func insertEntry(ctx context.Context, tx *db.Tx, e Entry) (bool, error) {
	n, err := tx.ExecRows(ctx, postingHead, postingRow, " ON CONFLICT DO NOTHING", rowsOf(tx, e))
	if err != nil || int(n) == len(e.Postings) {
		return err == nil, err
	}
	was, err := db.List[Posting](ctx, tx, `SELECT account, amount_fen FROM postings WHERE entry_id = $1
		ORDER BY n`, e.ID())
	if err == nil && !slices.Equal(was, e.Postings) {
		err = fault.New(fault.Conflict, "ledger.source_reused", "kind", e.Kind, "source", e.Source)
	}
	return false, err
}

// insertEntries writes entries that are known to be new, in few statements.
func insertEntries(ctx context.Context, tx *db.Tx, entries []Entry) error {
	var rows []any
	for _, e := range entries {
		rows = append(rows, rowsOf(tx, e)...)
	}
	_, err := tx.ExecRows(ctx, postingHead, postingRow, "", rows)
	return err
}

func rowsOf(tx *db.Tx, e Entry) []any {
	rows := make([]any, 0, 6*len(e.Postings))
	employerID := e.employer()
	for i, p := range e.Postings {
		rows = append(rows, e.ID(), i, string(p.Account), int64(p.AmountFen), clock.MS(tx.Now),
			employerID)
	}
	return rows
}

// debit takes from a kept balance, if it is there.
func debit(ctx context.Context, tx *db.Tx, a Account, amount money.Fen) error {
	n, err := tx.Exec(ctx, `UPDATE balances SET balance_fen = balance_fen - $2
		WHERE account = $1 AND balance_fen >= $2`, string(a), int64(amount))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "ledger.insufficient_funds", "need", amount.String())
	}
	return err
}

func creditEmployer(ctx context.Context, tx *db.Tx, employerID string, amount money.Fen) error {
	_, err := tx.Exec(ctx, `INSERT INTO balances(account, employer_id, balance_fen, backed_fen)
		VALUES ($1, $2, $3, 0)
		ON CONFLICT (account) DO UPDATE SET balance_fen = balances.balance_fen + excluded.balance_fen`,
		string(Available(employerID)), employerID, int64(amount))
	return err
}

func openHold(
	ctx context.Context, tx *db.Tx, a Account, employerID string, amount, backed money.Fen,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO balances(account, employer_id, balance_fen, backed_fen)
		VALUES ($1, $2, $3, $4)`, string(a), employerID, int64(amount), int64(backed))
	return err
}

func creditHold(ctx context.Context, tx *db.Tx, a Account, amount money.Fen) error {
	n, err := tx.Exec(ctx, `UPDATE balances SET balance_fen = balance_fen + $2 WHERE account = $1`,
		string(a), int64(amount))
	if err == nil && n == 0 {
		err = noHold()
	}
	return err
}

func noHold() error { return fault.New(fault.NotFound, "ledger.no_hold") }

func getHold(ctx context.Context, r db.Reader, holdID string) (HoldView, error) {
	return oneHold(ctx, r, holdID, `SELECT employer_id, balance_fen, backed_fen
		FROM balances WHERE account = $1`)
}

// takeHold removes the hold's row and gives what was in it, in one statement.
func takeHold(ctx context.Context, tx *db.Tx, holdID string) (HoldView, error) {
	return oneHold(ctx, tx, holdID,
		`DELETE FROM balances WHERE account = $1 RETURNING employer_id, balance_fen, backed_fen`)
}

func oneHold(ctx context.Context, r db.Reader, holdID, q string) (HoldView, error) {
	v := HoldView{ID: holdID}
	err := db.Row(ctx, r, []any{&v.EmployerID, &v.LeftFen, &v.BackedFen}, q, string(Hold(holdID)))
	if errors.Is(err, db.ErrNone) {
		return HoldView{}, noHold()
	}
	return v, err
}

func insertRest(ctx context.Context, tx *db.Tx, h HoldView, amount money.Fen) error {
	_, err := tx.Exec(ctx, `INSERT INTO rests(hold_id, employer_id, amount_fen, at_ms)
		VALUES ($1, $2, $3, $4)`, h.ID, h.EmployerID, int64(amount), clock.MS(tx.Now))
	return err
}

// rests lists what must go back to employers.
func rests(ctx context.Context, r db.Reader, limit int) ([]HoldView, error) {
	return db.List[HoldView](ctx, r, `SELECT hold_id AS id, employer_id, amount_fen AS left_fen
		FROM rests ORDER BY hold_id LIMIT $1`, limit)
}

// takeRests removes rests from the queue; all of them were there.
func takeRests(ctx context.Context, tx *db.Tx, holds []HoldView) error {
	ids := make([]string, len(holds))
	for i, h := range holds {
		ids[i] = h.ID
	}
	in, args := db.InList(ids)
	n, err := tx.Exec(ctx, `DELETE FROM rests WHERE hold_id IN (`+in+`)`, args...)
	if err == nil && int(n) != len(holds) {
		err = fmt.Errorf("ledger: %d of %d rests taken", n, len(holds))
	}
	return err
}

// balance gives the kept balance, or the sum of the postings of an account that has none.
func balance(ctx context.Context, r db.Reader, a Account) (money.Fen, error) {
	q := `SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM postings WHERE account = $1`
	if a.kept() {
		q = `SELECT CAST(COALESCE(SUM(balance_fen), 0) AS BIGINT) FROM balances WHERE account = $1`
	}
	var fen money.Fen
	err := db.Row(ctx, r, []any{&fen}, q, string(a))
	return fen, err
}

// heldOf gives what is frozen of an employer's money.
func heldOf(ctx context.Context, r db.Reader, employerID string) (money.Fen, error) {
	var fen money.Fen
	err := db.Row(ctx, r, []any{&fen}, `SELECT CAST(COALESCE(SUM(balance_fen), 0) AS BIGINT)
		FROM balances WHERE employer_id = $1 AND account <> $2`,
		employerID, string(Available(employerID)))
	return fen, err
}

const payoutCols = `id, kind, line_id, worker_id, employer_id, amount_fen, reissue_of, state,
	attempts, next_at_ms, reason, wanted_at_ms, ended_at_ms`

func insertPayouts(ctx context.Context, tx *db.Tx, payouts []Payout) (int64, error) {
	var rows []any
	for _, p := range payouts {
		rows = append(rows, p.ID, string(p.Kind), p.LineID, p.WorkerID, p.EmployerID,
			int64(p.AmountFen), p.ReissueOf,
			string(p.State), p.Attempts, clock.MS(p.NextAt), p.Reason, clock.MS(p.WantedAt), int64(0))
	}
	return tx.ExecRows(ctx, `INSERT INTO payouts(`+payoutCols+`) VALUES `,
		"(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		` ON CONFLICT DO NOTHING`, rows)
}

func scanPayouts(ctx context.Context, r db.Reader, q string, args ...any) ([]Payout, error) {
	var out []Payout
	err := db.Each(ctx, r, q, args, func(scan func(...any) error) error {
		var p Payout
		var next, wanted, ended int64
		err := scan(&p.ID, &p.Kind, &p.LineID, &p.WorkerID, &p.EmployerID, &p.AmountFen, &p.ReissueOf,
			&p.State, &p.Attempts, &next, &p.Reason, &wanted, &ended)
		p.NextAt, p.WantedAt, p.EndedAt = clock.At(next), clock.At(wanted), clock.At(ended)
		out = append(out, p)
		return err
	})
	return out, err
}

// dueToSend and dueToAsk list ids outside a deed; the deed looks again.
func dueToSend(ctx context.Context, r db.Reader, now time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM payouts WHERE state = 'wanted' AND next_at_ms <= $1
		ORDER BY next_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

func dueToAsk(ctx context.Context, r db.Reader, now time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM payouts WHERE (state = 'sent' OR state = 'unknown')
		AND next_at_ms <= $1 ORDER BY next_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

func getPayout(ctx context.Context, r db.Reader, id string) (Payout, error) {
	found, err := scanPayouts(ctx, r, `SELECT `+payoutCols+` FROM payouts WHERE id = $1`, id)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "ledger.payout_not_found").OnField("payout_id")
	}
	if err != nil {
		return Payout{}, err
	}
	return found[0], nil
}

// payoutsIn reads those of the payouts that are in one of the states, in order of id.
func payoutsIn(ctx context.Context, r db.Reader, ids []string, states ...State) ([]Payout, error) {
	in, args := db.InList(ids)
	all, err := scanPayouts(ctx, r, `SELECT `+payoutCols+` FROM payouts
		WHERE id IN (`+in+`) ORDER BY id`, args...)
	other := func(p Payout) bool { return !slices.Contains(states, p.State) }
	return slices.DeleteFunc(all, other), err
}

// changePayouts writes what may change of payouts.
func changePayouts(ctx context.Context, tx *db.Tx, payouts []Payout) error {
	var rows []any
	for _, p := range payouts {
		rows = append(rows, p.ID, string(p.State), p.Attempts, clock.MS(p.NextAt), p.Reason,
			clock.MS(p.EndedAt))
	}
	_, err := tx.ExecRows(ctx, `UPDATE payouts SET state = v.column2, attempts = v.column3,
		next_at_ms = v.column4, reason = v.column5, ended_at_ms = v.column6 FROM (VALUES `,
		"(?,?,CAST(? AS BIGINT),CAST(? AS BIGINT),?,CAST(? AS BIGINT))",
		`) AS v WHERE payouts.id = v.column1`, rows)
	return err
}

// cursor tells how far the bank's credits have been read.
func cursor(ctx context.Context, r db.Reader) (int64, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n}, `SELECT n FROM bank_cursors WHERE name = 'credits'`)
	return n, err
}

// moveCursor tells whether the cursor still stood at from.
func moveCursor(ctx context.Context, tx *db.Tx, from, to int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE bank_cursors SET n = $2 WHERE name = 'credits' AND n = $1`,
		from, to)
	return n == 1, err
}

// stuckPayouts lists open payouts for which nothing will happen by itself.
func stuckPayouts(ctx context.Context, r db.Reader, limit int) ([]Payout, error) {
	return scanPayouts(ctx, r, `SELECT `+payoutCols+` FROM payouts
		WHERE (state = 'wanted' OR state = 'sent' OR state = 'unknown') AND next_at_ms = $1
		ORDER BY wanted_at_ms, id LIMIT $2`, clock.MS(Never), limit)
}

func countPayouts(ctx context.Context, r db.Reader) (payouts, reissued int64, err error) {
	err = db.Row(ctx, r, []any{&payouts, &reissued}, `SELECT COUNT(*),
		COUNT(CASE WHEN reissue_of <> '' THEN 1 END) FROM payouts WHERE kind = 'wage'`)
	return payouts, reissued, err
}

// wages reads the two sides from different postings: the bank's and the workers'. What came back is
// not paid.
func wages(ctx context.Context, r db.Reader) (paid, owed money.Fen, err error) {
	err = db.Row(ctx, r, []any{&paid, &owed}, `SELECT
		CAST(COALESCE(SUM(CASE WHEN substr(entry_id, 1, 7) = 'payout/'
			AND substr(account, 1, 5) = 'bank/' THEN amount_fen
			WHEN substr(entry_id, 1, 7) = 'return/' AND substr(account, 1, 8) = 'payable/'
			THEN -amount_fen ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN substr(account, 1, 8) = 'payable/'
			THEN amount_fen ELSE 0 END), 0) AS BIGINT) FROM postings`)
	return paid, owed, err
}
