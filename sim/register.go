package sim

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
)

const (
	foundingMin  = 5 * 60 // the bureau opens the books
	clerkPhoneN  = 90_000_000
	employPhoneN = 80_000_000
)

// foundCity makes the bureau's clerk and the insurance plan, once.
func (w *world) foundCity(ctx context.Context, now int) error {
	if w.clerk.known() && w.planID != "" {
		return nil
	}
	if !w.clerk.known() {
		sys := people.AsSystem(ctx, "sim.found")
		staff, err := w.city.People.CreateStaff(sys, people.CreateStaff{Keyed: deed.Key("sim/clerk"),
			Phone: phone(clerkPhoneN), Name: "演示经办员", Roles: []people.Role{people.RoleClerk}})
		if _, err := w.did(err); err != nil {
			return err
		}
		w.clerk = actor{AccountID: staff.AccountID, Phone: phone(clerkPhoneN)}
		if err := w.remember(ctx, "clerk", w.clerk); err != nil {
			return err
		}
	}
	plan, err := w.city.Insurance.CreatePlan(w.clerk.as(ctx), insurance.CreatePlan{
		Keyed: deed.Key("sim/plan"), PlanText: PlanText()})
	w.planID, w.planVersion = plan.ID, plan.Version
	if _, err := w.did(err); err != nil {
		return err
	}
	strict := PlanText()
	strict.Name, strict.Mode = "须保险公司先确认的日结险（演示）", insurance.Confirmed
	plan, err = w.city.Insurance.CreatePlan(w.clerk.as(ctx), insurance.CreatePlan{
		Keyed: deed.Key("sim/strict"), PlanText: strict})
	w.strictID = plan.ID
	_, err = w.did(err)
	return err
}

func (w *world) remember(ctx context.Context, kind string, a actor) error {
	_, err := db.InTx(ctx, w.city.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, insertActor(ctx, tx, kind, a)
	})
	return err
}

// PlanText is the made-up insurance plan of made-up cities; sums are within what DOMAIN calls
// typical.
func PlanText() insurance.PlanText {
	return insurance.PlanText{
		Name:       "日结意外险（演示）",
		Insurer:    "demo",
		PolicyNo:   "DEMO-1",
		Exclusions: "演示数据：故意行为、酒后作业不保。",
		Sums: insurance.Sums{
			DeathFen:         60_000_000,
			MedicalFen:       5_000_000,
			LostIncomeDayFen: 10_000,
		},
		PremiumDayFen: 200,
		AgeMin:        16,
		AgeMax:        65,
	}
}

// newcomer is somebody who registers in this tick.
type newcomer struct {
	kind string
	n    int
	who  identity
}

// register lets the newcomers of this tick in: all ask for a code, the gateway delivers, all log
// in. Employers come on the first morning, four of five workers with them, the others in the days
// after.
func (w *world) register(ctx context.Context, now int) error {
	var coming []newcomer
	for n := range w.employers {
		if !w.employers[n].known() && w.here(5*60+30, 90, now, "employer", n) {
			coming = append(coming, newcomer{
				"employer",
				n,
				identity{
					Name:   w.firm(n),
					Phone:  phone(employPhoneN + n),
					Region: w.district(n, "employer").code,
				},
			})
		}
	}
	for n := range w.workers {
		if w.workers[n].AccountID == "" && w.here(6*60, 240, now, "worker", n) {
			coming = append(
				coming,
				newcomer{"worker", n, w.person(n, w.district(n, "worker").code, "1961-01-01", 17_300)},
			)
		}
	}
	for _, c := range coming {
		_, err := w.city.People.RequestCode(ctx, people.RequestCode{
			Keyed: deed.Key(
				fmt.Sprintf("sim/code/%s/%d/%d/%d", c.kind, c.n, w.day, now),
			),
			Phone: c.who.Phone,
		})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	if len(coming) > 0 {
		if err := w.deliver(ctx); err != nil {
			return err
		}
	}
	for _, c := range coming {
		if err := w.enter(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// here tells whether somebody registers in this tick: at a minute of their own, on a day of their
// own; who missed it (a lost SMS) tries again an hour later and every day after.
func (w *world) here(from, span, now int, kind string, n int) bool {
	day := 0
	if kind == "worker" && w.chance(2000, "late newcomer", n) {
		day = 1 + w.n(4, "newcomer's day", n)
	}
	minute := from + w.n(span, "newcomer", kind, n)
	return w.day >= day && (w.due(minute, now) || w.due(minute+60, now) || w.due(minute+120, now))
}

// deliver lets the SMS gateway work now instead of in the next tick.
func (w *world) deliver(ctx context.Context) error {
	w.clk.Add(sweepPause)
	return w.city.Sweeps.RunDue(ctx, w.clk.Now())
}

var digits = regexp.MustCompile(`\d{6}`)

// readCode reads the newest six digits that the gateway delivered to a phone.
func (w *world) readCode(phone string) string {
	for _, sms := range w.outside.SMS(phone) {
		if code := digits.FindString(sms.Text); code != "" {
			return code
		}
	}
	return ""
}

func (w *world) enter(ctx context.Context, c newcomer) error {
	code := w.readCode(c.who.Phone)
	if code == "" {
		return nil // the SMS is late; another try in an hour
	}
	session, err := w.city.People.LogIn(ctx, people.LogIn{Phone: c.who.Phone, Code: code})
	if ok, err := w.did(err); !ok {
		return err
	}
	who, err := w.city.People.Authenticate(ctx, session.Token)
	if ok, err := w.did(err); !ok {
		return err
	}
	ctx = people.WithActor(ctx, who)
	if c.kind == "employer" {
		return w.enterEmployer(ctx, c, session.AccountID)
	}
	return w.enterWorker(ctx, c, session.AccountID)
}

func (w *world) enterWorker(ctx context.Context, c newcomer, accountID string) error {
	key := func(op string) deed.Keyed { return deed.Key("sim/" + op + "/" + strconv.Itoa(c.n)) }
	v, err := w.city.People.RegisterWorker(ctx, people.RegisterWorker{Keyed: key("worker"),
		Name: c.who.Name, IDNumber: c.who.IDNumber, Region: c.who.Region})
	if ok, err := w.did(err); !ok {
		return err
	}
	a := actor{N: c.n, AccountID: accountID, WorkerID: v.ID, Region: c.who.Region, Phone: c.who.Phone}
	ctx = a.as(ctx)
	_, err = w.city.People.SetBankCard(ctx, people.SetBankCard{Keyed: key("card"), WorkerID: v.ID,
		CardNumber: c.who.Card})
	if _, err := w.did(err); err != nil {
		return err
	}
	if !w.chance(w.cfg.FaultsBP, "no consent", c.n) { // some do not agree, and cannot start
		for _, planID := range []string{w.planID, w.strictID} {
			_, err = w.city.Insurance.Consent(ctx, insurance.Consent{Keyed: key("consent/" + planID),
				WorkerID: v.ID, PlanID: planID, Version: w.planVersion, ShareVersion: "2"})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	if err := w.bringPaper(ctx, a); err != nil {
		return err
	}
	if err := w.agreeToPosition(ctx, a); err != nil {
		return err
	}
	w.workers[c.n] = a
	return w.remember(ctx, "worker", a)
}

func (w *world) enterEmployer(ctx context.Context, c newcomer, accountID string) error {
	key := func(op string) deed.Keyed { return deed.Key("sim/" + op + "/" + strconv.Itoa(c.n)) }
	v, err := w.city.People.RegisterEmployer(ctx, people.RegisterEmployer{Keyed: key("employer"),
		USCC: uscc(c.who.Region, c.n), Name: c.who.Name, Address: c.who.Name + "地址", Principal: "演示负责人",
		Region: c.who.Region})
	if ok, err := w.did(err); !ok {
		return err
	}
	a := actor{
		N:          c.n,
		AccountID:  accountID,
		EmployerID: v.ID,
		Region:     c.who.Region,
		Phone:      c.who.Phone,
	}
	d := w.district(c.n, "employer")
	place, err := w.city.Stations.CreatePlace(a.as(ctx), station.CreatePlace{Keyed: key("place"),
		EmployerID: v.ID, Kind: "workplace", Name: c.who.Name + "工作点", Address: d.name + "演示路1号",
		Region: d.code, LonE6: d.lonE6 + int64(w.n(20_000, "lon", c.n)-10_000),
		LatE6: d.latE6 + int64(w.n(20_000, "lat", c.n)-10_000), RadiusM: 300})
	if ok, err := w.did(err); !ok {
		return err
	}
	a.PlaceID = place.ID
	for _, paper := range Dossier(v, key) {
		_, err := w.city.Market.AddDocument(a.as(ctx), paper)
		if ok, err := w.did(err); !ok {
			return err
		}
	}
	_, err = w.city.Market.VetEmployer(w.clerk.as(ctx), market.Vet{Keyed: key("vet"), EmployerID: v.ID,
		Decision: "vetted", Reason: "演示核验通过"})
	if _, err := w.did(err); err != nil {
		return err
	}
	w.employers[c.n] = a
	return w.remember(ctx, "employer", a)
}

// firm names employer n; the name says that it is made up.
func (w *world) firm(n int) string {
	return fmt.Sprintf(
		"演示%s%s%03d号",
		w.district(n, "employer").name,
		works[w.n(len(works), "firm", n)],
		n,
	)
}
