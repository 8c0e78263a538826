package phone

import (
	"context"
	"net/url"
	"slices"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// Link leads out of the pages: the cockpit, the simulated city's inbox. Key is its sentence.
type Link struct{ Key, URL string }

// Deps are the services that pages call.
type Deps struct {
	Attendance *attendance.Service
	Complaints *complaint.Service
	Contracts  *contract.Service
	Credit     *credit.Service
	Insurance  *insurance.Service
	Market     *market.Service
	Notify     *notify.Service
	People     *people.Service
	Skills     *skill.Service
	Stations   *station.Service
	Training   *training.Service
	Wages      *wage.Service

	MapURL string // of the way to a place: {lon}, {lat}, {name}; "" is the phone's own map
	Region string // of the city: work is looked for in it until somebody says where they are
	Links  []Link
}

type site struct{ Deps }

// LogInPath is where a visitor goes whom a page has to know.
const LogInPath = "/login"

// DearPaths are the posts that send or try a code.
func DearPaths() []string { return []string{"/login", "/login/code", "/login/second"} }

// Routes mounts the pages.
func Routes(m *web.Mux, d Deps) {
	s := &site{d}
	m.Page("GET /{$}", s.work)
	m.Page("GET /login", s.logInPage)
	m.Page("GET /shifts/{shift_id}", s.shiftPage)
	m.Page("POST /shifts/{shift_id}/accept", s.worker(s.accept))
	m.Page("POST /shifts/{shift_id}/apply", s.worker(s.applyFor))
	m.Page("GET /classes", s.classesPage)
	m.Page("GET /classes/{class_id}", s.classPage)
	m.Page("POST /classes/{class_id}/enrol", s.worker(s.enrol))
	m.Page("POST /classes/{class_id}/withdraw/{enrolment_id}", s.worker(s.withdraw))
	m.Page("GET /callback", s.account(s.callbackPage))
	m.Page("POST /callback", s.account(s.askCallback))
	m.Page("POST /callback/{callback_id}/withdrawal", s.account(s.withdrawCallback))
	m.Page("GET /register", s.registerPage)
	m.Page("POST /register", s.register)
	m.Page("GET /contracts/{contract_id}", s.worker(s.contractPage))
	m.Page("POST /contracts/{contract_id}/code", s.worker(s.signCode))
	m.Page("POST /contracts/{contract_id}/sign", s.worker(s.sign))
	m.Page("GET /schedule", s.worker(s.schedule))
	m.Page("GET /placements/{placement_id}", s.worker(s.placementPage))
	m.Page("POST /placements/{placement_id}/{deed}", s.worker(s.clock))
	m.Page("POST /placements/{placement_id}/call", s.worker(s.call))
	m.Page("GET /placements/{placement_id}/hours", s.worker(s.hoursPage))
	m.Page("POST /placements/{placement_id}/hours", s.worker(s.askHours))
	m.Page("POST /placements/{placement_id}/hours/answer", s.worker(s.answerHours))
	m.Page("GET /placements/{placement_id}/feedback", s.worker(s.feedbackPage))
	m.Page("POST /placements/{placement_id}/feedback", s.worker(s.giveFeedback))
	m.Page("GET /gate/{place_id}", s.worker(s.atPlace))
	m.Page("GET /wages", s.worker(s.wages))
	m.Page("GET /wages/{line_id}", s.worker(s.slip))
	m.Page("GET /me", s.worker(s.me))
	m.Page("GET /me/pass", s.worker(s.pass))
	m.Page("GET /me/calendar", s.worker(s.calendarPage))
	m.Page("POST /me/calendar", s.worker(s.makeCalendar))
	m.Page("POST /me/calendar/end", s.worker(s.endCalendar))
	m.Page("GET /calendar/{file}", s.calendar)
	m.Page("GET "+ui.OfflinePath, s.offline)
	m.Page("GET /me/card", s.worker(s.cardPage))
	m.Page("POST /me/card", s.worker(s.setCard))
	m.Page("GET /me/consents", s.worker(s.consentsPage))
	m.Page("POST /me/consents", s.worker(s.consent))
	m.Page("GET /me/messages", s.worker(s.messages))
	m.Page("GET /me/complaint", s.worker(s.complaintPage))
	m.Page("POST /me/complaint", s.worker(s.complain))
	m.Page("GET /me/applications", s.worker(s.wishesPage))
	m.Page("POST /me/applications/{application_id}/{deed}", s.worker(s.wishDeed))
	m.Page("GET /me/free", s.worker(s.freePage))
	m.Page("POST /me/free", s.worker(s.setFree))
	m.Page("GET /me/skills", s.worker(s.skillsPage))
	m.Page("POST /me/skills", s.worker(s.addSkill))
	m.Page("POST /login/code", s.requestCode)
	m.Page("POST /login", s.logIn)
	m.Page("POST /logout", s.logOut)
	m.Page("GET /login/second", s.secondPage)
	m.Page("POST /login/second", s.passSecond)
	m.Page("GET /me/second", s.secondPage)
	m.Page("POST /me/second", s.beginSecond)
	m.Page("POST /me/second/confirm", s.confirmSecond)
	m.Page("POST /me/second/end", s.endSecond)
	m.Page("GET /enter", s.enter)
	m.Page("GET /type", s.typeSize)
}

// worker makes a page one for workers: whoever is not logged in has to be, and whoever is no worker
// yet has to register first. Both come back to where they wanted to go.
func (s *site) worker(page func(v *web.Visit, workerID string) error) func(*web.Visit) error {
	return func(v *web.Visit) error {
		a := people.ActorOf(v.Ctx)
		if a.AccountID == "" || a.SecondDue {
			return fault.New(fault.Unknown, "people.not_logged_in")
		}
		if a.WorkerID == "" {
			return v.Go("/register?next=" + url.QueryEscape(v.Here()))
		}
		return page(v, a.WorkerID)
	}
}

// Fault is the page of a fault that no other page shows.
func Fault(v *web.Visit, f *fault.Error, sentence string) web.Component {
	a := people.ActorOf(v.Ctx)
	page := faultView{Code: f.Code, Sentence: sentence, Home: "/", HomeKey: "phone.fault.home",
		Other: f.Kind == fault.Forbidden && a.AccountID != ""}
	for _, desk := range desks {
		if slices.ContainsFunc(desk.roles, a.Has) {
			page.Home, page.HomeKey = desk.path, "phone.fault.desk"
		}
	}
	return faultPage(page)
}

// desks are where those work who do not come for work.
var desks = []struct {
	path  string
	roles []people.Role
}{
	{"/e", []people.Role{people.RoleEmployer}},
	{"/e/shifts", []people.Role{people.RoleSupervisor}},
	{"/s", []people.Role{people.RoleStation}},
	{"/g", []people.Role{people.RoleClerk, people.RoleDirector, people.RoleAuditor}},
}

// faultView is a fault that no other page shows, with the way on.
type faultView struct {
	Code, Sentence string
	Home, HomeKey  string
	Other          bool // another account may be allowed what this one is not
}

// largeType keeps in the browser that letters are to be large.
const largeType = "gongyi_big"

func (s *site) typeSize(v *web.Visit) error {
	value, seconds := "1", 365*24*3600
	if v.Cookie(largeType) != "" {
		value, seconds = "", -1
	}
	v.SetCookie(largeType, value, seconds)
	return v.Go(v.Form.Get("next"))
}

// Look reads from a visit what the components need.
func Look(ctx context.Context, v *web.Visit, l ui.Look) context.Context {
	l.Base, l.Lang, l.Text, l.Here = v.Base(), v.Lang, v.Text(), v.Here()
	l.Big = v.Cookie(largeType) != ""
	l.LoggedIn = people.ActorOf(v.Ctx).AccountID != ""
	return ui.With(ctx, l)
}

// again asks anew who is asking: somebody who has just become a worker is one.
func (s *site) again(v *web.Visit) (context.Context, error) {
	a, err := s.People.Authenticate(v.Ctx, v.Cookie(web.SessionCookie))
	return people.WithActor(v.Ctx, a), err
}
