package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// requestsMax bounds the insurers asked in one turn.
const requestsMax = 50

// RequestTx asks the insurer, before the start, whether it takes the placement: once, and only
// under a confirmed plan. A worker without a standing consent to it, and to telling the insurer, is
// not asked about. Tells whether the
// plan is such a one and the question stands.
// Faults: insurance.plan_not_found, policy.unknown.
// Source: 保险法 13 (the contract is made by the insurer's yes).
func (s *Service) RequestTx(ctx context.Context, tx *db.Tx, cmd CoverCmd) (bool, error) {
	mode, err := modeOf(ctx, tx, cmd.PlanID)
	if err != nil || mode != Confirmed {
		return false, err
	}
	plan, consent, err := planAndConsent(ctx, tx, cmd.PlanID, cmd.WorkerID)
	if err != nil {
		return false, err
	}
	if plan.State.mustBeOpen() != nil || consent.mustPrecede(tx.Now) != nil ||
		plan.mustFit(consent.BirthDate, civil.DateOf(tx.Now)) != nil {
		return false, nil // the start will say why
	}
	if err := s.mayTellTx(ctx, tx, cmd.WorkerID); err != nil {
		if fault.As(err) != nil {
			err = nil // the same
		}
		return false, err
	}
	within, err := s.Policy.At("insurance.confirm_within_s", cmd.Region, civil.DateOf(tx.Now))
	if err != nil {
		return false, err
	}
	_, err = insertRequest(ctx, tx, Request{ID: tx.ID("cvr"), PlacementID: cmd.PlacementID,
		WorkerID: cmd.WorkerID, PlanID: plan.ID, Version: plan.Version, ConsentID: consent.ID,
		Insurer: plan.Insurer, State: RequestWanted, PremiumFen: int64(plan.PremiumDayFen),
		From: tx.Now, Until: cmd.Until, AskedAt: tx.Now, NextAt: tx.Now,
		AnswerBy: tx.Now.Add(time.Duration(within.Value) * time.Second)})
	return true, err
}

// confirmedTx refuses cover under a confirmed plan before the insurer's yes to this very version.
func confirmedTx(ctx context.Context, tx *db.Tx, plan Plan, placementID string) error {
	if plan.Mode != Confirmed {
		return nil
	}
	r, err := requestOf(ctx, tx, placementID)
	if err != nil {
		return err
	}
	if r.State == RequestConfirmed && r.Version != plan.Version {
		return fault.New(fault.Conflict, "insurance.plan_changed", "version", plan.Version).
			OnField("plan_id")
	}
	return r.mustBeConfirmed()
}

// FindDeniedOf tells why the insurers do not take some of these placements, by placement:
// insurance.refused, or insurance.not_confirmed where silence lasted too long. Those that may still
// be answered, and those that were not asked about, are left out.
func (s *Service) FindDeniedOf(
	ctx context.Context, r db.Reader, placementIDs []string,
) (map[string]string, error) {
	if len(placementIDs) == 0 {
		return nil, nil
	}
	list, err := deniedOf(ctx, r, placementIDs)
	why := make(map[string]string, len(list))
	for _, q := range list {
		why[q.PlacementID] = fault.CodeOf(q.mustBeConfirmed())
	}
	return why, err
}

// FindDenied asks for the placements that insurers did not take.
type FindDenied struct{}

// DeniedList is placements that insurers refused, or were silent on, in the last week.
type DeniedList struct {
	Denied []DeniedView `json:"denied"`
}

// DeniedView is one of them as a clerk sees it.
type DeniedView struct {
	PlacementID string       `json:"placement_id"`
	WorkerID    string       `json:"worker_id"`
	PlanID      string       `json:"plan_id"`
	Insurer     string       `json:"insurer"`
	State       RequestState `json:"state" doc:"refused, or timed_out"`
	Reason      string       `json:"reason,omitempty" doc:"the insurer's words"`
	AskedAt     time.Time    `json:"asked_at"`
	EndedAt     time.Time    `json:"ended_at"`
}

// FindDenied lists what insurers would not take in the last week, the newest first, at most
// listMax.
func (s *Service) FindDenied(ctx context.Context, _ FindDenied) (DeniedList, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return DeniedList{}, err
	}
	const week = 7 * 24 * time.Hour
	list, err := deniedRequests(ctx, s.DB, s.DB.Now().Add(-week))
	out := DeniedList{Denied: make([]DeniedView, len(list))}
	for i, q := range list {
		out.Denied[i] = DeniedView{q.PlacementID, q.WorkerID, q.PlanID, q.Insurer, q.State, q.Reason,
			q.AskedAt, q.EndedAt}
	}
	return out, err
}

// askInsurers asks about the placements whose workers wait at the gate. As with bordereaux, the row
// comes first, nothing is in a transaction while the insurer is called, and the key is the row's.
func (s *Service) askInsurers(ctx context.Context, now time.Time) (int, error) {
	due, err := dueRequests(ctx, s.DB, now)
	if err != nil {
		return 0, err
	}
	for _, r := range due {
		if err := s.askInsurer(ctx, r); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func (s *Service) askInsurer(ctx context.Context, r Request) error {
	var answer Answer
	var lost error
	if r.State == RequestWanted && s.DB.Now().Before(r.AnswerBy) {
		claimed := r.claimed(s.DB.Now())
		if mine, err := s.changeRequest(ctx, r, claimed); err != nil || !mine {
			return err
		}
		r = claimed
		row, err := rowOf(ctx, s.DB, r)
		if err != nil {
			return err
		}
		answer, lost = s.Insurer.Tell(ctx, Declaration{Key: r.ID, Rows: []DeclarationRow{row}})
	} else {
		answer, lost = s.Insurer.Ask(ctx, r.ID)
	}
	if lost != nil {
		answer = Answer{}
	}
	_, err := s.changeRequest(ctx, r, r.answered(answer, s.DB.Now()))
	return err
}

func (s *Service) changeRequest(ctx context.Context, before, after Request) (bool, error) {
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return changeRequest(ctx, tx, before, after)
	})
}

// tellRefusedTx writes to everybody on a bordereau that the insurer has just refused.
func (s *Service) tellRefusedTx(ctx context.Context, tx *db.Tx, bordereauID string) error {
	list, err := workersOn(ctx, tx, bordereauID)
	if err != nil {
		return err
	}
	for _, t := range list {
		worker, err := s.People.GetWorkerTx(ctx, tx, t.workerID)
		if err != nil {
			return err
		}
		err = s.Notify.PutTx(ctx, tx, notify.Message{AccountID: worker.AccountID,
			Template: "cover_refused", Key: "cover_refused/" + bordereauID + "/" + t.coverID,
			Args: map[string]string{"day": string(t.day)}})
		if err != nil {
			return err
		}
	}
	return nil
}
