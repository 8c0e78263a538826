package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// callAfter is how long after the work the two sides may still call each other: things are left
// behind, hours are asked about. Product choice.
const callAfter = 7 * 24 * time.Hour

// CallThrough is one side of a placement that wants to call the other.
type CallThrough struct {
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id,omitempty" maxLength:"60" doc:"of the worker who calls"`
	EmployerID  string `json:"employer_id,omitempty" maxLength:"60" doc:"of the employer who calls"`
}

// CallView is a number to dial.
type CallView struct {
	Number string    `json:"number"`
	Masked bool      `json:"masked" doc:"a number of the platform's: neither side sees the other's"`
	Why    string    `json:"why,omitempty" enum:"no_provider,unavailable" doc:"why it is not"`
	Until  time.Time `json:"until,omitzero" doc:"until when it connects"`
}

// callMade is what stays on record of a number that was handed out; the number does not.
type callMade struct {
	placementID, workerID, employerID, accountID, side, why string
}

// CallThrough gives the two sides of a placement a number to call each other, from the yes to it
// until callAfter past the work. With a provider of masked numbers neither sees the other's phone.
// Without one, or when it does not answer, the worker gets the phone of the employer's account, and
// the employer the worker's only with the worker's consent; why is on record.
// It has no key: the same number is given again, and its answer is stored nowhere.
// Faults: market.placement_not_found; market.no_call (conflict): there is no work to talk about;
// people.no_consent, people.consent_withdrawn, people.consent_outdated (conflict).
func (s *Service) CallThrough(ctx context.Context, in CallThrough) (CallView, error) {
	owner, side := in.WorkerID, "worker"
	if owner == "" {
		owner, side = in.EmployerID, "employer"
	}
	if err := people.Must(ctx, people.PermCallThrough, owner); err != nil {
		return CallView{}, err
	}
	p, err := getPlacement(ctx, s.DB, in.PlacementID)
	if err == nil && (side == "worker" && p.WorkerID != owner ||
		side == "employer" && p.EmployerID != owner) {
		err = noPlacement()
	}
	if err != nil {
		return CallView{}, err
	}
	until := p.EndsAt.Add(callAfter)
	talks := p.State == Accepted || p.State == Started || p.State == Done
	if !talks || s.DB.Now().After(until) {
		return CallView{}, fault.New(fault.Conflict, "market.no_call").OnField("placement_id")
	}
	made := callMade{p.ID, p.WorkerID, p.EmployerID, people.ActorOf(ctx).AccountID, side, ""}
	v, err := s.masked(ctx, p, until)
	if err != nil {
		return CallView{}, err
	}
	made.why = v.Why
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (CallView, error) {
		if !v.Masked {
			if v.Number, err = s.openNumberTx(ctx, tx, made); err != nil {
				return CallView{}, err
			}
		}
		return v, insertCall(ctx, tx, made)
	})
}

// masked asks the provider, before the deed: a network call has no place in one.
func (s *Service) masked(ctx context.Context, p Placement, until time.Time) (CallView, error) {
	if s.Numbers == nil {
		return CallView{Why: "no_provider"}, nil
	}
	worker, err := s.People.GetWorkerTx(ctx, s.DB, p.WorkerID)
	if err != nil {
		return CallView{}, err
	}
	a, err := s.People.PhoneTx(ctx, s.DB, worker.AccountID)
	if err != nil {
		return CallView{}, err
	}
	b, err := s.employerPhone(ctx, s.DB, p.EmployerID)
	if err != nil {
		return CallView{}, err
	}
	number, err := s.Numbers.Bind(ctx, Binding{Key: "call/" + p.ID, A: string(a), B: string(b),
		Until: until})
	if f := fault.As(err); f != nil {
		return CallView{Why: "unavailable"}, nil
	}
	return CallView{Number: number, Masked: true, Until: until}, err
}

func (s *Service) employerPhone(
	ctx context.Context, r db.Reader, employerID string,
) (people.Phone, error) {
	e, err := s.People.GetEmployerTx(ctx, r, employerID)
	if err != nil {
		return "", err
	}
	return s.People.PhoneTx(ctx, r, e.AccountID)
}

// openNumberTx gives the other side's own phone. The look at a worker's is on record as every one.
func (s *Service) openNumberTx(ctx context.Context, tx *db.Tx, m callMade) (string, error) {
	if m.side == "worker" {
		phone, err := s.employerPhone(ctx, tx, m.employerID)
		return string(phone), err
	}
	c, err := s.People.ContactTx(ctx, tx, m.workerID)
	if err != nil {
		return "", err
	}
	return string(c.Phone), insertContactShown(ctx, tx, tx.ID("cts"), m.employerID, m.workerID,
		m.accountID)
}
