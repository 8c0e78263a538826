package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

// sweeps lets the city live for a while.
func (c *town) sweeps(turns int, step time.Duration) {
	c.t.Helper()
	for range turns {
		c.sweep(step)
	}
}

func (c *town) account() ledger.AccountView {
	c.t.Helper()
	v, err := c.Ledger.GetAccount(c.employer.ctx, ledger.GetAccount{EmployerID: c.employer.id})
	c.ok(err)
	return v
}

// Goal: a wage is paid, and two days later the money comes back, because the card belongs to
// somebody else. The worker hears of it, gives another card, and has the money minutes later; the
// employer's statement and the bank's own agree all the time.
func TestPaymentComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		back := sandbox.Rule{Call: "bank.return", Kind: sandbox.Error, RateBP: 10_000}
		c.ok(c.box.SetFault(back))
		line := c.work(w, c.accept(w, c.shift(1))).LineID
		c.confirm(line)
		c.sweeps(3, 2*time.Minute)
		slip, err := c.Wages.GetSlip(w.ctx, wage.Slip{LineID: line})
		c.ok(err)
		if slip.State != wage.Paid || slip.NetFen != 18_750 {
			t.Fatalf("after the work: %+v", slip)
		}
		back.RateBP = 0
		c.ok(c.box.SetFault(back))
		c.sweeps(50, time.Hour)
		if slip, err = c.Wages.GetSlip(w.ctx, wage.Slip{LineID: line}); err != nil ||
			slip.State != wage.Failed || slip.Reason == "" || slip.PayoutID != "" {
			t.Fatalf("two days later: %+v, %v", slip, err)
		}
		told := slices.ContainsFunc(c.box.SMS(w.phone), func(m sandbox.Message) bool {
			return strings.Contains(m.Text, "被银行退回")
		})
		late, err := c.Wages.FindLateLines(c.clerk, wage.LateLines{})
		if err != nil || !told || len(late.Lines) != 1 || late.Lines[0].Reason != "returned" ||
			late.Lines[0].OwnerID == "" {
			t.Fatalf("told %v; %+v, %v", told, late, err)
		}
		c.lawful()
		_, _, _, card := sim.MadeUp(7, 99, region)
		_, err = c.People.SetBankCard(w.ctx, people.SetBankCard{Keyed: c.key(), WorkerID: w.id,
			CardNumber: card})
		c.ok(err)
		c.sweeps(4, 2*time.Minute)
		if slip, err = c.Wages.GetSlip(w.ctx, wage.Slip{LineID: line}); err != nil ||
			slip.State != wage.Paid || slip.PayoutID == "" {
			t.Fatalf("with another card: %+v, %v", slip, err)
		}
		c.sweeps(30, time.Hour)
		differ, err := c.Ledger.FindDifferences(c.clerk, ledger.FindDifferences{})
		if err != nil || len(differ.Differences) != 0 ||
			c.count(`SELECT COUNT(*) FROM reconciliations WHERE lines > 0`) != 2 {
			t.Fatalf("%+v, %v", differ, err)
		}
		var whats []string
		for _, l := range c.account().Lines {
			whats = append(whats, l.What)
		}
		if got := strings.Join(whats, " "); got !=
			"deposit hold premium accrual release payout return payout" {
			t.Fatalf("the statement tells %s", got)
		}
		c.lawful()
	})
}

// Goal: an employer takes its money back and goes on hiring on a bank guarantee. It goes bankrupt
// with a wage unpaid: a clerk says so, the guarantee is called, and the worker is paid in time;
// from then on nothing is held and nothing goes back.
func TestBankruptEmployer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(1)
		_, err := c.Ledger.AskRefund(c.employer.ctx, ledger.AskRefund{Keyed: c.key(),
			EmployerID: c.employer.id, AmountFen: 1_000_000})
		c.ok(err)
		c.sweeps(4, 2*time.Minute)
		_, err = c.Ledger.GrantLimit(c.clerk, ledger.GrantLimit{Keyed: c.key(),
			EmployerID: c.employer.id, Kind: ledger.Guarantee, LimitFen: 100_000, Reference: "保函 1",
			Until: "2026-12-31", Region: region})
		c.ok(err)
		if v := c.account(); v.Closing.FreeFen != 0 || v.Closing.BankFen != 0 {
			t.Fatalf("after the refund: %+v", v.Closing)
		}
		line := c.work(w, c.accept(w, c.shift(1))).LineID
		c.confirm(line)
		c.sweeps(4, 2*time.Minute)
		if v := c.account(); v.Closing.ArrearsFen != 18_750 || v.Closing.BankFen != 0 {
			t.Fatalf("no money is there: %+v", v.Closing)
		}
		said, err := c.Ledger.DeclareInsolvent(c.clerk, ledger.DeclareInsolvent{Keyed: deed.Key("k"),
			EmployerID: c.employer.id, Ground: "（2026）渝破1号"})
		c.ok(err)
		if said.ArrearsFen != 18_750 {
			t.Fatalf("%+v", said)
		}
		c.sweeps(8, 2*time.Minute)
		slip, err := c.Wages.GetSlip(w.ctx, wage.Slip{LineID: line})
		if err != nil || slip.State != wage.Paid || slip.PaidAt.After(slip.DueAt) {
			t.Fatalf("after the call: %+v, %v", slip, err)
		}
		called, err := c.Ledger.GuaranteeCalled(context.Background(), c.DB)
		if err != nil || called != money.Fen(18_750) {
			t.Fatalf("called %d, %v", called, err)
		}
		_, err = c.Ledger.AskRefund(c.employer.ctx, ledger.AskRefund{Keyed: c.key(),
			EmployerID: c.employer.id, AmountFen: 1})
		if !fault.Is(err, "ledger.insolvent") {
			t.Fatalf("a refund: %v", err)
		}
		c.lawful()
	})
}
