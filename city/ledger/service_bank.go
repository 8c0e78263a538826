package ledger

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// send hands wanted payouts to the bank: claimed in one deed, sent, recorded in another. Killed in
// between, they stand as sent and are asked about. A bank that does not answer ends the turn.
func (s *Service) send(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueToSend(ctx, s.DB, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	orders, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) ([]Order, error) {
		return s.claimTx(ctx, tx, ids)
	})
	if err != nil {
		return 0, err
	}
	var answers []Answer
	if len(orders) > 0 { // else nobody has a card
		answers, err = s.Bank.Pay(ctx, orders)
	}
	keys := make([]string, len(orders))
	for i, o := range orders {
		keys[i] = o.Key
	}
	return s.heard(ctx, ids, keys, answers, err)
}

// claimTx marks payouts as sent and gives what to tell the bank. Whom the bank cannot pay, for want
// of a card, has failed without a call; so has the refund of an employer that has become insolvent,
// unless the bank may have heard of it.
func (s *Service) claimTx(ctx context.Context, tx *db.Tx, ids []string) ([]Order, error) {
	payouts, err := payoutsIn(ctx, tx, ids, Wanted)
	if err != nil {
		return nil, err
	}
	var orders []Order
	for i, p := range payouts {
		o, err := s.orderTx(ctx, tx, p)
		if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
			payouts[i] = p.refused(f.Code, tx.Now)
			continue
		}
		if err != nil {
			return nil, err
		}
		payouts[i] = p.claimed(tx.Now)
		orders = append(orders, o)
	}
	if err := changePayouts(ctx, tx, payouts); err != nil {
		return nil, err
	}
	return orders, s.bookTx(ctx, tx, payouts)
}

// orderTx says what the bank is to do: pay a worker's card, pay back to where an employer's money
// comes from, or have a guarantee's giver pay into the sub-account.
func (s *Service) orderTx(ctx context.Context, tx *db.Tx, p Payout) (Order, error) {
	o := Order{Key: p.ID, Purpose: p.Kind, AmountFen: p.AmountFen, Account: p.EmployerID}
	switch p.Kind {
	case Refund:
		insolvent, err := s.InsolventTx(ctx, tx, p.EmployerID)
		if err == nil && insolvent && p.Attempts == 0 {
			err = isInsolvent()
		}
		return o, err
	case Call:
		limits, err := limitsOf(ctx, tx, p.EmployerID)
		for _, l := range limits {
			if l.Kind == Guarantee {
				o.Guarantee = l.Reference
			}
		}
		return o, err
	}
	worker, err := s.People.GetWorkerTx(ctx, tx, p.WorkerID)
	if err != nil {
		return Order{}, err
	}
	card, err := s.People.CardTx(ctx, tx, p.WorkerID)
	o.Card, o.Name = card.Number, worker.Name
	return o, err
}

// ask learns how payouts stand whose end is not known.
func (s *Service) ask(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueToAsk(ctx, s.DB, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	answers, err := s.Bank.Ask(ctx, ids)
	return s.heard(ctx, ids, ids, answers, err)
}

// heard records the answers to a call about keys. It gives the number of payouts taken up, or zero
// when the bank was silent, so that the sweep leaves it in peace until its next turn.
func (s *Service) heard(
	ctx context.Context, ids, keys []string, answers []Answer, callErr error,
) (int, error) {
	if len(keys) > 0 {
		byKey := make(map[string]Answer, len(answers))
		if callErr == nil {
			for _, a := range answers {
				byKey[a.Key] = a
			}
		}
		if err := s.record(ctx, keys, byKey); err != nil {
			return 0, err
		}
	}
	if fault.Is(callErr, "ledger.bank_unavailable") {
		return 0, nil // expected of the outside world: the payouts' state and the gauges tell of it
	}
	return len(ids), callErr
}

// record writes the answers in one deed. If that fails, each payout is recorded by itself, so that
// one that cannot be does not keep its neighbours' wages unknown.
func (s *Service) record(ctx context.Context, keys []string, answers map[string]Answer) error {
	err := s.recordOnce(ctx, keys, answers)
	if f := fault.As(err); err == nil || len(keys) == 1 || f != nil && f.Kind == fault.Unavailable {
		return err
	}
	var all error
	for _, key := range keys {
		all = errors.Join(all, s.recordOnce(ctx, []string{key}, answers))
	}
	return all
}

func (s *Service) recordOnce(ctx context.Context, keys []string, answers map[string]Answer) error {
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, s.recordTx(ctx, tx, keys, answers)
	})
	return err
}

// recordTx brings payouts that are still open to where the bank says they are. What has ended is
// left alone, so an answer that comes twice counts once.
func (s *Service) recordTx(
	ctx context.Context, tx *db.Tx, keys []string, answers map[string]Answer,
) error {
	payouts, err := payoutsIn(ctx, tx, keys, Sent, Unknown)
	if err != nil || len(payouts) == 0 {
		return err
	}
	for i, p := range payouts {
		payouts[i] = p.answered(answers[p.ID], tx.Now)
	}
	if err := changePayouts(ctx, tx, payouts); err != nil {
		return err
	}
	return s.bookTx(ctx, tx, payouts)
}

// bookTx books those of the payouts that have ended and tells their owners.
func (s *Service) bookTx(ctx context.Context, tx *db.Tx, payouts []Payout) error {
	var ended []Settlement
	var entries []Entry
	for _, p := range payouts {
		if !p.ended() {
			continue
		}
		more, rest := p.booked()
		entries = append(entries, more...)
		if rest {
			err := insertRest(ctx, tx, HoldView{ID: p.ID, EmployerID: p.EmployerID}, p.AmountFen)
			if err != nil {
				return err
			}
		}
		switch {
		case p.Kind == Wage:
			ended = append(ended, p.settlement())
		case p.Kind == Call && p.State == Failed:
			if err := callLimit(ctx, tx, p.EmployerID, -p.AmountFen); err != nil {
				return err
			}
		}
	}
	if err := insertEntries(ctx, tx, entries); err != nil || len(ended) == 0 {
		return err
	}
	return s.Settled(ctx, tx, ended)
}

// giveBack returns the rests of holds that have ended, many for one change of an employer's
// balance.
func (s *Service) giveBack(ctx context.Context, _ time.Time) (int, error) {
	waiting, err := rests(ctx, s.DB, batch)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	var lanes []db.Option
	for _, h := range waiting {
		lanes = append(lanes, Lane(h.EmployerID))
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		holds, err := rests(ctx, tx, batch)
		if err != nil || len(holds) == 0 {
			return 0, err
		}
		entries := make([]Entry, len(holds))
		for i, h := range holds {
			entries[i] = Entry{Kind: "rest", Source: h.ID}
			entries[i].Move(Rest(h.ID), Available(h.EmployerID), h.LeftFen)
		}
		if err := takeRests(ctx, tx, holds); err != nil {
			return 0, err
		}
		return len(holds), s.postBatch(ctx, tx, entries)
	}, lanes...)
}

// postBatch writes entries that are known to be new and debit no kept balance; each employer is
// credited once. Wages that wait for money take it in the same deed.
func (s *Service) postBatch(ctx context.Context, tx *db.Tx, entries []Entry) error {
	credits := map[string]money.Fen{}
	for _, e := range entries {
		if err := e.check(); err != nil {
			return err
		}
		for _, c := range e.changes() {
			if kind, owner := c.Account.split(); kind == "employer" {
				credits[owner] += c.AmountFen
			}
		}
	}
	employers := slices.Sorted(maps.Keys(credits))
	for _, employerID := range employers {
		if err := creditEmployer(ctx, tx, employerID, credits[employerID]); err != nil {
			return err
		}
	}
	err := insertEntries(ctx, tx, entries)
	if err != nil || s.CameIn == nil || len(employers) == 0 {
		return err
	}
	return s.CameIn(ctx, tx, employers)
}
