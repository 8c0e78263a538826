package wage

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// SettledTx records how payouts ended; the ledger calls it in the deed that books them. A paid line
// that came late and was not warned of is warned of now, so that every late line is.
func (s *Service) SettledTx(ctx context.Context, tx *db.Tx, ended []ledger.Settlement) error {
	ids := make([]string, len(ended))
	how := make(map[string]ledger.Settlement, len(ended))
	for i, e := range ended {
		ids[i], how[e.LineID] = e.LineID, e
	}
	lines, err := linesIn(ctx, tx, ids)
	if err != nil {
		return err
	}
	if len(lines) != len(how) {
		return fmt.Errorf("wage: %d of %d settled lines are known", len(lines), len(how))
	}
	was := make([]State, len(lines))
	for i, l := range lines {
		was[i], lines[i] = l.State, settled(l, how[l.ID], tx.Now)
	}
	if err := settle(ctx, tx, lines, was); err != nil {
		return err
	}
	for _, l := range lines {
		if err := s.toldTx(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// toldTx tells of a line whose payout has just ended.
func (s *Service) toldTx(ctx context.Context, tx *db.Tx, l Line) error {
	if l.lateAt(tx.Now) && (l.State == Paid || l.Returned) {
		reason := lateBank
		if l.State == Failed {
			reason = lateReturned
		}
		if err := s.warnTx(ctx, tx, l, reason); err != nil {
			return err
		}
	}
	switch {
	case l.State == Paid:
		return feed.PutTx(ctx, tx, LinePaid{about(l), l.PayoutID, l.PaidAt})
	case l.Returned:
		if err := feed.PutTx(ctx, tx, LineReturned{about(l), l.PayoutID, l.Reason}); err != nil {
			return err
		}
	case l.Refusals > 1:
		return nil // the worker knows
	}
	return s.tellWorkerTx(ctx, tx, l, "card_refused", l.PayoutID)
}

// settled is a line after its payout's end. What the bank refused is tried again after a pause;
// what was paid and came back would come back again, so it waits for another card or for a clerk.
func settled(l Line, e ledger.Settlement, now time.Time) Line {
	l.PayoutID, l.Returned = e.PayoutID, false
	if e.State == ledger.Confirmed {
		l.State, l.PaidAt, l.NextAt, l.Reason = Paid, e.At, never, ""
		return l
	}
	l.State, l.Reason, l.PaidAt = Failed, e.Reason, time.Time{}
	if e.State == ledger.Returned {
		l.Returned, l.NextAt = true, never
		return l
	}
	l.Refusals++
	l.NextAt = retryAt(l.Refusals, now)
	return l
}

// CardChangedTx lets the worker's refused lines be paid again at once, once each: the next payout
// reads the new card. It runs in the deed that keeps the card.
func (s *Service) CardChangedTx(ctx context.Context, tx *db.Tx, workerID string) error {
	return retryOf(ctx, tx, workerID)
}

// confirmDue confirms hours that nobody has confirmed in time.
func (s *Service) confirmDue(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueLines(ctx, s.DB, Accrued, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		_, err := s.ConfirmTx(ctx, tx, ids, confirmedByClock)
		return len(ids), err
	})
}

// payConfirmed wants payouts for confirmed lines, payRefused repeats refused ones.
func (s *Service) payConfirmed(ctx context.Context, now time.Time) (int, error) {
	return s.pay(ctx, Confirmed, now)
}

func (s *Service) payRefused(ctx context.Context, now time.Time) (int, error) {
	return s.pay(ctx, Failed, now)
}

func (s *Service) pay(ctx context.Context, from State, now time.Time) (int, error) {
	ids, err := dueLines(ctx, s.DB, from, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		lines, err := linesIn(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		var wants []ledger.Want
		var taken []string
		for _, l := range lines {
			if l.State != from || l.UnfundedFen > 0 || l.NextAt.After(now) {
				continue // it has moved on since
			}
			taken = append(taken, l.ID)
			wants = append(wants, ledger.Want{LineID: l.ID, WorkerID: l.WorkerID, EmployerID: l.EmployerID,
				AmountFen: l.AmountFen, ReissueOf: l.PayoutID})
		}
		if len(taken) == 0 {
			return 0, nil
		}
		if err := instruct(ctx, tx, taken); err != nil {
			return 0, err
		}
		_, err = s.Ledger.WantPayoutsTx(ctx, tx, wants)
		return len(ids), err
	})
}

// warnDue warns of the lines that have not arrived in time.
func (s *Service) warnDue(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueToWarn(ctx, s.DB, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		lines, err := linesIn(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		for _, l := range lines {
			if l.State == Paid || l.State == Reversed {
				continue // since we looked
			}
			reason, err := s.reasonTx(ctx, tx, l)
			if err != nil {
				return 0, err
			}
			if err := s.warnTx(ctx, tx, l, reason); err != nil {
				return 0, err
			}
		}
		return len(ids), nil
	})
}

// payArrears funds lines of employers to whom money has come, employer by employer.
func (s *Service) payArrears(ctx context.Context, _ time.Time) (int, error) {
	after, settled := "", 0
	for {
		employers, err := employersInArrears(ctx, s.DB, after, batch)
		if err != nil || len(employers) == 0 {
			return settled, err
		}
		for _, id := range employers {
			free, err := s.Ledger.BalanceTx(ctx, s.DB, ledger.Available(id))
			if err != nil {
				return settled, err
			}
			if free == 0 {
				continue
			}
			n, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
				return s.payArrearsTx(ctx, tx, id)
			}, ledger.Lane(id))
			if settled += n; err != nil {
				return settled, err
			}
		}
		after = employers[len(employers)-1]
	}
}

// CameInTx gives money that has just come in for employers to the lines that wait for it; the
// ledger calls it in the deed that books the money, in the employers' lanes.
func (s *Service) CameInTx(ctx context.Context, tx *db.Tx, employerIDs []string) error {
	waiting, err := unfundedAmong(ctx, tx, employerIDs)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		if _, err := s.payArrearsTx(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// callGuarantees has the guarantee called that stands behind lines for which no money has come: the
// hours are confirmed, and the time has passed in which the employer could have paid in. What the
// giver has not paid, or the guarantee does not reach, is asked for again, or warned of in time.
func (s *Service) callGuarantees(ctx context.Context, now time.Time) (int, error) {
	due, err := unfundedDue(ctx, s.DB, now, batch)
	if err != nil {
		return 0, err
	}
	called := 0
	for _, d := range due {
		fen, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (money.Fen, error) {
			return s.Ledger.CallGuaranteeTx(ctx, tx, d.EmployerID, d.Fen)
		}, ledger.Lane(d.EmployerID))
		if err != nil {
			return called, err
		}
		if fen > 0 {
			called++
		}
	}
	return called, nil
}

// payArrearsTx funds whole lines, the oldest first, as far as the money goes; a line that is too
// dear does not keep the smaller ones behind it waiting.
func (s *Service) payArrearsTx(ctx context.Context, tx *db.Tx, employerID string) (int, error) {
	free, err := s.Ledger.BalanceTx(ctx, tx, ledger.Available(employerID))
	if err != nil {
		return 0, err
	}
	lines, err := unfundedOf(ctx, tx, employerID, batch)
	if err != nil {
		return 0, err
	}
	settled := 0
	for _, l := range lines {
		if l.UnfundedFen > free {
			continue
		}
		free -= l.UnfundedFen
		settled++
		if err := s.fundLineTx(ctx, tx, l, l.UnfundedFen); err != nil {
			return 0, err
		}
	}
	return settled, nil
}

func (s *Service) fundLineTx(ctx context.Context, tx *db.Tx, l Line, amount money.Fen) error {
	e := ledger.Entry{Kind: "arrears", Source: l.ID}
	e.Move(ledger.Available(l.EmployerID), ledger.Arrears(l.EmployerID), amount)
	if _, err := s.Ledger.PostTx(ctx, tx, e); err != nil {
		return err
	}
	return settleArrears(ctx, tx, l.ID)
}
