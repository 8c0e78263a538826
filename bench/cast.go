package bench

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/ident"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

const (
	benchCode  = "123456"
	benchBase  = "http://outside.invalid"
	benchSeed  = 1
	region     = "500103"
	placeLonE6 = 106_562_880
	placeLatE6 = 29_556_742
	headsMax   = 500 // of one shift
	setUpWith  = 16  // clients that prepare, so that preparing is quick
)

// cast is a city with people ready to work, on a clock that stands still while a phase runs.
type cast struct {
	city      *app.City
	clk       *clock.Fake
	box       *sandbox.Server
	clerk     person
	employers []person
	workers   []person
	planID    string
	version   int64
	road      *lateTransport
}

// person is somebody who does deeds.
type person struct {
	n                             int
	workerID, employerID, placeID string
	actor                         people.Actor
}

func (p person) ctx(ctx context.Context) context.Context { return people.WithActor(ctx, p.actor) }

// lateTransport is the road to an outside world that is built after the city.
type lateTransport struct {
	to atomic.Pointer[http.RoundTripper]
}

// RoundTrip goes to the outside world.
func (l *lateTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return (*l.to.Load()).RoundTrip(r)
}

func newLoopWorld(ctx context.Context, url string) (*loopWorld, error) {
	c, err := openCast(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := c.found(ctx); err != nil {
		c.city.Close()
		return nil, err
	}
	return &loopWorld{cast: c}, nil
}

// openCast opens a city in which nobody is yet.
func openCast(ctx context.Context, url string) (*cast, error) {
	c := &cast{
		clk:  clock.NewFake(time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)),
		road: &lateTransport{},
	}
	var err error
	c.city, err = app.Open(ctx, app.Options{URL: url, Clock: c.clk, IDs: ident.Random(),
		Box: sim.Box(benchSeed), NewCode: func() string { return benchCode }, Version: "bench",
		Migrations: sim.Extra(), Outside: app.Outside{BankURL: benchBase, InsurerURL: benchBase,
			SMSURL: benchBase, Client: &http.Client{Transport: c.road}}})
	return c, err
}

// found makes clerk, plan and employers.
func (c *cast) found(ctx context.Context) error {
	var err error
	if c.box, err = sandbox.New(sandbox.Options{Clock: c.clk}); err != nil {
		return err
	}
	road := sandbox.Transport(c.box)
	c.road.to.Store(&road)
	c.clerk = person{
		actor: people.Actor{AccountID: "acc_bench", Roles: []people.Role{people.RoleClerk}},
	}
	plan, err := c.city.Insurance.CreatePlan(c.clerk.ctx(ctx), insurance.CreatePlan{
		Keyed: c.setUpKey("plan", 0), PlanText: sim.PlanText()})
	if err != nil {
		return err
	}
	c.planID, c.version = plan.ID, plan.Version
	for n := range employersN {
		e, err := c.newEmployer(ctx, n)
		if err != nil {
			return fmt.Errorf("employer %d: %w", n, err)
		}
		c.employers = append(c.employers, e)
	}
	c.clk.Add(time.Minute)
	return c.city.Sweeps.RunDue(ctx, c.clk.Now())
}

func employerPhone(n int) string { return fmt.Sprintf("1998%07d", n) }

// logIn makes an account by its phone; every code is benchCode.
func (c *cast) logIn(ctx context.Context, n int) (context.Context, error) {
	phone := employerPhone(n)
	_, err := c.city.People.RequestCode(
		ctx,
		people.RequestCode{Keyed: c.setUpKey("code", n), Phone: phone},
	)
	if err != nil {
		return nil, err
	}
	session, err := c.city.People.LogIn(ctx, people.LogIn{Phone: phone, Code: benchCode})
	if err != nil {
		return nil, err
	}
	actor, err := c.city.People.Authenticate(ctx, session.Token)
	return people.WithActor(ctx, actor), err
}

func (c *cast) newEmployer(ctx context.Context, n int) (person, error) {
	account, err := c.logIn(ctx, n)
	if err != nil {
		return person{}, err
	}
	v, err := c.city.People.RegisterEmployer(account, people.RegisterEmployer{
		Keyed: c.setUpKey("employer", n), USCC: sim.USCC(region, n), Name: "bench", Address: "bench",
		Principal: "bench", Region: region})
	if err != nil {
		return person{}, err
	}
	e := person{
		n:          n,
		employerID: v.ID,
		actor: people.Actor{AccountID: people.ActorOf(account).AccountID,
			Roles: []people.Role{people.RoleEmployer}, EmployerID: v.ID},
	}
	place, err := c.city.Stations.CreatePlace(e.ctx(ctx), station.CreatePlace{
		Keyed: c.setUpKey("place", n), EmployerID: v.ID, Kind: "workplace", Name: "bench",
		Address: "bench", Region: region, LonE6: placeLonE6, LatE6: placeLatE6, RadiusM: 300})
	if err != nil {
		return person{}, err
	}
	e.placeID = place.ID
	key := func(op string) deed.Keyed { return c.setUpKey(op, n) }
	for _, paper := range sim.Dossier(v, key) {
		if _, err := c.city.Market.AddDocument(e.ctx(ctx), paper); err != nil {
			return person{}, err
		}
	}
	_, err = c.city.Market.VetEmployer(c.clerk.ctx(ctx), market.Vet{Keyed: c.setUpKey("vet", n),
		EmployerID: v.ID, Decision: "vetted"})
	if err != nil {
		return person{}, err
	}
	return e, c.box.Credit(ctx, fmt.Sprintf("bench-%d", n), v.ID, money.MaxFen/1000)
}

// hireable makes sure that n workers are registered, insured by consent, with a card.
func (c *cast) hireable(ctx context.Context, n int) error {
	have := len(c.workers)
	if have >= n {
		return nil
	}
	c.workers = append(c.workers, make([]person, n-have)...)
	return each(have, n, func(k int) (err error) {
		c.workers[k], err = c.newWorker(ctx, k)
		return err
	})
}

// each does something for every number, setUpWith at a time, until one fails.
func each(from, to int, do func(n int) error) error {
	errs := make([]error, setUpWith)
	var wg sync.WaitGroup
	for i := range setUpWith {
		wg.Go(func() {
			for n := from + i; n < to && errs[i] == nil; n += setUpWith {
				errs[i] = do(n)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *cast) newWorker(ctx context.Context, n int) (person, error) {
	name, idNumber, phone, card := sim.MadeUp(benchSeed, n, region)
	v, err := c.city.People.RegisterWorker(c.clerk.ctx(ctx), people.RegisterWorker{
		Keyed: c.setUpKey("worker", n), Name: name, IDNumber: idNumber, Region: region, Phone: phone})
	if err != nil {
		return person{}, err
	}
	w, err := c.city.People.GetWorkerTx(ctx, c.city.DB, v.ID)
	if err != nil {
		return person{}, err
	}
	p := person{n: n, workerID: v.ID, actor: people.Actor{AccountID: w.AccountID, WorkerID: v.ID,
		Roles: []people.Role{people.RoleWorker}}}
	_, err = c.city.People.SetBankCard(p.ctx(ctx), people.SetBankCard{Keyed: c.setUpKey("card", n),
		WorkerID: v.ID, CardNumber: card})
	if err != nil {
		return person{}, err
	}
	_, err = c.city.Insurance.Consent(p.ctx(ctx), insurance.Consent{Keyed: c.setUpKey("consent", n),
		WorkerID: v.ID, PlanID: c.planID, Version: c.version, ShareVersion: "2"})
	if err != nil {
		return person{}, err
	}
	_, err = c.city.People.GiveConsent(p.ctx(ctx), people.GiveConsent{WorkerID: v.ID, Version: "1",
		Keyed: c.setUpKey("location", n), Purpose: people.PurposeLocation})
	return p, err
}

// prepare publishes shifts for tomorrow's eight hours and gives every placement its worker.
func (w *loopWorld) prepare(ctx context.Context, cfg LoopConfig) ([]placed, error) {
	if err := w.hireable(ctx, cfg.Placements); err != nil {
		return nil, err
	}
	list := make([]placed, cfg.Placements)
	employers := w.employers
	if cfg.Hot {
		employers = employers[:1]
	}
	share := (cfg.Placements + len(employers) - 1) / len(employers)
	for e, next := 0, 0; next < len(list); e++ {
		n := min(share, headsMax, len(list)-next)
		employer := employers[e%len(employers)]
		shiftID, err := w.publish(ctx, employer, n, e)
		if err != nil {
			return nil, err
		}
		for range n {
			list[next] = placed{worker: w.workers[next], employer: employer, shiftID: shiftID}
			next++
		}
	}
	return list, nil
}

func (w *loopWorld) publish(ctx context.Context, e person, heads, n int) (string, error) {
	from := w.clk.Now().Add(30 * time.Minute)
	v, err := w.city.Market.PublishVacancy(e.ctx(ctx), market.Publish{Keyed: w.key("publish", n),
		EmployerID: e.employerID, PlaceID: e.placeID, Settlement: market.Platform, WorkType: "part_time",
		Title: fmt.Sprintf("分拣员第%d批", n), Content: "按单分拣。", Occupation: "4-02-06-01",
		PayUnit: "hour", RateFen: 2500, PlanID: w.planID, Hire: "instant",
		Shifts: []market.ShiftPlan{{StartsAt: from,
			EndsAt: from.Add(8 * time.Hour), BreakMin: 30, Heads: int64(heads)}}})
	if err != nil {
		return "", err
	}
	return v.ShiftIDs[0], nil
}

func (w *loopWorld) showQR(ctx context.Context, list []placed) error {
	tokens := map[string]string{}
	for i := range list {
		e := list[i].employer
		if tokens[e.placeID] == "" {
			qr, err := w.city.Stations.ShowQR(e.ctx(ctx), station.ShowQR{PlaceID: e.placeID})
			if err != nil {
				return err
			}
			tokens[e.placeID] = qr.Token
		}
		list[i].qr = tokens[e.placeID]
	}
	return nil
}

func linesOf(ctx context.Context, r db.Reader, employerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT id FROM wage_lines WHERE employer_id = $1
		AND state = 'accrued' ORDER BY id`, employerID)
}

func unpaid(ctx context.Context, r db.Reader) (int64, error) {
	return db.Get[int64](
		ctx,
		r,
		`SELECT COUNT(*) FROM wage_lines WHERE state NOT IN ('paid', 'reversed')`,
	)
}

func (c *cast) setUpKey(op string, n int) deed.Keyed {
	return deed.Key(fmt.Sprintf("bench/%s/%d", op, n))
}
