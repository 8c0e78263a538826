package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/sim"
)

// Goal: without script a worker who lacks one skill finds the class near by from the work that asks
// for it, takes a seat by log-in, sees it in the schedule and the calendar, and gives it back; a
// fault stands above the same page.
func TestPagesClasses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		v := c.wanting("skill.forklift")
		b := s.visitor()
		b.open("/classes").shows(200, "现在没有可以报名的培训班")
		id := c.class("")
		b.open("/classes").shows(200, "叉车入门", "还剩 5 个名额", "免费", "叉车驾驶")
		b.open("/classes?skill=skill.sewing").shows(200, "现在没有可以报名的培训班")
		b.open("/classes?lon_e6=106562880&lat_e6=29556742&order=near").shows(200, "叉车入门", "0米")
		b.open("/classes/"+id).shows(200, "周老师", "渝中区", "我要报名", "第 1 次课").lacks("19990000077")
		b.open("/classes/cls_no").shows(404, "没有找到这个培训班")
		b.open("/classes/"+id).send("/enrol", nil).shows(200, "发送验证码")

		b.enters(w)
		_, err := c.Market.SetAvailability(w.ctx, market.SetAvailability{Keyed: c.key(), WorkerID: w.id,
			LonE6: 106_562_880, LatE6: 29_556_742, ReachM: 20_000, Open: true})
		c.ok(err)
		b.open("/").shows(200, "还差：叉车驾驶", "叉车入门：约 0 分钟路程")
		b.open("/shifts/"+v).shows(200, "您还缺：叉车驾驶", "/classes/"+id)
		b.open("/classes/"+id).send("/enrol", nil).
			shows(200, "报好了", "19990000077", "退班", "已报名", "还剩 4 个名额")
		b.post("/classes/"+id+"/enrol", url.Values{}).shows(409, "您已经报了这个培训班", "退班")
		b.open("/schedule").shows(200, "叉车入门", "已报名", "市校路2号")
		link, err := c.Market.MakeCalendarLink(w.ctx, market.MakeCalendarLink{WorkerID: w.id})
		c.ok(err)
		b.open("/calendar/"+link.Token+".ics").shows(200, "SUMMARY:叉车入门", "STATUS:CONFIRMED").
			lacks("周老师")
		mine, err := c.Training.FindEnrolments(w.ctx, training.FindEnrolments{WorkerID: w.id})
		c.ok(err)
		seat := mine.Enrolments[0].ID
		b.open("/classes/"+id).send("/withdraw/"+seat, nil).shows(200, "已退班", "我要报名")
		b.post("/classes/"+id+"/withdraw/"+seat, url.Values{}).shows(409, "已经变了")
		b.open("/classes/"+id).send("/enrol", nil).shows(200, "报好了")
		c.clk.Add(49 * time.Hour)
		b.open("/classes").shows(200, "现在没有可以报名的培训班")
		mine, err = c.Training.FindEnrolments(w.ctx, training.FindEnrolments{WorkerID: w.id})
		c.ok(err)
		seat = mine.Enrolments[0].ID
		_, err = c.Training.CallRoll(c.clerk, training.CallRoll{Keyed: c.key(), ClassID: id, Session: 1,
			Present: []string{seat}})
		c.ok(err)
		_, err = c.Training.Assess(c.clerk, training.Assess{Keyed: c.key(), EnrolmentID: seat,
			Words: "倒库再练"})
		c.ok(err)
		b.open("/classes/"+id).shows(200, "没有合格", "倒库再练")
		_, err = c.Training.Assess(c.clerk, training.Assess{Keyed: c.key(), EnrolmentID: seat,
			Passed: true})
		c.ok(err)
		b.open("/classes/"+id).shows(200, "考核合格", "看看要这项技能的活")
		b.open("/me/skills").shows(200, "叉车驾驶", "考核合格")
		b.open("/me/messages").shows(200, "叉车入门")
		b.open("/shifts/"+v).shows(200, "我要干").lacks("您还缺")
		b.send("/accept", nil).shows(200, "电子合同")
		c.lawful()
	})
}

// Goal: a station's staff open a class, call the roll, assess and call off from pages; the bureau
// does so for any station; each refusal keeps what was typed, and others stay outside.
func TestPagesClassDesk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		sys := people.AsSystem(t.Context(), "test")
		staff, err := c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(),
			Phone: "19990000005", Name: "吴九", Roles: []people.Role{people.RoleStation}})
		c.ok(err)
		place, err := c.Stations.CreatePlace(sys, station.CreatePlace{Keyed: c.key(),
			Kind: "training_station", Name: "渝中培训站", Address: "演示路2号", Region: region,
			LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
		c.ok(err)
		help, base := d.site.with(c.session("19990000005")), "/s/"+place.ID+"/classes"
		want(t, "not of this one", help.open(base), http.StatusForbidden)
		_, err = c.Stations.AssignStaff(c.clerk, station.AssignStaff{Keyed: c.key(),
			PlaceID: place.ID, AccountID: staff.AccountID})
		c.ok(err)
		want(t, "none yet", help.open(base), http.StatusOK, "还没有开过培训班", "开一个培训班")
		want(t, "the form", help.open(base+"/new"), http.StatusOK, "叉车驾驶", "!place_id")
		from := c.clk.Now().Add(2 * time.Hour)
		form := url.Values{"title": {"叉车入门"}, "skill": {"skill.forklift"}, "teacher": {"周老师"},
			"phone": {"问我"}, "seats": {"12"}, "fee_fen": {"50.50"}, "closes_at": {boxTime(from)},
			"sessions.0.starts_at": {boxTime(from)}, "sessions.0.ends_at": {boxTime(from.Add(time.Hour))},
			"sessions.1.starts_at": {""}, "sessions.1.ends_at": {""}}
		want(t, "no phone", help.post(base, form), http.StatusUnprocessableEntity, "alert-danger",
			`value="叉车入门"`, `value="50.50"`)
		form.Set("phone", "023-61234567")
		opened := help.post(base, form)
		wentTo(t, "opened", opened, base+"/cls_")
		page, _, _ := strings.Cut(opened.header.Get("Location"), "?")
		id := strings.TrimPrefix(page, base+"/")
		want(t, "the class", help.open(page), http.StatusOK, "周老师", "023-61234567", "¥50.50",
			"渝中培训站", "还没有人报名", "停办这个班", "!保存第")
		w := c.newWorker(7)
		seat, err := c.Training.Enrol(w.ctx, training.Enrol{Keyed: c.key(), ClassID: id,
			WorkerID: w.id})
		c.ok(err)
		want(t, "too early", help.post(page+"/roll", url.Values{"session": {"1"}}),
			http.StatusConflict, "alert-danger")
		c.clk.Add(2 * time.Hour)
		want(t, "a roll to call", help.open(page), http.StatusOK, "保存第 1 次课的点名", seat.ID, "考核")
		want(t, "never came", help.post(page+"/"+seat.ID, url.Values{"words": {"倒库"}}),
			http.StatusConflict, "alert-danger", `value="倒库"`)
		wentTo(t, "called", help.post(page+"/roll", url.Values{"session": {"1"},
			"present": {seat.ID}}), page)
		wentTo(t, "failed", help.post(page+"/"+seat.ID, url.Values{"words": {"倒库再练"},
			"second": {"1"}}), page)
		want(t, "what is missing", help.open(page), http.StatusOK, "倒库再练", "未合格")
		wentTo(t, "passed", d.clerk.post("/g/classes/"+id+"/"+seat.ID, url.Values{}), "/g/classes/"+id)
		want(t, "not any more", help.post(page+"/call-off", url.Values{"reason": {"停电"}}),
			http.StatusConflict, "alert-danger", `value="停电"`)
		if book := help.post(page+"/workbook", url.Values{}); book.status != http.StatusOK ||
			!strings.HasPrefix(book.body, "PK") {
			t.Errorf("no workbook: %d %.200s", book.status, book.body)
		}
		want(t, "the bureau's list", d.clerk.open("/g/classes"), http.StatusOK, "叉车入门", "上课中")
		want(t, "its form", d.clerk.open("/g/classes/new"), http.StatusOK, "渝中培训站")
		form.Set("place_id", place.ID)
		form.Set("title", "叉车二期")
		from = from.Add(20 * time.Hour)
		form["closes_at"], form["sessions.0.starts_at"] = []string{boxTime(from)}, []string{boxTime(from)}
		form.Set("sessions.0.ends_at", boxTime(from.Add(time.Hour)))
		wentTo(t, "another", d.clerk.post("/g/classes", form), "/g/classes/cls_")
		second := c.text(`SELECT id FROM classes WHERE title = '叉车二期'`)
		want(t, "no reason", d.clerk.post("/g/classes/"+second+"/call-off", url.Values{}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "called off", d.clerk.post("/g/classes/"+second+"/call-off",
			url.Values{"reason": {"老师生病"}}), "/g/classes/"+second)
		want(t, "why", d.clerk.open("/g/classes/"+second), http.StatusOK, "老师生病", "已停办",
			"!停办这个班")
		for who, b := range map[string]*browser{"director": d.director, "auditor": d.auditor,
			"employer": d.boss} {
			want(t, who, b.open("/g/classes"), http.StatusForbidden)
		}
		wentTo(t, "nobody", d.nobody.open("/g/classes"), "/login?next=")
		c.lawful()
	})
}

// Goal: staff of a station take a seat for a walk-in who let them act; it stands in the ledger, and
// not without the authority.
func TestPagesEnrolFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		place, err := c.Stations.CreatePlace(c.clerk, station.CreatePlace{Keyed: c.key(),
			Kind: "relay_station", Name: "零工驿站一号", Address: "演示路2号", Region: region,
			LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
		c.ok(err)
		w := c.newWorker(7)
		_, helpID := c.counter(place.ID, "19990000005", w)
		_, number, _, _ := sim.MadeUp(7, 7, region)
		_, err = c.Stations.ReceiveWalkIn(c.clerk, station.Receive{Keyed: c.key(), PlaceID: place.ID,
			IDNumber: number, CardSeen: true})
		c.ok(err)
		help := d.site.with(c.session("19990000005"))
		page := "/s/" + place.ID + "/people/" + w.id
		want(t, "no class", help.open(page), http.StatusOK, "附近没有可以报名的培训班")
		id := c.class("")
		want(t, "a class", help.open(page), http.StatusOK, "叉车入门", "替他报名", "叉车驾驶")
		to := page + "/enrolments/" + id
		want(t, "no authority", help.post(to, url.Values{"help_id": {"hlp_no"}}), http.StatusNotFound)
		wentTo(t, "a seat", help.post(to, url.Values{"help_id": {helpID}}), page)
		want(t, "once", help.post(to, url.Values{"help_id": {helpID}}), http.StatusConflict,
			"alert-danger")
		if n := c.count(`SELECT COUNT(*) FROM services s JOIN enrolments e ON e.id = s.ref
			WHERE s.kind = 'training' AND e.worker_id = $1 AND e.class_id = $2`, w.id, id); n != 1 {
			t.Errorf("%d lines in the ledger", n)
		}
		c.lawful()
	})
}

// wanting publishes a vacancy that asks for a skill, a week from now, and gives its shift.
func (c *town) wanting(skill string) string {
	c.t.Helper()
	v := c.vacancy(2)
	v.Required = []string{skill}
	for i := range v.Shifts {
		v.Shifts[i].StartsAt = v.Shifts[i].StartsAt.AddDate(0, 0, 7)
		v.Shifts[i].EndsAt = v.Shifts[i].EndsAt.AddDate(0, 0, 7)
	}
	made, err := c.Market.PublishVacancy(c.employer.ctx, v)
	c.ok(err)
	return made.ShiftIDs[0]
}

// lacks fails when the page holds a text.
func (b *browser) lacks(text string) *browser {
	b.s.c.t.Helper()
	if strings.Contains(b.body, text) {
		b.s.c.t.Errorf("%s shows %q", b.path, text)
	}
	return b
}
