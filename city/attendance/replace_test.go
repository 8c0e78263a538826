package attendance_test

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: who has not come is a no-show and the head is on offer, in one step: wholly or not at all,
// once among twenty; who steps in is held, paid and awaited for the time that is left.
func TestReplace(t *testing.T) {
	each(t, func(b *bundle) {
		_, p := b.placed(1)
		named, anybody := b.worker(2), b.worker(3)
		in := attendance.Replace{Keyed: b.key(), PlacementID: p.ID, EmployerID: b.employerID,
			WorkerIDs: []string{named.id}}
		b.clk.Set(p.StartsAt.Add(15*time.Minute - time.Millisecond))
		if _, err := b.s.Replace(b.boss, in); !fault.Is(err, "market.replace_early") {
			b.t.Errorf("a moment too early: %v", err)
		}
		b.clk.Set(p.StartsAt.Add(30 * time.Minute))
		before := b.rows()
		_, err := b.breaking().Replace(b.boss, in)
		b.unchanged("replace", err, before)
		b.race("replace", "market.placement_state", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.Replace(b.boss, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM placements WHERE state = 'no_show'`:               1,
			`SELECT COUNT(*) FROM placements WHERE state = 'offered'`:               1,
			`SELECT COUNT(*) FROM replacements WHERE offers = 1`:                    1,
			`SELECT COUNT(*) FROM messages WHERE template = 'offer'`:                1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'market.head_reoffered.v1'`: 1})
		b.clk.Add(30 * time.Minute) // seven hours are left
		q := b.accept(named, p.ShiftID)
		_, err = b.market.AcceptShift(anybody, market.Accept{Keyed: b.key(), ShiftID: p.ShiftID,
			WorkerID: anybody.id})
		if !fault.Is(err, "market.no_heads_left") {
			b.t.Errorf("the head was taken: %v", err)
		}
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM replacements WHERE filled_by <> ''`:              1,
			`SELECT balance_fen FROM balances WHERE account = 'hold/` + q.ID + `'`: 17_500 + 2_625 + 200})
		b.sign(named, q)
		b.sweep(59 * time.Minute) // on the way: no no-show yet
		must(b.s.ClockIn(named, b.at(named, q)))(b.t)
		b.clk.Set(q.EndsAt)
		if r := must(b.s.ClockOut(named, b.at(named, q)))(b.t); r.WorkedMin != 361-30 {
			b.t.Errorf("%d minutes", r.WorkedMin)
		}
		b.lawful()
	})
}

// Goal: without names anybody may step in, and finds the shift; who has arrived is not replaced.
func TestReplaceByAnybody(t *testing.T) {
	each(t, func(b *bundle) {
		shiftID := b.shift(2)
		_, p := b.placedOn(1, shiftID)
		here, q := b.placedOn(2, shiftID)
		b.clk.Set(p.StartsAt.Add(20 * time.Minute))
		must(b.s.Arrive(here, b.at(here, q)))(b.t)
		replace := func(id string) error {
			_, err := b.s.Replace(b.boss, attendance.Replace{Keyed: b.key(), PlacementID: id,
				EmployerID: b.employerID})
			return err
		}
		if err := replace(q.ID); !fault.Is(err, "attendance.has_arrived") {
			b.t.Errorf("who has arrived: %v", err)
		}
		listed := func() int {
			return len(must(b.market.FindReplacements(here, market.FindReplacements{
				Region: "50"}))(b.t).Shifts)
		}
		if n := listed(); n != 0 {
			b.t.Errorf("%d shifts to fill", n)
		}
		must(true, replace(p.ID))(b.t)
		if n := listed(); n != 1 {
			b.t.Errorf("%d shifts to fill, want one", n)
		}
		stepsIn := b.worker(3)
		r := b.accept(stepsIn, shiftID)
		if n := listed(); n != 0 {
			b.t.Errorf("%d shifts to fill after that", n)
		}
		b.sweep(61 * time.Minute) // neither came
		b.want(map[string]int64{`SELECT COUNT(*) FROM placements WHERE state = 'no_show'`: 2,
			`SELECT COUNT(*) FROM placements WHERE id = '` + r.ID + `' AND state = 'no_show'`: 1})
		b.clk.Set(p.EndsAt)
		if err := replace(r.ID); !fault.Is(err, "market.placement_state") {
			b.t.Errorf("a no-show again: %v", err)
		}
		b.lawful()
	})
}

// Goal: calling off pays by how late it is, out of the hold, and leaves a fact; the same key once.
func TestCancelShift(t *testing.T) {
	each(t, func(b *bundle) {
		for n, c := range []struct {
			notice time.Duration
			bp     int64
			fen    int64
		}{
			{24 * time.Hour, 0, 0}, {24*time.Hour - time.Millisecond, 2000, 3750},
			{4 * time.Hour, 2000, 3750}, {4*time.Hour - time.Millisecond, 5000, 9375},
			{-time.Minute, 5000, 9375},
		} {
			v := b.vacancy(2)
			v.Shifts[0].StartsAt = b.clk.Now().Add(30 * time.Hour)
			v.Shifts[0].EndsAt = v.Shifts[0].StartsAt.Add(8 * time.Hour)
			_, p := b.placedOn(n+1, b.publish(v))
			b.clk.Set(p.StartsAt.Add(-c.notice))
			got := once(b, "cancel", func(k deed.Keyed) (market.ShiftCancelled, error) {
				return b.market.CancelShift(b.boss, market.CancelShift{Keyed: k, ShiftID: p.ShiftID,
					EmployerID: b.employerID, Reason: "订单取消"})
			})
			if int64(got.CompensationFen) != c.fen || got.Cancelled != 1 {
				b.t.Errorf("%v before: %+v", c.notice, got)
			}
			if n := b.count(`SELECT COUNT(*) FROM cancellations c LEFT JOIN wage_lines l
				ON l.id = c.line_id AND l.pay_unit = 'notice' AND l.unfunded_fen = 0
				WHERE c.placement_id = $1 AND c.share_bp = $2 AND COALESCE(l.amount_fen, 0) = $3`,
				p.ID, c.bp, c.fen); n != 1 {
				b.t.Errorf("%v before: no such cancellation", c.notice)
			}
			if n := b.count(`SELECT COUNT(*) FROM balances WHERE account = $1 AND balance_fen <> 0`,
				"hold/"+p.ID); n != 0 {
				b.t.Errorf("%v before: money is still held", c.notice)
			}
		}
		b.sweep(0)
		b.lawful()
		b.exec(`UPDATE cancellations SET pay_fen = pay_fen + 1 WHERE share_bp = 5000`)
		if err := b.market.Check(b.clerk, b.d, b.clk.Now()); err == nil {
			b.t.Error("compensation without its line: nobody noticed")
		}
		b.exec(`DELETE FROM cancellations WHERE share_bp <> 0`)
		if err := b.market.Check(b.clerk, b.d, b.clk.Now()); err == nil {
			b.t.Error("a cancellation that left no fact: nobody noticed")
		}
	})
}
