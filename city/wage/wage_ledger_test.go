package wage_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: the wage ledger has every field of 国令724 art. 15 for every line of the period, page by
// page; numbers are masked, and in clear only with an audit row for each look.
func TestWageLedger(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		lines := []string{b.earn("p1"), b.earn("p2"), b.earn("p3")}
		b.confirm(lines...)
		b.life(4, 2*time.Minute)
		gone, err := b.accrue(b.work("p4", "e4"))
		b.must(err)
		b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
			return b.s.ReverseTx(ctx, tx, gone, "x")
		}))
		ask := wage.WageLedger{EmployerID: b.employer, From: "2026-03-02", Until: "2026-03-02", Limit: 2}
		first, err := b.s.GetWageLedger(b.asEmployer(), ask)
		b.must(err)
		ask.After = first.Next
		second, err := b.s.GetWageLedger(b.asEmployer(), ask)
		if err != nil || len(first.Rows) != 2 || len(second.Rows) != 1 || second.Next != "" ||
			second.Rows[0].LineID <= first.Rows[1].LineID {
			t.Fatalf("%+v\n%+v, %v", first, second, err)
		}
		r := first.Rows[0]
		if r.EmployerName != "余杭物流" || r.EmployerUSCC != "91350100M000100Y43" ||
			r.WorkerName != "张三" || r.IDNumber != "110****002X" || r.Phone != "138****0001" ||
			r.NetFen != 19200 || r.PayoutID == "" || r.PaidAt.IsZero() || r.WorkedMin != 480 {
			t.Fatalf("%+v", r)
		}
		if n := b.count("audit"); n != b.count(`audit WHERE what = 'card' OR what = 'set card'`) {
			t.Fatalf("%d audit rows for masked numbers", n)
		}
		open := wage.ClearWageLedger{EmployerID: b.employer, From: "2026-03-02", Until: "2026-03-02"}
		if _, err := b.s.OpenWageLedger(b.asEmployer(), open); !fault.Is(err, "people.not_allowed") {
			t.Fatalf("in clear for the employer: %v", err)
		}
		clear, err := b.s.OpenWageLedger(b.asClerk(), open)
		if err != nil || len(clear.Rows) != 3 || clear.Rows[0].IDNumber != "11010519491231002X" ||
			clear.Rows[0].Phone != "13800000001" {
			t.Fatalf("%+v, %v", clear, err)
		}
		for _, what := range []string{"id_number", "phone"} {
			if n := b.count(`audit WHERE account_id = 'acc_c' AND what = $1`, what); n != 3 {
				t.Errorf("%d looks at %s in the audit log", n, what)
			}
		}
		for _, days := range [][2]string{{"2026-03-03", "2026-03-02"}, {"x", "2026-03-02"},
			{"2026-03-02", ""}} {
			ask.From, ask.Until = civil.Date(days[0]), civil.Date(days[1])
			if _, err := b.s.GetWageLedger(b.asEmployer(), ask); !fault.Is(err, "wage.ledger_days") {
				t.Errorf("%v: %v", days, err)
			}
		}
	})
}

// Goal: who closes the account stays in the wage ledger, with the phone, for as long as it is kept.
func TestWageLedgerAfterClosing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.confirm(b.earn("p1"))
		b.life(4, 2*time.Minute)
		_, err := b.people.CloseAccount(b.asWorker(), people.CloseAccount{
			Keyed: deed.Key("close"), WorkerID: b.worker})
		b.must(err)
		ask := wage.WageLedger{EmployerID: b.employer, From: "2026-03-02", Until: "2026-03-02"}
		v, err := b.s.GetWageLedger(b.asEmployer(), ask)
		if err != nil || len(v.Rows) != 1 || v.Rows[0].Phone != "138****0001" {
			t.Errorf("masked: %+v, %v", v, err)
		}
		v, err = b.s.OpenWageLedger(b.asClerk(), wage.ClearWageLedger(ask))
		if err != nil || len(v.Rows) != 1 || v.Rows[0].Phone != "13800000001" {
			t.Errorf("in clear: %+v, %v", v, err)
		}
	})
}

// Goal: the ledger as CSV is whole, opens in a spreadsheet, and stops where its reader does.
func TestWriteLedger(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		id := b.earn("p1")
		ask := wage.WageLedger{EmployerID: b.employer, From: "2026-03-01", Until: "2026-03-31"}
		var out bytes.Buffer
		b.must(b.s.WriteLedger(b.asEmployer(), &out, ask, false))
		text, ok := strings.CutPrefix(out.String(), "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !ok || len(rows) != 2 || len(rows[0]) != len(rows[1]) || rows[1][0] != id ||
			rows[1][18] != "192.00" || rows[1][12] != "计时工资" || rows[1][19] != "待确认" {
			t.Fatalf("%v, %v", rows, err)
		}
		full := errors.New("disk full")
		err = b.s.EachLedgerRow(b.asEmployer(), ask, false, func(wage.LedgerRow) error { return full })
		if !errors.Is(err, full) {
			t.Fatal(err)
		}
		if err := b.s.WriteLedger(b.asEmployer(), &out, ask, true); !fault.Is(err,
			"people.not_allowed") {
			t.Fatalf("in clear: %v", err)
		}
	})
}
