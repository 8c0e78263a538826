package market

import (
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// Accept is a worker taking a shift.
type Accept struct {
	deed.Keyed
	ShiftID  string `json:"shift_id"  path:"shift_id"`
	WorkerID string `json:"worker_id"`
}

// PlacementView is a placement as its two sides see it.
type PlacementView struct {
	ID         string       `json:"id"`
	ShiftID    string       `json:"shift_id"`
	WorkerID   string       `json:"worker_id"`
	WorkerName string       `json:"worker_name,omitempty" doc:"in an employer's list: whole from the contract on or with the worker's consent, else the surname"`
	EmployerID string       `json:"employer_id"`
	State      State        `json:"state"`
	ContractID string       `json:"contract_id,omitempty"`
	StartsAt   time.Time    `json:"starts_at"`
	EndsAt     time.Time    `json:"ends_at"`
	Notices    []NoticeView `json:"notices,omitempty" doc:"what the worker must know of these hours"`
}

// AcceptShift gives the worker a head of the shift: instant hire, or the answer to an offer.
// One transaction: head and clash → funds held → contract drafted → clashing offers withdrawn.
// Faults: market.shift_not_found; market.no_heads_left, market.clash, market.shift_closed,
// market.not_offered, market.already_placed, wage.insufficient_funds (conflict);
// market.worker_too_young, market.adults_only, market.minors_condition, market.day_hours,
// market.certificate_missing, market.certificate_expired, market.skill_missing (forbidden).
func (s *Service) AcceptShift(ctx context.Context, in Accept) (PlacementView, error) {
	if err := people.Must(ctx, people.PermAcceptWork, in.WorkerID); err != nil {
		return PlacementView{}, err
	}
	employerID, err := employerOf(ctx, s.DB, in.ShiftID) // only to choose the lane
	if err != nil {
		return PlacementView{}, err
	}
	v, err := deed.Once(ctx, s.DB, scope(ctx, "accept"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PlacementView, error) {
			return s.acceptTx(ctx, tx, in)
		}, db.Lane("shift", in.ShiftID), db.Lane("worker", in.WorkerID), wage.Lane(employerID))
	if f := fault.As(err); f != nil && protective(f) {
		if e := s.keepAcceptRefusal(ctx, in, f); e != nil {
			return PlacementView{}, e
		}
	}
	return v, err
}

func (s *Service) acceptTx(ctx context.Context, tx *db.Tx, in Accept) (PlacementView, error) {
	shift, err := getShift(ctx, tx, in.ShiftID)
	if err != nil {
		return PlacementView{}, err
	}
	p := Placement{ID: tx.ID("plc"), ShiftID: shift.ID, VacancyID: shift.VacancyID,
		WorkerID: in.WorkerID, EmployerID: shift.EmployerID, State: Accepted,
		StartsAt: shift.StartsAt, EndsAt: shift.EndsAt}
	if minute := tx.Now.Truncate(time.Minute); minute.After(p.StartsAt) {
		p.StartsAt = minute // stepping in: it begins now, and a no-show is counted from now
	}
	taker, err := s.mayTake(ctx, tx, shift, p)
	if err != nil {
		return PlacementView{}, err
	}
	if err := takeHead(ctx, tx, shift.ID); err != nil {
		return PlacementView{}, err
	}
	if p.ID, err = placeWorker(ctx, tx, p, shift.Hire); err != nil {
		return PlacementView{}, err
	}
	if p.StartsAt.After(shift.StartsAt) {
		if err := fillReplacement(ctx, tx, p); err != nil {
			return PlacementView{}, err
		}
	}
	if err := s.holdTx(ctx, tx, shift, p); err != nil {
		return PlacementView{}, err
	}
	place, err := s.Stations.PlaceTx(ctx, tx, shift.PlaceID)
	if err != nil {
		return PlacementView{}, err
	}
	contractID, err := s.Contracts.DraftTx(ctx, tx, contract.DraftCmd{PlacementID: p.ID,
		ShiftID: shift.ID, Worker: taker.worker, Terms: terms(shift, place)})
	if err != nil {
		return PlacementView{}, err
	}
	if err := settleOffers(ctx, tx, shift, p, taker.schedule); err != nil {
		return PlacementView{}, err
	}
	v := viewOf(p)
	v.ContractID, v.Notices = contractID, s.notices(taker.notices)
	return v, feed.PutTx(ctx, tx, PlacementAccepted{v})
}

// settleOffers takes the application behind the placement with it, and withdraws the offers that
// clash with it, each with its application.
func settleOffers(
	ctx context.Context, tx *db.Tx, shift Shift, p Placement, schedule []engagement,
) error {
	if shift.Settlement == Employer {
		if err := followTx(ctx, tx, p.ID, Accepted, ""); err != nil {
			return err
		}
	}
	clashes := slices.ContainsFunc(schedule, func(e engagement) bool {
		return e.State == Offered && e.ID != p.ID && e.meets(p.StartsAt, p.EndsAt)
	})
	if !clashes {
		return nil
	}
	withdrawn, err := withdrawClashing(ctx, tx, p)
	for _, id := range withdrawn {
		if err == nil {
			err = followTx(ctx, tx, id, Withdrawn, "clash")
		}
	}
	return err
}

// mayTake refuses a worker who cannot work this shift: closed, too young, unqualified, elsewhere,
// or too long at work. p is the placement to be.
func (s *Service) mayTake(
	ctx context.Context, tx *db.Tx, shift Shift, p Placement,
) (t taker, err error) {
	if shift.State != Open || !tx.Now.Before(shift.EndsAt) {
		return t, fault.New(fault.Conflict, "market.shift_closed").OnField("shift_id")
	}
	if t.worker, err = s.People.GetWorkerTx(ctx, tx, p.WorkerID); err != nil {
		return t, err
	}
	day := civil.DateOf(shift.StartsAt)
	ageMin, err := s.Policy.At("people.age_minimum", shift.Region, day)
	if err != nil {
		return t, err
	}
	if err := mayWork(t.worker.BirthDate, day, shift.MinorOK, ageMin.Value); err != nil {
		return t, err
	}
	if err := s.mayDo(ctx, tx, shift, t.worker); err != nil {
		return t, err
	}
	from, to := weekAndMonth(day)
	if p.EndsAt.After(to) {
		to = p.EndsAt
	}
	if t.schedule, err = scheduleOf(ctx, tx, p.WorkerID, from, to); err != nil {
		return t, err
	}
	if err := noClash(t.schedule, p.StartsAt, p.EndsAt); err != nil {
		return t, err
	}
	t.notices, err = s.hours(shift, p, t.schedule)
	return t, err
}

// taker is who takes a shift: the worker's other engagements around it, and the codes of what the
// worker must know of these hours.
type taker struct {
	worker   people.Worker
	schedule []engagement
	notices  []string
}

// holdTx freezes wage and premium of platform-settled work; employer-settled work needs no hold.
func (s *Service) holdTx(ctx context.Context, tx *db.Tx, shift Shift, p Placement) error {
	if shift.Settlement != Platform {
		return nil
	}
	marginBP, err := s.marginBP(ctx, tx, shift)
	if err != nil {
		return err
	}
	premium, err := s.Premiums.PremiumTx(ctx, tx, shift.PlanID)
	if err != nil {
		return err
	}
	return s.Funds.HoldTx(ctx, tx, wage.HoldCmd{
		PlacementID: p.ID,
		EmployerID:  p.EmployerID,
		PremiumFen:  premium,
		WageFen:     withMargin(shift.payFen(shift.remainingMin(p.StartsAt)), marginBP),
	})
}

// marginBP gives what is held on top of the planned wage: policy's margin, of which the employer's
// credit asks a part or a multiple.
func (s *Service) marginBP(ctx context.Context, r db.Reader, shift Shift) (int64, error) {
	margin, err := s.Policy.At("market.hold_margin_bp", shift.Region, civil.DateOf(shift.StartsAt))
	if err != nil || s.DepositBP == nil {
		return margin.Value, err
	}
	part, err := s.DepositBP(ctx, r, shift.EmployerID, civil.DateOf(s.DB.Now()))
	return int64(shareOf(money.Fen(margin.Value), part)), err
}

// Offer is an employer asking one worker.
type Offer struct {
	deed.Keyed
	ShiftID    string `json:"shift_id"    path:"shift_id"`
	EmployerID string `json:"employer_id"`
	WorkerID   string `json:"worker_id"`
}

// OfferShift asks a worker to take a head; the head stays open until the worker accepts.
// Faults: market.shift_not_found, market.shift_closed, market.already_placed (conflict).
func (s *Service) OfferShift(ctx context.Context, in Offer) (PlacementView, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return PlacementView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "offer"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PlacementView, error) {
			p, err := s.offerTx(ctx, tx, in, "")
			if err != nil {
				return PlacementView{}, err
			}
			return viewOf(p), s.answerWishTx(ctx, tx, p)
		})
}

// offerTx asks the worker to take a head; of the given vacancy, where one is given.
func (s *Service) offerTx(
	ctx context.Context, tx *db.Tx, in Offer, vacancyID string,
) (Placement, error) {
	shift, err := getShift(ctx, tx, in.ShiftID)
	if err != nil {
		return Placement{}, err
	}
	if shift.EmployerID != in.EmployerID || vacancyID != "" && shift.VacancyID != vacancyID {
		return Placement{}, noShift()
	}
	if shift.State != Open || !tx.Now.Before(shift.StartsAt) {
		return Placement{}, fault.New(fault.Conflict, "market.shift_closed").OnField("shift_id")
	}
	return s.askTx(ctx, tx, shift, in.WorkerID)
}

// askTx writes an offer of the shift and tells its worker.
func (s *Service) askTx(
	ctx context.Context, tx *db.Tx, shift Shift, workerID string,
) (Placement, error) {
	p := Placement{ID: tx.ID("plc"), ShiftID: shift.ID, VacancyID: shift.VacancyID,
		WorkerID: workerID, EmployerID: shift.EmployerID, State: Offered,
		StartsAt: shift.StartsAt, EndsAt: shift.EndsAt}
	if err := insertOffered(ctx, tx, p); err != nil {
		return Placement{}, err
	}
	return p, s.tellWorker(ctx, tx, workerID, "offer", p.ID, map[string]string{
		"title": shift.Title, "day": string(civil.DateOf(shift.StartsAt))})
}

// Leave is a worker or an employer ending a placement before the work starts.
type Leave struct {
	deed.Keyed
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id"`
	Reason      string `json:"reason"                           maxLength:"200"`
}

// CancelPlacement lets the worker give the head back before the start (or decline an offer). Where
// the vacancy was changed since, the reason on record begins with ReasonChanged.
// Faults: market.placement_not_found, market.placement_state (conflict).
func (s *Service) CancelPlacement(ctx context.Context, in Leave) (PlacementView, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return PlacementView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "cancel"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PlacementView, error) {
			p, err := getPlacement(ctx, tx, in.PlacementID)
			if err != nil {
				return PlacementView{}, err
			}
			if p.WorkerID != in.WorkerID {
				return PlacementView{}, noPlacement()
			}
			if p.State == Offered {
				if err := followTx(ctx, tx, p.ID, Withdrawn, in.Reason); err != nil {
					return PlacementView{}, err
				}
				return viewAs(p, Declined), setState(ctx, tx, p, Declined, in.Reason)
			}
			reason, err := leaveReason(ctx, tx, p, in.Reason)
			if err != nil {
				return PlacementView{}, err
			}
			_, err = s.leaveTx(ctx, tx, p, CancelledByWorker, reason, nil)
			return viewAs(p, CancelledByWorker), err
		}, db.Lane("worker", in.WorkerID))
}

// NoShowTx ends a placement whose worker did not come.
func (s *Service) NoShowTx(ctx context.Context, tx *db.Tx, placementID string) error {
	p, err := getPlacement(ctx, tx, placementID)
	if err != nil {
		return err
	}
	_, err = s.leaveTx(ctx, tx, p, NoShow, "", nil)
	return err
}

// CameTx marks a no-show as excused: its worker had come, as was found later. Another placement is
// left alone.
func (s *Service) CameTx(ctx context.Context, tx *db.Tx, placementID string) error {
	return excuse(ctx, tx, placementID)
}

// FindOverdue lists accepted placements whose shift began before then; for attendance's sweep.
func (s *Service) FindOverdue(ctx context.Context, before time.Time, limit int) ([]string, error) {
	if err := people.Must(ctx, people.PermSuperviseClock, ""); err != nil {
		return nil, err
	}
	return overdue(ctx, s.DB, before, limit)
}

// Job is what attendance must know of a placement to clock, insure and pay it.
type Job struct {
	Placement
	PlaceID, Region, PlanID, PayUnit string
	Settlement                       Settlement
	Required                         []string
	Conditions                       []Condition
	RateFen, BreakMin, PlannedMin    int64 // PlannedMin is the shift's, also for who stepped in later
	Pieces                           int64 // the norm, by the piece
	Breaks                           []Break
}

// JobTx reads a placement with the terms of its shift.
// Faults: market.placement_not_found.
func (s *Service) JobTx(ctx context.Context, r db.Reader, placementID string) (Job, error) {
	return getJob(ctx, r, placementID)
}

// StartTx marks the placement as started; market.placement_state when it was not accepted.
func (s *Service) StartTx(ctx context.Context, tx *db.Tx, placementID string) error {
	return moveState(ctx, tx, placementID, Accepted, Started)
}

// DoneTx marks the placement as done.
func (s *Service) DoneTx(ctx context.Context, tx *db.Tx, placementID string) error {
	return moveState(ctx, tx, placementID, Started, Done)
}

func terms(s Shift, place station.Place) contract.Terms {
	return contract.Terms{WorkType: s.WorkType, Title: s.Title, Content: s.Content,
		PlaceName: place.Name, PlaceAddress: place.Address, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		BreakMin: s.BreakMin, PayUnit: s.PayUnit, RateFen: s.RateFen, Region: s.Region,
		InsurancePlan: s.PlanID, Settlement: string(s.Settlement), TermMonths: s.TermMonths}
}

func shiftOf(v Publish, plan ShiftPlan, id, region string) Shift {
	return Shift{ID: id, EmployerID: v.EmployerID, Title: v.Title, Content: v.Content,
		WorkType: v.WorkType, StartsAt: plan.StartsAt, EndsAt: plan.EndsAt, BreakMin: plan.BreakMin,
		PayUnit: v.PayUnit, RateFen: v.RateFen, PlanID: v.PlanID, Region: region,
		Settlement: v.Settlement, TermMonths: v.TermMonths}
}

func viewOf(p Placement) PlacementView {
	return PlacementView{ID: p.ID, ShiftID: p.ShiftID, WorkerID: p.WorkerID,
		EmployerID: p.EmployerID, State: p.State, StartsAt: p.StartsAt, EndsAt: p.EndsAt}
}

func viewAs(p Placement, s State) PlacementView {
	p.State = s
	return viewOf(p)
}
