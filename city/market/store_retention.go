package market

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func noRetention() error {
	return fault.New(fault.NotFound, "market.retention_not_found").OnField("check_id")
}

func insertEmployment(
	ctx context.Context, tx *db.Tx, job Job, day int64, due time.Time,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO employments(placement_id, worker_id, employer_id,
		started_at_ms, state, next_day, next_due_ms) VALUES ($1, $2, $3, $4, 'active', $5, $6)`,
		job.ID, job.WorkerID, job.EmployerID, clock.MS(tx.Now), day, clock.MS(due))
	return err
}

// employment is work by the month whose next check is due.
type employment struct {
	PlacementID, WorkerID, EmployerID string
	StartedAt, NextDueAt              time.Time
	NextDay                           int64
	Left                              bool
}

func dueEmployments(
	ctx context.Context, r db.Reader, now time.Time, limit int,
) ([]employment, error) {
	var list []employment
	err := db.Each(ctx, r, `SELECT placement_id, worker_id, employer_id, started_at_ms, next_day,
		next_due_ms, state FROM employments WHERE next_day > 0 AND next_due_ms <= $1
		ORDER BY next_due_ms, placement_id LIMIT $2`, []any{clock.MS(now), limit},
		func(scan func(...any) error) error {
			var e employment
			var startedMS, dueMS int64
			var state string
			err := scan(&e.PlacementID, &e.WorkerID, &e.EmployerID, &startedMS, &e.NextDay, &dueMS, &state)
			e.StartedAt, e.NextDueAt = clock.At(startedMS), clock.At(dueMS)
			e.Left = state == string(Left)
			list = append(list, e)
			return err
		})
	return list, err
}

// insertRetention writes a check and when the next one is due; false when it was there already.
func insertRetention(
	ctx context.Context, tx *db.Tx, c RetentionView, next int64, nextDue time.Time,
) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO retention_checks(id, placement_id, worker_id, employer_id, day,
		due_at_ms, closes_at_ms, closed, verdict) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (placement_id, day) DO NOTHING`, c.ID, c.PlacementID, c.WorkerID, c.EmployerID, c.Day,
		clock.MS(c.DueAt), clock.MS(c.ClosesAt), c.Closed, string(c.Verdict))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE employments SET next_day = $1, next_due_ms = $2
		WHERE placement_id = $3`, next, msOrZero(nextDue), c.PlacementID)
	return true, err
}

func listRetention(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]RetentionView, error) {
	list := []RetentionView{}
	err := db.Each(ctx, r, `SELECT id, placement_id, worker_id, employer_id, day, due_at_ms,
		closes_at_ms, closed, verdict FROM retention_checks WHERE `+where, args,
		func(scan func(...any) error) error {
			var v RetentionView
			var due, closes int64
			err := scan(&v.ID, &v.PlacementID, &v.WorkerID, &v.EmployerID, &v.Day, &due, &closes,
				&v.Closed, (*string)(&v.Verdict))
			v.DueAt, v.ClosesAt = clock.At(due), clock.At(closes)
			list = append(list, v)
			return err
		})
	return list, err
}

func getRetention(ctx context.Context, r db.Reader, id string) (RetentionView, error) {
	list, err := listRetention(ctx, r, `id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noRetention()
	}
	if err != nil {
		return RetentionView{}, err
	}
	return list[0], nil
}

// retentionOf says only what is asked, so that an index answers it.
func retentionOf(in RetentionOf) (string, []any) {
	where, args := `due_at_ms > 0`, []any{listMax}
	for _, c := range [][2]string{{"worker_id", in.WorkerID}, {"employer_id", in.EmployerID}} {
		if c[1] != "" {
			args = append(args, c[1])
			where += fmt.Sprintf(" AND %s = $%d", c[0], len(args))
		}
	}
	if in.Open {
		where += ` AND NOT closed`
	}
	return where + ` ORDER BY due_at_ms, id LIMIT $1`, args
}

func findRetention(ctx context.Context, r db.Reader, in RetentionOf) ([]RetentionView, error) {
	where, args := retentionOf(in)
	return listRetention(ctx, r, where, args...)
}

func overRetention(
	ctx context.Context, r db.Reader, now time.Time, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM retention_checks WHERE NOT closed
		AND closes_at_ms <= $1 ORDER BY closes_at_ms, id LIMIT $2`, clock.MS(now), limit)
}

func updateRetention(ctx context.Context, tx *db.Tx, c RetentionView) error {
	_, err := tx.Exec(ctx, `UPDATE retention_checks SET verdict = $1, closed = $2 WHERE id = $3`,
		string(c.Verdict), c.Closed, c.ID)
	return err
}

// insertAnswer writes one side's answer and gives what all sides have said.
func insertAnswer(
	ctx context.Context, tx *db.Tx, in AnswerRetention, side, accountID string,
) (map[string]bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO retention_answers(check_id, side, there, reason, account_id,
		at_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		in.CheckID, side, in.There, in.Reason, accountID, clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "market.retention_answered").OnField("check_id")
	}
	if err != nil {
		return nil, err
	}
	said := map[string]bool{}
	return said, db.Each(ctx, tx, `SELECT side, there FROM retention_answers WHERE check_id = $1
		ORDER BY side`, []any{in.CheckID}, func(scan func(...any) error) error {
		var who string
		var there bool
		err := scan(&who, &there)
		said[who] = there
		return err
	})
}

func leaveEmployment(ctx context.Context, tx *db.Tx, placementID string) error {
	_, err := tx.Exec(ctx, `UPDATE employments SET state = 'left' WHERE placement_id = $1`,
		placementID)
	return err
}
