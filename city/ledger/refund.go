package ledger

import (
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// debts are what an employer's free money is wanted for before it may go back.
type debts struct {
	arrears   money.Fen // wages
	credit    money.Fen // owed to the bank
	guarantee money.Fen // drawn by holds that have ended
	coming    money.Fen // from calls and rests under way
}

// refundable is what may go back to the employer.
func (d debts) refundable(free money.Fen) money.Fen {
	return max(free-d.arrears-d.credit-d.guarantee, 0)
}

// checkRefund refuses a refund of more than is free.
// Faults: ledger.refund_over (conflict).
func checkRefund(amount, free money.Fen, d debts) error {
	if most := d.refundable(free); amount > most {
		return fault.New(fault.Conflict, "ledger.refund_over", "max", most.String()).
			OnField("amount_fen")
	}
	return nil
}

// RefundView is a refund as its employer sees it.
type RefundView struct {
	ID        string    `json:"id"`
	AmountFen money.Fen `json:"amount_fen"`
	State     State     `json:"state" enum:"wanted,sent,unknown,confirmed,failed,returned"`
	Reason    string    `json:"reason,omitempty" doc:"why not: a code, or the bank's words"`
	WantedAt  time.Time `json:"wanted_at"`
	EndedAt   time.Time `json:"ended_at,omitzero" doc:"the bank's time"`
}

func (p Payout) refundView() RefundView {
	v := RefundView{ID: p.ID, AmountFen: p.AmountFen, State: p.State, Reason: p.Reason,
		WantedAt: p.WantedAt}
	if p.ended() {
		v.EndedAt = p.EndedAt
	}
	return v
}
