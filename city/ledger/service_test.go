package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{ledger.Migrations, feed.Migrations}

// payees gives every worker a card of the same name, but those called "cardless".
type payees struct{}

func (payees) GetWorkerTx(_ context.Context, _ db.Reader, id string) (people.Worker, error) {
	return people.Worker{ID: id, Name: "张三"}, nil
}

func (payees) CardTx(_ context.Context, _ *db.Tx, id string) (people.Card, error) {
	if id == "cardless" {
		return people.Card{}, fault.New(fault.NotFound, "people.no_bank_card")
	}
	return people.Card{Number: "card of " + id}, nil
}

type bundle struct {
	t    *testing.T
	ctx  context.Context
	d    *db.DB
	clk  *clock.Fake
	bank *fakeBank
	wire *wire
	s    *ledger.Service
	// onSettled, if set, is asked in the deed that records a payout's end.
	onSettled func(ledger.Settlement) error
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{t: t, ctx: people.AsSystem(context.Background(), "test"), d: d, clk: clk,
		bank: newBank(t, clk), wire: &wire{faults: map[string][]string{}}}
	b.restart()
	return b
}

// restart is a new process on the same database. Ends of payouts are noted in table meta, once
// each, so that a test sees what was committed.
func (b *bundle) restart() {
	b.s = ledger.New(ledger.Deps{DB: b.d, People: payees{},
		Bank: ledger.NewClient(b.bank.url+"/", &http.Client{Transport: b.wire}),
		Settled: func(ctx context.Context, tx *db.Tx, ended []ledger.Settlement) error {
			for _, e := range ended {
				if b.onSettled != nil {
					if err := b.onSettled(e); err != nil {
						return err
					}
				}
				_, err := tx.Exec(ctx, `INSERT INTO meta(key, value) VALUES ($1, $2)`, "end/"+e.PayoutID,
					fmt.Sprintf("%s %s %s %d %s", e.LineID, e.State, e.AmountFen, clock.MS(e.At), e.Reason))
				if err != nil {
					return err
				}
			}
			return nil
		}})
}

func (b *bundle) tx(fn func(ctx context.Context, tx *db.Tx) error) error {
	_, err := db.InTx(b.ctx, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, fn(ctx, tx)
	})
	return err
}

func (b *bundle) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// fund gives an employer money through the bank.
func (b *bundle) fund(employerID string, fen int64) {
	b.t.Helper()
	b.bank.deposit(fmt.Sprint("credit of ", employerID, fen), employerID, fen)
	b.must(b.run("ledger.credits"))
}

// owe makes a wage line payable from the employer's funds and wants it paid.
func (b *bundle) owe(lineID, workerID string, fen money.Fen, reissueOf string) string {
	b.t.Helper()
	var ids []string
	b.must(b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		e := ledger.Entry{Kind: "accrual", Source: lineID}
		e.Move(ledger.Available("emp"), ledger.Payable(lineID), fen)
		if _, err := b.s.PostTx(ctx, tx, e); err != nil {
			return err
		}
		ids, err = b.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: lineID, WorkerID: workerID,
			EmployerID: "emp", AmountFen: fen, ReissueOf: reissueOf}})
		return err
	}))
	return ids[0]
}

// run runs one turn of a sweep.
func (b *bundle) run(name string) error {
	b.t.Helper()
	for _, s := range b.s.Sweeps() {
		if s.Name == name {
			_, err := s.Run(b.ctx, b.clk.Now())
			return err
		}
	}
	b.t.Fatalf("no sweep %s", name)
	return nil
}

// life runs all sweeps for a while; the bank settles in between.
func (b *bundle) life(turns int) {
	b.t.Helper()
	for range turns {
		for _, s := range b.s.Sweeps() {
			if _, err := s.Run(b.ctx, b.clk.Now()); err != nil {
				b.t.Fatalf("%s: %v", s.Name, err)
			}
		}
		b.bank.settle("")
		b.clk.Add(2 * time.Minute)
	}
}

// killed runs fn and tells whether the process died in it.
func killed(fn func()) (died bool) {
	defer func() {
		if v := recover(); v != nil {
			if !strings.Contains(fmt.Sprint(v), errKilled.Error()) {
				panic(v)
			}
			died = true
		}
	}()
	fn()
	return false
}

func (b *bundle) balance(a ledger.Account) money.Fen {
	b.t.Helper()
	fen, err := b.s.BalanceTx(b.ctx, b.d, a)
	b.must(err)
	return fen
}

func (b *bundle) state(payoutID string) string {
	b.t.Helper()
	s, err := db.Get[string](b.ctx, b.d, `SELECT state FROM payouts WHERE id = $1`, payoutID)
	b.must(err)
	return s
}

func (b *bundle) end(payoutID string) string {
	b.t.Helper()
	v, err := db.Meta(b.ctx, b.d, "end/"+payoutID)
	b.must(err)
	return v
}

func (b *bundle) count(table string) int {
	b.t.Helper()
	n, err := db.Get[int](b.ctx, b.d, `SELECT COUNT(*) FROM `+table)
	b.must(err)
	return n
}

func (b *bundle) lawful() {
	b.t.Helper()
	b.must(b.s.Check(b.ctx, b.d, b.clk.Now()))
}

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
		if got := b.balance(ledger.Available("emp")); got != 600 {
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
		if got := b.balance(ledger.Available("emp")); got != 900 || b.count("postings WHERE n = 0") != 2 {
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
		if held != 10 || frozen != 1000 || b.balance(ledger.Available("emp")) != 0 {
			t.Fatalf("%d held, %d frozen, %d free", held, frozen, b.balance(ledger.Available("emp")))
		}
		b.lawful()
	})
}

// Goal: a hold opens once and is spent; the entry that ends it spends no more than is left, and the
// rest comes back with the sweep; released, it comes back at once, and a second time changes nothing.
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
		if left("a") != -1 || b.balance(ledger.Rest("a")) != 50 ||
			b.balance(ledger.Available("emp")) != 700 {
			t.Fatalf("after the end: hold %d, rest %d, available %d", left("a"), b.balance(ledger.Rest("a")),
				b.balance(ledger.Available("emp")))
		}
		b.lawful()
		b.must(hold("a", 300)) // the same again is still the same: nothing
		if err := end("a", 1); !fault.Is(err, "ledger.no_hold") {
			t.Fatalf("ended twice: %v", err)
		}
		b.must(b.run("ledger.release"))
		if b.balance(ledger.Rest("a")) != 0 || b.balance(ledger.Available("emp")) != 750 {
			t.Fatalf("after the sweep: rest %d, available %d", b.balance(ledger.Rest("a")),
				b.balance(ledger.Available("emp")))
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
		if left("c") != -1 || b.balance(ledger.Available("emp")) != 50 {
			t.Fatalf("released: hold %d, available %d", left("c"), b.balance(ledger.Available("emp")))
		}
		if err := spend("c", -1); !fault.Is(err, "ledger.no_hold") {
			t.Fatalf("money for a hold that has ended: %v", err)
		}
		b.lawful()
	})
}

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
			free, bank := b.balance(ledger.Available(fmt.Sprint("emp", i))),
				b.balance(ledger.Bank(fmt.Sprint("emp", i)))
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
		if _, err := b.s.AskPayoutAgain(b.ctx, ledger.AskAgain{Keyed: deed.Key("early"),
			PayoutID: id}); !fault.Is(err, "ledger.payout_not_stuck") {
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
		if _, err := b.s.FindStuckPayouts(nobody, ledger.StuckPayouts{}); !fault.Is(err,
			"people.not_logged_in") {
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
			{`UPDATE postings SET amount_fen = amount_fen + 1 WHERE account = 'payable/l1' AND amount_fen >
				0`,
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
					id, line := holds[rapid.IntRange(0, len(holds)-1).Draw(rt, "hold")], fmt.Sprint("l", n)
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
					if err != nil && !fault.Is(err, "ledger.insufficient_funds") && !fault.Is(err,
						"ledger.no_hold") &&
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
		if got := b.balance(ledger.Available("emp")) + held + paid; got != in || in == 0 {
			t.Fatalf("%d came in, %d are there", in, got)
		}
		b.lawful()
	})
}
