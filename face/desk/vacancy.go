package desk

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// shiftRows is how many shifts the form has room for; more are entered with a second vacancy, or
// by an import.
const shiftRows = 7

// shiftRowsOpen are what most vacancies have; the other rows are folded.
const shiftRowsOpen = 2

// vacancyState tells apart what waits for the employer's own word.
func vacancyState(state, reason string) string {
	if state == market.Waiting && strings.HasPrefix(reason, "unsigned") {
		return "unsigned"
	}
	return state
}

// tones are the colours of states, everywhere the same: done is good, somebody has to act is wait.
var tones = map[string]string{
	"published": "good", "open": "good", "started": "good", "done": "good", "paid": "good",
	"vetted": "good", "passed": "good", "fine": "good", "granted": "good", "upheld": "wait",
	"confirmed": "good",
	"waiting":   "wait", "unsigned": "wait", "offered": "wait", "arrived": "wait",
	"applied": "wait", "shortlisted": "wait", "interview": "wait", "booked": "wait",
	"accrued":  "wait",
	"received": "wait", "accepted": "wait", "investigating": "wait", "instructed": "wait",
	"wanted": "wait", "sent": "wait", "asked": "wait", "claimed": "wait", "disputed": "late",
	"failed": "late", "unknown": "late", "refused": "late", "suspended": "late", "missing": "late",
	"late": "late",
}

func (v *visit) state(of, state string) ui.Cell {
	return badge(v.sayOr("desk."+of+"."+state, state), cmp.Or(tones[state], "off"))
}

// vacancies lists an employer's vacancies.
func (s *site) vacancies(v *visit, id string) error {
	l := listing{title: "desk.e.vacancies", empty: "desk.vacancies.none", path: "/e/vacancies",
		seeks: true,
		columns: []column{{key: "desk.vacancy.title"}, {key: "desk.state"}, {key: "desk.place"},
			{key: "desk.vacancy.pay", num: true}, {key: "desk.vacancy.first"},
			{key: "desk.vacancy.taken", num: true}, {key: "desk.vacancy.until"}},
		filters: []filter{{"state", "desk.state", "desk.vacancy_state."},
			{"place", "desk.place", ""}}}
	err := v.fill(&l, func(after, words string) (rows []row, next string, err error) {
		found, err := s.Market.FindVacancies(v.Ctx, market.VacanciesOf{EmployerID: id, After: after,
			Q: words})
		for _, c := range found.Vacancies {
			rows = append(rows, v.vacancyRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.employerFrame(v.say("desk.e.vacancies"), "/e/vacancies"),
		ui.Links([]ui.Link{{Label: v.say("desk.e.new_vacancy"), Path: "/e/vacancies/new",
			Main: true}}), v.list(l))
}

func (v *visit) vacancyRow(c market.VacancyLine) row {
	state := vacancyState(c.State, c.Reason)
	pay := amount(c.RateFen)
	pay.Text = v.say("desk.per."+c.PayUnit, "amount", ui.Money(c.RateFen))
	taken := count(c.Taken)
	taken.Text = fmt.Sprintf("%d / %d", c.Taken, c.Heads)
	return row{tags: map[string]string{"state": state, "place": c.Place}, cells: []ui.Cell{
		link(c.Title, v.say("desk.vacancy.shifts", "n", c.Shifts), "/e/vacancies/"+c.ID),
		v.state("vacancy_state", state), text(c.Place), pay, v.when(c.StartsAt), taken,
		on(string(c.ValidUntil))}}
}

// vacancy shows one of an employer's vacancies whole, to be signed or copied.
func (s *site) vacancy(v *visit, id string) error {
	c, err := s.Market.ShowVacancy(v.Ctx, market.GetVacancy{EmployerID: id,
		VacancyID: v.R.PathValue("vacancy_id")})
	if err != nil {
		return err
	}
	state := vacancyState(c.State, c.Reason)
	pairs := []ui.Fact{{Name: v.say("desk.state"), Value: v.sayOr("desk.vacancy_state."+state, state),
		Sub: v.sayOr("desk.vacancy_reason."+c.Reason, c.Reason)},
		{Name: v.say("desk.place"), Value: c.Place},
		{Name: v.say("desk.vacancy.pay"), Value: v.say("desk.per."+c.PayUnit, "amount",
			ui.Money(c.RateFen)), Sub: v.say("desk.settlement." + string(c.Settlement))},
		{Name: v.say("desk.vacancy.term"), Value: v.term(c)},
		{Name: v.say("desk.vacancy.hire"), Value: v.say("desk.hire." + c.Hire)},
		{Name: v.say("desk.vacancy.content"), Value: c.Content}}
	if len(c.Required) > 0 {
		pairs = append(pairs, ui.Fact{Name: v.say("desk.vacancy.required"),
			Value: strings.Join(s.skillNames(v, c.Required), v.say("desk.list.comma"))})
	}
	links := []ui.Link{{Label: v.say("desk.vacancy.copy"), Path: "/e/vacancies/new?from=" + c.ID}}
	if c.Hire == "offer" {
		links = append([]ui.Link{{Label: v.say("desk.applicants"),
			Path: "/e/vacancies/" + c.ID + "/people", Main: true}}, links...)
	}
	parts := []templComponent{ui.Links(links),
		v.findings(c.Findings), ui.Pairs("", pairs)}
	if state == "unsigned" && v.who.Has(people.RoleEmployer) {
		parts = append([]templComponent{v.form(ui.DeskForm{Path: "/e/vacancies/" + c.ID + "/sign",
			Title: v.say("desk.vacancy.to_sign"), Note: v.say("desk.vacancy.sign_note"),
			Submit: v.say("desk.vacancy.sign")})}, parts...)
	}
	if c.State == market.Published && v.who.Has(people.RoleEmployer) {
		parts = append(parts, v.form(ui.DeskForm{Path: "/e/vacancies/" + c.ID + "/refresh",
			Title: v.say("desk.vacancy.refresh"), Submit: v.say("desk.vacancy.refresh"),
			Inputs: []ui.Input{{Name: "valid_until", Label: v.say("desk.vacancy.until"), Type: "date",
				Value: string(c.ValidUntil), Width: 4}}}))
	}
	path := "/e/vacancies/" + c.ID
	return v.page(v.employerFrame(c.Title, "/e/vacancies"),
		append(parts, v.list(v.shiftList("desk.e.shifts", path, c.Shifts, true)))...)
}

// term says how long the vacancy's contracts bind.
func (v *visit) term(c market.VacancyText) string {
	var from time.Time
	if len(c.Shifts) > 0 {
		from = c.Shifts[0].StartsAt
	}
	return ui.Term(v.words, c.PayUnit, c.TermMonths, from)
}

// findings says what the gate has marked, and what would be right.
func (v *visit) findings(list []market.FindingView) templComponent {
	l := listing{title: "desk.findings", empty: "desk.findings.none", bare: true,
		columns: []column{{key: "desk.finding.words"}, {key: "desk.finding.field"},
			{key: "desk.finding.suggest"}}}
	for _, f := range list {
		l.rows = append(l.rows, row{cells: []ui.Cell{badge("「"+f.Span+"」", "late"),
			text(v.sayOr("desk.field."+f.Field, f.Field)), text(v.both(f.Suggest))}})
	}
	return v.list(l)
}

func (s *site) skillNames(v *visit, keys []string) []string {
	names := slices.Clone(keys)
	c, err := s.Skills.Catalogue(v.Ctx, skill.ShowCatalogue{})
	if err != nil {
		return names // the keys say something too
	}
	for i, key := range keys {
		for _, k := range c.Certificates {
			if k.Key == key {
				names[i] = v.both(i18n.Both{ZH: k.ZH, EN: k.EN})
			}
		}
		for _, k := range c.Skills {
			if k.Key == key {
				names[i] = v.both(i18n.Both{ZH: k.ZH, EN: k.EN})
			}
		}
	}
	return names
}

func (s *site) signVacancy(v *visit, id string) error {
	path := "/e/vacancies/" + v.R.PathValue("vacancy_id")
	again := func(v *visit) error { return s.vacancy(v, id) }
	return v.act(path+"/sign", again, func() (string, error) {
		v.Form.Set("employer_id", id)
		var in market.SignVacancy
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.SignVacancy(v.Ctx, in)
		return path + "?done=signed", err
	})
}

func (s *site) refreshVacancy(v *visit, id string) error {
	path := "/e/vacancies/" + v.R.PathValue("vacancy_id")
	again := func(v *visit) error { return s.vacancy(v, id) }
	return v.act(path+"/refresh", again, func() (string, error) {
		v.Form.Set("employer_id", id)
		var in market.Refresh
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Market.RefreshVacancy(v.Ctx, in)
		return path + "?done=refreshed", err
	})
}

// newVacancy is the form of a vacancy: empty, from a kind of work, or as a copy.
func (s *site) newVacancy(v *visit, id string) error {
	places, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{EmployerID: id})
	if err != nil {
		return err
	}
	if len(places) == 0 {
		return v.page(v.employerFrame(v.say("desk.e.new_vacancy"), "/e/vacancies"),
			ui.Note("wait", v.say("desk.vacancy.no_place")),
			ui.Links([]ui.Link{{Label: v.say("desk.place.add"), Path: "/e/company", Main: true}}))
	}
	plans, err := s.Insurance.FindPlans(v.Ctx, insurance.FindPlans{})
	if err != nil {
		return err
	}
	works, err := s.Skills.Catalogue(v.Ctx, skill.ShowCatalogue{})
	if err != nil {
		return err
	}
	from, err := s.template(v, id, works)
	if err != nil {
		return err
	}
	var planOptions, placeOptions []ui.Option
	for _, p := range plans.Plans {
		planOptions = append(planOptions, ui.Option{Value: p.ID, Label: v.say("desk.vacancy.plan_line",
			"name", p.Name, "amount", ui.Money(p.PremiumDayFen))})
	}
	for _, p := range places {
		placeOptions = append(placeOptions, ui.Option{Value: p.ID, Label: p.Name + " " + p.Address})
	}
	f := ui.DeskForm{Path: "/e/vacancies", Submit: v.say("desk.vacancy.publish"),
		Second: v.say("desk.vacancy.check"), Live: "/e/vacancies/check",
		Note: v.say("desk.vacancy.note"), Inputs: s.vacancyInputs(v, from, works)}
	for i := range f.Inputs {
		switch f.Inputs[i].Name {
		case "plan_id":
			f.Inputs[i].Options = planOptions
		case "place_id":
			f.Inputs[i].Options = placeOptions
		}
	}
	f.Inputs = append(f.Inputs, v.shiftInputs(from)...)
	return v.page(v.employerFrame(v.say("desk.e.new_vacancy"), "/e/vacancies"),
		v.templates(works), v.form(f))
}

// templates lets somebody begin with a kind of work instead of an empty form.
func (v *visit) templates(works skill.Catalogue) templComponent {
	var links []ui.Link
	for _, o := range works.Occupations[:min(len(works.Occupations), 12)] {
		links = append(links, ui.Link{Label: v.both(i18n.Both{ZH: o.ZH, EN: o.EN}),
			Path: "/e/vacancies/new?work=" + o.Key})
	}
	return templatesTempl(links)
}

// template gives what the form begins with.
func (s *site) template(
	v *visit, id string, works skill.Catalogue,
) (from market.VacancyText, err error) {
	from = market.VacancyText{Settlement: market.Platform, PayUnit: "hour", Hire: "instant",
		WorkType: "part_time"}
	if copied := v.Form.Get("from"); copied != "" {
		return s.Market.ShowVacancy(v.Ctx, market.GetVacancy{EmployerID: id, VacancyID: copied})
	}
	for _, o := range works.Occupations {
		if o.Key == v.Form.Get("work") {
			from.Title, from.Occupation, from.Required = o.ZH, o.Code, o.Certificates
			from.Content = v.say("desk.vacancy.begin_content", "work", o.ZH)
		}
	}
	return from, nil
}

func (v *visit) choice(prefix string, values ...string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, value := range values {
		out[i] = ui.Option{Value: value, Label: v.say(prefix + value)}
	}
	return out
}

func (s *site) vacancyInputs(
	v *visit, from market.VacancyText, works skill.Catalogue,
) []ui.Input {
	var occupations, papers []ui.Option
	seen := map[string]bool{}
	for _, o := range works.Occupations {
		if !seen[o.Code] {
			occupations = append(occupations, ui.Option{Value: o.Code,
				Label: v.both(i18n.Both{ZH: o.ZH, EN: o.EN}) + " " + o.Code})
		}
		seen[o.Code] = true
	}
	for _, k := range works.Certificates {
		papers = append(papers, ui.Option{Value: k.Key, Label: v.both(i18n.Both{ZH: k.ZH, EN: k.EN})})
	}
	rate := ""
	if from.RateFen > 0 {
		rate = from.RateFen.String()
	}
	minor := ""
	if from.MinorOK {
		minor = "on"
	}
	return slices.Concat([]ui.Input{
		{Name: "title", Label: v.say("desk.vacancy.title"), Value: from.Title, Max: 30, Width: 6},
		{Name: "occupation", Label: v.say("desk.vacancy.occupation"), Type: "select",
			Options: occupations, Value: from.Occupation, Choose: true, Width: 6},
		{Name: "content", Label: v.say("desk.vacancy.content"),
			Hint: v.say("desk.vacancy.content_hint"), Type: "area", Value: from.Content},
		{Name: "place_id", Label: v.say("desk.place"), Type: "select", Value: from.PlaceID, Width: 6},
		{Name: "plan_id", Label: v.say("desk.vacancy.plan"), Type: "select", Value: from.PlanID,
			Optional: true, Width: 6},
		{Name: "pay_unit", Label: v.say("desk.vacancy.pay_unit"), Type: "select",
			Options: v.choice("desk.unit.", "hour", "day", "piece", "month"), Value: from.PayUnit,
			Width: 3},
		{Name: "rate_fen", Label: v.say("desk.vacancy.rate"), Value: rate, Max: 12, Width: 3},
		{Name: "settlement", Label: v.say("desk.vacancy.settlement"), Type: "select",
			Options: v.choice("desk.settlement.", "platform", "employer"),
			Value:   string(from.Settlement), Width: 3},
		{Name: "work_type", Label: v.say("desk.vacancy.work_type"), Type: "select",
			Options: v.choice("desk.work_type.", "full_time", "part_time", "task", "platform"),
			Value:   from.WorkType, Width: 3},
	}, v.termInputs(from), []ui.Input{
		{Name: "hire", Label: v.say("desk.vacancy.hire"), Type: "select",
			Options: v.choice("desk.hire.", "instant", "offer"), Value: from.Hire, Width: 6},
		{Name: "valid_until", Label: v.say("desk.vacancy.until"), Type: "date",
			Hint: v.say("desk.vacancy.until_hint"), Optional: true, Width: 6},
		{Type: "fold", Label: v.say("desk.vacancy.with_papers"), Inside: []ui.Input{{Name: "required",
			Label: v.say("desk.vacancy.required"), Type: "ticks", Options: papers,
			Values: from.Required}}},
		{Name: "conditions", Label: v.say("desk.vacancy.conditions"), Type: "ticks",
			Options: v.choice("market.condition.", "entertainment", "hazard", "heavy_load", "height",
				"outdoor", "underground"), Values: conditions(from.Conditions), Width: 6},
		{Name: "minor_ok", Label: v.say("desk.vacancy.minor_ok"), Type: "tick", Value: minor},
	})
}

// termInputs ask how long the contracts bind: said, so that nobody signs for good by leaving a box
// empty.
func (v *visit) termInputs(from market.VacancyText) []ui.Input {
	kind, months := "shift", ""
	switch {
	case from.TermMonths > 0:
		kind, months = "fixed", fmt.Sprint(from.TermMonths)
	case from.PayUnit == "month":
		kind = "open"
	}
	return []ui.Input{
		{Name: "term", Label: v.say("desk.vacancy.term"), Hint: v.say("desk.vacancy.term_hint"),
			Type: "select", Options: v.choice("desk.term.", "shift", "fixed", "open"), Value: kind,
			Width: 6},
		{Name: "term_months", Label: v.say("desk.vacancy.term_months"),
			Hint: v.say("desk.vacancy.term_months_hint"), Type: "number", Min: "1", Optional: true,
			Value: months, Width: 6},
	}
}

func conditions(list []market.Condition) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = string(c)
	}
	return out
}

// shiftInputs are the rows of shifts. A copy has the hours and heads of the old ones; the day is
// what somebody has to say.
func (v *visit) shiftInputs(from market.VacancyText) []ui.Input {
	inputs := []ui.Input{{Type: "note", Label: v.say("desk.vacancy.shift_rows")}}
	more := ui.Input{Type: "fold", Label: v.say("desk.vacancy.more_shifts")}
	day := v.s.People.DB.Now().AddDate(0, 0, 1)
	for n := range shiftRows {
		name := fmt.Sprintf("shifts.%d.", n)
		starts, ends, heads, rest := "", "", "", ""
		if n < len(from.Shifts) {
			old := from.Shifts[n]
			move := max(0, int(day.Sub(old.StartsAt).Hours()/24)+1)
			starts = ui.BoxTime(old.StartsAt.AddDate(0, 0, move))
			ends = ui.BoxTime(old.EndsAt.AddDate(0, 0, move))
			heads, rest = fmt.Sprint(old.Heads), fmt.Sprint(old.BreakMin)
		}
		list := &inputs
		if n >= shiftRowsOpen {
			list = &more.Inside
		}
		*list = append(*list,
			ui.Input{Name: name + "starts_at", Label: v.say("desk.shift.starts"),
				Type: "datetime-local", Value: starts, Optional: n > 0, Width: 4},
			ui.Input{Name: name + "ends_at", Label: v.say("desk.shift.ends"),
				Type: "datetime-local", Value: ends, Optional: n > 0, Width: 4},
			ui.Input{Name: name + "heads", Label: v.say("desk.shift.heads"), Type: "number", Min: "1",
				Value: heads, Optional: n > 0, Width: 2},
			ui.Input{Name: name + "break_min", Label: v.say("desk.shift.break"), Type: "number",
				Min: "0", Value: rest, Optional: true, Width: 2})
		if from.PayUnit == "piece" {
			*list = append(*list, ui.Input{Name: name + "pieces", Label: v.say("desk.shift.pieces"),
				Type: "number", Min: "0", Optional: true, Width: 2})
		}
	}
	return append(inputs, more)
}

// publish hands a vacancy in, or only checks it. What the gate refuses comes back with the words to
// change.
func (s *site) publish(v *visit, id string) error {
	again := func(v *visit) error { return s.newVacancy(v, id) }
	typed := web.Copied(v.Form)
	if web.Take(v.Form, "second") != "" {
		v.notes = s.checked(v, id)
		v.wrong, v.Form = &trouble{"/e/vacancies", nil, typed}, url.Values{}
		return again(v)
	}
	return v.act("/e/vacancies", again, func() (string, error) {
		in, err := readVacancy(v, id)
		if err != nil {
			return "", err
		}
		made, err := s.Market.PublishVacancy(v.Ctx, in)
		return "/e/vacancies/" + made.ID + "?done=" + made.State, err
	})
}

// checkLive answers a form that is still being written with what publishing would say.
func (s *site) checkLive(v *visit, id string) error {
	v.Form.Del("second")
	return v.Show(templ.Join(s.checked(v, id)...))
}

// checked says what publishing would say.
func (s *site) checked(v *visit, id string) []templComponent {
	in, err := readVacancy(v, id)
	var w market.VacancyView
	if err == nil {
		w, err = s.Market.CheckVacancy(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return []templComponent{ui.Note("late", v.Sentence(f))}
	} else if err != nil {
		return []templComponent{ui.Note("wait", v.say("desk.check.later"))}
	}
	if w.State == market.Published {
		return append(v.duties(w), ui.Note("", v.say("desk.check.fine", "day", string(w.ValidUntil))))
	}
	notes := append(v.duties(w), ui.Note("wait", v.say("desk.check.waits", "reason",
		v.sayOr("desk.vacancy_reason."+w.Reason, w.Reason))))
	if len(w.Findings) > 0 {
		notes = append(notes, v.findings(w.Findings))
	}
	return notes
}

// duties are what the employer must see to.
func (v *visit) duties(w market.VacancyView) []templComponent {
	var list []templComponent
	for _, d := range w.Duties {
		list = append(list, ui.Note("", v.both(d.Text)))
	}
	return list
}

func readVacancy(v *visit, id string) (in market.Publish, err error) {
	if err := yuan(v.Form, "rate_fen"); err != nil {
		return in, err
	}
	emptyShifts(v)
	if v.Form.Get("minor_ok") != "" {
		v.Form.Set("minor_ok", "true")
	}
	v.Form.Set("employer_id", id)
	return in, v.Read(&in)
}

// emptyShifts leaves out the rows in which nobody typed a time.
func emptyShifts(v *visit) {
	for n := range shiftRows {
		name := fmt.Sprintf("shifts.%d.", n)
		if v.Form.Get(name+"starts_at") != "" || v.Form.Get(name+"ends_at") != "" {
			continue
		}
		for _, part := range []string{"starts_at", "ends_at", "heads", "break_min", "pieces"} {
			v.Form.Del(name + part)
		}
	}
}
