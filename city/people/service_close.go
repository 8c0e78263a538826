package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// CloseAccount is a worker leaving the city's register.
type CloseAccount struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// ClosureView says what becomes of the data of a closed account.
type ClosureView struct {
	WorkerID string     `json:"worker_id"`
	ClosedAt time.Time  `json:"closed_at"`
	EraseOn  civil.Date `json:"erase_on" doc:"until then it is frozen"`
	Months   int64      `json:"months" doc:"how long the law keeps it"`
	Source   string     `json:"source" doc:"which rule keeps it that long"`
}

// CloseAccount closes a worker's account: nobody logs in any more, the bank card is forgotten at
// once, the phone is free again, and everything else is frozen until the longest time of keeping is
// over; then a sweep erases it. Who comes back before goes to the counter.
// Faults: people.worker_not_found; people.close_other_role (conflict) when the account is an
// employer's or staff's too; and those of the slices that owe or expect something.
// Source: 个人信息保护法 47 (deletion; where a period of law runs, storing only).
func (s *Service) CloseAccount(ctx context.Context, in CloseAccount) (ClosureView, error) {
	if err := Must(ctx, PermCloseAccount, in.WorkerID); err != nil {
		return ClosureView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "close_account"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ClosureView, error) {
			return s.closeTx(ctx, tx, in.WorkerID)
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) closeTx(ctx context.Context, tx *db.Tx, workerID string) (ClosureView, error) {
	w, err := getWorker(ctx, tx, workerID)
	if err != nil {
		return ClosureView{}, err
	}
	a, err := accountByID(ctx, tx, w.AccountID)
	if errors.Is(err, db.ErrNone) {
		err = noAccount()
	}
	if err != nil {
		return ClosureView{}, err
	}
	if len(a.Roles) != 1 || a.Roles[0] != RoleWorker {
		return ClosureView{}, fault.New(fault.Conflict, "people.close_other_role")
	}
	if s.MayClose != nil {
		if err := s.MayClose(ctx, tx, workerID); err != nil {
			return ClosureView{}, err
		}
	}
	day := civil.DateOf(tx.Now)
	rule, months, source, err := s.keptFor(w.Region, day)
	if err != nil {
		return ClosureView{}, err
	}
	c := closure{WorkerID: workerID, AccountID: a.ID, Rule: rule, ClosedAt: tx.Now,
		EraseOn: monthsLater(day, int(months))}
	if err := s.freezeTx(ctx, tx, c); err != nil {
		return ClosureView{}, err
	}
	return ClosureView{WorkerID: workerID, ClosedAt: c.ClosedAt, EraseOn: c.EraseOn, Months: months,
		Source: source}, nil
}

// keptFor gives the longest of the times of keeping, in months.
func (s *Service) keptFor(
	region string, day civil.Date,
) (rule string, months int64, source string, err error) {
	for _, code := range retentions {
		n, err := s.Policy.At(code, region, day)
		if err != nil {
			return "", 0, "", err
		}
		if n.Value > months {
			rule, months, source = code, n.Value, n.Source
		}
	}
	return rule, months, source, nil
}

// lateCardKeptFor is as long as a payment to a card that was given after the closing may take, and
// come back once more.
const lateCardKeptFor = 30 * 24 * time.Hour

// freezeTx tells the phone, then takes it from the account with the card, the sessions and the
// codes, and writes the closure.
func (s *Service) freezeTx(ctx context.Context, tx *db.Tx, c closure) error {
	phone, err := s.PhoneTx(ctx, tx, c.AccountID)
	if err != nil {
		return err
	}
	err = s.Send(ctx, tx, Message{Phone: string(phone), Template: "account_closed",
		Key: "account_closed/" + c.WorkerID, Args: map[string]string{"day": string(c.EraseOn)}})
	if err != nil {
		return err
	}
	nobody, err := s.Box.Seal(domainPhone, "")
	if err != nil {
		return fmt.Errorf("seal no phone: %w", err)
	}
	blind := s.Box.Blind("account.closed", c.AccountID)
	if err := closeAccount(ctx, tx, c, nobody, blind); err != nil {
		return err
	}
	if err := feed.PutTx(ctx, tx, AccountClosed{c.WorkerID}); err != nil {
		return err
	}
	return record(ctx, tx, "closed account", c.WorkerID, c.Rule)
}

// erase forgets people whose time of keeping is over, each in a deed of its own: one that fails is
// told of, and the others go all the same.
func (s *Service) erase(ctx context.Context, now time.Time, limit int) (int, error) {
	due, err := closuresDue(ctx, s.DB, civil.DateOf(now), limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, c := range due {
		_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, s.eraseTx(ctx, tx, c)
		}, db.Lane("worker", c.WorkerID))
		if err != nil {
			failed = append(failed, fmt.Errorf("erase %s: %w", c.WorkerID, err))
		}
	}
	return len(due) - len(failed), errors.Join(failed...)
}

// eraseTx leaves of a worker what says nothing about a person: sex, year of birth, county. Rows
// about work and wages stay, with an id that belongs to nobody any more.
func (s *Service) eraseTx(ctx context.Context, tx *db.Tx, c closure) error {
	if s.Erase != nil {
		if err := s.Erase(ctx, tx, c.AccountID, c.WorkerID); err != nil {
			return err
		}
	}
	nobody, err := s.Box.Seal(domainID, "")
	if err != nil {
		return fmt.Errorf("seal no ID number: %w", err)
	}
	if err := eraseWorker(ctx, tx, c, nobody,
		s.Box.Blind("worker.erased", c.WorkerID)); err != nil {
		return err
	}
	return record(ctx, tx, "erased", c.WorkerID, c.Rule)
}
