package wage_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: from funds to the worker's account: held, worked, confirmed, paid, and the rest of the hold
// is the employer's again; both sides see it, and the slip says what the law wants.
func TestPayday(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(50000)
		b.hold("plc", 20160)
		b.must(b.s.HeldTx(b.ctx, d, "plc"))
		id, err := b.accrue(b.work("plc", "clk_1"))
		b.must(err)
		if err := b.s.HeldTx(b.ctx, d, "plc"); !fault.Is(err, "wage.not_held") {
			t.Errorf("held after the work: %v", err)
		}
		b.run("ledger.release")
		st, err := b.s.GetStatement(b.asEmployer(), wage.Statement{EmployerID: b.employer})
		b.must(err)
		if st.AvailableFen != 30800 || st.HeldFen != 0 || st.OwedFen != 19200 || st.ArrearsFen != 0 ||
			len(st.Lines) != 1 || st.Lines[0].ID != id || st.Lines[0].State != wage.Accrued {
			t.Fatalf("statement %+v", st)
		}
		b.life(3, time.Minute)
		if got := b.line(id); got.State != "accrued" {
			t.Fatalf("paid without a word: %+v", got)
		}
		confirm := wage.ConfirmHours{Keyed: deed.Key("k"), EmployerID: b.employer, LineIDs: []string{id}}
		for range 2 { // the same key again is the same deed
			if got, err := b.s.ConfirmHours(b.asEmployer(), confirm); err != nil || got.Confirmed != 1 {
				t.Fatalf("confirmed %+v, %v", got, err)
			}
		}
		confirm.Keyed = deed.Key("k2")
		if got, err := b.s.ConfirmHours(b.asEmployer(), confirm); err != nil || got.Confirmed != 0 {
			t.Fatalf("confirmed again %+v, %v", got, err)
		}
		b.life(6, 2*time.Minute)
		if got := b.line(id); got.State != "paid" || got.By != "acc_e" || b.bank.paid != 19200 {
			t.Fatalf("%+v, bank paid %d", got, b.bank.paid)
		}
		mine, err := b.s.GetMyWages(b.asWorker(), wage.MyWages{WorkerID: b.worker})
		b.must(err)
		if mine.PaidFen != 19200 || mine.UnpaidFen != 0 || len(mine.Lines) != 1 || mine.Lines[0].Late {
			t.Fatalf("my wages %+v", mine)
		}
		slip, err := b.s.GetSlip(b.asWorker(), wage.Slip{LineID: id})
		b.must(err)
		if slip.EmployerName != "余杭物流" || slip.WorkerName != "张三" || slip.IDMasked != "110****002X" ||
			slip.PhoneMasked != "138****0001" || slip.NetFen != 19200 || slip.WorkedMin != 480 ||
			slip.CycleFrom != "2026-03-02" || slip.CycleUntil != "2026-03-02" || slip.PaidAt.IsZero() ||
			slip.Rounding != "half_up" || len(slip.Deductions) != 0 || slip.PayoutID == "" {
			t.Errorf("slip %+v", slip)
		}
		item := wage.SlipItem{Item: "hour", RateFen: 2400, Quantity: 480, AmountFen: 19200}
		if len(slip.Items) != 1 || slip.Items[0] != item {
			t.Errorf("slip's items %+v", slip.Items)
		}
		if got := b.topics(); got != "accrued paid" {
			t.Errorf("events: %s", got)
		}
		totals, err := b.s.Totals(b.ctx, d)
		if err != nil || totals != (wage.Totals{AccruedFen: 19200, PaidFen: 19200}) {
			t.Errorf("totals %+v, %v", totals, err)
		}
		b.lawful()
	})
}

// Goal: nobody works unfunded: too little money is refused and leaves nothing, a cancelled
// placement gives its money back, once.
func TestHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(20000)
		hold := func(placementID string, wageFen, premium money.Fen) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				return b.s.HoldTx(ctx, tx, wage.HoldCmd{PlacementID: placementID, EmployerID: b.employer,
					WageFen: wageFen, PremiumFen: premium})
			})
		}
		release := func(placementID string) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				return b.s.ReleaseTx(ctx, tx, placementID)
			})
		}
		err := hold("p1", 20000, 1)
		if f := fault.As(err); !fault.Is(err, "wage.insufficient_funds") || f.Args["need"] != "200.01" {
			t.Fatalf("a fen too much: %v", err)
		}
		if err := b.s.HeldTx(b.ctx, d, "p1"); !fault.Is(err, "wage.not_held") {
			t.Fatalf("held nevertheless: %v", err)
		}
		b.must(hold("p1", 19999, 1))
		b.must(b.s.HeldTx(b.ctx, d, "p1"))
		for range 2 {
			b.must(release("p1"))
			if err := b.s.HeldTx(b.ctx, d, "p1"); !fault.Is(err, "wage.not_held") {
				t.Fatalf("held after the release: %v", err)
			}
		}
		if got := b.free(); got != 20000 {
			t.Fatalf("available %d", got)
		}
		b.must(release("never held"))
		b.lawful()
	})
}

// Goal: one clock event makes one line, however many bring it; another one for the same placement
// is refused; work worth nothing makes none; a failure after it leaves nothing.
func TestAccrue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(50000)
		b.hold("plc", 20000)
		cmd := b.work("plc", "clk_1")
		last := fmt.Errorf("the last step fails")
		err := b.tx(func(ctx context.Context, tx *db.Tx) error {
			if _, err := b.s.AccrueTx(ctx, tx, cmd); err != nil {
				return err
			}
			return last
		})
		if err != last || b.count("wage_lines") != 0 || b.balance(ledger.Hold("plc")) != 20000 ||
			b.topics() != "" {
			t.Fatalf("%v left %d lines, %d held, events %q", err, b.count("wage_lines"),
				b.balance(ledger.Hold("plc")), b.topics())
		}
		ids := make([]string, 20)
		errs := make([]error, 20)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() { ids[i], errs[i] = b.accrue(cmd) })
		}
		wg.Wait()
		for i := range ids {
			if errs[i] != nil || ids[i] != ids[0] || ids[i] == "" {
				t.Fatalf("racer %d: %q, %v; racer 0: %q", i, ids[i], errs[i], ids[0])
			}
		}
		if n := b.count(`postings WHERE n = 0 AND substr(entry_id, 1, 8) = 'accrual/'`); n != 1 ||
			b.topics() != "accrued" {
			t.Fatalf("%d entries, events %q", n, b.topics())
		}
		if _, err := b.accrue(b.work("plc", "clk_2")); !fault.Is(err, "wage.already_accrued") {
			t.Fatalf("a second end: %v", err)
		}
		b.hold("plc2", 10000)
		nothing := b.work("plc2", "clk_3")
		nothing.WorkedMin = 0
		for range 2 {
			if id, err := b.accrue(nothing); id != "" || err != nil {
				t.Fatalf("nothing: %q, %v", id, err)
			}
		}
		if got := b.free(); got != 30000 {
			t.Fatalf("available %d: the hold of no work is not released", got)
		}
		if _, err := b.accrue(wage.AccrueCmd{Source: "x"}); err == nil {
			t.Fatal("accrued nonsense")
		}
		b.lawful()
	})
}

// Goal: what the hold cannot bear comes from free funds, what they cannot bear is visibly unfunded
// and not paid before money arrives; then whole lines are, the oldest first, past one too dear.
func TestArrears(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(20000)
		b.hold("p1", 15000)
		over, err := b.accrue(b.work("p1", "e1")) // 19200: 15000 held, 4200 free
		b.must(err)
		if got := b.line(over); got.Unfunded != 0 || b.free() != 800 {
			t.Fatalf("%+v, available %d", got, b.free())
		}
		dear, err := b.accrue(b.work("p2", "e2")) // never held: 800 free, 18400 missing
		b.must(err)
		small := b.work("p3", "e3")
		small.WorkedMin = 60
		cheap, err := b.accrue(small)
		b.must(err)
		if b.line(dear).Unfunded != 18400 || b.line(cheap).Unfunded != 2400 || b.arrears() != -20800 {
			t.Fatalf("%+v, %+v, arrears %d", b.line(dear), b.line(cheap), b.arrears())
		}
		b.lawful()
		b.confirm(over, dear, cheap)
		b.life(6, 2*time.Minute)
		if b.line(over).State != "paid" || b.line(dear).State != "confirmed" ||
			b.line(cheap).State != "confirmed" {
			t.Fatalf("%+v, %+v, %+v", b.line(over), b.line(dear), b.line(cheap))
		}
		st, err := b.s.GetStatement(b.asEmployer(), wage.Statement{EmployerID: b.employer})
		if err != nil || st.ArrearsFen != 20800 || st.OwedFen != 21600 ||
			st.Lines[0].UnfundedFen != 18400 {
			t.Fatalf("statement %+v, %v", st, err)
		}
		b.fund(2400)
		b.life(6, 2*time.Minute)
		if b.line(dear).State != "confirmed" || b.line(cheap).State != "paid" {
			t.Fatalf("%+v, %+v", b.line(dear), b.line(cheap))
		}
		b.lawful()
		b.fund(18400)
		b.life(6, 2*time.Minute)
		if got := b.line(dear); got.State != "paid" || got.Unfunded != 0 || b.bank.paid != 19200*2+2400 {
			t.Fatalf("%+v, bank paid %d", got, b.bank.paid)
		}
		if b.arrears() != 0 || b.balance(ledger.Bank(b.employer)) != 0 {
			t.Fatalf("arrears %d, bank %d", b.arrears(), b.balance(ledger.Bank(b.employer)))
		}
		b.lawful()
	})
}

// Goal: before a payout takes a line up, a correction puts another in its place; after that it adds
// the rest; nobody is corrected below what was paid; the same correction again is the same.
func TestCorrection(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		first := b.earn("plc") // 800 of the hold are left
		b.fund(50000)
		worked := func(min int64, source string) wage.AccrueCmd {
			cmd := b.work("plc", source)
			cmd.WorkedMin = min
			return cmd
		}
		fewer, err := b.correct(worked(420, "c1")) // 16800
		b.must(err)
		if b.line(first).State != "reversed" || b.line(fewer).Amount != 16800 {
			t.Fatalf("%+v, then %+v", b.line(first), b.line(fewer))
		}
		if same, err := b.correct(worked(420, "c1")); err != nil || same != fewer {
			t.Fatalf("again: %q, %v", same, err)
		}
		if again, err := b.accrue(b.work("plc", "end of plc")); err != nil || again != first {
			t.Fatalf("the first end again: %q, %v", again, err)
		}
		b.lawful()
		b.confirm(fewer)
		b.run("wage.pay")
		if _, err := b.correct(worked(419, "c2")); !fault.Is(err, "wage.below_paid") {
			t.Fatalf("below what is on its way: %v", err)
		}
		more, err := b.correct(worked(480, "c3")) // 2400 more
		b.must(err)
		if b.line(fewer).State != "instructed" || b.line(more).Amount != 2400 {
			t.Fatalf("%+v, then %+v", b.line(fewer), b.line(more))
		}
		slip, err := b.s.GetSlip(b.asEmployer(), wage.Slip{LineID: more})
		if err != nil || slip.Items[0].AmountFen != 19200 || slip.EarlierFen != 16800 ||
			slip.NetFen != 2400 {
			t.Fatalf("slip %+v, %v", slip, err)
		}
		b.lawful()
		b.life(6, 2*time.Minute)
		if b.line(fewer).State != "paid" || b.line(more).State != "accrued" {
			t.Fatalf("%+v, %+v", b.line(fewer), b.line(more))
		}
		if id, err := b.correct(worked(420, "c4")); err != nil || id != fewer ||
			b.line(more).State != "reversed" {
			t.Fatalf("back to what is paid: %q, %v, %+v", id, err, b.line(more))
		}
		if _, err := b.correct(worked(0, "c5")); !fault.Is(err, "wage.below_paid") {
			t.Fatalf("to nothing: %v", err)
		}
		longer, err := b.correct(worked(600, "c6"))
		b.must(err)
		b.confirm(longer)
		b.life(6, 2*time.Minute)
		totals, err := b.s.Totals(b.ctx, d)
		if err != nil || totals.AccruedFen != 24000 || b.bank.paid != 24000 {
			t.Fatalf("%+v, bank paid %d, %v", totals, b.bank.paid, err)
		}
		if free := b.free(); free != 70000-24000 {
			t.Fatalf("available %d", free)
		}
		if got := b.topics(); got != "accrued reversed accrued accrued paid reversed accrued paid" {
			t.Errorf("events: %s", got)
		}
		b.lawful()
	})
}

// Goal: a day's wage does not wait for minutes that a correction adds and the employer has no money
// for: it is paid in time, and they follow when money comes.
func TestCorrectionBeyondTheMoney(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		day := b.earn("plc") // 19 200; 800 of the hold come back later
		longer := b.work("plc", "longer")
		longer.WorkedMin = 510 // 1 200 more
		extra, err := b.correct(longer)
		b.must(err)
		if got := b.line(extra); got.Amount != 1200 || got.Unfunded != 1200 || extra == day ||
			b.line(day).State != "accrued" {
			t.Fatalf("the minutes on top: %+v, the day: %+v", got, b.line(day))
		}
		if same, err := b.correct(longer); err != nil || same != extra {
			t.Fatalf("again: %q, %v", same, err)
		}
		b.lawful()
		b.confirm(day, extra)
		b.life(6, 2*time.Minute)
		if b.line(day).State != "paid" || b.line(extra).State != "confirmed" {
			t.Fatalf("%+v, %+v", b.line(day), b.line(extra))
		}
		b.fund(400)
		b.life(6, 2*time.Minute)
		if b.line(extra).State != "paid" || b.bank.paid != 20400 || b.free() != 0 {
			t.Fatalf("%+v, bank paid %d, available %d", b.line(extra), b.bank.paid, b.free())
		}
		b.lawful()
	})
}

// Goal: an unfunded line that is reversed takes its arrears with it; a reversed one stays so; one
// that is on its way cannot be.
func TestReverse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		reverse := func(id string) error {
			return b.tx(func(ctx context.Context, tx *db.Tx) error {
				return b.s.ReverseTx(ctx, tx, id, "why")
			})
		}
		b.fund(1000)
		id, err := b.accrue(b.work("p1", "e1"))
		b.must(err)
		if b.line(id).Unfunded != 18200 {
			t.Fatalf("%+v", b.line(id))
		}
		for range 2 {
			b.must(reverse(id))
		}
		if b.free() != 1000 || b.arrears() != 0 || b.line(id).State != "reversed" ||
			b.topics() != "accrued reversed" {
			t.Fatalf("free %d, arrears %d, %+v, %s", b.free(), b.arrears(), b.line(id), b.topics())
		}
		anew, err := b.accrue(b.work("p1", "e2"))
		b.must(err)
		if anew == id || b.line(anew).State != "accrued" {
			t.Fatalf("accrued anew: %q, %+v", anew, b.line(anew))
		}
		b.fund(18_200) // what comes in pays what is owed first
		sent := b.earn("p2")
		b.confirm(sent)
		b.run("wage.pay")
		if err := reverse(sent); !fault.Is(err, "wage.below_paid") {
			t.Fatalf("on its way: %v", err)
		}
		if err := reverse("wln_none"); !fault.Is(err, "wage.line_not_found") {
			t.Fatalf("none: %v", err)
		}
		b.lawful()
	})
}

// Goal: each sees their own and does their own, nobody else's.
func TestPermissions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		nobody := people.WithActor(b.ctx, people.Actor{})
		stranger := people.WithActor(b.ctx, people.Actor{AccountID: "acc_x",
			WorkerID: "wrk_x", EmployerID: "emp_x",
			Roles: []people.Role{people.RoleWorker, people.RoleEmployer}})
		for name, op := range map[string]func(context.Context) error{
			"confirm": func(ctx context.Context) error {
				_, err := b.s.ConfirmHours(ctx, wage.ConfirmHours{Keyed: deed.Key("k"),
					EmployerID: b.employer, LineIDs: []string{id}})
				return err
			},
			"statement": func(ctx context.Context) error {
				_, err := b.s.GetStatement(ctx, wage.Statement{EmployerID: b.employer})
				return err
			},
			"wages": func(ctx context.Context) error {
				_, err := b.s.GetMyWages(ctx, wage.MyWages{WorkerID: b.worker})
				return err
			},
			"slip": func(ctx context.Context) error {
				_, err := b.s.GetSlip(ctx, wage.Slip{LineID: id})
				return err
			},
			"stuck": func(ctx context.Context) error {
				_, err := b.s.FindStuckLines(ctx, wage.StuckLines{})
				return err
			},
			"again": func(ctx context.Context) error {
				_, err := b.s.PayAgain(ctx, wage.PayAgain{Keyed: deed.Key("k"), LineID: id})
				return err
			},
		} {
			if err := op(nobody); !fault.Is(err, "people.not_logged_in") {
				t.Errorf("%s by nobody: %v", name, err)
			}
			want := "people.not_allowed"
			if name == "slip" {
				want = "wage.line_not_found"
			}
			if err := op(stranger); !fault.Is(err, want) {
				t.Errorf("%s by a stranger: %v", name, err)
			}
		}
		theirs := people.WithActor(b.ctx, people.Actor{AccountID: "acc_x", EmployerID: "emp_x",
			Roles: []people.Role{people.RoleEmployer}})
		_, err := b.s.ConfirmHours(theirs, wage.ConfirmHours{Keyed: deed.Key("k"), EmployerID: "emp_x",
			LineIDs: []string{id}})
		if f := fault.As(err); !fault.Is(err, "wage.line_not_found") || f.Field != "line_ids" {
			t.Errorf("confirming another's line: %v", err)
		}
		for _, ids := range [][]string{{}, make([]string, 201)} {
			_, err := b.s.ConfirmHours(b.asEmployer(), wage.ConfirmHours{Keyed: deed.Key("n"),
				EmployerID: b.employer, LineIDs: ids})
			if !fault.Is(err, "wage.lines_count") {
				t.Errorf("%d lines: %v", len(ids), err)
			}
		}
		if got := b.line(id); got.State != "accrued" {
			t.Errorf("changed: %+v", got)
		}
	})
}

// Goal: no law is a dead letter: each breach is found and named.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		paid, sent, open := b.earn("p1"), b.earn("p2"), b.earn("p3")
		b.confirm(paid)
		b.life(6, 2*time.Minute)
		b.confirm(sent)
		b.run("wage.pay")
		_, err := b.accrue(b.work("p4", "e4")) // in arrears
		b.must(err)
		b.lawful()
		for _, c := range []struct{ breach, arg, want string }{
			{`UPDATE wage_lines SET state = 'reversed' WHERE id = $1`, open, "owed for line " + open},
			{`UPDATE wage_lines SET amount_fen = amount_fen + 1, gross_fen = gross_fen + 1 WHERE id = $1`,
				open, "owed for line " + open},
			{`UPDATE payouts SET state = 'failed' WHERE line_id = $1`, paid, paid + " and its payouts"},
			{`UPDATE payouts SET amount_fen = 1 WHERE line_id = $1`, sent, sent + " and its payouts"},
			{`UPDATE payouts SET state = 'confirmed' WHERE line_id = $1`, sent, sent + " and its payouts"},
			{`UPDATE payouts SET line_id = $1 WHERE state = 'wanted'`, open, "and its payouts"},
			{`UPDATE wage_lines SET unfunded_fen = 1 WHERE id = $1`, open,
				"the arrears of employer " + b.employer},
			{`UPDATE wage_lines SET earlier_fen = 1, gross_fen = gross_fen + 1 WHERE id = $1`, open,
				open + " pays what its placement did not earn"},
			{`UPDATE wage_lines SET warn_at_ms = 0, accrued_at_ms = 0 WHERE id = $1`, open,
				open + " is late and nobody was warned"},
			{`UPDATE wage_lines SET warn_at_ms = 0 WHERE id = $1`, open, ""}, // a correction, just now
			{`UPDATE postings SET account = $1 WHERE account = 'payable/` + paid + `' AND amount_fen < 0`,
				"bank/x", "owed for line " + paid},
			{`UPDATE postings SET entry_id = $1 WHERE substr(entry_id, 1, 7) = 'payout/'`, "x", "accrued "},
		} {
			undo := fmt.Errorf("undo")
			err := b.tx(func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.Exec(ctx, c.breach, c.arg); err != nil {
					return err
				}
				err := b.s.Check(ctx, tx, clk.Now())
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s:\n got %v\nwant %s", c.breach, err, c.want)
				}
				return undo
			})
			if err != undo {
				t.Errorf("%s: %v", c.breach, err)
			}
		}
		b.lawful()
	})
}

// Goal: W01 counts lines due in the window from both instants, with exact percentiles.
func TestGauges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		var lines []string
		for i := range 4 {
			lines = append(lines, b.earn(fmt.Sprint("p", i)))
		}
		// Arrivals 1, 2 and 25 hours after the clock-out; confirmed 10 hours before the last. The
		// fourth waits for a word for ever.
		for i, after := range []time.Duration{time.Hour, 2 * time.Hour, 25 * time.Hour} {
			at := clock.MS(dbtest.Start.Add(after))
			b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE wage_lines SET state = 'paid', paid_at_ms = $2,
					confirmed_at_ms = $3 WHERE id = $1`, lines[i], at, at-10*60*60*1000)
				return err
			}))
		}
		read := func(from, to time.Time) string {
			values, err := b.s.Gauges(b.ctx, d, from, to)
			b.must(err)
			var out []string
			for _, v := range values {
				out = append(out, fmt.Sprintf("%s:%d/%d", v.Part, v.Num, v.Den))
			}
			return strings.Join(out, " ")
		}
		due := dbtest.Start.Add(24 * time.Hour)
		next := due.Add(time.Millisecond)
		want := ":2/4 confirmed:3/3 late:2/0 late_fen:38400/0 p50:7200000/0 p95:90000000/0 " +
			"fen:0/0 lines:0/0 confirm:54000001/0 pay:0/0 reissue:0/0 :0/0"
		if got := read(due, next); got != want {
			t.Errorf("the window of the due lines:\n got %s\nwant %s", got, want)
		}
		want = ":0/0 confirmed:0/0 late:0/0 late_fen:0/0 fen:0/0 lines:0/0 confirm:54000002/0 pay:0/0 " +
			"reissue:0/0 :0/0"
		if got := read(next, next.Add(time.Millisecond)); got != want {
			t.Errorf("another window:\n got %s\nwant %s", got, want)
		}
		paid, err := b.s.Paid(b.ctx, d, dbtest.Start, dbtest.Start.Add(2*time.Hour+time.Millisecond))
		b.must(err)
		if paid[0].Num != 2*19_200 || paid[1].Num != 2 {
			t.Errorf("paid in two hours: %+v", paid)
		}
		cells, err := b.s.Spread(b.ctx, d, dbtest.Start, dbtest.Start.Add(26*time.Hour))
		b.must(err)
		for _, c := range cells {
			switch {
			case c.Code == "W01" && (c.Num != 2 || c.Den != 4 || c.People != 1 || c.Rest != 1),
				c.Code == "wage.paid" && c.By == gauge.ByDistrict && (c.Num != 3*19_200 || c.People != 1),
				c.By == gauge.ByDay && (c.Num != 2*19_200 || c.Key != string(civil.DateOf(dbtest.Start))) &&
					(c.Num != 19_200 || c.Key != string(civil.DateOf(dbtest.Start.Add(25*time.Hour)))):
				t.Errorf("cell %+v", c)
			}
		}
		if len(cells) != 4 {
			t.Errorf("%d cells: %+v", len(cells), cells)
		}
	})
}

// Goal: in any order of work on money, credit line and guarantee, corrections, confirmations,
// refusals, payments that come back, new cards, refunds, deposits and hours gone by, the laws hold
// at every step, and what the bank paid is what the lines say.
func TestConservation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for _, kind := range []ledger.LimitKind{ledger.CreditLine, ledger.Guarantee} {
			_, err := b.ledger.GrantLimit(b.asClerk(), ledger.GrantLimit{Keyed: deed.Key(string(kind)),
				EmployerID: b.employer, Kind: kind, LimitFen: 60000, Reference: "1", Until: "2099-12-31",
				Region: region})
			b.must(err)
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			var placements, lines []string
			for range rapid.IntRange(1, 15).Draw(rt, "steps") {
				n++
				min := rapid.Int64Range(0, 700).Draw(rt, "min")
				switch rapid.IntRange(0, 10).Draw(rt, "step") {
				case 0:
					b.fund(money.Fen(min*100 + 1))
				case 1:
					p := fmt.Sprint("p", n)
					err := b.tx(func(ctx context.Context, tx *db.Tx) error {
						return b.s.HoldTx(ctx, tx, wage.HoldCmd{PlacementID: p, EmployerID: b.employer,
							WageFen: 15000})
					})
					if err != nil && !fault.Is(err, "wage.insufficient_funds") {
						rt.Fatal(err)
					}
					cmd := b.work(p, fmt.Sprint("e", n))
					cmd.WorkedMin = min
					id, err := b.accrue(cmd)
					if err != nil {
						rt.Fatal(err)
					}
					if placements = append(placements, p); id != "" {
						lines = append(lines, id)
					}
				case 2, 3:
					if len(placements) == 0 {
						continue
					}
					p := rapid.SampledFrom(placements).Draw(rt, "placement")
					cmd := b.work(p, fmt.Sprint("c", n))
					cmd.WorkedMin = min
					id, err := b.correct(cmd)
					if err != nil && !fault.Is(err, "wage.below_paid") {
						rt.Fatal(err)
					}
					if id != "" {
						lines = append(lines, id)
					}
				case 4:
					if len(lines) > 0 {
						b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
							_, err := b.s.ConfirmTx(ctx, tx, lines, "x")
							return err
						}))
					}
				case 5:
					b.bank.refuses = rapid.SampledFrom([]string{"", "", "no such account"}).Draw(rt, "refuses")
				case 6:
					b.life(1, time.Duration(min)*time.Minute)
				case 7:
					b.life(3, 2*time.Minute)
				case 8:
					if paid := b.confirmed(); len(paid) > 0 {
						b.bank.sendsBack(rapid.SampledFrom(paid).Draw(rt, "comes back"), "no such account")
					}
				case 9:
					b.must(b.newCard(fmt.Sprint("card", n), otherCard))
				case 10:
					_, err := b.ledger.AskRefund(b.asEmployer(), ledger.AskRefund{EmployerID: b.employer,
						Keyed: deed.Key(fmt.Sprint("refund", n)), AmountFen: money.Fen(min + 1)})
					if err != nil && !fault.Is(err, "ledger.refund_over") {
						rt.Fatal(err)
					}
				}
				if err := b.ledger.Check(b.ctx, d, clk.Now()); err != nil {
					rt.Fatal(err)
				}
				if err := b.s.Check(b.ctx, d, clk.Now().Add(-12*time.Hour)); err != nil {
					rt.Fatal(err)
				}
			}
		})
		b.bank.refuses = ""
		dear := b.work("dear", "end of dear") // whatever was drawn, one line waits too long for money
		dear.RateFen = b.free() + 1
		_, err := b.accrue(dear)
		b.must(err)
		b.life(25, time.Hour)
		b.fund(100_000_000)
		b.life(4, time.Hour)
		for _, l := range b.stuck() {
			_, err := b.s.PayAgain(b.asClerk(), wage.PayAgain{Keyed: deed.Key(l), LineID: l})
			b.must(err)
		}
		b.life(60, time.Hour)
		totals, err := b.s.Totals(b.ctx, d)
		if err != nil || totals.HeldFen != 0 || totals.AccruedFen != b.bank.paid || b.bank.paid == 0 {
			t.Fatalf("%+v, bank paid %d, %v", totals, b.bank.paid, err)
		}
		due, in, late, warned, err := b.s.Punctuality(b.ctx, d, clk.Now())
		if err != nil || due != in+late || late != warned || late == 0 {
			t.Fatalf("%d due, %d in time, %d late, %d warned, %v", due, in, late, warned, err)
		}
		b.lawful()
	})
}

// confirmed lists the payouts of wages that the bank has made and the books know of.
func (b *bundle) confirmed() []string {
	b.t.Helper()
	ids, err := db.List[string](b.ctx, b.d, `SELECT id FROM payouts WHERE kind = 'wage'
		AND state = 'confirmed' ORDER BY id`)
	b.must(err)
	return slices.DeleteFunc(ids, func(id string) bool { return b.bank.ends[id].State != "paid" })
}

func (b *bundle) stuck() []string {
	b.t.Helper()
	list, err := b.s.FindStuckLines(b.asClerk(), wage.StuckLines{})
	b.must(err)
	var ids []string
	for _, l := range list.Lines {
		ids = append(ids, l.ID)
	}
	return ids
}
