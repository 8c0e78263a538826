package wage_test

import (
	"context"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

func (b *bundle) dispute(cmd wage.AccrueCmd) (split wage.Split, err error) {
	err = b.tx(func(ctx context.Context, tx *db.Tx) error {
		split, err = b.s.DisputeTx(ctx, tx, cmd)
		return err
	})
	return split, err
}

func (b *bundle) endDispute(split wage.Split, upheld bool) error {
	return b.tx(func(ctx context.Context, tx *db.Tx) error {
		if upheld {
			return b.s.UpholdTx(ctx, tx, split.DisputedID, "acc_w")
		}
		return b.s.ConcedeTx(ctx, tx, split.DisputedID, "agreed")
	})
}

// Goal: a dispute splits a line into what is paid now and what waits, fen for fen; upheld, all is
// paid; conceded, only the first; what is on its way, or below it, cannot be disputed.
func TestDispute(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for _, c := range []struct {
			id     string
			upheld bool
			paid   int
		}{{"plc_1", true, 2}, {"plc_2", false, 1}} {
			whole := b.earn(c.id)
			less := b.work(c.id, "less "+c.id)
			less.WorkedMin = 420
			split, err := b.dispute(less)
			b.must(err)
			if got := b.line(whole); got.State != "reversed" || got.Amount != 19_200 {
				t.Errorf("the whole line: %+v", got)
			}
			if got := b.line(split.UndisputedID); got.State != "confirmed" || got.Amount != 16_800 {
				t.Errorf("the undisputed line: %+v", got)
			}
			if got := b.line(split.DisputedID); got.State != "disputed" || got.Amount != 2_400 {
				t.Errorf("the disputed line: %+v", got)
			}
			b.lawful()
			b.life(10, 10*time.Minute)
			if got := b.line(split.UndisputedID); got.State != "paid" {
				t.Errorf("the undisputed line after an hour: %+v", got)
			}
			if got := b.line(split.DisputedID); got.State != "disputed" {
				t.Errorf("the disputed line after an hour: %+v", got)
			}
			b.must(b.endDispute(split, c.upheld))
			b.must(b.endDispute(split, c.upheld)) // again: nothing more
			b.life(10, 10*time.Minute)
			if n := b.count(`wage_lines WHERE placement_id = $1 AND state = 'paid'`, c.id); n != c.paid {
				t.Errorf("%s: %d lines paid, want %d", c.id, n, c.paid)
			}
			less.Source, less.WorkedMin = "still less", 60
			if _, err := b.dispute(less); !fault.Is(err, "wage.below_paid") {
				t.Errorf("below what is paid: %v", err)
			}
			b.lawful()
		}
	})
}

// Goal: a dispute without money for all of it leaves the disputed part unfunded, and late it is
// warned of with its reason; a claim of as much or more splits nothing.
func TestDisputeUnfundedAndLate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(17_000)
		b.hold("plc_1", 17_000)
		_, err := b.accrue(b.work("plc_1", "end"))
		b.must(err)
		same := b.work("plc_1", "same")
		if split, err := b.dispute(same); err != nil || split != (wage.Split{}) {
			t.Errorf("nothing to dispute: %+v, %v", split, err)
		}
		same.Source, same.WorkedMin = "less", 420
		split, err := b.dispute(same)
		b.must(err)
		if got := b.line(split.DisputedID); got.Unfunded != 2_200 {
			t.Errorf("unfunded: %+v", got)
		}
		b.life(30, time.Hour)
		b.lawful()
		if n := b.count(`wage_warnings WHERE line_id = $1 AND reason = 'funds'`,
			split.DisputedID); n != 1 {
			t.Error("a late unfunded dispute without its warning")
		}
		b.fund(10_000)
		b.life(2, time.Minute)
		if got := b.line(split.DisputedID); got.State != "disputed" || got.Unfunded != 0 {
			t.Errorf("funded: %+v", got)
		}
		b.must(b.endDispute(split, true))
		b.life(10, 10*time.Minute)
		if got := b.line(split.DisputedID); got.State != "paid" {
			t.Errorf("upheld: %+v", got)
		}
		b.lawful()
	})
}

// Goal: waiting and short notice are paid like a wage: out of the hold, on a slip that says what
// for.
func TestPayWithoutWork(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		for _, c := range []struct {
			unit     string
			min, pcs int64
			quantity int64
		}{{wage.ByWaiting, 60, 0, 60}, {wage.ByNotice, 0, 1, 1}} {
			b.fund(20_000)
			b.hold("plc_"+c.unit, 20_000)
			id, err := b.accrue(wage.AccrueCmd{Source: "x", PlacementID: "plc_" + c.unit,
				WorkerID: b.worker, EmployerID: b.employer, Region: region, PayUnit: c.unit,
				RateFen: 2_400, WorkedMin: c.min, Pieces: c.pcs, StartAt: clk.Now(), EndAt: clk.Now()})
			b.must(err)
			slip, err := b.s.GetSlip(b.asWorker(), wage.Slip{LineID: id})
			b.must(err)
			if i := slip.Items[0]; i.Item != c.unit || i.Quantity != c.quantity || i.AmountFen != 2_400 {
				t.Errorf("the slip says %+v", i)
			}
		}
		b.life(80, 10*time.Minute)
		if n := b.count(`wage_lines WHERE state = 'paid'`); n != 2 {
			t.Errorf("%d paid", n)
		}
		b.lawful()
	})
}
