package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
)

// taught is a skill with its class, and the work that asks for it.
type taught struct{ skill, class, title, occupation, content string }

// lessons are our own: skills that no law asks a certificate for.
var lessons = []taught{
	{"skill.sewing", "平车缝纫入门（演示）", "缝纫工", "6-05-01-03", "平车缝合、剪线头。"},
	{"skill.cashier", "超市收银两晚班（演示）", "收银员", "4-01-02-04", "收银、理货、核对票据。"},
	{"skill.data_entry", "电脑录入入门（演示）", "资料录入员", "3-01-02-05", "纸质单据录入表格。"},
	{"skill.ironing", "服装整烫班（演示）", "整烫工", "6-05-01-04", "成衣整烫、挂装。"},
	{"skill.customer_service", "电话客服入门（演示）", "客服员", "4-04-05-03", "接听来电、登记回访。"},
}

const (
	classesADay = 2
	schoolDays  = 2  // from opening to the first evening
	classSeats  = 12 // of a room
	seatsBP     = 3500
	cameBP      = 9000
	passedBP    = 8500

	taughtReachM = 150_000 // who has learnt it goes far for it: employers of a small city are few
)

// teach is the bureau opening classes in the morning near where some workers live, an employer
// there asking for what is taught, workers taking seats in the evening, coming, and being assessed;
// who passed takes the work. It is lived where the configuration asks for it.
func (w *world) teach(ctx context.Context, now int) error {
	if !w.cfg.Classes || !w.clerk.known() {
		return nil
	}
	for _, step := range []struct {
		minute int
		do     func(context.Context) error
	}{{9 * 60, w.openClasses}, {9*60 + 30, w.askForTaught}, {18 * 60, w.takeSeats},
		{20 * 60, w.callRolls}, {20*60 + 45, w.assess}} {
		if w.due(step.minute, now) {
			if err := step.do(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// lesson is what the i-th class of today teaches, and where.
func (w *world) lesson(i int) (taught, district) {
	n := w.day*classesADay + i
	return lessons[n%len(lessons)], w.district(n%len(lessons), "worker")
}

func (w *world) openClasses(ctx context.Context) error {
	first := civil.DateOf(w.clk.Now()).AddDays(schoolDays).At(19 * 60)
	for i := range classesADay {
		t, where := w.lesson(i)
		_, err := w.city.Training.OpenClass(w.clerk.as(ctx), training.OpenClass{
			Keyed: deed.Key(fmt.Sprintf("sim/class/%d/%d", w.day, i)), Title: t.class, Skill: t.skill,
			Teacher: "周老师（演示）", Phone: phone(clerkPhoneN), PlaceName: where.name + "培训站（演示）",
			Address: "演示路" + fmt.Sprint(i+1) + "号", Region: where.code, LonE6: where.lonE6,
			LatE6: where.latE6, Seats: classSeats, FeeFen: money.Fen(5_000 * (i % 2)),
			ClosesAt: first.Add(-2 * time.Hour), Sessions: []training.Session{
				{StartsAt: first, EndsAt: first.Add(90 * time.Minute)},
				{StartsAt: first.Add(24 * time.Hour), EndsAt: first.Add(24*time.Hour + 90*time.Minute)}}})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// askForTaught is the nearest employer wanting people who can do what today's classes teach, in a
// week.
func (w *world) askForTaught(ctx context.Context) error {
	for i := range classesADay {
		t, where := w.lesson(i)
		n := w.nearestEmployer(where)
		if n < 0 {
			continue
		}
		e := w.employers[n]
		from := civil.DateOf(w.clk.Now()).AddDays(7).At(9 * 60)
		_, err := w.city.Market.PublishVacancy(e.as(ctx), market.Publish{
			Keyed:      deed.Key(fmt.Sprintf("sim/taught/%d/%d", w.day, i)),
			EmployerID: e.EmployerID, PlaceID: e.PlaceID, Settlement: market.Platform,
			WorkType: "part_time", Title: t.title, Content: t.content, Occupation: t.occupation,
			PayUnit: "hour", RateFen: 2_800, PlanID: w.planID, Hire: "instant",
			Required: []string{t.skill}, Shifts: []market.ShiftPlan{{StartsAt: from,
				EndsAt: from.Add(6 * time.Hour), BreakMin: 30, Heads: 3}}})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// nearestEmployer gives the number of the employer whose district is nearest, -1 for none.
func (w *world) nearestEmployer(to district) int {
	best, least := -1, int64(0)
	for n, e := range w.employers {
		i := slices.IndexFunc(districts, func(d district) bool { return d.code == e.Region })
		if !e.known() || i < 0 || w.bankrupt(n) {
			continue
		}
		away := geo.DistanceM(to.lonE6, to.latE6, districts[i].lonE6, districts[i].latE6)
		if best < 0 || away < least {
			best, least = n, away
		}
	}
	return best
}

// takeSeats is workers of the district in the evening.
func (w *world) takeSeats(ctx context.Context) error {
	open, err := w.city.Training.FindClasses(ctx, training.FindClasses{})
	if err != nil {
		return err
	}
	for _, c := range open.Classes {
		for n, a := range w.workers {
			if !a.known() || a.Region != c.Region || !w.chance(seatsBP, "takes a seat", n, c.ID) {
				continue
			}
			lacks, err := w.city.Skills.MissingTx(ctx, w.city.DB, a.WorkerID, []string{c.Skill},
				civil.DateOf(w.clk.Now()))
			if err != nil {
				return err
			}
			if len(lacks) == 0 {
				continue
			}
			_, err = w.city.Training.Enrol(a.as(ctx), training.Enrol{ClassID: c.ID,
				WorkerID: a.WorkerID, Keyed: deed.Key(fmt.Sprintf("sim/enrol/%s/%d", c.ID, n))})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	return nil
}

// tonight calls do for each class of which a session has begun within the last hours.
func (w *world) tonight(
	ctx context.Context, do func(roll training.Roll, session int64) error,
) error {
	const hours = 3 * time.Hour
	all, err := w.city.Training.FindRunClasses(w.clerk.as(ctx), training.FindRunClasses{})
	if err != nil {
		return err
	}
	for _, c := range all.Classes {
		for i, one := range c.Sessions {
			since := w.clk.Now().Sub(one.StartsAt)
			if c.State != training.Open || since < 0 || since > hours {
				continue
			}
			roll, err := w.city.Training.ShowRoll(w.clerk.as(ctx), training.GetClass{ClassID: c.ID})
			if err == nil {
				err = do(roll, int64(i+1))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) callRolls(ctx context.Context) error {
	return w.tonight(ctx, func(roll training.Roll, session int64) error {
		var there []string
		for _, seat := range roll.Seats {
			if w.chance(cameBP, "comes to class", w.workerOf(seat.WorkerID).N, w.day) {
				there = append(there, seat.EnrolmentID)
			}
		}
		_, err := w.city.Training.CallRoll(w.clerk.as(ctx), training.CallRoll{ClassID: roll.Class.ID,
			Keyed:   deed.Key(fmt.Sprintf("sim/roll/%s/%d", roll.Class.ID, session)),
			Session: session, Present: there})
		_, err = w.did(err)
		return err
	})
}

func (w *world) assess(ctx context.Context) error {
	return w.tonight(ctx, func(roll training.Roll, session int64) error {
		if session != int64(len(roll.Class.Sessions)) {
			return nil
		}
		for _, seat := range roll.Seats {
			if seat.Standing != training.Enrolled || len(seat.Present) == 0 {
				continue
			}
			a := w.workerOf(seat.WorkerID)
			in := training.Assess{Keyed: deed.Key("sim/assess/" + seat.EnrolmentID),
				EnrolmentID: seat.EnrolmentID, Words: "演示：现场操作",
				Passed: w.chance(passedBP, "passes", a.N, w.day)}
			_, err := w.city.Training.Assess(w.clerk.as(ctx), in)
			ok, err := w.did(err)
			if err == nil && ok && in.Passed && a.known() {
				err = w.takeTaught(ctx, a, roll.Class)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// takeTaught is who passed taking work that asks for it.
func (w *world) takeTaught(ctx context.Context, a actor, c training.View) error {
	i := slices.IndexFunc(lessons, func(t taught) bool { return t.skill == c.Skill })
	found, err := w.city.Market.FindWork(a.as(ctx), market.FindWork{WorkerID: a.WorkerID,
		Q: lessons[i].title, LonE6: c.LonE6, LatE6: c.LatE6, ReachM: taughtReachM})
	ok, err := w.did(err)
	if err != nil || !ok {
		return err
	}
	for _, item := range found.Items {
		asks := slices.ContainsFunc(item.Requires,
			func(r market.Requirement) bool { return r.Key == c.Skill })
		if !asks || item.Missing != nil || item.Hire != "instant" {
			continue
		}
		_, err := w.city.Market.AcceptShift(a.as(ctx), market.Accept{ShiftID: item.ShiftID,
			WorkerID: a.WorkerID, Keyed: deed.Key("sim/taught/" + item.ShiftID + "/" + a.WorkerID)})
		_, err = w.did(err)
		return err
	}
	return nil
}

// countClasses fills the figures of classes; taught is work taken by who had passed in what it asks
// for.
func (r *Report) countClasses(ctx context.Context, d *db.DB) error {
	return db.Row(ctx, d, []any{&r.Classes, &r.Enrolments, &r.ClassesPassed, &r.TaughtAccepted},
		`SELECT (SELECT COUNT(*) FROM classes), (SELECT COUNT(*) FROM enrolments),
		(SELECT COUNT(*) FROM enrolments WHERE state = 'passed'),
		(SELECT COUNT(DISTINCT p.id) FROM placements p JOIN vacancies v ON v.id = p.vacancy_id
		JOIN classes c ON v.required = '["' || c.skill || '"]'
		JOIN enrolments e ON e.class_id = c.id AND e.worker_id = p.worker_id
		AND e.state = 'passed' AND p.accepted_at_ms >= e.assessed_at_ms)`)
}
