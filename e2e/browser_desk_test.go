package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

// deskStory is one way of looking at the desks: in its own browser, with people of its own, in a
// city that the others share.
type deskStory struct {
	*chrome
	n                       int // tells this story's people from the others'
	boss                    who
	clerk                   string // a session
	second                  string // the account of another clerk
	clerkPhone, secondPhone string
	place                   station.PlaceView // of the counter
}

// Goal: an employer comes from registration to a published vacancy, people by shift, a replaced
// no-show, hours confirmed in bulk, money and statement; a clerk vets, decides at the gate, has a
// late wage pursued to its end, and answers a complaint; a station receives a walk-in and applies
// by authority. On a phone and on a wide screen, with and without script: axe finds nothing
// serious, no script fails, no page is wider than the screen.
func TestBrowserDesks(t *testing.T) {
	t.Parallel()
	if !browserWanted() {
		t.Skip("browser tests run with GONGYI_REQUIRE=browser")
	}
	c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
	s := serve(c)
	for i, way := range ways {
		n := 11 + i
		// One after the other: they share the clock of the city.
		t.Run(way.String(), func(t *testing.T) {
			in := *c
			in.t, in.keys = t, n*1000
			d := &deskStory{chrome: openChrome(t, &in, s.url, way.scripts, way.width, way.height), n: n}
			d.staff()
			d.enters()
			d.publishes()
			d.runsShift()
			d.pursues()
			d.answers()
			d.serves()
			in.lawful()
			c.vacancies = in.vacancies
		})
	}
}

// staff puts two clerks into the bureau and somebody behind a counter.
func (d *deskStory) staff() {
	c := d.c
	sys := people.AsSystem(context.Background(), "test")
	made := func(phone, name string, role people.Role) (string, string) {
		v, err := c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(), Phone: phone, Name: name,
			Roles: []people.Role{role}})
		c.ok(err)
		return v.AccountID, c.session(phone)
	}
	d.clerkPhone = fmt.Sprintf("19990001%03d", d.n)
	d.secondPhone = fmt.Sprintf("19990002%03d", d.n)
	_, d.clerk = made(d.clerkPhone, "经办甲", people.RoleClerk)
	d.second, _ = made(d.secondPhone, "经办乙", people.RoleClerk)
	account, _ := made(fmt.Sprintf("19990003%03d", d.n), "驿站小吴", people.RoleStation)
	var err error
	d.place, err = c.Stations.CreatePlace(c.clerk, station.CreatePlace{Keyed: c.key(),
		Kind: "relay_station", Name: fmt.Sprintf("零工驿站%d号", d.n), Address: "演示路2号",
		Region: region, LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
	c.ok(err)
	_, err = c.Stations.AssignStaff(c.clerk, station.AssignStaff{Keyed: c.key(), PlaceID: d.place.ID,
		AccountID: account})
	c.ok(err)
}

// as puts another session into the browser: another person at another desk.
func (b *chrome) as(session string) {
	b.c.t.Helper()
	b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{
			Name: web.SessionCookie, Value: session, URL: b.url + "/"})
		return chromedp.Void{}, err
	})
}

// fill types into the boxes of the form that leads to the action's end; a select is chosen, a tick
// box ticked by "on".
func (b *chrome) fill(action string, boxes map[string]string) {
	b.c.t.Helper()
	form := "form[action$='" + action + "'] "
	for name, text := range boxes {
		at := chromedp.CSS(form + "[name='" + name + "']")
		switch {
		case text == "on":
			b.do(chromedp.Click(chromedp.CSS(form + "input[type=checkbox][name='" + name + "']")))
		case strings.HasPrefix(text, "file:"):
			b.do(chromedp.SetUploadFiles(at, []string{strings.TrimPrefix(text, "file:")}))
		default:
			b.do(chromedp.SetValue(at, text))
		}
	}
}

// press sends the form that leads to the action's end by its first button, or by the one of that
// name.
func (b *chrome) press(action string, name ...string) {
	b.c.t.Helper()
	button := "button:not([name])"
	if len(name) > 0 {
		button = "button[name='" + name[0] + "']"
	}
	b.tap("form[action$='" + action + "'] " + button)
}

// enters is an employer who logs in for the first time and is vetted.
func (d *deskStory) enters() {
	c, t := d.c, d.c.t
	phone := fmt.Sprintf("19970000%03d", d.n)
	d.open("/e?lang=zh-CN")
	d.typeIn("phone", phone)
	d.tap("form[action$='/login/code'] button")
	d.typeIn("code", c.code(phone))
	d.tap("form[action$='/login'] button")
	name := fmt.Sprintf("小面馆%d", d.n)
	d.fill("/e/register", map[string]string{"uscc": sim.USCC(region, d.n), "name": name,
		"principal": "钱七", "region": "没有这个县", "address": "解放碑1号"})
	d.press("/e/register")
	d.says("区县")
	d.fill("/e/register", map[string]string{"region": "重庆市渝中区"})
	d.press("/e/register")
	d.says(name, "营业执照")
	d.boss.id = c.text(`SELECT id FROM employers WHERE name = $1`, name)
	d.boss.accountID = c.text(`SELECT account_id FROM employers WHERE id = $1`, d.boss.id)
	d.boss.ctx = people.WithActor(context.Background(), people.Actor{AccountID: d.boss.accountID,
		EmployerID: d.boss.id, Roles: []people.Role{people.RoleEmployer}})
	d.boss.phone = phone

	paper := filepath.Join(t.TempDir(), "licence.pdf")
	c.ok(os.WriteFile(paper, []byte("%PDF-1.7 a licence"), 0o600))
	d.fill("/e/papers", map[string]string{"kind": "licence", "file": "file:" + paper,
		"number": sim.USCC(region, d.n), "valid_until": "2099-12-31"})
	d.press("/e/papers")
	d.says("材料已登记")
	d.fill("/e/places", map[string]string{"name": "面馆后厨", "region": "重庆市渝中区",
		"address": "解放碑1号", "lat_e6": "29.556742", "lon_e6": "106.56288"})
	d.press("/e/places")
	d.says("面馆后厨")
	d.boss.placeID = c.text(`SELECT id FROM places WHERE employer_id = $1`, d.boss.id)
	e, err := c.People.ShowEmployer(d.boss.ctx, people.GetEmployer{EmployerID: d.boss.id})
	c.ok(err)
	for _, in := range sim.Dossier(e, func(string) deed.Keyed { return c.key() }) {
		if in.Kind != market.DocLicence {
			_, err := c.Market.AddDocument(d.boss.ctx, in)
			c.ok(err)
		}
	}
	d.open("/e")

	d.as(d.clerk)
	d.open("/g")
	d.open("/g/employers")
	d.says(name)
	d.tap("a[href$='/g/employers/" + d.boss.id + "']")
	d.says("钱七", "营业执照")
	d.fill("/vet", map[string]string{"decision": "vetted", "reason": "材料齐全"})
	d.press("/vet")
	d.says("已通过准入审核")
	c.fund(d.boss, 1_000_000)
}

// publishes is the employer's first vacancy, which a clerk has to look at.
func (d *deskStory) publishes() {
	c := d.c
	d.as(c.session(d.boss.phone))
	d.open("/e")
	d.open("/e/vacancies/new")
	from := c.clk.Now().Add(26 * time.Hour).Truncate(time.Hour)
	title := fmt.Sprintf("面馆帮工%d", d.n)
	d.fill("/e/vacancies", map[string]string{"title": title, "content": "只要女性，洗碗备菜。",
		"occupation": "4-02-06-01", "place_id": d.boss.placeID, "plan_id": c.planID, "rate_fen": "25",
		"shifts.0.starts_at": boxTime(from), "shifts.0.ends_at": boxTime(from.Add(8 * time.Hour)),
		"shifts.0.heads": "3", "shifts.0.break_min": "30"})
	d.press("/e/vacancies")
	d.says("只要女性")
	d.fill("/e/vacancies", map[string]string{"content": "洗碗备菜。形象好。"})
	d.press("/e/vacancies")
	d.says(title, "等待")
	id := c.text(`SELECT id FROM vacancies WHERE title = $1`, title)
	d.as(d.clerk)
	d.open("/g/vacancies")
	d.tap("a[href$='/g/vacancies/" + id + "']")
	d.says("形象好")
	d.do(chromedp.Click(chromedp.CSS("input[value=no_national_ban]")),
		chromedp.Click(chromedp.CSS("input[value=not_of_worker]")))
	d.fill("/g/vacancies/"+id, map[string]string{"ground": "与岗位有关"})
	d.press("/g/vacancies/" + id)
	d.says("决定已记录")
	d.as(c.session(d.boss.phone))
	d.open("/e/vacancies?q=" + title)
	d.says(title, "已公开")
}

// runsShift is a shift with one who comes and one who does not.
func (d *deskStory) runsShift() {
	c := d.c
	c.employer, d.boss = d.boss, c.employer // the helpers of the town act for the story's employer
	defer func() { c.employer, d.boss = d.boss, c.employer }()
	shift := c.text(`SELECT id FROM shifts WHERE vacancy_id = (SELECT id FROM vacancies
		WHERE title = $1)`, fmt.Sprintf("面馆帮工%d", d.n))
	w, late := c.newWorker(d.n*10), c.newWorker(d.n*10+1)
	p, q := c.accept(w, shift), c.accept(late, shift)
	c.sign(w, p.ContractID)
	c.ok(c.box.SetFault(sandbox.Rule{Call: "bank.payouts", Kind: sandbox.Error, RateBP: 10_000}))
	d.as(c.session(c.employer.phone))
	d.open("/e/shifts")
	d.open("/e/shifts/" + shift)
	c.clk.Set(p.StartsAt)
	_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	c.clk.Set(p.StartsAt.Add(30 * time.Minute))
	d.as(c.session(c.employer.phone))
	d.open("/e/shifts/" + shift)
	d.says("未到")
	d.press("/people/" + q.ID + "/replace")
	d.says("已记为未到")
	d.open("/e/places/" + c.employer.placeID + "/qr")
	c.clk.Set(p.EndsAt)
	_, err = c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
	c.ok(err)
	d.as(c.session(c.employer.phone))
	d.open("/e/hours")
	d.press("/e/hours")
	d.says("工时已确认")
	d.open("/e/money")
	d.says("充值", "资金流水")
	d.open("/e/roster")
	d.open("/e/credit")
	d.open("/e/company")
}

// pursues is a wage that is late: it has an owner, and a matter goes from one clerk to the other.
func (d *deskStory) pursues() {
	c := d.c
	for range 5 { // the bank does not answer
		c.sweep(5 * time.Hour)
	}
	d.as(c.session(d.clerkPhone))
	d.open("/g/wages")
	line := c.text(`SELECT id FROM wage_lines WHERE employer_id = $1`, d.boss.id)
	d.tap("a[href*='subject_id=" + line + "']")
	d.fill("/g/matters", map[string]string{"owner_id": d.second, "words": "今天之内发到本人卡上",
		"due_on": string(civil.DateOf(c.clk.Now()).AddDays(1))})
	d.press("/g/matters")
	d.says("已交办", "经办乙")
	matter := c.text(`SELECT id FROM matters WHERE subject_id = $1`, line)
	d.as(c.session(d.secondPhone))
	d.open("/g/matters?which=mine")
	d.tap("a[href$='/g/matters/" + matter + "']")
	d.press("/accept")
	d.fill("/report", map[string]string{"words": "银行已受理"})
	d.press("/report")
	d.says("已报告")
	d.as(c.session(d.clerkPhone))
	d.open("/g/matters/" + matter)
	d.press("/close")
	d.says("已办结")
	c.ok(c.box.SetFault(sandbox.Rule{Call: "bank.payouts"}))
	for range 12 {
		c.sweep(time.Hour)
	}
	if n := c.count(`SELECT COUNT(*) FROM wage_lines WHERE id = $1 AND state = 'paid'`, line); n != 1 {
		c.t.Error("the late wage was not paid in the end")
	}
}

// answers is a complaint from its receipt to its answer.
func (d *deskStory) answers() {
	c := d.c
	made, err := c.Complaints.FileComplaint(c.newWorker(d.n*10+2).ctx, complaint.File{Keyed: c.key(),
		Kind: complaint.Fees, Subject: complaint.OnEmployer, SubjectID: d.boss.id,
		Words: "到场后要先交押金一百元。"})
	c.ok(err)
	path := "/g/complaints/" + made.ID
	d.as(c.session(d.clerkPhone))
	d.open("/g/complaints")
	d.tap("a[href$='" + path + "']")
	d.press(path + "/accept")
	d.press(path + "/investigate")
	d.fill(path+"/decide", map[string]string{"finding": "押金已退"})
	d.press(path + "/decide")
	d.fill(path+"/answer", map[string]string{"words": "押金已全部退还。"})
	d.press(path + "/answer")
	d.says("已答复")
	for _, p := range []string{"/g/bank", "/g/appeals", "/g/papers", "/g/files", "/g/policy",
		"/g/staff", "/g/audit", "/g/matters?which=closed"} {
		d.open(p)
	}
}

// serves is a walk-in at the counter: a number, the card, an authority, an application, the ledger.
func (d *deskStory) serves() {
	c := d.c
	c.employer, d.boss = d.boss, c.employer
	v := c.vacancy(2)
	v.Title, v.Settlement, v.Hire, v.WorkType = fmt.Sprintf("长期帮厨%d", d.n), market.Employer,
		"offer", "full_time"
	v.PayUnit, v.RateFen, v.PlanID = "month", 480_000, ""
	c.employer, d.boss = d.boss, c.employer
	v.EmployerID, v.PlaceID = d.boss.id, d.boss.placeID
	_, err := c.Market.PublishVacancy(d.boss.ctx, v)
	c.ok(err)
	at := "/s/" + d.place.ID
	d.as(d.session())
	d.open("/s")
	d.open(at + "/queue")
	d.fill("/queue", map[string]string{"kind": "work"})
	d.press("/queue")
	d.says("前面还有")
	d.open(at + "/queue")
	d.press("/queue/next")
	d.says("已叫号")
	d.open(at + "/screen")
	d.open(at)
	name, number, phone, _ := sim.MadeUp(7, d.n*10+3, region)
	d.tapOpen("details.gy-more > summary")
	d.fill("/walk-ins", map[string]string{"name": name, "id_number": number, "phone": phone,
		"region": "重庆市渝中区", "card_seen": "on"})
	d.press("/walk-ins")
	d.says(name, "还没有授权")
	d.press("/code")
	d.says("验证码已发到本人手机")
	d.fill("/help", map[string]string{"code": c.code(phone)})
	d.press("/help")
	d.says("已授权")
	d.press("/applications")
	d.says("已代为报名")
	d.fill("/services", map[string]string{"kind": "policy", "words": "讲了工伤保险"})
	d.press("/services")
	d.open(at + "/queue")
	d.tap("form[action*='/queue/trn_'] button:not([name])")
	d.open(at + "/ledger")
	d.says("代为报名", "讲了工伤保险")
	d.open(at + "/card")
	if n := c.count(`SELECT COUNT(*) FROM applications a JOIN workers w ON w.id = a.worker_id
		WHERE w.name = $1 AND a.recommended_by <> ''`, name); n != 1 {
		c.t.Error("nobody applied for the walk-in")
	}
}

// session is the counter's, renewed: the clock has run for days.
func (d *deskStory) session() string {
	return d.c.session(fmt.Sprintf("19990003%03d", d.n))
}

// tapOpen touches what opens a part of the same page.
func (b *chrome) tapOpen(selector string) {
	b.c.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}
