package ledger

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const refundListMax = 100

func scope(ctx context.Context, op string) string {
	return "ledger." + op + "/" + people.ActorOf(ctx).AccountID
}

// AskRefund is an employer asking for its unspent funds.
type AskRefund struct {
	deed.Keyed
	EmployerID string    `json:"employer_id" path:"employer_id"`
	AmountFen  money.Fen `json:"amount_fen" minimum:"1"`
}

// AskRefund takes free money aside and tells the bank to pay it to the account from which the
// employer funds its sub-account: the bank knows it, so nobody can name another one. It goes the
// way of every payout: wanted, sent, confirmed, failed or unknown. What fails is free again.
// Faults: ledger.amount (invalid); ledger.refund_over, ledger.insolvent (conflict).
func (s *Service) AskRefund(ctx context.Context, in AskRefund) (RefundView, error) {
	if err := people.Must(ctx, people.PermRefund, in.EmployerID); err != nil {
		return RefundView{}, err
	}
	if in.AmountFen <= 0 || in.AmountFen > money.MaxFen {
		return RefundView{}, fault.New(fault.Invalid, "ledger.amount").OnField("amount_fen")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "ask_refund"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (RefundView, error) {
			return s.refundTx(ctx, tx, in)
		}, Lane(in.EmployerID))
}

func (s *Service) refundTx(ctx context.Context, tx *db.Tx, in AskRefund) (RefundView, error) {
	free, insolvent, err := standing(ctx, tx, in.EmployerID)
	if err == nil && insolvent {
		err = isInsolvent()
	}
	if err != nil {
		return RefundView{}, err
	}
	debts, err := debtsOf(ctx, tx, in.EmployerID)
	if err == nil {
		err = checkRefund(in.AmountFen, free, debts)
	}
	if err != nil {
		return RefundView{}, err
	}
	p := Payout{ID: tx.ID("ref"), Kind: Refund, EmployerID: in.EmployerID, AmountFen: in.AmountFen,
		State: Wanted, WantedAt: tx.Now}
	e := Entry{Kind: "refund_wanted", Source: p.ID}
	e.Move(Available(in.EmployerID), Refunding(p.ID), in.AmountFen)
	if _, err := s.PostTx(ctx, tx, e); err != nil {
		return RefundView{}, err
	}
	return p.refundView(), s.wantTx(ctx, tx, p)
}

// wantTx notes one payout that is no wage.
func (s *Service) wantTx(ctx context.Context, tx *db.Tx, p Payout) error {
	if p.ID == "" {
		p.ID = tx.ID("cal")
	}
	p.LineID, p.State, p.NextAt, p.WantedAt = p.ID, Wanted, tx.Now, tx.Now
	_, err := insertPayouts(ctx, tx, []Payout{p})
	return err
}

// Refunds asks for an employer's refunds.
type Refunds struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
}

// RefundList is an employer's refunds, the newest first, and what could be refunded now.
type RefundList struct {
	RefundableFen money.Fen    `json:"refundable_fen"`
	Refunds       []RefundView `json:"refunds"`
}

// FindRefunds lists an employer's newest refunds.
func (s *Service) FindRefunds(ctx context.Context, in Refunds) (RefundList, error) {
	if err := people.Must(ctx, people.PermSeeFunds, in.EmployerID); err != nil {
		return RefundList{}, err
	}
	free, insolvent, err := standing(ctx, s.DB, in.EmployerID)
	if err != nil {
		return RefundList{}, err
	}
	debts, err := debtsOf(ctx, s.DB, in.EmployerID)
	if err != nil {
		return RefundList{}, err
	}
	list := RefundList{RefundableFen: debts.refundable(free)}
	if insolvent {
		list.RefundableFen = 0
	}
	payouts, err := payoutsOf(ctx, s.DB, in.EmployerID, Refund, refundListMax)
	list.Refunds = make([]RefundView, len(payouts))
	for i, p := range payouts {
		list.Refunds[i] = p.refundView()
	}
	return list, err
}

// Refunded gives what has gone back to employers in the city's life.
func (s *Service) Refunded(ctx context.Context, r db.Reader) (money.Fen, error) {
	return confirmedOf(ctx, r, Refund)
}

// ReturnedTx counts wages that were paid and came back, in the city's life.
func (s *Service) ReturnedTx(ctx context.Context, r db.Reader) (int64, error) {
	return countReturned(ctx, r)
}
