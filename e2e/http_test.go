package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// site is a town's face, served on a socket.
type site struct {
	c   *town
	mux *web.Mux
	url string
}

func serve(c *town) *site {
	c.t.Helper()
	mux := c.Web(app.Face{Name: "测试城", Region: region[:2]})
	srv := httptest.NewServer(mux.Handler())
	c.t.Cleanup(srv.Close)
	return &site{c, mux, srv.URL}
}

// request is what a client sends.
type request struct {
	method, path, body string
	token, key, lang   string
	header             map[string]string
}

// answer is what it gets; the problem is there when the answer is one.
type answer struct {
	web.Problem
	status int
	header http.Header
	body   string
}

func (s *site) call(q request) answer {
	t := s.c.t
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, s.url+q.path,
		strings.NewReader(q.body))
	s.c.ok(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", cmp.Or(q.lang, i18n.Chinese))
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	if q.key != "" {
		r.Header.Set("Idempotency-Key", q.key)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	got, err := http.DefaultClient.Do(r)
	s.c.ok(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	s.c.ok(err)
	a := answer{status: got.StatusCode, header: got.Header, body: string(body)}
	if got.Header.Get("Content-Type") == "application/problem+json" {
		s.c.ok(json.Unmarshal(body, &a.Problem))
	}
	return a
}

// do calls an operation that must succeed: a GET without in, a POST with it.
func do[Out any](s *site, token, path string, in any) Out {
	s.c.t.Helper()
	q := request{method: http.MethodGet, path: web.Prefix + path, token: token}
	if in != nil {
		body, err := json.Marshal(in)
		s.c.ok(err)
		q.method, q.body, q.key = http.MethodPost, string(body), s.c.key().IdempotencyKey
	}
	a := s.call(q)
	if a.status != http.StatusOK {
		s.c.t.Fatalf("%s %s: %d %s", q.method, path, a.status, a.body)
	}
	var out Out
	s.c.ok(json.Unmarshal([]byte(a.body), &out))
	return out
}

// rows is how many rows each table has.
type rows map[string]int64

var tableName = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// rows counts every table that the migrations make.
func (c *town) rows() rows {
	c.t.Helper()
	var parts []string
	for _, fsys := range append(app.Migrations(), sim.Extra()...) {
		c.ok(fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(fsys, path)
			for _, m := range tableName.FindAllStringSubmatch(string(text), -1) {
				parts = append(parts, fmt.Sprintf("SELECT '%s' AS name, COUNT(*) AS n FROM %[1]s", m[1]))
			}
			return err
		}))
	}
	type row struct {
		Name string `db:"name"`
		N    int64  `db:"n"`
	}
	list, err := db.List[row](context.Background(), c.DB, strings.Join(parts, " UNION ALL "))
	c.ok(err)
	out := rows{}
	for _, r := range list {
		out[r.Name] = r.N
	}
	return out
}

// changed names the tables whose count is not what it was, but for those excepted.
func (r rows) changed(now rows, except ...string) string {
	var out []string
	for name, n := range now {
		if r[name] != n && !slices.Contains(except, name) {
			out = append(out, fmt.Sprintf("%s %d → %d", name, r[name], n))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// idNumber writes an ID number of somebody born on that day. Source: GB 11643-1999.
func idNumber(born string, wrongBy int) string {
	s := region + strings.ReplaceAll(born, "-", "") + "123"
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(s[i]-'0')
	}
	return s + string("10X98765432"[(sum+wrongBy)%11])
}

// wrong is a request that must be refused, and how.
type wrong struct {
	name string
	request
	status      int
	code, field string
}

// Goal: whatever is wrong with a request, the asker reads one sentence in their language that says
// it, the program gets status, code and field, and nothing half-done stays behind.
func TestBadInput(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s := serve(c)
		for _, w := range badInput(s) {
			for _, lang := range i18n.Languages() {
				w.lang = lang
				if w.key == "" && w.code != "deed.key_missing" {
					w.key = c.key().IdempotencyKey
				}
				before := c.rows()
				a := s.call(w.request)
				if a.status != w.status || a.Code != w.code || a.Field != w.field ||
					a.Status != w.status {
					t.Errorf("%s: %d %s on %q, want %d %s on %q: %s", w.name, a.status, a.Code, a.Field,
						w.status, w.code, w.field, a.body)
				}
				if flaw := c.sentence(w, a); flaw != "" {
					t.Errorf("%s in %s: %s: %s", w.name, lang, flaw, a.Title)
				}
				if diff := before.changed(c.rows(), "refusals"); diff != "" {
					t.Errorf("%s left something behind: %s", w.name, diff)
				}
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM refusals`); n != 4 {
			t.Errorf("%d refused vacancies are on record, want 2 in 2 languages", n)
		}
		c.lawful()
	})
}

// sentence tells what is wrong with an answer's sentence: it must be the text of its code in the
// language asked for, filled, and in no other language but where it quotes the asker.
func (c *town) sentence(w wrong, a answer) string {
	pattern := regexp.QuoteMeta(c.Text.Say(w.lang, w.code, nil))
	pattern = regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(pattern, `(.+)`)
	found := regexp.MustCompile(`^` + pattern + `$`).FindStringSubmatch(a.Title)
	if !c.Text.Has(w.lang, w.code) || found == nil || strings.ContainsAny(a.Title, "{}\n") {
		return "not the sentence of " + w.code
	}
	text := a.Title
	for _, part := range found[1:] {
		if strings.Contains(w.body, part) {
			text = strings.ReplaceAll(text, part, "")
		}
	}
	chinese := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	switch {
	case chinese != (w.lang == i18n.Chinese):
		return "the wrong language"
	case a.header.Get("Content-Language") != w.lang:
		return "the header says " + a.header.Get("Content-Language")
	case !strings.HasPrefix(a.RequestID, "req_"):
		return "no request id"
	}
	return ""
}

// badInput makes a town in which each request is wrong for one reason only.
func badInput(s *site) []wrong {
	c := s.c
	c.t.Helper()
	worker, other, poor := c.newWorker(1), c.newWorker(2), c.newEmployer(2)
	p := c.accept(worker, c.shift(3))
	c.sign(worker, p.ContractID)
	clashing := c.shift(3)
	v := c.vacancy(2)
	v.EmployerID, v.PlaceID = poor.id, poor.placeID
	unfunded, err := c.Market.PublishVacancy(poor.ctx, v)
	c.ok(err)
	newcomer, her, him := c.session("19960000001"), c.session(worker.phone), c.session(other.phone)
	boss := c.session(c.employer.phone)
	_, _, _, card := sim.MadeUp(7, 1, region)
	_, _, _, otherCard := sim.MadeUp(7, 2, region)
	c.clk.Set(p.StartsAt.Add(-40 * time.Minute))
	stale, err := c.Stations.ShowQR(c.employer.ctx, station.ShowQR{PlaceID: c.employer.placeID})
	c.ok(err)
	c.clk.Set(p.StartsAt.Add(-30 * time.Minute)) // at the gate, in time

	post := func(token, path, body string) request {
		return request{method: http.MethodPost, path: web.Prefix + path, token: token, body: body}
	}
	register := func(idNumber string) request {
		return post(newcomer, "/workers", fmt.Sprintf(
			`{"name": "陈静", "id_number": "%s", "region": "%s"}`, idNumber, region))
	}
	publish := func(title string, rateFen int64) request {
		plan := market.ShiftPlan{StartsAt: c.clk.Now().Add(24 * time.Hour),
			EndsAt: c.clk.Now().Add(32 * time.Hour), Heads: 1}
		in := map[string]any{"place_id": c.employer.placeID, "settlement": "platform",
			"work_type": "part_time", "title": title, "content": "按单分拣。", "occupation": "4-02-06-01",
			"pay_unit": "hour", "rate_fen": rateFen, "plan_id": c.planID, "hire": "instant",
			"shifts": []market.ShiftPlan{plan}}
		body, err := json.Marshal(in)
		c.ok(err)
		return post(boss, "/employers/"+c.employer.id+"/vacancies", string(body))
	}
	take := func(token, workerID, shiftID string) request {
		return post(token, "/shifts/"+shiftID+"/placements", `{"worker_id": "`+workerID+`"}`)
	}
	start := func(token string) request {
		return post(her, "/placements/"+p.ID+"/start", fmt.Sprintf(
			`{"worker_id": "%s", "token": "%s"}`, worker.id, token))
	}
	setCard := func(card string) request {
		return post(her, "/workers/"+worker.id+"/card", `{"card_number": "`+card+`"}`)
	}
	with := func(q request, change func(*request)) request {
		change(&q)
		return q
	}
	first := setCard(card)
	first.key = "one card"
	if a := s.call(first); a.status != http.StatusOK {
		c.t.Fatalf("a good request: %d %s", a.status, a.body)
	}
	codes := `{"phone": "19960000002"}`

	return []wrong{
		{"a wish for day work", post(her, "/vacancies/"+c.vacancyOf(clashing)+"/applications",
			`{"worker_id": "`+worker.id+`"}`), 409, "market.not_by_application", "vacancy_id"},
		{"a wish for nothing", post(her, "/vacancies/none/applications",
			`{"worker_id": "`+worker.id+`"}`), 404, "market.vacancy_not_found", "vacancy_id"},
		{"a shortlist of nobody", post(boss, "/applications/none/shortlist",
			`{"employer_id": "`+c.employer.id+`"}`), 404, "market.application_not_found",
			"application_id"},
		{"wrong check digit", register(idNumber("1990-05-05", 1)), 422,
			"people.id_check", "id_number"},
		{"fifteen until tomorrow", register(idNumber("2010-03-03", 0)), 422,
			"people.too_young", "id_number"},
		{"for men first", publish("分拣员，男士优先", 2_500), 422, "market.forbidden_words", "title"},
		{"one fen under the minimum", publish("分拣员", 1_999), 422,
			"market.under_minimum_wage", "rate_fen"},
		{"two shifts at one time", take(her, worker.id, clashing), 409, "market.clash", "shift_id"},
		{"an employer without money", take(him, other.id, unfunded.ShiftIDs[0]), 409,
			"wage.insufficient_funds", ""},
		{"a forged QR", start("FORGED"), 403, "station.qr_forged", "token"},
		{"the QR of ten minutes ago", start(stale.Token), 403, "station.qr_stale", "token"},
		{"no QR", start(""), 403, "station.no_proof", "token"},
		{"ten megabytes", post("", "/codes", `{"phone": "`+strings.Repeat("1", 10<<20)+`"}`), 413,
			"web.body_too_large", ""},
		{"unknown field", post("", "/codes", `{"phone": "19960000002", "fone": "1"}`), 422,
			"web.field_unknown", "fone"},
		{"missing field", post("", "/codes", `{}`), 422, "web.field_required", "phone"},
		{"a number for a text", post("", "/codes", `{"phone": 19960000002}`), 422,
			"web.field_type", "phone"},
		{"no key", post("", "/codes", codes), 422, "deed.key_missing", "Idempotency-Key"},
		{"same key, other input", with(setCard(otherCard),
			func(q *request) { q.key = first.key }), 409, "deed.key_reused", ""},
		{"half a body", post("", "/codes", `{"phone": "1996`), 422, "web.bad_json", ""},
		{"a list", post("", "/codes", `[]`), 422, "web.body_not_object", ""},
		{"a page of another site", with(post("", "/codes", codes), func(q *request) {
			q.header = map[string]string{"Sec-Fetch-Site": "cross-site"}
		}), 403, "web.cross_origin", ""},
		{"an old browser on another site", with(post("", "/codes", codes), func(q *request) {
			q.header = map[string]string{"Origin": "https://evil.example"}
		}), 403, "web.cross_origin", ""},
		{"a form", with(post("", "/codes", "phone=19960000002"), func(q *request) {
			q.header = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		}), 415, "web.not_json", ""},
		{"nobody", with(register(idNumber("1990-05-05", 0)),
			func(q *request) { q.token = "" }), 401, "people.not_logged_in", ""},
		{"a made-up token", with(register(idNumber("1990-05-05", 0)),
			func(q *request) { q.token = "made up" }), 401, "people.not_logged_in", ""},
		{"another's name", take(him, worker.id, clashing), 403, "people.not_allowed", ""},
		{"no such shift", take(him, other.id, "shf_none"), 404, "market.shift_not_found", "shift_id"},
		{"no such address", post("", "/nothing", `{}`), 404, "web.no_such_route", ""},
		{"the wrong method", with(post("", "/sessions", ""), func(q *request) {
			q.method = http.MethodDelete
		}), 405, "web.method_not_allowed", ""},
	}
}

// Goal: the whole loop goes over the JSON routes alone, from the first log-in to the slip; what
// else there is are the phones (the sandbox's SMS page), the bank's counter and the clock.
func TestLoopOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s := serve(c)
		outside := httptest.NewServer(c.box)
		t.Cleanup(outside.Close)
		l := loop{town: c, site: s, outside: outside.URL}
		clerk := l.logIn("19990000001")
		boss, employerID, placeID := l.hires(clerk)
		planID := do[insurance.Plan](s, clerk, "/insurance-plans", sim.PlanText()).ID
		l.fund(boss, employerID, 100_000)
		shiftID := l.publish(boss, employerID, placeID, planID)
		her, workerID := l.registers(planID)
		found := do[market.FoundWork](s, her, "/work", nil)
		if len(found.Items) != 1 || found.Items[0].ShiftID != shiftID ||
			found.Items[0].ShiftFen != 18_750 || !found.Personal {
			t.Fatalf("she finds %+v", found)
		}
		p := do[market.PlacementView](s, her, "/shifts/"+shiftID+"/placements",
			map[string]any{"worker_id": workerID})
		l.signs(her, p.ContractID)
		lineID := l.works(her, boss, placeID, workerID, p)
		do[wage.HoursConfirmed](s, boss, "/employers/"+employerID+"/confirmations",
			map[string]any{"line_ids": []string{lineID}})
		for range 12 {
			c.sweep(10 * time.Minute)
		}
		slip := do[wage.SlipView](s, her, "/wage-lines/"+lineID+"/slip", nil)
		if slip.State != wage.Paid || slip.NetFen != 18_750 || slip.WorkedMin != 450 ||
			slip.PayoutID == "" || slip.PaidAt.Sub(slip.EndAt) > 24*time.Hour ||
			strings.Contains(slip.IDMasked, "1990") {
			t.Errorf("slip %+v", slip)
		}
		mine := do[wage.WagesView](s, her, "/workers/"+workerID+"/wages", nil)
		owes := do[wage.StatementView](s, boss, "/employers/"+employerID+"/wages", nil)
		if mine.PaidFen != 18_750 || mine.UnpaidFen != 0 || len(owes.Lines) != 0 {
			t.Errorf("paid %d, unpaid %d, owed %+v", mine.PaidFen, mine.UnpaidFen, owes.Lines)
		}
		covers := do[insurance.CoverList](s, her, "/workers/"+workerID+"/covers", nil)
		if len(covers.Covers) != 1 || covers.Covers[0].PlacementID != p.ID {
			t.Errorf("covers %+v", covers)
		}
		for _, lang := range i18n.Languages() { // and anybody may look at the figures
			for _, i := range do[cockpit.View](s, "", "/indicators?lang="+lang, nil).Indicators {
				for _, words := range []string{i.Name, i.Definition, i.Source} {
					if strings.HasPrefix(words, "gauge.") {
						t.Errorf("%s in %s: there is no %s", i.Code, lang, words)
					}
				}
			}
		}
		do[people.LoggedOut](s, her, "/sessions/end", map[string]any{})
		if a := s.call(request{method: "GET", path: web.Prefix + "/me", token: her}); a.status != 401 {
			t.Errorf("after logging out: %d %s", a.status, a.body)
		}
		c.lawful()
	})
}

// loop is the town as clients see it.
type loop struct {
	*town
	site    *site
	outside string
}

var shownCode = regexp.MustCompile(`<strong>(\d{6})</strong>`)

// code reads the newest code from the sandbox's page.
func (l loop) code(phone string) string {
	l.t.Helper()
	l.sweep(time.Minute)
	got, err := http.Get(l.outside + "/sms/inbox?phone=" + phone)
	l.ok(err)
	defer got.Body.Close()
	page, err := io.ReadAll(got.Body)
	l.ok(err)
	found := shownCode.FindSubmatch(page)
	if got.StatusCode != http.StatusOK || found == nil {
		l.t.Fatalf("the inbox of %s: %d %s", phone, got.StatusCode, page)
	}
	return string(found[1])
}

func (l loop) logIn(phone string) string {
	l.t.Helper()
	do[people.CodeSent](l.site, "", "/codes", map[string]any{"phone": phone})
	return do[people.Session](l.site, "", "/sessions",
		map[string]any{"phone": phone, "code": l.code(phone)}).Token
}

// hires is an employer coming to the city: register, name the place, be vetted.
func (l loop) hires(clerk string) (token, employerID, placeID string) {
	l.t.Helper()
	token = l.logIn("19980000002")
	e := do[people.EmployerView](l.site, token, "/employers", map[string]any{"name": "山城物流",
		"uscc": sim.USCC(region, 2), "address": "渝中路1号", "principal": "张三", "region": region})
	place := do[station.PlaceView](l.site, token, "/places", map[string]any{"employer_id": e.ID,
		"kind": "workplace", "name": "分拣中心", "address": "渝中路1号", "region": region,
		"lon_e6": 106_562_880, "lat_e6": 29_556_742, "radius_m": 300})
	for _, p := range sim.Dossier(e, deed.Key) {
		body := map[string]any{"kind": p.Kind, "digest": p.Digest}
		for field, text := range map[string]string{"number": p.Number, "holder": p.Holder,
			"valid_until": string(p.ValidUntil)} {
			if text != "" {
				body[field] = text
			}
		}
		do[market.DocumentView](l.site, token, "/employers/"+e.ID+"/documents", body)
	}
	do[market.Vetted](l.site, clerk, "/employers/"+e.ID+"/vetting",
		map[string]any{"decision": "vetted", "reason": ""})
	return token, e.ID, place.ID
}

// fund pays money in at the bank and sees it arrive.
func (l loop) fund(token, employerID string, fen int64) {
	l.t.Helper()
	got, err := http.Post(l.outside+"/bank/credits", "application/json", strings.NewReader(
		fmt.Sprintf(`{"id": "pay-in", "account": "%s", "amount_fen": %d}`, employerID, fen)))
	l.ok(err)
	got.Body.Close()
	if got.StatusCode != http.StatusOK {
		l.t.Fatalf("the bank says %s", got.Status)
	}
	l.sweep(10 * time.Minute)
	funds := do[wage.StatementView](l.site, token, "/employers/"+employerID+"/wages", nil)
	if int64(funds.AvailableFen) != fen {
		l.t.Fatalf("the employer has %+v", funds)
	}
}

func (l loop) publish(token, employerID, placeID, planID string) string {
	l.t.Helper()
	from := l.clk.Now().Add(2 * time.Hour)
	v := do[market.VacancyView](l.site, token, "/employers/"+employerID+"/vacancies",
		map[string]any{"place_id": placeID, "settlement": "platform", "work_type": "part_time",
			"title": "分拣员", "content": "按单分拣。", "occupation": "4-02-06-01", "pay_unit": "hour",
			"rate_fen": 2_500, "plan_id": planID, "hire": "instant", "shifts": []market.ShiftPlan{
				{StartsAt: from, EndsAt: from.Add(8 * time.Hour), BreakMin: 30, Heads: 2}}})
	if v.State != market.Published || len(v.ShiftIDs) != 1 {
		l.t.Fatalf("published as %+v", v)
	}
	return v.ShiftIDs[0]
}

// registers is a worker coming to the city: register, give the card, agree to the insurance.
func (l loop) registers(planID string) (token, workerID string) {
	l.t.Helper()
	_, _, phone, card := sim.MadeUp(7, 5, region)
	token = l.logIn(phone)
	w := do[people.WorkerView](l.site, token, "/workers", map[string]any{"name": "王芳",
		"id_number": idNumber("1990-05-05", 0), "region": region})
	do[people.CardView](l.site, token, "/workers/"+w.ID+"/card", map[string]any{"card_number": card})
	do[people.ConsentView](l.site, token, "/workers/"+w.ID+"/consents",
		map[string]any{"purpose": "privacy", "version": "1"})
	plans := do[insurance.PlanList](l.site, token, "/insurance-plans", nil)
	i := slices.IndexFunc(plans.Plans, func(p insurance.Plan) bool { return p.ID == planID })
	if i < 0 {
		l.t.Fatalf("no plan %s among %+v", planID, plans)
	}
	do[insurance.ConsentView](l.site, token, "/workers/"+w.ID+"/insurance-consents",
		map[string]any{"plan_id": planID, "version": plans.Plans[i].Version,
			"share_version": "2"})
	if me := do[people.AccountView](l.site, token, "/me", nil); me.WorkerID != w.ID {
		l.t.Fatalf("she is %+v", me)
	}
	return token, w.ID
}

// signs reads the contract, asks for the code and signs with it.
func (l loop) signs(token, contractID string) {
	l.t.Helper()
	draft := do[contract.View](l.site, token, "/contracts/"+contractID, nil)
	me := do[people.AccountView](l.site, token, "/me", nil)
	do[contract.SignCodeSent](l.site, token, "/contracts/"+contractID+"/codes",
		map[string]any{"text_hash": draft.TextHash})
	_, _, phone, _ := sim.MadeUp(7, 5, region)
	if !strings.HasSuffix(me.PhoneMasked, phone[7:]) {
		l.t.Fatalf("the code goes to %s, she has %s", me.PhoneMasked, phone)
	}
	do[contract.Receipt](l.site, token, "/contracts/"+contractID+"/signature",
		map[string]any{"code": l.code(phone)})
	if v := do[contract.View](l.site, token, "/contracts/"+contractID, nil); !v.Intact ||
		v.State != contract.Signed {
		l.t.Fatalf("signed as %s, intact %v %s", v.State, v.Intact, v.Flaw)
	}
}

// works is eight hours between two looks at the door's code; it gives the wage line.
func (l loop) works(token, boss, placeID, workerID string, p market.PlacementView) string {
	l.t.Helper()
	clock := func(at time.Time, what string) attendance.Receipt {
		l.clk.Set(at)
		qr := do[station.QR](l.site, boss, "/places/"+placeID+"/qr", nil)
		return do[attendance.Receipt](l.site, token, "/placements/"+p.ID+"/"+what,
			map[string]any{"worker_id": workerID, "token": qr.Token})
	}
	clock(p.StartsAt.Add(-5*time.Minute), "arrival")
	if in := clock(p.StartsAt, "start"); in.CoverID == "" {
		l.t.Fatalf("started without a cover: %+v", in)
	}
	return clock(p.EndsAt, "end").LineID
}
