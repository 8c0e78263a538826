package desk

import (
	"slices"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// The bureau's pages and for whom they are. An auditor reads; clerks and directors decide.
var (
	clerks    = []people.Role{people.RoleClerk, people.RoleDirector}
	onlyClerk = []people.Role{people.RoleClerk}
	readers   = []people.Role{people.RoleClerk, people.RoleDirector, people.RoleAuditor}
)

var bureauMenu = []struct {
	key, path string
	roles     []people.Role
}{
	{"desk.g.overview", "/g", readers},
	{"desk.g.employers", "/g/employers", readers},
	{"desk.g.vacancies", "/g/vacancies", clerks},
	{"desk.g.wages", "/g/wages", readers},
	{"desk.g.paid", "/g/paid", readers},
	{"desk.g.starts", "/g/starts", readers},
	{"desk.g.bank", "/g/bank", readers},
	{"desk.g.complaints", "/g/complaints", readers},
	{"desk.g.matters", "/g/matters", readers},
	{"desk.classes", "/g/classes", onlyClerk},
	{"desk.g.appeals", "/g/appeals", clerks},
	{"desk.g.papers", "/g/papers", onlyClerk},
	{"desk.g.files", "/g/files", readers},
	{"desk.g.policy", "/g/policy", readers},
	{"desk.g.staff", "/g/staff", readers},
	{"desk.g.audit", "/g/audit", readers},
}

// bureauFrame is what stands around the bureau's pages.
func (v *visit) bureauFrame(title, path string) ui.Frame {
	f := ui.Frame{Title: title, Desk: "desk.bureau", Path: path}
	for _, m := range bureauMenu {
		if slices.ContainsFunc(m.roles, v.who.Has) {
			f.Menu = append(f.Menu, ui.MenuItem{Key: m.key, Path: m.path})
		}
	}
	return f
}

// bureauRoutes mounts the bureau's pages.
func (s *site) bureauRoutes(m *web.Mux) {
	for pattern, show := range map[string]func(*visit) error{
		"GET /g":                                  s.waits,
		"GET /g/employers":                        s.employers,
		"GET /g/employers/{employer_id}":          s.dossier,
		"GET /g/employers/{employer_id}/account":  s.account,
		"POST /g/employers/{employer_id}/account": s.exportAccount,
		"GET /g/vouchers":                         s.voucher,
		"GET /g/wages":                            s.lateWages,
		"GET /g/bank":                             s.bank,
		"GET /g/complaints":                       s.complaints,
		"GET /g/complaints/{complaint_id}":        s.complaint,
		"GET /g/matters":                          s.matters,
		"GET /g/matters/{matter_id}":              s.matter,
		"GET /g/files":                            s.files,
		"POST /g/export/{kind}":                   s.exportList,
		"GET /g/policy":                           s.policy,
		"GET /g/staff":                            s.staff,
		"GET /g/staff/{account_id}":               s.member,
		"GET /g/audit":                            s.audit,
	} {
		m.Page(pattern, s.desk(show, readers...))
	}
	for pattern, show := range map[string]func(*visit) error{
		"POST /g/employers/{employer_id}/vet":      s.vet,
		"GET /g/vacancies":                         s.queue,
		"GET /g/vacancies/{vacancy_id}":            s.review,
		"POST /g/vacancies/{vacancy_id}":           s.decideVacancy,
		"POST /g/patrols/{vacancy_id}":             s.answerPatrol,
		"POST /g/lines/{line_id}":                  s.payAgain,
		"POST /g/payouts/{payout_id}":              s.askPayout,
		"POST /g/differences/{difference_id}":      s.explain,
		"POST /g/credits/{credit_id}":              s.assignCredit,
		"POST /g/complaints/{complaint_id}/{step}": s.moveComplaint,
		"GET /g/pushes":                            s.pushes,
		"POST /g/pushes":                           s.startPush,
		"GET /g/matters/new":                       s.newMatter,
		"POST /g/matters":                          s.assignMatter,
		"POST /g/matters/{matter_id}/{step}":       s.moveMatter,
		"GET /g/appeals":                           s.appeals,
		"POST /g/appeals/{appeal_id}":              s.reviewAppeal,
		"POST /g/feedback/{feedback_id}":           s.reviewFeedback,
		"POST /g/staff":                            s.createStaff,
		"POST /g/staff/{account_id}/end":           s.endRoles,
		"POST /g/second-steps":                     s.resetSecond,
		"POST /g/station-staff":                    s.assignStation,
	} {
		m.Page(pattern, s.desk(show, clerks...))
	}
	for pattern, show := range map[string]func(*visit) error{
		"POST /g/employers/{employer_id}/documents/{document_id}": s.openPaper,
		"GET /g/papers":                         s.papers,
		"POST /g/certificates/{certificate_id}": s.verify,
		"POST /g/amendments/{amendment_id}":     s.amend,
		"POST /g/corrections/{correction_id}":   s.answerFor,
		"POST /g/imports":                       s.startImport,
		"GET /g/imports/{import_id}":            s.importPage,
		"POST /g/imports/{import_id}/sheet":     s.errorSheet,
		"POST /g/templates/{kind}":              s.importTemplate,
	} {
		m.Page(pattern, s.desk(show, onlyClerk...))
	}
	for pattern, show := range s.countedRoutes() {
		m.Page(pattern, s.desk(show, readers...))
	}
	for pattern, show := range s.classRoutes("/g/classes") {
		m.Page(pattern, s.desk(show, onlyClerk...))
	}
}

// waits is what waits for the bureau, each with where it is done.
func (s *site) waits(v *visit) error {
	var facts []ui.Fact
	add := func(key, path string, n int, next string, err error) error {
		tone := ""
		if key == "desk.g.wages" && n > 0 {
			tone = "late"
		}
		facts = append(facts, ui.Fact{Name: v.say(key), Value: numbered(n, next), Path: path, Tone: tone})
		return err
	}
	open, err := s.Complaints.FindOpen(v.Ctx, complaint.Queue{})
	err = add("desk.g.complaints", "/g/complaints", len(open.Complaints), open.Next, err)
	if err != nil {
		return err
	}
	diff, err := s.Ledger.FindDifferences(v.Ctx, ledger.FindDifferences{})
	if err := add("desk.differences", "/g/bank", len(diff.Differences), diff.Next, err); err != nil {
		return err
	}
	loose, err := s.Ledger.FindUnclaimed(v.Ctx, ledger.FindUnclaimed{})
	if err := add("desk.unclaimed", "/g/bank", len(loose.Credits), "", err); err != nil {
		return err
	}
	matters, err := s.Oversight.FindMatters(v.Ctx, oversight.Find{})
	err = add("desk.g.matters", "/g/matters", len(matters.Matters), matters.Next, err)
	if err != nil {
		return err
	}
	late, err := s.Wages.FindLateLines(v.Ctx, wage.LateLines{})
	if err := add("desk.g.wages", "/g/wages", int(late.Count), "", err); err != nil {
		return err
	}
	if v.decides() {
		if err := s.waitsToDecide(v, add); err != nil {
			return err
		}
	}
	return v.page(v.bureauFrame(v.say("desk.g.overview"), "/g"), ui.Facts(facts),
		ui.Links([]ui.Link{{Label: v.say("desk.g.cockpit"), Path: "/cockpit", Main: true}}))
}

func (s *site) waitsToDecide(
	v *visit, add func(key, path string, n int, next string, err error) error,
) error {
	firms, err := s.Market.FindVettings(v.Ctx, market.Vettings{})
	err = add("desk.g.employers", "/g/employers", len(firms.Employers), firms.Next, err)
	if err != nil {
		return err
	}
	gate, err := s.Market.FindWaitingVacancies(v.Ctx, market.WaitingVacancies{})
	err = add("desk.g.vacancies", "/g/vacancies", len(gate.Vacancies), gate.Next, err)
	if err != nil {
		return err
	}
	stuck, err := s.Ledger.FindStuckPayouts(v.Ctx, ledger.StuckPayouts{})
	if err := add("desk.stuck", "/g/bank", len(stuck.Payouts), "", err); err != nil {
		return err
	}
	asked, err := s.Credit.FindAppeals(v.Ctx, credit.AppealQueue{})
	if err := add("desk.g.appeals", "/g/appeals", len(asked.Appeals), "", err); err != nil {
		return err
	}
	if !v.who.Has(people.RoleClerk) {
		return nil
	}
	papers, err := s.Skills.FindWaiting(v.Ctx, skill.FindWaiting{})
	err = add("desk.certificates", "/g/papers", len(papers.Certificates), papers.Next, err)
	if err != nil {
		return err
	}
	amend, err := s.People.FindAmendmentsWaiting(v.Ctx, people.AmendmentsWaiting{})
	if err := add("desk.amendments", "/g/papers", len(amend.Amendments), amend.Next, err); err != nil {
		return err
	}
	over, err := s.Attendance.FindOverdueCorrections(v.Ctx, attendance.OverdueCorrections{})
	return add("desk.overdue", "/g/papers", len(over.Corrections), "", err)
}

// employerNames gives the names of employers that a list names by id, each asked for once.
func (s *site) employerNames(v *visit) func(id string) string {
	names := map[string]string{}
	return func(id string) string {
		if id == "" {
			return "–"
		}
		if _, ok := names[id]; !ok {
			e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
			names[id] = e.Name
			if err != nil {
				names[id] = v.say("desk.unknown") // a list is shown without a name rather than not
			}
		}
		return names[id]
	}
}

// workerNames gives the names of workers that a list names by id, each asked for once.
func (s *site) workerNames(v *visit) func(id string) string {
	names := map[string]string{}
	return func(id string) string {
		if _, ok := names[id]; !ok {
			w, err := s.People.ShowWorker(v.Ctx, people.Get{WorkerID: id})
			names[id] = w.Name
			if err != nil {
				names[id] = v.say("desk.unknown")
			}
		}
		return names[id]
	}
}
