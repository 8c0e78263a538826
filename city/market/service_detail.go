package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// ShiftDetail is a shift with all that somebody must know before taking it: the employer, the
// number wanted, what is asked for, the work, the place and the pay.
// Source: 人力资源市场暂行条例 (国务院令第700号) 24.
type ShiftDetail struct {
	ShiftView
	Content      string `json:"content"`
	Occupation   string `json:"occupation" doc:"code of the classification"`
	EmployerName string `json:"employer_name"`
	PlaceName    string `json:"place_name"`
	Address      string `json:"address"`
	LonE6        int64  `json:"lon_e6"`
	LatE6        int64  `json:"lat_e6"`
	WorkType     string `json:"work_type,omitempty"`
	BreakMin     int64  `json:"break_min,omitempty" doc:"unpaid"`
	TermMonths   int64  `json:"term_months,omitempty"`
	MinorOK      bool   `json:"minor_ok,omitempty" doc:"from 16 years on"`
}

// ShowShiftDetail shows a public shift whole. Browsing needs no log-in.
// Faults: market.shift_not_found, also for one that is not public.
func (s *Service) ShowShiftDetail(ctx context.Context, in GetShift) (ShiftDetail, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return ShiftDetail{}, err
	}
	shift, err := getShift(ctx, s.DB, in.ShiftID)
	if err != nil {
		return ShiftDetail{}, err
	}
	if shift.State != Open {
		return ShiftDetail{}, noShift()
	}
	return s.detail(ctx, s.DB, shift)
}

func (s *Service) detail(ctx context.Context, r db.Reader, shift Shift) (ShiftDetail, error) {
	place, err := s.Stations.PlaceTx(ctx, r, shift.PlaceID)
	if err != nil {
		return ShiftDetail{}, err
	}
	employer, err := s.People.GetEmployerTx(ctx, r, shift.EmployerID)
	return ShiftDetail{ShiftView: shiftView(shift), Content: shift.Content,
		Occupation: shift.Occupation, EmployerName: employer.Name, PlaceName: place.Name,
		Address: place.Address, LonE6: place.LonE6, LatE6: place.LatE6, WorkType: shift.WorkType,
		BreakMin: shift.BreakMin, TermMonths: shift.TermMonths, MinorOK: shift.MinorOK}, err
}

// GetPlacement asks for one of a worker's placements.
type GetPlacement struct {
	PlacementID string `json:"placement_id" path:"placement_id"`
	WorkerID    string `json:"worker_id"                        query:"worker_id" required:"true"`
}

// PlacedShift is a placement with its shift, as the worker's schedule shows it.
type PlacedShift struct {
	Placement PlacementView `json:"placement"`
	Shift     ShiftDetail   `json:"shift"`
}

// ShowPlacement shows one of the worker's placements with its shift, also when that is no longer
// public. Faults: market.placement_not_found, also for one that is somebody else's.
func (s *Service) ShowPlacement(ctx context.Context, in GetPlacement) (PlacedShift, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return PlacedShift{}, err
	}
	p, err := getPlacement(ctx, s.DB, in.PlacementID)
	if err != nil {
		return PlacedShift{}, err
	}
	if p.WorkerID != in.WorkerID {
		return PlacedShift{}, noPlacement()
	}
	return s.placed(ctx, p)
}

// Schedule asks for a worker's schedule with its shifts.
type Schedule struct {
	WorkerID string    `json:"worker_id"     path:"worker_id"`
	From     time.Time `json:"from,omitzero"                  query:"from"`
}

// ScheduleView is a worker's placements, soonest first.
type ScheduleView struct {
	Placed  []PlacedShift `json:"placed"`
	Classes []ClassSeat   `json:"classes,omitempty" doc:"seats in classes, soonest first"`
}

// scheduleMax bounds what a schedule page reads: each placement brings its shift.
const scheduleMax = 50

// ShowSchedule shows a worker's placements from a time on with their shifts, soonest first, at
// most scheduleMax.
func (s *Service) ShowSchedule(ctx context.Context, in Schedule) (ScheduleView, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return ScheduleView{}, err
	}
	list, err := placementsOf(ctx, s.DB, in.WorkerID, in.From)
	view := ScheduleView{Placed: []PlacedShift{}}
	for _, p := range list[:min(len(list), scheduleMax)] {
		placed, err := s.placed(ctx, p)
		if err != nil {
			return view, err
		}
		view.Placed = append(view.Placed, placed)
	}
	if err == nil {
		view.Classes, err = s.seatsIn(ctx, s.DB, in.WorkerID, in.From)
	}
	return view, err
}

func (s *Service) placed(ctx context.Context, p Placement) (PlacedShift, error) {
	shift, err := getShift(ctx, s.DB, p.ShiftID)
	if err != nil {
		return PlacedShift{}, err
	}
	detail, err := s.detail(ctx, s.DB, shift)
	return PlacedShift{Placement: viewOf(p), Shift: detail}, err
}
