package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Payees knows whom the bank pays; people.Service is one.
type Payees interface {
	GetWorkerTx(ctx context.Context, r db.Reader, workerID string) (people.Worker, error)
	CardTx(ctx context.Context, tx *db.Tx, workerID string) (people.Card, error)
}

// Register knows employers and who took what.
type Register interface {
	GetEmployerTx(ctx context.Context, r db.Reader, id string) (people.Employer, error)
	EmployerByUSCCTx(ctx context.Context, r db.Reader, uscc string) (people.Employer, error)
	EmployersNamedTx(ctx context.Context, r db.Reader, references []string) (
		map[string]people.Employer, error)
	AuditTx(ctx context.Context, tx *db.Tx, what, subject string) error
}

// Deps are what the ledger stands on.
type Deps struct {
	DB     *db.DB
	Policy *policy.Book
	People Payees
	// Register names employers and keeps the audit log; people.Service is one.
	Register Register
	Bank     Banker
	// Settled is told, in the transaction that records it, how payouts ended; its error undoes all.
	Settled func(ctx context.Context, tx *db.Tx, ended []Settlement) error
	// CameIn, if set, is told of employers whose free money has grown by what came from outside or
	// out of holds, in the transaction that books it and in their lanes: it may spend it before
	// anybody else can.
	CameIn func(ctx context.Context, tx *db.Tx, employerIDs []string) error
}

// Service is the ledger.
type Service struct{ Deps }

// New returns the ledger.
func New(d Deps) *Service { return &Service{d} }

// Lane is the lane of an employer's money. Deeds that change its available funds take it.
func Lane(employerID string) db.Option { return db.Lane("funds", employerID) }

// PostTx writes an entry and changes the kept balances. The same again changes nothing. Gives: the
// entry's id.
// Faults: ledger.insufficient_funds, ledger.source_reused (conflict); ledger.no_hold (not_found)
// when money is put into a hold that is not there.
func (s *Service) PostTx(ctx context.Context, tx *db.Tx, e Entry) (string, error) {
	if err := e.check(); err != nil {
		return "", err
	}
	back := min(e.Ends.BackedFen, e.rest())
	e.Move(Hold(e.Ends.ID), Drawn(Guarantee, e.Ends.EmployerID), back)
	rest := e.rest()
	e.Move(Hold(e.Ends.ID), Rest(e.Ends.ID), rest)
	isNew, err := insertEntry(ctx, tx, e)
	if err == nil && !isNew && e.Ends.ID != "" {
		err = fmt.Errorf("ledger: hold %s has ended twice", e.Ends.ID)
	}
	if err != nil || !isNew {
		return e.ID(), err
	}
	for _, c := range e.changes() {
		if err := change(ctx, tx, e, c); err != nil {
			return "", err
		}
	}
	if rest > 0 {
		err = insertRest(ctx, tx, e.Ends, rest)
	}
	if err == nil && back > 0 {
		err = useLimit(ctx, tx, e.Ends.EmployerID, Guarantee, -back)
	}
	return e.ID(), err
}

func change(ctx context.Context, tx *db.Tx, e Entry, c Posting) error {
	kind, owner := c.Account.split()
	switch {
	case c.AmountFen < 0:
		return debit(ctx, tx, c.Account, -c.AmountFen)
	case kind == "employer":
		return creditEmployer(ctx, tx, owner, c.AmountFen)
	case e.opensFor != "":
		return openHold(ctx, tx, c.Account, e.opensFor, c.AmountFen, e.backed)
	}
	return creditHold(ctx, tx, c.Account, c.AmountFen)
}

// HoldCmd freezes an employer's money for a placement.
type HoldCmd struct {
	ID         string // the placement
	EmployerID string
	AmountFen  money.Fen
}

// HoldTx moves available funds into a hold that only its placement can spend; what is missing is
// drawn from the employer's credit line, then from its guarantee. The same again changes nothing.
// Faults: ledger.insufficient_funds, ledger.insolvent, ledger.source_reused (conflict).
func (s *Service) HoldTx(ctx context.Context, tx *db.Tx, cmd HoldCmd) error {
	free, insolvent, err := standing(ctx, tx, cmd.EmployerID)
	if err != nil {
		return err
	}
	e := Entry{Kind: "hold", Source: cmd.ID, opensFor: cmd.EmployerID}
	e.Move(Available(cmd.EmployerID), Hold(cmd.ID), min(free, cmd.AmountFen))
	if insolvent || free < cmd.AmountFen {
		same, err := isHeld(ctx, tx, cmd)
		switch {
		case err != nil || same:
			return err
		case insolvent:
			return isInsolvent()
		}
		if err := s.drawTx(ctx, tx, cmd, &e, cmd.AmountFen-free); err != nil {
			return err
		}
	}
	_, err = s.PostTx(ctx, tx, e)
	if fault.Is(err, "ledger.source_reused") { // the first time a limit may have stood in
		if same, e := isHeld(ctx, tx, cmd); e != nil || same {
			return e
		}
	}
	return err
}

// GetHoldTx gives a hold. Faults: ledger.no_hold (not_found) also when it has ended.
func (s *Service) GetHoldTx(ctx context.Context, r db.Reader, holdID string) (HoldView, error) {
	return getHold(ctx, r, holdID)
}

// TakeHoldTx ends a hold and gives what was left of it; in the same deed the caller posts an entry
// that Ends it. It touches the hold's row only, never the employer's, which many want at once.
// Faults: ledger.no_hold (not_found).
func (s *Service) TakeHoldTx(ctx context.Context, tx *db.Tx, holdID string) (HoldView, error) {
	return takeHold(ctx, tx, holdID)
}

// ReleaseTx ends a hold and gives what is left of it back to its employer at once. A hold that has
// ended, or never was, is left alone. Takes Lane.
func (s *Service) ReleaseTx(ctx context.Context, tx *db.Tx, holdID string) error {
	h, err := takeHold(ctx, tx, holdID)
	if fault.Is(err, "ledger.no_hold") || err == nil && h.LeftFen == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	e := Entry{Kind: "release", Source: holdID, Ends: h}
	e.Move(Hold(holdID), Available(h.EmployerID), h.CashFen())
	_, err = s.PostTx(ctx, tx, e)
	return err
}

// BalanceTx gives what stands on an account; zero for one that nobody has posted to.
func (s *Service) BalanceTx(ctx context.Context, r db.Reader, a Account) (money.Fen, error) {
	return balance(ctx, r, a)
}

// HeldTx gives what is frozen of an employer's money, over all its holds.
func (s *Service) HeldTx(ctx context.Context, r db.Reader, employerID string) (money.Fen, error) {
	return heldOf(ctx, r, employerID)
}

// Want asks for a payout.
type Want struct {
	LineID     string
	WorkerID   string
	EmployerID string
	AmountFen  money.Fen
	ReissueOf  string // the failed payout that this one repeats
}

// WantPayoutsTx notes that lines must be paid; the sweep ledger.send does it. Gives: the payouts'
// ids, in the order asked.
// Faults: ledger.line_has_payout (conflict) when a line has a payout that has not failed.
func (s *Service) WantPayoutsTx(ctx context.Context, tx *db.Tx, wants []Want) ([]string, error) {
	ids := make([]string, len(wants))
	payouts := make([]Payout, len(wants))
	for i, w := range wants {
		ids[i] = tx.ID("pay")
		payouts[i] = Payout{ID: ids[i], Kind: Wage, LineID: w.LineID, WorkerID: w.WorkerID,
			EmployerID: w.EmployerID,
			AmountFen:  w.AmountFen, ReissueOf: w.ReissueOf, State: Wanted, NextAt: tx.Now, WantedAt: tx.Now}
	}
	n, err := insertPayouts(ctx, tx, payouts)
	if err == nil && int(n) != len(wants) {
		err = fault.New(fault.Conflict, "ledger.line_has_payout")
	}
	return ids, err
}

// PayoutView is a payout as a clerk sees it.
type PayoutView struct {
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind" enum:"wage,refund,call"`
	LineID     string    `json:"line_id"`
	WorkerID   string    `json:"worker_id"`
	EmployerID string    `json:"employer_id"`
	AmountFen  money.Fen `json:"amount_fen"`
	State      State     `json:"state"`
	Attempts   int64     `json:"attempts"`
	WantedAt   time.Time `json:"wanted_at"`
}

func viewOf(p Payout) PayoutView {
	return PayoutView{p.ID, p.Kind, p.LineID, p.WorkerID, p.EmployerID, p.AmountFen, p.State,
		p.Attempts, p.WantedAt}
}

const stuckListMax = 100

// StuckPayouts asks for the payouts that wait for a clerk.
type StuckPayouts struct{}

// PayoutList is a bounded list of payouts, oldest first.
type PayoutList struct {
	Payouts []PayoutView `json:"payouts"`
}

// FindStuckPayouts lists payouts whose end the bank would not tell in attemptsMax attempts.
func (s *Service) FindStuckPayouts(ctx context.Context, _ StuckPayouts) (PayoutList, error) {
	if err := people.Must(ctx, people.PermPayWages, ""); err != nil {
		return PayoutList{}, err
	}
	payouts, err := stuckPayouts(ctx, s.DB, stuckListMax)
	out := PayoutList{Payouts: make([]PayoutView, len(payouts))}
	for i, p := range payouts {
		out.Payouts[i] = viewOf(p)
	}
	return out, err
}

// AskAgain sets a payout that waits for a clerk going again.
type AskAgain struct {
	deed.Keyed
	PayoutID string `json:"payout_id" path:"payout_id"`
}

// AskPayoutAgain gives a payout new attempts: the bank is asked about it, then, if it has never
// seen it, sent it with the same key.
// Faults: ledger.payout_not_found; ledger.payout_not_stuck (conflict).
func (s *Service) AskPayoutAgain(ctx context.Context, in AskAgain) (PayoutView, error) {
	if err := people.Must(ctx, people.PermPayWages, ""); err != nil {
		return PayoutView{}, err
	}
	return deed.Once(ctx, s.DB, "ledger.ask_payout_again/"+people.ActorOf(ctx).AccountID, in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PayoutView, error) {
			p, err := getPayout(ctx, tx, in.PayoutID)
			if err != nil {
				return PayoutView{}, err
			}
			if !p.stuck() {
				return PayoutView{}, fault.New(fault.Conflict, "ledger.payout_not_stuck")
			}
			p.Attempts, p.NextAt = 1, tx.Now // the bank may have heard of it
			return viewOf(p), changePayouts(ctx, tx, []Payout{p})
		})
}

// Counts tells how many payouts of wages were wanted in the city's life, and how many repeat a
// failed one.
func (s *Service) Counts(ctx context.Context, r db.Reader) (payouts, reissued int64, err error) {
	return countPayouts(ctx, r)
}

// WagesTx gives what the bank has paid out and what is owed on all payable accounts.
func (s *Service) WagesTx(ctx context.Context, r db.Reader) (paid, owed money.Fen, err error) {
	return wages(ctx, r)
}
