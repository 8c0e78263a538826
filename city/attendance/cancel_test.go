package attendance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// brokenVoid fails after the contract was made void: the last that calling off does elsewhere.
type brokenVoid struct{ market.Contracts }

func (f brokenVoid) VoidTx(ctx context.Context, tx *db.Tx, placementID, reason string) error {
	return errors.Join(f.Contracts.VoidTx(ctx, tx, placementID, reason), errLastStep)
}

// Goal: calling off happens wholly or not at all, and once among twenty; who has started works on.
func TestCancelShiftDeed(t *testing.T) {
	each(t, func(b *bundle) {
		shiftID := b.shift(2)
		starts, p := b.placedOn(1, shiftID)
		b.placedOn(2, shiftID)
		b.start(starts, p)
		in := market.CancelShift{Keyed: b.key(), ShiftID: shiftID, EmployerID: b.employerID,
			Reason: "订单取消"}
		deps := b.market.Deps
		deps.Contracts = brokenVoid{deps.Contracts}
		before := b.rows()
		_, err := market.New(deps).CancelShift(b.boss, in)
		b.unchanged("cancel", err, before)
		b.race("cancel", "market.shift_closed", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.market.CancelShift(b.boss, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM cancellations`:                                    1,
			`SELECT COUNT(*) FROM wage_lines WHERE pay_unit = 'notice'`:             1,
			`SELECT COUNT(*) FROM messages WHERE template = 'called_off_late'`:      1,
			`SELECT COUNT(*) FROM placements WHERE state = 'started'`:               1,
			`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_employer'`: 1})
		b.clk.Add(time.Hour)
		in.Keyed = b.key()
		must(b.s.ClockOut(starts, b.at(starts, p)))(b.t)
		b.lawful()
	})
}

// Goal: one person is called off wholly or not at all, once among twenty, and paid as for a whole
// shift; the others stay, the head is gone or offered again, and the last head takes the shift too.
func TestCallOff(t *testing.T) {
	each(t, func(b *bundle) {
		shiftID := b.shift(3)
		_, p := b.placedOn(1, shiftID)
		starts, q := b.placedOn(2, shiftID)
		_, r := b.placedOn(3, shiftID)
		in := market.CallOff{Keyed: b.key(), PlacementID: p.ID, EmployerID: b.employerID,
			Reason: "less_work"}
		deps := b.market.Deps
		deps.Contracts = brokenVoid{deps.Contracts}
		before := b.rows()
		_, err := market.New(deps).CallOffPlacement(b.boss, in)
		b.unchanged("call off", err, before)
		b.race("call off", "market.placement_state", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.market.CallOffPlacement(b.boss, in)
			return err
		})
		heads := `SELECT heads FROM shifts WHERE id = '` + shiftID + `'`
		b.want(map[string]int64{heads: 2,
			`SELECT COUNT(*) FROM cancellations WHERE pay_fen = 9375`:               1,
			`SELECT COUNT(*) FROM wage_lines WHERE pay_unit = 'notice'`:             1,
			`SELECT COUNT(*) FROM messages WHERE template = 'called_off_late'`:      1,
			`SELECT COUNT(*) FROM placements WHERE state = 'accepted'`:              2,
			`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_employer'`: 1})

		in.PlacementID, in.Reason, in.Keyed = r.ID, "other", b.key()
		if _, err = b.market.CallOffPlacement(b.boss, in); !fault.Is(err, "market.words_missing") {
			b.t.Errorf("other without words: %v", err)
		}
		in.Words, in.Again = "机器坏了", true
		if got := must(b.market.CallOffPlacement(b.boss, in))(b.t); got.Heads != 2 {
			b.t.Errorf("offered again: %+v", got)
		}
		b.placedOn(4, shiftID) // takes the head that is offered again
		b.start(starts, q)
		in.PlacementID, in.Keyed = q.ID, b.key()
		if _, err = b.market.CallOffPlacement(b.boss, in); !fault.Is(err, "market.placement_state") {
			b.t.Errorf("who has started: %v", err)
		}

		_, only := b.placedOn(5, b.shift(1))
		last := market.CallOff{Keyed: b.key(), PlacementID: only.ID, EmployerID: b.employerID,
			Reason: "place_closed"}
		if got := must(b.market.CallOffPlacement(b.boss, last))(b.t); got.Heads != 0 {
			b.t.Errorf("the last head: %+v", got)
		}
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM shifts WHERE state = 'cancelled' AND id = '` + only.ShiftID + `'`: 1,
			`SELECT COUNT(*) FROM cancellations`:                                                    3})
		b.lawful()
	})
}
