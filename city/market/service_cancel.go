package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// CancelShift is an employer calling a shift off.
type CancelShift struct {
	deed.Keyed
	ShiftID    string `json:"shift_id"    path:"shift_id"`
	EmployerID string `json:"employer_id"`
	Reason     string `json:"reason"                      maxLength:"200"`
}

// ShiftCancelled says how many workers were told, and what the short notice costs.
type ShiftCancelled struct {
	ShiftID         string    `json:"shift_id"`
	Cancelled       int       `json:"cancelled"`
	CompensationFen money.Fen `json:"compensation_fen" doc:"paid to the workers for the short notice"`
}

// CancelShift calls a shift off: who has not started is released and told, and is compensated by
// policy when the notice is short, out of the placement's hold. Work that has started goes on to
// its end and is paid.
// Faults: market.shift_not_found, market.shift_closed (conflict); policy.unknown (conflict).
func (s *Service) CancelShift(ctx context.Context, in CancelShift) (ShiftCancelled, error) {
	if err := people.Must(ctx, people.PermCancelShift, in.EmployerID); err != nil {
		return ShiftCancelled{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "cancel_shift"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ShiftCancelled, error) {
			return s.cancelShiftTx(ctx, tx, in)
		}, db.Lane("shift", in.ShiftID), wage.Lane(in.EmployerID))
}

func (s *Service) cancelShiftTx(
	ctx context.Context, tx *db.Tx, in CancelShift,
) (ShiftCancelled, error) {
	if err := closeShift(ctx, tx, in.ShiftID, in.EmployerID); err != nil {
		return ShiftCancelled{}, err
	}
	shift, err := getShift(ctx, tx, in.ShiftID)
	if err != nil {
		return ShiftCancelled{}, err
	}
	if err := putMoved(ctx, tx, shift.VacancyID); err != nil {
		return ShiftCancelled{}, err
	}
	placed, err := placementsOn(ctx, tx, in.ShiftID)
	if err != nil {
		return ShiftCancelled{}, err
	}
	out := ShiftCancelled{ShiftID: in.ShiftID, Cancelled: len(placed)}
	for _, p := range placed {
		c, err := s.callOffTx(ctx, tx, shift, p, in.Reason)
		if err != nil {
			return ShiftCancelled{}, err
		}
		out.CompensationFen += c.PayFen
	}
	return out, nil
}

// callOffTx ends one placement of a shift that its employer calls off, tells its worker, and gives
// the notice that there was and what the worker gets for it.
func (s *Service) callOffTx(
	ctx context.Context, tx *db.Tx, shift Shift, p Placement, reason string,
) (Cancellation, error) {
	notice := p.StartsAt.Sub(tx.Now)
	c := Cancellation{PlacementID: p.ID, EmployerID: p.EmployerID, WorkerID: p.WorkerID,
		NoticeMin: int64(notice / time.Minute)}
	if p.State == Offered {
		if err := setState(ctx, tx, p, Withdrawn, reason); err != nil {
			return c, err
		}
		if err := followTx(ctx, tx, p.ID, CancelledByEmployer, reason); err != nil {
			return c, err
		}
		return c, s.tellCancelled(ctx, tx, p, c)
	}
	steps, err := s.noticeSteps(shift.Region, civil.DateOf(shift.StartsAt))
	if err != nil {
		return c, err
	}
	c.ShareBP = steps.shareBP(notice)
	var owed *wage.AccrueCmd
	if shift.Settlement == Platform && c.ShareBP > 0 {
		c.PayFen = shareOf(shift.payFen(shift.remainingMin(p.StartsAt)), c.ShareBP)
		owed = &wage.AccrueCmd{Source: "cancelled/" + p.ID, PlacementID: p.ID, WorkerID: p.WorkerID,
			EmployerID: p.EmployerID, Region: shift.Region, PayUnit: wage.ByNotice, RateFen: c.PayFen,
			Pieces: 1, StartAt: tx.Now, EndAt: tx.Now}
	}
	if c.LineID, err = s.leaveTx(ctx, tx, p, CancelledByEmployer, reason, owed); err != nil {
		return c, err
	}
	if err := insertCancellation(ctx, tx, c); err != nil {
		return c, err
	}
	if err := feed.PutTx(ctx, tx, PlacementCancelled{c}); err != nil {
		return c, err
	}
	return c, s.tellCancelled(ctx, tx, p, c)
}

func (s *Service) tellCancelled(
	ctx context.Context, tx *db.Tx, p Placement, c Cancellation,
) error {
	template, args := "shift_cancelled", map[string]string{"day": string(civil.DateOf(p.StartsAt))}
	if c.PayFen > 0 {
		template, args["yuan"] = "called_off_late", c.PayFen.String()
	}
	return s.tellWorker(ctx, tx, p.WorkerID, template, p.ID, args)
}

func (s *Service) noticeSteps(region string, day civil.Date) (noticeSteps, error) {
	var n noticeSteps
	for _, q := range []struct {
		code string
		to   *int64
	}{
		{"market.cancel_free_min", &n.freeMin}, {"market.cancel_short_bp", &n.shortBP},
		{"market.cancel_late_min", &n.lateMin}, {"market.cancel_late_bp", &n.lateBP},
	} {
		v, err := s.Policy.At(q.code, region, day)
		if err != nil {
			return n, err
		}
		*q.to = v.Value
	}
	return n, nil
}

// NotAdmitted is a worker who came and was not let in, as attendance saw it. Owed is the waiting
// pay, nil where none is due.
type NotAdmitted struct {
	PlacementID string
	Reason      string
	OwnFault    bool
	Owed        *wage.AccrueCmd
}

// NotAdmittedTx ends a placement whose worker came and was not let in, with the reason on record.
// Gives the line of the waiting pay, "" for none. Takes wage.Lane.
// Faults: market.placement_not_found; market.placement_state (conflict).
func (s *Service) NotAdmittedTx(ctx context.Context, tx *db.Tx, cmd NotAdmitted) (string, error) {
	p, err := getPlacement(ctx, tx, cmd.PlacementID)
	if err != nil {
		return "", err
	}
	to := CancelledByEmployer
	if cmd.OwnFault {
		to = CancelledByWorker
	}
	return s.leaveTx(ctx, tx, p, to, notAdmitted+cmd.Reason, cmd.Owed)
}

// notAdmitted begins the reason of a placement whose worker stood at the gate.
const notAdmitted = "not_admitted "

// leaveTx ends an accepted placement before its start: the head is free again, the contract void,
// and the hold pays what is owed and is released. Gives the line of what is owed, "" for none.
func (s *Service) leaveTx(
	ctx context.Context, tx *db.Tx, p Placement, to State, reason string, owed *wage.AccrueCmd,
) (lineID string, err error) {
	if err := p.MustBe(Accepted); err != nil {
		return "", err
	}
	if err := setState(ctx, tx, p, to, reason); err != nil {
		return "", err
	}
	if err := giveHead(ctx, tx, p.ShiftID); err != nil {
		return "", err
	}
	if owed != nil {
		lineID, err = s.Funds.AccrueTx(ctx, tx, *owed)
	} else {
		err = s.Funds.ReleaseTx(ctx, tx, p.ID)
	}
	if err != nil {
		return "", err
	}
	if err := s.Contracts.VoidTx(ctx, tx, p.ID, string(to)); err != nil {
		return "", err
	}
	wish := to
	if to == CancelledByWorker {
		wish = Withdrawn
	}
	if err := followTx(ctx, tx, p.ID, wish, reason); err != nil {
		return "", err
	}
	return lineID, feed.PutTx(ctx, tx, PlacementEnded{viewAs(p, to)})
}
