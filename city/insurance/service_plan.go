package insurance

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
)

// PlanFor asks how a worker stands to a plan.
type PlanFor struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
	PlanID   string `json:"plan_id"   path:"plan_id"`
}

// PlanForView is an open plan and what the worker has said to it: what is still to be asked before
// a cover can begin.
type PlanForView struct {
	Plan    Plan `json:"plan"`
	Agreed  bool `json:"agreed"   doc:"to this very version"`
	MayTell bool `json:"may_tell" doc:"agreed, by itself, that the insurer is told"`
}

// ShowPlanFor shows a plan as one worker stands to it.
// Faults: insurance.plan_not_found, also for one that is closed.
func (s *Service) ShowPlanFor(ctx context.Context, in PlanFor) (PlanForView, error) {
	if err := people.Must(ctx, people.PermConsentInsurance, in.WorkerID); err != nil {
		return PlanForView{}, err
	}
	plans, err := openPlans(ctx, s.DB)
	if err != nil {
		return PlanForView{}, err
	}
	for _, p := range plans {
		if p.ID != in.PlanID {
			continue
		}
		v := PlanForView{Plan: p}
		_, err := standingConsent(ctx, s.DB, in.WorkerID, p.ID, p.Version)
		if v.Agreed = err == nil; fault.As(err) == nil && err != nil {
			return v, err
		}
		err = s.mayTellTx(ctx, s.DB, in.WorkerID)
		if v.MayTell = err == nil; fault.As(err) == nil && err != nil {
			return v, err
		}
		return v, nil
	}
	return PlanForView{}, noPlan()
}
