package desk

import (
	"fmt"
	"net/url"

	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/ui"
)

// The way of a job behind the cockpit's figures: vacancies, placements, contracts. From each row it
// goes on to the vacancy or the contract whole.

// countedPages are the lists behind figures.
var countedPages = []string{"published", "intended", "placed", "signed", "starts", "paid", "late"}

// countedLinks lead from one list behind a figure to the others, of the same days.
func (v *visit) countedLinks(here string) templComponent {
	days := url.Values{}
	for _, name := range []string{"from", "until"} {
		if day := v.Form.Get(name); day != "" {
			days.Set(name, day)
		}
	}
	links := make([]ui.Link, len(countedPages))
	for i, page := range countedPages {
		links[i] = ui.Link{Label: v.say("desk.g." + page), Main: page == here,
			Path: ui.Address("/g/"+page, days, "", "")}
	}
	return ui.Links(links)
}

// published are the vacancies that were published within some days.
func (s *site) published(v *visit) error {
	in := market.Counted{}
	in.From, in.Until = v.days()
	l := listing{title: "desk.g.published", empty: "desk.published.none", path: "/g/published",
		keep: []string{"from", "until"}, columns: []column{{key: "desk.vacancy.title"},
			{key: "desk.firm"}, {key: "desk.place"}, {key: "desk.vacancy.pay", num: true},
			{key: "desk.vacancy.taken", num: true}, {key: "desk.state"}, {key: "desk.published.at"}},
		filters: []filter{{"firm", "desk.firm", ""}, {"county", "desk.county", ""},
			{"state", "desk.state", "desk.vacancy_state."}}}
	var found market.CountedVacancies
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Market.FindCountedVacancies(v.Ctx, in)
		for _, c := range found.Vacancies {
			rows = append(rows, v.publishedRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.published"), l.path), v.countedLinks("published"),
		ui.Facts([]ui.Fact{{Name: v.say("desk.published.count"), Value: fmt.Sprint(found.Count)},
			{Name: v.say("desk.published.heads"), Value: fmt.Sprint(found.Heads)}}),
		daysTempl(l.path, string(found.From), string(found.Until)), v.list(l))
}

func (v *visit) publishedRow(c market.CountedVacancy) row {
	pay := amount(c.RateFen)
	pay.Text = v.say("desk.per."+c.PayUnit, "amount", ui.Money(c.RateFen))
	taken := count(c.Taken)
	taken.Text = fmt.Sprintf("%d / %d", c.Taken, c.Heads)
	county := region.Name(c.Region)
	return row{tags: map[string]string{"firm": c.Employer, "county": county, "state": c.State},
		cells: []ui.Cell{link(c.Title, "", "/g/published/"+c.ID),
			link(c.Employer, "", "/g/employers/"+c.EmployerID), more(c.Place, county), pay, taken,
			v.state("vacancy_state", c.State), v.when(c.CreatedAt)}}
}

// publishedOne shows a vacancy whole, to be read.
func (s *site) publishedOne(v *visit) error {
	c, err := s.Market.ShowCountedVacancy(v.Ctx,
		market.GetCounted{VacancyID: v.R.PathValue("vacancy_id")})
	if err != nil {
		return err
	}
	state := vacancyState(c.State, c.Reason)
	return v.page(v.bureauFrame(c.Title, "/g/published"), ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.firm"), Value: c.Employer, Path: "/g/employers/" + c.EmployerID},
		{Name: v.say("desk.state"), Value: v.sayOr("desk.vacancy_state."+state, state),
			Sub: v.sayOr("desk.vacancy_reason."+c.Reason, c.Reason)},
		{Name: v.say("desk.place"), Value: c.Place},
		{Name: v.say("desk.vacancy.pay"), Value: v.say("desk.per."+c.PayUnit, "amount",
			ui.Money(c.RateFen)), Sub: v.say("desk.settlement." + string(c.Settlement))},
		{Name: v.say("desk.vacancy.hire"), Value: v.say("desk.hire." + c.Hire)},
		{Name: v.say("desk.vacancy.until"), Value: string(c.ValidUntil)},
		{Name: v.say("desk.vacancy.content"), Value: c.Content}}), v.findings(c.Findings),
		v.list(plain(v.shiftList("desk.e.shifts", "/g/published/"+c.ID, c.Shifts, true))))
}

// intended are who wished for which work within some days: who applied for it, or took it at once.
func (s *site) intended(v *visit) error {
	in := market.Counted{}
	in.From, in.Until = v.days()
	l := listing{title: "desk.g.intended", empty: "desk.intended.none", path: "/g/intended",
		keep: []string{"from", "until"}, columns: []column{{key: "desk.worker"},
			{key: "desk.vacancy"}, {key: "desk.firm"}, {key: "desk.intended.at"}, {key: "desk.state"}},
		filters: []filter{{"firm", "desk.firm", ""}, {"state", "desk.state", "desk.intent."}}}
	var found market.CountedIntents
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Market.FindCountedIntents(v.Ctx, in)
		for _, c := range found.Intents {
			rows = append(rows, v.intentRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.intended"), l.path), v.countedLinks("intended"),
		ui.Facts([]ui.Fact{{Name: v.say("desk.intended.count"), Value: fmt.Sprint(found.Count)}}),
		daysTempl(l.path, string(found.From), string(found.Until)), v.list(l))
}

func (v *visit) intentRow(c market.CountedIntent) row {
	state := "waiting"
	if c.Placed {
		state = "placed"
	}
	return row{tags: map[string]string{"firm": c.Employer, "state": state}, cells: []ui.Cell{
		text(c.WorkerName), link(c.Title, "", "/g/published/"+c.VacancyID),
		link(c.Employer, "", "/g/employers/"+c.EmployerID), v.when(c.At),
		text(v.say("desk.intent." + state))}}
}

// placed are the placements of some days: who was taken for which work, and who came.
func (s *site) placed(v *visit) error {
	in := market.Counted{}
	in.From, in.Until = v.days()
	l := listing{title: "desk.g.placed", empty: "desk.placed.none", path: "/g/placed",
		keep: []string{"from", "until"}, columns: []column{{key: "desk.worker"},
			{key: "desk.vacancy"}, {key: "desk.firm"}, {key: "desk.shift.when"}, {key: "desk.state"},
			{key: "desk.placed.contract"}, {key: "desk.placed.at"}},
		filters: []filter{{"firm", "desk.firm", ""}, {"state", "desk.state", "desk.placement."}}}
	var found market.CountedPlacements
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Market.FindCountedPlacements(v.Ctx, in)
		for _, c := range found.Placements {
			rows = append(rows, v.placedRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.placed"), l.path), v.countedLinks("placed"),
		ui.Facts([]ui.Fact{{Name: v.say("desk.placed.count"), Value: fmt.Sprint(found.Count)},
			{Name: v.say("desk.placed.started"), Value: fmt.Sprint(found.Started)}}),
		daysTempl(l.path, string(found.From), string(found.Until)), v.list(l))
}

func (v *visit) placedRow(c market.CountedPlacement) row {
	signed := text("–")
	switch {
	case c.Signed:
		signed = link(v.say("desk.placed.signed"), "", "/g/signed/"+c.ContractID)
	case c.ContractID != "":
		signed = link(v.say("desk.placed.unsigned"), "", "/g/signed/"+c.ContractID)
	}
	return row{tags: map[string]string{"firm": c.Employer, "state": string(c.State)},
		cells: []ui.Cell{text(c.WorkerName), link(c.Title, "", "/g/published/"+c.VacancyID),
			link(c.Employer, "", "/g/employers/"+c.EmployerID), v.span(c.StartsAt, c.EndsAt),
			v.state("placement", string(c.State)), signed, v.when(c.MadeAt)}}
}

// signed are the contracts that both sides have signed within some days, and that are in force.
func (s *site) signed(v *visit) error {
	in := contract.FindCounted{}
	in.From, in.Until = v.days()
	l := listing{title: "desk.g.signed", empty: "desk.signed.none", path: "/g/signed",
		keep: []string{"from", "until"}, columns: []column{{key: "desk.worker"},
			{key: "desk.vacancy"}, {key: "desk.firm"}, {key: "desk.signed.template"},
			{key: "desk.signed.starts"}, {key: "desk.signed.at"}},
		filters: []filter{{"firm", "desk.firm", ""},
			{"template", "desk.signed.template", "desk.contract_template."}}}
	var found contract.CountedList
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Contracts.FindCounted(v.Ctx, in)
		for _, c := range found.Contracts {
			rows = append(rows, row{tags: map[string]string{"firm": c.Employer,
				"template": string(c.Template)}, cells: []ui.Cell{text(c.WorkerName),
				link(c.Title, "", "/g/signed/"+c.ID), link(c.Employer, "", "/g/employers/"+c.EmployerID),
				text(v.sayOr("desk.contract_template."+string(c.Template), string(c.Template))),
				v.when(c.StartsAt), v.when(c.SignedAt)}})
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.signed"), l.path), v.countedLinks("signed"),
		ui.Facts([]ui.Fact{{Name: v.say("desk.signed.count"), Value: fmt.Sprint(found.Count)}}),
		daysTempl(l.path, string(found.From), string(found.Until)), v.list(l))
}

// signedOne shows a contract: its text, and the evidence behind it, checked just now.
func (s *site) signedOne(v *visit) error {
	c, err := s.Contracts.Show(v.Ctx, contract.Show{ContractID: v.R.PathValue("contract_id")})
	if err != nil {
		return err
	}
	chain := ui.Fact{Name: v.say("desk.signed.evidence"), Value: v.say("desk.signed.intact"),
		Tone: "good"}
	if !c.Intact {
		chain.Value, chain.Sub, chain.Tone = v.say("desk.signed.broken"), c.Flaw, "late"
	}
	l := listing{title: "desk.signed.steps", empty: "desk.signed.none", bare: true,
		columns: []column{{key: "desk.time"}, {key: "desk.signed.step"}, {key: "desk.audit.hash"}}}
	for _, e := range c.Evidence {
		l.rows = append(l.rows, row{cells: []ui.Cell{v.when(e.At),
			text(v.sayOr("desk.evidence."+string(e.Kind), string(e.Kind))), text(e.Hash[:12] + "…")}})
	}
	return v.page(v.bureauFrame(v.say("desk.signed.one"), "/g/signed"), ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.worker"), Value: s.workerNames(v)(c.WorkerID)},
		{Name: v.say("desk.firm"), Value: s.employerNames(v)(c.EmployerID),
			Path: "/g/employers/" + c.EmployerID},
		{Name: v.say("desk.state"), Value: v.say("desk.contract_state." + string(c.State))},
		{Name: v.say("desk.signed.at"), Value: v.moment(c.SignedAt)}, chain,
		{Name: v.say("desk.signed.hash"), Value: c.TextHash},
		{Name: v.say("desk.signed.text"), Value: c.Text}}), v.list(l))
}
