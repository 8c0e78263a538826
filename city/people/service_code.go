package people

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	purposeLogIn = "login"
	codesPer     = time.Hour          // the span of policy people.code_per_hour
	codesKeptFor = 7 * 24 * time.Hour // as long as a deed can be repeated with its key
)

// RequestCode asks for a log-in code.
type RequestCode struct {
	deed.Keyed
	Phone string `json:"phone" maxLength:"30" doc:"mainland mobile number"`
}

// CodeSent says until when the code is good.
type CodeSent struct {
	Until time.Time `json:"until"`
}

// RequestCode sends a log-in code to the phone. It tells nobody whether the phone has an account.
// Faults: people.phone_form, people.phone_machine (invalid); people.code_too_many (limited).
func (s *Service) RequestCode(ctx context.Context, in RequestCode) (CodeSent, error) {
	if err := Must(ctx, PermLogIn, ""); err != nil {
		return CodeSent{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return CodeSent{}, err
	}
	blind := s.Box.Blind(domainPhone, string(phone))
	in.Phone = blind // what is hashed: a plain digest of a phone can be tried out
	return deed.Once(ctx, s.DB, "people.request_code/"+blind, in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CodeSent, error) {
			until, err := s.sendTx(ctx, tx, recipient{phone: phone, blind: blind}, blind, purposeLogIn)
			return CodeSent{until}, err
		}, db.Lane("code", blind))
}

// recipient is a phone, and its account if it has one.
type recipient struct {
	accountID, blind string
	phone            Phone
}

// SendCodeTx sends a code to the account's phone for one purpose, "sign/ctr_…": its first word is
// the kind, counted by the hour for itself, so that nobody's log-in attempts hinder a signature.
// Faults: people.account_not_found; people.code_too_many (limited).
func (s *Service) SendCodeTx(ctx context.Context, tx *db.Tx, accountID, purpose string) error {
	if purpose == "" || purpose == purposeLogIn || len(purpose) > purposeBytesMax {
		panic("people: a code for the purpose " + strconv.Quote(purpose))
	}
	sealed, blind, err := phoneOf(ctx, tx, accountID)
	if err != nil {
		return err
	}
	phone, err := s.Box.Open(domainPhone, sealed)
	if err != nil {
		return fmt.Errorf("open phone of %s: %w", accountID, err)
	}
	_, err = s.sendTx(ctx, tx, recipient{accountID, blind, Phone(phone)}, accountID, purpose)
	return err
}

// sendTx writes a code and hands its message out, both in the caller's deed.
func (s *Service) sendTx(
	ctx context.Context, tx *db.Tx, to recipient, subject, purpose string,
) (time.Time, error) {
	kind, _, _ := strings.Cut(purpose, "/")
	var validMin, tries, perHour int64
	for _, n := range []struct {
		name string
		to   *int64
	}{{"people.code_valid_min", &validMin}, {"people.code_tries", &tries},
		{"people.code_per_hour", &perHour}} {
		v, err := s.Policy.At(n.name, "", civil.DateOf(tx.Now))
		if err != nil {
			return time.Time{}, err
		}
		*n.to = v.Value
	}
	sent, first, err := codesSince(ctx, tx, to.blind, kind, tx.Now.Add(-codesPer))
	if err != nil {
		return time.Time{}, err
	}
	if sent >= perHour {
		again := first.Add(codesPer)
		return time.Time{}, fault.New(fault.Limited, "people.code_too_many", "max", perHour,
			"again_at", again.In(civil.Zone).Format("15:04"),
			"retry_s", int64((again.Sub(tx.Now)+time.Second-1)/time.Second)).OnField("phone")
	}
	digits := s.NewCode()
	c := sentCode{code: code{ID: tx.ID("cod"), Blind: s.codeBlind(subject, purpose, digits),
		TriesMax: int(tries), ValidUntil: tx.Now.Add(time.Duration(validMin) * time.Minute)},
		phoneBlind: to.blind, subject: subject, purpose: purpose, kind: kind}
	if err := insertCode(ctx, tx, c); err != nil {
		return time.Time{}, err
	}
	return c.ValidUntil, s.Send(ctx, tx, Message{AccountID: to.accountID, Phone: string(to.phone),
		Template: template(kind), Key: c.ID,
		Args: map[string]string{"code": digits, "min": strconv.FormatInt(validMin, 10)}})
}

// template names the message's sentence: the two that say what the code is for, or the plain one.
func template(kind string) string {
	switch kind {
	case "login", "sign":
		return "code_" + kind
	}
	return "code"
}

// codeBlind is how a code is stored: a digest under the city's key, because six digits can be
// tried out, bound to whom and what it is for.
func (s *Service) codeBlind(subject, purpose, digits string) string {
	return s.Box.Blind(domainCode, subject+"\n"+purpose+"\n"+typed(digits))
}

// TryCode proves a code for a deed that will use it, in a transaction of its own: a wrong try stays
// counted although nothing comes of it. It is called before the deed, without the permission being
// asked again: the caller has asked. The right code of a deed already done is right again.
// Faults: people.code_wrong with the tries left (invalid, field code); people.code_none,
// people.code_locked, people.code_expired (conflict, field code).
func (s *Service) TryCode(ctx context.Context, accountID, purpose, digits string) error {
	refusal, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (error, error) {
		return s.tryTx(ctx, tx, accountID, purpose, digits)
	}, db.Lane("code", accountID))
	if err != nil {
		return err
	}
	return refusal
}

// tryTx judges and counts. The refusal is the result to be committed; err ends the transaction.
func (s *Service) tryTx(
	ctx context.Context, tx *db.Tx, subject, purpose, digits string,
) (refusal, err error) {
	c, err := latestCode(ctx, tx, subject, purpose)
	if err != nil {
		if fault.As(err) != nil {
			return err, nil
		}
		return nil, err
	}
	after, refusal := c.try(s.codeBlind(subject, purpose, digits), tx.Now)
	if after != c {
		err = updateCode(ctx, tx, after)
	}
	return refusal, err
}

// UseCodeTx spends a code that TryCode has proved, in the deed that it was asked for: one code is
// one deed. Without TryCode before it, no code is ever right.
// Faults: people.code_none (conflict, field code).
func (s *Service) UseCodeTx(
	ctx context.Context, tx *db.Tx, accountID, purpose, digits string,
) error {
	return useCode(ctx, tx, accountID, purpose, s.codeBlind(accountID, purpose, digits))
}
