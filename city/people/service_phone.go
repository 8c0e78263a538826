package people

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// RequestPhoneCode asks for a code to a worker's new phone.
type RequestPhoneCode struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	Phone    string `json:"phone" maxLength:"30" doc:"the new one"`
}

// RequestPhoneCode sends a code to the phone that is to be the worker's: who changes a number must
// hold it. The worker asks while logged in with the old one; who has lost it goes to the counter,
// where a clerk looks at the ID card and asks.
// Faults: people.phone_form, people.phone_machine (invalid); people.worker_not_found;
// people.code_too_many (conflict).
func (s *Service) RequestPhoneCode(ctx context.Context, in RequestPhoneCode) (CodeSent, error) {
	if err := Must(ctx, PermChangeWorker, in.WorkerID); err != nil {
		return CodeSent{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return CodeSent{}, err
	}
	to := recipient{phone: phone, blind: s.Box.Blind(domainPhone, string(phone))}
	in.Phone = to.blind // what is hashed: a plain digest of a phone can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "request_phone_code"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CodeSent, error) {
			w, err := getWorker(ctx, tx, in.WorkerID)
			if err != nil {
				return CodeSent{}, err
			}
			until, err := s.sendTx(ctx, tx, to, w.AccountID, purposePhone(to.blind))
			return CodeSent{until}, err
		}, db.Lane("code", to.blind))
}

// purposePhone binds a code to the phone that it was sent to.
func purposePhone(blind string) string { return "phone/" + blind }

// ChangePhone makes another phone the worker's.
type ChangePhone struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	Phone    string `json:"phone" maxLength:"30" doc:"the new one"`
	Code     string `json:"code" maxLength:"10" doc:"the six digits that it received"`
	Reason   string `json:"reason,omitempty" maxLength:"100" doc:"required of staff"`
}

// PhoneView is a phone, masked.
type PhoneView struct {
	WorkerID    string    `json:"worker_id"`
	PhoneMasked string    `json:"phone_masked"`
	At          time.Time `json:"at"`
}

// ChangePhone changes the phone by which a worker logs in: the account is logged out everywhere
// else, and the old phone is told, so that nobody loses an account unseen.
// Faults: people.phone_form, people.phone_machine, people.code_wrong, people.reason_missing
// (invalid); people.code_none, people.code_locked, people.code_expired; people.phone_taken
// (conflict, field phone); people.worker_not_found.
func (s *Service) ChangePhone(ctx context.Context, in ChangePhone) (PhoneView, error) {
	if err := Must(ctx, PermChangeWorker, in.WorkerID); err != nil {
		return PhoneView{}, err
	}
	reason, err := parseReason(ctx, in.Reason, in.WorkerID)
	if err != nil {
		return PhoneView{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return PhoneView{}, err
	}
	w, err := getWorker(ctx, s.DB, in.WorkerID)
	if err != nil {
		return PhoneView{}, err
	}
	to := recipient{accountID: w.AccountID, phone: phone,
		blind: s.Box.Blind(domainPhone, string(phone))}
	if err := s.TryCode(ctx, w.AccountID, purposePhone(to.blind), in.Code); err != nil {
		return PhoneView{}, err
	}
	code := in.Code
	in.Phone, in.Code = to.blind, s.codeBlind(w.AccountID, purposePhone(to.blind), code)
	return deed.Once(ctx, s.DB, scope(ctx, "change_phone"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PhoneView, error) {
			if err := s.changePhoneTx(ctx, tx, to, code); err != nil {
				return PhoneView{}, err
			}
			return PhoneView{in.WorkerID, phone.String(), tx.Now},
				record(ctx, tx, "changed phone", in.WorkerID, reason)
		}, db.Lane("phone", to.blind), db.Lane("worker", in.WorkerID))
}

func (s *Service) changePhoneTx(
	ctx context.Context, tx *db.Tx, to recipient, code string,
) error {
	if err := s.UseCodeTx(ctx, tx, to.accountID, purposePhone(to.blind), code); err != nil {
		return err
	}
	old, err := s.PhoneTx(ctx, tx, to.accountID)
	if err != nil {
		return err
	}
	sealed, err := s.Box.Seal(domainPhone, string(to.phone))
	if err != nil {
		return fmt.Errorf("seal phone: %w", err)
	}
	changed, err := updatePhone(ctx, tx, to.accountID, sealed, to.blind)
	if err == nil && !changed {
		err = fault.New(fault.Conflict, "people.phone_taken").OnField("phone")
	}
	if err == nil {
		err = deleteSessionsBut(ctx, tx, to.accountID, ActorOf(ctx).session)
	}
	if err != nil {
		return err
	}
	return s.Send(ctx, tx, Message{AccountID: to.accountID, Phone: string(old),
		Template: "phone_changed", Key: tx.ID("phone_changed"),
		Args: map[string]string{"day": string(civil.DateOf(tx.Now)), "phone": to.phone.String()}})
}
