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

const auditMax = 200 // rows of one answer; an auditor who needs more asks the database

// Get asks for a worker.
type Get struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// ShowWorker shows a worker, masked.
// Faults: people.worker_not_found.
func (s *Service) ShowWorker(ctx context.Context, in Get) (WorkerView, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return WorkerView{}, err
	}
	w, err := getWorker(ctx, s.DB, in.WorkerID)
	if err != nil {
		return WorkerView{}, err
	}
	id, err := s.openID(ctx, s.DB, in.WorkerID)
	return workerView(w, id, civil.DateOf(s.DB.Now())), err
}

// GetEmployer asks for an employer.
type GetEmployer struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// ShowEmployer shows an employer.
// Faults: people.employer_not_found.
func (s *Service) ShowEmployer(ctx context.Context, in GetEmployer) (EmployerView, error) {
	if err := Must(ctx, PermSeeEmployer, in.EmployerID); err != nil {
		return EmployerView{}, err
	}
	e, err := getEmployer(ctx, s.DB, in.EmployerID)
	return employerView(e), err
}

// GetWorkerTx reads a worker. Faults: people.worker_not_found.
func (s *Service) GetWorkerTx(ctx context.Context, r db.Reader, id string) (Worker, error) {
	return getWorker(ctx, r, id)
}

// GetEmployerTx reads an employer. Faults: people.employer_not_found.
func (s *Service) GetEmployerTx(ctx context.Context, r db.Reader, id string) (Employer, error) {
	return getEmployer(ctx, r, id)
}

// SetBankCard says where a worker's wages go.
type SetBankCard struct {
	deed.Keyed
	WorkerID   string `json:"worker_id" path:"worker_id"`
	CardNumber string `json:"card_number" maxLength:"30" doc:"of the worker's own account"`
}

// CardView is a card, masked.
type CardView struct {
	WorkerID   string `json:"worker_id"`
	CardMasked string `json:"card_masked"`
}

// SetBankCard keeps the worker's card, in place of the one before; the audit log says who did it.
// Wages that the bank has refused go out again at once.
// Faults: people.card_form, people.card_check (invalid); people.worker_not_found.
func (s *Service) SetBankCard(ctx context.Context, in SetBankCard) (CardView, error) {
	if err := Must(ctx, PermChangeWorker, in.WorkerID); err != nil {
		return CardView{}, err
	}
	card, err := ParseCard(in.CardNumber)
	if err != nil {
		return CardView{}, err
	}
	sealed, err := s.Box.Seal(domainCard, card.Number)
	if err != nil {
		return CardView{}, fmt.Errorf("seal card: %w", err)
	}
	in.CardNumber = s.Box.Blind(domainCard, card.Number) // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "set_bank_card"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CardView, error) {
			if _, err := getWorker(ctx, tx, in.WorkerID); err != nil {
				return CardView{}, err
			}
			if err := upsertCard(ctx, tx, in.WorkerID, sealed); err != nil {
				return CardView{}, err
			}
			err := insertAudit(ctx, tx, ActorOf(ctx).AccountID, "set card", in.WorkerID)
			if err == nil && s.CardChanged != nil {
				err = s.CardChanged(ctx, tx, in.WorkerID)
			}
			return CardView{in.WorkerID, card.String()}, err
		}, db.Lane("worker", in.WorkerID))
}

// CardTx opens a worker's card for the bank, with an audit row in the caller's deed.
// Faults: people.no_bank_card (conflict).
func (s *Service) CardTx(ctx context.Context, tx *db.Tx, workerID string) (Card, error) {
	card, err := s.openCard(ctx, tx, workerID)
	if err != nil {
		return Card{}, err
	}
	return card, insertAudit(ctx, tx, ActorOf(ctx).AccountID, "card", workerID)
}

func (s *Service) openCard(ctx context.Context, r db.Reader, workerID string) (Card, error) {
	sealed, err := sealedCard(ctx, r, workerID)
	if err != nil {
		return Card{}, err
	}
	number, err := s.Box.Open(domainCard, sealed)
	if err != nil {
		return Card{}, fmt.Errorf("open card of %s: %w", workerID, err)
	}
	return Card{Number: number}, nil
}

// IDNumberTx opens a worker's ID number for a contract or an insurer, with an audit row in the
// caller's deed. For a screen, ShowWorker's masked one is enough.
// Faults: people.worker_not_found.
func (s *Service) IDNumberTx(ctx context.Context, tx *db.Tx, workerID string) (IDNumber, error) {
	id, err := s.openID(ctx, tx, workerID)
	if err != nil {
		return "", err
	}
	return id, insertAudit(ctx, tx, ActorOf(ctx).AccountID, "id_number", workerID)
}

func (s *Service) openID(ctx context.Context, r db.Reader, workerID string) (IDNumber, error) {
	sealed, err := sealedID(ctx, r, workerID)
	if err != nil {
		return "", err
	}
	id, err := s.Box.Open(domainID, sealed)
	if err != nil {
		return "", fmt.Errorf("open ID number of %s: %w", workerID, err)
	}
	return IDNumber(id), nil
}

// PhoneTx opens an account's phone for a message to it; the message is its record.
// Faults: people.account_not_found.
func (s *Service) PhoneTx(ctx context.Context, r db.Reader, accountID string) (Phone, error) {
	sealed, _, err := phoneOf(ctx, r, accountID)
	if err != nil {
		return "", err
	}
	phone, err := s.Box.Open(domainPhone, sealed)
	if err != nil {
		return "", fmt.Errorf("open phone of %s: %w", accountID, err)
	}
	return Phone(phone), nil
}

// ShowNumber asks for a worker's number in clear.
type ShowNumber struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
	What     string `json:"what" enum:"id_number,phone,card"`
}

// ClearNumber is a number unmasked, for one look.
type ClearNumber struct {
	Number string `json:"number"`
}

// ShowNumber shows a number in clear to the worker or to a clerk, and writes who looked into the
// audit log in the same transaction. It has no key and its answer is stored nowhere.
// Faults: people.worker_not_found; people.no_bank_card (conflict); people.what_unknown (invalid).
func (s *Service) ShowNumber(ctx context.Context, in ShowNumber) (ClearNumber, error) {
	if err := Must(ctx, PermShowNumber, in.WorkerID); err != nil {
		return ClearNumber{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (ClearNumber, error) {
		number, err := s.clearTx(ctx, tx, in)
		return ClearNumber{number}, err
	})
}

func (s *Service) clearTx(ctx context.Context, tx *db.Tx, in ShowNumber) (string, error) {
	switch in.What {
	case "id_number":
		id, err := s.IDNumberTx(ctx, tx, in.WorkerID)
		return string(id), err
	case "card":
		card, err := s.CardTx(ctx, tx, in.WorkerID)
		return card.Number, err
	case "phone":
		w, err := getWorker(ctx, tx, in.WorkerID)
		if err != nil {
			return "", err
		}
		phone, err := s.PhoneTx(ctx, tx, w.AccountID)
		if err != nil {
			return "", err
		}
		return string(phone), insertAudit(ctx, tx, ActorOf(ctx).AccountID, "phone", in.WorkerID)
	}
	return "", fault.New(fault.Invalid, "people.what_unknown").OnField("what")
}

// AuditView is one look at a number, or one change of it.
type AuditView struct {
	AccountID string    `json:"account_id" doc:"an account, or a sweep"`
	What      string    `json:"what"`
	At        time.Time `json:"at"`
}

// Audits is what happened to a worker's numbers, newest first.
type Audits struct {
	Audits []AuditView `json:"audits"`
}

// FindAudits lists who saw or changed a worker's numbers: the worker's right to know.
// Source: 个人信息保护法 44.
func (s *Service) FindAudits(ctx context.Context, in Get) (Audits, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Audits{}, err
	}
	list, err := auditOf(ctx, s.DB, in.WorkerID, auditMax)
	return Audits{list}, err
}

// GiveConsent agrees to one purpose, in the words of one version.
type GiveConsent struct {
	deed.Keyed
	WorkerID string  `json:"worker_id" path:"worker_id"`
	Purpose  Purpose `json:"purpose"`
	Version  string  `json:"version" minLength:"1" maxLength:"40" doc:"of the text agreed to"`
}

// WithdrawConsent takes it back.
type WithdrawConsent struct {
	deed.Keyed
	WorkerID string  `json:"worker_id" path:"worker_id"`
	Purpose  Purpose `json:"purpose"`
}

// ConsentView is what holds for a purpose.
type ConsentView struct {
	WorkerID string    `json:"worker_id"`
	Purpose  Purpose   `json:"purpose"`
	Version  string    `json:"version"`
	Given    bool      `json:"given"`
	At       time.Time `json:"at"`
}

// GiveConsent records that the worker, and nobody for them, agrees.
// Faults: people.purpose_unknown, people.text_form (invalid); people.worker_not_found.
func (s *Service) GiveConsent(ctx context.Context, in GiveConsent) (ConsentView, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return ConsentView{}, err
	}
	version, err := parseText(in.Version, "version", nameRunesMax)
	if err != nil {
		return ConsentView{}, err
	}
	c := ConsentView{WorkerID: in.WorkerID, Purpose: in.Purpose, Version: version, Given: true}
	return answerConsent(ctx, s, scope(ctx, "give_consent"), in.Keyed, in, c)
}

// WithdrawConsent takes a consent back, with effect from now on.
// Faults: people.purpose_unknown (invalid); people.no_consent (conflict).
func (s *Service) WithdrawConsent(ctx context.Context, in WithdrawConsent) (ConsentView, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return ConsentView{}, err
	}
	c := ConsentView{WorkerID: in.WorkerID, Purpose: in.Purpose}
	return answerConsent(ctx, s, scope(ctx, "withdraw_consent"), in.Keyed, in, c)
}

func answerConsent[In any](
	ctx context.Context, s *Service, scope string, key deed.Keyed, in In, c ConsentView,
) (ConsentView, error) {
	if err := c.Purpose.check(); err != nil {
		return ConsentView{}, err
	}
	return deed.Once(ctx, s.DB, scope, key, in,
		func(ctx context.Context, tx *db.Tx) (ConsentView, error) {
			if _, err := getWorker(ctx, tx, c.WorkerID); err != nil {
				return ConsentView{}, err
			}
			was, err := latestConsent(ctx, tx, c.WorkerID, c.Purpose)
			if err != nil {
				return ConsentView{}, err
			}
			c := c
			if !c.Given {
				if !was.Given {
					return ConsentView{}, noConsent(c.Purpose)
				}
				c.Version = was.Version
			}
			c.At = tx.Now
			return c, insertConsent(ctx, tx, was.N+1, ActorOf(ctx).AccountID, c)
		}, db.Lane("worker", c.WorkerID))
}

func noConsent(p Purpose) error {
	return fault.New(fault.Conflict, "people.no_consent", "purpose", p).OnField("purpose")
}

// ConsentTx gives the consent that holds for a purpose.
// Faults: people.no_consent (conflict) when none was given, or it was taken back.
func (s *Service) ConsentTx(
	ctx context.Context, r db.Reader, workerID string, p Purpose,
) (ConsentView, error) {
	row, err := latestConsent(ctx, r, workerID, p)
	if err == nil && !row.Given {
		err = noConsent(p)
	}
	return row.view(workerID), err
}

// Consents is what a worker agreed to and took back.
type Consents struct {
	Consents []ConsentView `json:"consents"`
}

// FindConsents lists what holds for each purpose the worker has answered.
func (s *Service) FindConsents(ctx context.Context, in Get) (Consents, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Consents{}, err
	}
	list, err := consentsOf(ctx, s.DB, in.WorkerID)
	return Consents{list}, err
}
