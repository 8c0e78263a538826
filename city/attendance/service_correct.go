package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// AskCorrection is a worker saying that the recorded times are wrong.
type AskCorrection struct {
	deed.Keyed
	PlacementID string    `json:"placement_id" path:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	StartedAt   time.Time `json:"started_at"`
	EndedAt     time.Time `json:"ended_at"`
	Reason      string    `json:"reason"                           maxLength:"200"`
}

// CorrectionView is a correction as both sides see it.
type CorrectionView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	StartedAt   time.Time `json:"started_at"`
	EndedAt     time.Time `json:"ended_at"`
	Reason      string    `json:"reason"`
	State       string    `json:"state"             doc:"asked, granted or denied"`
	Answer      string    `json:"answer,omitempty"`
	LineID      string    `json:"line_id,omitempty"`
}

// AskCorrection asks the employer for other times. One request at a time for a placement.
// Faults: market.placement_not_found; attendance.not_ended, attendance.correction_open,
// attendance.correction_closed (conflict); attendance.claim_times, _future, _early, _late
// (invalid).
func (s *Service) AskCorrection(ctx context.Context, in AskCorrection) (CorrectionView, error) {
	if err := people.Must(ctx, people.PermAskCorrection, in.WorkerID); err != nil {
		return CorrectionView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "ask_correction"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CorrectionView, error) {
			job, sheet, err := s.endedTx(ctx, tx, in.PlacementID, in.WorkerID)
			if err != nil {
				return CorrectionView{}, err
			}
			if err := s.checkAsked(tx, in, job, sheet); err != nil {
				return CorrectionView{}, err
			}
			c := CorrectionView{ID: tx.ID("cor"), PlacementID: job.ID, WorkerID: job.WorkerID,
				StartedAt: in.StartedAt, EndedAt: in.EndedAt, Reason: in.Reason, State: "asked"}
			return c, insertCorrection(ctx, tx, c, job.EmployerID)
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) checkAsked(
	tx *db.Tx, in AskCorrection, job market.Job, sheet Sheet,
) error {
	day := civil.DateOf(sheet.EndedAt)
	window, err := s.Policy.At("attendance.correction_window_min", job.Region, day)
	if err != nil {
		return err
	}
	early, err := s.Policy.At("attendance.early_arrival_min", job.Region, day)
	if err != nil {
		return err
	}
	if tx.Now.After(sheet.EndedAt.Add(time.Duration(window.Value) * time.Minute)) {
		return fault.New(fault.Conflict, "attendance.correction_closed", "hours", window.Value/60).
			OnField("placement_id")
	}
	earliest := job.StartsAt.Add(-time.Duration(early.Value) * time.Minute)
	return checkClaim(in.StartedAt, in.EndedAt, earliest, job.EndsAt, tx.Now)
}

// endedTx reads work that has ended. Another worker's is not found, whatever state it is in.
func (s *Service) endedTx(
	ctx context.Context, tx *db.Tx, placementID, workerID string,
) (market.Job, Sheet, error) {
	job, err := s.Market.JobTx(ctx, tx, placementID)
	if err == nil && job.WorkerID != workerID {
		err = fault.New(fault.NotFound, "market.placement_not_found").OnField("placement_id")
	}
	if err != nil {
		return job, Sheet{}, err
	}
	sheet, err := getSheet(ctx, tx, placementID)
	if err == nil && sheet.State != ended {
		err = fault.New(fault.Conflict, "attendance.not_ended").OnField("placement_id")
	}
	return job, sheet, err
}

// Answer is the employer's answer to a correction.
type Answer struct {
	deed.Keyed
	CorrectionID string `json:"correction_id"   path:"correction_id"`
	EmployerID   string `json:"employer_id"`
	Grant        bool   `json:"grant"`
	Words        string `json:"words,omitempty"                      maxLength:"200" doc:"needed for a denial"`
}

// AnswerCorrection grants or denies. Granted: the old events are reversed, new ones written, the
// accrual reversed and made anew, in one transaction.
// Faults: attendance.correction_not_found; attendance.correction_answered, wage.below_paid
// (conflict); attendance.words_missing (invalid).
func (s *Service) AnswerCorrection(ctx context.Context, in Answer) (CorrectionView, error) {
	if err := people.Must(ctx, people.PermAnswerCorrection, in.EmployerID); err != nil {
		return CorrectionView{}, err
	}
	if !in.Grant && in.Words == "" {
		return CorrectionView{}, fault.New(fault.Invalid, "attendance.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_correction"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CorrectionView, error) {
			c, err := getCorrection(ctx, tx, in.CorrectionID, in.EmployerID)
			if err != nil {
				return c, err
			}
			if c.State != "asked" {
				return c, fault.New(fault.Conflict, "attendance.correction_answered").OnField("correction_id")
			}
			c.State, c.Answer = "denied", in.Words
			if in.Grant {
				c.State = "granted"
				if c.LineID, err = s.correctTx(ctx, tx, c); err != nil {
					return c, err
				}
			}
			return c, answerCorrection(ctx, tx, c)
		}, wage.Lane(in.EmployerID))
}

func (s *Service) correctTx(ctx context.Context, tx *db.Tx, c CorrectionView) (string, error) {
	job, sheet, err := s.endedTx(ctx, tx, c.PlacementID, c.WorkerID)
	if err != nil {
		return "", err
	}
	from, to := s.event(ctx, tx, job, start, c.StartedAt, Corrected),
		s.event(ctx, tx, job, end, c.EndedAt, Corrected)
	undoStart, undoEnd := s.event(ctx, tx, job, reversal, tx.Now, Corrected),
		s.event(ctx, tx, job, reversal, tx.Now, Corrected)
	undoStart.Reverses, undoEnd.Reverses = sheet.StartID, sheet.EndID
	if err := insertEvents(ctx, tx, undoStart, undoEnd, from, to); err != nil {
		return "", err
	}
	sheet.StartID, sheet.StartedAt, sheet.EndID, sheet.EndedAt = from.ID, c.StartedAt, to.ID, c.EndedAt
	sheet.Forgotten = false
	sheet.WorkedMin = paidMin(c.StartedAt, c.EndedAt, job.StartsAt, job.EndsAt, job.BreakMin)
	if job.Settlement == market.Platform {
		if sheet.LineID, err = s.Wages.CorrectTx(ctx, tx, earned(job, sheet, to.ID)); err != nil {
			return "", err
		}
	}
	if err := changeSheet(ctx, tx, sheet); err != nil {
		return "", err
	}
	return sheet.LineID, feed.PutTx(
		ctx,
		tx,
		CorrectionGranted{stamp(to), sheet.WorkedMin, sheet.LineID},
	)
}

// Corrections asks for an employer's open requests.
type Corrections struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// CorrectionList is an employer's open requests, oldest first.
type CorrectionList struct {
	Corrections []CorrectionView `json:"corrections"`
}

// FindCorrections lists the requests that wait for the employer's answer.
func (s *Service) FindCorrections(ctx context.Context, in Corrections) (CorrectionList, error) {
	if err := people.Must(ctx, people.PermAnswerCorrection, in.EmployerID); err != nil {
		return CorrectionList{}, err
	}
	list, err := openCorrections(ctx, s.DB, in.EmployerID)
	return CorrectionList{list}, err
}
