package attendance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
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
