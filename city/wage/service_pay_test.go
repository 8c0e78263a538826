package wage_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: hours that nobody confirms confirm themselves nine hours after the clock-out, not a
// millisecond earlier, and are paid in time.
func TestAutoConfirm(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		clk.Add(9*time.Hour - time.Millisecond)
		b.run("wage.auto_confirm")
		if got := b.line(id); got.State != "accrued" {
			t.Fatalf("too early: %+v", got)
		}
		clk.Add(time.Millisecond)
		b.run("wage.auto_confirm")
		if got := b.line(id); got.State != "confirmed" || got.By != "clock" {
			t.Fatalf("at nine hours: %+v", got)
		}
		b.life(6, 2*time.Minute)
		due, in, late, warned, err := b.s.Punctuality(b.ctx, d, clk.Now().Add(15*time.Hour))
		if err != nil || due != 1 || in != 1 || late != 0 || warned != 0 {
			t.Fatalf("%d due, %d in time, %d late, %d warned, %v", due, in, late, warned, err)
		}
		b.lawful()
	})
}

// Goal: a line that has not arrived after 24 hours is warned of once, with the reason, whatever
// happens later; one that arrives late between two turns of the sweep is warned of as well.
func TestLateWarning(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		slow, quick := b.earn("p1"), b.earn("p2")
		unfunded, err := b.accrue(b.work("p3", "e3"))
		b.must(err)
		b.bank.slow = true
		b.confirm(slow, quick)
		b.life(4, 2*time.Minute)
		clk.Set(dbtest.Start.Add(24*time.Hour - time.Millisecond))
		b.run("wage.warn_late")
		if n := b.count("wage_warnings"); n != 0 {
			t.Fatalf("%d warnings before their time", n)
		}
		clk.Add(time.Millisecond)
		// quick arrives before the sweep comes by, but too late.
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			var payout string
			err := db.Row(ctx, tx, []any{&payout}, `SELECT id FROM payouts WHERE line_id = $1`, quick)
			if err != nil {
				return err
			}
			b.bank.ends[payout] = ledger.Answer{Key: payout, State: "paid", At: tx.Now.Add(time.Second)}
			return nil
		}))
		clk.Add(time.Minute)
		b.run("ledger.ask")
		if n := b.count(`wage_warnings WHERE line_id = $1 AND reason = 'bank'`, quick); n != 1 {
			t.Fatalf("%d warnings of what came late", n)
		}
		for range 3 {
			b.run("wage.warn_late")
		}
		if b.count(`wage_warnings WHERE line_id = $1 AND reason = 'bank'`, slow) != 1 ||
			b.count(`wage_warnings WHERE line_id = $1 AND reason = 'funds'`, unfunded) != 1 {
			t.Fatal("a late line without its warning")
		}
		if got := b.topics(); strings.Count(got, "late") != 3 {
			t.Fatalf("events: %s", got)
		}
		b.bank.slow = false
		b.life(4, 20*time.Minute)
		due, in, late, warned, err := b.s.Punctuality(b.ctx, d, clk.Now())
		if err != nil || due != 3 || in != 0 || late != 3 || warned != 3 ||
			b.count("wage_warnings") != 3 {
			t.Fatalf("%d due, %d in time, %d late, %d warned, %v", due, in, late, warned, err)
		}
		mine, err := b.s.GetMyWages(b.asWorker(), wage.MyWages{WorkerID: b.worker})
		if err != nil || !mine.Lines[0].Late || !mine.Lines[2].Late {
			t.Fatalf("%+v, %v", mine, err)
		}
		b.lawful()
	})
}

// Goal: a refused payout is repeated by another one that names it, with pauses, until a clerk must
// look; then the clerk sets it going, and the worker is paid once.
func TestReissue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("plc")
		b.confirm(id)
		b.bank.refuses = "账户已销户"
		b.life(4, 2*time.Minute)
		if got := b.line(id); got.State != "failed" || got.Refusals != 1 {
			t.Fatalf("after the first refusal: %+v", got)
		}
		mine, err := b.s.GetMyWages(b.asWorker(), wage.MyWages{WorkerID: b.worker})
		if err != nil || mine.Lines[0].Reason != "账户已销户" {
			t.Fatalf("%+v, %v", mine, err)
		}
		again := wage.PayAgain{Keyed: deed.Key("k1"), LineID: id}
		b.life(300, 30*time.Minute)
		stuck, err := b.s.FindStuckLines(b.asClerk(), wage.StuckLines{})
		if err != nil || len(stuck.Lines) != 1 || b.line(id).Refusals != 6 || b.count("payouts") != 6 {
			t.Fatalf("%+v, %v; line %+v, %d payouts", stuck, err, b.line(id), b.count("payouts"))
		}
		b.lawful()
		b.bank.refuses = ""
		for range 2 {
			_, err = b.s.PayAgain(b.asClerk(), again)
			b.must(err)
		}
		b.life(6, 2*time.Minute)
		payouts, reissued, err := b.ledger.Counts(b.ctx, d)
		if err != nil || payouts != 7 || reissued != 6 || b.line(id).State != "paid" ||
			b.bank.paid != 19200 {
			t.Fatalf("%d payouts, %d reissued, line %+v, bank paid %d, %v", payouts, reissued, b.line(id),
				b.bank.paid, err)
		}
		again.Keyed = deed.Key("k2")
		if _, err := b.s.PayAgain(b.asClerk(), again); !fault.Is(err, "wage.not_refused") {
			t.Fatalf("a paid line: %v", err)
		}
		b.lawful()
	})
}

// Goal: twenty sweeps at once want one payout for each line.
func TestPayRacers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.confirm(b.earn("p1"), b.earn("p2"), b.earn("p3"))
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for _, s := range b.s.Sweeps() {
					if _, err := s.Run(b.ctx, clk.Now()); err != nil {
						t.Errorf("%s: %v", s.Name, err)
					}
				}
			})
		}
		wg.Wait()
		if n := b.count("payouts"); n != 3 {
			t.Fatalf("%d payouts for 3 lines", n)
		}
		b.life(6, 2*time.Minute)
		if b.bank.paid != 3*19200 {
			t.Fatalf("bank paid %d", b.bank.paid)
		}
		b.lawful()
	})
}

// Goal: the end of a payout that belongs to no instructed line is refused, and nothing is booked.
func TestSettledUnknown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		good, other := b.earn("p1"), b.earn("p2")
		b.confirm(good)
		b.run("wage.pay")
		for _, line := range []string{other, "wln_none"} {
			err := b.tx(func(ctx context.Context, tx *db.Tx) error {
				return b.s.SettledTx(ctx, tx, []ledger.Settlement{
					{PayoutID: "a", LineID: good, State: ledger.Confirmed, At: tx.Now},
					{PayoutID: "b", LineID: line, State: ledger.Confirmed, At: tx.Now}})
			})
			if err == nil || b.line(good).State != "instructed" || b.line(other).State != "accrued" {
				t.Fatalf("%s: %v, left %+v, %+v", line, err, b.line(good), b.line(other))
			}
		}
		b.lawful()
	})
}
