package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
)

// FindShifts asks for work: in a region, or around a point.
type FindShifts struct {
	Region string    `json:"region,omitempty"  query:"region"  maxLength:"12"`
	From   time.Time `json:"from,omitzero"     query:"from"`
	LonE6  int64     `json:"lon_e6,omitempty"  query:"lon_e6"`
	LatE6  int64     `json:"lat_e6,omitempty"  query:"lat_e6"`
	ReachM int64     `json:"reach_m,omitempty" query:"reach_m"                minimum:"0" maximum:"200000"`
}

// ShiftView is a shift as somebody who looks for work sees it.
type ShiftView struct {
	ID         string      `json:"id"`
	VacancyID  string      `json:"vacancy_id"`
	EmployerID string      `json:"employer_id"`
	PlaceID    string      `json:"place_id"`
	Title      string      `json:"title"`
	Region     string      `json:"region"`
	StartsAt   time.Time   `json:"starts_at"`
	EndsAt     time.Time   `json:"ends_at"`
	Settlement Settlement  `json:"settlement"`
	PayUnit    string      `json:"pay_unit"`
	RateFen    money.Fen   `json:"rate_fen"`
	PayFen     money.Fen   `json:"pay_fen"              doc:"what the whole shift pays"`
	PlanID     string      `json:"plan_id"`
	Hire       string      `json:"hire"`
	Required   []string    `json:"required,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"`
	Source     string      `json:"source,omitempty" doc:"where it was re-posted from"`
	HeadsLeft  int64       `json:"heads_left"`
	DistanceM  int64       `json:"distance_m,omitempty"`
}

// FoundShifts is a page of work.
type FoundShifts struct {
	Shifts []ShiftView `json:"shifts"`
}

// A plain list is by SQL: the soonest first. scanMax bounds what is looked at around a point.
const scanMax = 2000

// FindShifts lists open shifts with heads left, soonest first, at most listMax: the plain list, for
// a notice board or another program. Who looks for work asks FindWork.
func (s *Service) FindShifts(ctx context.Context, in FindShifts) (FoundShifts, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return FoundShifts{}, err
	}
	if in.ReachM > 0 && in.LonE6 == 0 && in.LatE6 == 0 {
		return FoundShifts{}, fault.New(fault.Invalid, "market.point_missing").OnField("lon_e6")
	}
	from := s.DB.Now()
	if in.From.After(from) {
		from = in.From
	}
	found := FoundShifts{Shifts: []ShiftView{}}
	err := eachOpenShift(ctx, s.DB, in.Region, from, func(v ShiftView, lonE6, latE6 int64) bool {
		if in.ReachM > 0 {
			v.DistanceM = geo.DistanceM(in.LonE6, in.LatE6, lonE6, latE6)
			if v.DistanceM > in.ReachM {
				return true
			}
		}
		found.Shifts = append(found.Shifts, v)
		return len(found.Shifts) < listMax
	})
	return found, err
}

// GetShift asks for one shift.
type GetShift struct {
	ShiftID string `json:"shift_id" path:"shift_id"`
}

// ShowShift shows one public shift.
// Faults: market.shift_not_found, also for one that is not public.
func (s *Service) ShowShift(ctx context.Context, in GetShift) (ShiftView, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return ShiftView{}, err
	}
	shift, err := getShift(ctx, s.DB, in.ShiftID)
	if err != nil {
		return ShiftView{}, err
	}
	if shift.State != Open {
		return ShiftView{}, noShift()
	}
	return shiftView(shift), nil
}

// MyPlacements asks for a worker's schedule.
type MyPlacements struct {
	WorkerID string    `json:"worker_id"     path:"worker_id"`
	From     time.Time `json:"from,omitzero"                  query:"from"`
}

// Placements is a worker's schedule.
type Placements struct {
	Placements []PlacementView `json:"placements"`
}

// FindPlacements lists a worker's placements from a time on, soonest first, at most listMax.
func (s *Service) FindPlacements(ctx context.Context, in MyPlacements) (Placements, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return Placements{}, err
	}
	list, err := placementsOf(ctx, s.DB, in.WorkerID, in.From)
	out := Placements{Placements: make([]PlacementView, len(list))}
	for i, p := range list {
		out.Placements[i] = viewOf(p)
	}
	return out, err
}

// ShiftPeople asks who is on a shift.
type ShiftPeople struct {
	ShiftID    string `json:"shift_id"    path:"shift_id"`
	EmployerID string `json:"employer_id"                 query:"employer_id"`
}

// FindPeople lists the live placements of an employer's shift, with the names that it may read.
func (s *Service) FindPeople(ctx context.Context, in ShiftPeople) (Placements, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return Placements{}, err
	}
	list, err := placementsOfShift(ctx, s.DB, in.ShiftID, in.EmployerID)
	if err != nil {
		return Placements{}, err
	}
	out := Placements{Placements: make([]PlacementView, len(list))}
	for i, p := range list {
		out.Placements[i] = viewOf(p)
	}
	return out, s.namePlaced(ctx, s.DB, out.Placements)
}
