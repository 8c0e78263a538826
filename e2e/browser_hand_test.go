package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
)

// enters logs a phone in.
func (b *chrome) enters(phone string) {
	b.c.t.Helper()
	b.open("/login?lang=zh-CN")
	b.typeIn("phone", phone)
	b.tap("form[action$='/login/code'] button")
	b.sms(phone)
	b.tap("form[action$='/login'] button")
}

// Goal: the pages around the work — applications with an interview, hours and their appeal, how it
// was, skills and free hours, a call back, a number to call — are read by axe without a serious
// finding, fit a phone of 360 × 740 and a screen of 1440 × 900, and no script fails on them.
func TestBrowserAroundTheWork(t *testing.T) {
	t.Parallel()
	for _, wide := range []int64{360, 1440} {
		t.Run(fmt.Sprint(wide), func(t *testing.T) {
			t.Parallel()
			c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
			b := openChrome(t, c, serve(c).url, true, wide, 740)
			aroundTheWork(c, b)
			c.lawful()
		})
	}
}

func aroundTheWork(c *town, b *chrome) {
	c.t.Helper()
	w := c.newWorker(1)
	_, err := c.Stations.CreatePlace(people.AsSystem(c.t.Context(), "test"),
		station.CreatePlace{Keyed: c.key(), Kind: "relay_station", Name: "零工驿站一号",
			Address: "演示路2号", Region: region, LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
	c.ok(err)
	_, err = c.Skills.AddSkill(w.ctx, skill.AddSkill{Keyed: c.key(), WorkerID: w.id, Skill: c.skill()})
	c.ok(err)
	p := c.accept(w, c.shift(1))
	c.work(w, p)
	c.clk.Add(time.Hour)
	b.enters(w.phone)
	path := "/placements/" + p.ID
	b.open(path)
	b.tap("form[action$='/call'] button")
	b.says("中间号")
	b.open(path + "/hours")
	b.typeIn("reason", "多干了半小时")
	b.tap("form[action$='/hours'] button")
	b.says("已提交")
	b.open(path + "/feedback")
	for _, ask := range []string{"paid", "safe", "treated_well"} {
		b.tick("[name=" + ask + "][value=true]")
	}
	b.tap("form[action$='/feedback'] button")
	b.says("谢谢")

	vacancyID, shiftID := c.monthly(2)
	b.open("/shifts/" + shiftID)
	b.tap("form[action$='/apply'] button")
	b.says("报名成功")
	id := c.text(`SELECT id FROM applications WHERE vacancy_id = $1`, vacancyID)
	_, err = c.Market.Shortlist(c.employer.ctx, c.choice(id))
	c.ok(err)
	c.slotIn(vacancyID, 48*time.Hour, 1)
	b.open("/me/applications")
	b.tap("form[action$='/interview'] button")
	b.says("面试：")
	_, err = c.Market.OfferApplication(c.employer.ctx,
		market.OfferApplicant{Choice: c.choice(id), ShiftID: shiftID})
	c.ok(err)
	b.open("/me/applications")
	b.says("去答复")

	b.open("/me/free")
	b.tick("[name='free.0.days'][value='1']")
	b.tick("[name=open]")
	b.tick("[name=crafts]")
	b.typeIn("words", "做了十年面点")
	b.tap("form[action$='/me/free'] button")
	b.says("已保存")
	b.open("/?q=潜水艇&region=" + region)
	b.tap(".gy-empty .gy-btn")
	b.typeIn("words", "超市理货")
	b.tap("form[action$='/callback'] button")
	b.says("等回电")
	b.open("/me")
}

// hides fails the test if the page shows one of the words.
func (b *chrome) hides(words ...string) {
	t := b.c.t
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("body")))
	b.c.ok(err)
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Fatalf("the page has %q: %s", w, text)
		}
	}
}

// Goal: without network a phone shows the schedule and the card that it has kept, and says from
// when; any other page, and a form, is the offline page, which says what happened. A log-out, and
// whoever logs in next, leave nothing of it.
func TestBrowserWithoutNetwork(t *testing.T) {
	t.Parallel()
	c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
	w, next := c.newWorker(1), c.newWorker(2)
	c.accept(w, c.shift(1))
	var b *chrome
	face := c.Web(app.Face{Name: "测试城", Region: region[:2], Hotline: "12333"}).Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if b.alone.Load() {
			panic(http.ErrAbortHandler) // no answer: as without network
		}
		face.ServeHTTP(rw, r)
	}))
	t.Cleanup(srv.Close)
	b = openChrome(t, c, srv.URL, true, 360, 740)
	b.enters(w.phone)
	ready, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`navigator.serviceWorker.ready
		.then(() => navigator.serviceWorker.controller ? true : new Promise((done) =>
			navigator.serviceWorker.addEventListener('controllerchange', () => done(true))))`,
		chromedp.EvalAwaitPromise))
	if err != nil || !ready {
		t.Fatalf("no service worker: %v", err)
	}
	b.open("/wages")
	b.open("/schedule")
	b.says("分拣员第")
	b.open("/me/pass")

	b.left.Store(true)
	b.alone.Store(true)
	b.open("/schedule")
	b.says("没有网络。这是", "分拣员第")
	b.open("/me/pass")
	b.says("没有网络。这是", "我的出示码")
	for _, path := range []string{"/wages", "/me", "/shifts/x"} {
		b.open(path)
		b.says("现在连不上网")
		b.hides("分拣员第", "¥")
	}
	b.alone.Store(false)
	b.open("/callback")
	b.typeIn("words", "超市理货")
	b.alone.Store(true)
	b.tap("form[action$='/callback'] button")
	b.says("可能没有发出去")

	b.alone.Store(false)
	b.open("/schedule")
	b.hides("没有网络")
	b.open("/me")
	b.tap("form[action$='/logout'] button")
	b.alone.Store(true)
	b.open("/schedule")
	b.says("现在连不上网")
	b.hides("分拣员第")
	b.alone.Store(false)
	b.enters(next.phone)
	b.open("/schedule")
	b.alone.Store(true)
	b.open("/schedule")
	b.says("没有网络。这是")
	b.hides("分拣员第")
}

// Goal: a clerk sets up the second step at a phone and at a screen, and takes it at the next
// log-in; its pages are read by axe and fit.
func TestBrowserSecondStep(t *testing.T) {
	t.Parallel()
	for _, wide := range []int64{360, 1440} {
		t.Run(fmt.Sprint(wide), func(t *testing.T) {
			t.Parallel()
			c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
			b := openChrome(t, c, serve(c).url, true, wide, 740)
			b.enters("19990000001")
			b.open("/me/second")
			b.tap("form[action$='/me/second'] button")
			b.says("用验证器扫")
			secret, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(".gy-pass strong")))
			c.ok(err)
			b.typeIn("code", authenticator(t, secret, c.clk.Now()))
			b.tap("form[action$='/confirm'] button")
			b.says("恢复码")
			b.open("/me/second")
			b.says("已启用")
			b.open("/g")
			b.tap("form[action$='/logout'] button")
			b.enters("19990000001")
			b.says("验证器里的6位数字")
			b.typeIn("code", "000000")
			b.tap("form[action$='/login/second'] button")
			b.says("验证码不对")
			b.typeIn("code", authenticator(t, secret, c.clk.Now()))
			b.tap("form[action$='/login/second'] button")
			b.hides("验证器里的6位数字")
		})
	}
}
