package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// outcome is what became of a worker who came and was not admitted.
type outcome struct {
	event      Event // the refusal, with its reason
	employerID string
	blame      blame
	words      string
	waitingMin int64
	payFen     money.Fen
	lineID     string
}

// TurnAway is a supervisor sending a worker away who has come.
type TurnAway struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	EmployerID  string `json:"employer_id"`
	Reason      string `json:"reason" enum:"no_work,overstaffed,place_closed,unfit" doc:"unfit is the worker's own fault and needs words"`
	Words       string `json:"words,omitempty" maxLength:"200"`
}

// TurnedAwayView is the outcome as both sides see it.
type TurnedAwayView struct {
	PlacementID string    `json:"placement_id"`
	Reason      string    `json:"reason"`
	Blame       string    `json:"blame" doc:"worker, employer, insurer or weather"`
	WaitingMin  int64     `json:"waiting_min" doc:"that are paid"`
	PayFen      money.Fen `json:"pay_fen"`
	LineID      string    `json:"line_id,omitempty"`
}

// TurnAway ends the placement of a worker who came and is not admitted. Without the worker's fault
// waiting pay is accrued from the placement's hold, and the employer's credit has a fact more. The
// supervisor's word that somebody came is an arrival.
// Faults: market.placement_not_found; market.placement_state (conflict); attendance.words_missing
// (invalid); attendance.too_early, attendance.too_late (conflict).
// Source: DESIGN 2; 工资支付暂行规定 12 (idle without the worker's fault); numbers are policy's.
func (s *Service) TurnAway(ctx context.Context, in TurnAway) (TurnedAwayView, error) {
	if err := people.Must(ctx, people.PermSuperviseClock, in.EmployerID); err != nil {
		return TurnedAwayView{}, err
	}
	if in.Reason == unfit && in.Words == "" {
		return TurnedAwayView{}, fault.New(fault.Invalid, "attendance.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "turn_away"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (TurnedAwayView, error) {
			job, err := s.jobOf(ctx, tx, in.PlacementID, in.EmployerID)
			if err != nil {
				return TurnedAwayView{}, err
			}
			if err := s.mayEnter(job, tx.Now); err != nil {
				return TurnedAwayView{}, err
			}
			if err := s.comeTx(ctx, tx, job, BySupervisor); err != nil {
				return TurnedAwayView{}, err
			}
			return s.turnAwayTx(ctx, tx, job, in.Reason, in.Words, BySupervisor)
		}, wage.Lane(in.EmployerID))
}

// comeTx records an arrival, if none is on record.
func (s *Service) comeTx(
	ctx context.Context, tx *db.Tx, job market.Job, means Means,
) error {
	err := s.arrivedTx(ctx, tx, job, s.event(ctx, tx, job, arrival, tx.Now, means))
	if fault.Is(err, "attendance.already_arrived") {
		return nil
	}
	return err
}

// arrivedTx puts an arrival on record; an application to employer-settled work follows it.
// Faults: attendance.already_arrived (conflict).
func (s *Service) arrivedTx(ctx context.Context, tx *db.Tx, job market.Job, e Event) error {
	err := insertArrival(ctx, tx, e, job.EmployerID, job.EndsAt)
	if err != nil || job.Settlement != market.Employer {
		return err
	}
	return s.Market.ArrivedTx(ctx, tx, job)
}

// ReportTurnedAway is a worker at the gate who is not let in.
type ReportTurnedAway struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id"`
	Words       string `json:"words" minLength:"1" maxLength:"200"`
}

// ReportTurnedAway lets a worker say so, who has proved to be at the place and whose shift has
// begun: an employer that lets nobody in would not say it. The outcome is that of TurnAway.
// Faults: market.placement_not_found; attendance.not_arrived, attendance.not_begun,
// attendance.already_started, market.placement_state (conflict).
func (s *Service) ReportTurnedAway(
	ctx context.Context, in ReportTurnedAway,
) (TurnedAwayView, error) {
	if err := people.Must(ctx, people.PermClockIn, in.WorkerID); err != nil {
		return TurnedAwayView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "report_turned_away"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (TurnedAwayView, error) {
			job, err := s.jobFor(ctx, tx, in.PlacementID, in.WorkerID)
			if err != nil {
				return TurnedAwayView{}, err
			}
			sheet, err := getSheet(ctx, tx, job.ID)
			switch {
			case fault.Is(err, "attendance.not_started"):
				err = fault.New(fault.Conflict, "attendance.not_arrived").OnField("placement_id")
			case err == nil && sheet.State != arrived:
				err = fault.New(fault.Conflict, "attendance.already_started").OnField("placement_id")
			case err == nil && tx.Now.Before(job.StartsAt):
				err = fault.New(fault.Conflict, "attendance.not_begun").OnField("placement_id")
			}
			if err != nil {
				return TurnedAwayView{}, err
			}
			return s.turnAwayTx(ctx, tx, job, notLetIn, in.Words, ByPlace)
		}, db.Lane("worker", in.WorkerID))
}

// turnAwayTx ends the placement of a worker whose arrival is on record: refusal event → waiting pay
// → placement ended → outcome.
func (s *Service) turnAwayTx(
	ctx context.Context, tx *db.Tx, job market.Job, reason, words string, means Means,
) (TurnedAwayView, error) {
	e := s.event(ctx, tx, job, refused, tx.Now, means)
	e.Reason = reason
	o := outcome{event: e, employerID: job.EmployerID, blame: blameOf(reason), words: words}
	owed, err := s.waitingPay(job, &o)
	if err != nil {
		return TurnedAwayView{}, err
	}
	if o.lineID, err = s.Market.NotAdmittedTx(ctx, tx, market.NotAdmitted{PlacementID: job.ID,
		Reason: reason, OwnFault: o.blame == blameWorker, Owed: owed}); err != nil {
		return TurnedAwayView{}, err
	}
	if err := insertEvents(ctx, tx, e); err != nil {
		return TurnedAwayView{}, err
	}
	if err := insertTurnedAway(ctx, tx, o); err != nil {
		return TurnedAwayView{}, err
	}
	if err := s.tellTurnedAway(ctx, tx, job, o); err != nil {
		return TurnedAwayView{}, err
	}
	return TurnedAwayView{job.ID, reason, string(o.blame), o.waitingMin, o.payFen, o.lineID},
		feed.PutTx(ctx, tx, TurnedAway{stamp(e), job.EmployerID, reason, string(o.blame), o.payFen,
			o.lineID})
}

// waitingPay works out what waiting is worth: so many minutes of the shift's planned pay by the
// hour; nil when the worker is to blame, or when the employer settles.
func (s *Service) waitingPay(job market.Job, o *outcome) (*wage.AccrueCmd, error) {
	if o.blame == blameWorker || job.Settlement != market.Platform {
		return nil, nil
	}
	most, err := s.number("attendance.waiting_pay_min", job)
	if err != nil {
		return nil, err
	}
	shareBP, err := s.number("attendance.waiting_pay_bp", job)
	if err != nil {
		return nil, err
	}
	hourly := money.MulDivHalfUp(market.PlannedFen(job.PayUnit, money.Fen(job.RateFen),
		job.PlannedMin, job.Pieces), 60, job.PlannedMin)
	rate := money.MulDivHalfUp(hourly, shareBP, 10_000)
	o.waitingMin = min(most, job.PlannedMin)
	o.payFen = money.MulDivHalfUp(rate, o.waitingMin, 60)
	if o.payFen == 0 {
		return nil, nil
	}
	return &wage.AccrueCmd{Source: o.event.ID, PlacementID: job.ID, WorkerID: job.WorkerID,
		EmployerID: job.EmployerID, Region: job.Region, PayUnit: wage.ByWaiting, RateFen: rate,
		WorkedMin: o.waitingMin, StartAt: o.event.At, EndAt: o.event.At}, nil
}

func (s *Service) tellTurnedAway(
	ctx context.Context, tx *db.Tx, job market.Job, o outcome,
) error {
	m := notify.Message{Template: "not_admitted", Key: "turned_away/" + job.ID}
	if o.payFen > 0 {
		m.Template, m.Args = "turned_away", map[string]string{"yuan": o.payFen.String()}
	}
	return s.tellTx(ctx, tx, job, m)
}

// mayEnter refuses the gate outside the shift's hours.
// Faults: attendance.too_early, attendance.too_late (conflict).
func (s *Service) mayEnter(job market.Job, now time.Time) error {
	early, err := s.minutes("attendance.early_arrival_min", job)
	switch {
	case err != nil:
		return err
	case now.Before(job.StartsAt.Add(-early)):
		return fault.New(fault.Conflict, "attendance.too_early", "min", int64(early/time.Minute)).
			OnField("placement_id")
	case now.After(job.EndsAt):
		return fault.New(fault.Conflict, "attendance.too_late").OnField("placement_id")
	}
	return nil
}
