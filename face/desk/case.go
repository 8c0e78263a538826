package desk

import (
	"cmp"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// complaints lists what waits for staff, the first due first.
func (s *site) complaints(v *visit) error {
	firm := s.employerNames(v)
	l := listing{title: "desk.g.complaints", empty: "desk.complaints.none", path: "/g/complaints",
		columns: []column{{key: "desk.complaint"}, {key: "desk.firm"}, {key: "desk.state"},
			{key: "desk.time"}, {key: "desk.due"}},
		filters: []filter{{"kind", "desk.complaint", "desk.complaint_kind."},
			{"state", "desk.state", "desk.complaint_state."}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		found, err := s.Complaints.FindOpen(v.Ctx, complaint.Queue{After: after})
		for _, c := range found.Complaints {
			due := on(string(c.DueOn))
			if c.Overdue {
				due = ui.Cell{Text: string(c.DueOn), Tone: "late"}
			}
			rows = append(rows, row{
				tags: map[string]string{"kind": string(c.Kind), "state": string(c.State)},
				cells: []ui.Cell{link(v.say("desk.complaint_kind."+string(c.Kind)), short(c.Words),
					"/g/complaints/"+c.ID), text(firm(c.EmployerID)),
					v.state("complaint_state", string(c.State)), v.when(c.ReceivedAt), due}})
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.complaints"), "/g/complaints"), v.list(l))
}

const shortRunes = 60 // of a text in a list

func short(words string) string {
	runes := []rune(words)
	if len(runes) <= shortRunes {
		return words
	}
	return string(runes[:shortRunes]) + "…"
}

// complaint shows one with its steps and evidence, and asks for the next step.
func (s *site) complaint(v *visit) error {
	c, err := s.Complaints.ShowComplaint(v.Ctx, complaint.Get{
		ComplaintID: v.R.PathValue("complaint_id")})
	if err != nil {
		return err
	}
	who := v.say("desk.complaint.known")
	if c.Anonymous {
		who = v.say("desk.complaint.anonymous")
	}
	path := "/g/complaints/" + c.ID
	parts := []templComponent{ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.complaint"), Value: v.say("desk.complaint_kind." + string(c.Kind)),
			Sub: v.say("desk.complaint_subject." + string(c.Subject))},
		{Name: v.say("desk.firm"), Value: s.employerNames(v)(c.EmployerID)},
		{Name: v.say("desk.words"), Value: c.Words},
		{Name: v.say("desk.complaint.who"), Value: who},
		{Name: v.say("desk.state"), Value: v.say("desk.complaint_state." + string(c.State))},
		{Name: v.say("desk.due"), Value: cmp.Or(string(c.DueOn), "–"),
			Sub: v.say("desk.complaint.legal", "day", cmp.Or(string(c.LegalOn), "–"))}})}
	if v.decides() {
		parts = append(parts, v.steps(path, c)...)
		parts = append(parts, ui.Links([]ui.Link{v.pursue(oversight.AboutComplaint, c.ID)}))
	}
	about, err := s.about(v, c.ID)
	if err != nil {
		return err
	}
	parts = append(parts, about)
	steps := listing{title: "desk.complaint.steps", empty: "desk.complaint.no_steps", path: path,
		bare: true, columns: []column{{key: "desk.time"}, {key: "desk.state"}, {key: "desk.words"}}}
	for _, st := range c.Steps {
		steps.rows = append(steps.rows, row{cells: []ui.Cell{v.when(st.At),
			v.state("complaint_state", string(st.State)), text(st.Words)}})
	}
	notes := listing{title: "desk.complaint.notes", empty: "desk.complaint.no_notes", path: path,
		bare: true, name: "n", columns: []column{{key: "desk.time"}, {key: "desk.complaint.side"},
			{key: "desk.words"}}}
	for _, n := range c.Notes {
		notes.rows = append(notes.rows, row{cells: []ui.Cell{v.when(n.At),
			text(v.say("desk.complaint.side." + n.Side)), more(n.Words, n.Digest)}})
	}
	return v.page(v.bureauFrame(v.say("desk.complaint_kind."+string(c.Kind)), "/g/complaints"),
		append(parts, v.list(steps), v.list(notes))...)
}

// steps are the forms of what can be done next.
func (v *visit) steps(path string, c complaint.FullView) []templComponent {
	words := func(name, key string, max int, optional bool) []ui.Input {
		return []ui.Input{{Name: name, Label: v.say(key), Type: "area", Max: max, Optional: optional}}
	}
	note := v.form(ui.DeskForm{Path: path + "/note", Title: v.say("desk.complaint.add_note"),
		Submit: v.say("desk.complaint.add_note"), Inputs: words("words", "desk.words", 2000, false)})
	switch c.State {
	case complaint.Received:
		return []templComponent{v.form(ui.DeskForm{Path: path + "/accept",
			Title: v.say("desk.complaint.accept"), Submit: v.say("desk.complaint.accept"),
			Second: v.say("desk.complaint.refuse"),
			Inputs: words("reason", "desk.complaint.why_not", 1000, true)}), note}
	case complaint.Accepted:
		return []templComponent{v.form(ui.DeskForm{Path: path + "/investigate",
			Title: v.say("desk.complaint.investigate"), Submit: v.say("desk.complaint.investigate"),
			Note: v.say("desk.complaint.investigate_note")}), note}
	case complaint.Investigating:
		return []templComponent{v.form(ui.DeskForm{Path: path + "/decide",
			Title: v.say("desk.complaint.decide"), Submit: v.say("desk.complaint.uphold"),
			Second: v.say("desk.complaint.not_uphold"),
			Inputs: words("finding", "desk.complaint.finding", 1000, false)}), note}
	case complaint.Upheld, complaint.NotUpheld:
		return []templComponent{v.form(ui.DeskForm{Path: path + "/answer",
			Title: v.say("desk.complaint.answer"), Submit: v.say("desk.complaint.answer"),
			Inputs: words("words", "desk.complaint.answer_words", 2000, false)}), note}
	}
	return nil
}

// moveComplaint takes the step that the path names.
func (s *site) moveComplaint(v *visit) error {
	step := v.R.PathValue("step")
	path := "/g/complaints/" + v.R.PathValue("complaint_id")
	return v.act(path+"/"+step, s.complaint, func() (string, error) {
		second := web.Take(v.Form, "second") != ""
		return path + "?done=complaint_" + step, s.step(v, step, second)
	})
}

func (s *site) step(v *visit, step string, second bool) (err error) {
	switch step {
	case "accept":
		v.Form.Set("accept", yes(!second))
		var in complaint.Accept
		if err = v.Read(&in); err == nil {
			_, err = s.Complaints.AcceptComplaint(v.Ctx, in)
		}
	case "investigate":
		var in complaint.Step
		if err = v.Read(&in); err == nil {
			_, err = s.Complaints.Investigate(v.Ctx, in)
		}
	case "decide":
		v.Form.Set("uphold", yes(!second))
		var in complaint.Decide
		if err = v.Read(&in); err == nil {
			_, err = s.Complaints.DecideComplaint(v.Ctx, in)
		}
	case "answer":
		var in complaint.Reply
		if err = v.Read(&in); err == nil {
			_, err = s.Complaints.AnswerComplaint(v.Ctx, in)
		}
	case "note":
		var in complaint.Note
		if err = v.Read(&in); err == nil {
			_, err = s.Complaints.AddNote(v.Ctx, in)
		}
	default:
		err = fault.New(fault.NotFound, "complaint.not_found").OnField("complaint_id")
	}
	return err
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// appeals are employers' objections to a grade and to what workers said.
func (s *site) appeals(v *visit) error {
	grades, err := s.Credit.FindAppeals(v.Ctx, credit.AppealQueue{})
	if err != nil {
		return err
	}
	said, err := s.Credit.FindFeedbackAppeals(v.Ctx, credit.FeedbackAppeals{})
	if err != nil {
		return err
	}
	firm := s.employerNames(v)
	var parts []templComponent
	for _, a := range grades.Appeals {
		c, err := s.Credit.ShowCredit(v.Ctx, credit.CreditOf{EmployerID: a.EmployerID, Lang: v.Lang})
		if err != nil {
			return err
		}
		var reasons string
		for _, r := range c.Reasons {
			reasons += r.Words + "\n"
		}
		parts = append(parts, ui.Pairs(firm(a.EmployerID), []ui.Fact{
			{Name: v.say("desk.credit.grade"), Value: string(c.Grade), Sub: c.Meaning},
			{Name: v.say("desk.credit.reasons"), Value: reasons},
			{Name: v.say("desk.credit.wrong"), Value: a.Words},
			{Name: v.say("desk.due"), Value: string(a.DueOn)}}),
			v.form(ui.DeskForm{Path: "/g/appeals/" + a.ID, Submit: v.say("desk.appeal.grant"),
				Second: v.say("desk.appeal.deny"), Inputs: []ui.Input{
					{Name: "grade", Label: v.say("desk.appeal.grade"), Type: "select", Width: 4,
						Optional: true, Options: []ui.Option{{Value: "A", Label: "A"},
							{Value: "B", Label: "B"}, {Value: "C", Label: "C"}}},
					{Name: "until", Label: v.say("desk.appeal.until"), Type: "date", Optional: true,
						Width: 4},
					{Name: "words", Label: v.say("desk.appeal.words"), Type: "area", Max: 1000}}}))
	}
	if len(grades.Appeals) == 0 {
		parts = append(parts, ui.Note("", v.say("desk.appeals.none")))
	}
	l := listing{title: "desk.feedback_appeals", empty: "desk.feedback_appeals.none",
		path: "/g/appeals", bare: true, columns: []column{{key: "desk.firm"},
			{key: "desk.feedback.answers"}, {key: "desk.feedback.appeal"}, {key: "desk.do", still: true}}}
	for _, f := range said.Feedback {
		l.rows = append(l.rows, row{cells: []ui.Cell{text(firm(f.EmployerID)),
			text(v.feedbackWords(f)), text(f.Appeal), part(v.form(ui.DeskForm{Bare: true,
				Path: "/g/feedback/" + f.ID, Submit: v.say("desk.feedback.keep"),
				Second: v.say("desk.feedback.strike"), Inputs: []ui.Input{{Name: "words",
					Label: v.say("desk.reason"), Max: 1000}}}))}})
	}
	return v.page(v.bureauFrame(v.say("desk.g.appeals"), "/g/appeals"), append(parts, v.list(l))...)
}

func (s *site) reviewAppeal(v *visit) error {
	return v.act("/g/appeals/"+v.R.PathValue("appeal_id"), s.appeals, func() (string, error) {
		second := web.Take(v.Form, "second") != ""
		v.Form.Set("grant", yes(!second))
		if second {
			v.Form.Del("grade")
			v.Form.Del("until")
		}
		var in credit.ReviewAppeal
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Credit.ReviewAppeal(v.Ctx, in)
		return "/g/appeals?done=decided", err
	})
}

func (s *site) reviewFeedback(v *visit) error {
	return v.act("/g/feedback/"+v.R.PathValue("feedback_id"), s.appeals, func() (string, error) {
		v.Form.Set("strike", yes(web.Take(v.Form, "second") != ""))
		var in credit.ReviewFeedback
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Credit.ReviewFeedback(v.Ctx, in)
		return "/g/appeals?done=decided", err
	})
}
