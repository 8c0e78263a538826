package credit

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// sidesOf gives who works for whom on a placement, and whether it is done.
func sidesOf(
	ctx context.Context, r db.Reader, placementID string,
) (workerID, employerID string, done bool, err error) {
	var state string
	err = db.Row(ctx, r, []any{&workerID, &employerID, &state},
		`SELECT worker_id, employer_id, state FROM placements WHERE id = $1`, placementID)
	if errors.Is(err, db.ErrNone) {
		err = noPlacement()
	}
	return workerID, employerID, state == "done", err
}

func insertFeedback(ctx context.Context, tx *db.Tx, f FeedbackView) error {
	n, err := tx.Exec(ctx, `INSERT INTO credit_feedback(id, placement_id, side, worker_id, employer_id,
		paid, safe, treated, thanks, at_ms, state, appeal, answer, reviewer_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '')
		ON CONFLICT (placement_id, side) DO NOTHING`, f.ID, f.PlacementID, f.Side, f.workerID,
		f.EmployerID, f.Paid, f.Safe, f.Treated, f.Thanks, clock.MS(f.At), f.State)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "credit.feedback_given").OnField("placement_id")
	}
	return err
}

func listFeedback(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]FeedbackView, error) {
	list := []FeedbackView{}
	err := db.Each(ctx, r, `SELECT id, placement_id, side, worker_id, employer_id, paid, safe, treated,
		thanks, at_ms, state, appeal, answer FROM credit_feedback WHERE `+where, args,
		func(scan func(...any) error) error {
			var f FeedbackView
			var at int64
			err := scan(&f.ID, &f.PlacementID, &f.Side, &f.workerID, &f.EmployerID, &f.Paid, &f.Safe,
				&f.Treated, &f.Thanks, &at, &f.State, &f.Appeal, &f.Answer)
			f.At = clock.At(at)
			list = append(list, f)
			return err
		})
	return list, err
}

func appealedFeedback(ctx context.Context, r db.Reader) ([]FeedbackView, error) {
	return listFeedback(ctx, r, `state = 'appealed' ORDER BY at_ms, id LIMIT $1`, listMax)
}

func feedbackOn(ctx context.Context, r db.Reader, employerID string) ([]FeedbackView, error) {
	return listFeedback(ctx, r, `employer_id = $1 AND side = 'worker'
		ORDER BY at_ms DESC, id DESC LIMIT $2`, employerID, listMax)
}

// feedbackMove is a step of an appeal against a feedback. employerID is "" for staff.
type feedbackMove struct {
	id, from, to, appeal, answer, reviewerID, employerID string
}

// moveFeedback takes the step, guarded by the state it comes from.
func moveFeedback(ctx context.Context, tx *db.Tx, m feedbackMove) (FeedbackView, error) {
	n, err := tx.Exec(ctx, `UPDATE credit_feedback SET state = $1,
		appeal = CASE WHEN appeal = '' THEN $2 ELSE appeal END, answer = $3, reviewer_id = $4
		WHERE id = $5 AND side = 'worker' AND state = $6 AND ($7 = '' OR employer_id = $7)`,
		m.to, m.appeal, m.answer, m.reviewerID, m.id, m.from, m.employerID)
	if err != nil {
		return FeedbackView{}, err
	}
	list, err := listFeedback(ctx, tx, `id = $1 AND side = 'worker'`, m.id)
	switch {
	case err != nil:
		return FeedbackView{}, err
	case len(list) == 0, m.employerID != "" && list[0].EmployerID != m.employerID:
		return FeedbackView{}, fault.New(fault.NotFound, "credit.feedback_not_found").
			OnField("feedback_id")
	case n == 0:
		return FeedbackView{}, fault.New(fault.Conflict, "credit.feedback_state", "state",
			list[0].State).OnField("feedback_id")
	}
	return list[0], nil
}

// voicesOn counts what workers said of an employer and was not struck.
func voicesOn(ctx context.Context, r db.Reader, employerID string) (Voices, error) {
	var v Voices
	err := db.Row(ctx, r, []any{&v.All, &v.Paid, &v.Safe, &v.Treated}, `SELECT COUNT(*),
		COUNT(CASE WHEN paid = 'yes' THEN 1 END), COUNT(CASE WHEN safe = 'yes' THEN 1 END),
		COUNT(CASE WHEN treated = 'yes' THEN 1 END) FROM credit_feedback
		WHERE employer_id = $1 AND side = 'worker' AND state <> 'struck'`, employerID)
	return v, err
}

// recordOf counts a worker's good work; when the worker came stands on the time sheet.
func recordOf(ctx context.Context, r db.Reader, workerID string) (Record, error) {
	v := Record{WorkerID: workerID, Thanks: map[string]int64{}}
	var hidden int64
	err := db.Row(ctx, r, []any{&v.Done, &v.OnTime, &hidden}, `SELECT COUNT(*),
		COUNT(CASE WHEN t.arrived_at_ms > 0 AND t.arrived_at_ms <= p.starts_at_ms THEN 1 END),
		(SELECT COUNT(*) FROM credit_hidden WHERE worker_id = $1)
		FROM placements p LEFT JOIN timesheets t ON t.placement_id = p.id
		WHERE p.worker_id = $1 AND p.state = 'done'`, workerID)
	if err != nil {
		return v, err
	}
	v.Hidden = hidden > 0
	return v, db.Each(ctx, r, `SELECT thanks, COUNT(*) FROM credit_feedback WHERE worker_id = $1
		AND side = 'employer' GROUP BY thanks ORDER BY thanks`, []any{workerID},
		func(scan func(...any) error) error {
			var thanks string
			var n int64
			err := scan(&thanks, &n)
			v.Thanks[thanks] = n
			return err
		})
}

func setHidden(ctx context.Context, tx *db.Tx, workerID string, hidden bool) error {
	q := `DELETE FROM credit_hidden WHERE worker_id = $1`
	args := []any{workerID}
	if hidden {
		q = `INSERT INTO credit_hidden(worker_id, at_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING`
		args = append(args, clock.MS(tx.Now))
	}
	_, err := tx.Exec(ctx, q, args...)
	return err
}
