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
				e := ledger.Entry{Kind: "premium", Source: id}
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
		b.lawful()
		for _, c := range []struct{ breach, want string }{
			{`UPDATE postings SET amount_fen = 101 WHERE account = 'payable/l1' AND amount_fen = 100`,
				"do not sum to zero"},
			{`DELETE FROM postings WHERE account = 'hold/p1'`, "do not sum to zero"},
			{`UPDATE balances SET balance_fen = balance_fen - 1 WHERE account = 'employer/emp'`,
				"balance of employer/emp is not"},
			{`DELETE FROM balances WHERE account = 'hold/p1'`, "balance of hold/p1 is not"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms)
				VALUES ('x/y', 0, 'payable/l2', -5, 0), ('x/y', 1, 'bank/emp', 5, 0)`,
				"payable/l2 is on the wrong side"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms)
				VALUES ('x/y', 0, 'premium/i', -5000, 0), ('x/y', 1, 'bank/emp', 5000, 0)`,
				"bank/emp is on the wrong side"},
			{`INSERT INTO postings(entry_id, n, account, amount_fen, at_ms)
				VALUES ('x/y', 0, 'payable/l2', -5, 0), ('x/y', 1, 'arrears/emp', 5, 0)`,
				"arrears/emp is on the wrong side"},
			{`INSERT INTO rests(hold_id, employer_id, amount_fen, at_ms) VALUES ('p1', 'emp', 1, 0)`,
				"balance of rest/p1 is not"},
			{`UPDATE postings SET entry_id = 'x/y' WHERE entry_id = 'payout/' || (SELECT id FROM payouts)`,
				paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET amount_fen = 99`, paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET line_id = 'l2'`, paid + " of payable/l1 and its entry"},
			{`UPDATE payouts SET state = 'sent'`, paid + " of payable/l1 and its entry"},
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

// Goal: in any order of deposits, holds, spendings, releases and payouts, no law is ever broken and
// the money that came in is where it was moved.
func TestConservation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		n, in := 0, money.Fen(0)
		rapid.Check(t, func(rt *rapid.T) {
			var holds []string
			steps := rapid.IntRange(1, 12).Draw(rt, "steps")
			for range steps {
				n++
				fen := money.Fen(rapid.Int64Range(1, 500).Draw(rt, "fen"))
				switch rapid.IntRange(0, 4).Draw(rt, "step") {
				case 0:
					b.fund("emp", int64(fen)+int64(n)*1000)
					in += fen + money.Fen(n)*1000
				case 1:
					id := fmt.Sprint("p", n)
					err := b.tx(func(ctx context.Context, tx *db.Tx) error {
						return b.s.HoldTx(ctx, tx, ledger.HoldCmd{ID: id, EmployerID: "emp", AmountFen: fen})
					})
					if err == nil {
						holds = append(holds, id)
					} else if !fault.Is(err, "ledger.insufficient_funds") {
						rt.Fatal(err)
					}
				case 2, 3:
					if len(holds) == 0 {
						continue
					}
					id, line := rapid.SampledFrom(holds).Draw(rt, "hold"), fmt.Sprint("l", n)
					ends := rapid.Bool().Draw(rt, "ends")
					err := b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
						e := ledger.Entry{Kind: "accrual", Source: line}
						if ends {
							if e.Ends, err = b.s.TakeHoldTx(ctx, tx, id); err != nil {
								return err
							}
							fen = min(fen, max(e.Ends.LeftFen, 1))
						}
						e.Move(ledger.Hold(id), ledger.Payable(line), fen)
						if _, err := b.s.PostTx(ctx, tx, e); err != nil {
							return err
						}
						_, err = b.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: line, WorkerID: "w",
							EmployerID: "emp", AmountFen: fen}})
						return err
					})
					if err != nil && !fault.Is(err, "ledger.insufficient_funds") &&
						!fault.Is(err, "ledger.no_hold") &&
						!strings.Contains(err.Error(), "spends more than is left") {
						rt.Fatal(err)
					}
				case 4:
					b.life(1)
				}
			}
			if err := b.s.Check(b.ctx, d, clk.Now()); err != nil {
				rt.Fatal(err)
			}
		})
		b.life(6)
		held, err := b.s.HeldTx(b.ctx, d, "emp")
		b.must(err)
		paid := money.Fen(b.bank.paidTo("card of w"))
		if got := b.free() + held + paid; got != in || in == 0 {
			t.Fatalf("%d came in, %d are there", in, got)
		}
		b.lawful()
	})
}
