package credit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

var schema = []fs.FS{feed.Migrations, people.Migrations, ledger.Migrations, station.Migrations,
	skill.Migrations, contract.Migrations, notify.Migrations, insurance.Migrations, wage.Migrations,
	market.Migrations, attendance.Migrations, credit.Migrations}

// bundle is credit over tables that the test fills by hand: the facts are what is being tested, not
// how they come about.
type bundle struct {
	*credit.Service
	t     testing.TB
	d     *db.DB
	clk   *clock.Fake
	clerk context.Context
	boss  context.Context
	fail  error // what telling people answers
	cases int64
	keys  atomic.Int64
	rows  int
}

const boss = "emp_1"

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book, err := policy.Load()
	ok(t, err)
	box, err := crypt.NewRing(crypt.KeyFromSeed(7))
	ok(t, err)
	text, err := i18n.Load()
	ok(t, err)
	days, err := civil.Holidays()
	ok(t, err)
	b := &bundle{t: t, d: d, clk: clk}
	register := people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(context.Context, *db.Tx, people.Message) error { return nil }})
	b.Service = credit.New(credit.Deps{DB: d, Policy: book, Text: text, Calendar: days,
		People: register, Notify: teller{b, notify.New(notify.Deps{DB: d, Text: text, Box: box})},
		OpenCases: func(context.Context, db.Reader, string) (int64, error) { return b.cases, nil }})
	as := func(role people.Role, employerID string) context.Context {
		return people.WithActor(context.Background(), people.Actor{AccountID: "acc_" + string(role),
			EmployerID: employerID, Roles: []people.Role{role}})
	}
	b.clerk, b.boss = as(people.RoleClerk, ""), as(people.RoleEmployer, boss)
	b.row("accounts", map[string]any{"id": "acc_employer", "phone_sealed": []byte{},
		"phone_blind": fmt.Sprintf("%064d", 1), "roles": "employer", "employer_id": boss})
	b.row("employers", map[string]any{"id": boss, "account_id": "acc_employer", "name": "演示物流",
		"region": "500103"})
	b.row("vettings", map[string]any{"employer_id": boss, "state": "vetted"})
	return b
}

// teller is notify.Service until fail is set.
type teller struct {
	b *bundle
	*notify.Service
}

func (t teller) PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error {
	if t.b.fail != nil {
		return t.b.fail
	}
	return t.Service.PutTx(ctx, tx, m)
}

var errLastStep = errors.New("the last step fails")

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) key() deed.Keyed { return deed.Key(fmt.Sprint("key-", b.keys.Add(1))) }

func (b *bundle) exec(q string, args ...any) {
	b.t.Helper()
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, q, args...)
	})
	ok(b.t, err)
}

func (b *bundle) row(table string, values map[string]any) {
	b.t.Helper()
	dbtest.Insert(b.t, b.d, table, values)
}

func (b *bundle) count(q string, args ...any) int64 {
	b.t.Helper()
	n, err := db.Get[int64](context.Background(), b.d, q, args...)
	ok(b.t, err)
	return n
}

// wage writes a wage line of n, due before now; lateBy > 0 pays it so much later, < 0 never.
func (b *bundle) wage(dueAgo, lateBy time.Duration, why string) {
	b.t.Helper()
	b.rows++
	id := fmt.Sprintf("lin_%04d", b.rows)
	due := clock.MS(b.clk.Now().Add(-dueAgo))
	const day = int64(24 * time.Hour / time.Millisecond)
	paid, state := due+lateBy.Milliseconds(), "paid"
	if lateBy < 0 {
		paid, state = 0, "confirmed"
	}
	b.row("wage_lines", map[string]any{"id": id, "placement_id": "plc_" + id, "n": 1,
		"worker_id": "wrk_1", "employer_id": boss, "pay_unit": "hour", "gross_fen": 2000,
		"amount_fen": 2000, "state": state, "start_at_ms": due - 2*day, "end_at_ms": due - day,
		"warn_at_ms": due, "due_at_ms": due, "accrued_at_ms": due - day, "confirmed_at_ms": due - day,
		"confirmed_by": "acc_employer", "paid_at_ms": paid, "payout_id": "pay_" + id})
	if lateBy >= 0 {
		b.payout(id, paid)
	}
	if why != "" {
		b.row("wage_warnings", map[string]any{"line_id": id, "reason": why, "at_ms": due,
			"rung": 1, "owner_role": "employer", "owner_id": boss})
		b.row("wage_reasons", map[string]any{"line_id": id, "n": 1, "reason": why, "at_ms": due})
	}
}

// payout pays a line at an instant, in milliseconds.
func (b *bundle) payout(lineID string, at int64) {
	b.t.Helper()
	b.row("payouts", map[string]any{"id": "pay_" + lineID, "line_id": lineID, "amount_fen": 2000,
		"employer_id": boss, "state": "confirmed", "kind": "wage",
		"ended_at_ms": at})
}

// sweep runs the slice's sweeps and proves its laws.
func (b *bundle) sweep() {
	b.t.Helper()
	for _, s := range b.Sweeps() {
		for n := s.Limit; n == s.Limit; {
			var err error
			n, err = s.Run(context.Background(), b.clk.Now())
			ok(b.t, err)
		}
	}
	ok(b.t, b.Check(context.Background(), b.d, b.clk.Now()))
}

func (b *bundle) shown() credit.CreditView {
	b.t.Helper()
	v, err := b.ShowCredit(b.boss, credit.CreditOf{EmployerID: boss})
	ok(b.t, err)
	return v
}
