package e2e

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/sim"
)

// Goal: every route stands in the matrix and every row has a route.
func TestRolesComplete(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	routes := routesByName((&app.City{Text: text}).Web(app.Face{}))
	seen := map[string]bool{}
	for i, op := range matrix {
		if _, ok := routes[op.name]; !ok {
			t.Errorf("the row %s has no route", op.label())
		}
		cells := strings.ReplaceAll(op.cells, " ", "")
		if len(cells) != len(columns) || strings.Trim(cells, "+-0e.") != "" {
			t.Errorf("the row %s has the cells %q", op.label(), op.cells)
		}
		if !seen[op.name] && strings.Contains(cells, ".") {
			t.Errorf("the first row of %s leaves a column out", op.name)
		}
		if seen[op.name] && matrix[i-1].name != op.name {
			t.Errorf("the rows of %s do not stand together", op.name)
		}
		seen[op.name] = true
	}
	for name, r := range routes {
		if !seen[name] {
			t.Errorf("%s %s (%s) has no row in the matrix", r.Method, r.Path, name)
		}
	}
}

func (op operation) label() string { return strings.TrimSpace(op.name + " " + op.note) }

func routesByName(m *web.Mux) map[string]web.Route {
	routes := map[string]web.Route{}
	for _, r := range m.Routes() {
		routes[r.Name] = r
	}
	return routes
}

// cast is a town in which each column of the matrix has somebody with a session, and W and E have
// one of everything.
type cast struct {
	*town
	site   *site
	routes map[string]web.Route
	token  map[byte]string
	me     map[byte]string
	ids    map[string]string
}

// Goal: whoever may not do something is refused, leaving no trace; whoever may is heard. Strangers
// of the same role get neither another's things nor the word that they are there.
func TestRoles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		cast := newCast(c)
		before := c.rows()
		cast.walk("-0")
		if diff := before.changed(c.rows()); diff != "" {
			t.Errorf("refused requests left a trace: %s", diff)
		}
		cast.walk("+e")
		c.lawful()
	})
}

// walk calls every cell of these kinds.
func (c *cast) walk(kinds string) {
	c.t.Helper()
	for _, op := range matrix {
		cells := strings.ReplaceAll(op.cells, " ", "")
		for i := range min(len(cells), len(columns)) {
			if strings.IndexByte(kinds, cells[i]) < 0 {
				continue
			}
			a := c.ask(op, columns[i])
			if flaw := c.judge(cells[i], columns[i], a); flaw != "" {
				c.t.Errorf("%s asked by %c: %s: %d %s %s", op.label(), columns[i], flaw, a.status,
					a.Code, a.Title)
			}
			if cells[i] != '-' || op.mayForOwn(columns[i]) {
				continue
			}
			// Permission comes before looking: what is not there is refused in the same words.
			b := c.ask(op.onNothing(), columns[i])
			if b.status != a.status || b.Code != a.Code {
				c.t.Errorf("%s asked by %c of nothing: %d %s, not as before %d %s", op.label(),
					columns[i], b.status, b.Code, a.status, a.Code)
			}
		}
	}
}

// mayForOwn tells somebody whose role may call the route for other things, or for things of its
// own.
func (op operation) mayForOwn(who byte) bool {
	if owner, ok := map[byte]byte{'w': 'W', 'e': 'E', 's': 'S'}[who]; ok {
		who = owner
	}
	return slices.ContainsFunc(matrix, func(other operation) bool {
		return other.name == op.name &&
			strings.ReplaceAll(other.cells, " ", "")[strings.IndexByte(columns, who)] == '+'
	})
}

// onNothing is the same request about a thing that is not there; whose it is stays.
func (op operation) onNothing() operation {
	op.with = maps.Clone(op.with)
	if op.with == nil {
		op.with = map[string]string{}
	}
	for name := range usual {
		if name != "worker_id" && name != "employer_id" {
			op.with[name] = "none"
		}
	}
	return op
}

// ask calls the operation as somebody.
func (c *cast) ask(op operation, who byte) answer {
	c.t.Helper()
	route, ok := c.routes[op.name]
	if !ok {
		c.t.Fatalf("no route %s", op.name)
	}
	expand := func(text string) string {
		return os.Expand(text, func(name string) string {
			if name == "me" {
				return cmp.Or(c.me[who], "nobody")
			}
			if c.ids[name] == "" {
				c.t.Fatalf("%s: the town has no $%s", op.label(), name)
			}
			return c.ids[name]
		})
	}
	path := route.Path
	for name, value := range usual {
		if other, ok := op.with[name]; ok {
			value = other
		}
		if strings.Contains(path, "{"+name+"}") {
			path = strings.ReplaceAll(path, "{"+name+"}", expand(value))
		}
	}
	return c.site.call(request{method: route.Method, path: path + expand(op.query),
		body: expand(op.body), token: c.token[who], key: c.key().IdempotencyKey})
}

// judge gives what is wrong with an answer, "" for nothing.
func (c *cast) judge(cell, who byte, a answer) string {
	byPermission := strings.HasPrefix(a.Code, "people.") &&
		(a.status == http.StatusUnauthorized || a.status == http.StatusForbidden)
	status := http.StatusForbidden
	if who == 'N' {
		status = http.StatusUnauthorized
	}
	switch {
	case a.status >= 500:
		return "broke"
	case strings.HasPrefix(a.Code, "web."):
		return "never reached the operation"
	case cell == '-' && (!byPermission || a.status != status):
		return "should be refused by permission"
	case cell == '0' && a.status != http.StatusForbidden && a.status != http.StatusNotFound:
		return "should be hidden"
	case (cell == '+' || cell == 'e') && byPermission:
		return "should be allowed"
	case cell == '+' && a.status == http.StatusNotFound:
		return "is allowed, but the town has no such thing to ask for"
	case cell == 'e' && (a.status != http.StatusOK || strings.Contains(a.body, c.ids["worker"])):
		return "should show nothing of the worker's"
	}
	return ""
}

func newCast(t *town) *cast {
	t.t.Helper()
	c := &cast{town: t, site: serve(t), token: map[byte]string{}}
	c.routes = routesByName(c.site.mux)
	worker, stranger, rival := t.newWorker(1), t.newWorker(2), t.newEmployer(2)
	t.fund(rival, 1_000_000)
	paid := t.newWorker(3)
	t.confirm(t.work(paid, t.accept(paid, t.shift(1))).LineID)
	t.sweep(10 * time.Minute) // the bank is told
	done := t.accept(worker, t.shift(3))
	line := t.work(worker, done).LineID
	asked, err := t.Attendance.AskCorrection(worker.ctx, attendance.AskCorrection{Keyed: t.key(),
		PlacementID: done.ID, WorkerID: worker.id, StartedAt: done.StartsAt,
		EndedAt: done.EndsAt.Add(-time.Minute), Reason: "早走"})
	t.ok(err)
	t.sweep(time.Hour) // the insurer hears of the cover
	device, proposal := t.signingPhone(worker), t.proposed(worker)
	shift := t.shift(3)
	next := t.accept(worker, shift)
	paper, err := t.Skills.AddCertificate(worker.ctx, skill.AddCertificate{Keyed: t.key(),
		WorkerID: worker.id, Kind: "cert.health", Number: "500103002", IssuedOn: "2026-01-05",
		Evidence: sha})
	t.ok(err)
	public, err := t.Stations.CreatePlace(t.clerk, station.CreatePlace{Keyed: t.key(),
		Kind: "gig_market", Name: "零工市场", Address: "市场路1号", Region: region,
		LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300})
	t.ok(err)
	name, idNumber, _, card := sim.MadeUp(7, 1, region)
	broker := t.broker(t.employer)
	c.me = map[byte]string{'W': worker.id, 'w': stranger.id, 'E': t.employer.id, 'e': rival.id,
		'S': t.employer.id, 's': rival.id}
	c.ids = map[string]string{"worker": worker.id, "employer": t.employer.id, "shift": shift,
		"placement": next.ID, "done": done.ID, "draft": next.ContractID, "signed": done.ContractID,
		"line": line, "place": t.employer.placeID, "public": public.ID, "certificate": paper.ID,
		"correction": asked.ID, "plan": t.planID, "bordereau": t.first("bordereaux"),
		"payout": t.first("payouts"), "broker": broker, "account": worker.accountID, "name": name,
		"id_number": idNumber, "card": card, "uscc": sim.USCC(region, 1), "sha256": sha,
		"skill": t.skill(), "device": device, "proposal": proposal,
		"difference": t.difference(),
		"amendment":  t.amend(paid), "message": t.tell(worker),
		"entry": t.entered(1), "document": t.paper()}
	t.employ(c, worker)
	wrong := workerRow(1)
	wrong[2] = "1"
	c.ids["import"] = t.send(intake.Workers, "a.xlsx", t.workbook(workerHead, wrong)).ID
	run, err := t.Market.StartPush(t.clerk, market.StartPush{Keyed: t.key()})
	t.ok(err)
	c.ids["run"] = run.ID
	t.judged(c, worker, paid)
	c.ids["counter"], c.ids["help"] = t.counter(public.ID, "19990000004", worker)
	c.ids["number"], c.ids["turn"] = t.queued(public.ID, 1)
	t.taught(c, worker)
	t.sessions(c, worker, stranger, rival)
	return c
}

// judged has the employer appeal against its grade, a third employer entered in a list, and the
// worker complain.
func (t *town) judged(c *cast, worker, paid who) {
	t.t.Helper()
	a, err := t.Credit.AppealGrade(t.employer.ctx, credit.Appeal{Keyed: t.key(),
		EmployerID: t.employer.id, Words: "工资已按时付清"})
	t.ok(err)
	listed, err := t.Credit.ListEmployer(t.clerk, credit.List{Keyed: t.key(),
		EmployerID: t.newEmployer(3).id, Source: "演示名单〔2026〕1号"})
	t.ok(err)
	c.ids["appeal"], c.ids["mark"], c.ids["listed"] = a.ID, listed.ID, listed.EmployerID
	c.ids["public_vacancy"] = t.first("vacancies")
	made, err := t.Complaints.FileComplaint(worker.ctx, complaint.File{Keyed: t.key(),
		Kind: complaint.Unpaid, Subject: complaint.OnEmployer, SubjectID: t.employer.id,
		Words: "工资少算了一小时"})
	t.ok(err)
	c.ids["complaint"] = made.ID
	c.ids["voucher"] = t.text(`SELECT MAX(entry_id) FROM postings WHERE employer_id = $1`,
		t.employer.id)
	c.ids["clerk"] = people.ActorOf(t.clerk).AccountID
	matter, err := t.Oversight.AssignMatter(t.clerk, oversight.Assign{Keyed: t.key(),
		Kind: oversight.AboutOther, OwnerID: c.ids["clerk"], Words: "催办",
		DueOn: civil.DateOf(t.clk.Now())})
	t.ok(err)
	c.ids["matter"] = matter.ID
	said, err := t.Credit.GiveFeedback(paid.ctx, credit.Feedback{Keyed: t.key(),
		PlacementID: t.doneBy(paid), WorkerID: paid.id, Paid: true})
	t.ok(err)
	c.ids["feedback"] = said.ID
	wish, err := t.Market.AskCallback(worker.ctx, market.AskCallback{Keyed: t.key(), Words: "超市理货"})
	t.ok(err)
	link, err := t.Market.MakeCalendarLink(paid.ctx, market.MakeCalendarLink{WorkerID: paid.id})
	t.ok(err)
	c.ids["callback"], c.ids["calendar"] = wish.ID, link.Token
}

// doneBy gives the placement that somebody has worked to its end.
func (t *town) doneBy(w who) string {
	t.t.Helper()
	id, err := db.Get[string](context.Background(), t.DB,
		`SELECT id FROM placements WHERE worker_id = $1 AND state = 'done'`, w.id)
	t.ok(err)
	return id
}

// sha stands for the digest of a paper's picture.
var sha = strings.Repeat("ab", 32)

// sessions gives each column a phone, logs it in and keeps the token.
func (t *town) sessions(c *cast, worker, stranger, rival who) {
	t.t.Helper()
	supervisor := func(of who, phone string) {
		_, err := t.People.CreateStaff(of.ctx, people.CreateStaff{Keyed: t.key(), Phone: phone,
			Name: "王五", Roles: []people.Role{people.RoleSupervisor}, EmployerID: of.id})
		t.ok(err)
	}
	city := func(role people.Role, phone string) {
		_, err := t.People.CreateStaff(people.AsSystem(context.Background(), "test"),
			people.CreateStaff{Keyed: t.key(), Phone: phone, Name: "赵六", Roles: []people.Role{role}})
		t.ok(err)
	}
	phones := map[byte]string{'A': "19960000001", 'W': worker.phone, 'w': stranger.phone,
		'E': t.employer.phone, 'e': rival.phone, 'S': "19970000001", 's': "19970000002",
		'C': "19990000001", 'D': "19990000002", 'U': "19990000003",
		'T': "19990000004"}
	supervisor(t.employer, phones['S'])
	supervisor(rival, phones['s'])
	city(people.RoleDirector, phones['D'])
	city(people.RoleAuditor, phones['U'])
	for i := 1; i < len(columns); i++ { // all but nobody
		c.token[columns[i]] = t.session(phones[columns[i]])
	}
}

// session logs a phone in and gives its token.
func (t *town) session(phone string) string {
	t.t.Helper()
	ctx := context.Background()
	_, err := t.People.RequestCode(ctx, people.RequestCode{Keyed: t.key(), Phone: phone})
	t.ok(err)
	s, err := t.People.LogIn(ctx, people.LogIn{Phone: phone, Code: t.code(phone)})
	t.ok(err)
	return s.Token
}

// difference makes the books differ from the bank's.
func (t *town) difference() string {
	t.t.Helper()
	_, err := db.InTx(context.Background(), t.DB, func(ctx context.Context, tx *db.Tx) (int64, error) {
		return tx.Exec(ctx, `INSERT INTO bank_differences(id, employer_id, day, key, entries, bank_fen,
			ours_fen, state, words, closed_by, found_at_ms, closed_at_ms)
			VALUES ('dif_1', $1, '2026-03-02', 'x', 'deposit/x', 1, 0, 'open', '', '', 1, 0)`,
			t.employer.id)
	})
	t.ok(err)
	return "dif_1"
}

// first gives the id of a table's first row.
func (t *town) first(table string) string {
	t.t.Helper()
	id, err := db.Get[string](context.Background(), t.DB,
		fmt.Sprintf("SELECT id FROM %s ORDER BY id LIMIT 1", table))
	t.ok(err)
	return id
}

// skill gives a key of the catalogue.
func (t *town) skill() string {
	t.t.Helper()
	all, err := t.Skills.Catalogue(context.Background(), skill.ShowCatalogue{})
	t.ok(err)
	return all.Skills[0].Key
}
