package market_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{feed.Migrations, people.Migrations, ledger.Migrations, station.Migrations,
	skill.Migrations, contract.Migrations, notify.Migrations, insurance.Migrations, wage.Migrations,
	training.Migrations, market.Migrations}

const county = "500103"

// bundle is a market on real slices, with a vetted and funded employer. Its contracts can be made
// to fail: drafting is the last thing that acceptance asks of another slice.
type bundle struct {
	*market.Service
	t         testing.TB
	d         *db.DB
	clk       *clock.Fake
	people    *people.Service
	skills    *skill.Service
	stations  *station.Service
	classes   *training.Service
	money     *ledger.Service
	contracts *contracts
	clerk     context.Context
	boss      boss
	planID    string

	keys  atomic.Int64
	mu    sync.Mutex
	codes map[string]string
}

// contracts is contract.Service until fail is set.
type contracts struct {
	market.Contracts
	fail error
}

func (c *contracts) DraftTx(
	ctx context.Context, tx *db.Tx, cmd contract.DraftCmd,
) (string, error) {
	id, err := c.Contracts.DraftTx(ctx, tx, cmd)
	if c.fail != nil {
		return "", c.fail
	}
	return id, err
}

func (c *contracts) OfferTx(
	ctx context.Context, tx *db.Tx, cmd contract.OfferCmd,
) (string, error) {
	id, err := c.Contracts.OfferTx(ctx, tx, cmd)
	if c.fail != nil {
		return "", c.fail
	}
	return id, err
}

// boss is an employer with a place to work at.
type boss struct {
	context.Context
	id, placeID string
}

// hand is a worker.
type hand struct {
	context.Context
	id string
}

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book := must(policy.Load())(t)
	text := must(i18n.Load())(t)
	box := must(crypt.NewRing(crypt.KeyFromSeed(7)))(t)
	b := &bundle{t: t, d: d, clk: clk, codes: map[string]string{}}
	b.people = people.New(people.Deps{DB: d, Policy: book, Box: box, Send: b.send})
	b.skills = skill.New(skill.Deps{DB: d, Box: box, Workers: b.people})
	b.stations = station.New(station.Deps{DB: d, Policy: book, Box: box})
	b.money = ledger.New(ledger.Deps{DB: d, People: b.people})
	plans := insurance.New(insurance.Deps{DB: d, Policy: book, People: b.people, Ledger: b.money})
	b.contracts = &contracts{Contracts: contract.New(contract.Deps{DB: d, Policy: book,
		People: b.people})}
	messages := notify.New(notify.Deps{DB: d, Text: text, Box: box, People: b.people})
	b.classes = training.New(training.Deps{DB: d, Box: box, Text: text, Policy: book,
		People: b.people, Stations: b.stations, Skills: b.skills, Notify: messages})
	b.Service = market.New(market.Deps{DB: d, Box: box, Policy: book, People: b.people,
		Files:    blob.New(blob.InMemory, box),
		Stations: b.stations,
		Skills:   b.skills, Contracts: b.contracts, Premiums: plans,
		Text:   text,
		Funds:  wage.New(wage.Deps{DB: d, Policy: book, People: b.people, Ledger: b.money}),
		Notify: messages, Classes: b.classes})
	b.clerk = people.WithActor(context.Background(),
		people.Actor{AccountID: "acc_clerk", Roles: []people.Role{people.RoleClerk}})
	sums := insurance.Sums{DeathFen: 60_000_000, MedicalFen: 5_000_000, LostIncomeDayFen: 10_000}
	b.planID = must(plans.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(),
		PlanText: insurance.PlanText{Name: "日结意外险", Insurer: "demo", Exclusions: "醉酒", Sums: sums,
			PremiumDayFen: 200, AgeMin: 16, AgeMax: 65}}))(t).ID
	b.boss = b.employer(1)
	b.vet(b.boss)
	b.fund(b.boss, 1_000_000)
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

func (b *bundle) send(_ context.Context, _ *db.Tx, m people.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codes[m.Phone] = m.Args["code"]
	return nil
}

func (b *bundle) key() deed.Keyed { return deed.Key(fmt.Sprint("key-", b.keys.Add(1))) }

// as logs a phone in.
func (b *bundle) as(phone string) context.Context {
	b.t.Helper()
	b.clk.Add(time.Second)
	ctx := context.Background()
	must(b.people.RequestCode(ctx, people.RequestCode{Keyed: b.key(), Phone: phone}))(b.t)
	s := must(b.people.LogIn(ctx, people.LogIn{Phone: phone, Code: b.codes[phone]}))(b.t)
	return people.WithActor(ctx, must(b.people.Authenticate(ctx, s.Token))(b.t))
}

// employer registers employer n with a place, neither vetted nor funded.
func (b *bundle) employer(n int) boss {
	b.t.Helper()
	phone := fmt.Sprintf("1380000%04d", n)
	e := must(b.people.RegisterEmployer(b.as(phone), people.RegisterEmployer{Keyed: b.key(),
		Name: "演示物流", USCC: uscc(n), Address: "演示路1号", Principal: "张三", Region: county}))(b.t)
	ctx := b.as(phone)
	p := must(b.stations.CreatePlace(ctx, station.CreatePlace{Keyed: b.key(), EmployerID: e.ID,
		Kind: "workplace", Name: "分拣中心", Address: "演示路1号", Region: county, LonE6: 106_562_880,
		LatE6: 29_556_742, RadiusM: 300}))(b.t)
	return boss{ctx, e.ID, p.ID}
}

// scan is the file of a paper.
var scan = []byte("%PDF-1.7 许可证")

// digest stands for that of a paper's file.
var digest = strings.Repeat("ab", 32)

// papers are a whole dossier of an employer that is no agency.
func (b *bundle) papers(e boss) []market.AddDocument {
	b.t.Helper()
	v := must(b.people.GetEmployerTx(b.clerk, b.d, e.id))(b.t)
	add := market.AddDocument{EmployerID: e.id, Digest: digest}
	licence, brief, handler, authority := add, add, add, add
	licence.Kind, licence.Number = market.DocLicence, v.USCC
	brief.Kind = market.DocBrief
	handler.Kind, handler.Holder = market.DocHandler, "王五"
	handler.Number = idNumber("1985-05-05", 11)
	authority.Kind, authority.Holder = market.DocAuthority, "王五"
	authority.ValidUntil = "2026-12-31"
	all := []market.AddDocument{licence, brief, handler, authority}
	for i := range all {
		all[i].Keyed = b.key()
	}
	return all
}

func (b *bundle) vet(e boss) {
	b.t.Helper()
	for _, p := range b.papers(e) {
		must(b.AddDocument(e, p))(b.t)
	}
	must(b.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: e.id,
		Decision: "vetted"}))(b.t)
}

// fund gives an employer money.
func (b *bundle) fund(e boss, fen money.Fen) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (string, error) {
		in := ledger.Entry{Kind: "deposit", Source: b.key().IdempotencyKey}
		in.Move(ledger.Bank(e.id), ledger.Available(e.id), fen)
		return b.money.PostTx(ctx, tx, in)
	}))(b.t)
}

// worker registers worker n, who was born on that day.
func (b *bundle) worker(n int, birth civil.Date) hand {
	b.t.Helper()
	phone := fmt.Sprintf("1390000%04d", n)
	w := must(b.people.RegisterWorker(b.as(phone), people.RegisterWorker{Keyed: b.key(),
		Name: "李四", IDNumber: idNumber(birth, n), Region: county}))(b.t)
	return hand{b.as(phone), w.ID}
}

// vacancy is a good one: tomorrow from ten in the morning, eight hours.
func (b *bundle) vacancy(heads int64) market.Publish {
	from := civil.DateOf(b.clk.Now()).AddDays(1).At(10 * 60)
	return market.Publish{Keyed: b.key(), EmployerID: b.boss.id, PlaceID: b.boss.placeID,
		Settlement: market.Platform, WorkType: "part_time", Title: "分拣员", Content: "按单分拣。",
		Occupation: "4-02-06-01", PayUnit: "hour", RateFen: 2_500, PlanID: b.planID, Hire: "instant",
		Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(8 * time.Hour), BreakMin: 30,
			Heads: heads}}}
}

// publish publishes a vacancy that must pass at once and gives its shifts.
func (b *bundle) publish(v market.Publish) market.VacancyView {
	b.t.Helper()
	view := must(b.PublishVacancy(b.boss, v))(b.t)
	if view.State != market.Published || len(view.ShiftIDs) != len(v.Shifts) {
		b.t.Fatalf("published as %+v", view)
	}
	return view
}

func (b *bundle) accept(w hand, shiftID string) (market.PlacementView, error) {
	return b.AcceptShift(w, market.Accept{Keyed: b.key(), ShiftID: shiftID, WorkerID: w.id})
}

func (b *bundle) count(query string, args ...any) int64 {
	b.t.Helper()
	var n int64
	if err := db.Row(context.Background(), b.d, []any{&n}, query, args...); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// lawful runs the market's own checks.
func (b *bundle) lawful() {
	b.t.Helper()
	if err := b.Check(context.Background(), b.d, b.clk.Now()); err != nil {
		b.t.Error(err)
	}
}

// race lets twenty do something at once: one wins, the others get this fault.
func race(t testing.TB, code, field string, do func(i int) error) {
	t.Helper()
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			refuses(t, "a loser", err, code, field)
		}
	}
	if won != 1 {
		t.Errorf("%d winners", won)
	}
}

// refuses tells whether an error is the fault with that code, on that field.
func refuses(t testing.TB, what string, err error, code, field string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Code != code || f.Field != field {
		t.Errorf("%s: got %v, want %s on %q", what, err, code, field)
	}
}

// idNumber makes a valid number of the fictitious region 330199. Source: GB 11643.
func idNumber(birth civil.Date, seq int) string {
	s := fmt.Sprintf("330199%s%03d", strings.ReplaceAll(string(birth), "-", ""), seq)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// uscc makes a valid code. Source: GB 32100.
func uscc(n int) string {
	const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	s := fmt.Sprintf("91330199MA%07d", n)
	sum, w := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(letters, s[i]) * w
		w = w * 3 % 31
	}
	return s + string(letters[(31-sum%31)%31])
}

// faultArgs are what fills the sentence of a fault.
func faultArgs(err error) map[string]any {
	if f := fault.As(err); f != nil {
		return f.Args
	}
	return nil
}
