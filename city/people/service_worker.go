package people

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

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
	if err != nil {
		return WorkerView{}, err
	}
	v := workerView(w, id, civil.DateOf(s.DB.Now()))
	_, err = sealedCard(ctx, s.DB, in.WorkerID)
	if v.HasCard = err == nil; fault.As(err) != nil {
		err = nil
	}
	return v, err
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
// Money that a bank sends back after an account was closed is paid to a card that a clerk enters;
// such a card is forgotten after a month.
// Wages that the bank has refused go out again at once.
// Faults: people.card_form, people.card_check (invalid); people.worker_not_found;
// people.consent_withdrawn (conflict): the worker does not want the bank to have it.
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
			err := s.AllowedTx(ctx, tx, in.WorkerID, PurposeShareBank)
			if err == nil {
				err = record(ctx, tx, "set card", in.WorkerID, "")
			}
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
	return card, record(ctx, tx, "card", workerID, reasonPayout)
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
	return id, record(ctx, tx, "id_number", workerID, reasonContract)
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
// Faults: people.account_not_found, people.account_closed (not found).
func (s *Service) PhoneTx(ctx context.Context, r db.Reader, accountID string) (Phone, error) {
	sealed, _, err := phoneOf(ctx, r, accountID)
	if err != nil {
		return "", err
	}
	phone, err := s.Box.Open(domainPhone, sealed)
	if err != nil {
		return "", fmt.Errorf("open phone of %s: %w", accountID, err)
	}
	if phone == "" {
		return "", fault.New(fault.NotFound, "people.account_closed").OnField("account_id")
	}
	return Phone(phone), nil
}

// KeptPhoneTx opens the phone by which a record names a worker, also after the account was
// closed: a wage ledger keeps it for as long as the rest. It is "" once it was erased. Who shows
// it in clear records that; masked, nothing is laid open. To write to somebody, PhoneTx is the
// one to ask.
// Faults: people.worker_not_found. Source: 国令724 art. 15.
func (s *Service) KeptPhoneTx(ctx context.Context, r db.Reader, workerID string) (Phone, error) {
	sealed, err := keptPhoneOf(ctx, r, workerID)
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	phone, err := s.Box.Open(domainPhone, sealed)
	if err != nil {
		return "", fmt.Errorf("open phone of %s: %w", workerID, err)
	}
	return Phone(phone), nil
}

// ShowNumber asks for a worker's number in clear.
type ShowNumber struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
	What     string `json:"what" enum:"id_number,phone,card"`
	Reason   string `json:"reason,omitempty" maxLength:"100" doc:"required of staff"`
}

// ClearNumber is a number unmasked, for one look.
type ClearNumber struct {
	Number string `json:"number"`
}

// ShowNumber shows a number in clear to the worker or to a clerk, and writes who looked, and why,
// into the audit log in the same transaction. It has no key and its answer is stored nowhere.
// Faults: people.worker_not_found; people.no_bank_card (conflict); people.what_unknown,
// people.reason_missing, people.text_form, people.text_number (invalid).
func (s *Service) ShowNumber(ctx context.Context, in ShowNumber) (ClearNumber, error) {
	if err := Must(ctx, PermShowNumber, in.WorkerID); err != nil {
		return ClearNumber{}, err
	}
	reason, err := parseReason(ctx, in.Reason, in.WorkerID)
	if err != nil {
		return ClearNumber{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (ClearNumber, error) {
		number, err := s.clear(ctx, tx, in.WorkerID, in.What)
		if err != nil {
			return ClearNumber{}, err
		}
		return ClearNumber{number}, record(ctx, tx, in.What, in.WorkerID, reason)
	}, db.Lane("worker", in.WorkerID))
}

// clear opens one number of a worker; the caller records it.
func (s *Service) clear(
	ctx context.Context, r db.Reader, workerID, what string,
) (string, error) {
	switch what {
	case "id_number":
		id, err := s.openID(ctx, r, workerID)
		return string(id), err
	case "card":
		card, err := s.openCard(ctx, r, workerID)
		return card.Number, err
	case "phone":
		phone, err := s.KeptPhoneTx(ctx, r, workerID)
		return string(phone), err
	}
	return "", fault.New(fault.Invalid, "people.what_unknown").OnField("what")
}
