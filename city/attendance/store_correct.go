package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func insertCorrection(ctx context.Context, tx *db.Tx, c CorrectionView) error {
	n, err := tx.Exec(ctx, `INSERT INTO corrections(id, placement_id, worker_id, employer_id, asked_by,
		started_at_ms, ended_at_ms, pieces, reason, state, answer, disputed_line, asked_at_ms,
		answer_by_ms, answered_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13, 0) ON CONFLICT DO NOTHING`,
		c.ID, c.PlacementID, c.WorkerID, c.EmployerID, c.AskedBy, clock.MS(c.StartedAt),
		clock.MS(c.EndedAt), c.Pieces, c.Reason, c.State, c.DisputedLineID, clock.MS(tx.Now),
		clock.MS(c.AnswerBy))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "attendance.correction_open").OnField("placement_id")
	}
	return err
}

const correctionColumns = `id, placement_id, worker_id, employer_id, asked_by, started_at_ms,
	ended_at_ms, pieces, reason, state, answer, disputed_line, answer_by_ms`

func scanCorrection(scan func(...any) error) (CorrectionView, error) {
	var c CorrectionView
	var from, to, by int64
	err := scan(&c.ID, &c.PlacementID, &c.WorkerID, &c.EmployerID, &c.AskedBy, &from, &to, &c.Pieces,
		&c.Reason, &c.State, &c.Answer, &c.DisputedLineID, &by)
	c.StartedAt, c.EndedAt, c.AnswerBy = clock.At(from), clock.At(to), clock.At(by)
	return c, err
}

// getCorrection gives a correction that this side was asked for.
func getCorrection(
	ctx context.Context, r db.Reader, id string, by asker, ownerID string,
) (CorrectionView, error) {
	owner := "employer_id"
	if by == byEmployer {
		owner = "worker_id"
	}
	list, err := listCorrections(ctx, r, `id = $1 AND asked_by = $2 AND `+owner+` = $3`, id,
		string(by), ownerID)
	if err == nil && len(list) == 0 {
		return CorrectionView{}, fault.New(fault.NotFound, "attendance.correction_not_found").
			OnField("correction_id")
	}
	if err != nil {
		return CorrectionView{}, err
	}
	return list[0], nil
}

func openCorrections(
	ctx context.Context, r db.Reader, employerID string,
) ([]CorrectionView, error) {
	return listCorrections(ctx, r, `employer_id = $1 AND asked_by = 'worker' AND state = 'asked'
		ORDER BY asked_at_ms, id LIMIT 200`, employerID)
}

// openProposals lists what the worker's employers say, and wait for the worker's word on.
func openProposals(
	ctx context.Context, r db.Reader, workerID string,
) ([]CorrectionView, error) {
	return listCorrections(ctx, r, `worker_id = $1 AND asked_by = 'employer' AND state = 'asked'
		ORDER BY asked_at_ms, id LIMIT 200`, workerID)
}

func correctionsOf(
	ctx context.Context, r db.Reader, placementID string,
) ([]CorrectionView, error) {
	return listCorrections(ctx, r, `placement_id = $1 ORDER BY asked_at_ms DESC, id LIMIT 20`,
		placementID)
}

// overdueCorrections lists requests of one side that were not answered in time, the oldest first.
func overdueCorrections(
	ctx context.Context, r db.Reader, by asker, now time.Time, limit int,
) ([]CorrectionView, error) {
	return listCorrections(ctx, r, `state = 'asked' AND asked_by = $1 AND answer_by_ms <= $2
		ORDER BY answer_by_ms, id LIMIT $3`, string(by), clock.MS(now), limit)
}

func listCorrections(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]CorrectionView, error) {
	list := []CorrectionView{}
	err := db.Each(ctx, r, `SELECT `+correctionColumns+` FROM corrections WHERE `+where, args,
		func(scan func(...any) error) error {
			c, err := scanCorrection(scan)
			list = append(list, c)
			return err
		})
	return list, err
}

// answerCorrection stores the answer to an open one; a lost race is attendance.correction_answered.
func answerCorrection(ctx context.Context, tx *db.Tx, c CorrectionView) error {
	n, err := tx.Exec(ctx, `UPDATE corrections SET state = $1, answer = $2, answered_ms = $3
		WHERE id = $4 AND state = 'asked'`, c.State, c.Answer, clock.MS(tx.Now), c.ID)
	if err == nil && n == 0 {
		return answered()
	}
	return err
}

func answered() error {
	return fault.New(fault.Conflict, "attendance.correction_answered").OnField("correction_id")
}
