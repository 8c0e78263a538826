package wage_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: the list behind a figure counts what the figure counts: what arrived, on its day; what is
// late, while it is not paid and after it was paid late; each with the voucher that there is.
func TestFindCountedLines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		find := func(which string, from, until civil.Date) wage.CountedList {
			t.Helper()
			list, err := b.s.FindCountedLines(b.asClerk(),
				wage.CountedLines{Which: which, From: from, Until: until})
			b.must(err)
			if int64(len(list.Lines)) != list.Count {
				t.Errorf("%s says %d and lists %d", which, list.Count, len(list.Lines))
			}
			values, err := b.s.Gauges(b.ctx, d, list.From.Midnight(), earlier(clk.Now(),
				list.Until.AddDays(1).Midnight()))
			b.must(err)
			for _, v := range values {
				if v.Code == "W01" && v.Part == "late" && which == "late" && v.Num != list.Count ||
					v.Code == "wage.paid" && v.Part == "lines" && which == "paid" && v.Num != list.Count {
					t.Errorf("%s: the figure is %d, the list %d", which, v.Num, list.Count)
				}
			}
			return list
		}
		day := civil.DateOf(clk.Now())
		soon, slow := b.earn("soon"), b.earn("slow")
		b.confirm(soon)
		b.life(4, 2*time.Minute)
		paid := find("paid", "", "")
		if paid.From != day || paid.Count != 1 || paid.AmountFen != 19200 || paid.Lines[0].ID != soon ||
			paid.Lines[0].Payout != "payout/"+b.payout(soon) || paid.Lines[0].Late {
			t.Fatalf("%+v", paid)
		}
		if n := find("late", day, day.AddDays(2)).Count; n != 0 {
			t.Fatalf("%d late before they are due", n)
		}
		clk.Add(30 * time.Hour)
		late := find("late", day, day.AddDays(2))
		if late.Count != 1 || late.Lines[0].ID != slow || late.Lines[0].Accrual != "accrual/"+slow ||
			late.Lines[0].Payout != "" || !late.Lines[0].Late {
			t.Fatalf("%+v", late)
		}
		b.confirm(slow)
		b.life(4, 2*time.Minute)
		late = find("late", day, day.AddDays(2))
		if late.Count != 1 || late.Lines[0].Payout == "" || find("paid", day, day).Count != 1 ||
			find("paid", day, day.AddDays(2)).Count != 2 || find("late", day, day).Count != 0 {
			t.Fatalf("%+v", late)
		}
		for _, bad := range []wage.CountedLines{{Which: "paid", From: "2026-02-30"},
			{Which: "paid", From: day.AddDays(1), Until: day}} {
			_, err := b.s.FindCountedLines(b.asClerk(), bad)
			if !fault.Is(err, "civil.days") {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		_, err := b.s.FindCountedLines(b.asClerk(), wage.CountedLines{Which: "paid", After: "x"})
		if !fault.Is(err, "db.mark") {
			t.Error(err)
		}
	})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Goal: a list that is longer than a page goes on behind it, nothing twice and nothing left out,
// though all wages arrive in one moment.
func TestCountedPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		const lines = 103
		_, err := db.InTx(b.ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			for i := range lines {
				id := fmt.Sprintf("lin_%03d", i)
				_, err := tx.Exec(ctx, `INSERT INTO wage_lines VALUES ($1, $1, 1, '', $2, $3, '500103',
					'hour', 2400, 60, 60, 0, 1, 2, 2400, 0, 2400, 0, 'paid', 0, 0, 3, 2, 3, '', $4, $1, 0,
					'', FALSE)`, id, b.worker, b.employer, clock.MS(clk.Now()))
				if err != nil {
					return false, err
				}
			}
			return true, nil
		})
		b.must(err)
		seen, in := map[string]bool{}, wage.CountedLines{Which: "paid"}
		for range 3 {
			list, err := b.s.FindCountedLines(b.asClerk(), in)
			b.must(err)
			for _, l := range list.Lines {
				if seen[l.ID] {
					t.Errorf("%s twice", l.ID)
				}
				seen[l.ID] = true
			}
			if in.After = list.Next; in.After == "" {
				break
			}
		}
		if len(seen) != lines || in.After != "" {
			t.Errorf("%d of %d, then %q", len(seen), lines, in.After)
		}
	})
}

// Goal: a wage is over when it is paid, and not any more when the payment came back; one that was
// reversed is over with what took its place, or by the reversal where nothing did.
func TestOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		over := func(id string) wage.Over {
			t.Helper()
			all, err := b.s.OverTx(b.ctx, d, []string{id, "lin_unknown"})
			b.must(err)
			if _, ok := all["lin_unknown"]; ok {
				t.Error("an unknown wage is over")
			}
			return all[id]
		}
		id := b.earn("plc")
		if o := over(id); o != (wage.Over{}) {
			t.Errorf("earned: %+v", o)
		}
		b.confirm(id)
		b.life(4, 2*time.Minute)
		if o := over(id); o.State != wage.Paid || o.Entry != "payout/"+b.payout(id) || o.At.IsZero() {
			t.Errorf("paid: %+v", o)
		}
		b.bank.sendsBack(b.payout(id), "户名不符")
		b.life(400, 30*time.Minute)
		if o := over(id); o != (wage.Over{}) {
			t.Errorf("came back: %+v", o)
		}
		cmd := b.work("plc2", "first")
		b.fund(20_000)
		b.hold("plc2", 20_000)
		first, err := b.accrue(cmd)
		b.must(err)
		cmd.Source, cmd.WorkedMin = "second", cmd.WorkedMin-60
		second, err := b.correct(cmd)
		b.must(err)
		if o := over(first); o != (wage.Over{}) {
			t.Errorf("replaced by what is owed: %+v", o)
		}
		b.confirm(second)
		b.life(4, 2*time.Minute)
		if o := over(first); o.Entry != "payout/"+b.payout(second) {
			t.Errorf("replaced by what is paid: %+v", o)
		}
		third := b.earn("plc3")
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			return b.s.ReverseTx(ctx, tx, third, "nothing")
		}))
		if o := over(third); o.State != wage.Reversed || o.Entry != "reversal/"+third ||
			!o.At.Equal(clk.Now()) {
			t.Errorf("reversed: %+v", o)
		}
	})
}
