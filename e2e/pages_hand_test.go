package e2e

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
)

// enters logs a worker's phone in.
func (b *browser) enters(w who) *browser {
	b.s.c.t.Helper()
	b.open("/login")
	b.send("/login/code", map[string]string{"phone": w.phone}).shows(200, "6位验证码")
	return b.send("/login", map[string]string{"code": b.s.c.code(w.phone)})
}

// Goal: without script a worker applies for work by the month, books an interview, cancels, books
// again, takes the offer and sees the state; a second wish is taken back.
func TestPagesApplications(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		vacancyID, shiftID := c.monthly(2)
		b := s.visitor().enters(w)
		b.open("/me/applications").shows(200, "还没有报名")
		b.open("/shifts/"+shiftID).shows(200, "报名", "12个月", "约面试")
		b.send("/apply", nil).shows(200, "报名成功", "已报名", "演示物流")
		b.open("/shifts/"+shiftID).send("/apply", nil).shows(409, "报名")
		id := c.text(`SELECT id FROM applications WHERE vacancy_id = $1`, vacancyID)
		path := "/me/applications/" + id
		_, err := c.Market.Shortlist(c.employer.ctx, c.choice(id))
		c.ok(err)
		b.open("/me/applications").shows(200, "想见您", "没有时间可选")
		slot := c.slotIn(vacancyID, 48*time.Hour, 1)
		b.open("/me/applications").shows(200, "选面试时间", "演示路1号")
		b.send(path+"/interview", map[string]string{"slot_id": "none"}).shows(404, "想见您")
		b.send(path+"/interview", map[string]string{"slot_id": slot}).
			shows(200, "面试：", "演示路1号")
		b.send(path+"/interview-cancellation", nil).shows(200, "选面试时间")
		b.send(path+"/interview", map[string]string{"slot_id": slot}).shows(200, "面试：")
		a := c.offerToID(id, shiftID)
		b.open("/me/applications").shows(200, "录用了，等您答复", "去答复")
		b.open("/placements/"+a).send("/accept", nil).shows(200, "电子合同")
		b.open("/me/applications").shows(200, "已录用", "看这份工作")

		other, _ := c.monthly(1)
		declined := c.apply(w, other)
		b.open("/me/applications").send(declined.ID+"/withdrawal", nil).shows(200, "已撤回")
		stranger := s.visitor().enters(c.newWorker(2))
		stranger.open("/me/applications").shows(200, "还没有报名")
		c.lawful()
	})
}

// offerToID offers an application's worker the shift and gives the placement.
func (c *town) offerToID(applicationID, shiftID string) string {
	c.t.Helper()
	o, err := c.Market.OfferApplication(c.employer.ctx,
		market.OfferApplicant{Choice: c.choice(applicationID), ShiftID: shiftID})
	c.ok(err)
	return o.PlacementID
}

// Goal: after a shift the worker sees the clock's times and until when they can be appealed, asks
// for others, answers the employer's, and says once how it was; what was typed stays after a fault.
func TestPagesHoursAndFeedback(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		p := c.accept(w, c.shift(1))
		b := s.visitor().enters(w)
		path := "/placements/" + p.ID
		b.open(path).shows(200, "去签合同", "打电话给对方", "导航过去")
		b.send("/call", nil).shows(200, "中间号", "tel:9501")
		b.open(path+"/hours").shows(200, "还没有打卡记录")
		b.open(path+"/feedback").send("/feedback", map[string]string{"paid": "true", "safe": "true",
			"treated_well": "true"}).shows(409, "checked")
		c.work(w, p)
		c.clk.Add(time.Hour)
		from, to := boxTime(p.StartsAt), boxTime(p.EndsAt.Add(30*time.Minute))
		b.open(path).shows(200, "工时和更正", "评价这次用工")
		b.open(path+"/hours").shows(200, "7小时30分", "前可以申请", `value="`+from+`"`)
		b.send("/hours", map[string]string{"started_at": from, "ended_at": from, "reason": "多干了"}).
			shows(422, `value="多干了"`)
		b.send("/hours", map[string]string{"started_at": from, "ended_at": to, "reason": "多干了半小时"}).
			shows(200, "已提交", "等答复", "多干了半小时", "用工方要在")
		_, err := c.Attendance.AnswerCorrection(c.employer.ctx, attendance.Answer{Keyed: c.key(),
			CorrectionID: c.text(`SELECT id FROM corrections`), EmployerID: c.employer.id, Grant: true})
		c.ok(err)
		b.open(path+"/hours").shows(200, "已更正", "8小时0分")
		_, err = c.Attendance.ProposeTimes(c.employer.ctx, attendance.Propose{Keyed: c.key(),
			PlacementID: p.ID, EmployerID: c.employer.id, StartedAt: p.StartsAt,
			EndedAt: p.EndsAt.Add(-time.Hour), Reason: "早走了"})
		c.ok(err)
		b.open(path+"/hours").shows(200, "用工方提出的工时", "早走了", "不会少发工资")
		b.send("/hours/answer", map[string]string{"grant": "false"}).shows(200, "已答复", "没有同意")
		b.open(path+"/feedback").shows(200, "给足了吗").send("/feedback",
			map[string]string{"paid": "true", "safe": "", "treated_well": "false"}).
			shows(422, "每个问题")
		b.send("/feedback", map[string]string{"paid": "true", "safe": "true",
			"treated_well": "false"}).shows(200, "谢谢")
		if c.count(`SELECT COUNT(*) FROM credit_feedback WHERE side = 'worker' AND treated = 'no'`) != 1 {
			t.Error("no feedback")
		}
		c.clk.Add(72 * time.Hour)
		b.open(path+"/hours").shows(200, "现在过了", "投诉")
		stranger := s.visitor().enters(c.newWorker(2))
		for _, page := range []string{"/hours", "/feedback"} {
			stranger.open(path+page).shows(404, "没有")
		}
		c.lawful()
	})
}

// Goal: "I have a skill": free hours and skills are published, wrong ones refused with what was
// typed; who finds nothing asks for a call, and a station takes and closes it.
func TestPagesFreeHoursAndCallback(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, w := serve(c), c.newWorker(1)
		sys := people.AsSystem(t.Context(), "test")
		_, err := c.Stations.CreatePlace(sys, station.CreatePlace{Keyed: c.key(),
			Kind: "relay_station", Name: "零工驿站一号", Address: "演示路2号", Region: region,
			LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
		c.ok(err)
		_, err = c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(), Phone: "19990000005",
			Name: "吴九", Roles: []people.Role{people.RoleStation}})
		c.ok(err)
		c.shift(1)
		b := s.visitor().enters(w)
		b.open("/me/skills").send("/me/skills", map[string]string{"skill": c.skill()}).shows(200, "已保存")
		b.open("/me/free").shows(200, "零工驿站一号", "给用工方看哪些手艺")
		said := map[string]string{"from": "106562880,29556742", "reach_m": "10000",
			"free.0.days": "1", "free.0.from_min": "480", "free.0.to_min": "480", "floor_fen": "25.5",
			"words": "做了十年面点", "open": "true", "crafts": c.skill()}
		b.send("/me/free", said).shows(422, "做了十年面点", `value="25.5"`)
		said["floor_fen"] = "贵"
		b.send("/me/free", said).shows(422, `value="贵"`)
		said["floor_fen"], said["free.0.to_min"] = "25.5", "1080"
		b.send("/me/free", said).shows(200, "已保存", "公开到")
		if c.count(`SELECT COUNT(*) FROM availabilities WHERE floor_fen = 2550 AND open`) != 1 {
			t.Error("not kept: ", c.text(`SELECT free FROM availabilities`))
		}
		b.open("/?q=潜水艇&region="+region).shows(200, "请客服回电")
		b.open("/callback?words=潜水艇").shows(200, "潜水艇")
		b.send("/callback", map[string]string{"words": ""}).shows(422, "想找什么活")
		b.send("/callback", map[string]string{"words": "修潜水艇"}).shows(200, "已登记", "等回电", "修潜水艇")

		id := c.text(`SELECT id FROM callbacks`)
		help := s.with(c.session("19990000005"))
		want(t, "the queue", help.open("/calls"), http.StatusOK, "修潜水艇",
			w.phone[:3]+"****", "!"+w.phone)
		want(t, "a worker", s.with(c.session(w.phone)).open("/calls"), http.StatusForbidden)
		taken := help.post("/calls/"+id+"/take", url.Values{})
		want(t, "taken", taken, http.StatusOK, "tel:"+w.phone)
		want(t, "no outcome", help.post("/calls/"+id+"/close", url.Values{}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "closed", help.post("/calls/"+id+"/close",
			url.Values{"outcome": {"advised"}}), "/calls")
		b.open("/callback").shows(200, "已回电", "给了建议")
		c.lawful()
	})
}

// Goal: an employer calls a worker of its shift by a masked number from the board.
func TestPagesBoardCalls(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		shift := c.shift(1)
		w := c.newWorker(2)
		p := c.accept(w, shift)
		path := "/e/shifts/" + shift
		want(t, "the board", d.boss.open(path), http.StatusOK, "/people/"+p.ID+"/call")
		want(t, "called", d.boss.post(path+"/people/"+p.ID+"/call", url.Values{}), http.StatusOK,
			"tel:9501", "!"+w.phone)
	})
}
