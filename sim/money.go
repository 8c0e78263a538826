package sim

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/sandbox"
)

const (
	firstBankruptDay = 2 // it has hired somebody by then
	declaredAfter    = 2 // days until the clerk knows that the doors are shut
	hardDays         = 3 // that an employer in need pays in nothing
	refundChanceBP   = 700
	creditChanceBP   = 2500
	guaranteeBP      = 4000
	returnsPM        = 500 // payments of a million
)

// bankruptOn tells on which day the employer shuts its doors; false: not so far. From that day on
// it pays in nothing and publishes nothing; the day before it takes its money out.
func (w *world) bankruptOn(n, until int) (int, bool) {
	for day := firstBankruptDay; day <= until; day++ {
		if w.chance(w.cfg.FaultsBP/10, "bankrupt", n, day) {
			return day, true
		}
	}
	return 0, false
}

// bankrupt tells whether the employer has shut its doors.
func (w *world) bankrupt(n int) bool {
	_, shut := w.bankruptOn(n, w.day)
	return shut
}

// lastDay tells whether the employer shuts its doors tomorrow.
func (w *world) lastDay(n int) bool {
	day, shuts := w.bankruptOn(n, w.day+1)
	return shuts && day == w.day+1
}

// hardTimes tells whether the employer can pay nothing today, and how many days that has lasted. On
// the first it takes out what it can; what it hires for meanwhile stands on its limits.
func (w *world) hardTimes(n int) (since int, hard bool) {
	for since := range hardDays {
		if day := w.day - since; day >= firstBankruptDay &&
			w.chance(w.cfg.FaultsBP/5, "hard times", n, day) {
			return since, true
		}
	}
	return 0, false
}

// lend is the clerk at nine: some employers get a credit line or a guarantee, once; of whoever has
// shut its doors the clerk learns days later, declares it insolvent and calls off what it had
// planned.
func (w *world) lend(ctx context.Context, now int) error {
	if !w.due(9*60, now) {
		return nil
	}
	for n, e := range w.employers {
		if !e.known() {
			continue
		}
		if day, shut := w.bankruptOn(n, w.day); shut {
			if w.day < day+declaredAfter {
				continue
			}
			if err := w.declare(ctx, e); err != nil {
				return err
			}
			continue
		}
		for _, l := range []struct {
			kind   ledger.LimitKind
			chance int
			fen    money.Fen
		}{{ledger.CreditLine, creditChanceBP, 300_000}, {ledger.Guarantee, guaranteeBP, 500_000}} {
			if !w.chance(l.chance, "limit", string(l.kind), n) {
				continue
			}
			_, err := w.city.Ledger.GrantLimit(w.clerk.as(ctx), ledger.GrantLimit{
				Keyed:      deed.Key(fmt.Sprintf("sim/limit/%s/%d", l.kind, n)),
				EmployerID: e.EmployerID, Kind: l.kind, LimitFen: l.fen,
				Reference: fmt.Sprintf("演示 %s %d", l.kind, n), Until: "2099-12-31", Region: e.Region})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	return nil
}

// declare says that an employer is insolvent, as long as it has shifts that must be called off.
func (w *world) declare(ctx context.Context, e actor) error {
	clerk := w.clerk.as(ctx)
	_, err := w.city.Ledger.DeclareInsolvent(clerk, ledger.DeclareInsolvent{
		Keyed: deed.Key("sim/insolvent/" + e.EmployerID), EmployerID: e.EmployerID,
		Ground: "门店关停，无法联系负责人（演示）"})
	if _, err := w.did(err); err != nil {
		return err
	}
	now := w.clk.Now()
	shifts, err := upcoming(ctx, w.city.DB, now, now.AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	for _, s := range shifts {
		if s.EmployerID != e.EmployerID {
			continue
		}
		_, err := w.city.Market.CancelShift(clerk, market.CancelShift{
			Keyed: deed.Key("sim/shut/" + s.ShiftID), ShiftID: s.ShiftID, EmployerID: e.EmployerID,
			Reason: "用工方停业（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// askRefunds is an employer in the evening taking back half of what it does not need; or, on its
// last morning and when times get hard, all that it can get, while it goes on hiring on its limits.
func (w *world) askRefunds(ctx context.Context, now int) error {
	for n, e := range w.employers {
		evening, share := 19*60+w.n(120, "counts its money", n), money.Fen(2)
		if since, hard := w.hardTimes(n); w.lastDay(n) || hard && since == 0 {
			evening, share = 6*60, 1
		} else if !w.chance(refundChanceBP, "takes back", n, w.day) {
			continue
		}
		if !e.known() || w.bankrupt(n) || !w.due(evening, now) {
			continue
		}
		list, err := w.city.Ledger.FindRefunds(e.as(ctx), ledger.Refunds{EmployerID: e.EmployerID})
		if err != nil {
			return err
		}
		if list.RefundableFen < share {
			continue
		}
		_, err = w.city.Ledger.AskRefund(e.as(ctx), ledger.AskRefund{EmployerID: e.EmployerID,
			Keyed:     deed.Key(fmt.Sprintf("sim/refund/%d/%d", n, w.day)),
			AmountFen: list.RefundableFen / share})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// comesBack is the fault of a payment that comes back days later: one of two thousand, wherever
// there are faults at all, because it comes of a card that is not its owner's, not of a bad day at
// the bank.
func (w *world) comesBack(key string) sandbox.Fault {
	if w.cfg.FaultsBP > 0 &&
		w.n(1_000_000, "comes back", key) < cmp.Or(w.cfg.ReturnsPM, returnsPM) {
		return sandbox.Error
	}
	return sandbox.None
}

// MoneyReport is what became of money beside the wages that came in time.
type MoneyReport struct {
	RefundsFen         int64            `json:"refunds_fen"`
	ReturnedPayments   int64            `json:"returned_payments"`
	Insolvencies       int64            `json:"insolvencies"`
	GuaranteeCalls     int64            `json:"guarantee_calls"`
	GuaranteeCalledFen int64            `json:"guarantee_called_fen"`
	LateReasons        map[string]int64 `json:"late_reasons"`
	Faults             map[string]int64 `json:"faults"` // call/fault → how often it struck
}

// countMoney fills the report's figures of refunds, returns, guarantees and late wages.
func (w *world) countMoney(ctx context.Context, r *MoneyReport) error {
	refunds, err := w.city.Ledger.Refunded(ctx, w.city.DB)
	if err != nil {
		return err
	}
	called, err := w.city.Ledger.GuaranteeCalled(ctx, w.city.DB)
	if err != nil {
		return err
	}
	r.RefundsFen, r.GuaranteeCalledFen = int64(refunds), int64(called)
	if r.ReturnedPayments, err = w.city.Wages.ReturnedPayments(ctx, w.city.DB); err != nil {
		return err
	}
	err = db.Row(ctx, w.city.DB, []any{&r.Insolvencies, &r.GuaranteeCalls}, `SELECT
		(SELECT COUNT(*) FROM insolvencies),
		(SELECT COUNT(*) FROM payouts WHERE kind = 'call' AND state = 'confirmed')`)
	if err != nil {
		return err
	}
	r.Faults = w.struck
	r.LateReasons, err = w.city.Wages.LateReasons(ctx, w.city.DB, w.end())
	return err
}
