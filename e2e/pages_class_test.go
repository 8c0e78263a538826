package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/training"
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
		b.open("/classes?lon_e6=106562880&lat_e6=29556742&order=near").shows(200, "叉车入门", "0 m")
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
