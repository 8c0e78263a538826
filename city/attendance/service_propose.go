package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// Propose is an employer saying that the recorded times or pieces are wrong.
type Propose struct {
	deed.Keyed
	PlacementID string    `json:"placement_id" path:"placement_id"`
	EmployerID  string    `json:"employer_id"`
	StartedAt   time.Time `json:"started_at"`
	EndedAt     time.Time `json:"ended_at"`
	Pieces      int64     `json:"pieces,omitempty" minimum:"0" doc:"of piece work"`
	Reason      string    `json:"reason" minLength:"1" maxLength:"200"`
}

// ProposeTimes asks the worker to agree to other times. Where they pay as much or more they hold at
// once, by the employer's word. Where they pay less, only the difference waits for the worker: the
// rest is paid within its 24 hours. The worker's silence never cuts pay.
// Faults: market.placement_not_found; attendance.not_ended, attendance.correction_open,
// attendance.correction_closed, wage.below_paid (conflict); attendance.claim_times, _future,
// _early, _late, attendance.pieces_missing, _many (invalid).
func (s *Service) ProposeTimes(ctx context.Context, in Propose) (CorrectionView, error) {
	if err := people.Must(ctx, people.PermAnswerCorrection, in.EmployerID); err != nil {
		return CorrectionView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "propose_times"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CorrectionView, error) {
			job, err := s.jobOf(ctx, tx, in.PlacementID, in.EmployerID)
			if err != nil {
				return CorrectionView{}, err
			}
			job, sheet, err := s.endedTx(ctx, tx, job.ID, job.WorkerID)
			if err != nil {
				return CorrectionView{}, err
			}
			return s.proposeTx(ctx, tx, job, sheet, in)
		}, wage.Lane(in.EmployerID))
}

func (s *Service) proposeTx(
	ctx context.Context, tx *db.Tx, job market.Job, sheet Sheet, in Propose,
) (CorrectionView, error) {
	err := s.mayAsk(job, sheet, "attendance.employer_correction_window_min", tx.Now)
	if err != nil {
		return CorrectionView{}, err
	}
	c, err := s.claim(job, sheet, AskCorrection{StartedAt: in.StartedAt, EndedAt: in.EndedAt,
		Pieces: in.Pieces, Reason: in.Reason}, byEmployer, tx.Now)
	if err != nil {
		return c, err
	}
	c.ID = tx.ID("cor")
	if job.Settlement == market.Platform {
		fewer, err := s.correctedSheet(sheet, job, c)
		if err != nil {
			return c, err
		}
		split, err := s.Wages.DisputeTx(ctx, tx, earned(job, fewer, c.ID))
		if err != nil {
			return c, err
		}
		c.LineID, c.DisputedLineID = split.UndisputedID, split.DisputedID
	}
	if c.DisputedLineID == "" && job.Settlement == market.Platform {
		c.State = granted // nothing is taken: the employer's word is enough
		if c.LineID, err = s.correctTx(ctx, tx, c); err != nil {
			return c, err
		}
		return c, insertCorrection(ctx, tx, c)
	}
	if err := insertCorrection(ctx, tx, c); err != nil {
		return c, err
	}
	return c, s.tellProposedTx(ctx, tx, job, c)
}

func (s *Service) tellProposedTx(
	ctx context.Context, tx *db.Tx, job market.Job, c CorrectionView,
) error {
	err := s.tellTx(ctx, tx, job, notify.Message{Template: "hours_disputed",
		Key: "hours_disputed/" + c.ID})
	if err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, HoursProposed{Stamp{c.ID, job.ID, job.WorkerID, tx.Now, Corrected},
		c.ID, c.DisputedLineID})
}

// tellTx writes to the worker of a placement; the day of the shift is among the message's args.
func (s *Service) tellTx(
	ctx context.Context, tx *db.Tx, job market.Job, m notify.Message,
) error {
	worker, err := s.People.GetWorkerTx(ctx, tx, job.WorkerID)
	if err != nil {
		return err
	}
	if m.Args == nil {
		m.Args = map[string]string{}
	}
	m.AccountID, m.Args["day"] = worker.AccountID, string(civil.DateOf(job.StartsAt))
	return s.Notify.PutTx(ctx, tx, m)
}

// AnswerProposed is the worker's answer to other times.
type AnswerProposed struct {
	deed.Keyed
	CorrectionID string `json:"correction_id"   path:"correction_id"`
	WorkerID     string `json:"worker_id"`
	Grant        bool   `json:"grant"`
	Words        string `json:"words,omitempty"                      maxLength:"200"`
}

// AnswerProposal agrees to other times or denies them. Agreed: the times change and the disputed
// line is reversed. Denied: the recorded times stand and the disputed line is paid.
// Faults: attendance.correction_not_found; attendance.correction_answered (conflict).
func (s *Service) AnswerProposal(
	ctx context.Context, in AnswerProposed,
) (CorrectionView, error) {
	if err := people.Must(ctx, people.PermAskCorrection, in.WorkerID); err != nil {
		return CorrectionView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_proposal"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CorrectionView, error) {
			c, err := getCorrection(ctx, tx, in.CorrectionID, byEmployer, in.WorkerID)
			if err != nil {
				return c, err
			}
			if c.State != asked {
				return c, answered()
			}
			c.Answer, c.State = in.Words, denied
			if in.Grant {
				c.State = granted
			}
			return c, s.settleTx(ctx, tx, c)
		}, db.Lane("worker", in.WorkerID))
}

// settleTx ends a proposal as its state says.
func (s *Service) settleTx(ctx context.Context, tx *db.Tx, c CorrectionView) error {
	if err := answerCorrection(ctx, tx, c); err != nil {
		return err
	}
	by := people.ActorOf(ctx).AccountID
	switch {
	case c.State != granted && c.DisputedLineID == "":
		return nil
	case c.State != granted:
		return s.Wages.UpholdTx(ctx, tx, c.DisputedLineID, by)
	}
	job, sheet, err := s.endedTx(ctx, tx, c.PlacementID, c.WorkerID)
	if err != nil {
		return err
	}
	sheet, to, err := s.rewriteTx(ctx, tx, job, sheet, c)
	if err != nil {
		return err
	}
	if c.DisputedLineID != "" {
		if err := s.Wages.ConcedeTx(ctx, tx, c.DisputedLineID, to.ID); err != nil {
			return err
		}
	}
	return s.correctedTx(ctx, tx, sheet, to)
}

// lapseProposals ends proposals to which the worker was silent: the recorded times stand.
func (s *Service) lapseProposals(ctx context.Context, now time.Time) (int, error) {
	ctx = people.AsSystem(ctx, "attendance.lapse")
	list, err := overdueCorrections(ctx, s.DB, byEmployer, now, sweepMax)
	if err != nil {
		return 0, err
	}
	for _, c := range list {
		c.State = lapsed
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, s.settleTx(ctx, tx, c)
		})
		if err != nil && !fault.Is(err, "attendance.correction_answered") { // the worker was faster
			return 0, err
		}
	}
	return len(list), nil
}

// Proposals asks for what a worker's employers say of the times.
type Proposals struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// FindProposals lists the corrections that wait for the worker's answer.
func (s *Service) FindProposals(ctx context.Context, in Proposals) (CorrectionList, error) {
	if err := people.Must(ctx, people.PermAskCorrection, in.WorkerID); err != nil {
		return CorrectionList{}, err
	}
	list, err := openProposals(ctx, s.DB, in.WorkerID)
	return CorrectionList{list}, err
}

// OverdueCorrections asks for what employers did not answer in time.
type OverdueCorrections struct{}

// FindOverdueCorrections lists workers' requests that their employers did not answer in time, for a
// clerk, who may answer in the employer's place; at most sweepMax, the oldest first.
func (s *Service) FindOverdueCorrections(
	ctx context.Context, _ OverdueCorrections,
) (CorrectionList, error) {
	if err := people.Must(ctx, people.PermAnswerCorrection, ""); err != nil {
		return CorrectionList{}, err
	}
	list, err := overdueCorrections(ctx, s.DB, byWorker, s.DB.Now(), sweepMax)
	if err != nil {
		return CorrectionList{}, err
	}
	return CorrectionList{list}, s.tellApart(ctx, list)
}
