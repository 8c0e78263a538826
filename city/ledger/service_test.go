package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: an entry is written whole, the same again is the same entry, another one under its name is
// refused, and one that the balance cannot bear leaves nothing.
func TestPost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		e := ledger.Entry{Kind: "accrual", Source: "l1"}
		e.Move(ledger.Available("emp"), ledger.Payable("l1"), 400)
		post := func(e ledger.Entry) (id string, err error) {
			err = b.tx(func(ctx context.Context, tx *db.Tx) error {
				id, err = b.s.PostTx(ctx, tx, e)
				return err
			})
			return id, err
		}
		first, err := post(e)
		b.must(err)
		if again, err := post(e); err != nil || again != first {
			t.Fatalf("again: %q, %v; first %q", again, err, first)
		}
		other := ledger.Entry{Kind: "accrual", Source: "l1"}
		other.Move(ledger.Available("emp"), ledger.Payable("l1"), 401)
		if _, err := post(other); !fault.Is(err, "ledger.source_reused") {
			t.Fatalf("reused source: %v", err)
		}
		tooMuch := ledger.Entry{Kind: "accrual", Source: "l2"}
		tooMuch.Move(ledger.Available("emp"), ledger.Payable("l2"), 601)
		if _, err := post(tooMuch); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("601 of 600: %v", err)
		}
		if _, err := post(ledger.Entry{Kind: "x", Source: "y", Postings: []ledger.Posting{
			{Account: ledger.Available("emp"), AmountFen: 1}}}); err == nil {
			t.Fatal("an entry out of balance was written")
		}
		if got := b.free(); got != 600 {
			t.Errorf("available %d", got)
		}
		if got := b.balance(ledger.Payable("l1")); got != 400 {
			t.Errorf("payable %d", got)
		}
		if n := b.count("postings WHERE n = 0"); n != 2 {
			t.Errorf("%d entries", n)
		}
		b.lawful()
	})
}

// Goal: twenty writers of one source make one entry, and all learn its id.
func TestPostRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		ids := make([]string, 20)
		errs := race(20, func(i int) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
				e := ledger.Entry{Kind: "accrual", Source: "l1"}
				e.Move(ledger.Available("emp"), ledger.Payable("l1"), 100)
				ids[i], err = b.s.PostTx(ctx, tx, e)
				return err
			})
		})
		for i := range ids {
			if errs[i] != nil || ids[i] != ids[0] {
				t.Fatalf("racer %d: %q, %v; racer 0: %q", i, ids[i], errs[i], ids[0])
			}
		}
		if got := b.free(); got != 900 || b.count("postings WHERE n = 0") != 2 {
			t.Fatalf("available %d, %d entries", got, b.count("postings WHERE n = 0"))
		}
		b.lawful()
	})
}

func race(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var start, wg sync.WaitGroup
	start.Add(1)
	for i := range n {
		wg.Go(func() {
			start.Wait()
			errs[i] = fn(i)
		})
	}
	start.Done()
	wg.Wait()
	return errs
}

// Goal: of twenty holds that race for money for ten, exactly ten are held.
func TestHoldRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		held := 0
		for i, err := range race(20, func(i int) error {
			_, err := db.InTx(b.ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, b.s.HoldTx(ctx, tx, ledger.HoldCmd{ID: fmt.Sprint("p", i), EmployerID: "emp",
					AmountFen: 100})
			}, ledger.Lane("emp"))
			return err
		}) {
			switch {
			case err == nil:
				held++
			case !fault.Is(err, "ledger.insufficient_funds"):
				t.Errorf("racer %d: %v", i, err)
			}
		}
		frozen, err := b.s.HeldTx(b.ctx, d, "emp")
		b.must(err)
		if held != 10 || frozen != 1000 || b.free() != 0 {
			t.Fatalf("%d held, %d frozen, %d free", held, frozen, b.free())
		}
		b.lawful()
	})
}

// Goal: a hold opens once and is spent; the entry that ends it spends no more than is left, and the
// rest comes back with the sweep; released, it comes back at once, and once only.
func TestHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		hold := func(id string, fen money.Fen) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				return b.s.HoldTx(ctx, tx, ledger.HoldCmd{ID: id, EmployerID: "emp", AmountFen: fen})
			})
		}
		spend := func(id string, fen money.Fen) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				e := ledger.Entry{Kind: "premium", Source: id, EmployerID: "emp"}
				e.Move(ledger.Hold(id), ledger.Premium("i"), fen)
				_, err := b.s.PostTx(ctx, tx, e)
				return err
			})
		}
		end := func(id string, fen money.Fen) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				h, err := b.s.TakeHoldTx(ctx, tx, id)
				if err != nil {
					return err
				}
				e := ledger.Entry{Kind: "accrual", Source: id, Ends: h}
				e.Move(ledger.Hold(id), ledger.Payable(id), fen)
				_, err = b.s.PostTx(ctx, tx, e)
				return err
			})
		}
		release := func(id string) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error { return b.s.ReleaseTx(ctx, tx, id) })
		}
		left := func(id string) money.Fen {
			h, err := b.s.GetHoldTx(b.ctx, d, id)
			if fault.Is(err, "ledger.no_hold") {
				return -1
			}
			b.must(err)
			return h.LeftFen
		}
		b.must(hold("a", 300))
		b.must(hold("a", 300))
		if err := hold("a", 301); !fault.Is(err, "ledger.source_reused") {
			t.Fatalf("another hold for a: %v", err)
		}
		if err := hold("b", 701); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("701 of 700: %v", err)
		}
		if err := spend("a", 301); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("301 of 300: %v", err)
		}
		b.must(spend("a", 50))
		if err := end("a", 251); err == nil || left("a") != 250 {
			t.Fatalf("251 of 250: %v, %d left", err, left("a"))
		}
		b.must(end("a", 200))
		if left("a") != -1 || b.balance(ledger.Rest("a")) != 50 || b.free() != 700 {
			t.Fatalf("after the end: hold %d, rest %d, free %d", left("a"),
				b.balance(ledger.Rest("a")), b.free())
		}
		b.lawful()
		b.must(hold("a", 300)) // the same again is still the same: nothing
		if err := end("a", 1); !fault.Is(err, "ledger.no_hold") {
			t.Fatalf("ended twice: %v", err)
		}
		b.must(b.run("ledger.release"))
		if b.balance(ledger.Rest("a")) != 0 || b.free() != 750 {
			t.Fatalf("after the sweep: rest %d, free %d", b.balance(ledger.Rest("a")), b.free())
		}
		b.must(hold("b", 700))
		b.must(end("b", 700))
		if n := b.count("rests"); n != 0 {
			t.Fatalf("%d rests of a hold spent to the last fen", n)
		}
		b.must(hold("c", 50))
		for range 2 {
			b.must(release("c"))
			b.must(release("nobody's"))
		}
		if left("c") != -1 || b.free() != 50 {
			t.Fatalf("released: hold %d, available %d", left("c"), b.free())
		}
		if err := spend("c", -1); !fault.Is(err, "ledger.no_hold") {
			t.Fatalf("money for a hold that has ended: %v", err)
		}
		b.lawful()
	})
}

// Goal: no law is a dead letter: each breach is found and named.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		paid := b.owe("l1", "w1", 100, "")
		b.life(4)
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			return b.s.HoldTx(ctx, tx, ledger.HoldCmd{ID: "p1", EmployerID: "emp", AmountFen: 10})
		}))
		refund, err := b.refund("k", 5)
		b.must(err)
		b.grant(ledger.CreditLine, 1000)
		b.grant(ledger.Guarantee, 1000)
		b.must(b.holdsFor("p2", 1985)) // 885 of its own, the credit line, and 100 of the guarantee
		b.lawful()
		for _, c := range []struct{ breach, want string }{
			{`UPDATE postings SET amount_fen = 101 WHERE account = 'payable/l1' AND amount_fen = 100`,
				"do not sum to zero"},
			{`DELETE FROM postings WHERE account = 'hold/p1'`, "do not sum to zero"},
			{`UPDATE balances SET balance_fen = balance_fen + 1 WHERE account = 'employer/emp'`,
				"balance of employer/emp is not"},
			{`DELETE FROM balances WHERE account = 'hold/p1'`, "balance of hold/p1 is not"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms, employer_id)
				VALUES ('x/y', 0, 'payable/l2', -5, 0, 'emp'), ('x/y', 1, 'bank/emp', 5, 0, 'emp')`,
				"payable/l2 is on the wrong side"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms, employer_id)
				VALUES ('x/y', 0, 'arrears/emp', -5000, 0, 'emp'), ('x/y', 1, 'bank/emp', 5000, 0, 'emp')`,
				"sub-account of emp is overdrawn"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms, employer_id)
				VALUES ('x/y', 0, 'payable/l2', -5, 0, 'emp'), ('x/y', 1, 'arrears/emp', 5, 0, 'emp')`,
				"arrears/emp is on the wrong side"},
			{`INSERT INTO rests(hold_id, employer_id, amount_fen, at_ms) VALUES ('p1', 'emp', 1, 0)`,
				"balance of rest/p1 is not"},
			{`UPDATE postings SET entry_id = 'x/y' WHERE entry_id =
				'payout/' || (SELECT id FROM payouts WHERE kind = 'wage')`,
				paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET amount_fen = 99 WHERE kind = 'wage'`,
				paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET line_id = 'l2' WHERE kind = 'wage'`, paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET state = 'sent' WHERE kind = 'wage'`, paid + " of payable/l1 and its entry"},
			{`UPDATE credit_limits SET used_fen = used_fen - 1 WHERE kind = 'credit'`,
				"credit/emp has drawn other"},
			{`UPDATE balances SET backed_fen = backed_fen + 1 WHERE account = 'hold/p1'`,
				"holds of emp stand on a guarantee"},
			{`UPDATE credit_limits SET called_fen = 1 WHERE kind = 'guarantee'`,
				"guarantee of emp was called"},
			{`UPDATE payouts SET state = 'failed' WHERE kind = 'refund'`,
				refund.ID + " is neither on its way nor ended"},
			{`UPDATE payouts SET state = 'returned' WHERE kind = 'wage'`,
				"came back of payout " + paid},
		} {
			undo := errors.New("undo")
			err := b.tx(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, c.breach); err != nil {
					return err
				}
				err := b.s.Check(ctx, tx, clk.Now())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s:\n got %v\nwant %s", c.breach, err, c.want)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", c.breach, err)
			}
		}
		b.lawful()
	})
}

// Goal: in any order of deposits, holds on money, credit line and guarantee, spendings, releases,
// payouts, refunds and payments that come back, no law is ever broken, and the money that came in
// is where it was moved.
func TestConservation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.grant(ledger.CreditLine, 900)
		b.grant(ledger.Guarantee, 700)
		w := &walk{bundle: b}
		rapid.Check(t, func(rt *rapid.T) {
			w.holds = nil
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				w.n++
				w.step(rt, money.Fen(rapid.Int64Range(1, 500).Draw(rt, "fen")))
			}
			if err := b.s.Check(b.ctx, d, clk.Now()); err != nil {
				rt.Fatal(err)
			}
		})
		b.life(6)
		now := b.sides()
		paid := money.Fen(b.bank.paidTo("card of w") + b.bank.paidTo(""))
		if now.BankFen != w.in-paid || w.in == 0 {
			t.Fatalf("%d came in, %d were paid, %d are at the bank", w.in, paid, now.BankFen)
		}
		if got := now.FreeFen + now.HeldFen + now.OwedFen + now.RefundFen; got !=
			now.BankFen+now.ArrearsFen+now.DrawnFen {
			t.Fatalf("%+v", now)
		}
		b.lawful()
	})
}

// walk is a random walk through an employer's life.
type walk struct {
	*bundle
	n     int
	in    money.Fen
	holds []string
}

func (w *walk) step(rt *rapid.T, fen money.Fen) {
	switch rapid.IntRange(0, 7).Draw(rt, "step") {
	case 0:
		w.fund("emp", int64(fen)+int64(w.n)*1000)
		w.in += fen + money.Fen(w.n)*1000
	case 1, 5:
		id := fmt.Sprint("p", w.n)
		err := w.holdsFor(id, fen*money.Fen(rapid.IntRange(1, 3).Draw(rt, "times")))
		if err == nil {
			w.holds = append(w.holds, id)
		} else if !fault.Is(err, "ledger.insufficient_funds") {
			rt.Fatal(err)
		}
	case 2, 3:
		if len(w.holds) > 0 {
			w.spend(rt, rapid.SampledFrom(w.holds).Draw(rt, "hold"), fen)
		}
	case 4:
		w.life(1)
	case 6:
		_, err := w.refund(fmt.Sprint("r", w.n), fen)
		if err != nil && !fault.Is(err, "ledger.refund_over") {
			rt.Fatal(err)
		}
	case 7:
		w.bank.sendBack()
	}
}

// spend pays a line out of a hold, which ends or goes on; or releases it.
func (w *walk) spend(rt *rapid.T, id string, fen money.Fen) {
	line, how := fmt.Sprint("l", w.n), rapid.IntRange(0, 2).Draw(rt, "how")
	err := w.tx(func(ctx context.Context, tx *db.Tx) error {
		if how == 0 {
			return w.s.ReleaseTx(ctx, tx, id)
		}
		h, err := w.s.GetHoldTx(ctx, tx, id)
		if err != nil || h.CashFen() == 0 {
			return err
		}
		e := ledger.Entry{Kind: "accrual", Source: line, EmployerID: "emp"}
		if how == 1 {
			if e.Ends, err = w.s.TakeHoldTx(ctx, tx, id); err != nil {
				return err
			}
		}
		fen := min(fen, h.CashFen())
		e.Move(ledger.Hold(id), ledger.Payable(line), fen)
		if _, err := w.s.PostTx(ctx, tx, e); err != nil {
			return err
		}
		_, err = w.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: line, WorkerID: "w",
			EmployerID: "emp", AmountFen: fen}})
		return err
	})
	if err != nil && !fault.Is(err, "ledger.no_hold") {
		rt.Fatal(err)
	}
}
