package market

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// ArrivedTx notes that the worker of employer-settled work has come.
func (s *Service) ArrivedTx(ctx context.Context, tx *db.Tx, job Job) error {
	return followTx(ctx, tx, job.ID, Arrived, "")
}

// EmployTx notes that employer-settled work has started: 到岗. Work by the month becomes an
// employment that is followed for 90 days. Must run in the transaction that starts the work.
func (s *Service) EmployTx(ctx context.Context, tx *db.Tx, job Job) error {
	if err := followTx(ctx, tx, job.ID, Started, ""); err != nil {
		return err
	}
	if job.PayUnit != "month" {
		return nil
	}
	day, due := nextCheck(tx.Now, 0)
	return insertEmployment(ctx, tx, job, day, due)
}

// RetentionView is a retention check: whether the worker is still there after so many days.
type RetentionView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	EmployerID  string    `json:"employer_id"`
	Day         int64     `json:"day" doc:"30, 60 or 90 days after the start"`
	DueAt       time.Time `json:"due_at"`
	ClosesAt    time.Time `json:"closes_at" doc:"answers are taken until then"`
	Closed      bool      `json:"closed"`
	Verdict     Verdict   `json:"verdict" doc:"there, left, or unknown: nobody answered, or not the same"`
}

// AnswerRetention is the worker, the employer or the city's staff saying how it is.
type AnswerRetention struct {
	deed.Keyed
	CheckID    string `json:"check_id" path:"check_id"`
	WorkerID   string `json:"worker_id,omitempty" maxLength:"60" doc:"given by the worker"`
	EmployerID string `json:"employer_id,omitempty" maxLength:"60" doc:"given by the employer"`
	There      bool   `json:"there"`
	Reason     string `json:"reason,omitempty" enum:"pay,hours,conditions,distance,family,other_work,dismissed,contract_end,other" doc:"why not any more"`
}

// AnswerRetention records one side's answer, once; what the staff find out decides.
// Faults: market.retention_not_found; market.retention_answered, market.retention_closed
// (conflict); market.leave_reason (invalid) where left comes without a code of the set.
func (s *Service) AnswerRetention(
	ctx context.Context, in AnswerRetention,
) (RetentionView, error) {
	err := people.Must(ctx, people.PermAnswerRetention, cmp.Or(in.WorkerID, in.EmployerID))
	if err != nil {
		return RetentionView{}, err
	}
	if in.There != (in.Reason == "") || !in.There && !slices.Contains(leaveReasons, in.Reason) {
		return RetentionView{}, fault.New(fault.Invalid, "market.leave_reason").OnField("reason")
	}
	side := SideEmployer
	switch {
	case people.ActorOf(ctx).Has(people.RoleClerk):
		side = SideStaff
	case in.WorkerID != "":
		side = SideWorker
	}
	return deed.Once(ctx, s.DB, scope(ctx, "answer_retention"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (RetentionView, error) {
			c, err := getRetention(ctx, tx, in.CheckID)
			switch {
			case err != nil:
				return c, err
			case in.WorkerID != "" && in.WorkerID != c.WorkerID,
				in.EmployerID != "" && in.EmployerID != c.EmployerID:
				return c, noRetention()
			case c.Closed:
				return c, fault.New(fault.Conflict, "market.retention_closed").OnField("check_id")
			}
			said, err := insertAnswer(ctx, tx, in, side, people.ActorOf(ctx).AccountID)
			if err != nil {
				return c, err
			}
			c.Verdict = judge(said)
			return c, updateRetention(ctx, tx, c)
		}, db.Lane("retention", in.CheckID))
}

// RetentionOf asks for the checks of a worker, of an employer, or for staff of the whole city.
type RetentionOf struct {
	WorkerID   string `json:"worker_id,omitempty" query:"worker_id" maxLength:"60"`
	EmployerID string `json:"employer_id,omitempty" query:"employer_id" maxLength:"60"`
	Open       bool   `json:"open,omitempty" query:"open" doc:"only those that still take answers"`
}

// RetentionList is checks, oldest first, at most listMax.
type RetentionList struct {
	Checks []RetentionView `json:"checks"`
}

// FindRetention lists retention checks: the open ones are what somebody should answer.
func (s *Service) FindRetention(ctx context.Context, in RetentionOf) (RetentionList, error) {
	err := people.Must(ctx, people.PermAnswerRetention, cmp.Or(in.WorkerID, in.EmployerID))
	if err != nil {
		return RetentionList{}, err
	}
	list, err := findRetention(ctx, s.DB, in)
	return RetentionList{list}, err
}

// askRetention makes the checks whose day has come. Who is known to have left is not asked again:
// the later checks say so at once, so that they still count.
func (s *Service) askRetention(ctx context.Context, now time.Time) (int, error) {
	days, err := s.Policy.At("market.retention_answer_days", "", civil.DateOf(now))
	if err != nil {
		return 0, err
	}
	due, err := dueEmployments(ctx, s.DB, now, sweepMax)
	if err != nil {
		return 0, err
	}
	return eachTx(ctx, s.DB, due, func(ctx context.Context, tx *db.Tx, e employment) error {
		c := RetentionView{ID: tx.ID("rtn"), PlacementID: e.PlacementID, WorkerID: e.WorkerID,
			EmployerID: e.EmployerID, Day: e.NextDay, DueAt: e.NextDueAt,
			ClosesAt: tx.Now.AddDate(0, 0, int(days.Value)), Verdict: Unknown}
		if e.Left {
			c.Closed, c.Verdict = true, Left
		}
		next, nextDue := nextCheck(e.StartedAt, e.NextDay)
		if ok, err := insertRetention(ctx, tx, c, next, nextDue); err != nil || !ok || e.Left {
			return err
		}
		return s.tellWorker(ctx, tx, e.WorkerID, "retention", c.ID,
			map[string]string{"day": string(civil.DateOf(e.StartedAt))})
	})
}

// closeRetention ends the checks whose time for answers is over. What nobody said stays unknown.
func (s *Service) closeRetention(ctx context.Context, now time.Time) (int, error) {
	ids, err := overRetention(ctx, s.DB, now, sweepMax)
	if err != nil {
		return 0, err
	}
	return eachTx(ctx, s.DB, ids, func(ctx context.Context, tx *db.Tx, id string) error {
		c, err := getRetention(ctx, tx, id)
		if err != nil || c.Closed {
			return err
		}
		c.Closed = true
		if err := updateRetention(ctx, tx, c); err != nil {
			return err
		}
		if c.Verdict == Left {
			if err := leaveEmployment(ctx, tx, c.PlacementID); err != nil {
				return err
			}
		}
		if next, _ := nextCheck(now, c.Day); next != 0 && c.Verdict != Left {
			return nil
		}
		return followTx(ctx, tx, c.PlacementID, Done, string(c.Verdict))
	})
}
