package e2e

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/ident"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

const region = "500103"

// town is a small city for tests: real services, real sandbox, a clock that stands still.
type town struct {
	*app.City
	t        *testing.T
	clk      *clock.Fake
	box      *sandbox.Server
	clerk    context.Context
	employer who
	planID   string
	version  int64
	keys     int

	vacancies int
}

// who is somebody and the context in which they act.
type who struct {
	ctx                           context.Context
	id, accountID, placeID, phone string
}

// each runs fn in a fresh town on both engines.
func each(t *testing.T, fn func(t *testing.T, c *town)) {
	t.Helper()
	dbtest.URLs(t, func(t *testing.T, url string) { fn(t, newTown(t, url)) })
}

func newTown(t *testing.T, url string) *town {
	t.Helper()
	return newTownWithKey(t, url, 1)
}

// newTownWithKey is a town whose key follows from the seed; its ids do not.
func newTownWithKey(t *testing.T, url string, seed uint64) *town {
	t.Helper()
	c := &town{t: t, clk: clock.NewFake(dbtest.Start)}
	road := sim.NewOutside()
	var err error
	ctx := context.Background()
	c.City, err = app.Open(
		ctx,
		app.Options{URL: url, Clock: c.clk, IDs: ident.Seeded(1), Box: sim.Box(seed),
			Outside: road.Endpoints(), Version: "test", Unsafe: true, BlobDir: t.TempDir(),
			Migrations: sim.Extra()},
	)
	c.ok(err)
	t.Cleanup(func() { c.Close() })
	c.box, err = road.Begin(ctx, c.DB, sandbox.Options{Clock: c.clk})
	c.ok(err)
	staff, err := c.People.CreateStaff(people.AsSystem(ctx, "test"), people.CreateStaff{Keyed: c.key(),
		Phone: "19990000001", Name: "经办员", Roles: []people.Role{people.RoleClerk}})
	c.ok(err)
	c.clerk = people.WithActor(ctx, people.Actor{AccountID: staff.AccountID,
		Roles: []people.Role{people.RoleClerk}})
	plan, err := c.Insurance.CreatePlan(
		c.clerk,
		insurance.CreatePlan{Keyed: c.key(), PlanText: sim.PlanText()},
	)
	c.ok(err)
	c.planID, c.version = plan.ID, plan.Version
	c.employer = c.newEmployer(1)
	c.fund(c.employer, 1_000_000)
	return c
}

func (c *town) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) key() deed.Keyed {
	c.keys++
	return deed.Key(fmt.Sprintf("test-%d", c.keys))
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// sweep moves the clock a little and runs what is due.
func (c *town) sweep(after time.Duration) {
	c.t.Helper()
	c.clk.Add(after)
	c.ok(c.Sweeps.RunDue(context.Background(), c.clk.Now()))
}

// code reads the newest code that reached a phone.
func (c *town) code(phone string) string {
	c.t.Helper()
	c.sweep(time.Minute)
	for _, sms := range c.box.SMS(phone) {
		if code := sixDigits.FindString(sms.Text); code != "" {
			return code
		}
	}
	c.t.Fatalf("no code reached %s", phone)
	return ""
}

// logIn is the way everybody comes in: phone, SMS, session.
func (c *town) logIn(phone string) context.Context {
	c.t.Helper()
	ctx := context.Background()
	_, err := c.People.RequestCode(ctx, people.RequestCode{Keyed: c.key(), Phone: phone})
	c.ok(err)
	session, err := c.People.LogIn(ctx, people.LogIn{Phone: phone, Code: c.code(phone)})
	c.ok(err)
	actor, err := c.People.Authenticate(ctx, session.Token)
	c.ok(err)
	return people.WithActor(ctx, actor)
}

func (c *town) newEmployer(n int) who {
	c.t.Helper()
	phone := fmt.Sprintf("1998%07d", n)
	ctx := c.logIn(phone)
	v, err := c.People.RegisterEmployer(ctx, people.RegisterEmployer{Keyed: c.key(), Name: "演示物流",
		USCC: sim.USCC(region, n), Address: "演示路1号", Principal: "张三", Region: region})
	c.ok(err)
	account := people.ActorOf(ctx).AccountID
	ctx = people.WithActor(ctx, people.Actor{AccountID: account, EmployerID: v.ID,
		Roles: []people.Role{people.RoleEmployer}})
	place, err := c.Stations.CreatePlace(ctx, station.CreatePlace{Keyed: c.key(), EmployerID: v.ID,
		Kind: "workplace", Name: "分拣中心", Address: "演示路1号", Region: region,
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
	c.ok(err)
	for _, paper := range sim.Dossier(v, func(string) deed.Keyed { return c.key() }) {
		_, err := c.Market.AddDocument(ctx, paper)
		c.ok(err)
	}
	_, err = c.Market.VetEmployer(
		c.clerk,
		market.Vet{Keyed: c.key(), EmployerID: v.ID, Decision: "vetted"},
	)
	c.ok(err)
	return who{ctx, v.ID, account, place.ID, phone}
}

// paysIn is somebody's payment to the supervising bank, with words as its reference.
func (c *town) paysIn(reference string, fen int64) {
	c.t.Helper()
	c.keys++
	c.ok(c.box.Credit(context.Background(), fmt.Sprintf("credit-%d", c.keys), reference,
		moneyFen(fen)))
}

// code18 is the employer's credit code, with which it pays in.
func (c *town) code18(e who) string {
	c.t.Helper()
	v, err := c.People.GetEmployerTx(context.Background(), c.DB, e.id)
	c.ok(err)
	return v.USCC
}

func (c *town) fund(e who, fen int64) {
	c.t.Helper()
	c.paysIn(c.code18(e), fen)
	c.sweep(10 * time.Minute)
}

// newWorker registers somebody with card and consent. n decides who it is.
func (c *town) newWorker(n int) who {
	c.t.Helper()
	name, idNumber, phone, card := sim.MadeUp(7, n, region)
	v, err := c.People.RegisterWorker(c.clerk, people.RegisterWorker{Keyed: c.key(), Name: name,
		IDNumber: idNumber, Region: region, Phone: phone})
	c.ok(err)
	w, err := c.People.GetWorkerTx(context.Background(), c.DB, v.ID)
	c.ok(err)
	ctx := people.WithActor(context.Background(), people.Actor{AccountID: w.AccountID, WorkerID: v.ID,
		Roles: []people.Role{people.RoleWorker}})
	_, err = c.People.SetBankCard(
		ctx,
		people.SetBankCard{Keyed: c.key(), WorkerID: v.ID, CardNumber: card},
	)
	c.ok(err)
	_, err = c.Insurance.Consent(
		ctx,
		insurance.Consent{Keyed: c.key(), WorkerID: v.ID, PlanID: c.planID,
			Version: c.version, ShareVersion: "2"},
	)
	c.ok(err)
	return who{ctx, v.ID, w.AccountID, "", phone}
}

// vacancy is a good one: one shift of eight hours that begins in two hours. Each has a title of its
// own, because the same vacancy is not published twice.
func (c *town) vacancy(heads int64) market.Publish {
	c.vacancies++
	from := c.clk.Now().Add(2 * time.Hour)
	return market.Publish{Keyed: c.key(), EmployerID: c.employer.id, PlaceID: c.employer.placeID,
		Settlement: market.Platform, WorkType: "part_time", Title: fmt.Sprintf("分拣员第%d批", c.vacancies),
		Content:    "按单分拣。",
		Occupation: "4-02-06-01", PayUnit: "hour", RateFen: 2_500, PlanID: c.planID, Hire: "instant",
		Shifts: []market.ShiftPlan{{StartsAt: from, EndsAt: from.Add(8 * time.Hour), BreakMin: 30,
			Heads: heads}}}
}

// shift publishes a vacancy and gives its shift.
func (c *town) shift(heads int64) string {
	c.t.Helper()
	v, err := c.Market.PublishVacancy(c.employer.ctx, c.vacancy(heads))
	c.ok(err)
	if v.State != market.Published || len(v.ShiftIDs) != 1 {
		c.t.Fatalf("published as %+v", v)
	}
	return v.ShiftIDs[0]
}

func (c *town) accept(w who, shiftID string) market.PlacementView {
	c.t.Helper()
	p, err := c.Market.AcceptShift(
		w.ctx,
		market.Accept{Keyed: c.key(), ShiftID: shiftID, WorkerID: w.id},
	)
	c.ok(err)
	return p
}

// sign reads the contract, asks for the code and signs with it.
func (c *town) sign(w who, contractID string) {
	c.t.Helper()
	v, err := c.Contracts.Show(w.ctx, contract.Show{ContractID: contractID})
	c.ok(err)
	_, err = c.Contracts.RequestSignCode(w.ctx, contract.RequestSignCode{Keyed: c.key(),
		ContractID: contractID, TextHash: v.TextHash})
	c.ok(err)
	_, err = c.Contracts.Sign(
		w.ctx,
		contract.Sign{Keyed: c.key(), ContractID: contractID, Code: c.code(w.phone)},
	)
	c.ok(err)
}

// gate is what the worker shows at the place.
func (c *town) gate(w who, placementID string) attendance.Clock {
	c.t.Helper()
	qr, err := c.Stations.ShowQR(c.employer.ctx, station.ShowQR{PlaceID: c.employer.placeID})
	c.ok(err)
	return attendance.Clock{Keyed: c.key(), PlacementID: placementID, WorkerID: w.id, Token: qr.Token}
}

// work goes from acceptance to the end of eight hours and gives the last receipt.
func (c *town) work(w who, p market.PlacementView) attendance.Receipt {
	c.t.Helper()
	c.sign(w, p.ContractID)
	c.clk.Set(p.StartsAt)
	_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	c.clk.Set(p.EndsAt)
	r, err := c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	return r
}

func (c *town) confirm(lines ...string) {
	c.t.Helper()
	_, err := c.Wages.ConfirmHours(c.employer.ctx, wage.ConfirmHours{Keyed: c.key(),
		EmployerID: c.employer.id, LineIDs: lines})
	c.ok(err)
}

// count counts rows.
func (c *town) count(q string, args ...any) int64 {
	c.t.Helper()
	n, err := db.Get[int64](context.Background(), c.DB, q, args...)
	c.ok(err)
	return n
}

// lawful fails the test when a law is broken.
func (c *town) lawful() {
	c.t.Helper()
	if broken := app.Violations(context.Background(), c.DB, c.clk.Now()); len(broken) > 0 {
		c.t.Errorf("broken laws: %v", broken)
	}
}

var errLastStep = errors.New("the last step fails")
