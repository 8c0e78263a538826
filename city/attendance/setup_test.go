package attendance_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{people.Migrations, notify.Migrations, skill.Migrations, station.Migrations,
	ledger.Migrations, contract.Migrations, insurance.Migrations, wage.Migrations, market.Migrations,
	attendance.Migrations, feed.Migrations}

const region = "500103"

// bundle is a place, its employer with money, and a plan; the real services of all lower slices.
type bundle struct {
	t       testing.TB
	d       *db.DB
	clk     *clock.Fake
	s       *attendance.Service
	people  *people.Service
	insurer *insurer
	cover   *insurance.Service
	market  *market.Service
	papers  *contract.Service
	gate    *station.Service
	wages   *wage.Service
	money   *ledger.Service
	boss    context.Context
	clerk   context.Context

	employerID, placeID, planID string

	keys atomic.Int64
}

// insurer answers as a test says; accepted when it says nothing.
type insurer struct {
	mu     sync.Mutex
	answer insurance.Answer
	lost   bool
}

func (i *insurer) say(state, reason string, lost bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer, i.lost = insurance.Answer{State: state, Reason: reason}, lost
}

func (i *insurer) Tell(context.Context, insurance.Declaration) (insurance.Answer, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.lost {
		return insurance.Answer{}, errors.New("no answer")
	}
	return i.answer, nil
}

func (i *insurer) Ask(ctx context.Context, _ string) (insurance.Answer, error) {
	return i.Tell(ctx, insurance.Declaration{})
}

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	b := &bundle{t: t, d: d, clk: clk, insurer: &insurer{}}
	b.insurer.say("accepted", "", false)
	book, text := must(policy.Load())(t), must(i18n.Load())(t)
	box := must(crypt.NewRing(crypt.KeyFromSeed(1)))(t)
	b.people = people.New(people.Deps{DB: d, Policy: book, Box: box,
		NewCode: func() string { return "123456" },
		Send:    func(context.Context, *db.Tx, people.Message) error { return nil }})
	tell := notify.New(notify.Deps{DB: d, Text: text, Box: box, People: b.people})
	b.gate = station.New(station.Deps{DB: d, Policy: book, Box: box})
	b.money = ledger.New(ledger.Deps{DB: d, Policy: book, People: b.people})
	b.papers = contract.New(contract.Deps{DB: d, Policy: book, People: b.people,
		Tell: func(context.Context, *db.Tx, people.Message) error { return nil }})
	b.cover = insurance.New(insurance.Deps{DB: d, Policy: book, People: b.people, Ledger: b.money,
		Insurer: b.insurer, Notify: tell})
	b.wages = wage.New(wage.Deps{DB: d, Policy: book, People: b.people, Ledger: b.money,
		Notify: tell})
	b.market = market.New(market.Deps{DB: d, Policy: book, People: b.people, Stations: b.gate,
		Skills:    skill.New(skill.Deps{DB: d, Box: box, Workers: b.people}),
		Contracts: b.papers, Funds: b.wages, Premiums: b.cover, Notify: tell, Text: text})
	b.s = attendance.New(attendance.Deps{DB: d, Policy: book, People: b.people, Notify: tell,
		Stations: b.gate, Contracts: b.papers, Covers: b.cover, Wages: b.wages, Market: b.market})
	b.clerk = people.WithActor(context.Background(),
		people.Actor{AccountID: "acc_clerk", Roles: []people.Role{people.RoleClerk}})
	b.found()
	return b
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b *bundle) key() deed.Keyed { return deed.Key(fmt.Sprint("key-", b.keys.Add(1))) }

func (b *bundle) logIn(phone string) context.Context {
	b.t.Helper()
	ctx := context.Background()
	must(b.people.RequestCode(ctx, people.RequestCode{Keyed: b.key(), Phone: phone}))(b.t)
	s := must(b.people.LogIn(ctx, people.LogIn{Phone: phone, Code: "123456"}))(b.t)
	return people.WithActor(ctx, must(b.people.Authenticate(ctx, s.Token))(b.t))
}

// found makes the plan and an employer with a place and 10 000 yuan.
func (b *bundle) found() {
	b.t.Helper()
	b.planID = b.plan("declared")
	e := must(b.people.RegisterEmployer(b.logIn("13800000000"), people.RegisterEmployer{
		Keyed: b.key(), USCC: "91350100M000100Y43", Name: "余杭物流", Address: "文一西路1号",
		Principal: "李四", Region: region}))(b.t)
	b.employerID = e.ID
	b.boss = b.logIn("13800000000")
	b.placeID = must(b.gate.CreatePlace(b.boss, station.CreatePlace{Keyed: b.key(),
		EmployerID: e.ID, Kind: "workplace", Name: "分拣中心", Address: "演示路1号", Region: region,
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300}))(b.t).ID
	for _, paper := range []market.AddDocument{
		{Kind: market.DocLicence, Number: "91350100M000100Y43"}, {Kind: market.DocBrief},
		{Kind: market.DocHandler, Holder: "王五", Number: idNumber(999)},
		{Kind: market.DocAuthority, Holder: "王五", ValidUntil: "2026-12-31"},
	} {
		paper.Keyed, paper.EmployerID, paper.Digest = b.key(), e.ID, strings.Repeat("ab", 32)
		must(b.market.AddDocument(b.boss, paper))(b.t)
	}
	must(b.market.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: e.ID,
		Decision: "vetted"}))(b.t)
	b.fund(1_000_000)
}

func (b *bundle) fund(fen money.Fen) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (string, error) {
		e := ledger.Entry{Kind: "deposit", Source: b.key().IdempotencyKey}
		e.Move(ledger.Bank(b.employerID), ledger.Available(b.employerID), fen)
		return b.money.PostTx(ctx, tx, e)
	}))(b.t)
}

// releaseHold loses a placement's hold, as no deed does.
func (b *bundle) releaseHold(placementID string) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, b.wages.ReleaseTx(ctx, tx, placementID)
	}))(b.t)
}

// spendAll leaves the employer nothing free.
func (b *bundle) spendAll() {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (string, error) {
		free, err := b.money.BalanceTx(ctx, tx, ledger.Available(b.employerID))
		if err != nil {
			return "", err
		}
		e := ledger.Entry{Kind: "withdrawal", Source: b.key().IdempotencyKey}
		e.Move(ledger.Available(b.employerID), ledger.Bank(b.employerID), free)
		return b.money.PostTx(ctx, tx, e)
	}))(b.t)
}

func (b *bundle) plan(mode string) string {
	b.t.Helper()
	return must(b.cover.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(),
		PlanText: insurance.PlanText{Name: "日结意外险", Insurer: "demo_life", Mode: mode,
			Sums:          insurance.Sums{DeathFen: 50_000_000},
			PremiumDayFen: 200, AgeMin: 16, AgeMax: 65}}))(b.t).ID
}

// hand is a worker: with a phone, and with the consent to the plan.
type hand struct {
	context.Context
	id string
}

func (b *bundle) worker(n int) hand {
	b.t.Helper()
	phone := fmt.Sprintf("139%08d", n)
	w := must(b.people.RegisterWorker(b.logIn(phone), people.RegisterWorker{Keyed: b.key(),
		Name: "张三", IDNumber: idNumber(n), Region: region}))(b.t)
	h := hand{b.logIn(phone), w.ID}
	b.agree(h, b.planID)
	return h
}

func (b *bundle) agree(h hand, planID string) {
	b.t.Helper()
	must(b.cover.Consent(h, insurance.Consent{Keyed: b.key(), WorkerID: h.id, PlanID: planID,
		Version: 1, ShareVersion: "2"}))(b.t)
}

// idNumber makes a valid number of somebody born in 1990. Source: GB 11643.
func idNumber(seq int) string {
	s := fmt.Sprintf("33019919900101%03d", seq)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// vacancy is eight hours at 25 yuan with half an hour's break, in two hours.
func (b *bundle) vacancy(heads int64) market.Publish {
	from := b.clk.Now().Add(2 * time.Hour)
	return market.Publish{Keyed: b.key(), EmployerID: b.employerID, PlaceID: b.placeID,
		Settlement: market.Platform, WorkType: "part_time", Title: "分拣员", Content: "按单分拣。",
		Occupation: "4-02-06-01", PayUnit: "hour", RateFen: 2_500, PlanID: b.planID, Hire: "instant",
		Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(8 * time.Hour), BreakMin: 30,
			Heads: heads}}}
}

func (b *bundle) publish(v market.Publish) string {
	b.t.Helper()
	view := must(b.market.PublishVacancy(b.boss, v))(b.t)
	if len(view.ShiftIDs) != 1 || view.State != market.Published {
		b.t.Fatalf("published as %+v", view)
	}
	return view.ShiftIDs[0]
}

func (b *bundle) shift(heads int64) string { b.t.Helper(); return b.publish(b.vacancy(heads)) }

func (b *bundle) accept(h hand, shiftID string) market.PlacementView {
	b.t.Helper()
	return must(b.market.AcceptShift(h, market.Accept{Keyed: b.key(), ShiftID: shiftID,
		WorkerID: h.id}))(b.t)
}

// placed is a worker with a signed contract on a new shift of one head.
func (b *bundle) placed(n int) (hand, market.PlacementView) {
	b.t.Helper()
	return b.placedOn(n, b.shift(1))
}

func (b *bundle) placedOn(n int, shiftID string) (hand, market.PlacementView) {
	b.t.Helper()
	h := b.worker(n)
	p := b.accept(h, shiftID)
	b.sign(h, p)
	return h, p
}

func (b *bundle) sign(h hand, p market.PlacementView) {
	b.t.Helper()
	v := must(b.papers.Show(h, contract.Show{ContractID: p.ContractID}))(b.t)
	must(b.papers.RequestSignCode(h, contract.RequestSignCode{Keyed: b.key(),
		ContractID: p.ContractID, TextHash: v.TextHash}))(b.t)
	must(b.papers.Sign(h, contract.Sign{Keyed: b.key(), ContractID: p.ContractID,
		Code: "123456"}))(b.t)
}

func (b *bundle) token() string {
	b.t.Helper()
	return must(b.gate.ShowQR(b.boss, station.ShowQR{PlaceID: b.placeID}))(b.t).Token
}

// at is what the worker shows at the gate.
func (b *bundle) at(h hand, p market.PlacementView) attendance.Clock {
	b.t.Helper()
	return attendance.Clock{Keyed: b.key(), PlacementID: p.ID, WorkerID: h.id, Token: b.token()}
}

// start begins the placement's work on time.
func (b *bundle) start(h hand, p market.PlacementView) {
	b.t.Helper()
	b.clk.Set(p.StartsAt)
	must(b.s.ClockIn(h, b.at(h, p)))(b.t)
}

// work is a whole shift, worked as planned.
func (b *bundle) work(h hand, p market.PlacementView) attendance.Receipt {
	b.t.Helper()
	b.start(h, p)
	b.clk.Set(p.EndsAt)
	return must(b.s.ClockOut(h, b.at(h, p)))(b.t)
}

// sweep lets time pass and runs the sweeps of wages, insurance and attendance.
func (b *bundle) sweep(after time.Duration) {
	b.t.Helper()
	b.clk.Add(after)
	for _, s := range append(append(b.s.Sweeps(), b.wages.Sweeps()...), b.cover.Sweeps()...) {
		if _, err := s.Run(context.Background(), b.clk.Now()); err != nil {
			b.t.Fatalf("%s: %v", s.Name, err)
		}
	}
}

func (b *bundle) count(q string, args ...any) int64 {
	b.t.Helper()
	return must(db.Get[int64](context.Background(), b.d, q, args...))(b.t)
}

// want compares counts, each named by its query.
func (b *bundle) want(counts map[string]int64) {
	b.t.Helper()
	for q, want := range counts {
		if got := b.count(q); got != want {
			b.t.Errorf("%s: got %d, want %d", q, got, want)
		}
	}
}

// rows counts everything that the deeds of the clock write.
func (b *bundle) rows() string {
	b.t.Helper()
	var s strings.Builder
	for _, table := range []string{"placements", "postings", "contract_evidence", "covers",
		"clock_events", "timesheets", "corrections", "turned_away", "offline_arrivals", "overruns",
		"replacements", "cancellations", "wage_lines", "messages", "changes", "deeds"} {
		fmt.Fprintf(&s, "%s %d; ", table, b.count(`SELECT COUNT(*) FROM `+table))
	}
	fmt.Fprint(&s, "taken ", b.count(`SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM shifts`),
		" open ", b.count(`SELECT COUNT(*) FROM placements WHERE state = 'accepted'`))
	return s.String()
}

func (b *bundle) exec(statement string) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, statement)
	}))(b.t)
}

func (b *bundle) lawful() {
	b.t.Helper()
	for _, law := range []interface {
		Check(context.Context, db.Reader, time.Time) error
	}{b.money, b.papers, b.cover, b.wages, b.market, b.s} {
		if err := law.Check(context.Background(), b.d, b.clk.Now()); err != nil {
			b.t.Error(err)
		}
	}
}

// unchanged runs a deed that must fail and leave nothing.
func (b *bundle) unchanged(name string, err error, before string) {
	b.t.Helper()
	if !errors.Is(err, errLastStep) {
		b.t.Errorf("%s: got %v, want the last step's error", name, err)
	}
	if after := b.rows(); after != before {
		b.t.Errorf("%s left something:\n%s\n%s", name, before, after)
	}
}

// once runs a deed twice with one key: one answer, no more rows.
func once[T comparable](b *bundle, name string, run func(key deed.Keyed) (T, error)) T {
	b.t.Helper()
	key := b.key()
	first := must(run(key))(b.t)
	before := b.rows()
	again := must(run(key))(b.t)
	if first != again || b.rows() != before {
		b.t.Errorf("%s twice: %+v, then %+v", name, first, again)
	}
	return first
}

// race lets twenty do it at once: one wins, the others are told so in these words.
func (b *bundle) race(name, loser string, run func(key deed.Keyed) error) {
	b.t.Helper()
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = run(deed.Key(fmt.Sprint(name, i))) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, loser) {
			b.t.Errorf("%s: a loser was told %v", name, err)
		}
	}
	if won != 1 {
		b.t.Errorf("%s: %d winners", name, won)
	}
}

var errLastStep = errors.New("the last step fails")

// broken is the clock whose last step in another slice fails after it was done.
type broken struct {
	attendance.Placements
	attendance.Wages
}

func (f broken) StartTx(ctx context.Context, tx *db.Tx, id string) error {
	return errors.Join(f.Placements.StartTx(ctx, tx, id), errLastStep)
}

func (f broken) DoneTx(ctx context.Context, tx *db.Tx, id string) error {
	return errors.Join(f.Placements.DoneTx(ctx, tx, id), errLastStep)
}

func (f broken) NotAdmittedTx(
	ctx context.Context, tx *db.Tx, cmd market.NotAdmitted,
) (string, error) {
	_, err := f.Placements.NotAdmittedTx(ctx, tx, cmd)
	return "", errors.Join(err, errLastStep)
}

func (f broken) ReplaceTx(
	ctx context.Context, tx *db.Tx, cmd market.ReplaceCmd,
) (market.Replacement, error) {
	_, err := f.Placements.ReplaceTx(ctx, tx, cmd)
	return market.Replacement{}, errors.Join(err, errLastStep)
}

func (f broken) CameTx(ctx context.Context, tx *db.Tx, id string) error {
	return errors.Join(f.Placements.CameTx(ctx, tx, id), errLastStep)
}

func (f broken) CorrectTx(
	ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd,
) (string, error) {
	_, err := f.Wages.CorrectTx(ctx, tx, cmd)
	return "", errors.Join(err, errLastStep)
}

func (f broken) DisputeTx(
	ctx context.Context, tx *db.Tx, cmd wage.AccrueCmd,
) (wage.Split, error) {
	_, err := f.Wages.DisputeTx(ctx, tx, cmd)
	return wage.Split{}, errors.Join(err, errLastStep)
}

func (b *bundle) breaking() *attendance.Service {
	deps := b.s.Deps
	f := broken{deps.Market, deps.Wages}
	deps.Market, deps.Wages = f, f
	return attendance.New(deps)
}

func each(t *testing.T, fn func(b *bundle)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) { fn(setup(t, d, clk)) })
}
