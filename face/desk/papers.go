package desk

import (
	"cmp"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// papers is what a clerk looks at with the paper in hand: certificates, what is wrong in the
// register, and times that an employer has not answered for.
func (s *site) papers(v *visit) error {
	over, err := s.Attendance.FindOverdueCorrections(v.Ctx, attendance.OverdueCorrections{})
	if err != nil {
		return err
	}
	worker := s.workerNames(v)
	l, err := s.certificateList(v, worker)
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	a := listing{title: "desk.amendments", empty: "desk.amendments.none", path: "/g/papers",
		name: "a", bare: true, columns: []column{{key: "desk.worker"}, {key: "desk.amendment.field"},
			{key: "desk.amendment.value"}, {key: "desk.reason"}, {key: "desk.time"},
			{key: "desk.do", still: true}}}
	err = v.fill(&a, func(after, _ string) (rows []row, next string, err error) {
		amend, err := s.People.FindAmendmentsWaiting(v.Ctx, people.AmendmentsWaiting{After: after})
		for _, c := range amend.Amendments {
			rows = append(rows, row{cells: []ui.Cell{text(worker(c.WorkerID)),
				text(v.say("desk.amendment." + c.Field)), text(c.Value), text(c.Reason), v.when(c.AskedAt),
				part(v.form(ui.DeskForm{Bare: true, Path: "/g/amendments/" + c.ID,
					Submit: v.say("desk.amendment.grant"), Second: v.say("desk.deny"),
					Inputs: []ui.Input{{Name: "words", Label: v.say("desk.deny_words"), Optional: true,
						Max: 100}}}))}})
		}
		return rows, amend.Next, err
	})
	if err != nil {
		return err
	}
	parts := []templComponent{v.list(l), v.list(a)}
	firm := s.employerNames(v)
	for _, c := range over.Corrections {
		parts = append(parts, ui.Note("late", v.say("desk.overdue.of", "firm", firm(c.EmployerID))),
			v.correctionForm("/g/corrections/"+c.ID, c))
	}
	return v.page(v.bureauFrame(v.say("desk.g.papers"), "/g/papers"), parts...)
}

func (s *site) certificateList(v *visit, worker func(string) string) (listing, error) {
	l := listing{title: "desk.certificates", empty: "desk.certificates.none", path: "/g/papers",
		columns: []column{{key: "desk.worker"}, {key: "desk.certificate"},
			{key: "desk.certificate.number"}, {key: "desk.certificate.days"},
			{key: "desk.do", still: true}},
		filters: []filter{{"kind", "desk.certificate", ""}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		w, err := s.Skills.FindWaiting(v.Ctx, skill.FindWaiting{After: after})
		for _, c := range w.Certificates {
			kind := s.skillNames(v, []string{c.Kind})[0]
			number := more("…"+c.NumberTail, "")
			if !c.NumberFits {
				number.Sub = v.say("desk.certificate.look_twice")
			}
			rows = append(rows, row{tags: map[string]string{"kind": kind}, cells: []ui.Cell{
				text(worker(c.WorkerID)), text(kind), number,
				text(string(c.IssuedOn) + " – " + cmp.Or(string(c.ExpiresOn), v.say("desk.forever"))),
				part(v.form(ui.DeskForm{Bare: true, Path: "/g/certificates/" + c.ID,
					Submit: v.say("desk.certificate.verify"), Second: v.say("desk.deny"),
					Inputs: []ui.Input{{Name: "reason", Label: v.say("desk.deny_words"), Optional: true,
						Max: 200}}}))}})
		}
		return rows, w.Next, err
	})
	return l, err
}

func (s *site) verify(v *visit) error {
	path := "/g/certificates/" + v.R.PathValue("certificate_id")
	return v.act(path, s.papers, func() (string, error) {
		decision := skill.Verified
		if web.Take(v.Form, "second") != "" {
			decision = skill.Refused
		}
		v.Form.Set("decision", string(decision))
		var in skill.VerifyCertificate
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Skills.VerifyCertificate(v.Ctx, in)
		return "/g/papers?done=decided", err
	})
}

func (s *site) amend(v *visit) error {
	path := "/g/amendments/" + v.R.PathValue("amendment_id")
	return v.act(path, s.papers, func() (string, error) {
		v.Form.Set("grant", yes(web.Take(v.Form, "second") == ""))
		var in people.AnswerAmendment
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.AnswerAmendment(v.Ctx, in)
		return "/g/papers?done=decided", err
	})
}

// answerFor is a clerk's answer in the place of an employer that gave none.
func (s *site) answerFor(v *visit) error {
	id := v.R.PathValue("correction_id")
	return v.act("/g/corrections/"+id, s.papers, func() (string, error) {
		over, err := s.Attendance.FindOverdueCorrections(v.Ctx, attendance.OverdueCorrections{})
		if err != nil {
			return "", err
		}
		for _, c := range over.Corrections {
			if c.ID == id {
				return "/g/papers?done=answered", s.answer(v, c.EmployerID)
			}
		}
		return "", fault.New(fault.NotFound, "attendance.correction_not_found").
			OnField("correction_id")
	})
}
