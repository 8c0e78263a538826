package desk

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// hoursPage is where hours are confirmed, many at once, and corrections are answered.
func (s *site) hoursPage(v *visit, id string) error {
	asked, err := s.Attendance.FindCorrections(v.Ctx, attendance.Corrections{EmployerID: id})
	if err != nil {
		return err
	}
	var parts []templComponent
	if v.who.Has(people.RoleEmployer) {
		money, err := s.Wages.GetStatement(v.Ctx, wage.Statement{EmployerID: id})
		if err != nil {
			return err
		}
		l := v.unpaidList(money.Lines)
		if sent, err := v.export(l); sent {
			return err
		}
		if slices.ContainsFunc(money.Lines, func(c wage.LineView) bool {
			return c.State == wage.Accrued
		}) || v.refused("/e/hours") != "" {
			parts = append(parts, ui.TickForm("hours", "/e/hours", v.say("desk.hours.confirm"),
				v.refused("/e/hours")))
		}
		parts = append(parts, v.list(l))
	}
	for _, c := range asked.Corrections {
		parts = append(parts, v.correctionForm("/e/corrections/"+c.ID, c))
	}
	if len(asked.Corrections) == 0 {
		parts = append(parts, ui.Note("", v.say("desk.corrections.none")))
	}
	return v.page(v.employerFrame(v.say("desk.e.hours"), "/e/hours"), parts...)
}

func (v *visit) unpaidList(lines []wage.LineView) listing {
	l := listing{title: "desk.hours.list", empty: "desk.hours.none", path: "/e/hours",
		columns: []column{{key: "desk.hours.tick", still: true}, {key: "desk.worker"},
			{key: "desk.shift.when"}, {key: "desk.board.worked", num: true},
			{key: "desk.amount", num: true}, {key: "desk.state"}, {key: "desk.due"}},
		filters: []filter{{"state", "desk.state", "desk.line."}}}
	for _, c := range lines {
		tick := ui.Cell{}
		if c.State == wage.Accrued {
			tick = part(ui.Tick("hours", "line_ids", c.ID, v.say("desk.hours.tick_one", "name",
				c.WorkerName)))
		}
		worked := count(c.WorkedMin)
		worked.Text = hours(c.WorkedMin)
		state := v.state("line", string(c.State))
		if c.Late {
			state.Tone = "late"
			state.Sub = v.sayOr("desk.late."+c.Unpaid, c.Unpaid)
		}
		l.rows = append(l.rows, row{tags: map[string]string{"state": string(c.State)},
			cells: []ui.Cell{tick, text(c.WorkerName), v.span(c.StartAt, c.EndAt), worked,
				amount(c.AmountFen), state, v.when(c.DueAt)}})
	}
	return l
}

func (s *site) confirmHours(v *visit, id string) error {
	again := func(v *visit) error { return s.hoursPage(v, id) }
	return v.act("/e/hours", again, func() (string, error) {
		v.Form.Set("employer_id", id)
		var in wage.ConfirmHours
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Wages.ConfirmHours(v.Ctx, in)
		return "/e/hours?done=confirmed", err
	})
}

// correctionForm asks for the answer to one request, with both sides' times.
func (v *visit) correctionForm(path string, c attendance.CorrectionView) templComponent {
	return v.form(ui.DeskForm{Path: path, Title: v.say("desk.correction.title", "name",
		c.WorkerName), Submit: v.say("desk.correction.grant"),
		Second: v.say("desk.correction.deny"),
		Note: v.say("desk.correction.note", "was", ui.Span(v.words, c.WasStarted, c.WasEnded),
			"says", ui.Span(v.words, c.StartedAt, c.EndedAt), "reason", c.Reason,
			"due", v.moment(c.AnswerBy)),
		Inputs: []ui.Input{{Name: "words", Label: v.say("desk.words"),
			Hint: v.say("desk.correction.words_hint"), Optional: true, Max: 200}}})
}

func (s *site) answerCorrection(v *visit, id string) error {
	again := func(v *visit) error { return s.hoursPage(v, id) }
	return v.act("/e/corrections/"+v.R.PathValue("correction_id"), again, func() (string, error) {
		return "/e/hours?done=answered", s.answer(v, id)
	})
}

// answer reads which of the two buttons was pressed.
func (s *site) answer(v *visit, id string) error {
	grant := "true"
	if web.Take(v.Form, "second") != "" {
		grant = "false"
	}
	v.Form.Set("grant", grant)
	v.Form.Set("employer_id", id)
	var in attendance.Answer
	if err := v.Read(&in); err != nil {
		return err
	}
	_, err := s.Attendance.AnswerCorrection(v.Ctx, in)
	return err
}

// money shows an employer's account, how to pay in, refunds, and the statement.
func (s *site) money(v *visit, id string) error {
	l, account, err := s.statement(v, id, "/e/money", "/e/vouchers")
	if err != nil {
		return err
	}
	refunds, err := s.Ledger.FindRefunds(v.Ctx, ledger.Refunds{EmployerID: id})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
	if err != nil {
		return err
	}
	parts := []templComponent{v.sides(account.Closing), payInTempl(cmp.Or(s.BankAccount,
		v.say("desk.money.account_asked")), e.USCC),
		daysTempl("/e/money", string(account.From), string(account.Until)), v.list(l)}
	parts = append(parts, v.refundForm(refunds),
		v.list(v.refundList(refunds)),
		v.wageBookForm(account.From, account.Until))
	return v.page(v.employerFrame(v.say("desk.e.money"), "/e/money"), parts...)
}

// statement are the lines of an account, each with the way to its voucher, and the account.
func (s *site) statement(
	v *visit, id, path, vouchers string,
) (l listing, a ledger.AccountView, err error) {
	in := ledger.GetAccount{EmployerID: id, Limit: 200}
	in.From, in.Until = v.days()
	l = statementList(path)
	err = v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		a, err = s.Ledger.GetAccount(v.Ctx, in)
		for _, c := range a.Lines {
			rows = append(rows, row{tags: map[string]string{"what": c.What}, cells: []ui.Cell{
				v.when(c.At), link(v.sayOr("desk.entry."+c.What, c.What), "",
					vouchers+"?id="+url.QueryEscape(c.ID)), change(int64(c.FreeFen)),
				change(int64(c.HeldFen)), change(int64(c.OwedFen)), change(int64(c.BankFen))}})
		}
		return rows, a.Next, err
	})
	return l, a, err
}

func statementList(path string) listing {
	return listing{title: "desk.money.statement", empty: "desk.money.no_lines", path: path,
		columns: []column{{key: "desk.time"}, {key: "desk.money.what"},
			{key: "desk.money.free", num: true}, {key: "desk.money.held", num: true},
			{key: "desk.money.owed", num: true}, {key: "desk.money.bank", num: true}},
		keep:    []string{"from", "until"},
		filters: []filter{{"what", "desk.money.what", "desk.entry."}}}
}

func (v *visit) refundForm(r ledger.RefundList) templComponent {
	return v.form(ui.DeskForm{Path: "/e/refunds", Title: v.say("desk.refund.ask"),
		Note:   v.say("desk.refund.note", "amount", ui.Money(r.RefundableFen)),
		Submit: v.say("desk.refund.ask"), Inputs: []ui.Input{{Name: "amount_fen",
			Label: v.say("desk.refund.amount"), Max: 15, Width: 4}}})
}

func (v *visit) refundList(r ledger.RefundList) listing {
	l := listing{title: "desk.refunds", empty: "desk.refunds.none", path: "/e/money", name: "r",
		bare: true, columns: []column{{key: "desk.time"}, {key: "desk.amount", num: true},
			{key: "desk.state"}, {key: "desk.refund.ended"}}}
	for _, c := range r.Refunds {
		state := v.state("payout", string(c.State))
		state.Sub = c.Reason
		l.rows = append(l.rows, row{cells: []ui.Cell{v.when(c.WantedAt), amount(c.AmountFen), state,
			v.when(c.EndedAt)}})
	}
	return l
}

func (s *site) askRefund(v *visit, id string) error {
	again := func(v *visit) error { return s.money(v, id) }
	return v.act("/e/refunds", again, func() (string, error) {
		if err := yuan(v.Form, "amount_fen"); err != nil {
			return "", err
		}
		v.Form.Set("employer_id", id)
		var in ledger.AskRefund
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Ledger.AskRefund(v.Ctx, in)
		return "/e/money?done=refund", err
	})
}

func (v *visit) wageBookForm(from, until civil.Date) templComponent {
	return v.form(ui.DeskForm{Path: "/e/wage-book", Title: v.say("desk.wage_book"),
		Note: v.say("desk.wage_book.note"), Submit: v.say("desk.wage_book.get"), Inputs: []ui.Input{
			{Name: "from", Label: v.say("desk.day.from"), Type: "date", Value: string(from), Width: 4},
			{Name: "until", Label: v.say("desk.day.until"), Type: "date", Value: string(until),
				Width: 4}}})
}

// wageBook sends the wage ledger that an employer has to keep, as a workbook.
func (s *site) wageBook(v *visit, id string) error {
	var file intake.FileView
	again := func(v *visit) error { return s.money(v, id) }
	v.Form.Set("employer_id", id)
	var in intake.ExportWageLedger
	err := v.Read(&in)
	if err == nil {
		file, err = s.Intake.ExportWageLedger(v.Ctx, in)
	}
	if err != nil {
		return v.act("/e/wage-book", again, func() (string, error) { return "", err })
	}
	return v.SendFile(file.FileName, workbookType, file.Content)
}

// credit shows an employer its grade with its reasons, what workers said, and the way to object.
func (s *site) credit(v *visit, id string) error {
	c, err := s.Credit.ShowCredit(v.Ctx, credit.CreditOf{EmployerID: id, Lang: v.Lang})
	if err != nil {
		return err
	}
	said, err := s.Credit.FindFeedback(v.Ctx, credit.FeedbackOf{EmployerID: id})
	if err != nil {
		return err
	}
	l := listing{title: "desk.credit.reasons", empty: "desk.credit.no_reasons", path: "/e/credit",
		bare: true, columns: []column{{key: "desk.reason"}, {key: "desk.credit.points", num: true}}}
	for _, r := range c.Reasons {
		points := count(-r.Points)
		points.Text = "−" + points.Text[1:]
		if r.Points == 0 {
			points.Text = "0"
		}
		l.rows = append(l.rows, row{cells: []ui.Cell{text(r.Words), points}})
	}
	return v.page(v.employerFrame(v.say("desk.e.credit"), "/e/credit"), ui.Facts([]ui.Fact{
		{Name: v.say("desk.credit.grade"), Value: string(c.Grade), Sub: c.Meaning},
		{Name: v.say("desk.credit.points"), Value: count(c.Points).Text},
		{Name: v.say("desk.credit.deposit"), Value: percent(c.DepositBP)},
		{Name: v.say("desk.credit.version"), Value: count(c.Version).Text,
			Sub: v.moment(c.At)}}), v.list(l), v.list(v.feedbackList(said)),
		v.form(ui.DeskForm{Path: "/e/credit/appeal", Title: v.say("desk.credit.appeal"),
			Note: c.Appeal, Submit: v.say("desk.credit.appeal"), Inputs: []ui.Input{{Name: "words",
				Label: v.say("desk.credit.wrong"), Type: "area", Max: 1000}}}))
}

func (v *visit) feedbackList(said credit.FeedbackList) listing {
	l := listing{title: "desk.feedback", empty: "desk.feedback.none", path: "/e/credit", name: "f",
		bare: true, columns: []column{{key: "desk.feedback.answers"}, {key: "desk.state"},
			{key: "desk.feedback.appeal"}}}
	for _, f := range said.Feedback {
		l.rows = append(l.rows, row{cells: []ui.Cell{text(v.feedbackWords(f)),
			v.state("feedback_state", f.State), more(f.Appeal, f.Answer)}})
	}
	return l
}

func (v *visit) feedbackWords(f credit.FeedbackView) string {
	var words []string
	for _, a := range [][2]string{{"paid", f.Paid}, {"safe", f.Safe}, {"treated", f.Treated}} {
		if a[1] != "" {
			words = append(words, v.say("desk.feedback."+a[0]+"."+a[1]))
		}
	}
	return strings.Join(words, v.say("desk.list.comma"))
}

func (s *site) appealGrade(v *visit, id string) error {
	again := func(v *visit) error { return s.credit(v, id) }
	return v.act("/e/credit/appeal", again, func() (string, error) {
		v.Form.Set("employer_id", id)
		var in credit.Appeal
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Credit.AppealGrade(v.Ctx, in)
		return "/e/credit?done=appealed", err
	})
}
