package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: deposits arrive once each, also when the bank repeats an id, the page is read twice or the
// answer is lost.
func TestDeposits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for i := range 450 {
			b.bank.deposit(fmt.Sprint("c", i%449), fmt.Sprint("emp", i%3), 10)
		}
		b.wire.faults["/bank/credits"] = []string{"cut", "lost", "crash_after"}
		b.must(b.run("ledger.credits"))
		b.must(b.run("ledger.credits"))
		if !killed(func() { b.run("ledger.credits") }) {
			t.Fatal("not killed")
		}
		if n := b.count("postings WHERE n = 0"); n != 0 {
			t.Fatalf("%d entries without an answer", n)
		}
		b.restart()
		b.life(4)
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error { // the cursor is lost: read all again
			_, err := tx.Exec(ctx, `UPDATE bank_cursors SET n = 0`)
			return err
		}))
		b.life(4)
		sum := money.Fen(0)
		for i := range 3 {
			id := fmt.Sprint("emp", i)
			free, bank := b.balance(ledger.Available(id)), b.balance(ledger.Bank(id))
			if free != -bank {
				t.Errorf("employer %d: free %d, bank %d", i, free, bank)
			}
			sum += free
		}
		if sum != 4490 || b.count("postings WHERE n = 0") != 449 {
			t.Fatalf("sum %d, %d entries", sum, b.count("postings WHERE n = 0"))
		}
		b.lawful()
	})
}

// Goal: whatever befalls one call, the worker is paid once and the ledger knows it: the answer is
// an error, is lost, comes twice, or the line is dead; to sending and to asking.
func TestPayoutFaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 10_000)
		for i, path := range []string{"/bank/payouts", "/bank/payouts/ask"} {
			for _, f := range []string{"", "error", "lost", "duplicate", "cut"} {
				line := fmt.Sprint(i, f)
				id := b.owe(line, line, 100, "")
				b.wire.faults[path] = []string{f}
				b.life(8)
				if got := b.bank.paidTo("card of " + line); got != 100 || b.state(id) != "confirmed" {
					t.Errorf("%s %s: bank paid %d, payout %s", path, f, got, b.state(id))
				}
				if !strings.HasPrefix(b.end(id), line+" confirmed 1.00 ") {
					t.Errorf("%s %s: settled %q", path, f, b.end(id))
				}
				if len(b.wire.faults[path]) != 0 {
					t.Errorf("%s %s: did not happen", path, f)
				}
			}
		}
		if got := b.balance(ledger.Bank("emp")); got != -9000 {
			t.Errorf("bank %d", got)
		}
		b.lawful()
	})
}

// Goal: a process killed between any two steps of a payout neither pays twice nor forgets.
func TestPayoutKilled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 10_000)
		for i, point := range []struct{ path, fault, sweep string }{
			{"/bank/payouts", "crash_before", "ledger.send"},    // claimed, not sent
			{"/bank/payouts", "crash_after", "ledger.send"},     // sent, not recorded
			{"", "record", "ledger.ask"},                        // paid, in the middle of recording
			{"/bank/payouts/ask", "crash_before", "ledger.ask"}, // about to ask
			{"/bank/payouts/ask", "crash_after", "ledger.ask"},  // told, not recorded
		} {
			line := fmt.Sprint("line", i)
			id := b.owe(line, line, 100, "")
			if point.sweep == "ledger.ask" {
				b.must(b.run("ledger.send"))
				b.bank.settle("")
				clk.Add(2 * time.Minute)
			}
			b.wire.faults[point.path] = []string{point.fault}
			if point.fault == "record" {
				b.onSettled = func(ledger.Settlement) error { panic(errKilled) }
			}
			if !killed(func() { b.run(point.sweep) }) {
				t.Fatalf("%+v: not killed", point)
			}
			b.lawful()
			if b.end(id) != "" || b.state(id) != "sent" {
				t.Fatalf("%+v: left %s, told %q", point, b.state(id), b.end(id))
			}
			b.onSettled = nil
			b.restart()
			b.life(8)
			if got := b.bank.paidTo("card of " + line); got != 100 || b.state(id) != "confirmed" ||
				b.end(id) == "" {
				t.Errorf("%+v: bank paid %d, payout %s, told %q", point, got, b.state(id), b.end(id))
			}
		}
		if got := b.balance(ledger.Bank("emp")); got != -9500 {
			t.Errorf("bank %d", got)
		}
		b.lawful()
	})
}

// Goal: what the bank has never seen is sent again with the same key; what may be there is not.
func TestPayoutAsksFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		id := b.owe("l1", "w1", 100, "")
		b.wire.faults["/bank/payouts"] = []string{"error"}
		b.must(b.run("ledger.send"))
		if b.state(id) != "unknown" {
			t.Fatalf("after an error: %s", b.state(id))
		}
		calls := b.bank.count()
		clk.Add(time.Hour)
		b.must(b.run("ledger.send"))
		if b.bank.count() != calls || len(b.bank.orders) != 0 {
			t.Fatal("sent blindly")
		}
		b.must(b.run("ledger.ask"))
		if b.state(id) != "wanted" {
			t.Fatalf("never seen: %s", b.state(id))
		}
		clk.Add(time.Hour)
		b.must(b.run("ledger.send"))
		if _, same := b.bank.orders[id]; !same || len(b.bank.orders) != 1 || b.state(id) != "sent" {
			t.Fatalf("%d orders, payout %s", len(b.bank.orders), b.state(id))
		}
		b.lawful()
	})
}

// Goal: of twenty who send at once each order comes to the bank once, and of twenty who hear of its
// payment one books it.
func TestPayoutRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		ids := []string{b.owe("l1", "w1", 100, ""), b.owe("l2", "w2", 100, "")}
		for _, sweep := range []string{"ledger.send", "ledger.ask"} {
			for i, err := range race(20, func(int) error { return b.run(sweep) }) {
				if err != nil {
					t.Errorf("%s %d: %v", sweep, i, err)
				}
			}
			b.bank.settle("")
			clk.Add(2 * time.Minute)
		}
		for _, id := range ids {
			if b.bank.sent[id] != 1 || b.state(id) != "confirmed" || b.end(id) == "" {
				t.Errorf("sent %d times, %s, told %q", b.bank.sent[id], b.state(id), b.end(id))
			}
		}
		if got := b.balance(ledger.Bank("emp")); got != -800 {
			t.Errorf("bank %d", got)
		}
		b.lawful()
	})
}

// Goal: who claims payouts from a list that has grown old gets none that another has claimed.
func TestClaimStale(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		old := []string{b.owe("l1", "w1", 100, "")}
		b.must(b.run("ledger.send"))
		fresh := b.owe("l2", "w2", 100, "")
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			orders, err := ledger.ClaimTx(b.s, ctx, tx, append(old, fresh))
			if len(orders) != 1 || orders[0].Key != fresh {
				t.Errorf("claimed %v", orders)
			}
			return err
		}))
	})
}

// Goal: a refusal fails the payout and moves no money; the line may be paid by another payout, but
// never has two alive. Who has no card is not sent at all.
func TestPayoutRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		first, cardless := b.owe("l1", "w1", 100, ""), b.owe("l2", "cardless", 50, "")
		again := func(reissueOf string) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := b.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: "l1", WorkerID: "w1",
					EmployerID: "emp", AmountFen: 100, ReissueOf: reissueOf}})
				return err
			})
		}
		if err := again(""); !fault.Is(err, "ledger.line_has_payout") {
			t.Fatalf("a second payout: %v", err)
		}
		b.must(b.run("ledger.send"))
		b.bank.settle("账户已销户")
		clk.Add(2 * time.Minute)
		b.must(b.run("ledger.ask"))
		if b.state(first) != "failed" || !strings.HasSuffix(b.end(first), " 账户已销户") {
			t.Fatalf("%s, told %q", b.state(first), b.end(first))
		}
		if b.state(cardless) != "failed" || !strings.HasSuffix(b.end(cardless), " people.no_bank_card") ||
			len(b.bank.orders) != 1 {
			t.Fatalf("%s, told %q, %d orders", b.state(cardless), b.end(cardless), len(b.bank.orders))
		}
		if got := b.balance(ledger.Payable("l1")); got != 100 {
			t.Fatalf("payable %d after the refusal", got)
		}
		b.must(again(first))
		b.life(4)
		if err := again(first); !fault.Is(err, "ledger.line_has_payout") {
			t.Fatalf("a payout for a paid line: %v", err)
		}
		payouts, reissued, err := b.s.Counts(b.ctx, d)
		if err != nil || payouts != 3 || reissued != 1 || b.bank.paidTo("card of w1") != 100 {
			t.Fatalf("%d payouts, %d reissued, %d paid, %v", payouts, reissued, b.bank.paidTo("card of w1"),
				err)
		}
		b.lawful()
	})
}

// Goal: an error in the last step leaves nothing of a recording, and does not touch neighbours.
func TestSettledFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		good, bad := b.owe("l1", "w1", 100, ""), b.owe("l2", "w2", 100, "")
		b.must(b.run("ledger.send"))
		b.bank.settle("")
		clk.Add(2 * time.Minute)
		refuses := errors.New("no")
		b.onSettled = func(e ledger.Settlement) error {
			if e.LineID == "l2" {
				return refuses
			}
			return nil
		}
		if err := b.run("ledger.ask"); !errors.Is(err, refuses) {
			t.Fatalf("swallowed: %v", err)
		}
		if b.state(good) != "confirmed" || b.balance(ledger.Payable("l1")) != 0 {
			t.Errorf("the neighbour: %s, payable %d", b.state(good), b.balance(ledger.Payable("l1")))
		}
		if b.state(bad) != "sent" || b.end(bad) != "" || b.balance(ledger.Payable("l2")) != 100 {
			t.Errorf("left %s, %q, payable %d", b.state(bad), b.end(bad), b.balance(ledger.Payable("l2")))
		}
		b.lawful()
		b.onSettled = nil
		b.life(2)
		if b.state(bad) != "confirmed" || b.bank.paidTo("card of w2") != 100 {
			t.Errorf("%s, paid %d", b.state(bad), b.bank.paidTo("card of w2"))
		}
		b.lawful()
	})
}

// Goal: a bank that never answers is not asked for ever; a clerk finds the payout and sets it going
// again, with the same key.
func TestStuckPayout(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		id := b.owe("l1", "w1", 100, "")
		early := ledger.AskAgain{Keyed: deed.Key("early"), PayoutID: id}
		if _, err := b.s.AskPayoutAgain(b.ctx, early); !fault.Is(err, "ledger.payout_not_stuck") {
			t.Fatalf("early: %v", err)
		}
		b.must(b.run("ledger.send"))
		for range 70 {
			b.wire.faults["/bank/payouts/ask"] = []string{"cut"}
			clk.Add(time.Hour)
			b.must(b.run("ledger.ask"))
		}
		b.wire.faults["/bank/payouts/ask"] = nil
		list, err := b.s.FindStuckPayouts(b.ctx, ledger.StuckPayouts{})
		if err != nil || len(list.Payouts) != 1 || list.Payouts[0].ID != id ||
			list.Payouts[0].Attempts != 60 {
			t.Fatalf("%+v, %v", list, err)
		}
		gauges, err := b.s.Gauges(b.ctx, d, clk.Now(), clk.Now())
		if err != nil || gauges[0].Num != 0 || gauges[1].Num != int64(70*time.Hour/time.Millisecond) ||
			gauges[3].Num != 1 {
			t.Fatalf("%+v, %v", gauges, err)
		}
		calls := b.bank.count()
		b.life(3)
		if b.bank.count() != calls+3 { // the credits only
			t.Fatalf("asked %d times more", b.bank.count()-calls-3)
		}
		cmd := ledger.AskAgain{Keyed: deed.Key("k1"), PayoutID: id}
		for range 2 {
			if v, err := b.s.AskPayoutAgain(b.ctx, cmd); err != nil || v.ID != id {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		b.life(3)
		if b.state(id) != "confirmed" || b.bank.paidTo("card of w1") != 100 {
			t.Fatalf("%s, paid %d", b.state(id), b.bank.paidTo("card of w1"))
		}
		nobody := context.Background()
		_, err = b.s.FindStuckPayouts(nobody, ledger.StuckPayouts{})
		if !fault.Is(err, "people.not_logged_in") {
			t.Errorf("nobody may look: %v", err)
		}
		if _, err := b.s.AskPayoutAgain(nobody, cmd); !fault.Is(err, "people.not_logged_in") {
			t.Errorf("nobody may ask: %v", err)
		}
		b.lawful()
	})
}

// Goal: more payouts than a batch holds are all paid, once each.
func TestPayoutBatches(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 100_000)
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			var wants []ledger.Want
			for i := range 457 {
				line := fmt.Sprint("l", i)
				e := ledger.Entry{Kind: "accrual", Source: line}
				e.Move(ledger.Available("emp"), ledger.Payable(line), 7)
				if _, err := b.s.PostTx(ctx, tx, e); err != nil {
					return err
				}
				wants = append(wants, ledger.Want{LineID: line, WorkerID: line, EmployerID: "emp",
					AmountFen: 7})
			}
			ids, err := b.s.WantPayoutsTx(ctx, tx, wants)
			if err == nil && len(ids) != len(wants) {
				err = fmt.Errorf("%d ids", len(ids))
			}
			return err
		}))
		b.life(6)
		for i := range 457 {
			if got := b.bank.paidTo(fmt.Sprint("card of l", i)); got != 7 {
				t.Fatalf("line %d: paid %d", i, got)
			}
		}
		if got := b.balance(ledger.Bank("emp")); got != -(100_000 - 457*7) {
			t.Fatalf("bank %d", got)
		}
		b.lawful()
	})
}
