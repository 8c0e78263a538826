package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/sandbox"
)

// outside is the sandbox's bank behind the ledger, with faults that a test sets.
type outside struct {
	*bundle
	box    *sandbox.Server
	faults map[string]sandbox.Fault // call and key → what befalls it
}

func withSandbox(t *testing.T, d *db.DB, clk *clock.Fake) *outside {
	t.Helper()
	o := &outside{bundle: &bundle{t: t, d: d, clk: clk,
		ctx: people.AsSystem(context.Background(), "test")}, faults: map[string]sandbox.Fault{}}
	box, err := sandbox.New(sandbox.Options{Clock: clk,
		Faults: func(call, key string, _ int) sandbox.Fault { return o.faults[call+" "+key] }})
	o.must(err)
	o.box = box
	book, err := policy.Load()
	o.must(err)
	o.s = ledger.New(ledger.Deps{DB: d, Policy: book, People: payees{}, Register: register{},
		Bank: ledger.NewClient("http://bank.invalid", &http.Client{Transport: sandbox.Transport(box)}),
		Settled: func(_ context.Context, _ *db.Tx, ended []ledger.Settlement) error {
			for _, e := range ended {
				if o.onSettled != nil {
					if err := o.onSettled(e); err != nil {
						return err
					}
				}
			}
			return nil
		}})
	return o
}

func (o *outside) pays(employerID string, fen money.Fen) {
	o.t.Helper()
	o.must(o.box.Credit(o.ctx, fmt.Sprintf("cr-%s-%d", employerID, fen), employerID, fen))
	o.must(o.run("ledger.credits"))
}

// lives lets all sweeps run while time passes.
func (o *outside) lives(turns int, step time.Duration) {
	o.t.Helper()
	for range turns {
		for _, s := range o.s.Sweeps() {
			if _, err := s.Run(o.ctx, o.clk.Now()); err != nil {
				o.t.Fatalf("%s: %v", s.Name, err)
			}
		}
		o.clk.Add(step)
	}
}

func (b *bundle) boss() context.Context {
	return people.WithActor(b.ctx, people.Actor{AccountID: "acc_e", EmployerID: "emp",
		Roles: []people.Role{people.RoleEmployer}})
}

func (b *bundle) clerk() context.Context {
	return people.WithActor(b.ctx, people.Actor{AccountID: "acc_c",
		Roles: []people.Role{people.RoleClerk}})
}

func (b *bundle) refund(key string, fen money.Fen) (ledger.RefundView, error) {
	return b.s.AskRefund(b.boss(), ledger.AskRefund{Keyed: deed.Key(key), EmployerID: "emp",
		AmountFen: fen})
}

func (b *bundle) holdsFor(id string, fen money.Fen) error {
	return b.tx(func(ctx context.Context, tx *db.Tx) error {
		return b.s.HoldTx(ctx, tx, ledger.HoldCmd{ID: id, EmployerID: "emp", AmountFen: fen})
	})
}

// earns ends a hold with a wage line; what the hold's money does not reach is arrears.
func (b *bundle) earns(holdID, lineID string, fen money.Fen) {
	b.t.Helper()
	b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
		h, err := b.s.TakeHoldTx(ctx, tx, holdID)
		if err != nil {
			return err
		}
		e := ledger.Entry{Kind: "accrual", Source: lineID, Ends: h}
		cash := min(fen, h.CashFen())
		e.Move(ledger.Hold(holdID), ledger.Payable(lineID), cash)
		e.Move(ledger.Arrears("emp"), ledger.Payable(lineID), fen-cash)
		if _, err = b.s.PostTx(ctx, tx, e); err != nil || cash < fen {
			return err
		}
		_, err = b.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: lineID, WorkerID: "w",
			EmployerID: "emp", AmountFen: fen}})
		return err
	}))
}

func (b *bundle) post(e ledger.Entry) {
	b.t.Helper()
	b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := b.s.PostTx(ctx, tx, e)
		return err
	}))
}

func (b *bundle) grant(kind ledger.LimitKind, fen money.Fen) {
	b.t.Helper()
	_, err := b.s.GrantLimit(b.clerk(), ledger.GrantLimit{Keyed: deed.Key(fmt.Sprint(kind, fen)),
		EmployerID: "emp", Kind: kind, LimitFen: fen, Reference: "保函 1", Until: "2026-12-31",
		Region: "330110"})
	b.must(err)
}

func (b *bundle) sides() ledger.Sides {
	b.t.Helper()
	v, err := b.s.SidesTx(b.ctx, b.d, "emp")
	b.must(err)
	return v
}

// Goal: free money goes back through the bank, once for a key, never more than is free; what the
// bank refuses is free again, and the employer's statement tells each step.
func TestRefund(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 1000)
		o.must(o.holdsFor("p1", 300))
		if _, err := o.refund("over", 701); !fault.Is(err, "ledger.refund_over") {
			t.Fatalf("701 of 700: %v", err)
		}
		first, err := o.refund("k", 700)
		o.must(err)
		again, err := o.refund("k", 700)
		if err != nil || again.ID != first.ID || o.count("payouts") != 1 || o.free() != 0 ||
			o.sides().RefundFen != 700 {
			t.Fatalf("again %+v, %v; free %d, %+v", again, err, o.free(), o.sides())
		}
		o.lawful()
		o.lives(4, 2*time.Minute)
		list, err := o.s.FindRefunds(o.boss(), ledger.Refunds{EmployerID: "emp"})
		if err != nil || len(list.Refunds) != 1 || list.Refunds[0].State != ledger.Confirmed ||
			list.RefundableFen != 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		if back, err := o.s.Refunded(o.ctx, d); err != nil || back != 700 || o.sides().BankFen != 300 {
			t.Fatalf("refunded %d, %v; %+v", back, err, o.sides())
		}
		o.pays("emp", 50)
		refused, err := o.refund("k2", 50)
		o.must(err)
		o.faults["bank.decide "+refused.ID] = sandbox.Error
		o.lives(4, 2*time.Minute)
		if o.state(refused.ID) != "failed" || o.free() != 50 || o.sides().RefundFen != 0 {
			t.Fatalf("%s, free %d, %+v", o.state(refused.ID), o.free(), o.sides())
		}
		back, err := o.refund("k3", 50)
		o.must(err)
		o.faults["bank.return "+back.ID] = sandbox.Error
		o.lives(4, 2*time.Minute)
		if o.state(back.ID) != "confirmed" || o.free() != 0 {
			t.Fatalf("%s, free %d", o.state(back.ID), o.free())
		}
		clk.Add(48 * time.Hour)
		o.lives(3, 2*time.Minute)
		if o.state(back.ID) != "returned" || o.free() != 50 || o.sides().BankFen != 350 {
			t.Fatalf("%s, free %d, %+v", o.state(back.ID), o.free(), o.sides())
		}
		o.lawful()
	})
}

// Goal: a refund that was asked for and not yet sent when its employer becomes insolvent is not
// paid out: its money is there for wages.
func TestRefundOfInsolvent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 1000)
		r, err := o.refund("k", 700)
		o.must(err)
		_, err = o.s.DeclareInsolvent(o.clerk(), ledger.DeclareInsolvent{Keyed: deed.Key("i"),
			EmployerID: "emp", Ground: "（2026）破1号"})
		o.must(err)
		o.lives(4, 2*time.Minute)
		list, err := o.s.FindRefunds(o.boss(), ledger.Refunds{EmployerID: "emp"})
		if err != nil || len(list.Refunds) != 1 || list.Refunds[0].Reason != "ledger.insolvent" ||
			o.state(r.ID) != "failed" || o.free() != 1000 || o.sides().BankFen != 1000 {
			t.Fatalf("%+v, %v; free %d, %+v", list, err, o.free(), o.sides())
		}
		o.lawful()
	})
}

// Goal: of twenty refunds that race for money for one, one is made; a refund whose last step fails
// leaves nothing.
func TestRefundRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 100)
		won := 0
		for i, err := range race(20, func(i int) error {
			_, err := b.refund(fmt.Sprint("k", i), 60)
			return err
		}) {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, "ledger.refund_over"):
				t.Errorf("racer %d: %v", i, err)
			}
		}
		if won != 1 || b.free() != 40 || b.count("payouts") != 1 {
			t.Fatalf("%d won, free %d, %d payouts", won, b.free(), b.count("payouts"))
		}
		before := b.count("postings")
		rename := func(from, to string) {
			b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `ALTER TABLE `+from+` RENAME TO `+to)
				return err
			}))
		}
		rename("deeds", "lost") // the last step: the answer is stored
		if _, err := b.refund("k", 40); err == nil {
			t.Fatal("a refund without its last step")
		}
		rename("lost", "deeds")
		if b.count("postings") != before || b.free() != 40 || b.count("payouts") != 1 {
			t.Fatalf("%d postings, %d before; free %d", b.count("postings"), before, b.free())
		}
		for _, ctx := range []context.Context{context.Background(),
			people.WithActor(b.ctx, people.Actor{AccountID: "x", EmployerID: "other",
				Roles: []people.Role{people.RoleEmployer}})} {
			if _, err := b.s.AskRefund(ctx, ledger.AskRefund{Keyed: deed.Key("x"), EmployerID: "emp",
				AmountFen: 1}); err == nil {
				t.Error("a stranger was refunded")
			}
		}
		for _, fen := range []money.Fen{0, -1, money.MaxFen + 1} {
			if _, err := b.refund("bad", fen); !fault.Is(err, "ledger.amount") {
				t.Errorf("%d: %v", fen, err)
			}
		}
		b.lawful()
	})
}

// Goal: a wage that was paid and came back is owed again, once, however often the bank lists it,
// and another payout may pay it; if its owner cannot record that, nothing is booked.
func TestReturn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 1000)
		id := o.owe("l1", "w", 400, "")
		o.faults["bank.return "+id] = sandbox.Error
		o.faults["bank.credit back-"+id] = sandbox.Duplicate
		o.lives(4, 2*time.Minute)
		if o.state(id) != "confirmed" || o.balance(ledger.Payable("l1")) != 0 {
			t.Fatalf("%s, owed %d", o.state(id), o.balance(ledger.Payable("l1")))
		}
		clk.Add(48 * time.Hour)
		var ends []ledger.Settlement
		broken := errors.New("the line cannot be written")
		o.onSettled = func(e ledger.Settlement) error { return broken }
		if err := o.run("ledger.credits"); !errors.Is(err, broken) || o.state(id) != "confirmed" ||
			o.balance(ledger.Payable("l1")) != 0 {
			t.Fatalf("%v; %s, owed %d", err, o.state(id), o.balance(ledger.Payable("l1")))
		}
		o.onSettled = func(e ledger.Settlement) error { ends = append(ends, e); return nil }
		o.lives(3, 2*time.Minute)
		if len(ends) != 1 || ends[0].State != ledger.Returned || ends[0].Reason == "" ||
			o.state(id) != "returned" || o.balance(ledger.Payable("l1")) != 400 {
			t.Fatalf("%+v; %s, owed %d", ends, o.state(id), o.balance(ledger.Payable("l1")))
		}
		if paid, owed, err := o.s.WagesTx(o.ctx, d); err != nil || paid != 0 || owed != 400 {
			t.Fatalf("paid %d, owed %d, %v", paid, owed, err)
		}
		o.lawful()
		var again []string
		o.must(o.tx(func(ctx context.Context, tx *db.Tx) (err error) {
			again, err = o.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: "l1", WorkerID: "w",
				EmployerID: "emp", AmountFen: 400, ReissueOf: id}})
			return err
		}))
		o.lives(4, 2*time.Minute)
		if n, err := o.s.ReturnedTx(o.ctx, d); err != nil || n != 1 ||
			o.state(again[0]) != "confirmed" || o.sides().BankFen != 600 {
			t.Fatalf("%d returned, %v; %s; %+v", n, err, o.state(again[0]), o.sides())
		}
		o.lawful()
	})
}

// Goal: a payout whose end was never heard of, and which came back meanwhile, is booked out and in.
func TestReturnUnheard(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 1000)
		id := o.owe("l1", "w", 400, "")
		o.faults["bank.return "+id] = sandbox.Error
		o.must(o.run("ledger.send"))
		clk.Add(72 * time.Hour)
		o.must(o.run("ledger.credits"))
		o.must(o.run("ledger.ask"))
		if o.state(id) != "returned" || o.balance(ledger.Payable("l1")) != 400 ||
			o.sides().BankFen != 1000 {
			t.Fatalf("%s, %+v", o.state(id), o.sides())
		}
		o.lawful()
	})
}

// Goal: a credit line carries holds beyond the employer's money up to its limit, the bank pays
// wages out of it, and what comes in repays it.
func TestCreditLine(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 100)
		if err := o.holdsFor("p0", 101); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("without a limit: %v", err)
		}
		o.grant(ledger.CreditLine, 500)
		o.must(o.holdsFor("p1", 400)) // 100 of its own, 300 drawn
		o.must(o.holdsFor("p1", 400))
		if err := o.holdsFor("p1", 401); !fault.Is(err, "ledger.source_reused") {
			t.Fatalf("another amount: %v", err)
		}
		if err := o.holdsFor("p2", 201); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("201 of 200: %v", err)
		}
		if got := o.sides(); got.DrawnFen != 300 || got.HeldFen != 400 {
			t.Fatalf("%+v", got)
		}
		o.lawful()
		o.earns("p1", "l1", 380)
		o.lives(5, 2*time.Minute)
		got := o.sides()
		if got.BankFen != -280 || got.DrawnFen != 280 || got.OwedFen != 0 || got.FreeFen != 0 {
			t.Fatalf("the bank lends what is missing, and the rest repays: %+v", got)
		}
		o.lawful()
		o.pays("emp", 1000)
		if _, err := o.refund("k", 721); !fault.Is(err, "ledger.refund_over") {
			t.Fatalf("the bank comes first: %v", err)
		}
		o.lives(2, 2*time.Minute)
		if got = o.sides(); got.DrawnFen != 0 || got.FreeFen != 720 || got.BankFen != 720 {
			t.Fatalf("repaid: %+v", got)
		}
		o.lawful()
	})
}

// Goal: twenty holds that race for what a limit bears draw no fen more.
func TestLimitRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 50)
		o.grant(ledger.CreditLine, 500)
		o.grant(ledger.Guarantee, 300)
		held := 0
		for i, err := range race(20, func(i int) error { return o.holdsFor(fmt.Sprint("p", i), 100) }) {
			switch {
			case err == nil:
				held++
			case !fault.Is(err, "ledger.insufficient_funds"):
				t.Errorf("racer %d: %v", i, err)
			}
		}
		if got := o.sides(); held != 8 || got.HeldFen != 800 || got.DrawnFen != 750 {
			t.Fatalf("%d held, %+v", held, got)
		}
		o.lawful()
	})
}

// Goal: a guarantee lets holds stand, but no money: it pays when the employer is insolvent, once,
// for what is owed and not there. Then nothing is held or refunded any more.
func TestGuarantee(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 100)
		o.grant(ledger.Guarantee, 1000)
		o.must(o.holdsFor("p1", 600))
		o.must(o.holdsFor("p2", 300))
		o.earns("p1", "l1", 550)
		o.lives(2, 2*time.Minute)
		got := o.sides()
		if got.ArrearsFen != 450 || got.OwedFen != 550 || got.HeldFen != 300 || got.DrawnFen != 300 {
			t.Fatalf("without money the wage waits: %+v", got)
		}
		if err := o.holdsFor("p3", 251); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("the guarantee bears arrears too: %v", err)
		}
		o.lawful()
		in := ledger.DeclareInsolvent{Keyed: deed.Key("k"), EmployerID: "emp", Ground: "（2026）破1号"}
		for range 2 {
			v, err := o.s.DeclareInsolvent(o.clerk(), in)
			if err != nil || v.ArrearsFen != 450 || v.HeldFen != 300 || len(v.Limits) != 1 {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		if err := o.holdsFor("p4", 1); !fault.Is(err, "ledger.insolvent") {
			t.Fatalf("a new hold: %v", err)
		}
		if _, err := o.refund("k", 1); !fault.Is(err, "ledger.insolvent") {
			t.Fatalf("a refund: %v", err)
		}
		o.lives(6, 2*time.Minute)
		called, err := o.s.GuaranteeCalled(o.ctx, d)
		if got = o.sides(); err != nil || called != 450 || got.FreeFen != 450 ||
			o.count("payouts WHERE kind = 'call'") != 1 {
			t.Fatalf("called %d, %v; %+v", called, err, got)
		}
		o.lawful()
		o.must(o.tx(func(ctx context.Context, tx *db.Tx) error { return o.s.ReleaseTx(ctx, tx, "p2") }))
		o.lives(2, 2*time.Minute)
		if got = o.sides(); got.HeldFen != 0 || got.DrawnFen != 0 || got.FreeFen != 450 {
			t.Fatalf("released: %+v", got)
		}
		o.lawful()
	})
}

// Goal: a call that the giver refuses can be made again; nothing is booked of it.
func TestCallRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.grant(ledger.Guarantee, 500)
		o.must(o.holdsFor("p1", 500))
		o.earns("p1", "l1", 500)
		_, err := o.s.DeclareInsolvent(o.clerk(), ledger.DeclareInsolvent{Keyed: deed.Key("k"),
			EmployerID: "emp", Ground: "停业"})
		o.must(err)
		o.must(o.run("ledger.call"))
		first, err := db.Get[string](o.ctx, d, `SELECT id FROM payouts WHERE kind = 'call'`)
		o.must(err)
		o.faults["bank.decide "+first] = sandbox.Error
		o.lives(8, 2*time.Minute)
		if called, err := o.s.GuaranteeCalled(o.ctx, d); err != nil || called != 500 ||
			o.state(first) != "failed" || o.count("payouts") != 2 {
			t.Fatalf("called %d, %v; first %s, %d payouts", called, err, o.state(first),
				o.count("payouts"))
		}
		o.lawful()
	})
}

// Goal: a giver that always refuses is asked ever more rarely, not once a minute for ever.
func TestCallRefusedAlways(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.grant(ledger.Guarantee, 500)
		o.must(o.holdsFor("p1", 500))
		o.earns("p1", "l1", 500)
		_, err := o.s.DeclareInsolvent(o.clerk(), ledger.DeclareInsolvent{Keyed: deed.Key("k"),
			EmployerID: "emp", Ground: "停业"})
		o.must(err)
		o.must(o.box.SetFault(sandbox.Rule{Call: "bank.decide", Kind: sandbox.Error, RateBP: 10_000}))
		for i, c := range []struct {
			wait time.Duration
			want int // calls so far
		}{{0, 1}, {59 * time.Second, 1}, {time.Second, 2}, {119 * time.Second, 2}, {time.Second, 3}} {
			clk.Add(c.wait)
			o.must(o.run("ledger.call"))
			o.must(o.run("ledger.send"))
			if n := o.count("payouts WHERE kind = 'call' AND state = 'failed'"); n != c.want {
				t.Fatalf("%d: %d calls refused, want %d", i, n, c.want)
			}
		}
		o.lawful()
	})
}

// Goal: what a clerk may not grant is refused with a reason.
func TestGrantLimit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		good := ledger.GrantLimit{EmployerID: "emp", Kind: ledger.CreditLine, LimitFen: 500,
			Reference: "授信 1", Until: "2026-03-02", Region: "330110"}
		o.grant(ledger.CreditLine, 500)
		o.must(o.holdsFor("p1", 200))
		for name, c := range map[string]struct {
			spoil func(*ledger.GrantLimit)
			want  string
		}{
			"Kind":      {func(g *ledger.GrantLimit) { g.Kind = "loan" }, "ledger.limit_kind"},
			"Over":      {func(g *ledger.GrantLimit) { g.LimitFen = 50_000_001 }, "ledger.limit_over"},
			"Negative":  {func(g *ledger.GrantLimit) { g.LimitFen = -1 }, "ledger.limit_over"},
			"Used":      {func(g *ledger.GrantLimit) { g.LimitFen = 199 }, "ledger.limit_below_used"},
			"Yesterday": {func(g *ledger.GrantLimit) { g.Until = "2026-03-01" }, "ledger.limit_day"},
			"NoDay":     {func(g *ledger.GrantLimit) { g.Until = "soon" }, "ledger.limit_day"},
			"NoPaper":   {func(g *ledger.GrantLimit) { g.Reference = " " }, "ledger.words"},
			"LongPaper": {func(g *ledger.GrantLimit) { g.Reference = strings.Repeat("字", 101) },
				"ledger.words"},
		} {
			bad := good
			bad.Keyed = deed.Key(name)
			c.spoil(&bad)
			if _, err := o.s.GrantLimit(o.clerk(), bad); !fault.Is(err, c.want) {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		good.Keyed, good.LimitFen = deed.Key("good"), 200
		if v, err := o.s.GrantLimit(o.clerk(), good); err != nil || v.UsedFen != 200 ||
			v.LimitFen != 200 {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := o.s.GrantLimit(o.boss(), good); !fault.Is(err, "people.not_allowed") {
			t.Fatalf("by the employer: %v", err)
		}
		clk.Add(24 * time.Hour) // its last day has passed
		o.grant(ledger.Guarantee, 100)
		o.must(o.holdsFor("p2", 100))
		if err := o.holdsFor("p3", 1); !fault.Is(err, "ledger.insufficient_funds") {
			t.Fatalf("after the last day: %v", err)
		}
		o.lawful()
	})
}

// Goal: a worker is told of every payout that the bank was given, also where it paid at once, and
// of none that it was never called about.
func TestShared(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund("emp", 1000)
		deps := b.s.Deps
		deps.Bank = atOnce{deps.Bank, clk}
		b.s = ledger.New(deps)
		paid := b.owe("l1", "w", 100, "")
		b.owe("l2", "cardless", 100, "")
		b.must(b.run("ledger.send"))
		b.owe("l3", "w", 100, "")
		for worker, want := range map[string][]string{"w": {paid}, "cardless": {}} {
			list, err := b.s.Shared(b.ctx, d, worker)
			refs := []string{}
			for _, l := range list {
				refs = append(refs, l.Ref)
			}
			if err != nil || !slices.Equal(refs, want) {
				t.Errorf("%s: %v, %v; want %v", worker, refs, err, want)
			}
		}
	})
}

// atOnce is a bank that pays while it is asked to.
type atOnce struct {
	ledger.Banker
	clk *clock.Fake
}

func (a atOnce) Pay(_ context.Context, orders []ledger.Order) ([]ledger.Answer, error) {
	var out []ledger.Answer
	for _, o := range orders {
		out = append(out, ledger.Answer{Key: o.Key, State: "paid", At: a.clk.Now()})
	}
	return out, nil
}
