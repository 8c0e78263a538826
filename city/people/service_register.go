package people

import (
	"context"
	"errors"
	"fmt"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/region"
)

// RegisterWorker makes the account that asks a worker; when a clerk gives a phone, that phone's.
type RegisterWorker struct {
	deed.Keyed
	Name     string `json:"name" maxLength:"50" doc:"as on the ID card"`
	IDNumber string `json:"id_number" maxLength:"30" doc:"公民身份号码, 18 characters"`
	Region   string `json:"region" maxLength:"6" doc:"GB/T 2260 code of the county lived in"`
	Phone    string `json:"phone,omitempty" maxLength:"30" doc:"only for a clerk on behalf"`
}

// WorkerView is a worker as shown to themselves and to staff. Its numbers are masked.
type WorkerView struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	IDMasked string `json:"id_masked"`
	Sex      Sex    `json:"sex"`
	Age      int    `json:"age"`
	Region   string `json:"region"`
	HasCard  bool   `json:"has_card,omitempty" doc:"a bank card is on record; told when one is shown"`
}

// RegisterWorker registers a person who works: one ID number is one worker, and nobody under the
// age of policy people.age_minimum.
// Faults: people.name_form, people.id_form, people.id_old, people.id_birth, people.id_check,
// people.region_unknown, people.phone_form (invalid); people.too_young (invalid, field id_number);
// people.id_taken, people.already_worker (conflict).
func (s *Service) RegisterWorker(ctx context.Context, in RegisterWorker) (WorkerView, error) {
	err := Must(ctx, PermRegister, "")
	if err == nil && in.Phone != "" {
		err = Must(ctx, PermChangeWorker, "") // no owner yet: only staff pass
	}
	if err != nil {
		return WorkerView{}, err
	}
	w, id, err := readWorker(in)
	if err != nil {
		return WorkerView{}, err
	}
	who, err := s.candidate(ctx, in.Phone)
	if err != nil {
		return WorkerView{}, err
	}
	idBlind := s.Box.Blind(domainID, string(id))
	in.IDNumber, in.Phone = idBlind, who.blind // what is hashed: plain digests can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "register_worker"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (WorkerView, error) {
			return s.registerTx(ctx, tx, w, id, who)
		}, db.Lane("id_number", idBlind))
}

// readWorker checks what can be checked without looking anything up.
func readWorker(in RegisterWorker) (Worker, IDNumber, error) {
	name, err := parseName(in.Name, "name")
	if err != nil {
		return Worker{}, "", err
	}
	id, err := ParseIDNumber(in.IDNumber)
	if err != nil {
		return Worker{}, "", err
	}
	county, err := parseRegion(in.Region)
	return Worker{Name: name, Sex: id.Sex(), BirthDate: id.Birth(), Region: county}, id, err
}

// parseRegion wants six digits that GB/T 2260 knows.
func parseRegion(code string) (string, error) {
	const digits = 6
	if len(code) != digits || !region.Valid(code) {
		return "", fault.New(fault.Invalid, "people.region_unknown").OnField("region")
	}
	return code, nil
}

// candidate is whose account is meant: the phone's, or without one that of who asks.
func (s *Service) candidate(ctx context.Context, phone string) (recipient, error) {
	if phone == "" {
		return recipient{accountID: ActorOf(ctx).AccountID}, nil
	}
	p, err := ParsePhone(phone)
	return recipient{phone: p, blind: s.Box.Blind(domainPhone, string(p))}, err
}

// candidateTx gets that account, made where a phone has none.
func (s *Service) candidateTx(ctx context.Context, tx *db.Tx, who recipient) (Account, error) {
	if who.phone != "" {
		return s.accountTx(ctx, tx, who.phone, who.blind)
	}
	a, err := accountByID(ctx, tx, who.accountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	return a, err
}

func (s *Service) registerTx(
	ctx context.Context, tx *db.Tx, w Worker, id IDNumber, who recipient,
) (WorkerView, error) {
	day := civil.DateOf(tx.Now)
	least, err := s.Policy.At("people.age_minimum", w.Region, day)
	if err != nil {
		return WorkerView{}, err
	}
	if err := checkAge(w.BirthDate, day, int(least.Value)); err != nil {
		return WorkerView{}, err
	}
	a, err := s.candidateTx(ctx, tx, who)
	if err != nil {
		return WorkerView{}, err
	}
	if a.WorkerID != "" {
		return WorkerView{}, fault.New(fault.Conflict, "people.already_worker")
	}
	sealed, err := s.Box.Seal(domainID, string(id))
	if err != nil {
		return WorkerView{}, fmt.Errorf("seal ID number: %w", err)
	}
	w.ID, w.AccountID = tx.ID("wrk"), a.ID
	err = insertWorker(ctx, tx, newWorker{Worker: w, ageMin: int(least.Value), sealed: sealed,
		blind: s.Box.Blind(domainID, string(id))})
	if err != nil {
		return WorkerView{}, err
	}
	a.WorkerID, a.Roles = w.ID, withRole(a.Roles, RoleWorker)
	if err := updateAccount(ctx, tx, a, w.Name); err != nil {
		return WorkerView{}, err
	}
	return workerView(w, id, day), feed.PutTx(ctx, tx, WorkerRegistered{w.ID, w.Region})
}

func workerView(w Worker, id IDNumber, day civil.Date) WorkerView {
	return WorkerView{ID: w.ID, Name: w.Name, IDMasked: id.String(), Sex: w.Sex,
		Age: w.BirthDate.AgeOn(day), Region: w.Region}
}

// RegisterEmployer makes the account that asks an employer; when a clerk gives a phone, that
// phone's.
type RegisterEmployer struct {
	deed.Keyed
	USCC      string `json:"uscc" maxLength:"30" doc:"统一社会信用代码, 18 characters"`
	Name      string `json:"name" maxLength:"100" doc:"as on the licence"`
	Address   string `json:"address" maxLength:"200"`
	Principal string `json:"principal" maxLength:"50" doc:"法定代表人 or 负责人"`
	Region    string `json:"region" maxLength:"6" doc:"GB/T 2260 code of the county"`
	Phone     string `json:"phone,omitempty" maxLength:"30" doc:"only for a clerk on behalf"`
}

// EmployerView is an employer as shown to itself and to staff.
type EmployerView struct {
	ID        string `json:"id"`
	USCC      string `json:"uscc"`
	Name      string `json:"name"`
	Address   string `json:"address"`
	Principal string `json:"principal"`
	Region    string `json:"region"`
}

// RegisterEmployer registers who gives work: one USCC is one employer. It may publish nothing until
// a clerk has vetted it (market).
// Faults: people.uscc_form, people.uscc_check, people.text_form, people.text_number,
// people.name_form, people.region_unknown, people.phone_form (invalid); people.uscc_taken,
// people.already_employer (conflict).
func (s *Service) RegisterEmployer(ctx context.Context, in RegisterEmployer) (EmployerView, error) {
	err := Must(ctx, PermRegister, "")
	if err == nil && in.Phone != "" {
		err = Must(ctx, PermChangeEmployer, "") // no owner yet: only staff pass
	}
	if err != nil {
		return EmployerView{}, err
	}
	e, err := readEmployer(in)
	if err != nil {
		return EmployerView{}, err
	}
	who, err := s.candidate(ctx, in.Phone)
	if err != nil {
		return EmployerView{}, err
	}
	in.Phone = who.blind // what is hashed: a plain digest of a phone can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "register_employer"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (EmployerView, error) {
			return s.registerEmployerTx(ctx, tx, e, who)
		}, db.Lane("uscc", e.USCC))
}

func readEmployer(in RegisterEmployer) (Employer, error) {
	var e Employer
	var err error
	if e.USCC, err = ParseUSCC(in.USCC); err != nil {
		return e, err
	}
	if e.Name, err = parseText(in.Name, "name", orgRunesMax); err != nil {
		return e, err
	}
	if e.Address, err = parseText(in.Address, "address", addressRunesMax); err != nil {
		return e, err
	}
	if e.Principal, err = parseName(in.Principal, "principal"); err != nil {
		return e, err
	}
	e.Region, err = parseRegion(in.Region)
	return e, err
}

func (s *Service) registerEmployerTx(
	ctx context.Context, tx *db.Tx, e Employer, who recipient,
) (EmployerView, error) {
	a, err := s.candidateTx(ctx, tx, who)
	if err != nil {
		return EmployerView{}, err
	}
	if a.EmployerID != "" {
		return EmployerView{}, fault.New(fault.Conflict, "people.already_employer")
	}
	e.ID, e.AccountID = tx.ID("emp"), a.ID
	if err := insertEmployer(ctx, tx, e); err != nil {
		return EmployerView{}, err
	}
	a.EmployerID, a.Roles = e.ID, withRole(a.Roles, RoleEmployer)
	if err := updateAccount(ctx, tx, a, e.Principal); err != nil {
		return EmployerView{}, err
	}
	return employerView(e), feed.PutTx(ctx, tx, EmployerRegistered{e.ID, e.Region})
}

func employerView(e Employer) EmployerView {
	return EmployerView{ID: e.ID, USCC: e.USCC, Name: e.Name, Address: e.Address,
		Principal: e.Principal, Region: e.Region}
}

// CreateStaff gives roles to a phone.
type CreateStaff struct {
	deed.Keyed
	Phone      string `json:"phone" maxLength:"30"`
	Name       string `json:"name" maxLength:"50"`
	Roles      []Role `json:"roles" minItems:"1" maxItems:"4" doc:"supervisor, clerk, …"`
	EmployerID string `json:"employer_id,omitempty" doc:"whose supervisor"`
}

// StaffView is an account that was given roles.
type StaffView struct {
	AccountID   string `json:"account_id"`
	Name        string `json:"name"`
	PhoneMasked string `json:"phone_masked"`
	Roles       []Role `json:"roles"`
	EmployerID  string `json:"employer_id,omitempty"`
}

// CreateStaff gives roles to the phone's account, which is made if need be: a director gives the
// city's, an employer makes supervisors of its own.
// Faults: people.role_not_given, people.employer_missing, people.phone_form, people.name_form
// (invalid); people.director_gives (forbidden); people.employer_not_found; people.other_employer
// (conflict).
func (s *Service) CreateStaff(ctx context.Context, in CreateStaff) (StaffView, error) {
	if err := Must(ctx, PermCreateStaff, in.EmployerID); err != nil {
		return StaffView{}, err
	}
	if err := checkGiven(ActorOf(ctx), in.Roles, in.EmployerID); err != nil {
		return StaffView{}, err
	}
	name, err := parseName(in.Name, "name")
	if err != nil {
		return StaffView{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return StaffView{}, err
	}
	who := recipient{phone: phone, blind: s.Box.Blind(domainPhone, string(phone))}
	in.Phone = who.blind // what is hashed: a plain digest of a phone can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "create_staff"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (StaffView, error) {
			return s.createStaffTx(ctx, tx, in, who, name)
		}, db.Lane("phone", who.blind))
}

func (s *Service) createStaffTx(
	ctx context.Context, tx *db.Tx, in CreateStaff, who recipient, name string,
) (StaffView, error) {
	a, err := s.candidateTx(ctx, tx, who)
	if err != nil {
		return StaffView{}, err
	}
	if in.EmployerID != "" {
		if _, err := getEmployer(ctx, tx, in.EmployerID); err != nil {
			return StaffView{}, err
		}
		if a.EmployerID != "" && a.EmployerID != in.EmployerID {
			return StaffView{}, fault.New(fault.Conflict, "people.other_employer").OnField("phone")
		}
		a.EmployerID = in.EmployerID
	}
	a.Roles = withRole(a.Roles, in.Roles...)
	if err := updateAccount(ctx, tx, a, name); err != nil {
		return StaffView{}, err
	}
	what := "gave roles " + rolesText(withRole(nil, in.Roles...))
	if err := record(ctx, tx, what, a.ID, ""); err != nil {
		return StaffView{}, err
	}
	return StaffView{AccountID: a.ID, Name: name, PhoneMasked: who.phone.String(),
		Roles: a.Roles, EmployerID: a.EmployerID}, nil
}
