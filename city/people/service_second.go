package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// secondStep is an account's second step as it is stored.
type secondStep struct {
	secret      []byte // sealed
	confirmedAt int64  // ms; 0: begun only
	lastStep    int64
	wrong       int64
	lockedUntil int64 // ms
}

// secondDueTx tells what a log-in still needs: "code", "enrol", or "" for nothing.
func (s *Service) secondDueTx(ctx context.Context, tx *db.Tx, a Account) (string, error) {
	step, err := secondOf(ctx, tx, a.ID)
	switch {
	case err != nil && !errors.Is(err, db.ErrNone):
		return "", err
	case err == nil && step.confirmedAt > 0:
		return "code", nil
	case !isStaff(a.Roles):
		return "", nil
	}
	must, err := s.Policy.At("people.second_step_required", "", civil.DateOf(tx.Now))
	if err != nil || must.Value == 0 {
		return "", err
	}
	return "enrol", nil
}

// Second asks how one's second step stands.
type Second struct{}

// SecondView is how a second step stands.
type SecondView struct {
	On           bool  `json:"on" doc:"a log-in asks for a code of the authenticator"`
	Due          bool  `json:"due,omitempty" doc:"this session still needs it"`
	RecoveryLeft int64 `json:"recovery_left,omitempty" doc:"codes for when the authenticator is lost"`
}

// ShowSecond shows how one's second step stands.
func (s *Service) ShowSecond(ctx context.Context, _ Second) (SecondView, error) {
	if err := Must(ctx, PermSecondStep, ""); err != nil {
		return SecondView{}, err
	}
	a := ActorOf(ctx)
	step, err := secondOf(ctx, s.DB, a.AccountID)
	if errors.Is(err, db.ErrNone) {
		return SecondView{Due: a.SecondDue}, nil
	}
	if err != nil {
		return SecondView{}, err
	}
	left, err := recoveryLeft(ctx, s.DB, a.AccountID)
	return SecondView{On: step.confirmedAt > 0, Due: a.SecondDue, RecoveryLeft: left}, err
}

// BeginSecond asks for the secret of a new authenticator.
type BeginSecond struct{}

// SecondSecret is what an authenticator is given. It is shown here once.
type SecondSecret struct {
	Secret string `json:"secret" doc:"base32, for typing"`
	URI    string `json:"uri" doc:"for a QR code"`
}

// BeginSecond makes a secret, which is in force when a code of it was shown (ConfirmSecond). It has
// no key and its answer is stored nowhere: begun again, the secret is another.
// Faults: people.second_on (conflict): end the one in force first.
func (s *Service) BeginSecond(ctx context.Context, _ BeginSecond) (SecondSecret, error) {
	if err := Must(ctx, PermSecondStep, ""); err != nil {
		return SecondSecret{}, err
	}
	accountID := ActorOf(ctx).AccountID
	secret := make([]byte, totpBytes)
	rand.Read(secret) // never fails (crypto/rand)
	sealed, err := s.Box.Seal(domainSecond, string(secret))
	if err != nil {
		return SecondSecret{}, fmt.Errorf("seal a second step: %w", err)
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (SecondSecret, error) {
		step, err := secondOf(ctx, tx, accountID)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return SecondSecret{}, err
		}
		if err == nil && step.confirmedAt > 0 {
			return SecondSecret{}, fault.New(fault.Conflict, "people.second_on")
		}
		phone, err := s.PhoneTx(ctx, tx, accountID)
		if err != nil {
			return SecondSecret{}, err
		}
		return SecondSecret{base32Plain.EncodeToString(secret), totpURI(secret, "Gongyi",
			phone.String())}, upsertSecond(ctx, tx, accountID, secondStep{secret: sealed})
	}, db.Lane("second", accountID))
}

// SecondCode is a code of the authenticator, or a recovery code where that is taken.
type SecondCode struct {
	Code string `json:"code" minLength:"1" maxLength:"30"`
}

// RecoveryCodes are for when the authenticator is lost. They are shown here once.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
}

// ConfirmSecond puts the begun secret in force: from now on every log-in needs a code of it. This
// session needs none. It has no key: the code is used once.
// Faults: people.second_none (conflict); people.second_wrong (invalid, field code);
// people.second_locked (limited).
func (s *Service) ConfirmSecond(ctx context.Context, in SecondCode) (RecoveryCodes, error) {
	if err := Must(ctx, PermSecondStep, ""); err != nil {
		return RecoveryCodes{}, err
	}
	out := RecoveryCodes{Codes: make([]string, recoveryCodes)}
	blinds := make([]string, recoveryCodes)
	a := ActorOf(ctx)
	for i := range out.Codes {
		random := make([]byte, 10)
		rand.Read(random)
		out.Codes[i] = recoveryCode(random)
		blinds[i] = s.recoveryBlind(a.AccountID, out.Codes[i])
	}
	return out, s.trySecond(ctx, in.Code, false, func(ctx context.Context, tx *db.Tx) error {
		if err := confirmSecond(ctx, tx, a.AccountID, blinds); err != nil {
			return err
		}
		return passSession(ctx, tx, a.session)
	})
}

// Passed says that a session is good now.
type Passed struct {
	RecoveryLeft int64 `json:"recovery_left"`
}

// PassSecond takes the second step of a log-in, with a code of the authenticator or a recovery
// code, which is then used up. It has no key: a code is good once.
// Faults: as ConfirmSecond.
func (s *Service) PassSecond(ctx context.Context, in SecondCode) (Passed, error) {
	if err := Must(ctx, PermSecondStep, ""); err != nil {
		return Passed{}, err
	}
	a := ActorOf(ctx)
	var out Passed
	return out, s.trySecond(ctx, in.Code, true, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if out.RecoveryLeft, err = recoveryLeft(ctx, tx, a.AccountID); err != nil {
			return err
		}
		return passSession(ctx, tx, a.session)
	})
}

// EndSecond switches the second step off, with a code; a session that still needs one cannot.
// Faults: as ConfirmSecond; people.second_due (unknown).
func (s *Service) EndSecond(ctx context.Context, in SecondCode) (SecondView, error) {
	if err := Must(ctx, PermSeeSelf, ""); err != nil {
		return SecondView{}, err
	}
	accountID := ActorOf(ctx).AccountID
	return SecondView{}, s.trySecond(ctx, in.Code, true,
		func(ctx context.Context, tx *db.Tx) error { return deleteSecond(ctx, tx, accountID) })
}

// trySecond proves a code and does the deed in one transaction. A wrong try is counted although
// nothing comes of it, because the refusal is the transaction's result and not its error.
func (s *Service) trySecond(ctx context.Context, code string, inForce bool,
	deed func(context.Context, *db.Tx) error) error {
	accountID := ActorOf(ctx).AccountID
	refused, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (error, error) {
		step, err := secondOf(ctx, tx, accountID)
		if errors.Is(err, db.ErrNone) || err == nil && inForce != (step.confirmedAt > 0) {
			return nil, fault.New(fault.Conflict, "people.second_none")
		}
		if err != nil {
			return nil, err
		}
		if until := time.UnixMilli(step.lockedUntil); tx.Now.Before(until) {
			return fault.New(fault.Limited, "people.second_locked", "again_at",
				until.In(civil.Zone).Format("15:04"), "retry_s",
				int64(until.Sub(tx.Now)/time.Second)+1).OnField("code"), nil
		}
		good, err := s.goodTx(ctx, tx, accountID, &step, code, inForce)
		if err != nil {
			return nil, err
		}
		if !good {
			step.wrong++
			if step.wrong >= secondTries {
				step.wrong, step.lockedUntil = 0, tx.Now.Add(secondLock).UnixMilli()
			}
			return fault.New(fault.Invalid, "people.second_wrong").OnField("code"),
				updateSecond(ctx, tx, accountID, step)
		}
		step.wrong = 0
		if err := updateSecond(ctx, tx, accountID, step); err != nil {
			return nil, err
		}
		return nil, deed(ctx, tx)
	}, db.Lane("second", accountID))
	if err != nil {
		return err
	}
	return refused
}

// goodTx tells whether a code is right, and uses it up.
func (s *Service) goodTx(ctx context.Context, tx *db.Tx, accountID string, step *secondStep,
	code string, recovery bool) (bool, error) {
	secret, err := s.Box.Open(domainSecond, step.secret)
	if err != nil {
		return false, fmt.Errorf("open the second step of %s: %w", accountID, err)
	}
	if at := totpStep([]byte(secret), plainCode(code), tx.Now, step.lastStep); at > 0 {
		step.lastStep = at
		return true, nil
	}
	if !recovery {
		return false, nil
	}
	return useRecovery(ctx, tx, accountID, s.recoveryBlind(accountID, code))
}

func (s *Service) recoveryBlind(accountID, code string) string {
	return s.Box.Blind(domainRecovery, accountID+"\n"+plainCode(code))
}
