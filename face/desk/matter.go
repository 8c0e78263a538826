package desk

import (
	"net/url"
	"slices"

	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// matters lists what somebody must bring to its end, the first due first.
func (s *site) matters(v *visit) error {
	which := v.Form.Get("which")
	if !slices.Contains([]string{"mine", "closed"}, which) {
		which = "open"
	}
	l := listing{title: "desk.g.matters", empty: "desk.matters.none", path: "/g/matters",
		keep: []string{"which"}, columns: []column{{key: "desk.matter"}, {key: "desk.matter.kind"},
			{key: "desk.matter.owner"}, {key: "desk.matter.assigner"}, {key: "desk.state"},
			{key: "desk.due"}}, filters: []filter{{"kind", "desk.matter.kind", "desk.matter_kind."},
			{"owner", "desk.matter.owner", ""}, {"state", "desk.state", "desk.matter_state."},
			{"settled", "desk.matter.settled", "desk.matter_settled."}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		found, err := s.Oversight.FindMatters(v.Ctx, oversight.Find{Mine: which == "mine",
			Closed: which == "closed", After: after})
		for _, m := range found.Matters {
			rows = append(rows, row{tags: map[string]string{"kind": string(m.Kind), "owner": m.Owner,
				"state": string(m.State), "settled": how(m)}, cells: []ui.Cell{
				link(m.Title, short(m.Words), "/g/matters/"+m.ID),
				text(v.say("desk.matter_kind." + string(m.Kind))), text(m.Owner), text(m.Assigner),
				v.stage(m), v.due(m)}})
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	links := []ui.Link{{Label: v.say("desk.matters.open"), Path: "/g/matters", Main: which == "open"}}
	for _, w := range []string{"mine", "closed"} {
		links = append(links, ui.Link{Label: v.say("desk.matters." + w),
			Path: "/g/matters?which=" + w, Main: which == w})
	}
	if v.decides() {
		links = append(links, ui.Link{Label: v.say("desk.matters.new"), Path: "/g/matters/new"})
	}
	return v.page(v.bureauFrame(v.say("desk.g.matters"), "/g/matters"), ui.Links(links), v.list(l))
}

// due is the cell of a matter's last day.
func (v *visit) due(m oversight.View) ui.Cell {
	c := on(string(m.DueOn))
	if m.Overdue {
		c.Tone = "late"
	}
	return c
}

// stage is the cell of where a matter stands, and whether its subject is settled.
func (v *visit) stage(m oversight.View) ui.Cell {
	c := v.state("matter_state", string(m.State))
	if m.Settled != nil {
		c.Sub = v.say("desk.matter_settled." + m.Settled.How)
	}
	return c
}

func how(m oversight.View) string {
	if m.Settled == nil {
		return ""
	}
	return m.Settled.How
}

// settled says since when and by what a matter's subject is settled.
func (v *visit) settled(s oversight.Settlement) ui.Fact {
	f := ui.Fact{Name: v.say("desk.matter.settled"), Value: v.say("desk.matter_settled." + s.How),
		Sub: v.moment(s.At)}
	switch s.How {
	case "paid", "reversed":
		f.Sub, f.Path = f.Sub+" · "+v.say("desk.voucher")+" "+s.Of, "/g/vouchers?id="+
			url.QueryEscape(s.Of)
	default:
		f.Path = "/g/complaints/" + s.Of
	}
	return f
}

// pursue leads to the form by which what a page shows is given to somebody.
func (v *visit) pursue(k oversight.Kind, id string) ui.Link {
	return ui.Link{Label: v.say("desk.matter.new"),
		Path: "/g/matters/new?kind=" + string(k) + "&subject_id=" + url.QueryEscape(id)}
}

// about lists what has been asked of somebody about something; nothing when nobody was.
func (s *site) about(v *visit, id string) (templComponent, error) {
	var rows []row
	for _, closed := range []bool{false, true} {
		found, err := s.Oversight.FindMatters(v.Ctx, oversight.Find{SubjectID: id, Closed: closed})
		if err != nil {
			return nil, err
		}
		for _, m := range found.Matters {
			rows = append(rows, row{cells: []ui.Cell{link(short(m.Words), "", "/g/matters/"+m.ID),
				text(m.Owner), v.stage(m), v.due(m)}})
		}
	}
	if len(rows) == 0 {
		return ui.Links(nil), nil
	}
	return v.list(listing{title: "desk.g.matters", empty: "desk.matters.none", bare: true, name: "m",
		rows: rows, columns: []column{{key: "desk.matter"}, {key: "desk.matter.owner"},
			{key: "desk.state"}, {key: "desk.due"}}}), nil
}

// newMatter is the form by which a matter is given to a clerk or director.
func (s *site) newMatter(v *visit) error {
	kind, subject := v.Form.Get("kind"), v.Form.Get("subject_id")
	if v.wrong != nil {
		kind, subject = v.wrong.typed.Get("kind"), v.wrong.typed.Get("subject_id")
	}
	title := v.say("desk.matter_kind.other")
	if subject != "" {
		var err error
		title, err = s.Oversight.Title(v.Ctx, oversight.Kind(kind), subject)
		if err != nil {
			return err
		}
	} else {
		kind = string(oversight.AboutOther)
	}
	owners, err := s.staffOptions(v, people.RoleClerk, people.RoleDirector)
	if err != nil {
		return err
	}
	today := civil.DateOf(s.People.DB.Now())
	return v.page(v.bureauFrame(v.say("desk.matter.new"), "/g/matters"),
		v.form(ui.DeskForm{Path: "/g/matters", Title: title, Note: v.say("desk.matter.note"),
			Submit: v.say("desk.matter.assign"), Inputs: []ui.Input{
				{Name: "kind", Type: "hidden", Value: kind},
				{Name: "subject_id", Type: "hidden", Value: subject},
				{Name: "owner_id", Label: v.say("desk.matter.owner"), Type: "select", Options: owners,
					Width: 6},
				{Name: "due_on", Label: v.say("desk.matter.due"), Type: "date", Min: string(today),
					Value: string(today.AddDays(matterDays)), Width: 6},
				{Name: "words", Label: v.say("desk.matter.words"), Type: "area", Max: 500},
			}}))
}

const matterDays = 3 // the form's first proposal of a last day

func (s *site) assignMatter(v *visit) error {
	return v.act("/g/matters", s.newMatter, func() (string, error) {
		var in oversight.Assign
		if err := v.Read(&in); err != nil {
			return "", err
		}
		made, err := s.Oversight.AssignMatter(v.Ctx, in)
		return "/g/matters/" + made.ID + "?done=matter_assign", err
	})
}

// matter shows one with its steps, and asks for the next.
func (s *site) matter(v *visit) error {
	m, err := s.Oversight.ShowMatter(v.Ctx, oversight.Get{MatterID: v.R.PathValue("matter_id")})
	if err != nil {
		return err
	}
	path := "/g/matters/" + m.ID
	about := ui.Fact{Name: v.say("desk.matter.kind"), Value: v.say("desk.matter_kind." +
		string(m.Kind)), Sub: m.Title}
	switch m.Kind {
	case oversight.AboutComplaint:
		about.Path = "/g/complaints/" + m.SubjectID
	case oversight.AboutEmployer:
		about.Path = "/g/employers/" + m.SubjectID
	case oversight.AboutWage:
		about.Path = "/g/wages"
	}
	due := ui.Fact{Name: v.say("desk.due"), Value: string(m.DueOn)}
	if m.Overdue {
		due.Tone, due.Sub = "late", v.say("desk.matter.overdue")
	}
	facts := []ui.Fact{about,
		{Name: v.say("desk.matter.words"), Value: m.Words},
		{Name: v.say("desk.matter.owner"), Value: m.Owner},
		{Name: v.say("desk.matter.assigner"), Value: m.Assigner},
		{Name: v.say("desk.state"), Value: v.say("desk.matter_state." + string(m.State))}, due}
	if m.Settled != nil {
		facts = append(facts, v.settled(*m.Settled))
	}
	parts := []templComponent{ui.Pairs("", facts)}
	if len(m.May) > 0 {
		parts = append(parts, v.nextStep(path, m))
	}
	if m.Passes {
		owners, err := s.staffOptions(v, people.RoleClerk, people.RoleDirector)
		if err != nil {
			return err
		}
		owners = slices.DeleteFunc(owners, func(o ui.Option) bool { return o.Value == m.OwnerID })
		parts = append(parts, v.form(ui.DeskForm{Path: path + "/pass",
			Title: v.say("desk.matter_step.pass"), Submit: v.say("desk.matter_step.pass"),
			Tone: "plain", Inputs: []ui.Input{
				{Name: "owner_id", Label: v.say("desk.matter.owner"), Type: "select", Options: owners,
					Width: 4},
				{Name: "words", Label: v.say("desk.matter.pass_words"), Max: 500, Width: 8}}}))
	}
	steps := listing{title: "desk.matter.steps", empty: "desk.matters.none", path: path, bare: true,
		columns: []column{{key: "desk.time"}, {key: "desk.matter.step"}, {key: "desk.matter.who"},
			{key: "desk.words"}}}
	for _, st := range m.Steps {
		steps.rows = append(steps.rows, row{cells: []ui.Cell{v.when(st.At),
			text(v.say("desk.matter_step." + st.Step)), text(st.Who), text(st.Words)}})
	}
	return v.page(v.bureauFrame(v.say("desk.matter"), "/g/matters"), append(parts, v.list(steps))...)
}

func (v *visit) nextStep(path string, m oversight.FullView) templComponent {
	step := m.May[0]
	f := ui.DeskForm{Path: path + "/" + step, Title: v.say("desk.matter_step." + step),
		Submit: v.say("desk.matter_step." + step)}
	switch step {
	case "report":
		f.Inputs = []ui.Input{{Name: "words", Label: v.say("desk.matter.report"), Type: "area",
			Max: 500}}
	case "close":
		if !slices.Contains(m.May, "return") { // settled, and nobody has reported
			f.Note = v.say("desk.matter.settled_note")
			break
		}
		f.Second = v.say("desk.matter_step.return")
		f.Inputs = []ui.Input{{Name: "words", Label: v.say("desk.matter.return_words"), Type: "area",
			Max: 500, Optional: true}}
	}
	return v.form(f)
}

func (s *site) moveMatter(v *visit) error {
	step, path := v.R.PathValue("step"), "/g/matters/"+v.R.PathValue("matter_id")
	return v.act(path+"/"+step, s.matter, func() (string, error) {
		back := web.Take(v.Form, "second") != ""
		to := path + "?done=matter_" + step
		switch step {
		case "accept", "report":
			var in oversight.Step
			if err := v.Read(&in); err != nil {
				return "", err
			}
			do := s.Oversight.AcceptMatter
			if step == "report" {
				do = s.Oversight.ReportMatter
			}
			_, err := do(v.Ctx, in)
			return to, err
		case "pass":
			var in oversight.Pass
			if err := v.Read(&in); err != nil {
				return "", err
			}
			_, err := s.Oversight.PassMatter(v.Ctx, in)
			return to, err
		case "close":
			if back {
				to = path + "?done=matter_return"
			}
			v.Form.Set("close", yes(!back))
			var in oversight.End
			if err := v.Read(&in); err != nil {
				return "", err
			}
			_, err := s.Oversight.CloseMatter(v.Ctx, in)
			return to, err
		}
		return "", fault.New(fault.NotFound, "oversight.not_found").OnField("matter_id")
	})
}
