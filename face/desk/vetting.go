package desk

import (
	"cmp"

	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// employers is the vetting queue and, below it, all employers.
func (s *site) employers(v *visit) error {
	l := listing{title: "desk.employers.all", empty: "desk.employers.none", path: "/g/employers",
		seeks: true, columns: []column{{key: "desk.firm"}, {key: "desk.uscc"}, {key: "desk.principal"},
			{key: "desk.county"}}, filters: []filter{{"county", "desk.county", ""}}}
	err := v.fill(&l, func(after, words string) (rows []row, next string, err error) {
		all, err := s.People.FindEmployers(v.Ctx, people.FindEmployers{After: after, Q: words})
		for _, e := range all.Employers {
			rows = append(rows, row{tags: map[string]string{"county": region.Name(e.Region)},
				cells: []ui.Cell{link(e.Name, e.Address, "/g/employers/"+e.ID), text(e.USCC),
					text(e.Principal), text(region.Name(e.Region))}})
		}
		return rows, all.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	var parts []templComponent
	if v.decides() {
		waiting, err := s.vettingList(v)
		if err != nil {
			return err
		}
		parts = append(parts, v.list(waiting))
	}
	parts = append(parts, v.list(l))
	return v.page(v.bureauFrame(v.say("desk.g.employers"), "/g/employers"), parts...)
}

func (s *site) vettingList(v *visit) (listing, error) {
	l := listing{title: "desk.vettings", empty: "desk.vettings.none", path: "/g/employers",
		bare: true, name: "w", columns: []column{{key: "desk.firm"}, {key: "desk.uscc"},
			{key: "desk.county"}, {key: "desk.state"}, {key: "desk.since"}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		found, err := s.Market.FindVettings(v.Ctx, market.Vettings{After: after})
		for _, e := range found.Employers {
			rows = append(rows, row{cells: []ui.Cell{link(e.Name, "", "/g/employers/"+e.EmployerID),
				text(e.USCC), text(region.Name(e.Region)), v.state("vetting_state",
					cmp.Or(e.State, "new")), v.when(e.Since)}})
		}
		return rows, found.Next, err
	})
	return l, err
}

// dossier shows an employer with its papers, what is missing, its grade, and how it was decided.
func (s *site) dossier(v *visit) error {
	id := v.R.PathValue("employer_id")
	e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
	if err != nil {
		return err
	}
	d, err := s.Market.ShowDossier(v.Ctx, market.ShowDossier{EmployerID: id})
	if err != nil {
		return err
	}
	grade, err := s.Credit.ShowCredit(v.Ctx, credit.CreditOf{EmployerID: id, Lang: v.Lang})
	if err != nil {
		return err
	}
	path := "/g/employers/" + id
	past := listing{title: "desk.decisions", empty: "desk.decisions.none", path: path, bare: true,
		columns: []column{{key: "desk.state"}, {key: "desk.reason"}}}
	for _, c := range d.Decisions {
		past.rows = append(past.rows, row{cells: []ui.Cell{v.state("vetting_state", c.Decision),
			text(c.Reason)}})
	}
	parts := []templComponent{v.vetting(d), ui.Links([]ui.Link{{Label: v.say("desk.voucher.of"),
		Path: path + "/account"}}), ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.uscc"), Value: e.USCC}, {Name: v.say("desk.principal"), Value: e.Principal},
		{Name: v.say("desk.address"), Value: region.FullName(e.Region) + " " + e.Address},
		{Name: v.say("desk.credit.grade"), Value: string(grade.Grade), Sub: grade.Meaning}}),
		v.list(v.paperList(path, d))}
	if v.decides() {
		parts = append(parts, v.form(ui.DeskForm{Path: path + "/vet", Title: v.say("desk.vet"),
			Note: v.say("desk.vet.note"), Submit: v.say("desk.decide"), Inputs: []ui.Input{
				{Name: "decision", Label: v.say("desk.decision"), Type: "select", Width: 4,
					Options: v.choice("desk.vet.", "vetted", "refused", "suspended")},
				{Name: "reason", Label: v.say("desk.reason"), Hint: v.say("desk.vet.reason_hint"),
					Optional: true, Max: 200, Width: 8},
				{Name: "agency", Label: v.say("desk.vet.agency"), Type: "tick"}}}))
	}
	about, err := s.about(v, id)
	if err != nil {
		return err
	}
	parts = append(parts, v.list(past), about)
	if v.decides() {
		parts = append(parts, ui.Links([]ui.Link{v.pursue(oversight.AboutEmployer, id)}))
	}
	return v.page(v.bureauFrame(e.Name, "/g/employers"), parts...)
}

func (s *site) openPaper(v *visit) error {
	id := v.R.PathValue("employer_id")
	return v.openPaper(id, "/g/employers/"+id+"/vet", s.dossier)
}

func (s *site) vet(v *visit) error {
	path := "/g/employers/" + v.R.PathValue("employer_id")
	return v.act(path+"/vet", s.dossier, func() (string, error) {
		var in market.Vet
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.VetEmployer(v.Ctx, in)
		return path + "?done=decided", err
	})
}

// queue is the publish gate's: vacancies that wait for a clerk, and public ones to look at again.
func (s *site) queue(v *visit) error {
	l := listing{title: "desk.g.vacancies", empty: "desk.bureau.no_vacancies", path: "/g/vacancies",
		columns: []column{{key: "desk.vacancy.title"}, {key: "desk.firm"}, {key: "desk.reason"},
			{key: "desk.findings"}}, filters: []filter{{"reason", "desk.reason",
			"desk.vacancy_reason."}, {"firm", "desk.firm", ""}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		waiting, err := s.Market.FindWaitingVacancies(v.Ctx, market.WaitingVacancies{After: after})
		for _, w := range waiting.Vacancies {
			marks := ""
			for _, f := range w.Findings {
				marks += "「" + f.Span + "」"
			}
			rows = append(rows, row{tags: map[string]string{"reason": w.Reason, "firm": w.Employer},
				cells: []ui.Cell{link(w.Title, w.Content, "/g/vacancies/"+w.ID), text(w.Employer),
					text(v.sayOr("desk.vacancy_reason."+w.Reason, w.Reason)), text(marks)}})
		}
		return rows, waiting.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	p, err := s.patrolList(v)
	if err != nil {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.vacancies"), "/g/vacancies"),
		ui.Links([]ui.Link{{Label: v.say("desk.pushes"), Path: "/g/pushes"}}), v.list(l), v.list(p))
}

func (s *site) patrolList(v *visit) (listing, error) {
	l := listing{title: "desk.patrols", empty: "desk.patrols.none", path: "/g/vacancies", name: "p",
		bare: true, columns: []column{{key: "desk.vacancy.title"}, {key: "desk.firm"},
			{key: "desk.do", still: true}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		patrols, err := s.Market.FindPatrols(v.Ctx, market.Patrols{After: after})
		for _, w := range patrols.Vacancies {
			rows = append(rows, row{cells: []ui.Cell{more(w.Title, w.Content), text(w.Employer),
				part(v.form(ui.DeskForm{Bare: true, Path: "/g/patrols/" + w.ID,
					Submit: v.say("desk.patrol.fine"), Second: v.say("desk.patrol.down"),
					Inputs: []ui.Input{{Name: "words", Label: v.say("desk.words"), Optional: true,
						Max: 200}}}))}})
		}
		return rows, patrols.Next, err
	})
	return l, err
}

func (s *site) answerPatrol(v *visit) error {
	return v.act("/g/patrols/"+v.R.PathValue("vacancy_id"), s.queue, func() (string, error) {
		v.Form.Set("fine", "true")
		if web.Take(v.Form, "second") != "" {
			v.Form.Set("fine", "false")
		}
		var in market.AnswerPatrol
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.AnswerPatrol(v.Ctx, in)
		return "/g/vacancies?done=patrolled", err
	})
}

// review shows one vacancy that waits, with what the gate marked, and asks for the decision.
func (s *site) review(v *visit) error {
	w, err := s.Market.ShowWaitingVacancy(v.Ctx,
		market.GetWaiting{VacancyID: v.R.PathValue("vacancy_id")})
	if fault.Is(err, "market.vacancy_state") {
		return v.Go("/g/vacancies?done=gone") // somebody else has decided
	}
	if err != nil {
		return err
	}
	var grounds []ui.Option
	for _, g := range []market.Ground{market.GroundFitness, market.GroundFood, market.GroundMinors,
		market.GroundNoBan, market.GroundNotOfWorker, market.GroundNumber, market.GroundWomen} {
		grounds = append(grounds, ui.Option{Value: string(g), Label: v.say("desk.ground." + string(g))})
	}
	path := "/g/vacancies/" + w.ID
	parts := []templComponent{ui.Pairs("", []ui.Fact{{Name: v.say("desk.firm"), Value: w.Employer,
		Path: "/g/employers/" + w.EmployerID},
		{Name: v.say("desk.vacancy.content"), Value: w.Content},
		{Name: v.say("desk.reason"), Value: v.sayOr("desk.vacancy_reason."+w.Reason, w.Reason)}}),
		v.findings(w.Findings)}
	// A clerk also reads the rest of the vacancy; a director decides on the words.
	if v.who.Has(people.RoleClerk) {
		c, err := s.Market.ShowVacancy(v.Ctx, market.GetVacancy{EmployerID: w.EmployerID,
			VacancyID: w.ID})
		if err != nil {
			return err
		}
		parts = append(parts, ui.Pairs("", []ui.Fact{{Name: v.say("desk.place"), Value: c.Place},
			{Name: v.say("desk.vacancy.pay"), Value: v.say("desk.per."+c.PayUnit, "amount",
				ui.Money(c.RateFen)), Sub: v.say("desk.settlement." + string(c.Settlement))}}),
			v.list(plain(v.shiftList("desk.e.shifts", path, c.Shifts, true))))
	}
	return v.page(v.bureauFrame(w.Title, "/g/vacancies"), append(parts,
		v.form(ui.DeskForm{Path: path, Title: v.say("desk.review"), Note: v.say("desk.review.note"),
			Submit: v.say("desk.review.publish"), Second: v.say("desk.review.refuse"),
			Inputs: []ui.Input{{Name: "legal_grounds", Label: v.say("desk.grounds"), Type: "ticks",
				Options: grounds},
				{Name: "ground", Label: v.say("desk.review.words"), Type: "area", Max: 200,
					Hint: v.say("desk.review.words_hint")}}}))...)
}

// plain takes the links out of a list: they lead to another's desk.
func plain(l listing) listing {
	for _, r := range l.rows {
		for i := range r.cells {
			r.cells[i].Path = ""
		}
	}
	return l
}

func (s *site) decideVacancy(v *visit) error {
	return v.act("/g/vacancies/"+v.R.PathValue("vacancy_id"), s.review, func() (string, error) {
		v.Form.Set("publish", "true")
		if web.Take(v.Form, "second") != "" {
			v.Form.Set("publish", "false")
			v.Form.Del("legal_grounds")
		}
		var in market.Review
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.ReviewVacancy(v.Ctx, in)
		return "/g/vacancies?done=decided", err
	})
}
