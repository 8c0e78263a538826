package wage_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{people.Migrations, ledger.Migrations, wage.Migrations, feed.Migrations}

const region = "330110"

// bank pays on the next question after an order, unless it refuses.
type bank struct {
	clk     *clock.Fake
	mu      sync.Mutex
	orders  map[string]ledger.Order
	ends    map[string]ledger.Answer
	refuses string // the reason for which new orders are refused
	slow    bool   // leaves orders accepted
	paid    money.Fen
	credits []ledger.Credit
}

func (b *bank) Pay(_ context.Context, orders []ledger.Order) ([]ledger.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []ledger.Answer
	for _, o := range orders {
		b.orders[o.Key] = o
		out = append(out, ledger.Answer{Key: o.Key, State: "accepted"})
	}
	return out, nil
}

func (b *bank) Ask(_ context.Context, keys []string) ([]ledger.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []ledger.Answer
	for _, k := range keys {
		o, seen := b.orders[k]
		a, ended := b.ends[k]
		switch {
		case !seen:
			a = ledger.Answer{Key: k, State: "never_seen"}
		case !ended && b.slow:
			a = ledger.Answer{Key: k, State: "accepted"}
		case !ended && b.refuses != "":
			a = ledger.Answer{Key: k, State: "rejected", Reason: b.refuses, At: b.clk.Now()}
			b.ends[k] = a
		case !ended:
			a = ledger.Answer{Key: k, State: "paid", At: b.clk.Now()}
			b.ends[k] = a
			if o.Purpose == ledger.Wage {
				b.paid += o.AmountFen
			}
		}
		out = append(out, a)
	}
	return out, nil
}

func (b *bank) Credits(_ context.Context, after int64, limit int) ([]ledger.Credit, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rest := b.credits[min(int(after), len(b.credits)):]
	return rest[:min(limit, len(rest))], nil
}

// Statement is not asked for here.
func (b *bank) Statement(
	context.Context, string, time.Time, time.Time, int, int,
) (ledger.BankStatement, error) {
	return ledger.BankStatement{}, nil
}

// sendsBack lists a payout that was paid as one whose money came back.
func (b *bank) sendsBack(key, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[key]
	if o.Purpose == ledger.Wage {
		b.paid -= o.AmountFen
	}
	b.ends[key] = ledger.Answer{Key: key, State: "returned", Reason: reason, At: b.clk.Now()}
	b.credits = append(b.credits, ledger.Credit{N: int64(len(b.credits) + 1), ID: "back-" + key,
		Account: o.Account, AmountFen: o.AmountFen, At: b.clk.Now(), Returns: key, Reason: reason})
}

// phone notes what people are told.
type phone struct {
	mu   sync.Mutex
	said map[string]notify.Message // by key
}

func (p *phone) PutTx(_ context.Context, _ *db.Tx, m notify.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.said[m.Key]; !known {
		p.said[m.Key] = m
	}
	return nil
}

// told counts the messages of a template.
func (p *phone) told(template string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, m := range p.said {
		if m.Template == template {
			n++
		}
	}
	return n
}

type bundle struct {
	t      *testing.T
	ctx    context.Context
	d      *db.DB
	clk    *clock.Fake
	bank   *bank
	phone  *phone
	people *people.Service
	ledger *ledger.Service
	s      *wage.Service

	worker, employer string
}

func setup(t *testing.T, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	box, err := crypt.NewRing(crypt.KeyFromSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{t: t, ctx: people.AsSystem(context.Background(), "test"), d: d, clk: clk,
		bank:  &bank{clk: clk, orders: map[string]ledger.Order{}, ends: map[string]ledger.Answer{}},
		phone: &phone{said: map[string]notify.Message{}}}
	b.people = people.New(people.Deps{DB: d, Policy: book, Box: box,
		NewCode: func() string { return "123456" },
		Send:    func(context.Context, *db.Tx, people.Message) error { return nil },
		CardChanged: func(ctx context.Context, tx *db.Tx, workerID string) error {
			return b.s.CardChangedTx(ctx, tx, workerID)
		}})
	b.ledger = ledger.New(ledger.Deps{DB: d, Policy: book, People: b.people,
		Register: b.people, Bank: b.bank,
		Settled: func(ctx context.Context, tx *db.Tx, ended []ledger.Settlement) error {
			return b.s.SettledTx(ctx, tx, ended)
		},
		CameIn: func(ctx context.Context, tx *db.Tx, employerIDs []string) error {
			return b.s.CameInTx(ctx, tx, employerIDs)
		}})
	b.s = wage.New(wage.Deps{DB: d, Policy: book, Ledger: b.ledger, People: b.people,
		Notify: b.phone})
	b.register()
	return b
}

// register makes one worker with a card and one employer, through the front door.
func (b *bundle) register() {
	b.t.Helper()
	worker := b.logIn("13800000001")
	w, err := b.people.RegisterWorker(worker, people.RegisterWorker{Keyed: deed.Key("w"), Name: "张三",
		IDNumber: "11010519491231002X", Region: region})
	b.must(err)
	b.worker = w.ID
	_, err = b.people.SetBankCard(b.asWorker(), people.SetBankCard{Keyed: deed.Key("c"),
		WorkerID: w.ID, CardNumber: "6222021234567890128"})
	b.must(err)
	boss := b.logIn("13800000002")
	e, err := b.people.RegisterEmployer(boss, people.RegisterEmployer{Keyed: deed.Key("e"),
		USCC: "91350100M000100Y43", Name: "余杭物流", Address: "文一西路1号", Principal: "李四",
		Region: region})
	b.must(err)
	b.employer = e.ID
}

func (b *bundle) logIn(phone string) context.Context {
	b.t.Helper()
	ctx := context.Background()
	_, err := b.people.RequestCode(ctx, people.RequestCode{Keyed: deed.Key(phone), Phone: phone})
	b.must(err)
	session, err := b.people.LogIn(ctx, people.LogIn{Phone: phone, Code: "123456"})
	b.must(err)
	return people.WithActor(b.ctx, people.Actor{AccountID: session.AccountID, Roles: session.Roles})
}

func (b *bundle) asWorker() context.Context {
	return people.WithActor(b.ctx, people.Actor{AccountID: "acc_w", WorkerID: b.worker,
		Roles: []people.Role{people.RoleWorker}})
}

func (b *bundle) asEmployer() context.Context {
	return people.WithActor(b.ctx, people.Actor{AccountID: "acc_e", EmployerID: b.employer,
		Roles: []people.Role{people.RoleEmployer}})
}

func (b *bundle) asClerk() context.Context {
	return people.WithActor(b.ctx, people.Actor{AccountID: "acc_c",
		Roles: []people.Role{people.RoleClerk}})
}

func (b *bundle) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bundle) tx(fn func(ctx context.Context, tx *db.Tx) error) error {
	_, err := db.InTx(b.ctx, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, fn(ctx, tx)
	})
	return err
}

func (b *bundle) fund(fen money.Fen) {
	b.t.Helper()
	b.bank.mu.Lock()
	n := int64(len(b.bank.credits) + 1)
	b.bank.credits = append(b.bank.credits, ledger.Credit{N: n, ID: fmt.Sprint("cr", n),
		Account: b.employer, AmountFen: fen, At: b.clk.Now()})
	b.bank.mu.Unlock()
	b.run("ledger.credits")
}

func (b *bundle) hold(placementID string, fen money.Fen) {
	b.t.Helper()
	b.must(b.tx(func(ctx context.Context, tx *db.Tx) error {
		return b.s.HoldTx(ctx, tx, wage.HoldCmd{PlacementID: placementID, EmployerID: b.employer,
			WageFen: fen})
	}))
}

// work is eight hours that end now, at 24 yuan.
func (b *bundle) work(placementID, source string) wage.AccrueCmd {
	return wage.AccrueCmd{Source: source, PlacementID: placementID, WorkerID: b.worker,
		EmployerID: b.employer, Region: region, PayUnit: wage.ByHour, RateFen: 2400, WorkedMin: 480,
		StartAt: b.clk.Now().Add(-8 * time.Hour), EndAt: b.clk.Now()}
}

func (b *bundle) accrue(cmd wage.AccrueCmd) (id string, err error) {
	err = b.tx(func(ctx context.Context, tx *db.Tx) error {
		id, err = b.s.AccrueTx(ctx, tx, cmd)
		return err
	})
	return id, err
}

func (b *bundle) correct(cmd wage.AccrueCmd) (id string, err error) {
	err = b.tx(func(ctx context.Context, tx *db.Tx) error {
		id, err = b.s.CorrectTx(ctx, tx, cmd)
		return err
	})
	return id, err
}

// earn accrues a day's work on funds of its own.
func (b *bundle) earn(placementID string) string {
	b.t.Helper()
	b.fund(20000)
	b.hold(placementID, 20000)
	id, err := b.accrue(b.work(placementID, "end of "+placementID))
	b.must(err)
	return id
}

func (b *bundle) confirm(lineIDs ...string) {
	b.t.Helper()
	key := deed.Key(strings.Join(lineIDs, " "))
	_, err := b.s.ConfirmHours(b.asEmployer(), wage.ConfirmHours{Keyed: key, EmployerID: b.employer,
		LineIDs: lineIDs})
	b.must(err)
}

func (b *bundle) run(name string) {
	b.t.Helper()
	for _, s := range append(b.s.Sweeps(), b.ledger.Sweeps()...) {
		if s.Name == name {
			_, err := s.Run(b.ctx, b.clk.Now())
			b.must(err)
			return
		}
	}
	b.t.Fatalf("no sweep %s", name)
}

// life runs all sweeps, then lets time pass, turn by turn.
func (b *bundle) life(turns int, step time.Duration) {
	b.t.Helper()
	for range turns {
		for _, s := range append(b.s.Sweeps(), b.ledger.Sweeps()...) {
			if _, err := s.Run(b.ctx, b.clk.Now()); err != nil {
				b.t.Fatalf("%s: %v", s.Name, err)
			}
		}
		b.clk.Add(step)
	}
}

type row struct {
	State    string
	Unfunded int64
	Refusals int64
	By       string
	Amount   int64
}

func (b *bundle) line(id string) row {
	b.t.Helper()
	var r row
	b.must(db.Row(b.ctx, b.d, []any{&r.State, &r.Unfunded, &r.Refusals, &r.By, &r.Amount},
		`SELECT state, unfunded_fen, refusals, confirmed_by, amount_fen FROM wage_lines
		WHERE id = $1`, id))
	return r
}

func (b *bundle) count(what string, args ...any) int {
	b.t.Helper()
	n, err := db.Get[int](b.ctx, b.d, `SELECT COUNT(*) FROM `+what, args...)
	b.must(err)
	return n
}

func (b *bundle) balance(a ledger.Account) money.Fen {
	b.t.Helper()
	fen, err := b.ledger.BalanceTx(b.ctx, b.d, a)
	b.must(err)
	return fen
}

func (b *bundle) free() money.Fen { return b.balance(ledger.Available(b.employer)) }

func (b *bundle) arrears() money.Fen { return b.balance(ledger.Arrears(b.employer)) }

func (b *bundle) lawful() {
	b.t.Helper()
	b.must(b.ledger.Check(b.ctx, b.d, b.clk.Now()))
	b.must(b.s.Check(b.ctx, b.d, b.clk.Now()))
}

func (b *bundle) topics() string {
	b.t.Helper()
	topics, err := db.List[string](b.ctx, b.d, `SELECT topic FROM changes ORDER BY tx, seq`)
	b.must(err)
	var ours []string
	for _, topic := range topics {
		if t, ok := strings.CutPrefix(topic, "wage."); ok {
			ours = append(ours, strings.TrimSuffix(t, ".v1"))
		}
	}
	return strings.Join(ours, " ")
}
