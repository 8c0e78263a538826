package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
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
	Pieces      int64     `json:"pieces,omitempty" minimum:"0" doc:"of piece work"`
	Reason      string    `json:"reason"                           maxLength:"200"`
}

// asker is the side that says that the recorded times are wrong; the other side answers.
type asker string

const (
	byWorker   asker = "worker"
	byEmployer asker = "employer"
)

// CorrectionView is a correction as both sides see it.
type CorrectionView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	WorkerName  string    `json:"worker_name,omitempty" doc:"in an employer's or a clerk's list"`
	EmployerID  string    `json:"employer_id"`
	AskedBy     asker     `json:"asked_by" doc:"worker or employer; the other side answers"`
	StartedAt   time.Time `json:"started_at"`
	EndedAt     time.Time `json:"ended_at"`
	Pieces      int64     `json:"pieces,omitempty"`
	WasStarted  time.Time `json:"was_started,omitzero" doc:"as the clock has it, in the same lists"`
	WasEnded    time.Time `json:"was_ended,omitzero"`
	Reason      string    `json:"reason"`
	State       string    `json:"state"             doc:"asked, granted, denied, or lapsed: the worker was silent and the pay stands"`
	AnswerBy    time.Time `json:"answer_by"`
	Answer      string    `json:"answer,omitempty"`
	LineID      string    `json:"line_id,omitempty"`

	DisputedLineID string `json:"disputed_line_id,omitempty" doc:"what waits for the worker's answer"`
}

// States of a correction.
const (
	asked   = "asked"
	granted = "granted"
	denied  = "denied"
	lapsed  = "lapsed"
)

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
			if err := s.mayAsk(job, sheet, "attendance.correction_window_min", tx.Now); err != nil {
				return CorrectionView{}, err
			}
			c, err := s.claim(job, sheet, in, byWorker, tx.Now)
			if err != nil {
				return CorrectionView{}, err
			}
			c.ID = tx.ID("cor")
			return c, insertCorrection(ctx, tx, c)
		}, db.Lane("worker", in.WorkerID))
}

// mayAsk refuses a correction after its window.
// Faults: attendance.correction_closed (conflict).
func (s *Service) mayAsk(job market.Job, sheet Sheet, window string, now time.Time) error {
	within, err := s.minutes(window, job)
	if err == nil && now.After(sheet.EndedAt.Add(within)) {
		err = fault.New(fault.Conflict, "attendance.correction_closed", "hours",
			int64(within/time.Hour)).OnField("placement_id")
	}
	return err
}

// claim checks other times, and pieces, and says until when they are to be answered.
func (s *Service) claim(
	job market.Job, sheet Sheet, in AskCorrection, by asker, now time.Time,
) (CorrectionView, error) {
	early, err := s.minutes("attendance.early_arrival_min", job)
	if err != nil {
		return CorrectionView{}, err
	}
	over, err := s.minutes("attendance.overrun_min_max", job)
	if err != nil {
		return CorrectionView{}, err
	}
	code := "attendance.correction_answer_min"
	if by == byEmployer { // a wage waits for the worker's answer, and the bank may take its time
		code = "attendance.proposal_answer_min"
	}
	answer, err := s.minutes(code, job)
	if err != nil {
		return CorrectionView{}, err
	}
	if in.Pieces == 0 {
		in.Pieces = sheet.Pieces
	}
	if err := s.checkPieces(job, in.Pieces); err != nil {
		return CorrectionView{}, err
	}
	b := bounds{job.StartsAt.Add(-early), job.EndsAt.Add(over), now}
	return CorrectionView{PlacementID: job.ID, WorkerID: job.WorkerID, EmployerID: job.EmployerID,
		AskedBy: by, StartedAt: in.StartedAt, EndedAt: in.EndedAt, Pieces: in.Pieces,
		Reason: in.Reason, State: asked, AnswerBy: now.Add(answer)}, b.check(in.StartedAt, in.EndedAt)
}

// endedTx reads work that has ended. Another worker's is not found, whatever state it is in.
func (s *Service) endedTx(
	ctx context.Context, tx *db.Tx, placementID, workerID string,
) (market.Job, Sheet, error) {
	job, err := s.jobFor(ctx, tx, placementID, workerID)
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
			c, err := getCorrection(ctx, tx, in.CorrectionID, byWorker, in.EmployerID)
			if err != nil {
				return c, err
			}
			if c.State != asked {
				return c, answered()
			}
			c.State, c.Answer = denied, in.Words
			if in.Grant {
				c.State = granted
				if c.LineID, err = s.correctTx(ctx, tx, c); err != nil {
					return c, err
				}
			}
			return c, answerCorrection(ctx, tx, c)
		}, wage.Lane(in.EmployerID))
}

// correctTx gives a placement other times and accrues anew. Gives the new line.
func (s *Service) correctTx(ctx context.Context, tx *db.Tx, c CorrectionView) (string, error) {
	job, sheet, err := s.endedTx(ctx, tx, c.PlacementID, c.WorkerID)
	if err != nil {
		return "", err
	}
	sheet, to, err := s.rewriteTx(ctx, tx, job, sheet, c)
	if err != nil {
		return "", err
	}
	if job.Settlement == market.Platform {
		if sheet.LineID, err = s.Wages.CorrectTx(ctx, tx, earned(job, sheet, to.ID)); err != nil {
			return "", err
		}
	}
	return sheet.LineID, s.correctedTx(ctx, tx, sheet, to)
}

// rewriteTx reverses the events on a sheet and writes those of the correction.
func (s *Service) rewriteTx(
	ctx context.Context, tx *db.Tx, job market.Job, sheet Sheet, c CorrectionView,
) (Sheet, Event, error) {
	from, to := s.event(ctx, tx, job, start, c.StartedAt, Corrected),
		s.event(ctx, tx, job, end, c.EndedAt, Corrected)
	undoStart, undoEnd := s.event(ctx, tx, job, reversal, tx.Now, Corrected),
		s.event(ctx, tx, job, reversal, tx.Now, Corrected)
	undoStart.Reverses, undoEnd.Reverses = sheet.StartID, sheet.EndID
	if err := insertEvents(ctx, tx, undoStart, undoEnd, from, to); err != nil {
		return sheet, to, err
	}
	sheet.StartID, sheet.EndID = from.ID, to.ID
	corrected, err := s.correctedSheet(sheet, job, c)
	return corrected, to, err
}

// correctedSheet is the sheet as a correction would have it.
func (s *Service) correctedSheet(
	sheet Sheet, job market.Job, c CorrectionView,
) (Sheet, error) {
	said := sheet.Early
	if said == "" {
		said = earlyOwn
	}
	sheet.StartedAt, sheet.EndedAt, sheet.Pieces = c.StartedAt, c.EndedAt, c.Pieces
	sheet.Forgotten = false
	return sheet, s.countMin(&sheet, job, said)
}

func (s *Service) correctedTx(ctx context.Context, tx *db.Tx, sheet Sheet, to Event) error {
	if err := changeSheet(ctx, tx, sheet); err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, CorrectionGranted{stamp(to), sheet.WorkedMin, sheet.LineID})
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
	if err != nil {
		return CorrectionList{}, err
	}
	return CorrectionList{list}, s.tellApart(ctx, list)
}

// tellApart writes into a list who asks and what the clock has, for whoever has to answer.
func (s *Service) tellApart(ctx context.Context, list []CorrectionView) error {
	for i, c := range list {
		w, err := s.People.GetWorkerTx(ctx, s.DB, c.WorkerID)
		if err != nil {
			return err
		}
		sheet, err := getSheet(ctx, s.DB, c.PlacementID)
		if err != nil {
			return err
		}
		list[i].WorkerName = w.Name
		list[i].WasStarted, list[i].WasEnded = sheet.StartedAt, sheet.EndedAt
	}
	return nil
}
