package desk

import (
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// givenByDirector are the city's own roles.
var givenByDirector = []string{"clerk", "director", "auditor", "station"}

// staff lists who acts for the city.
func (s *site) staff(v *visit) error {
	l, err := v.staffList("desk.g.staff", "/g/staff", func(after string) (people.StaffList, error) {
		return s.People.FindStaff(v.Ctx, people.FindStaff{After: after})
	})
	if err != nil {
		return err
	}
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
					Options: v.choice("desk.role.", givenByDirector...)}}}))
	}
	if v.decides() {
		form, err := s.stationStaffForm(v)
		if err != nil {
			return err
		}
		parts = append(parts, form)
	}
	if v.who.Has(people.RoleDirector) {
		parts = append(parts, v.form(ui.DeskForm{Path: "/g/second-steps",
			Title: v.say("desk.staff.reset"), Note: v.say("desk.staff.reset_note"),
			Submit: v.say("desk.staff.reset"), Inputs: []ui.Input{
				{Name: "phone", Label: v.say("desk.staff.phone"), Type: "tel", Max: 20, Width: 4},
				{Name: "reason", Label: v.say("desk.reason"), Hint: v.say("desk.staff.reset_hint"),
					Max: 200, Width: 8}}}))
	}
	return v.page(v.bureauFrame(v.say("desk.g.staff"), "/g/staff"), parts...)
}

// stationStaffForm puts somebody behind a station's counter, or takes them away again.
func (s *site) stationStaffForm(v *visit) (templComponent, error) {
	who, err := s.staffOptions(v, people.RoleStation)
	if err != nil {
		return nil, err
	}
	places, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{Public: true})
	if err != nil {
		return nil, err
	}
	var where []ui.Option
	for _, p := range places {
		where = append(where, ui.Option{Value: p.ID, Label: p.Name + " " + region.Name(p.Region)})
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

// staffMost is how many of the city's own are offered in a form.
const staffMost = 5_000

// staffOptions are those who have one of the roles, by name.
func (s *site) staffOptions(v *visit, roles ...people.Role) ([]ui.Option, error) {
	all, _, err := db.Walk(staffMost, func(after string) ([]people.StaffView, string, error) {
		page, err := s.People.FindStaff(v.Ctx, people.FindStaff{After: after})
		return page.Staff, page.Next, err
	})
	var list []ui.Option
	for _, a := range all {
		if slices.ContainsFunc(roles, func(r people.Role) bool { return slices.Contains(a.Roles, r) }) {
			list = append(list, ui.Option{Value: a.AccountID, Label: a.Name + " " + a.PhoneMasked})
		}
	}
	return list, err
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

func (v *visit) staffList(
	title, path string, find func(after string) (people.StaffList, error),
) (listing, error) {
	l := listing{title: title, empty: "desk.staff.none", path: path, name: "s",
		bare: path != "/g/staff", columns: []column{{key: "desk.staff.name"}, {key: "desk.staff.phone"},
			{key: "desk.staff.roles"}}, filters: []filter{{"role", "desk.staff.roles", "desk.role."}}}
	if l.bare {
		l.filters = nil
	}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		staff, err := find(after)
		for _, a := range staff.Staff {
			rows = append(rows, v.staffRow(a, l.bare))
		}
		return rows, staff.Next, err
	})
	if l.bare {
		l.columns = append(l.columns, column{key: "desk.do", still: true})
	}
	return l, err
}

func (v *visit) staffRow(a people.StaffView, mayEnd bool) row {
	c := row{tags: map[string]string{"role": string(a.Roles[0])}, cells: []ui.Cell{text(a.Name),
		text(a.PhoneMasked), text(v.roles(a.Roles))}}
	switch {
	case mayEnd:
		c.cells = append(c.cells, part(v.form(ui.DeskForm{Bare: true,
			Path: "/e/supervisors/" + a.AccountID + "/end", Submit: v.say("desk.staff.end"),
			Inputs: []ui.Input{{Name: "reason", Label: v.say("desk.reason"), Max: 200}}})))
	case v.who.Has(people.RoleDirector):
		c.cells[0] = link(a.Name, "", "/g/staff/"+a.AccountID)
	}
	return c
}

// roles names roles.
func (v *visit) roles(roles []people.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = v.sayOr("desk.role."+string(r), string(r))
	}
	return strings.Join(names, v.say("desk.list.comma"))
}

// member is the page of somebody who acts for the city, where a director takes roles back.
func (s *site) member(v *visit) error {
	m, err := s.People.ShowStaff(v.Ctx, people.StaffID{AccountID: v.R.PathValue("account_id")})
	if err != nil {
		return err
	}
	parts := []templComponent{ui.Facts([]ui.Fact{{Name: v.say("desk.staff.phone"),
		Value: m.PhoneMasked}, {Name: v.say("desk.staff.roles"), Value: v.roles(m.Roles)}})}
	switch {
	case m.AccountID == v.who.AccountID:
		parts = append(parts, ui.Note("", v.say("desk.staff.own")))
	case v.who.Has(people.RoleDirector):
		var held []ui.Option
		for _, r := range m.Roles {
			if slices.Contains(givenByDirector, string(r)) {
				held = append(held, v.choice("desk.role.", string(r))...)
			}
		}
		parts = append(parts, v.form(ui.DeskForm{Path: "/g/staff/" + m.AccountID + "/end",
			Title: v.say("desk.staff.end"), Note: v.say("desk.staff.end_note"),
			Submit: v.say("desk.staff.end"), Tone: "danger", Inputs: []ui.Input{
				{Name: "roles", Label: v.say("desk.staff.roles"), Type: "ticks", Options: held},
				{Name: "reason", Label: v.say("desk.reason"), Max: 200}}}))
	}
	return v.page(v.bureauFrame(m.Name, "/g/staff"), parts...)
}

// endRoles takes roles of the city back.
func (s *site) endRoles(v *visit) error {
	id := v.R.PathValue("account_id")
	return v.act("/g/staff/"+id+"/end", s.member, func() (string, error) {
		var in people.EndRoles
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.EndRoles(v.Ctx, in)
		return "/g/staff?done=roles_ended", err
	})
}

// endSupervisor takes a supervisor's role back, for the employer.
func (s *site) endSupervisor(v *visit, id string) error {
	again := func(v *visit) error { return s.company(v, id) }
	return v.act("/e/supervisors/"+v.R.PathValue("account_id")+"/end", again, func() (string, error) {
		v.Form.Set("roles", string(people.RoleSupervisor))
		v.Form.Set("employer_id", id)
		var in people.EndRoles
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.EndRoles(v.Ctx, in)
		return "/e/company?done=roles_ended", err
	})
}

// resetSecond lets somebody in again who lost the second step.
func (s *site) resetSecond(v *visit) error {
	return v.act("/g/second-steps", s.staff, func() (string, error) {
		var in people.ResetSecond
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.ResetSecond(v.Ctx, in)
		return "/g/staff?done=second_reset", err
	})
}

func (v *visit) supervisorForm() templComponent {
	return v.form(ui.DeskForm{Path: "/e/supervisors", Title: v.say("desk.supervisor.add"),
		Note: v.say("desk.supervisor.note"), Submit: v.say("desk.supervisor.submit"),
		Inputs: []ui.Input{
			{Name: "name", Label: v.say("desk.staff.name"), Max: 50, Width: 6},
			{Name: "phone", Label: v.say("desk.staff.phone"), Type: "tel", Max: 20, Width: 6},
		}})
}

func (s *site) addSupervisor(v *visit, id string) error {
	again := func(v *visit) error { return s.company(v, id) }
	return v.act("/e/supervisors", again, func() (string, error) {
		v.Form.Set("roles", string(people.RoleSupervisor))
		v.Form.Set("employer_id", id)
		var in people.CreateStaff
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.CreateStaff(v.Ctx, in)
		return "/e/company?done=supervisor", err
	})
}
