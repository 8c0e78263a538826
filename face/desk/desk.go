package desk

import (
	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
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
	People     *people.Service
	Skills     *skill.Service
	Stations   *station.Service
	Wages      *wage.Service
}

type site struct{ Deps }

// Routes mounts the pages.
func Routes(m *web.Mux, d Deps) {
	s := &site{d}
	m.Page("GET /g", s.bureau)
}

// mustBe lets only the roles pass whose desk it is: a page that shows nothing of its own would
// otherwise open for anybody. What it calls asks for its own permission besides.
// Faults: people.not_logged_in (unknown), people.not_allowed (forbidden).
func mustBe(v *web.Visit, roles ...people.Role) (people.Actor, error) {
	a := people.ActorOf(v.Ctx)
	if a.AccountID == "" {
		return a, fault.New(fault.Unknown, "people.not_logged_in")
	}
	for _, r := range roles {
		if a.Has(r) {
			return a, nil
		}
	}
	return a, fault.New(fault.Forbidden, "people.not_allowed")
}

// bureauFrame is what stands around the bureau's pages.
func bureauFrame(title, path string) ui.Frame {
	return ui.Frame{Title: title, Desk: "desk.bureau", Path: path, Menu: []ui.MenuItem{
		{Key: "desk.bureau.vacancies", Path: "/g"},
	}}
}
