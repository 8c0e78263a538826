package wage

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const lineCols = `id, placement_id, n, source, worker_id, employer_id, region, pay_unit, rate_fen,
	worked_min, planned_min, pieces, start_at_ms, end_at_ms, gross_fen, earlier_fen, amount_fen,
	unfunded_fen, state,
	next_at_ms, warn_at_ms, due_at_ms, accrued_at_ms, confirmed_at_ms, confirmed_by, paid_at_ms,
	payout_id, refusals, reason, returned`

// insertLine tells whether the placement had no line of that number.
func insertLine(ctx context.Context, tx *db.Tx, l Line) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO wage_lines(`+lineCols+`) VALUES (
		$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, $23, 0, '', 0, '', 0, '', FALSE)
		ON CONFLICT DO NOTHING`, l.ID, l.PlacementID, l.N, l.Source, l.WorkerID, l.EmployerID, l.Region,
		l.PayUnit, int64(l.RateFen), l.WorkedMin, l.PlannedMin, l.Pieces, clock.MS(l.StartAt),
		clock.MS(l.EndAt),
		int64(l.GrossFen), int64(l.EarlierFen), int64(l.AmountFen), int64(l.UnfundedFen), string(l.State),
		clock.MS(l.NextAt), clock.MS(l.WarnAt), clock.MS(l.DueAt), clock.MS(l.AccruedAt))
	return n == 1, err
}

func scanLines(ctx context.Context, r db.Reader, where string, args ...any) ([]Line, error) {
	var out []Line
	err := db.Each(ctx, r, `SELECT `+lineCols+` FROM wage_lines WHERE `+where, args,
		func(scan func(...any) error) error {
			var l Line
			var ms [8]int64
			err := scan(&l.ID, &l.PlacementID, &l.N, &l.Source, &l.WorkerID, &l.EmployerID, &l.Region,
				&l.PayUnit, &l.RateFen, &l.WorkedMin, &l.PlannedMin, &l.Pieces, &ms[0], &ms[1], &l.GrossFen,
				&l.EarlierFen, &l.AmountFen, &l.UnfundedFen, &l.State, &ms[2], &ms[3], &ms[4], &ms[5],
				&ms[6], &l.ConfirmedBy, &ms[7], &l.PayoutID, &l.Refusals, &l.Reason,
				&l.Returned)
			for i, at := range []*time.Time{&l.StartAt, &l.EndAt, &l.NextAt, &l.WarnAt, &l.DueAt,
				&l.AccruedAt, &l.ConfirmedAt, &l.PaidAt} {
				if ms[i] != 0 {
					*at = clock.At(ms[i])
				}
			}
			out = append(out, l)
			return err
		})
	return out, err
}

func getLine(ctx context.Context, r db.Reader, id string) (Line, error) {
	lines, err := scanLines(ctx, r, `id = $1`, id)
	if err == nil && len(lines) == 0 {
		err = noLine()
	}
	if err != nil {
		return Line{}, err
	}
	return lines[0], nil
}

func noLine() *fault.Error {
	return fault.New(fault.NotFound, "wage.line_not_found").OnField("line_id")
}

// linesOf gives all lines of a placement: a handful, since each needed somebody's correction.
func linesOf(ctx context.Context, r db.Reader, placementID string) ([]Line, error) {
	return scanLines(ctx, r, `placement_id = $1 ORDER BY n`, placementID)
}

func linesIn(ctx context.Context, r db.Reader, ids []string) ([]Line, error) {
	in, args := db.InList(ids)
	return scanLines(ctx, r, `id IN (`+in+`) ORDER BY id`, args...)
}

// linesBeside gives the lines and all others of their placements.
func linesBeside(ctx context.Context, r db.Reader, ids []string) ([]Line, error) {
	in, args := db.InList(ids)
	return scanLines(ctx, r, `placement_id IN (SELECT placement_id FROM wage_lines
		WHERE id IN (`+in+`)) ORDER BY placement_id, n`, args...)
}

func linesOfWorker(ctx context.Context, r db.Reader, workerID string, limit int) ([]Line, error) {
	return scanLines(ctx, r, `worker_id = $1 AND state <> 'reversed' ORDER BY id DESC LIMIT $2`,
		workerID, limit)
}

// owedBy gives an employer's unpaid lines, oldest first.
func owedBy(ctx context.Context, r db.Reader, employerID string, limit int) ([]Line, error) {
	return scanLines(ctx, r, `employer_id = $1 AND paid_at_ms = 0 AND state <> 'reversed'
		ORDER BY id LIMIT $2`, employerID, limit)
}

// ledgerLines gives an employer's lines of work that began in a period, in order of id.
func ledgerLines(
	ctx context.Context, r db.Reader, employerID string, fromMS, untilMS int64, after string,
	limit int,
) ([]Line, error) {
	return scanLines(ctx, r, `employer_id = $1 AND start_at_ms >= $2 AND start_at_ms < $3
		AND id > $4 AND state <> 'reversed' ORDER BY id LIMIT $5`, employerID, fromMS, untilMS, after,
		limit)
}

func unfundedOf(ctx context.Context, r db.Reader, employerID string, limit int) ([]Line, error) {
	return scanLines(ctx, r, `employer_id = $1 AND unfunded_fen > 0 ORDER BY id LIMIT $2`,
		employerID, limit)
}

// stuckLines gives the lines that the bank has refused too often, oldest first.
func stuckLines(ctx context.Context, r db.Reader, limit int) ([]Line, error) {
	return scanLines(ctx, r, `state = 'failed' AND next_at_ms = $1 ORDER BY id LIMIT $2`,
		clock.MS(never), limit)
}

// owedByEmployer and byWorker add up what is unpaid and what is paid.
func owedByEmployer(ctx context.Context, r db.Reader, id string) (owed money.Fen, err error) {
	err = db.Row(ctx, r, []any{&owed}, `SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT)
		FROM wage_lines WHERE employer_id = $1 AND paid_at_ms = 0 AND state <> 'reversed'`, id)
	return owed, err
}

func byWorker(ctx context.Context, r db.Reader, id string) (unpaid, paid money.Fen, err error) {
	err = db.Row(ctx, r, []any{&unpaid, &paid}, `SELECT
		CAST(COALESCE(SUM(CASE WHEN paid_at_ms = 0 THEN amount_fen ELSE 0 END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN paid_at_ms = 0 THEN 0 ELSE amount_fen END), 0) AS BIGINT)
		FROM wage_lines WHERE worker_id = $1 AND state <> 'reversed'`, id)
	return unpaid, paid, err
}

// dueLines lists ids outside a deed; the deed looks again. The state stands in the text, because
// SQLite finds the partial index by it.
func dueLines(
	ctx context.Context, r db.Reader, s State, now time.Time, limit int,
) ([]string, error) {
	where := "state = '" + string(s) + "'"
	if s == Confirmed {
		where += " AND unfunded_fen = 0" // such a line waits for money: unfundedDue
	}
	return db.List[string](ctx, r, `SELECT id FROM wage_lines WHERE `+where+`
		AND next_at_ms <= $1 ORDER BY next_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

// dueToWarn lists unpaid lines past their time that have no warning.
func dueToWarn(ctx context.Context, r db.Reader, now time.Time, limit int) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM wage_lines WHERE warn_at_ms <= $1
		AND state <> 'paid' AND state <> 'reversed'
		AND NOT EXISTS (SELECT 1 FROM wage_warnings w WHERE w.line_id = wage_lines.id)
		ORDER BY warn_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

// employersInArrears lists employers with unfunded lines, in order of id.
func employersInArrears(
	ctx context.Context, r db.Reader, after string, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT DISTINCT employer_id FROM wage_lines
		WHERE unfunded_fen > 0 AND employer_id > $1 ORDER BY employer_id LIMIT $2`, after, limit)
}

// unfundedAmong gives those of the employers that have unfunded lines, in order of id.
func unfundedAmong(ctx context.Context, r db.Reader, employerIDs []string) ([]string, error) {
	in, args := db.InList(employerIDs)
	return db.List[string](ctx, r, `SELECT DISTINCT employer_id FROM wage_lines
		WHERE unfunded_fen > 0 AND employer_id IN (`+in+`) ORDER BY employer_id`, args...)
}

// missing is what an employer's confirmed lines wait for.
type missing struct {
	EmployerID string
	Fen        money.Fen
}

// unfundedDue adds up, by employer, confirmed lines without money whose employer has had its time.
func unfundedDue(
	ctx context.Context, r db.Reader, now time.Time, limit int,
) ([]missing, error) {
	var out []missing
	err := db.Each(ctx, r, `SELECT employer_id, CAST(SUM(unfunded_fen) AS BIGINT) FROM wage_lines
		WHERE unfunded_fen > 0 AND state = 'confirmed' AND next_at_ms <= $1
		GROUP BY employer_id ORDER BY employer_id LIMIT $2`, []any{clock.MS(now), limit},
		func(scan func(...any) error) error {
			var m missing
			err := scan(&m.EmployerID, &m.Fen)
			out = append(out, m)
			return err
		})
	return out, err
}

// confirm confirms lines that this deed has read as accrued or disputed. What is unfunded waits for
// money until the time at which the hours would have confirmed themselves. The state is not asked
// for again: PostgreSQL would look for it first, and walk all that wait.
func confirm(ctx context.Context, tx *db.Tx, ids []string, by string) error {
	in, args := db.InList(ids, clock.MS(tx.Now), by, clock.MS(never))
	_, err := tx.Exec(ctx, `UPDATE wage_lines SET state = 'confirmed', confirmed_at_ms = $1,
		confirmed_by = $2, next_at_ms = CASE WHEN unfunded_fen > 0 AND next_at_ms > $1
		AND next_at_ms < $3 THEN next_at_ms ELSE CAST($1 AS BIGINT) END WHERE id IN (`+in+`)`, args...)
	return err
}

// reverse marks a line that no payout has taken up.
func reverse(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE wage_lines SET state = 'reversed', unfunded_fen = 0
		WHERE id = $1 AND state IN ('accrued', 'confirmed', 'disputed', 'failed')`, id)
	if err == nil && n == 0 {
		err = fmt.Errorf("wage: line %s cannot be reversed", id)
	}
	return err
}

// settleArrears marks a line as funded; when it is confirmed, its payout is next.
func settleArrears(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE wage_lines SET unfunded_fen = 0,
		next_at_ms = CASE WHEN state = 'accrued' THEN next_at_ms ELSE $2 END WHERE id = $1`,
		id, clock.MS(tx.Now))
	return err
}

// instruct marks lines, read in this deed as confirmed or failed, that payouts have taken up.
func instruct(ctx context.Context, tx *db.Tx, ids []string) error {
	in, args := db.InList(ids)
	_, err := tx.Exec(ctx, `UPDATE wage_lines SET state = 'instructed' WHERE id IN (`+in+`)`, args...)
	return err
}

// settle writes how payouts ended: state, payout, paid_at, refusals, reason, next_at and returned
// of lines that are instructed, or paid where the money has come back.
func settle(ctx context.Context, tx *db.Tx, lines []Line, was []State) error {
	var rows []any
	for i, l := range lines {
		paidAt := int64(0)
		if l.State == Paid {
			paidAt = clock.MS(l.PaidAt)
		}
		if was[i] != Instructed && !(was[i] == Paid && l.Returned) {
			continue // counted below as one that was not
		}
		rows = append(rows, l.ID, string(l.State), l.PayoutID, paidAt, l.Refusals, l.Reason,
			clock.MS(l.NextAt), l.Returned, string(was[i]))
	}
	n, err := tx.ExecRows(ctx, `UPDATE wage_lines SET state = v.column2, payout_id = v.column3,
		paid_at_ms = v.column4, refusals = v.column5, reason = v.column6, next_at_ms = v.column7,
		returned = v.column8 FROM (VALUES `,
		"(?,?,?,CAST(? AS BIGINT),CAST(? AS BIGINT),?,CAST(? AS BIGINT),CAST(? AS BOOLEAN),?)",
		`) AS v WHERE wage_lines.id = v.column1 AND wage_lines.state = v.column9`, rows)
	if err == nil && int(n) != len(lines) {
		err = fmt.Errorf("wage: %d of %d settled lines were instructed", n, len(lines))
	}
	return err
}

// retry lets a refused line be paid again at once.
func retry(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE wage_lines SET refusals = 0, next_at_ms = $2
		WHERE id = $1 AND state = 'failed'`, id, clock.MS(tx.Now))
	return err
}

// retryOf lets all refused lines of a worker be paid again at once.
func retryOf(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `UPDATE wage_lines SET refusals = 0, next_at_ms = $2
		WHERE worker_id = $1 AND state = 'failed'`, workerID, clock.MS(tx.Now))
	return err
}

// accruedFen gives what all lines earned, net of reversals.
func accruedFen(ctx context.Context, r db.Reader) (fen money.Fen, err error) {
	err = db.Row(ctx, r, []any{&fen}, `SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT)
		FROM wage_lines WHERE state <> 'reversed'`)
	return fen, err
}

// punctuality counts lines due by then: all, in time, late, and late with a warning.
func punctuality(
	ctx context.Context, r db.Reader, until time.Time,
) (due, in, late, warned int64, err error) {
	err = db.Row(ctx, r, []any{&due, &in, &warned}, `SELECT COUNT(*),
		COUNT(CASE WHEN l.state = 'paid' AND l.paid_at_ms <= l.due_at_ms THEN 1 END),
		COUNT(CASE WHEN l.state <> 'paid' OR l.paid_at_ms > l.due_at_ms THEN w.line_id END)
		FROM wage_lines l LEFT JOIN wage_warnings w ON w.line_id = l.id
		WHERE l.due_at_ms <= $1 AND l.state <> 'reversed'`, clock.MS(until))
	return due, in, due - in, warned, err
}

// arrived counts lines by how their money came.
type arrived struct{ due, in24h, in24hOfWord, confirmed, paid, late, lateFen int64 }

// arrivals counts the lines due in [from, to).
func arrivals(ctx context.Context, r db.Reader, from, to time.Time) (c arrived, err error) {
	err = db.Row(ctx, r, []any{&c.due, &c.in24h, &c.in24hOfWord, &c.confirmed, &c.paid, &c.late,
		&c.lateFen}, `SELECT COUNT(*),
		COUNT(CASE WHEN state = 'paid' AND paid_at_ms - end_at_ms <= $3 THEN 1 END),
		COUNT(CASE WHEN state = 'paid' AND paid_at_ms - confirmed_at_ms <= $3 THEN 1 END),
		COUNT(CASE WHEN confirmed_at_ms > 0 THEN 1 END),
		COUNT(CASE WHEN state = 'paid' THEN 1 END),
		COUNT(CASE WHEN state <> 'paid' OR paid_at_ms > due_at_ms THEN 1 END),
		CAST(COALESCE(SUM(CASE WHEN state <> 'paid' OR paid_at_ms > due_at_ms
			THEN amount_fen END), 0) AS BIGINT)
		FROM wage_lines WHERE due_at_ms >= $1 AND due_at_ms < $2 AND state <> 'reversed'`,
		clock.MS(from), clock.MS(to), (24 * time.Hour).Milliseconds())
	return c, err
}

// arrivalOfRank gives the rank-th shortest time from clock-out to arrival among lines due in
// [from, to).
func arrivalOfRank(
	ctx context.Context, r db.Reader, from, to time.Time, rank int64,
) (ms int64, err error) {
	err = db.Row(ctx, r, []any{&ms}, `SELECT paid_at_ms - end_at_ms FROM wage_lines
		WHERE due_at_ms >= $1 AND due_at_ms < $2 AND state = 'paid'
		ORDER BY paid_at_ms - end_at_ms, id LIMIT 1 OFFSET $3`, clock.MS(from), clock.MS(to), rank-1)
	return ms, err
}

// waits are the oldest steps that are due, zero for none, and how many lines wait for a clerk.
type waits struct{ confirmMS, payMS, reissueMS, stuck int64 }

func waiting(ctx context.Context, r db.Reader) (w waits, err error) {
	err = db.Row(ctx, r, []any{&w.confirmMS, &w.payMS, &w.reissueMS, &w.stuck}, `SELECT
		COALESCE(MIN(CASE WHEN state = 'accrued' THEN next_at_ms END), 0),
		COALESCE(MIN(CASE WHEN state = 'confirmed' AND unfunded_fen = 0 THEN next_at_ms END), 0),
		COALESCE(MIN(CASE WHEN state = 'failed' THEN next_at_ms END), 0),
		COUNT(CASE WHEN state = 'failed' AND next_at_ms = $1 THEN 1 END)
		FROM wage_lines WHERE state = 'accrued' OR state = 'confirmed' OR state = 'failed'`,
		clock.MS(never))
	return w, err
}
