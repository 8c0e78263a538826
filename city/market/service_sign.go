package market

import (
	"context"
	"strings"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// unsigned begins the reason of a vacancy that waits for its employer; what follows is the reason
// for which a clerk must see it afterwards, if there is one.
const unsigned = "unsigned "

// maySign tells whether who asks is the employer itself: nobody else can bind it with an offer
// (contract.OfferTx).
func maySign(ctx context.Context, employerID string) bool {
	a := people.ActorOf(ctx)
	return a.Has(people.RoleEmployer) && a.EmployerID == employerID
}

// SignVacancy is an employer's word to a vacancy that a clerk has written for it.
type SignVacancy struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	VacancyID  string `json:"vacancy_id" path:"vacancy_id"`
}

// SignVacancy signs the offers of its shifts and makes it public, or hands it to a clerk where the
// gate had doubts or the employer's credit asks for it.
// Faults: market.vacancy_state (conflict) for one that is not the employer's or waits for nothing;
// market.shift_past (invalid); market.not_vetted (forbidden); those of Deps.Credit and of
// contract.OfferTx.
func (s *Service) SignVacancy(ctx context.Context, in SignVacancy) (VacancyView, error) {
	if err := people.Must(ctx, people.PermSignVacancy, in.EmployerID); err != nil {
		return VacancyView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "sign"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (VacancyView, error) { return s.signTx(ctx, tx, in) })
}

func (s *Service) signTx(ctx context.Context, tx *db.Tx, in SignVacancy) (VacancyView, error) {
	if err := s.mustBeVetted(ctx, tx, in.EmployerID, civil.DateOf(tx.Now)); err != nil {
		return VacancyView{}, err
	}
	v := VacancyView{ID: in.VacancyID, State: Published}
	reason, err := signVacancy(ctx, tx, in)
	if err != nil {
		return VacancyView{}, err
	}
	if v.Reason = strings.TrimPrefix(reason, unsigned); v.Reason != "" {
		v.State = Waiting
	}
	if v, err = s.creditTx(ctx, tx, in.EmployerID, v); err != nil {
		return VacancyView{}, err
	}
	if v.ShiftIDs, err = shiftsOfVacancy(ctx, tx, in.VacancyID); err != nil {
		return VacancyView{}, err
	}
	for _, id := range v.ShiftIDs {
		if err := s.signShiftTx(ctx, tx, id); err != nil {
			return VacancyView{}, err
		}
	}
	if err := openVacancy(ctx, tx, v); err != nil || v.State == Waiting {
		return v, err
	}
	return v, publishedTx(ctx, tx, v, in.EmployerID)
}

func (s *Service) signShiftTx(ctx context.Context, tx *db.Tx, id string) error {
	shift, err := getShift(ctx, tx, id)
	if err != nil {
		return err
	}
	if shift.StartsAt.Before(tx.Now) {
		return fault.New(fault.Invalid, "market.shift_past").OnField("shifts.starts_at")
	}
	place, err := s.Stations.PlaceTx(ctx, tx, shift.PlaceID)
	if err != nil {
		return err
	}
	_, err = s.Contracts.OfferTx(ctx, tx, contract.OfferCmd{ShiftID: id,
		EmployerID: shift.EmployerID, Heads: int(shift.Heads), Terms: terms(shift, place)})
	return err
}

// UnsignedVacancies asks for what waits for an employer's signature.
type UnsignedVacancies struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// UnsignedList is a bounded list of vacancies.
type UnsignedList struct {
	Vacancies []WaitingView `json:"vacancies"`
}

// FindUnsignedVacancies lists the employer's vacancies that wait for its signature, oldest first.
func (s *Service) FindUnsignedVacancies(
	ctx context.Context, in UnsignedVacancies,
) (UnsignedList, error) {
	if err := people.Must(ctx, people.PermPublishVacancy, in.EmployerID); err != nil {
		return UnsignedList{}, err
	}
	list, err := unsignedVacancies(ctx, s.DB, in.EmployerID)
	if list == nil {
		list = []WaitingView{}
	}
	return UnsignedList{list}, err
}
