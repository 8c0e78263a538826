package desk

import (
	"fmt"
	"slices"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/ui"
)

// lateWages lists wages that are late, each with why, since when, and who must act.
func (s *site) lateWages(v *visit) error {
	firm, worker := s.employerNames(v), s.workerNames(v)
	l := listing{title: "desk.late", empty: "desk.late.none", path: "/g/wages",
		columns: []column{{key: "desk.worker"}, {key: "desk.firm"}, {key: "desk.amount", num: true},
			{key: "desk.reason"}, {key: "desk.due"}, {key: "desk.late.owner"},
			{key: "desk.late.rung"}, {key: "desk.voucher"}, {key: "desk.do", still: true}},
		filters: []filter{{"reason", "desk.reason", "desk.late."},
			{"firm", "desk.firm", ""}, {"owner", "desk.late.owner", "desk.role."}}}
	var late wage.LateLineList
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		late, err = s.Wages.FindLateLines(v.Ctx, wage.LateLines{After: after})
		for _, c := range late.Lines {
			rows = append(rows, v.lateRow(c, firm(c.EmployerID), worker(c.WorkerID)))
		}
		return rows, late.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	stuck, err := s.Wages.FindStuckLines(v.Ctx, wage.StuckLines{})
	if err != nil {
		return err
	}
	t := listing{title: "desk.refused_lines", empty: "desk.refused_lines.none", path: "/g/wages",
		name: "t", bare: true, columns: []column{{key: "desk.worker"}, {key: "desk.firm"},
			{key: "desk.amount", num: true}, {key: "desk.reason"}, {key: "desk.do", still: true}}}
	for _, c := range stuck.Lines {
		do := text("")
		if v.decides() {
			do = part(v.form(ui.DeskForm{Bare: true, Path: "/g/lines/" + c.ID,
				Submit: v.say("desk.pay_again")}))
		}
		t.rows = append(t.rows, row{cells: []ui.Cell{text(worker(c.WorkerID)),
			text(firm(c.EmployerID)), amount(c.AmountFen), text(c.Reason), do}})
	}
	var facts []ui.Fact
	for _, reason := range []string{"hours", "dispute", "funds", "insolvent", "bank", "refused",
		"returned"} {
		if n := late.Reasons[reason]; n > 0 {
			facts = append(facts, ui.Fact{Name: v.say("desk.late." + reason), Value: fmt.Sprint(n),
				Path: "/g/wages?reason=" + reason, Tone: "late"})
		}
	}
	return v.page(v.bureauFrame(v.say("desk.g.wages"), "/g/wages"), ui.Facts(facts),
		ui.Links([]ui.Link{{Label: v.say("desk.g.late"), Path: "/g/late"}}), v.list(l), v.list(t))
}

func (v *visit) lateRow(c wage.LateLineView, firm, worker string) row {
	do := text("")
	if v.decides() {
		do = part(ui.Links([]ui.Link{v.pursue(oversight.AboutWage, c.LineID)}))
	}
	return row{tags: map[string]string{"reason": c.Reason, "firm": firm, "owner": c.OwnerRole},
		cells: []ui.Cell{text(worker), link(firm, "", "/g/employers/"+c.EmployerID),
			amount(c.AmountFen), badge(v.sayOr("desk.late."+c.Reason, c.Reason), "late"),
			v.when(c.DueAt), more(c.OwnerName, v.sayOr("desk.role."+c.OwnerRole, c.OwnerRole)),
			text(v.say("desk.rung." + fmt.Sprint(c.Rung))), v.voucherLink(c.Accrual), do}}
}

func (s *site) payAgain(v *visit) error {
	return v.act("/g/lines/"+v.R.PathValue("line_id"), s.lateWages, func() (string, error) {
		var in wage.PayAgain
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Wages.PayAgain(v.Ctx, in)
		return "/g/wages?done=pay_again", err
	})
}

func (v *visit) differenceRow(c ledger.DifferenceView, firm string) row {
	do := text(c.Words)
	if v.decides() && c.State == "open" {
		do = part(v.form(ui.DeskForm{Bare: true, Path: "/g/differences/" + c.ID,
			Submit: v.say("desk.explain"), Inputs: []ui.Input{{Name: "words",
				Label: v.say("desk.words"), Max: 200}}}))
	}
	return row{tags: map[string]string{"firm": firm}, cells: []ui.Cell{more(string(c.Day), c.Key),
		text(firm), amount(c.BankFen), amount(c.OursFen), v.state("difference", c.State), do}}
}

// bank lists payouts whose end nobody knows, what came in and names nobody, and where bank and
// books differ.
func (s *site) bank(v *visit) error {
	firm := s.employerNames(v)
	state := v.Form.Get("bank_state")
	if !slices.Contains([]string{"open", "settled", "explained"}, state) {
		state = "open"
	}
	l := listing{title: "desk.differences", empty: "desk.differences.none", path: "/g/bank",
		keep: []string{"bank_state"}, columns: []column{{key: "desk.day"}, {key: "desk.firm"},
			{key: "desk.differences.bank", num: true}, {key: "desk.differences.ours", num: true},
			{key: "desk.state"}, {key: "desk.do", still: true}},
		filters: []filter{{"firm", "desk.firm", ""}}}
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		diff, err := s.Ledger.FindDifferences(v.Ctx, ledger.FindDifferences{State: state,
			After: after})
		for _, c := range diff.Differences {
			rows = append(rows, v.differenceRow(c, firm(c.EmployerID)))
		}
		return rows, diff.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	loose, err := s.unclaimedList(v)
	if err != nil {
		return err
	}
	if sent, err := v.export(loose); sent {
		return err
	}
	parts := []templComponent{v.list(loose), ui.Links([]ui.Link{
		{Label: v.say("desk.difference.open"), Path: "/g/bank", Main: state == "open"},
		{Label: v.say("desk.difference.settled"), Path: "/g/bank?bank_state=settled",
			Main: state == "settled"},
		{Label: v.say("desk.difference.explained"), Path: "/g/bank?bank_state=explained",
			Main: state == "explained"}}), v.list(l)}
	if v.decides() {
		stuck, err := s.stuckList(v, firm)
		if err != nil {
			return err
		}
		parts = append([]templComponent{v.list(stuck)}, parts...)
	}
	return v.page(v.bureauFrame(v.say("desk.g.bank"), "/g/bank"), parts...)
}

func (s *site) stuckList(v *visit, firm func(string) string) (listing, error) {
	stuck, err := s.Ledger.FindStuckPayouts(v.Ctx, ledger.StuckPayouts{})
	l := listing{title: "desk.stuck", empty: "desk.stuck.none", path: "/g/bank", name: "s",
		bare: true, columns: []column{{key: "desk.since"}, {key: "desk.firm"}, {key: "desk.what"},
			{key: "desk.amount", num: true}, {key: "desk.state"}, {key: "desk.attempts", num: true},
			{key: "desk.do", still: true}}}
	for _, c := range stuck.Payouts {
		l.rows = append(l.rows, row{cells: []ui.Cell{v.when(c.WantedAt), text(firm(c.EmployerID)),
			text(v.say("desk.payout_kind." + string(c.Kind))), amount(c.AmountFen),
			v.state("payout", string(c.State)), count(c.Attempts),
			part(v.form(ui.DeskForm{Bare: true, Path: "/g/payouts/" + c.ID,
				Submit: v.say("desk.ask_again")}))}})
	}
	return l, err
}

func (s *site) askPayout(v *visit) error {
	return v.act("/g/payouts/"+v.R.PathValue("payout_id"), s.bank, func() (string, error) {
		var in ledger.AskAgain
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Ledger.AskPayoutAgain(v.Ctx, in)
		return "/g/bank?done=asked_again", err
	})
}

func (s *site) explain(v *visit) error {
	return v.act("/g/differences/"+v.R.PathValue("difference_id"), s.bank, func() (string, error) {
		var in ledger.ExplainDifference
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Ledger.ExplainDifference(v.Ctx, in)
		return "/g/bank?done=explained", err
	})
}
