package desk

import (
	"context"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
)

// Deps are the services that pages call.
type Deps struct {
	Attendance *attendance.Service
	Complaints *complaint.Service
	Contracts  *contract.Service
	Credit     *credit.Service
	Insurance  *insurance.Service
	Intake     *intake.Service
	Ledger     *ledger.Service
	Market     *market.Service
	Notify     *notify.Service
	Oversight  *oversight.Service
	People     *people.Service
	Policy     *policy.Book
	Skills     *skill.Service
	Stations   *station.Service
	Training   *training.Service
	Wages      *wage.Service

	BankAccount string // into which employers pay, in words; "": not known here

	Region string // of the city: its counties are what can be chosen

	// Logins are those as whom a visitor of a made-up city may log in; nil in a real one.
	Logins func(context.Context) ([]Login, error)
	Inbox  string // where a made-up city shows its text messages
}

type site struct{ Deps }

// Routes mounts the pages.
func Routes(m *web.Mux, d Deps) {
	s := &site{d}
	s.employerRoutes(m)
	s.bureauRoutes(m)
	s.stationRoutes(m)
	if d.Logins != nil {
		m.Page("GET /demo", s.demo)
		s.galleryRoutes(m)
	}
}

// mustBe lets only the roles pass whose desk it is: a page that shows nothing of its own would
// otherwise open for anybody. What it calls asks for its own permission besides.
// Faults: people.not_logged_in (unknown), people.not_allowed (forbidden).
func mustBe(v *web.Visit, roles ...people.Role) (people.Actor, error) {
	a := people.ActorOf(v.Ctx)
	if a.AccountID == "" || a.SecondDue {
		return a, fault.New(fault.Unknown, "people.not_logged_in")
	}
	for _, r := range roles {
		if a.Has(r) {
			return a, nil
		}
	}
	return a, fault.New(fault.Forbidden, "people.not_allowed")
}
