package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/sandbox"
)

// Goal: the statement tells every entry of an employer and of nobody else; page by page each
// opening plus its lines is its closing, which is the next opening, and the last is what the
// balances say.
func TestStatement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 1000)
		o.pays("other", 77)
		clk.Add(24 * time.Hour)
		for i := range 3 {
			o.must(o.holdsFor(fmt.Sprint("p", i), 200))
			o.earns(fmt.Sprint("p", i), fmt.Sprint("l", i), 150)
			clk.Add(time.Minute)
		}
		o.lives(5, 2*time.Minute)
		_, err := o.refund("k", 500)
		o.must(err)
		o.lives(4, 2*time.Minute)
		ask := ledger.GetAccount{EmployerID: "emp", From: "2026-03-03", Until: "2026-03-03", Limit: 4}
		var whats []string
		var last ledger.Sides
		for page := 0; ; page++ {
			v, err := o.s.GetAccount(o.boss(), ask)
			o.must(err)
			if page == 0 && (v.Opening.FreeFen != 1000 || v.Opening.BankFen != 1000) {
				t.Fatalf("opening %+v", v.Opening)
			}
			if page > 0 && v.Opening != last {
				t.Fatalf("page %d opens with %+v, the one before closed with %+v", page, v.Opening, last)
			}
			sum := v.Opening
			for _, l := range v.Lines {
				whats = append(whats, l.What)
				sum.FreeFen += l.FreeFen
				sum.HeldFen += l.HeldFen
				sum.OwedFen += l.OwedFen
				sum.BankFen += l.BankFen
				sum.RefundFen += l.RefundFen
				in, out := l.BankFen+l.ArrearsFen+l.DrawnFen,
					l.FreeFen+l.HeldFen+l.OwedFen+l.PremiumFen+l.RefundFen
				if in != out {
					t.Errorf("%s: %d fen came from nowhere", l.ID, out-in)
				}
			}
			if sum != v.Closing || len(v.Lines) > 4 {
				t.Fatalf("page %d: %d lines, %+v, closing %+v", page, len(v.Lines), sum, v.Closing)
			}
			if last = v.Closing; v.Next == "" {
				break
			}
			ask.After = v.Next
		}
		slices.Sort(whats)
		want := []string{"accrual", "accrual", "accrual", "hold", "hold", "hold", "payout", "payout",
			"payout", "refund", "refund_wanted", "release", "release", "release"}
		if !slices.Equal(whats, want) || last != o.sides() {
			t.Fatalf("%v\n closing %+v, balances %+v", whats, last, o.sides())
		}
		if last.FreeFen != o.free() || last.BankFen != -o.balance(ledger.Bank("emp")) {
			t.Fatalf("%+v; free %d, bank %d", last, o.free(), o.balance(ledger.Bank("emp")))
		}
	})
}

// Goal: days and pages that do not exist are refused in one sentence.
func TestStatementRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		for want, bad := range map[string][]ledger.GetAccount{
			"civil.days": {{From: "2026-02-30"}, {Until: "x"}, {From: "2026-03-03", Until: "2026-03-02"}},
			"db.mark":    {{After: "x"}, {After: "1/"}, {After: "x/deposit/1"}},
		} {
			for _, ask := range bad {
				ask.EmployerID = "emp"
				if _, err := o.s.GetAccount(o.boss(), ask); !fault.Is(err, want) {
					t.Errorf("%+v: %v", ask, err)
				}
			}
		}
		if v, err := o.s.GetAccount(o.boss(), ledger.GetAccount{EmployerID: "emp"}); err != nil ||
			v.From != "2026-01-31" || v.Until != "2026-03-02" || len(v.Lines) != 0 {
			t.Fatalf("%+v, %v", v, err)
		}
	})
}

// Goal: differences come whole, page after page, those of one state.
func TestDifferencePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		dbtest.Insert(t, d, "bank_differences", map[string]any{"id": "dif_1", "bank_fen": 1,
			"state": "open"})
		dbtest.Copies(t, d, "bank_differences", "dif_1", 450, map[string]string{
			"id": "'dif_x' || CAST(1000 + i AS TEXT)", "key": "CAST(i AS TEXT)",
			"state": "CASE WHEN i > 440 THEN 'settled' ELSE 'open' END", "found_at_ms": "i / 30"})
		for state, rows := range map[string]int{"": 441, "settled": 10} {
			dbtest.Whole(t, rows, (rows+199)/200, func(v ledger.DifferenceView) string { return v.ID },
				func(after string) ([]ledger.DifferenceView, string, error) {
					l, err := o.s.FindDifferences(o.clerk(), ledger.FindDifferences{State: state,
						After: after})
					return l.Differences, l.Next, err
				})
		}
		_, err := o.s.FindDifferences(o.clerk(), ledger.FindDifferences{After: "x"})
		if !fault.Is(err, "db.mark") {
			t.Error(err)
		}
	})
}

// Goal: a day on which the bank and the books agree has no differences, though a payout came back.
func TestReconcileAgrees(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 5000)
		back := o.owe("l1", "w", 400, "")
		o.faults["bank.return "+back] = sandbox.Error
		_, err := o.refund("k", 700)
		o.must(err)
		o.grant(ledger.Guarantee, 500)
		o.lives(4, 2*time.Minute)
		o.lives(4, 24*time.Hour)
		open, err := o.s.FindDifferences(o.clerk(), ledger.FindDifferences{})
		if err != nil || len(open.Differences) != 0 || o.count("reconciliations") != 4 {
			t.Fatalf("%+v, %v; %d days", open, err, o.count("reconciliations"))
		}
		lines, err := db.Get[int64](o.ctx, d, `SELECT SUM(lines) FROM reconciliations`)
		if err != nil || lines != 4 {
			t.Fatalf("%d lines, %v", lines, err)
		}
	})
}

// Goal: what only one side has, or has with another amount, is listed once for a clerk; what the
// books learn later settles itself; the clerk's words close the rest.
func TestReconcileDiffers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("emp", 5000)
		ghost := ledger.Entry{Kind: "deposit", Source: "ghost"}
		ghost.Move(ledger.Bank("emp"), ledger.Available("emp"), 60)
		o.post(ghost)
		o.must(o.box.Credit(o.ctx, "wrong", "emp", 200))
		wrong := ledger.Entry{Kind: "deposit", Source: "wrong"}
		wrong.Move(ledger.Bank("emp"), ledger.Available("emp"), 201)
		o.post(wrong)
		o.must(o.box.Credit(o.ctx, "unheard", "emp", 300))
		clk.Add(24 * time.Hour)
		for range 2 {
			o.must(o.run("ledger.reconcile"))
		}
		open, err := o.s.FindDifferences(o.clerk(), ledger.FindDifferences{})
		o.must(err)
		got := map[string]string{}
		for _, v := range open.Differences {
			got[v.Key] = fmt.Sprintf("%d/%d", v.BankFen, v.OursFen)
		}
		if len(open.Differences) != 3 || got["ghost"] != "0/60" || got["wrong"] != "200/201" ||
			got["unheard"] != "300/0" {
			t.Fatalf("%v", got)
		}
		o.must(o.run("ledger.credits")) // the books learn of it
		clk.Add(time.Hour)
		o.must(o.run("ledger.reconcile"))
		open, err = o.s.FindDifferences(o.clerk(), ledger.FindDifferences{})
		if err != nil || len(open.Differences) != 2 {
			t.Fatalf("%+v, %v", open, err)
		}
		say := ledger.ExplainDifference{DifferenceID: open.Differences[0].ID, Words: "已与银行核对"}
		for i, want := range []string{"", "", "ledger.difference_closed"} {
			say.Keyed = deed.Key(fmt.Sprint("k", i/2))
			if _, err := o.s.ExplainDifference(o.clerk(), say); want == "" && err != nil ||
				want != "" && !fault.Is(err, want) {
				t.Errorf("%d: %v, want %q", i, err, want)
			}
		}
		say.Keyed, say.DifferenceID = deed.Key("x"), "dif_none"
		if _, err := o.s.ExplainDifference(o.clerk(), say); !fault.Is(err,
			"ledger.difference_not_found") {
			t.Error(err)
		}
		say.Words = ""
		if _, err := o.s.ExplainDifference(o.clerk(), say); !fault.Is(err, "ledger.words") {
			t.Error(err)
		}
		done, err := o.s.FindDifferences(o.clerk(), ledger.FindDifferences{State: "explained"})
		if err != nil || len(done.Differences) != 1 || done.Differences[0].Words != "已与银行核对" {
			t.Fatalf("%+v, %v", done, err)
		}
	})
}

// longStatements is a bank whose statement of a day is short, of more than a day too long to read,
// and of one employer without end.
type longStatements struct {
	ledger.Banker
	endless string
}

func (l longStatements) Statement(
	ctx context.Context, account string, from, until time.Time, skip, limit int,
) (ledger.BankStatement, error) {
	if account == l.endless || until.Sub(from) > 24*time.Hour {
		return ledger.BankStatement{More: true, Lines: make([]ledger.BankLine, limit)}, nil
	}
	return l.Banker.Statement(ctx, account, from, until, skip, limit)
}

// Goal: an employer whose statement cannot be read keeps no other from being compared, and what the
// books learned days late is looked for day by day.
func TestReconcileBusy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.pays("a", 10)
		o.must(o.box.Credit(o.ctx, "late", "emp", 300))
		clk.Add(72 * time.Hour)
		o.must(o.run("ledger.credits")) // three days late
		clk.Add(24 * time.Hour)
		deps := o.s.Deps
		deps.Bank = longStatements{deps.Bank, "a"}
		o.s = ledger.New(deps)
		if err := o.run("ledger.reconcile"); err == nil || o.count("reconciliations") != 1 ||
			o.count("bank_differences") != 0 {
			t.Fatalf("%v; %d days, %d differences", err, o.count("reconciliations"),
				o.count("bank_differences"))
		}
	})
}

// Goal: what the books have learned of settles itself behind any number of differences that wait
// for a clerk.
func TestReconcileSettlesAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		o := withSandbox(t, d, clk)
		o.must(o.tx(func(ctx context.Context, tx *db.Tx) error {
			for i := range 201 {
				_, err := tx.Exec(ctx, `INSERT INTO bank_differences(id, employer_id, day, key, entries,
					bank_fen, ours_fen, state, words, closed_by, found_at_ms, closed_at_ms)
					VALUES ($1, 'emp', '2026-03-01', $1, $2, 5, 0, 'open', '', '', $3, 0)`,
					fmt.Sprintf("dif_%03d", i), fmt.Sprintf("deposit/cr-%d", i), i)
				if err != nil {
					return err
				}
			}
			return nil
		}))
		e := ledger.Entry{Kind: "deposit", Source: "cr-200"}
		e.Move(ledger.Bank("emp"), ledger.Available("emp"), 5)
		o.post(e)
		clk.Add(24 * time.Hour)
		o.must(o.run("ledger.reconcile"))
		if n := o.count("bank_differences WHERE state = 'settled' AND id = 'dif_200'"); n != 1 {
			t.Fatal("the last of 201 is still open")
		}
	})
}
