package desk

import (
	"cmp"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

// roster shows an employer who works for it, and below whom it has entered by a list.
func (s *site) roster(v *visit, id string) error {
	l := workforceList()
	err := v.fill(&l, func(after, words string) (rows []row, next string, err error) {
		found, err := s.Market.FindWorkforce(v.Ctx, market.Workforce{EmployerID: id, After: after,
			Q: words})
		for _, c := range found.Rows {
			rows = append(rows, v.workforceRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	entered := enteredList()
	err = v.fill(&entered, func(after, _ string) (rows []row, next string, err error) {
		found, err := s.People.ListRosterPage(v.Ctx, people.Roster{EmployerID: id, After: after})
		for _, c := range found.Entries {
			rows = append(rows, v.enteredRow(c))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	return v.page(v.employerFrame(v.say("desk.e.roster"), "/e/roster"),
		v.list(l), v.form(ui.DeskForm{Path: "/e/roster/workbook", Title: v.say("desk.roster.book"),
			Note: v.say("desk.roster.book_note"), Submit: v.say("desk.roster.get")}),
		v.list(entered),
		ui.Links([]ui.Link{{Label: v.say("desk.roster.import"), Path: "/e/files"}}))
}

func workforceList() listing {
	return listing{title: "desk.e.roster", empty: "desk.roster.none", path: "/e/roster", seeks: true,
		columns: []column{{key: "desk.worker"}, {key: "desk.roster.id"}, {key: "desk.roster.post"},
			{key: "desk.roster.since"}, {key: "desk.vacancy.term"}, {key: "desk.roster.contract"},
			{key: "desk.roster.done", num: true}, {key: "desk.roster.insured"},
			{key: "desk.roster.wage", num: true}},
		filters: []filter{{"contract", "desk.roster.contract", "market.workforce.contract."},
			{"kind", "desk.vacancy.work_type", "market.workforce.kind."}}}
}

func (v *visit) workforceRow(c market.WorkforceRow) row {
	kind := cmp.Or(c.WorkType, "task")
	since := v.dayCell(c.Since)
	if c.Since.IsZero() {
		since.Sub = v.say("desk.roster.first", "when", v.moment(c.LastAt))
	}
	paper := text("–")
	if c.ContractState != "" {
		paper = badge(v.say("market.workforce.contract."+string(c.ContractState)),
			map[string]string{"signed": "good", "drafted": "wait"}[string(c.ContractState)])
	}
	done := count(c.Done)
	if c.ToCome > 0 {
		done.Sub = v.say("desk.roster.to_come", "n", c.ToCome)
	}
	insured := text("–")
	switch {
	case c.InsuredUntil.After(v.s.People.DB.Now()):
		insured = badge(v.say("desk.roster.insured_now"), "good")
		insured.Sub = v.moment(c.InsuredUntil)
	case !c.InsuredUntil.IsZero():
		insured = text(v.say("desk.roster.insured_last", "day", v.dayCell(c.InsuredUntil).Text))
	}
	paid := ui.Cell{Text: "–", Num: true}
	if !c.WagePaidAt.IsZero() {
		paid = amount(c.WageFen)
		paid.Sub = v.dayCell(c.WagePaidAt).Text
	}
	return row{tags: map[string]string{"contract": string(c.ContractState),
		"kind": kind}, cells: []ui.Cell{more(c.Name, c.PhoneMasked), text(c.IDMasked),
		more(c.Title, v.say("market.workforce.kind."+kind)), since,
		text(ui.Term(v.words, c.PayUnit, c.TermMonths, c.LastAt)), paper, done, insured, paid}}
}

// dayCell is a cell of the day of a time, with its year.
func (v *visit) dayCell(t time.Time) ui.Cell {
	if t.IsZero() {
		return text("–")
	}
	return ui.Cell{Text: string(civil.DateOf(t)), Sort: ordered(t.UnixMilli())}
}

// enteredList are those whom the employer has entered by a list, and what they said to it.
func enteredList() listing {
	return listing{title: "desk.roster.entered", empty: "desk.roster.entered_none",
		path: "/e/roster", name: "n", bare: true, columns: []column{{key: "desk.worker"},
			{key: "desk.roster.id"}, {key: "desk.roster.post"}, {key: "desk.roster.since"},
			{key: "desk.state"}, {key: "desk.do", still: true}}}
}

func (v *visit) enteredRow(c people.RosterView) row {
	do := text("")
	if c.State == people.RosterNamed || c.State == people.RosterAgreed {
		do = part(v.form(ui.DeskForm{Bare: true, Path: "/e/roster/" + c.ID + "/end", Tone: "plain",
			Submit: v.say("desk.roster.end")}))
	}
	return row{cells: []ui.Cell{more(c.Name, c.PhoneMasked), text(c.IDMasked),
		text(cmp.Or(c.Post, "–")), on(string(c.Since)), v.state("roster_state", string(c.State)), do}}
}

// rosterBook sends the roster that an employer has to keep, as a workbook.
func (s *site) rosterBook(v *visit, id string) error {
	var file market.WorkforceFile
	again := func(v *visit) error { return s.roster(v, id) }
	v.Form.Set("employer_id", id)
	var in market.ExportWorkforce
	err := v.Read(&in)
	if err == nil {
		in.Lang = v.Lang
		file, err = s.Market.ExportWorkforce(v.Ctx, in)
	}
	if err != nil {
		return v.act("/e/roster/workbook", again, func() (string, error) { return "", err })
	}
	return v.SendFile(file.FileName, workbookType, file.Content)
}

func (s *site) endEntry(v *visit, id string) error {
	again := func(v *visit) error { return s.roster(v, id) }
	return v.act("/e/roster/"+v.R.PathValue("entry_id")+"/end", again, func() (string, error) {
		v.Form.Set("employer_id", id)
		var in people.EndRosterEntry
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.People.EndRosterEntry(v.Ctx, in)
		return "/e/roster?done=roster_ended", err
	})
}
