package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// policy shows the numbers of the rules, each with its source. They are changed with the program's
// data, under review, and not here.
func (s *site) policy(v *visit) error {
	today := civil.DateOf(s.People.DB.Now())
	l := listing{title: "desk.g.policy", empty: "desk.policy.none", path: "/g/policy",
		columns: []column{{key: "desk.policy.what"}, {key: "desk.policy.value", num: true},
			{key: "desk.policy.where"}, {key: "desk.policy.days"}, {key: "desk.policy.source"}},
		filters: []filter{{"topic", "desk.policy.topic", "desk.topic."},
			{"now", "desk.policy.days", "desk.policy."}}}
	for _, e := range s.Policy.Entries() {
		topic, _, _ := strings.Cut(e.Code, ".")
		now := "now"
		switch {
		case e.From > today:
			now = "later"
		case e.Until != "" && e.Until < today:
			now = "ended"
		}
		source := more(e.Source, "")
		if e.Assumed {
			source.Sub = v.say("desk.policy.assumed")
		}
		l.rows = append(l.rows, row{tags: map[string]string{"topic": topic, "now": now},
			cells: []ui.Cell{more(v.half(e.About), e.Code), v.number(e),
				text(cmp.Or(region.FullName(e.Region), v.say("desk.policy.anywhere"))),
				text(string(e.From) + " – " + cmp.Or(string(e.Until), v.say("desk.forever"))), source}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.policy"), "/g/policy"), v.list(l))
}

// half gives the visitor's language of a text that has both: 中文 · English.
func (v *visit) half(text string) string {
	zh, en, both := strings.Cut(text, " · ")
	if both && v.Lang != "zh-CN" {
		return en
	}
	return zh
}

func (v *visit) number(e policy.Entry) ui.Cell {
	c := count(e.Value)
	switch e.Unit {
	case "fen":
		c.Text = ui.Money(money.Fen(e.Value))
	case "bp":
		c.Text = percent(e.Value)
	case "times", "points":
	default:
		c.Text = fmt.Sprint(e.Value) + " " + v.sayOr("desk.policy.unit."+e.Unit, e.Unit)
	}
	return c
}

// staff lists who acts for the city.
func (s *site) staff(v *visit) error {
	found, err := s.People.FindStaff(v.Ctx, people.FindStaff{})
	if err != nil {
		return err
	}
	l := v.staffList("desk.g.staff", "/g/staff", found)
	if sent, err := v.export(l); sent {
		return err
	}
	parts := []templComponent{v.list(l)}
	if v.decides() {
		parts = append(parts, v.form(ui.DeskForm{Path: "/g/staff", Title: v.say("desk.staff.add"),
			Note: v.say("desk.staff.note"), Submit: v.say("desk.staff.add"), Inputs: []ui.Input{
				{Name: "name", Label: v.say("desk.staff.name"), Max: 50, Width: 4},
				{Name: "phone", Label: v.say("desk.staff.phone"), Type: "tel", Max: 20, Width: 4},
				{Name: "roles", Label: v.say("desk.staff.roles"), Type: "ticks", Width: 4,
					Options: v.choice("desk.role.", "clerk", "director", "auditor", "station")}}}))
	}
	if v.decides() {
		form, err := s.stationStaffForm(v, found)
		if err != nil {
			return err
		}
		parts = append(parts, form)
	}
	return v.page(v.bureauFrame(v.say("desk.g.staff"), "/g/staff"), parts...)
}

// stationStaffForm puts somebody behind a station's counter, or takes them away again.
func (s *site) stationStaffForm(v *visit, staff people.StaffList) (templComponent, error) {
	var who, where []ui.Option
	for _, a := range staff.Staff {
		if slices.Contains(a.Roles, people.RoleStation) {
			who = append(who, ui.Option{Value: a.AccountID, Label: a.Name + " " + a.PhoneMasked})
		}
	}
	for _, kind := range stations {
		found, err := s.Stations.FindPlaces(v.Ctx, station.FindPlaces{Kind: kind})
		if err != nil {
			return nil, err
		}
		for _, p := range found.Places {
			where = append(where, ui.Option{Value: p.ID, Label: p.Name + " " + region.Name(p.Region)})
		}
	}
	if len(who) == 0 || len(where) == 0 {
		return ui.Note("", v.say("desk.station_staff.none")), nil
	}
	return v.form(ui.DeskForm{Path: "/g/station-staff", Title: v.say("desk.station_staff"),
		Submit: v.say("desk.station_staff.assign"), Second: v.say("desk.station_staff.end"),
		Inputs: []ui.Input{
			{Name: "account_id", Label: v.say("desk.staff.name"), Type: "select", Options: who, Width: 6},
			{Name: "place_id", Label: v.say("desk.s.station"), Type: "select", Options: where, Width: 6},
		}}), nil
}

func (s *site) assignStation(v *visit) error {
	return v.act("/g/station-staff", s.staff, func() (string, error) {
		v.Form.Set("end", yes(web.Take(v.Form, "second") != ""))
		var in station.AssignStaff
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Stations.AssignStaff(v.Ctx, in)
		return "/g/staff?done=staff", err
	})
}

func (s *site) createStaff(v *visit) error {
	return v.act("/g/staff", s.staff, func() (string, error) {
		var in people.CreateStaff
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.CreateStaff(v.Ctx, in)
		return "/g/staff?done=staff", err
	})
}

// audit is the log of who saw or took what.
func (s *site) audit(v *visit) error {
	found, err := s.People.FindCityAudits(v.Ctx, people.CityAudits{})
	if err == nil && found.More && v.Form.Get("q") != "" { // what is sought may be an older one
		found, err = s.People.FindCityAudits(v.Ctx, people.CityAudits{Q: v.Form.Get("q")})
	}
	if err != nil {
		return err
	}
	worker := s.workerNames(v)
	l := listing{title: "desk.g.audit", empty: "desk.audit.none", path: "/g/audit",
		more: found.More,
		columns: []column{{key: "desk.time"}, {key: "desk.audit.who"}, {key: "desk.audit.what"},
			{key: "desk.audit.whose"}, {key: "desk.reason"}, {key: "desk.audit.hash"}},
		filters: []filter{{"what", "desk.audit.what", "desk.audit."},
			{"who", "desk.audit.who", ""}}}
	for _, a := range found.Audits {
		whose := a.Subject
		if strings.HasPrefix(a.Subject, "wrk_") {
			whose = worker(a.Subject)
		}
		who := text(a.Who)
		if strings.HasPrefix(a.Who, "system:") {
			who = text(v.say("desk.role.system"))
		}
		l.rows = append(l.rows, row{tags: map[string]string{"what": a.What, "who": a.Who},
			cells: []ui.Cell{v.when(a.At), who, text(v.sayOr("desk.audit."+a.What, a.What)),
				text(whose), text(v.sayOr("desk.audit_reason."+a.Reason, a.Reason)),
				text(a.Hash[:12] + "…")}})
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.audit"), "/g/audit"), v.list(l))
}
