package contract_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// start begins employer-settled work on a placement and tells whether its clock runs.
func (b *bundle) start(placementID string) (bool, error) {
	return db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return b.s.StartClockTx(ctx, tx, placementID, "330110")
	})
}

// sweep runs the slice's sweeps as of now.
func (b *bundle) sweep(s *contract.Service) error {
	var errs []error
	for _, sweep := range s.Sweeps() {
		_, err := sweep.Run(context.Background(), b.clk.Now())
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Goal: the clock runs for a contract that can still be signed, for nothing else, and stops with
// the signature, in time or late.
func TestClock(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		signed := b.drafted(w, "signed", terms(monday.At(9*60), 8))
		b.drafted(w, "void", terms(monday.AddDays(1).At(9*60), 8))
		open := b.drafted(w, "open", terms(monday.AddDays(2).At(9*60), 8))
		b.sign(w, signed)
		must(b.tx(b.boss, func(ctx context.Context, tx *db.Tx) (string, error) {
			return "", b.s.VoidTx(ctx, tx, "plc_void", "cancelled")
		}))(t)
		if running := must(b.start("plc_signed"))(t); running {
			t.Error("a clock runs beside a signed contract")
		}
		for _, placement := range []string{"plc_void", "plc_none"} {
			_, err := b.start(placement)
			wantFault(t, err, "contract.not_signed")
		}
		if running := must(b.start("plc_open"))(t); !running {
			t.Error("no clock runs beside a drafted contract")
		}
		clk.Add(40 * 24 * time.Hour)
		if err := b.check(); err == nil {
			t.Error("a clock that ran out unseen breaks no law")
		}
		if err := b.sweep(b.s); err != nil {
			t.Fatal(err)
		}
		late := must(b.s.FindClocks(b.boss, contract.Clocks{EmployerID: b.emp, Late: true}))(t).Clocks
		if len(late) != 1 || late[0].ContractID != open || late[0].LateAt.IsZero() {
			t.Errorf("late clocks %+v", late)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
		b.sign(w, open)
		if n := b.count(`SELECT COUNT(*) FROM contract_clocks
			WHERE state = 'signed' AND late_at_ms > 0`); n != 1 {
			t.Error("the signature did not stop the clock, or wiped out that it was late")
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: when telling fails, the warning is not on record and is given again; both sides get one.
func TestClockTellFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		b.drafted(w, "open", terms(monday.At(9*60), 8))
		must(b.start("plc_open"))(t)
		clk.Add(25 * 24 * time.Hour)
		deps, told := b.s.Deps, 0
		deps.Tell = func(context.Context, *db.Tx, people.Message) error {
			if told++; told == 2 { // the last step
				return errors.New("the outbox is full")
			}
			return nil
		}
		if err := b.sweep(contract.New(deps)); err == nil {
			t.Error("the sweep hides that nobody could be told")
		}
		if n := b.count(`SELECT COUNT(*) FROM contract_clocks WHERE warned_at_ms > 0`); n != 0 {
			t.Error("warned on record, though a side was not told")
		}
		for range 2 {
			if err := b.sweep(b.s); err != nil {
				t.Fatal(err)
			}
		}
		if n := b.count(`SELECT COUNT(*) FROM contract_clocks WHERE warned_at_ms > 0`); n != 1 ||
			len(b.told) != 2 {
			t.Errorf("%d warned, %d told", n, len(b.told))
		}
	})
}
