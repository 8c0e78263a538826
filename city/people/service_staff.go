package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Staff is somebody who acts for the city.
type Staff struct {
	AccountID string
	Name      string
}

// StaffTx lists who has one of the city's own roles, in order of account.
func (s *Service) StaffTx(ctx context.Context, r db.Reader, role Role) ([]Staff, error) {
	all, err := staff(ctx, r, "", staffMax)
	var out []Staff
	for _, a := range all {
		if slices.Contains(RolesOf(a.Roles), role) {
			out = append(out, Staff{a.ID, a.Name})
		}
	}
	return out, err
}

// staffMax bounds a city's bureau.
const staffMax = 5_000

// NameTx gives the name that goes with an account; "" for one that has not given any.
// Faults: people.account_not_found.
func (s *Service) NameTx(ctx context.Context, r db.Reader, accountID string) (string, error) {
	return nameOf(ctx, r, accountID)
}

// ClearPhoneTx opens a worker's phone for a record that the law asks for, with an audit row in the
// caller's deed.
// Faults: people.worker_not_found.
func (s *Service) ClearPhoneTx(ctx context.Context, tx *db.Tx, workerID string) (Phone, error) {
	number, err := s.clear(ctx, tx, workerID, "phone")
	if err != nil {
		return "", err
	}
	return Phone(number), record(ctx, tx, "phone", workerID, reasonRecord)
}

// StaffID asks for an account that was given roles.
type StaffID struct {
	AccountID string `json:"account_id" path:"account_id"`
}

// ShowStaff shows an account that has one of the city's own roles, its phone masked.
// Faults: people.account_not_found.
func (s *Service) ShowStaff(ctx context.Context, in StaffID) (StaffView, error) {
	if err := Must(ctx, PermRunChecks, ""); err != nil {
		return StaffView{}, err
	}
	a, err := accountByID(ctx, s.DB, in.AccountID)
	if errors.Is(err, db.ErrNone) || err == nil && !isStaff(a.Roles) {
		err = noAccount()
	}
	if err != nil {
		return StaffView{}, err
	}
	return s.staffView(ctx, s.DB, a)
}

// staffView is an account as those see it who give it roles.
func (s *Service) staffView(ctx context.Context, r db.Reader, a Account) (StaffView, error) {
	name, err := nameOf(ctx, r, a.ID)
	if err != nil {
		return StaffView{}, err
	}
	phone, err := s.PhoneTx(ctx, r, a.ID)
	return StaffView{a.ID, name, phone.String(), a.Roles, a.EmployerID}, err
}

// EndRoles takes roles from an account.
type EndRoles struct {
	deed.Keyed
	AccountID  string `json:"account_id" path:"account_id"`
	Roles      []Role `json:"roles" minItems:"1" maxItems:"4"`
	EmployerID string `json:"employer_id,omitempty" doc:"whose supervisor"`
	Reason     string `json:"reason" maxLength:"200" doc:"left the bureau, has other work …"`
}

// EndRoles takes back what CreateStaff gave, at once and on every device: the account is logged
// out. Who may give a role may take it; one's own is taken by somebody else, so that a city keeps a
// director.
// Faults: people.role_not_given, people.employer_missing, people.reason_missing, people.text_form
// (invalid); people.director_gives (forbidden); people.account_not_found; people.own_roles,
// people.role_not_held (conflict).
func (s *Service) EndRoles(ctx context.Context, in EndRoles) (StaffView, error) {
	if err := Must(ctx, PermCreateStaff, in.EmployerID); err != nil {
		return StaffView{}, err
	}
	if err := checkGiven(ActorOf(ctx), in.Roles, in.EmployerID); err != nil {
		return StaffView{}, err
	}
	reason, err := parseReason(ctx, in.Reason, "")
	if err != nil {
		return StaffView{}, err
	}
	if in.AccountID == ActorOf(ctx).AccountID {
		return StaffView{}, fault.New(fault.Conflict, "people.own_roles")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_roles"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (StaffView, error) {
			a, err := endRolesTx(ctx, tx, in, reason)
			if err != nil {
				return StaffView{}, err
			}
			return s.staffView(ctx, tx, a)
		}, db.Lane("account", in.AccountID))
}

func endRolesTx(ctx context.Context, tx *db.Tx, in EndRoles, reason string) (Account, error) {
	a, err := accountByID(ctx, tx, in.AccountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	if err != nil {
		return a, err
	}
	taken := func(r Role) bool { return slices.Contains(in.Roles, r) }
	ours := in.EmployerID == "" || a.EmployerID == in.EmployerID
	if !ours || !slices.ContainsFunc(a.Roles, taken) {
		return a, fault.New(fault.Conflict, "people.role_not_held").OnField("roles")
	}
	a.Roles = slices.DeleteFunc(slices.Clone(a.Roles), taken)
	if !slices.Contains(a.Roles, RoleEmployer) && !slices.Contains(a.Roles, RoleSupervisor) {
		a.EmployerID = ""
	}
	if err := updateAccount(ctx, tx, a, ""); err != nil {
		return a, err
	}
	if _, err := deleteSessionsOf(ctx, tx, a.ID); err != nil {
		return a, err
	}
	return a, record(ctx, tx, "took roles "+rolesText(withRole(nil, in.Roles...)), a.ID, reason)
}

// ResetSecond lets somebody in again who has lost the phone of the second step and its recovery
// codes.
type ResetSecond struct {
	deed.Keyed
	Phone  string `json:"phone" maxLength:"30" doc:"by which the person logs in"`
	Reason string `json:"reason" maxLength:"200" doc:"how you know that it is them"`
}

// SecondReset is an account whose second step was taken off.
type SecondReset struct {
	PhoneMasked string    `json:"phone_masked"`
	At          time.Time `json:"at"`
}

// ResetSecond takes the second step off an account, logs it out everywhere and tells its phone. The
// next log-in asks for a new one where the city wants that. A director does it for others and not
// for themselves; for the last director, who runs the program does.
// Faults: people.phone_form, people.reason_missing, people.text_form (invalid);
// people.phone_unknown (not found, field phone); people.own_second, people.second_off (conflict,
// field phone).
func (s *Service) ResetSecond(ctx context.Context, in ResetSecond) (SecondReset, error) {
	if err := Must(ctx, PermResetSecond, ""); err != nil {
		return SecondReset{}, err
	}
	reason, err := parseReason(ctx, in.Reason, "")
	if err != nil {
		return SecondReset{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return SecondReset{}, err
	}
	blind := s.Box.Blind(domainPhone, string(phone))
	a, err := accountByPhone(ctx, s.DB, blind)
	switch {
	case errors.Is(err, db.ErrNone):
		return SecondReset{}, fault.New(fault.NotFound, "people.phone_unknown").OnField("phone")
	case err != nil:
		return SecondReset{}, err
	case a.ID == ActorOf(ctx).AccountID:
		return SecondReset{}, fault.New(fault.Conflict, "people.own_second").OnField("phone")
	}
	in.Phone = blind // what is hashed: a plain digest of a phone can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "reset_second"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SecondReset, error) {
			return SecondReset{phone.String(), tx.Now}, s.resetSecondTx(ctx, tx, a.ID, reason)
		}, db.Lane("second", a.ID))
}

func (s *Service) resetSecondTx(
	ctx context.Context, tx *db.Tx, accountID, reason string,
) error {
	step, err := secondOf(ctx, tx, accountID)
	if errors.Is(err, db.ErrNone) || err == nil && step.confirmedAt == 0 {
		return fault.New(fault.Conflict, "people.second_off").OnField("phone")
	}
	if err != nil {
		return err
	}
	if err := deleteSecond(ctx, tx, accountID); err != nil {
		return err
	}
	if _, err := deleteSessionsOf(ctx, tx, accountID); err != nil {
		return err
	}
	if err := s.Send(ctx, tx, Message{AccountID: accountID, Template: "second_reset",
		Key: tx.ID("second_reset")}); err != nil {
		return err
	}
	return record(ctx, tx, "reset second step", accountID, reason)
}
