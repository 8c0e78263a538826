package wage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
)

// guaranteed lets the employer hold on a guarantee.
func (b *bundle) guaranteed(fen money.Fen) {
	b.t.Helper()
	_, err := b.ledger.GrantLimit(b.asClerk(), ledger.GrantLimit{Keyed: deed.Key("limit"),
		EmployerID: b.employer, Kind: ledger.Guarantee, LimitFen: fen, Reference: "保函 1",
		Until: "2099-12-31", Region: region})
	b.must(err)
}

func (b *bundle) called() money.Fen {
	b.t.Helper()
	fen, err := b.ledger.GuaranteeCalled(b.ctx, b.d)
	b.must(err)
	return fen
}

// Goal: a wage whose employer has no money is paid within 24 hours by its guarantee, which is
// called nine hours after the clock-out, not before, once, and only for the lines whose time has
// come.
func TestGuaranteeCalled(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.guaranteed(100_000)
		b.hold("p1", 20_000)
		first, err := b.accrue(b.work("p1", "e1"))
		b.must(err)
		b.confirm(first)
		b.life(2, time.Minute)
		clk.Add(3 * time.Hour)
		b.hold("p2", 20_000)
		second, err := b.accrue(b.work("p2", "e2"))
		b.must(err)
		clk.Add(6*time.Hour - 2*time.Minute - time.Millisecond)
		b.life(1, 0)
		if n := b.count("payouts"); n != 0 || b.line(first).Unfunded != 19_200 {
			t.Fatalf("too early: %d payouts, %+v", n, b.line(first))
		}
		clk.Add(time.Millisecond)
		b.life(8, 2*time.Minute)
		if b.line(first).State != "paid" || b.line(second).Unfunded != 19_200 ||
			b.called() != 19_200 || b.count("payouts WHERE kind = 'call'") != 1 {
			t.Fatalf("called %d: %+v, %+v", b.called(), b.line(first), b.line(second))
		}
		b.lawful()
		clk.Add(3 * time.Hour)
		b.life(8, 2*time.Minute)
		if b.line(second).State != "paid" || b.called() != 38_400 || b.arrears() != 0 || b.free() != 0 {
			t.Fatalf("called %d, free %d: %+v", b.called(), b.free(), b.line(second))
		}
		due, in, late, _, err := b.s.Punctuality(b.ctx, d, clk.Now().Add(24*time.Hour))
		if err != nil || due != 2 || in != 2 || late != 0 {
			t.Fatalf("%d due, %d in time, %d late, %v", due, in, late, err)
		}
		b.lawful()
	})
}

// Goal: an employer that pays in before the time has come is not called for, and what it pays in
// goes to the wage in the deed that books it: a hold cannot take it first. If the wage cannot have
// it, nothing is booked.
func TestPaidInFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.guaranteed(100_000)
		b.hold("p1", 20_000)
		id, err := b.accrue(b.work("p1", "e1"))
		b.must(err)
		b.confirm(id)
		whole := b.ledger.CameIn
		broken := errors.New("the line cannot be written")
		b.ledger.CameIn = func(ctx context.Context, tx *db.Tx, employerIDs []string) error {
			return errors.Join(whole(ctx, tx, employerIDs), broken)
		}
		b.bank.credits = append(b.bank.credits, ledger.Credit{N: 1, ID: "cr1", Account: b.employer,
			AmountFen: 20_000, At: clk.Now()})
		if _, err := b.ledger.Sweeps()[0].Run(b.ctx, clk.Now()); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if b.line(id).Unfunded != 19_200 || b.free() != 0 || b.arrears() != -19_200 {
			t.Fatalf("free %d, arrears %d: %+v", b.free(), b.arrears(), b.line(id))
		}
		b.ledger.CameIn = whole
		b.run("ledger.credits")
		if b.line(id).Unfunded != 0 || b.free() != 800 || b.arrears() != 0 {
			t.Fatalf("free %d, arrears %d: %+v", b.free(), b.arrears(), b.line(id))
		}
		clk.Add(9 * time.Hour)
		b.life(6, 2*time.Minute)
		if b.called() != 0 || b.count("payouts WHERE kind = 'call'") != 0 || b.line(id).State != "paid" {
			t.Fatalf("called %d: %+v", b.called(), b.line(id))
		}
		b.lawful()
	})
}

// Goal: a giver that refuses is asked again, and a guarantee that does not reach leaves the wage
// waiting, warned of with its reason, while the bank is not asked without end.
func TestGuaranteeTooSmall(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.fund(10_000)
		b.guaranteed(10_000)
		b.hold("p1", 20_000)
		cmd := b.work("p1", "e1")
		cmd.WorkedMin = 720 // 28 800: 8 800 beyond the hold
		id, err := b.accrue(cmd)
		b.must(err)
		clk.Add(9 * time.Hour)
		b.bank.refuses = "guarantee unknown"
		b.life(3, 2*time.Minute)
		b.bank.refuses = ""
		b.life(10, 2*time.Minute)
		clk.Add(15 * time.Hour)
		b.life(3, 2*time.Minute)
		if n := b.count("payouts WHERE kind = 'call' AND state = 'confirmed'"); n != 1 ||
			b.called() != 10_000 || b.line(id).Unfunded != 18_800 || b.line(id).State != "confirmed" ||
			b.count("wage_warnings WHERE reason = 'funds'") != 1 {
			t.Fatalf("%d calls, %d fen: %+v", n, b.called(), b.line(id))
		}
		b.lawful()
	})
}
