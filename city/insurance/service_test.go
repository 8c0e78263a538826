package insurance_test

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

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

var schema = []fs.FS{people.Migrations, ledger.Migrations, insurance.Migrations, feed.Migrations}

// bundle is a city with a plan and an insurer whose answers a test can spoil.
type bundle struct {
	t       testing.TB
	d       *db.DB
	clk     *clock.Fake
	people  *people.Service
	money   *ledger.Service
	insurer *insurer
	letters *letters
	s       *insurance.Service
	clerk   context.Context
	plan    insurance.Plan

	keys  atomic.Int64
	codes map[string]string // only touched while nothing races
}

func setup(t testing.TB, d *db.DB, clk *clock.Fake) *bundle {
	t.Helper()
	book := must(policy.Load())(t)
	box := must(crypt.NewRing(crypt.KeyFromSeed(1)))(t)
	b := &bundle{t: t, d: d, clk: clk, codes: map[string]string{}, insurer: newInsurer(t),
		letters: &letters{}}
	b.people = people.New(people.Deps{DB: d, Policy: book, Box: box,
		Send: func(_ context.Context, _ *db.Tx, m people.Message) error {
			b.codes[m.Phone] = m.Args["code"]
			return nil
		}})
	b.money = ledger.New(ledger.Deps{DB: d})
	b.s = insurance.New(insurance.Deps{DB: d, Policy: book, People: b.people, Ledger: b.money,
		Insurer: insurance.NewClient(b.insurer.URL, b.insurer.Client()), Notify: b.letters})
	b.clerk = people.WithActor(context.Background(),
		people.Actor{AccountID: "acc_clerk", Roles: []people.Role{people.RoleClerk}})
	b.plan = must(b.s.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(), PlanText: plan()}))(t)
	return b
}

func plan() insurance.PlanText {
	sums := insurance.Sums{DeathFen: 50_000_000, MedicalFen: 5_000_000, LostIncomeDayFen: 10_000}
	return insurance.PlanText{Name: "日结意外险", Insurer: "demo_life", Exclusions: "故意犯罪、醉酒", Sums: sums,
		PremiumDayFen: 200, AgeMin: 16, AgeMax: 65}
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
	s := must(b.people.LogIn(ctx, people.LogIn{Phone: phone, Code: b.codes[phone]}))(b.t)
	return people.WithActor(ctx, must(b.people.Authenticate(ctx, s.Token))(b.t))
}

// hand is a worker with a phone.
type hand struct {
	context.Context
	id, number string
}

func (b *bundle) worker(n int, birth civil.Date) hand {
	b.t.Helper()
	phone, number := fmt.Sprintf("138%08d", n), idNumber(birth, n)
	w := must(b.people.RegisterWorker(b.logIn(phone), people.RegisterWorker{Keyed: b.key(),
		Name: "张三", IDNumber: number, Region: "500103"}))(b.t)
	return hand{b.logIn(phone), w.ID, number}
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

func (b *bundle) consent(w hand) (insurance.ConsentView, error) {
	return b.s.Consent(w, insurance.Consent{Keyed: b.key(), WorkerID: w.id, PlanID: b.plan.ID,
		Version: b.plan.Version, ShareVersion: "2"})
}

// hold gives a placement a funded hold.
func (b *bundle) hold(placementID string, fen money.Fen) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		e := ledger.Entry{Kind: "deposit", Source: placementID}
		e.Move(ledger.Bank("emp_1"), ledger.Available("emp_1"), fen)
		if _, err := b.money.PostTx(ctx, tx, e); err != nil {
			return false, err
		}
		return true, b.money.HoldTx(ctx, tx, ledger.HoldCmd{ID: placementID, EmployerID: "emp_1",
			AmountFen: fen})
	}))(b.t)
}

func (b *bundle) cmd(w hand, placementID string) insurance.CoverCmd {
	return insurance.CoverCmd{PlacementID: placementID, WorkerID: w.id, EmployerID: "emp_1",
		PlanID: b.plan.ID, At: b.clk.Now(), Until: b.clk.Now().Add(8 * time.Hour)}
}

func (b *bundle) cover(cmd insurance.CoverCmd) (string, error) {
	return db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (string, error) {
		return b.s.CoverTx(ctx, tx, cmd)
	})
}

// covered is a worker at work, insured.
func (b *bundle) covered(w hand, placementID string) string {
	b.t.Helper()
	b.hold(placementID, 20_000)
	return must(b.cover(b.cmd(w, placementID)))(b.t)
}

func (b *bundle) sweep() error {
	for _, s := range b.s.Sweeps() {
		if _, err := s.Run(context.Background(), b.clk.Now()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bundle) check() error { return b.s.Check(context.Background(), b.d, b.clk.Now()) }

func (b *bundle) count(query string, args ...any) int64 {
	b.t.Helper()
	return must(db.Get[int64](context.Background(), b.d, query, args...))(b.t)
}

func (b *bundle) exec(query string, args ...any) {
	b.t.Helper()
	must(db.InTx(b.clerk, b.d, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, query, args...)
	}))(b.t)
}

// report is how the insurer's knowledge of the worker's latest cover stands.
func (b *bundle) report(w hand) string {
	b.t.Helper()
	return must(b.s.FindCovers(w, insurance.FindCovers{WorkerID: w.id}))(b.t).Covers[0].Report
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// Goal: plans are versions: a change and a closing are new ones, only a clerk makes them.
func TestPlans(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		if b.plan.Version != 1 || b.plan.State != insurance.Open || b.plan.Mode != insurance.Declared {
			t.Errorf("created: %+v", b.plan)
		}
		text := plan()
		text.PremiumDayFen = 300
		in := insurance.ChangePlan{Keyed: b.key(), PlanID: b.plan.ID, PlanText: text}
		for range 2 {
			if p := must(b.s.ChangePlan(b.clerk, in))(t); p.Version != 2 || p.PremiumDayFen != 300 {
				t.Errorf("changed: %+v", p)
			}
		}
		found := must(b.s.FindPlans(w, insurance.FindPlans{}))(t)
		if len(found.Plans) != 1 || found.Plans[0].Version != 2 || found.Plans[0].Sums != text.Sums {
			t.Errorf("found: %+v", found)
		}
		if fen := must(b.s.PremiumTx(w, d, b.plan.ID))(t); fen != 300 {
			t.Errorf("premium %s", fen)
		}
		closed := must(b.s.ClosePlan(b.clerk, insurance.ClosePlan{Keyed: b.key(), PlanID: b.plan.ID}))(t)
		if closed.Version != 3 || closed.State != insurance.Closed {
			t.Errorf("closed: %+v", closed)
		}
		_, err := b.s.ClosePlan(b.clerk, insurance.ClosePlan{Keyed: b.key(), PlanID: b.plan.ID})
		wantFault(t, err, "insurance.plan_closed")
		_, err = b.s.PremiumTx(w, d, b.plan.ID)
		wantFault(t, err, "insurance.plan_closed")
		_, err = b.s.PremiumTx(w, d, "pln_none")
		wantFault(t, err, "insurance.plan_not_found")
		if found := must(b.s.FindPlans(w, insurance.FindPlans{}))(t); len(found.Plans) != 0 {
			t.Errorf("found after closing: %+v", found)
		}
		_, err = b.s.CreatePlan(w, insurance.CreatePlan{Keyed: b.key(), PlanText: plan()})
		wantFault(t, err, "people.not_allowed")
		text.AgeMin = 12
		_, err = b.s.CreatePlan(b.clerk, insurance.CreatePlan{Keyed: b.key(), PlanText: text})
		wantFault(t, err, "insurance.plan_item")
		_, err = b.s.ChangePlan(b.clerk, insurance.ChangePlan{Keyed: b.key(), PlanID: "pln_none",
			PlanText: plan()})
		wantFault(t, err, "insurance.plan_not_found")
	})
}

// Goal: only the insured agrees, to the version in force and its sums; no number stands in clear.
func TestConsent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, old := b.worker(1, "1990-01-01"), b.worker(3, "1959-01-01")
		v := must(b.consent(w))(t)
		if v.Sums != b.plan.Sums || v.Beneficiary != "heirs" || !v.GivenAt.Equal(clk.Now()) {
			t.Errorf("consent: %+v", v)
		}
		clk.Add(time.Hour)
		if again := must(b.consent(w))(t); again != v {
			t.Errorf("again: %+v, first: %+v", again, v)
		}
		in := insurance.Consent{Keyed: b.key(), WorkerID: w.id, PlanID: b.plan.ID, Version: 1,
			Beneficiary: "emp_1"}
		_, err := b.s.Consent(w, in)
		wantFault(t, err, "insurance.beneficiary")
		in.Beneficiary, in.Version = "", 2
		_, err = b.s.Consent(w, in)
		wantFault(t, err, "insurance.plan_changed")
		_, err = b.s.Consent(b.clerk, in)
		wantFault(t, err, "people.not_allowed")
		_, err = b.s.Consent(old, in)
		wantFault(t, err, "people.not_allowed")
		_, err = b.consent(old)
		wantFault(t, err, "insurance.age")
		in.PlanID = "pln_none"
		_, err = b.s.Consent(w, in)
		wantFault(t, err, "insurance.plan_not_found")
		must(b.s.ClosePlan(b.clerk, insurance.ClosePlan{Keyed: b.key(), PlanID: b.plan.ID}))(t)
		_, err = b.consent(w)
		wantFault(t, err, "insurance.plan_closed")
		rows := must(db.List[string](w, d, `SELECT id || worker_id || person || birth_date || account_id
			FROM insurance_consents UNION ALL SELECT answer || input_hash FROM deeds`))(t)
		for _, row := range rows {
			if strings.Contains(row, w.number) {
				t.Errorf("in clear: %s", row)
			}
		}
	})
}

// Goal: a cover and all that belongs to it appear together: row, premium, event; it ends after the
// way home.
func TestCover(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		id := b.covered(w, "plc_1")
		hold := must(b.money.BalanceTx(w, d, ledger.Hold("plc_1")))(t)
		owed := must(b.money.BalanceTx(w, d, ledger.Premium("demo_life")))(t)
		if hold != 19_800 || owed != 200 {
			t.Errorf("held %s, premium %s", hold, owed)
		}
		events := must(db.List[string](w, d, `SELECT subject || payload FROM changes
			WHERE topic = 'insurance.covered.v1'`))(t)
		if len(events) != 1 || !strings.HasPrefix(events[0], "plc_1{") ||
			!strings.Contains(events[0], id) {
			t.Errorf("events: %q", events)
		}
		cover := func() insurance.CoverView {
			return must(b.s.FindCovers(w, insurance.FindCovers{WorkerID: w.id}))(t).Covers[0]
		}
		start := clk.Now()
		if v := cover(); v.ID != id || !v.EffectiveAt.Equal(start) || v.Report != "declared" ||
			!v.ExpiresAt.Equal(start.Add(9*time.Hour)) {
			t.Errorf("cover: %+v", v)
		}
		clk.Add(10 * time.Hour) // worked on beyond the plan
		end := func(placementID string) error {
			_, err := db.InTx(w, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				return true, b.s.EndTx(ctx, tx, placementID, clk.Now())
			})
			return err
		}
		if err := end("plc_1"); err != nil {
			t.Fatal(err)
		}
		if v := cover(); !v.ExpiresAt.Equal(start.Add(11 * time.Hour)) {
			t.Errorf("ended: %+v", v)
		}
		wantFault(t, end("plc_2"), "insurance.no_cover")
		if err := errors.Join(b.check(), b.money.Check(w, d, clk.Now())); err != nil {
			t.Error(err)
		}
	})
}

// Goal: without a standing consent from before, fitting age, open plan and money there is no cover,
// and no row of it.
func TestNoCover(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, ageing := b.worker(1, "1990-01-01"), b.worker(3, "1960-03-03")
		b.hold("plc_1", 20_000)
		refused := func(cmd insurance.CoverCmd, code string) {
			t.Helper()
			_, err := b.cover(cmd)
			wantFault(t, err, code)
		}
		refused(b.cmd(w, "plc_1"), "insurance.no_consent")
		before := b.cmd(w, "plc_1")
		clk.Add(time.Minute)
		must(b.consent(w))(t)
		must(b.consent(ageing))(t)
		refused(before, "insurance.no_consent")
		refused(b.cmd(w, "plc_poor"), "ledger.insufficient_funds")
		other := b.cmd(w, "plc_1")
		other.PlanID = "pln_none"
		refused(other, "insurance.plan_not_found")

		must(b.s.WithdrawConsent(w, insurance.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			PlanID: b.plan.ID}))(t)
		refused(b.cmd(w, "plc_1"), "insurance.no_consent")
		_, err := b.s.WithdrawConsent(w, insurance.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			PlanID: b.plan.ID})
		wantFault(t, err, "insurance.no_consent")
		clk.Add(time.Minute)
		must(b.consent(w))(t)

		clk.Add(24 * time.Hour)
		refused(b.cmd(ageing, "plc_1"), "insurance.age") // 66 since midnight
		b.plan = must(b.s.ChangePlan(b.clerk, insurance.ChangePlan{Keyed: b.key(), PlanID: b.plan.ID,
			PlanText: plan()}))(t)
		refused(b.cmd(w, "plc_1"), "insurance.no_consent") // to the new version
		must(b.consent(w))(t)
		must(b.s.ClosePlan(b.clerk, insurance.ClosePlan{Keyed: b.key(), PlanID: b.plan.ID}))(t)
		refused(b.cmd(w, "plc_1"), "insurance.plan_closed")
		if n := b.count(`SELECT COUNT(*) FROM covers`) +
			b.count(`SELECT COUNT(DISTINCT entry_id) FROM postings
				WHERE substr(entry_id, 1, 8) = 'premium/'`); n != 0 {
			t.Errorf("%d rows of covers that are none", n)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
	})
}

// Goal: without the worker's yes to telling the insurer, given by itself and in the present words,
// no cover begins; a yes taken back ends no cover that runs.
func TestNotShared(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		for _, id := range []string{"plc_1", "plc_2"} {
			b.hold(id, 20_000)
		}
		in := insurance.Consent{Keyed: b.key(), WorkerID: w.id, PlanID: b.plan.ID,
			Version: b.plan.Version}
		must(b.s.Consent(w, in))(t)
		clk.Add(time.Minute)
		_, err := b.cover(b.cmd(w, "plc_1"))
		wantFault(t, err, "insurance.not_shared")

		in.Keyed, in.ShareVersion = b.key(), "1"
		_, err = b.s.Consent(w, in)
		wantFault(t, err, "people.consent_version")
		in.Keyed, in.ShareVersion = b.key(), "2"
		must(b.s.Consent(w, in))(t)
		in.Keyed = b.key()
		must(b.s.Consent(w, in))(t) // said again, it is one consent
		if n := b.count(`SELECT COUNT(*) FROM consents WHERE purpose = 'share_insurer'`); n != 1 {
			t.Errorf("%d rows of one consent", n)
		}
		clk.Add(time.Minute)
		must(b.cover(b.cmd(w, "plc_1")))(t)

		clk.Add(time.Minute)
		must(b.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeShareInsurer}))(t)
		_, err = b.cover(b.cmd(w, "plc_2"))
		wantFault(t, err, "insurance.not_shared")
		if n := b.count(`SELECT COUNT(*) FROM covers`); n != 1 {
			t.Errorf("%d covers", n)
		}
		if err := b.check(); err != nil {
			t.Error(err)
		}
		must(db.InTx(w, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `DELETE FROM consents WHERE purpose = 'share_insurer'`)
		}))(t)
		if err := b.check(); err == nil || !strings.Contains(err.Error(), "law 1") {
			t.Errorf("a cover without the yes passed: %v", err)
		}
	})
}

// broken is a ledger that fails after it has posted: the last step of a cover.
type broken struct{ *ledger.Service }

var errLast = errors.New("the last step fails")

func (l broken) PostTx(ctx context.Context, tx *db.Tx, e ledger.Entry) (string, error) {
	if _, err := l.Service.PostTx(ctx, tx, e); err != nil {
		return "", err
	}
	return "", errLast
}

// Goal: when the last step fails, nothing of the cover is left.
func TestLastStepFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.hold("plc_1", 20_000)
		b.s.Ledger = broken{b.money}
		if _, err := b.cover(b.cmd(w, "plc_1")); !errors.Is(err, errLast) {
			t.Errorf("got %v", err)
		}
		hold := must(b.money.BalanceTx(w, d, ledger.Hold("plc_1")))(t)
		n := b.count(`SELECT COUNT(*) FROM covers`) +
			b.count(`SELECT COUNT(*) FROM changes WHERE topic = 'insurance.covered.v1'`)
		if hold != 20_000 || n != 0 {
			t.Errorf("%d rows left, held %s", n, hold)
		}
	})
}

// Goal: twenty starts of one placement at once are one cover and one premium.
func TestCoverRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		must(b.consent(w))(t)
		b.hold("plc_1", 20_000)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				switch _, err := b.cover(b.cmd(w, "plc_1")); {
				case err == nil:
					won.Add(1)
				case !fault.Is(err, "insurance.already_covered") && !fault.Is(err, "db.busy"):
					t.Errorf("a loser hears %v", err)
				}
			})
		}
		wg.Wait()
		owed := must(b.money.BalanceTx(w, d, ledger.Premium("demo_life")))(t)
		if n := b.count(`SELECT COUNT(*) FROM covers`); won.Load() != 1 || n != 1 || owed != 200 {
			t.Errorf("%d winners, %d covers, premium %s", won.Load(), n, owed)
		}
		if err := errors.Join(b.check(), b.money.Check(w, d, clk.Now())); err != nil {
			t.Error(err)
		}
	})
}

// Goal: Check names the cover or consent that breaks a law.
func TestCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		consent := must(b.consent(w))(t)
		id := b.covered(w, "plc_1")
		for _, c := range []struct{ change, undo, names string }{
			{`UPDATE insurance_consents SET given_at_ms = given_at_ms + 1`,
				`UPDATE insurance_consents SET given_at_ms = given_at_ms - 1`, id},
			{`UPDATE insurance_consents SET withdrawn_at_ms = given_at_ms - 1`,
				`UPDATE insurance_consents SET withdrawn_at_ms = 0`, id},
			{`UPDATE covers SET worker_id = 'wrk_x'`, `UPDATE covers SET worker_id = '` + w.id + `'`, id},
			{`UPDATE covers SET version = 2`, `UPDATE covers SET version = 1`, id},
			{`UPDATE insurance_consents SET death_fen = death_fen + 1`,
				`UPDATE insurance_consents SET death_fen = death_fen - 1`, consent.ID},
			{`UPDATE postings SET entry_id = 'gift/' || substr(entry_id, 9)
				WHERE substr(entry_id, 1, 8) = 'premium/'`,
				`UPDATE postings SET entry_id = 'premium/' || substr(entry_id, 6)
				WHERE substr(entry_id, 1, 5) = 'gift/'`, id},
			{`UPDATE covers SET premium_fen = 0`, `UPDATE covers SET premium_fen = 200`, id},
			{`UPDATE covers SET bordereau_id = 'bdx_x'`, `UPDATE covers SET bordereau_id = ''`, id},
		} {
			if err := b.check(); err != nil {
				t.Fatal(err)
			}
			b.exec(c.change)
			if err := b.check(); err == nil || !strings.Contains(err.Error(), c.names) {
				t.Errorf("%s: Check says %v", c.change, err)
			}
			b.exec(c.undo)
		}
	})
}
