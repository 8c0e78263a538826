package people

import (
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

const (
	deskMax      = 500 // rows of a desk's list; a person searches and sorts in it
	cityAuditMax = 500
)

// FindStaff asks who acts for the city.
type FindStaff struct{}

// StaffList is accounts that were given roles.
type StaffList struct {
	Staff []StaffView `json:"staff"`
}

// FindStaff lists who has one of the city's own roles, phones masked, at most deskMax.
func (s *Service) FindStaff(ctx context.Context, _ FindStaff) (StaffList, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return StaffList{}, err
	}
	list, err := staff(ctx, s.DB, deskMax)
	if err != nil {
		return StaffList{}, err
	}
	return s.staffList(ctx, list)
}

// Supervisors asks who may act for an employer.
type Supervisors struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// FindSupervisors lists the supervisors of an employer, at most deskMax.
func (s *Service) FindSupervisors(ctx context.Context, in Supervisors) (StaffList, error) {
	if err := Must(ctx, PermCreateStaff, in.EmployerID); err != nil {
		return StaffList{}, err
	}
	list, err := accountsOf(ctx, s.DB, in.EmployerID, deskMax)
	if err != nil {
		return StaffList{}, err
	}
	list = slices.DeleteFunc(list, func(a staffRow) bool {
		return !slices.Contains(RolesOf(a.Roles), RoleSupervisor)
	})
	return s.staffList(ctx, list)
}

func (s *Service) staffList(ctx context.Context, list []staffRow) (StaffList, error) {
	out := StaffList{Staff: make([]StaffView, len(list))}
	for i, a := range list {
		sealed, _, err := phoneOf(ctx, s.DB, a.ID)
		if err != nil {
			return StaffList{}, err
		}
		number, err := s.Box.Open(domainPhone, sealed)
		if err != nil {
			return StaffList{}, err
		}
		out.Staff[i] = StaffView{AccountID: a.ID, Name: a.Name, PhoneMasked: Phone(number).String(),
			Roles: RolesOf(a.Roles)}
	}
	return out, nil
}

// FindEmployers asks for the employers of the city.
type FindEmployers struct {
	After string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
	Q     string `json:"q,omitempty" query:"q" maxLength:"60" doc:"in name or credit code"`
}

// EmployerList is a page of employers in the order in which they came.
type EmployerList struct {
	Employers []EmployerView `json:"employers"`
	Next      string         `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindEmployers lists the city's employers, deskMax at a time.
func (s *Service) FindEmployers(ctx context.Context, in FindEmployers) (EmployerList, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return EmployerList{}, err
	}
	list, err := employersAfter(ctx, s.DB, in.After, in.Q, deskMax)
	out := EmployerList{Employers: employerViews(list)}
	if len(list) == deskMax {
		out.Next = list[deskMax-1].ID
	}
	return out, err
}

// CityAudits asks for the newest rows of the audit log.
type CityAudits struct {
	Q string `json:"q,omitempty" query:"q" maxLength:"60" doc:"in who, what or whose"`
}

// CityAuditView is a row of the audit log with the names that go with it.
type CityAuditView struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who" doc:"a person's name, or a sweep"`
	What    string    `json:"what"`
	Subject string    `json:"subject" doc:"whose number, or which list"`
	Whose   string    `json:"whose,omitempty" doc:"the name that goes with it, if it has one"`
	Reason  string    `json:"reason,omitempty"`
	Hash    string    `json:"hash"`
}

// CityAuditList is the newest rows, newest first.
type CityAuditList struct {
	Audits []CityAuditView `json:"audits"`
	More   bool            `json:"more,omitempty" doc:"there are older ones"`
}

// FindCityAudits lists who saw or changed which number of late, at most cityAuditMax. The look at
// the log itself is no row in it: nothing of a person is opened by it.
func (s *Service) FindCityAudits(ctx context.Context, in CityAudits) (CityAuditList, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return CityAuditList{}, err
	}
	rows, err := newestAudits(ctx, s.DB, in.Q, cityAuditMax)
	out := CityAuditList{Audits: make([]CityAuditView, len(rows)), More: len(rows) == cityAuditMax}
	for i, r := range rows {
		out.Audits[i] = CityAuditView{At: clock.At(r.AtMS), Who: r.Who, What: r.What,
			Subject: r.Subject, Whose: r.Whose, Reason: r.Reason, Hash: r.Hash}
	}
	return out, err
}
