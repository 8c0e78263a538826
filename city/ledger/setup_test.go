package ledger_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{ledger.Migrations, feed.Migrations}

// payees gives every worker a card of the same name, but those called "cardless".
type payees struct{}

func (payees) GetWorkerTx(_ context.Context, _ db.Reader, id string) (people.Worker, error) {
	return people.Worker{ID: id, Name: "张三"}, nil
}

func (payees) CardTx(_ context.Context, _ *db.Tx, id string) (people.Card, error) {
	if id == "cardless" {
		return people.Card{}, fault.New(fault.NotFound, "people.no_bank_card")
	}
	return people.Card{Number: "card of " + id}, nil
}

// register knows whoever is not called nobody; the code of employer e is "code of e", however it is
// written.
type register struct{}

func (register) GetEmployerTx(_ context.Context, _ db.Reader, id string) (people.Employer, error) {
	return people.Employer{ID: id, Name: "firm " + id, USCC: "code of " + id}, nil
}

func (g register) EmployerByUSCCTx(
	ctx context.Context, r db.Reader, code string,
) (people.Employer, error) {
	named, _ := g.EmployersNamedTx(ctx, r, []string{code})
	e, ok := named[code]
	if !ok {
		return e, fault.New(fault.NotFound, "people.employer_not_found")
	}
	return e, nil
}

func (g register) EmployersNamedTx(
	ctx context.Context, r db.Reader, references []string,
) (map[string]people.Employer, error) {
	out := map[string]people.Employer{}
	for _, text := range references {
		id := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "code of ")
		if id != "" && !strings.Contains(id, "nobody") {
			out[text], _ = g.GetEmployerTx(ctx, r, id)
		}
	}
	return out, nil
}

// AuditTx notes into table meta, so that a test sees what was committed.
func (register) AuditTx(ctx context.Context, tx *db.Tx, what, subject string) error {
	_, err := tx.Exec(ctx, `INSERT INTO meta(key, value) VALUES ($1, 'audited')`,
		what+" "+subject)
	return err
}

type bundle struct {
	t    *testing.T
	ctx  context.Context
	d    *db.DB
	clk  *clock.Fake
	bank *fakeBank
	wire *wire
	s    *ledger.Service
	// onSettled, if set, is asked in the deed that records a payout's end.
	onSettled func(ledger.Settlement) error
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{t: t, ctx: people.AsSystem(context.Background(), "test"), d: d, clk: clk,
		bank: newBank(t, clk), wire: &wire{faults: map[string][]string{}}}
	b.restart()
	return b
}

// restart is a new process on the same database. Ends of payouts are noted in table meta, once
// each, so that a test sees what was committed.
func (b *bundle) restart() {
	book, err := policy.Load()
	b.must(err)
	b.s = ledger.New(ledger.Deps{DB: b.d, Policy: book, People: payees{}, Register: register{},
		Bank: ledger.NewClient(b.bank.url+"/", &http.Client{Transport: b.wire}),
		Settled: func(ctx context.Context, tx *db.Tx, ended []ledger.Settlement) error {
			for _, e := range ended {
				if b.onSettled != nil {
					if err := b.onSettled(e); err != nil {
						return err
					}
				}
				key := "end/" + e.PayoutID
				if e.State == ledger.Returned {
					key = "back/" + e.PayoutID
				}
				_, err := tx.Exec(ctx, `INSERT INTO meta(key, value) VALUES ($1, $2)`, key,
					fmt.Sprintf("%s %s %s %d %s", e.LineID, e.State, e.AmountFen, clock.MS(e.At), e.Reason))
				if err != nil {
					return err
				}
			}
			return nil
		}})
}

func (b *bundle) tx(fn func(ctx context.Context, tx *db.Tx) error) error {
	_, err := db.InTx(b.ctx, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, fn(ctx, tx)
	})
	return err
}

func (b *bundle) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// fund gives an employer money through the bank.
func (b *bundle) fund(employerID string, fen int64) {
	b.t.Helper()
	b.bank.deposit(fmt.Sprint("credit of ", employerID, fen), employerID, fen)
	b.must(b.run("ledger.credits"))
}

// owe makes a wage line payable from the employer's funds and wants it paid.
func (b *bundle) owe(lineID, workerID string, fen money.Fen, reissueOf string) string {
	b.t.Helper()
	var ids []string
	b.must(b.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		e := ledger.Entry{Kind: "accrual", Source: lineID}
		e.Move(ledger.Available("emp"), ledger.Payable(lineID), fen)
		if _, err := b.s.PostTx(ctx, tx, e); err != nil {
			return err
		}
		ids, err = b.s.WantPayoutsTx(ctx, tx, []ledger.Want{{LineID: lineID, WorkerID: workerID,
			EmployerID: "emp", AmountFen: fen, ReissueOf: reissueOf}})
		return err
	}))
	return ids[0]
}

// run runs one turn of a sweep.
func (b *bundle) run(name string) error {
	b.t.Helper()
	for _, s := range b.s.Sweeps() {
		if s.Name == name {
			_, err := s.Run(b.ctx, b.clk.Now())
			return err
		}
	}
	b.t.Fatalf("no sweep %s", name)
	return nil
}

// life runs all sweeps for a while; the bank settles in between.
func (b *bundle) life(turns int) {
	b.t.Helper()
	for range turns {
		for _, s := range b.s.Sweeps() {
			if _, err := s.Run(b.ctx, b.clk.Now()); err != nil {
				b.t.Fatalf("%s: %v", s.Name, err)
			}
		}
		b.bank.settle("")
		b.clk.Add(2 * time.Minute)
	}
}

// killed runs fn and tells whether the process died in it.
func killed(fn func()) (died bool) {
	defer func() {
		if v := recover(); v != nil {
			if !strings.Contains(fmt.Sprint(v), errKilled.Error()) {
				panic(v)
			}
			died = true
		}
	}()
	fn()
	return false
}

func (b *bundle) balance(a ledger.Account) money.Fen {
	b.t.Helper()
	fen, err := b.s.BalanceTx(b.ctx, b.d, a)
	b.must(err)
	return fen
}

func (b *bundle) free() money.Fen { return b.balance(ledger.Available("emp")) }

func (b *bundle) state(payoutID string) string {
	b.t.Helper()
	s, err := db.Get[string](b.ctx, b.d, `SELECT state FROM payouts WHERE id = $1`, payoutID)
	b.must(err)
	return s
}

func (b *bundle) end(payoutID string) string {
	b.t.Helper()
	v, err := db.Meta(b.ctx, b.d, "end/"+payoutID)
	b.must(err)
	return v
}

func (b *bundle) count(table string) int {
	b.t.Helper()
	n, err := db.Get[int](b.ctx, b.d, `SELECT COUNT(*) FROM `+table)
	b.must(err)
	return n
}

func (b *bundle) lawful() {
	b.t.Helper()
	b.must(b.s.Check(b.ctx, b.d, b.clk.Now()))
}
