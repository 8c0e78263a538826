package insurance

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// FindBordereaux asks for the bordereaux that wait for a clerk.
type FindBordereaux struct{}

// BordereauList is the bordereaux that wait for a clerk, oldest first.
type BordereauList struct {
	Bordereaux []BordereauView `json:"bordereaux"`
}

// BordereauView is a bordereau as a clerk sees it.
type BordereauView struct {
	ID       string         `json:"id"`
	Insurer  string         `json:"insurer"`
	State    BordereauState `json:"state" doc:"refused, or still wanted, sent or unknown"`
	Attempts int64          `json:"attempts"`
	Reason   string         `json:"reason,omitempty" doc:"the insurer's words"`
}

// FindBordereaux lists what the insurers refused and what they never answered, at most listMax.
func (s *Service) FindBordereaux(ctx context.Context, _ FindBordereaux) (BordereauList, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return BordereauList{}, err
	}
	l := BordereauList{[]BordereauView{}}
	list, err := troubledBordereaux(ctx, s.DB)
	for _, b := range list {
		l.Bordereaux = append(l.Bordereaux, bordereauView(b))
	}
	return l, err
}

func bordereauView(b Bordereau) BordereauView {
	return BordereauView{b.ID, b.Insurer, b.State, b.Attempts, b.Reason}
}

// RetryBordereau is a clerk setting a bordereau going again.
type RetryBordereau struct {
	deed.Keyed
	BordereauID string `json:"bordereau_id" path:"bordereau_id"`
}

// RetryBordereau has one that was never answered asked about again, under its old key; the covers
// of a refused one go on a new bordereau, because the old key would be refused again.
// Faults: insurance.bordereau_not_found, insurance.bordereau_state (conflict).
func (s *Service) RetryBordereau(ctx context.Context, in RetryBordereau) (BordereauView, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return BordereauView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "retry_bordereau"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (BordereauView, error) {
			b, err := getBordereau(ctx, tx, in.BordereauID)
			if err != nil {
				return BordereauView{}, err
			}
			again := false
			switch {
			case b.State == Refused:
				n, e := takeOff(ctx, tx, b.ID)
				again, err = n > 0, e
			case b.stuck():
				next := b
				next.Attempts, next.NextAt = 0, tx.Now
				again, err = changeBordereau(ctx, tx, b, next)
			}
			if err == nil && !again {
				err = fault.New(fault.Conflict, "insurance.bordereau_state",
					"state", string(b.State)).OnField("bordereau_id")
			}
			return bordereauView(b), err
		})
}
