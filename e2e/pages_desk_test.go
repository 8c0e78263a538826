package e2e

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/sandbox"
	"github.com/gongyi/gongyi/sim"
)

// text reads one value.
func (c *town) text(q string, args ...any) string {
	c.t.Helper()
	v, err := db.Get[string](c.t.Context(), c.DB, q, args...)
	c.ok(err)
	return v
}

// desks is a town with somebody at every desk.
type desks struct {
	*site
	nobody, boss, helper, clerk, director, auditor, worker *browser
}

func newDesks(c *town) desks {
	c.t.Helper()
	s := serve(c)
	d := desks{site: s}
	enter := func(phone string) *browser { return s.with(c.session(phone)) }
	sys := people.AsSystem(c.t.Context(), "test")
	for phone, roles := range map[string]people.Role{"19990000002": people.RoleDirector,
		"19990000003": people.RoleAuditor} {
		_, err := c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(), Phone: phone,
			Name: "王五", Roles: []people.Role{roles}})
		c.ok(err)
	}
	_, err := c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(), Phone: "19990000004",
		Name: "赵六", Roles: []people.Role{people.RoleSupervisor}, EmployerID: c.employer.id})
	c.ok(err)
	w := c.newWorker(1)
	d.nobody, d.boss, d.worker = s.with(""), enter(c.employer.phone), enter(w.phone)
	d.clerk, d.director = enter("19990000001"), enter("19990000002")
	d.auditor, d.helper = enter("19990000003"), enter("19990000004")
	return d
}

// Every page of a desk opens for whom it is, leads a visitor to the log-in and refuses others.
func TestPagesDesksFor(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		shift := c.shift(2)
		for _, p := range []string{"/e", "/e/vacancies", "/e/vacancies/new", "/e/shifts",
			"/e/shifts/" + shift, "/e/hours", "/e/money", "/e/roster", "/e/credit", "/e/company",
			"/e/places/" + c.employer.placeID + "/qr"} {
			want(t, "employer "+p, d.boss.open(p), http.StatusOK, "<h1")
			wentTo(t, "nobody "+p, d.nobody.open(p), "/login?next="+url.QueryEscape(p))
			want(t, "clerk "+p, d.clerk.open(p), http.StatusForbidden)
			wentTo(t, "worker "+p, d.worker.open(p), "/e/register")
		}
		for _, p := range []string{"/e/shifts", "/e/shifts/" + shift, "/e/hours", "/e/vacancies"} {
			want(t, "supervisor "+p, d.helper.open(p), http.StatusOK, "!/e/money")
		}
		want(t, "supervisor /e/money", d.helper.open("/e/money"), http.StatusForbidden)
		for _, p := range []string{"/g", "/g/employers", "/g/employers/" + c.employer.id, "/g/bank",
			"/g/complaints", "/g/files", "/g/policy", "/g/staff", "/g/audit", "/g/wages", "/g/paid",
			"/g/late", "/g/starts", "/g/published", "/g/intended", "/g/placed",
			"/g/signed"} {
			for who, b := range map[string]*browser{"clerk": d.clerk, "director": d.director,
				"auditor": d.auditor} {
				want(t, who+" "+p, b.open(p), http.StatusOK, "<h1")
			}
			wentTo(t, "nobody "+p, d.nobody.open(p), "/login?next="+url.QueryEscape(p))
			want(t, "employer "+p, d.boss.open(p), http.StatusForbidden)
		}
		for _, p := range []string{"/g/vacancies", "/g/appeals"} {
			want(t, "director "+p, d.director.open(p), http.StatusOK, "<h1")
			want(t, "auditor "+p, d.auditor.open(p), http.StatusForbidden)
		}
		want(t, "clerk /g/papers", d.clerk.open("/g/papers"), http.StatusOK)
		want(t, "director /g/papers", d.director.open("/g/papers"), http.StatusForbidden)
		want(t, "no demo in a real city", d.nobody.open("/demo"), http.StatusNotFound)
		want(t, "no gallery either", d.nobody.open("/dev/gallery"), http.StatusNotFound)
	})
}

// boxTime is a day and time as a browser's box sends it.
func boxTime(t time.Time) string { return t.In(civil.Zone).Format("2006-01-02T15:04") }

// vacancyForm is a good vacancy as a person types it.
func vacancyForm(c *town, title string) url.Values {
	from := c.clk.Now().Add(26 * time.Hour)
	return url.Values{"title": {title}, "content": {"按单分拣。"}, "occupation": {"4-02-06-01"},
		"place_id": {c.employer.placeID}, "plan_id": {c.planID}, "pay_unit": {"hour"},
		"rate_fen": {"26.50"}, "settlement": {"platform"}, "work_type": {"part_time"},
		"hire": {"instant"}, "shifts.0.starts_at": {boxTime(from)},
		"shifts.0.ends_at": {boxTime(from.Add(8 * time.Hour))}, "shifts.0.heads": {"2"},
		"shifts.0.break_min": {"30"}, "shifts.1.starts_at": {""}, "shifts.1.heads": {""}}
}

// An employer publishes from the form; what the gate refuses comes back with its words and what was
// typed; the vacancy is found, sorted, exported and copied.
func TestPagesEmployerVacancy(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		bad := vacancyForm(c, "分拣员")
		bad.Set("content", "只要男性，35岁以下。")
		want(t, "refused", d.boss.post("/e/vacancies", bad), http.StatusUnprocessableEntity,
			"alert-danger", "只要男性，35岁以下。", `value="26.50"`, "is-invalid")
		poor := vacancyForm(c, "分拣员")
		poor.Set("rate_fen", "一百")
		want(t, "no amount", d.boss.post("/e/vacancies", poor), http.StatusUnprocessableEntity,
			"alert-danger", "一百")
		bad.Set("second", "on")
		want(t, "only checked", d.boss.post("/e/vacancies", bad), http.StatusOK, "alert-danger",
			"只要男性，35岁以下。", `value="26.50"`)
		try := vacancyForm(c, "夜班分拣")
		try.Set("second", "on")
		want(t, "nothing against it", d.boss.post("/e/vacancies", try), http.StatusOK, "检查通过",
			`value="夜班分拣"`)
		want(t, "while it is written", d.boss.post("/e/vacancies/check", vacancyForm(c, "夜班分拣")),
			http.StatusOK, "检查通过", "!<html")
		try.Set("content", "按单分拣。形象好。")
		want(t, "it would wait", d.boss.post("/e/vacancies/check", try), http.StatusOK, "形象好",
			"alert-warning")
		if c.count(`SELECT COUNT(*) FROM vacancies WHERE title = '夜班分拣'`) != 0 {
			t.Error("a check has published")
		}
		a := d.boss.post("/e/vacancies", vacancyForm(c, "夜班分拣"))
		wentTo(t, "published", a, "/e/vacancies/vac_")
		if c.count(`SELECT COUNT(*) FROM vacancies WHERE title = '夜班分拣' AND rate_fen = 2650
			AND state = 'published'`) != 1 {
			t.Error("the vacancy is not there")
		}
		path := strings.SplitN(a.header.Get("Location"), "?", 2)[0]
		want(t, "its page", d.boss.open(path), http.StatusOK, "¥26.50", "按单分拣。", "分拣中心")
		want(t, "a copy", d.boss.open("/e/vacancies/new?from="+strings.TrimPrefix(path,
			"/e/vacancies/")), http.StatusOK, `value="夜班分拣"`, `value="26.50"`, `value="2"`)
		wentTo(t, "another", d.boss.post("/e/vacancies", vacancyForm(c, "早班装卸")), "/e/vacancies/")
		month := vacancyForm(c, "仓库文员")
		for name, text := range map[string]string{"pay_unit": "month", "rate_fen": "5200",
			"settlement": "employer", "plan_id": "", "hire": "offer", "work_type": "full_time",
			"term": "fixed"} {
			month.Set(name, text)
		}
		want(t, "a fixed term of no length", d.boss.post("/e/vacancies", month),
			http.StatusUnprocessableEntity, "合同期限与计酬方式对不上", `value="仓库文员"`)
		month.Set("term_months", "12")
		a = d.boss.post("/e/vacancies", month)
		wentTo(t, "a year", a, "/e/vacancies/vac_")
		path = strings.SplitN(a.header.Get("Location"), "?", 2)[0]
		want(t, "its term", d.boss.open(path), http.StatusOK, "固定期限12个月")
		want(t, "its copy", d.boss.open("/e/vacancies/new?from="+strings.TrimPrefix(path,
			"/e/vacancies/")), http.StatusOK, `value="fixed" selected`, `value="12"`)
		want(t, "found", d.boss.open("/e/vacancies?q="+url.QueryEscape("夜班")+"&state=published"),
			http.StatusOK, "夜班分拣", "!早班装卸")
		want(t, "filtered", d.boss.open("/e/vacancies?state=closed"), http.StatusOK, "!夜班分拣")
		down := d.boss.open("/e/vacancies?sort=-0").body
		up := d.boss.open("/e/vacancies?sort=0").body
		if strings.Index(up, "夜班分拣") > strings.Index(up, "早班装卸") ==
			(strings.Index(down, "夜班分拣") > strings.Index(down, "早班装卸")) {
			t.Error("the order does not turn")
		}
		book := d.boss.open("/e/vacancies?export=xlsx")
		if !strings.HasPrefix(book.body, "PK") {
			t.Errorf("no workbook: %.80s", book.body)
		}
	})
}

// Somebody becomes an employer, adds a paper, and the bureau vets: the whole way in.
func TestPagesEmployerRegisters(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		newcomer := d.site.with(c.session("19977777777"))
		wentTo(t, "a newcomer", newcomer.open("/e"), "/e/register")
		form := url.Values{"uscc": {"91350100M000100Y44"}, "name": {"小面馆"}, "principal": {"钱七"},
			"region": {"重庆市渝中区"}, "address": {"解放碑1号"}}
		want(t, "a wrong code", newcomer.post("/e/register", form), http.StatusUnprocessableEntity,
			"alert-danger", "小面馆", "is-invalid")
		form.Set("uscc", "91350100M000100Y43")
		form.Set("region", "没有这个县")
		want(t, "no such county", newcomer.post("/e/register", form),
			http.StatusUnprocessableEntity, "没有这个县")
		form.Set("region", "重庆市渝中区")
		wentTo(t, "registered", newcomer.post("/e/register", form), "/e/company?done=registered")
		want(t, "its page", newcomer.open("/e/company?done=registered"), http.StatusOK, "小面馆",
			"alert-warning", "营业执照")

		a := newcomer.upload("/e/papers", "licence.jpg", []byte("\xff\xd8\xff\xe0 a picture"),
			map[string]string{"kind": "licence", "number": "91350100M000100Y43",
				"valid_until": "2099-12-31"})
		wentTo(t, "a paper", a, "/e/company?done=paper")
		want(t, "the queue", d.clerk.open("/g/employers"), http.StatusOK, "小面馆")
		id := c.text(`SELECT id FROM employers WHERE name = '小面馆'`)
		opened := d.clerk.post("/g/employers/"+id+"/documents/"+c.text(`SELECT id
			FROM employer_documents WHERE employer_id = $1`, id), url.Values{})
		if opened.status != http.StatusOK || !strings.HasSuffix(opened.body, "a picture") {
			t.Errorf("the paper: %d %.200s", opened.status, opened.body)
		}
		want(t, "vetting without the papers", d.clerk.post("/g/employers/"+id+"/vet",
			url.Values{"decision": {"vetted"}, "reason": {"好"}}), http.StatusConflict,
			"alert-danger", `value="好"`)
		wentTo(t, "refused", d.clerk.post("/g/employers/"+id+"/vet", url.Values{
			"decision": {"refused"}, "reason": {"材料不全"}}), "/g/employers/"+id)
		want(t, "told why", newcomer.open("/e"), http.StatusOK, "材料不全")
		at := url.Values{"name": {"后厨"}, "region": {"重庆市渝中区"}, "address": {"解放碑1号"},
			"radius_m": {"200"}}
		want(t, "nowhere", newcomer.post("/e/places", at), http.StatusUnprocessableEntity,
			"alert-danger", "后厨")
		public, err := c.Stations.CreatePlace(c.clerk, station.CreatePlace{Keyed: c.key(),
			Kind: "gig_market", Name: "零工市场", Address: "市场路1号", Region: region,
			LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
		c.ok(err)
		at.Set("near", public.ID)
		at.Set("region", "重庆市渝中区")
		wentTo(t, "where another is", newcomer.post("/e/places", at), "/e/company?done=place")
		if c.count(`SELECT COUNT(*) FROM places WHERE name = '后厨' AND lon_e6 = 106562880`) != 1 {
			t.Error("the place is elsewhere")
		}
		at.Del("near")
		at.Set("name", "前厅")
		at.Set("lon_e6", "106.566580") // as a phone map in GCJ-02 shows the place above
		at.Set("lat_e6", "29.553871")
		at.Set("datum", "gcj02")
		wentTo(t, "off a phone map", newcomer.post("/e/places", at), "/e/company?done=place")
		if off := c.count(`SELECT ABS(lon_e6 - 106562880) + ABS(lat_e6 - 29556742) FROM places
			WHERE name = '前厅'`); off > 2 {
			t.Errorf("%d millionths of a degree away", off)
		}
	})
}

// The board shows who came; a no-show is replaced, hours are confirmed, a shift is cancelled.
func TestPagesBoard(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		shift := c.shift(2)
		w, late := c.newWorker(2), c.newWorker(3)
		p, q := c.accept(w, shift), c.accept(late, shift)
		path := "/e/shifts/" + shift
		want(t, "what it costs", d.boss.open(path), http.StatusOK, "¥", "取消这个班次")
		want(t, "too early", d.boss.post(path+"/people/"+q.ID+"/replace", url.Values{}),
			http.StatusConflict, "alert-danger")
		c.sign(w, p.ContractID)
		c.clk.Set(p.StartsAt)
		_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		c.clk.Set(p.StartsAt.Add(30 * time.Minute))
		want(t, "one is missing", d.helper.open(path), http.StatusOK, "未到",
			"/people/"+q.ID+"/replace")
		wentTo(t, "replaced", d.helper.post(path+"/people/"+q.ID+"/replace", url.Values{}), path)
		if c.count(`SELECT COUNT(*) FROM placements WHERE state = 'no_show'`) != 1 {
			t.Error("no no-show")
		}
		c.clk.Set(p.EndsAt)
		r, err := c.Attendance.ClockOut(w.ctx, c.gate(w, p.ID))
		c.ok(err)
		want(t, "hours wait", d.boss.open("/e/hours"), http.StatusOK, r.LineID)
		wentTo(t, "confirmed", d.boss.post("/e/hours", url.Values{"line_ids": {r.LineID}}),
			"/e/hours?done=confirmed")
		want(t, "nothing ticked", d.boss.post("/e/hours", url.Values{}),
			http.StatusUnprocessableEntity, "alert-danger")
		c.clk.Add(2 * time.Hour)
		_, err = c.Attendance.AskCorrection(w.ctx, attendance.AskCorrection{Keyed: c.key(),
			PlacementID: p.ID, WorkerID: w.id, StartedAt: p.StartsAt,
			EndedAt: p.EndsAt.Add(time.Minute), Reason: "晚走了一分钟"})
		c.ok(err)
		id := c.text(`SELECT id FROM corrections`)
		want(t, "a correction", d.boss.open("/e/hours"), http.StatusOK, "晚走了一分钟")
		want(t, "denied without words", d.boss.post("/e/corrections/"+id,
			url.Values{"second": {"on"}}), http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "denied", d.boss.post("/e/corrections/"+id, url.Values{"second": {"on"},
			"words": {"监控里没有"}}), "/e/hours?done=answered")
		other := c.shift(1)
		wentTo(t, "cancelled", d.boss.post("/e/shifts/"+other+"/cancel",
			url.Values{"reason": {"没有货"}}), "/e/shifts/"+other)
		c.lawful()
	})
}

// Behind a counter a walk-in is registered with the card in hand, and services are logged;
// who works elsewhere is refused.
func TestPagesStation(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		sys := people.AsSystem(t.Context(), "test")
		staff, err := c.People.CreateStaff(sys, people.CreateStaff{Keyed: c.key(),
			Phone: "19990000005", Name: "吴九", Roles: []people.Role{people.RoleStation}})
		c.ok(err)
		place, err := c.Stations.CreatePlace(sys, station.CreatePlace{Keyed: c.key(),
			Kind: "relay_station", Name: "零工驿站一号", Address: "演示路2号", Region: region,
			LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
		c.ok(err)
		shift := c.shift(1)
		help := d.site.with(c.session("19990000005"))
		want(t, "the stations", help.open("/s"), http.StatusOK, "零工驿站一号")
		want(t, "not of this one", help.open("/s/"+place.ID), http.StatusForbidden)
		_, err = c.Stations.AssignStaff(c.clerk, station.AssignStaff{Keyed: c.key(),
			PlaceID: place.ID, AccountID: staff.AccountID})
		c.ok(err)
		want(t, "the counter", help.open("/s/"+place.ID), http.StatusOK, "分拣员", "¥")
		want(t, "an employer", d.boss.open("/s"), http.StatusForbidden)
		name, number, phone, _ := sim.MadeUp(7, 44, region)
		form := url.Values{"name": {name}, "id_number": {number}, "phone": {phone},
			"region": {"重庆市渝中区"}}
		want(t, "card not seen", help.post("/s/"+place.ID+"/walk-ins", form),
			http.StatusUnprocessableEntity, "alert-danger", name)
		form.Set("card_seen", "on")
		form.Set("region", "重庆市渝中区")
		done := help.post("/s/"+place.ID+"/walk-ins", form)
		wentTo(t, "registered", done, "/s/"+place.ID+"/people/wrk_")
		client, _, _ := strings.Cut(done.header.Get("Location"), "?")
		want(t, "the walk-in", help.open(client), http.StatusOK, name, "还没有授权", "!"+number)
		want(t, "no proof", help.post(client+"/help", url.Values{}), http.StatusUnprocessableEntity,
			"alert-danger")
		wentTo(t, "a code", help.post(client+"/code", url.Values{}), client)
		want(t, "a wrong code", help.post(client+"/help", url.Values{"code": {"12"}}),
			http.StatusUnprocessableEntity, `value="12"`)
		wentTo(t, "an authority", help.post(client+"/help", url.Values{"code": {c.code(phone)}}), client)
		want(t, "it stands", help.open(client), http.StatusOK, "已授权您代办")
		wentTo(t, "for the person", help.post(client+"/services", url.Values{"kind": {"policy"}}),
			client)
		want(t, "by the card", help.post("/s/"+place.ID+"/visits", url.Values{"id_number": {number}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "received", help.post("/s/"+place.ID+"/visits", url.Values{"id_number": {number},
			"card_seen": {"on"}}), client)
		wentTo(t, "logged", help.post("/s/"+place.ID+"/services", url.Values{
			"kind": {"rights"}, "words": {"教他怎么投诉"}}), "/s/"+place.ID+"/ledger")
		want(t, "the ledger", help.open("/s/"+place.ID+"/ledger"), http.StatusOK, "教他怎么投诉", "到店")
		queue := "/s/" + place.ID + "/queue"
		want(t, "nobody waits", help.post(queue+"/next", url.Values{}), http.StatusConflict,
			"alert-danger")
		taken := help.post(queue, url.Values{"kind": {"work"}})
		wentTo(t, "a number", taken, queue+"/trn_")
		turn := taken.header.Get("Location")
		want(t, "its slip", help.open(turn), http.StatusOK, "零工驿站一号", "前面还有 0 人")
		wentTo(t, "called", help.post(queue+"/next", url.Values{}), queue)
		want(t, "in the hall", help.open("/s/"+place.ID+"/screen"), http.StatusOK, "请到窗口")
		wentTo(t, "served", help.post(turn, url.Values{}), queue)
		want(t, "once", help.post(turn, url.Values{}), http.StatusConflict, "alert-danger")
		for _, p := range []string{"/card", "/card/" + shift} {
			want(t, "a card", help.open("/s/"+place.ID+p), http.StatusOK, "<svg")
		}
		if c.count(`SELECT COUNT(*) FROM workers WHERE name = $1`, name) != 1 {
			t.Error("nobody was registered")
		}
	})
}

// The bureau decides: a doubtful vacancy with a ground, a complaint from step to step, staff by a
// director and not by a clerk; an import runs from its page.
func TestPagesBureau(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		v := c.vacancy(1)
		v.Content = "按单分拣。形象好。"
		made, err := c.Market.PublishVacancy(c.employer.ctx, v)
		c.ok(err)
		if made.State != market.Waiting {
			t.Fatalf("published as %+v", made)
		}
		path := "/g/vacancies/" + made.ID
		want(t, "the queue", d.director.open("/g/vacancies"), http.StatusOK, v.Title, "演示物流")
		want(t, "one", d.clerk.open(path), http.StatusOK, "形象好")
		want(t, "no ground", d.clerk.post(path, url.Values{"ground": {"看过了"}}),
			http.StatusUnprocessableEntity, "alert-danger", "看过了")
		wentTo(t, "published", d.clerk.post(path, url.Values{"ground": {"看过了"},
			"legal_grounds": {"no_national_ban", "not_of_worker"}}), "/g/vacancies?done=decided")

		_, err = c.Complaints.FileComplaint(c.newWorker(5).ctx, complaint.File{Keyed: c.key(),
			Kind: complaint.Unpaid, Subject: complaint.OnEmployer, SubjectID: c.employer.id,
			Words: "工资没有到账"})
		c.ok(err)
		path = "/g/complaints/" + c.text(`SELECT id FROM complaints`)
		want(t, "complaints", d.auditor.open("/g/complaints"), http.StatusOK, "工资没有到账")
		want(t, "an auditor decides nothing", d.auditor.post(path+"/accept", url.Values{}),
			http.StatusForbidden)
		want(t, "refused without a reason", d.clerk.post(path+"/accept",
			url.Values{"second": {"on"}}), http.StatusUnprocessableEntity, "alert-danger")
		for _, step := range []struct {
			name string
			form url.Values
		}{
			{"accept", url.Values{}}, {"note", url.Values{"words": {"已调取流水"}}},
			{"investigate", url.Values{}}, {"decide", url.Values{"finding": {"银行已退回"}}},
			{"answer", url.Values{"words": {"已重新发放"}}},
		} {
			wentTo(t, step.name, d.clerk.post(path+"/"+step.name, step.form), path)
		}
		want(t, "the case", d.clerk.open(path), http.StatusOK, "已调取流水", "银行已退回", "已答复")

		form := url.Values{"name": {"周八"}, "phone": {"19966666666"}, "roles": {"clerk"}}
		want(t, "a clerk makes no clerk", d.clerk.post("/g/staff", form), http.StatusForbidden,
			"周八", "alert-danger")
		wentTo(t, "a director does", d.director.post("/g/staff", form), "/g/staff?done=staff")
		want(t, "it is there", d.auditor.open("/g/staff"), http.StatusOK, "周八", "199****6666",
			"!/g/staff/acc")
		left := c.text(`SELECT id FROM accounts WHERE name = '周八'`)
		want(t, "given", d.director.open("/g/audit"), http.StatusOK, "授予角色：经办人员")
		member := "/g/staff/" + left
		want(t, "no reason", d.director.post(member+"/end", url.Values{"roles": {"clerk"}}),
			http.StatusUnprocessableEntity, "alert-danger", "checked")
		wentTo(t, "taken back", d.director.post(member+"/end", url.Values{"roles": {"clerk"},
			"reason": {"调离"}}), "/g/staff?done=roles_ended")
		want(t, "gone", d.director.open(member), http.StatusNotFound)
		want(t, "taken", d.director.open("/g/audit"), http.StatusOK, "收回角色：经办人员", "周八", "调离")
		own := c.text(`SELECT id FROM accounts WHERE roles = 'director'`)
		want(t, "not one's own", d.director.open("/g/staff/"+own), http.StatusOK, "另一位负责人",
			"!/end")
		helper := c.text(`SELECT id FROM accounts WHERE roles = 'supervisor'`)
		wentTo(t, "a supervisor", d.boss.post("/e/supervisors/"+helper+"/end",
			url.Values{"reason": {"离职"}}), "/e/company?done=roles_ended")
		book := d.auditor.post("/g/export/employers", url.Values{})
		if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
			t.Errorf("no workbook: %d %.200s", book.status, book.body)
		}
		want(t, "policy", d.auditor.open("/g/policy?topic=credit"), http.StatusOK, "A 级至少多少分",
			"产品选择", "!非全日制最低小时工资", "!product", "!credit.a_points")
	})
}

// A matter about a late wage says when the wage is paid, by which voucher, and is closed in one
// step by whoever assigned it; not by its owner, and not by itself.
func TestPagesMatterSettled(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		w := c.newWorker(60)
		back := sandbox.Rule{Call: "bank.return", Kind: sandbox.Error, RateBP: 10_000}
		c.ok(c.box.SetFault(back))
		line := c.work(w, c.accept(w, c.shift(1))).LineID
		c.confirm(line)
		c.sweeps(3, 2*time.Minute)
		back.RateBP = 0
		c.ok(c.box.SetFault(back))
		c.sweeps(50, time.Hour) // the payment has come back

		d := newDesks(c)
		wages := d.director.open("/g/wages")
		want(t, "late", wages, http.StatusOK, "银行退回", "/g/vouchers?id=accrual")
		d.director.follow(wages.body, "/g/matters/new?kind=wage")
		done := d.director.post("/g/matters", url.Values{"kind": {"wage"}, "subject_id": {line},
			"owner_id": {people.ActorOf(c.clerk).AccountID}, "words": {"催发"},
			"due_on": {string(civil.DateOf(c.clk.Now()).AddDays(2))}})
		wentTo(t, "assigned", done, "/g/matters/mat_")
		path, _, _ := strings.Cut(done.header.Get("Location"), "?")
		want(t, "not settled", d.director.open(path), http.StatusOK, "!工资已到账", "!"+path+"/close")
		want(t, "not yet", d.director.post(path+"/close", url.Values{}), http.StatusConflict)

		_, _, _, card := sim.MadeUp(7, 99, region)
		_, err := c.People.SetBankCard(w.ctx, people.SetBankCard{Keyed: c.key(), WorkerID: w.id,
			CardNumber: card})
		c.ok(err)
		c.sweeps(4, 2*time.Minute)
		want(t, "in the list", d.auditor.open("/g/matters"), http.StatusOK, "工资已到账", "待接收")
		page := d.director.open(path)
		want(t, "settled", page, http.StatusOK, "工资已到账", "可以直接办结", path+"/close", "!退回时写明")
		if v := d.director.follow(page.body, "/g/vouchers?id=payout"); !strings.Contains(v, "¥187.50") {
			t.Errorf("the voucher:\n%s", v)
		}
		want(t, "an auditor reads", d.auditor.open(path), http.StatusOK, "工资已到账", "!"+path+"/close")
		want(t, "its owner", d.clerk.open(path), http.StatusOK, "工资已到账", "!"+path+"/close")
		want(t, "not its owner's", d.clerk.post(path+"/close", url.Values{}), http.StatusForbidden)
		wentTo(t, "closed", d.director.post(path+"/close", url.Values{}), path+"?done=matter_close")
		want(t, "and says why", d.clerk.open(path), http.StatusOK, "已办结", "工资已到账")
		c.lawful()
	})
}

// A matter goes through the desk's own forms; who may not act on it is told so.
func TestPagesMatters(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		dossier := "/g/employers/" + c.employer.id
		want(t, "a way to it", d.clerk.open(dossier), http.StatusOK, "kind=employer")
		want(t, "an auditor has none", d.auditor.open(dossier), http.StatusOK, "!kind=employer")
		want(t, "the form", d.director.open("/g/matters/new?kind=employer&subject_id="+c.employer.id),
			http.StatusOK, "演示物流", "经办员")
		form := url.Values{"kind": {"employer"}, "subject_id": {c.employer.id}, "words": {"补材料"},
			"owner_id": {people.ActorOf(c.clerk).AccountID}, "due_on": {"2020-01-01"}}
		want(t, "a day that is over", d.director.post("/g/matters", form),
			http.StatusUnprocessableEntity, "alert-danger", "补材料", "演示物流")
		form.Set("due_on", string(civil.DateOf(c.clk.Now()).AddDays(2)))
		want(t, "an auditor", d.auditor.post("/g/matters", form), http.StatusForbidden)
		done := d.director.post("/g/matters", form)
		wentTo(t, "assigned", done, "/g/matters/mat_")
		path, _, _ := strings.Cut(done.header.Get("Location"), "?")
		want(t, "in the list", d.auditor.open("/g/matters"), http.StatusOK, "演示物流", "王五")
		other, err := c.People.CreateStaff(people.AsSystem(t.Context(), "test"), people.CreateStaff{
			Keyed: c.key(), Phone: "19966660000", Name: "孙九", Roles: []people.Role{people.RoleClerk}})
		c.ok(err)
		for _, to := range []string{other.AccountID, form.Get("owner_id")} { // and back again
			want(t, "no reason", d.director.post(path+"/pass", url.Values{"owner_id": {to}}),
				http.StatusUnprocessableEntity, "alert-danger")
			wentTo(t, "given on", d.director.post(path+"/pass", url.Values{"owner_id": {to},
				"words": {"休假"}}), path+"?done=matter_pass")
		}
		want(t, "by whom", d.auditor.open(path), http.StatusOK, "转办", "休假", "!"+path+"/pass")
		want(t, "not the director's", d.director.post(path+"/accept", url.Values{}),
			http.StatusForbidden, "alert-danger")
		wentTo(t, "taken on", d.clerk.post(path+"/accept", url.Values{}), path)
		want(t, "no words", d.clerk.post(path+"/report", url.Values{}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "reported", d.clerk.post(path+"/report", url.Values{"words": {"已补"}}), path)
		want(t, "back without words", d.director.post(path+"/close", url.Values{"second": {"on"}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "closed", d.director.post(path+"/close", url.Values{}), path+"?done=matter_close")
		want(t, "among the closed", d.clerk.open("/g/matters?which=closed"), http.StatusOK, "演示物流")
		book := d.clerk.open("/g/matters?which=closed&export=xlsx")
		if !strings.HasPrefix(book.body, "PK") {
			t.Errorf("no workbook: %.80s", book.body)
		}
		c.lawful()
	})
}

// An employer's vacancies come in from a workbook: checked first, then for good, with its errors.
func TestPagesOwnFiles(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "the page", d.boss.open("/e/files"), http.StatusOK, "模板", "岗位")
		want(t, "a clerk's desk is another", d.clerk.open("/e/files"), http.StatusForbidden)
		template := d.boss.post("/e/templates/roster", url.Values{})
		if template.status != http.StatusOK || !strings.HasPrefix(template.body, "PK") {
			t.Fatalf("no template: %d %.200s", template.status, template.body)
		}
		name, number, phone, _ := sim.MadeUp(7, 60, region)
		book := c.workbook([]string{"姓名", "身份证号码", "手机号码"}, []string{name, number, phone},
			[]string{"李四", "1234", phone})
		form := map[string]string{"kind": "roster", "second": "on"}
		want(t, "checked", d.boss.upload("/e/imports", "职工.xlsx", book, form), http.StatusOK,
			"可以导入", "身份证")
		if n := c.count(`SELECT COUNT(*) FROM roster_entries`); n != 0 {
			t.Errorf("a check has let %d in", n)
		}
		want(t, "no workbook", d.boss.upload("/e/imports", "职工.xlsx", []byte("x"),
			map[string]string{"kind": "roster"}), http.StatusUnprocessableEntity, "alert-danger")
		delete(form, "second")
		done := d.boss.upload("/e/imports", "职工.xlsx", book, form)
		wentTo(t, "begun", done, "/e/imports/imp_")
		path := done.header.Get("Location")
		for range 10 {
			c.sweep(time.Second)
		}
		want(t, "done", d.boss.open(path), http.StatusOK, "已完成", "身份证")
		want(t, "another's", d.worker.open(path), http.StatusSeeOther)
		sheet := d.boss.post(path+"/sheet", url.Values{})
		if !strings.HasPrefix(sheet.body, "PK") {
			t.Errorf("no error sheet: %.200s", sheet.body)
		}
		if n := c.count(`SELECT COUNT(*) FROM roster_entries`); n != 1 {
			t.Errorf("%d came in", n)
		}
	})
}

// Work by the month from the desk: shortlist, a slot, an interview and its outcome, an offer that
// the worker accepts; who is refused is told on which ground.
func TestPagesApplicants(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		vacancy, shift := c.monthly(2)
		w, other := c.newWorker(2), c.newWorker(3)
		for _, who := range []who{w, other} {
			_, err := c.Market.Apply(who.ctx, market.Apply{Keyed: c.key(), VacancyID: vacancy,
				WorkerID: who.id, Note: "会电脑"})
			c.ok(err)
		}
		at := "/e/vacancies/" + vacancy
		path := at + "/people"
		want(t, "the way there", d.boss.open(at), http.StatusOK, path)
		want(t, "who applied", d.helper.open(path), http.StatusOK, "会电脑", "已报名")
		want(t, "a clerk's desk is another", d.clerk.open(path), http.StatusForbidden)
		id := c.text(`SELECT id FROM applications WHERE worker_id = $1`, w.id)
		no := c.text(`SELECT id FROM applications WHERE worker_id = $1`, other.id)
		want(t, "no such ground", d.boss.post(path+"/"+no+"/refuse", url.Values{"reason": {"age"}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "refused", d.boss.post(path+"/"+no+"/refuse", url.Values{"reason": {"hours"}}), path)
		wentTo(t, "shortlisted", d.boss.post(path+"/"+id+"/shortlist", url.Values{}), path)
		from := c.clk.Now().Add(time.Hour)
		slot := url.Values{"address": {"演示路1号"}, "capacity": {"2"},
			"starts_at": {boxTime(from)}, "ends_at": {boxTime(from.Add(-time.Hour))}}
		want(t, "it ends first", d.boss.post(at+"/slots", slot), http.StatusUnprocessableEntity,
			"alert-danger", "演示路1号")
		slot.Set("ends_at", boxTime(from.Add(time.Hour)))
		wentTo(t, "a slot", d.boss.post(at+"/slots", slot), path)
		_, err := c.Market.BookInterview(w.ctx, market.Book{Keyed: c.key(), WorkerID: w.id,
			ApplicationID: id, SlotID: c.text(`SELECT id FROM interview_slots`)})
		c.ok(err)
		want(t, "booked", d.boss.open(path), http.StatusOK, "已约")
		c.clk.Set(from)
		meeting := at + "/interviews/" + c.text(`SELECT id FROM interviews`) + "/outcome"
		wentTo(t, "passed", d.boss.post(meeting, url.Values{"outcome": {"passed"}}), path)
		wentTo(t, "offered", d.boss.post(path+"/"+id+"/offer", url.Values{"shift_id": {shift}}), path)
		want(t, "offered twice", d.boss.post(path+"/"+id+"/offer", url.Values{"shift_id": {shift}}),
			http.StatusConflict, "alert-danger")
		c.accept(w, shift)
		want(t, "accepted", d.boss.open(path), http.StatusOK, "已接受", "/e/shifts/"+shift)
		wentTo(t, "another slot", d.boss.post(at+"/slots", url.Values{"address": {"演示路1号"},
			"capacity": {"2"}, "starts_at": {boxTime(c.clk.Now().Add(9 * time.Hour))},
			"ends_at": {boxTime(c.clk.Now().Add(10 * time.Hour))}}), path)
		wentTo(t, "called off", d.boss.post(at+"/slots/"+c.text(`SELECT MAX(id) FROM interview_slots`)+
			"/cancel", url.Values{}), path)
		c.lawful()
	})
}

// What a clerk looks at again and what comes on paper: a public vacancy, a certificate, a name, a
// difference with the bank. Each form says why not, and keeps what was typed.
func TestPagesDecisions(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		shift := c.shift(1)
		vacancy := c.text(`SELECT vacancy_id FROM shifts WHERE id = $1`, shift)
		c.exec(`DELETE FROM vacancy_patrols`)
		c.exec(`INSERT INTO vacancy_patrols(vacancy_id, employer_id, state, words, reviewer_id, at_ms,
			answered_at_ms) VALUES ($1, $2, 'open', '', '', 1, 0)`, vacancy, c.employer.id)
		want(t, "a second look", d.clerk.open("/g/vacancies"), http.StatusOK, "/g/patrols/"+vacancy)
		path := "/g/patrols/" + vacancy
		want(t, "taken down without words", d.clerk.post(path, url.Values{"second": {"on"}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "fine", d.clerk.post(path, url.Values{}), "/g/vacancies?done=patrolled")
		want(t, "once", d.clerk.post(path, url.Values{}), http.StatusNotFound, "alert-danger")

		w := c.newWorker(4)
		paper, err := c.Skills.AddCertificate(w.ctx, skill.AddCertificate{Keyed: c.key(),
			WorkerID: w.id, Kind: "cert.health", Number: "500103002", IssuedOn: "2026-01-05",
			Evidence: strings.Repeat("ab", 32)})
		c.ok(err)
		path = "/g/certificates/" + paper.ID
		want(t, "it waits", d.clerk.open("/g/papers"), http.StatusOK, path)
		want(t, "a director", d.director.post(path, url.Values{}), http.StatusForbidden)
		want(t, "refused without a reason", d.clerk.post(path, url.Values{"second": {"on"}}),
			http.StatusUnprocessableEntity, "alert-danger")
		wentTo(t, "verified", d.clerk.post(path, url.Values{}), "/g/papers?done=decided")
		path = "/g/amendments/" + c.amend(w)
		want(t, "a name", d.clerk.open("/g/papers"), http.StatusOK, path, "王小芳")
		wentTo(t, "put right", d.clerk.post(path, url.Values{}), "/g/papers?done=decided")
		want(t, "once", d.clerk.post(path, url.Values{}), http.StatusConflict, "alert-danger")

		path = "/g/differences/" + c.difference()
		want(t, "an auditor reads", d.auditor.open("/g/bank"), http.StatusOK, "!"+path)
		want(t, "and decides nothing", d.auditor.post(path, url.Values{"words": {"x"}}),
			http.StatusForbidden)
		want(t, "no words", d.clerk.post(path, url.Values{}), http.StatusUnprocessableEntity,
			"alert-danger")
		wentTo(t, "explained", d.clerk.post(path, url.Values{"words": {"银行次日入账"}}),
			"/g/bank?done=explained")
		want(t, "no such payout", d.clerk.post("/g/payouts/pay_0", url.Values{}),
			http.StatusNotFound, "alert-danger")
		want(t, "no such line", d.clerk.post("/g/lines/lin_0", url.Values{}),
			http.StatusNotFound, "alert-danger")
	})
}

// An auditor follows a number to its lines, a line to its voucher, and takes the stamped statement;
// the stamp is in the audit log.
func TestPagesVouchers(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		dossier := "/g/employers/" + c.employer.id
		want(t, "the way there", d.auditor.open(dossier), http.StatusOK, dossier+"/account")
		page := d.auditor.open(dossier + "/account")
		want(t, "lines", page, http.StatusOK, "¥10,000", "充值", "/g/vouchers?id=")
		link := regexp.MustCompile(`/g/vouchers\?id=[^"]+`).FindString(page.body)
		want(t, "its voucher", d.auditor.open(link), http.StatusOK, "银行", "+¥10,000", "−¥10,000")
		want(t, "no such", d.auditor.open("/g/vouchers?id=x"), http.StatusNotFound)
		want(t, "an employer", d.boss.open(link), http.StatusForbidden)
		book := d.auditor.post(dossier+"/account", url.Values{})
		if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
			t.Fatalf("no workbook: %d %.200s", book.status, book.body)
		}
		want(t, "on record", d.auditor.open("/g/audit"), http.StatusOK, "导出带校验码的流水",
			c.text(`SELECT subject FROM audit WHERE what = 'exported account'`))
		want(t, "the wrong way round", d.auditor.post(dossier+"/account", url.Values{
			"from": {"2026-03-05"}, "until": {"2026-03-01"}}), http.StatusUnprocessableEntity,
			"alert-danger")
	})
}

// follow opens the first link of a page that begins so, as a person presses it, and gives what it
// leads to.
func (b *browser) follow(page, begins string) string {
	b.s.c.t.Helper()
	m := regexp.MustCompile(`href="(` + regexp.QuoteMeta(begins) + `[^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		b.s.c.t.Fatalf("no link %s… on the page:\n%s", begins, page)
	}
	return b.open(html.UnescapeString(m[1])).body
}

// An auditor comes from each number of the cockpit to the rows that make it, as many as the number
// says, and from a row to its voucher; nobody else than the bureau gets there.
func TestPagesNumberToVoucher(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.works(40, 3)
		newDesks(c) // makes the staff; their sessions end before the wages are paid
		for range 8 {
			c.sweep(2 * time.Hour)
		}
		site := serve(c)
		auditor := site.with(c.session("19990000003"))
		says := func(page string, texts ...string) {
			t.Helper()
			for _, text := range texts {
				if not, absent := strings.CutPrefix(text, "!"); absent == strings.Contains(page, not) {
					t.Errorf("%s on the page:\n%s", text, page)
				}
			}
		}
		rows := func(page, kind string, want int) {
			t.Helper()
			if n := strings.Count(page, `href="/g/vouchers?id=`+kind); n != want {
				t.Errorf("%d vouchers %s, want %d:\n%s", n, kind, want, page)
			}
		}
		top := auditor.open("/cockpit").body
		says(top, "562.50")
		paid := auditor.follow(top, "/cockpit/indicators/wage.paid")
		list := auditor.follow(paid, "/g/paid?from=")
		says(list, "¥562.50")
		rows(list, "payout", 3)
		voucher := auditor.follow(list, "/g/vouchers?id=payout")
		says(voucher, "payout/", "−¥187.50", "+¥187.50", "银行")
		account := auditor.follow(voucher, "/g/employers/"+c.employer.id+"/account")
		says(account, "导出带校验码的流水")
		rows(account, "payout", 3)
		if book := auditor.open("/g/paid?export=xlsx").body; !strings.HasPrefix(book, "PK") {
			t.Errorf("no workbook: %.80s", book)
		}
		starts := auditor.follow(auditor.follow(top, "/cockpit/indicators/C02"), "/g/starts?from=")
		says(starts, "开工时有保障", "扫码", "!无保障</span>")
		rows(starts, "premium", 3)
		says(auditor.follow(starts, "/g/vouchers?id=premium"), "保费")

		c.works(50, 2)
		c.clk.Add(30 * time.Hour) // nobody swept: two wages are late, and are paid with the log-in's SMS
		site = serve(c)
		auditor, boss := site.with(c.session("19990000003")), site.with(c.session(c.employer.phone))
		days := "?from=2026-03-01&until=" + string(civil.DateOf(c.clk.Now()))
		late := auditor.open("/g/late" + days).body
		says(late, "¥375", "逾期")
		rows(late, "payout", 2)
		says(auditor.open("/g/late?from=2026-02-01&until=2026-02-02").body, "没有迟发的工资")
		says(auditor.open("/g/wages").body, "!/g/matters/new", "/g/late")

		says(boss.follow(boss.open("/e/money").body, "/e/vouchers?id="), "校验码", "!/g/employers")
		want(t, "not the bureau's", boss.open("/g/paid"), http.StatusForbidden)
	})
}

// People are told of work when a person asks, once at a time, and the page says how far it is.
func TestPagesPushes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "the way to it", d.director.open("/g/vacancies"), http.StatusOK, "/g/pushes")
		want(t, "none yet", d.director.open("/g/pushes"), http.StatusOK, "还没有推送过")
		want(t, "an auditor", d.auditor.open("/g/pushes"), http.StatusForbidden)
		wentTo(t, "begun", d.director.post("/g/pushes", url.Values{}), "/g/pushes?done=push_started")
		want(t, "under way", d.clerk.open("/g/pushes"), http.StatusOK, "人工", "进行中")
		want(t, "one at a time", d.clerk.post("/g/pushes", url.Values{}), http.StatusConflict,
			"alert-danger", "进行中")
		c.sweeps(3, 2*time.Minute)
		want(t, "done", d.clerk.open("/g/pushes"), http.StatusOK, "已完成", "!进行中")
	})
}

// Whoever takes a list out as a workbook stands in the audit log with the list's name; looking at
// it leaves nothing.
func TestPagesTaken(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "looked at", d.director.open("/g/employers"), http.StatusOK, "演示物流")
		want(t, "nothing yet", d.auditor.open("/g/audit"), http.StatusOK, "!导出工作台上的名单")
		a := d.director.open("/g/employers?export=xlsx&q=演示")
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
			t.Fatalf("the workbook: %d, %d bytes", a.status, len(a.body))
		}
		want(t, "on record", d.auditor.open("/g/audit"), http.StatusOK, "导出工作台上的名单",
			"/g/employers", "!export=xlsx&amp;q=演示")
		c.lawful()
	})
}
