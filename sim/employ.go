package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
)

// trade is a kind of work that the simulation's employers offer.
type trade struct {
	title, occupation, content string
	fromMin, lengthMin         int
	rateFen                    int64
	required                   []string
}

// trades are our own; with --titles the title comes from outside and the rest from here.
var trades = []trade{
	{"分拣员", "4-02-06-02", "按单分拣、贴标、装筐。", 8 * 60, 480, 2400, nil},
	{"装卸工", "4-02-05-01", "货物装卸与码放，轻重搭配。", 7 * 60, 360, 2900, nil},
	{"餐厅传菜员", "4-03-02-05", "传菜、收台、整理餐具。", 10*60 + 30, 300, 2300, nil},
	{"保洁员", "4-09-08-01", "楼层与卫生间清洁。", 6 * 60, 240, 2350, nil},
	{"会展协助", "4-07-07-01", "布展、引导与撤展。", 9 * 60, 420, 2600, nil},
	{"夜间理货员", "4-02-06-01", "夜间上架、盘点。", 21 * 60, 480, 2800, nil},
	{"包装工", "6-31-05-00", "成品装袋装箱。", 13 * 60, 300, 2350, nil},
	{"搬家工", "4-02-05-01", "家具拆装与搬运。", 8 * 60, 300, 3200, nil},
}

const headsMax = 9

// vetAndReview is the clerk at ten and at four: vacancies that wait are decided.
func (w *world) vetAndReview(ctx context.Context, now int) error {
	if !w.due(10*60, now) && !w.due(16*60, now) {
		return nil
	}
	ctx = w.clerk.as(ctx)
	waiting, err := w.city.Market.FindWaitingVacancies(ctx, market.WaitingVacancies{})
	if err != nil {
		return err
	}
	for _, v := range waiting.Vacancies {
		_, err := w.city.Market.ReviewVacancy(ctx, market.Review{Keyed: deed.Key("sim/review/" + v.ID),
			VacancyID: v.ID, Publish: w.chance(6000, "review", v.ID), Ground: "演示：人工复核",
			LegalGrounds: []market.Ground{market.GroundNoBan, market.GroundNotOfWorker}})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// fundAndPublish is every employer's morning: money in (unless it runs dry), a vacancy for today's
// evening or the next days.
func (w *world) fundAndPublish(ctx context.Context, now int) error {
	for n, e := range w.employers {
		if !e.known() || !w.due(7*60+w.n(150, "office", n), now) || w.bankrupt(n) {
			continue
		}
		if err := w.fund(ctx, n, e); err != nil {
			return err
		}
		if !w.chance(8500, "publishes", n, w.day) {
			continue
		}
		if err := w.publish(ctx, n, e); err != nil {
			return err
		}
	}
	return nil
}

// fund sends money from the employer's own bank to the supervising one, with its credit code as the
// reference. Some run dry for a day. In the demo one writes its name instead, once: the bureau
// finds out whose that was.
func (w *world) fund(ctx context.Context, n int, e actor) error {
	_, hard := w.hardTimes(n)
	if hard || w.lastDay(n) || w.day%2 == n%2 && w.day > 0 ||
		w.chance(2*w.cfg.FaultsBP, "runs dry", n, w.day) {
		return nil
	}
	amount := money.Fen(250_000 + w.n(350_000, "funds", n, w.day))
	err := w.outside.Credit(ctx, fmt.Sprintf("sim-%d-%d", n, w.day), uscc(e.Region, e.N), amount)
	if _, err := w.did(err); err != nil || !w.visited(n) || n != 0 || w.day != 1 {
		return err
	}
	_, err = w.did(w.outside.Credit(ctx, "sim-named", w.firm(n), 120_000))
	return err
}

func (w *world) publish(ctx context.Context, n int, e actor) error {
	v := w.vacancy(n, e)
	_, err := w.city.Market.PublishVacancy(e.as(ctx), v)
	if _, err := w.did(err); err != nil {
		return err
	}
	if v.Hire == "offer" {
		return w.offer(ctx, n, e)
	}
	return nil
}

// vacancy is what employer n publishes today, the same whenever it is asked for.
func (w *world) vacancy(n int, e actor) market.Publish {
	t := trades[w.n(len(trades), "trade", n, w.day)]
	if len(w.cfg.Titles) > 0 {
		t.title = w.cfg.Titles[(n+w.day*len(w.employers))%len(w.cfg.Titles)]
	}
	hire := "instant"
	if w.chance(1000, "by offer", n, w.day) {
		hire = "offer"
	}
	if w.chance(w.cfg.FaultsBP, "bad words", n, w.day) {
		t.content += "男士优先。"
	}
	if w.chance(w.cfg.FaultsBP, "bad pay", n, w.day) {
		t.rateFen = 1_200
	}
	v := market.Publish{Keyed: deed.Key(fmt.Sprintf("sim/publish/%d/%d", n, w.day)),
		EmployerID: e.EmployerID, PlaceID: e.PlaceID, Settlement: market.Platform, WorkType: "part_time",
		Title: t.title, Content: t.content, Occupation: t.occupation, PayUnit: "hour",
		RateFen: money.Fen(t.rateFen + int64(w.n(600, "rate", n, w.day))), PlanID: w.planID, Hire: hire,
		Required: t.required, Shifts: w.shifts(n, t)}
	if w.chance(1500, "by the day", n, w.day) {
		v.PayUnit = "day"
		v.RateFen = money.MulDivCeil(v.RateFen, int64(t.lengthMin), 60)
	}
	if w.chance(1000, "confirmed plan", n, w.day) {
		v.PlanID = w.strictID
	}
	if w.chance(1000, "by the piece", n, w.day) && v.PayUnit == "hour" {
		w.byPiece(&v)
	}
	w.said(n, &v)
	return v
}

// shifts plans one or two of the next three days.
func (w *world) shifts(n int, t trade) []market.ShiftPlan {
	today := civil.DateOf(w.clk.Now())
	var plans []market.ShiftPlan
	for i := range 1 + w.n(2, "shifts", n, w.day) {
		from := today.AddDays(1 + i).At(t.fromMin + 15*w.n(5, "from", n, w.day, i))
		plans = append(plans, market.ShiftPlan{StartsAt: from,
			EndsAt:   from.Add(time.Duration(t.lengthMin) * time.Minute),
			BreakMin: int64(t.lengthMin/240) * 15, Heads: int64(2 + w.n(headsMax-2, "heads", n, w.day, i))})
	}
	return plans
}

// offer asks two workers for every head of the employer's newest shifts.
func (w *world) offer(ctx context.Context, n int, e actor) error {
	shifts, err := newestShifts(ctx, w.city.DB, e.EmployerID, w.clk.Now())
	if err != nil {
		return err
	}
	for _, s := range shifts {
		for i := range 10 {
			a := w.workers[w.n(len(w.workers), "offered", s.ShiftID, i)]
			if !a.known() {
				continue
			}
			_, err := w.city.Market.OfferShift(e.as(ctx), market.Offer{
				Keyed:   deed.Key("sim/offer/" + s.ShiftID + "/" + a.WorkerID),
				ShiftID: s.ShiftID, EmployerID: e.EmployerID, WorkerID: a.WorkerID})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	return nil
}

// callOff is an employer cancelling a shift some hours before.
func (w *world) callOff(ctx context.Context, now int) error {
	if now%60 != 0 {
		return nil
	}
	at := w.clk.Now()
	shifts, err := upcoming(ctx, w.city.DB, at.Add(4*time.Hour), at.Add(5*time.Hour))
	if err != nil {
		return err
	}
	for _, s := range shifts {
		if !w.chance(w.cfg.FaultsBP/2, "called off", s.ShiftID) {
			continue
		}
		if err := w.cancelShift(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// confirm is an employer confirming hours and answering corrections, at noon and in the evening;
// some days it forgets, and the hours confirm themselves.
func (w *world) confirm(ctx context.Context, now int) error {
	for n, e := range w.employers {
		if !e.known() {
			continue
		}
		noon, evening := 12*60+w.n(90, "noon", n), 18*60+w.n(240, "evening", n)
		if !w.due(noon, now) && !w.due(evening, now) {
			continue
		}
		if err := w.answer(ctx, e); err != nil {
			return err
		}
		if w.chance(1000+5*w.cfg.FaultsBP, "forgets to confirm", n, w.day, now) {
			continue
		}
		lines, err := unconfirmed(ctx, w.city.DB, e.EmployerID)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			continue
		}
		_, err = w.city.Wages.ConfirmHours(e.as(ctx), wage.ConfirmHours{EmployerID: e.EmployerID,
			Keyed: deed.Key(fmt.Sprintf("sim/confirm/%d/%d/%d", n, w.day, now)), LineIDs: lines})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) answer(ctx context.Context, e actor) error {
	open, err := w.city.Attendance.FindCorrections(
		e.as(ctx),
		attendance.Corrections{EmployerID: e.EmployerID},
	)
	if err != nil {
		return err
	}
	for _, c := range open.Corrections {
		grant := !w.chance(2500, "denied", c.ID)
		words := ""
		if !grant {
			words = "与现场记录不符（演示）"
		}
		_, err := w.city.Attendance.AnswerCorrection(e.as(ctx), attendance.Answer{
			Keyed: deed.Key("sim/answer/" + c.ID), CorrectionID: c.ID, EmployerID: e.EmployerID,
			Grant: grant, Words: words})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) employerOf(id string) actor {
	for _, e := range w.employers {
		if e.EmployerID == id {
			return e
		}
	}
	return actor{}
}
