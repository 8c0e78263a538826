package people

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// deskMax is how many rows a desk's list has at once: a person searches and sorts in it, and the
// next page begins behind it.
const deskMax = 500

// FindStaff asks who acts for the city.
type FindStaff struct {
	After string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
}

// StaffList is a page of accounts that were given roles, in the order in which they came.
type StaffList struct {
	Staff []StaffView `json:"staff"`
	Next  string      `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindStaff lists who has one of the city's own roles, phones masked, deskMax at a time.
func (s *Service) FindStaff(ctx context.Context, in FindStaff) (StaffList, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return StaffList{}, err
	}
	list, err := staff(ctx, s.DB, in.After, deskMax+1)
	if err != nil {
		return StaffList{}, err
	}
	return s.staffList(ctx, list)
}

// Supervisors asks who may act for an employer.
type Supervisors struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	After      string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
}

// FindSupervisors lists the supervisors of an employer, deskMax accounts at a time.
func (s *Service) FindSupervisors(ctx context.Context, in Supervisors) (StaffList, error) {
	if err := Must(ctx, PermCreateStaff, in.EmployerID); err != nil {
		return StaffList{}, err
	}
	list, err := accountsOf(ctx, s.DB, in.EmployerID, in.After, deskMax+1)
	if err != nil {
		return StaffList{}, err
	}
	out, err := s.staffList(ctx, list)
	out.Staff = slices.DeleteFunc(out.Staff, func(a StaffView) bool {
		return !slices.Contains(a.Roles, RoleSupervisor)
	})
	return out, err
}

// staffList is a page of a list that was read with one row too many.
func (s *Service) staffList(ctx context.Context, list []staffRow) (StaffList, error) {
	list, next := db.Page(list, deskMax, func(a staffRow) string { return a.ID })
	out := StaffList{Staff: make([]StaffView, len(list)), Next: next}
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
	list, err := employersAfter(ctx, s.DB, in.After, in.Q, deskMax+1)
	list, next := db.Page(list, deskMax, func(e Employer) string { return e.ID })
	return EmployerList{employerViews(list), next}, err
}

// CityAudits asks for the newest rows of the audit log.
type CityAudits struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
	Q     string `json:"q,omitempty" query:"q" maxLength:"60" doc:"in who, what or whose"`
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

// CityAuditList is a page of rows, newest first.
type CityAuditList struct {
	Audits []CityAuditView `json:"audits"`
	Next   string          `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindCityAudits lists who saw or changed which number, deskMax rows at a time. The look at the log
// itself is no row in it: nothing of a person is opened by it.
// Faults: db.mark (invalid).
func (s *Service) FindCityAudits(ctx context.Context, in CityAudits) (CityAuditList, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return CityAuditList{}, err
	}
	before, err := db.ParseMark(in.After, db.Mark{MS: math.MaxInt64})
	if err != nil {
		return CityAuditList{}, err
	}
	rows, err := newestAudits(ctx, s.DB, in.Q, before, deskMax+1)
	rows, next := db.Page(rows, deskMax, func(r cityAuditRow) string {
		return db.Mark{MS: r.AtMS, ID: r.ID}.String()
	})
	out := CityAuditList{Audits: make([]CityAuditView, len(rows)), Next: next}
	for i, r := range rows {
		out.Audits[i] = CityAuditView{At: clock.At(r.AtMS), Who: r.Who, What: r.What,
			Subject: r.Subject, Whose: r.Whose, Reason: r.Reason, Hash: r.Hash}
	}
	return out, err
}
