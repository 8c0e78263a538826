package market

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// CallOff is an employer calling off one person of a shift. The grounds are a closed list about
// the work; none is about the person.
type CallOff struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	EmployerID  string `json:"employer_id"`
	Reason      string `json:"reason" enum:"less_work,overstaffed,place_closed,other" doc:"other needs words"`
	Words       string `json:"words,omitempty" maxLength:"200"`
	Again       bool   `json:"again,omitempty" doc:"offer the head again; left out, the shift needs one less"`
}

// CalledOff says what the short notice costs, and what is left of the shift.
type CalledOff struct {
	PlacementID     string    `json:"placement_id"`
	NoticeMin       int64     `json:"notice_min" doc:"before the start; less than zero after it"`
	CompensationFen money.Fen `json:"compensation_fen" doc:"paid to the worker for the short notice"`
	Heads           int64     `json:"heads" doc:"of the shift from now on; 0: it is called off with its last"`
}

// CallOffPlacement calls one person off before the work has begun, offered or accepted: the hold
// pays what policy asks for the short notice and is released, the contract is void, the worker is
// told, and the employer's credit has a fact. Others on the shift are left alone. When it was the
// last head, and is not offered again, the whole shift is called off.
// Faults: market.placement_not_found; market.placement_state (conflict); market.words_missing
// (invalid); policy.unknown (conflict). Takes the lanes of shift, worker and wage.
// Source: product choice; the numbers are policy's (market.cancel_…), as for a whole shift.
func (s *Service) CallOffPlacement(ctx context.Context, in CallOff) (CalledOff, error) {
	if err := people.Must(ctx, people.PermCancelShift, in.EmployerID); err != nil {
		return CalledOff{}, err
	}
	if in.Reason == "other" && in.Words == "" {
		return CalledOff{}, fault.New(fault.Invalid, "market.words_missing").OnField("words")
	}
	seen, err := getPlacement(ctx, s.DB, in.PlacementID) // only to choose the lanes
	if err == nil && seen.EmployerID != in.EmployerID {
		err = noPlacement()
	}
	if err != nil {
		return CalledOff{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "call_off"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CalledOff, error) {
			p, err := getPlacement(ctx, tx, in.PlacementID)
			if err != nil {
				return CalledOff{}, err
			}
			if err := p.MustBe(Offered, Accepted); err != nil {
				return CalledOff{}, err
			}
			return s.callOffOneTx(ctx, tx, p, in)
		}, db.Lane("shift", seen.ShiftID), db.Lane("worker", seen.WorkerID), wage.Lane(in.EmployerID))
}

func (s *Service) callOffOneTx(
	ctx context.Context, tx *db.Tx, p Placement, in CallOff,
) (CalledOff, error) {
	shift, err := getShift(ctx, tx, p.ShiftID)
	if err != nil {
		return CalledOff{}, err
	}
	c, err := s.callOffTx(ctx, tx, shift, p, joinedReason(in.Reason, in.Words))
	if err != nil {
		return CalledOff{}, err
	}
	out := CalledOff{PlacementID: p.ID, NoticeMin: c.NoticeMin, CompensationFen: c.PayFen,
		Heads: shift.Heads}
	if in.Again || p.State == Offered {
		return out, nil
	}
	if out.Heads--; out.Heads > 0 {
		return out, fewerHeads(ctx, tx, shift.ID)
	}
	_, err = s.cancelShiftTx(ctx, tx, CancelShift{ShiftID: shift.ID, EmployerID: p.EmployerID,
		Reason: in.Reason})
	if fault.Is(err, "market.shift_closed") {
		err = nil // it was called off already
	}
	return out, err
}

func joinedReason(code, words string) string {
	if words == "" {
		return code
	}
	return code + " " + words
}
