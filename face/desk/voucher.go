package desk

import (
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/ui"
)

// account is an employer's money as the bureau and an auditor read it: the number, the lines that
// make it, and behind each line its voucher.
func (s *site) account(v *visit) error {
	id := v.R.PathValue("employer_id")
	e, err := s.People.ShowEmployer(v.Ctx, people.GetEmployer{EmployerID: id})
	if err != nil {
		return err
	}
	path := "/g/employers/" + id + "/account"
	l, a, err := s.statement(v, id, path, "/g/vouchers")
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	parts := []templComponent{v.sides(a.Closing), daysTempl(path, string(a.From), string(a.Until)),
		v.list(l)}
	parts = append(parts, v.form(ui.DeskForm{Path: path, Title: v.say("desk.voucher.export"),
		Note: v.say("desk.voucher.export_note"), Submit: v.say("desk.voucher.export"),
		Inputs: []ui.Input{
			{Name: "from", Label: v.say("desk.day.from"), Type: "date", Value: string(a.From), Width: 4},
			{Name: "until", Label: v.say("desk.day.until"), Type: "date", Value: string(a.Until),
				Width: 4}}}))
	return v.page(v.bureauFrame(e.Name, "/g/employers"), parts...)
}

// sides are the four numbers of an account.
func (v *visit) sides(c ledger.Sides) templComponent {
	return ui.Facts([]ui.Fact{
		{Name: v.say("desk.money.free"), Value: ui.Money(c.FreeFen)},
		{Name: v.say("desk.money.held"), Value: ui.Money(c.HeldFen)},
		{Name: v.say("desk.money.owed"), Value: ui.Money(c.OwedFen)},
		{Name: v.say("desk.money.bank"), Value: ui.Money(c.BankFen)}})
}

// exportAccount sends the statement with its stamp, which the audit log keeps.
func (s *site) exportAccount(v *visit) error {
	path := "/g/employers/" + v.R.PathValue("employer_id") + "/account"
	var in ledger.ExportAccount
	var file ledger.StampedFile
	err := v.Read(&in)
	if err == nil {
		file, err = s.Ledger.ExportAccount(v.Ctx, in)
	}
	if err != nil {
		return v.act(path, s.account, func() (string, error) { return "", err })
	}
	return v.SendFile(file.FileName, workbookType, file.Content)
}

// voucher is one entry of the books with its postings and its digest.
func (s *site) voucher(v *visit) error {
	return s.entry(v, func(c ledger.VoucherView) (ui.Frame, ui.Fact) {
		return v.bureauFrame(v.say("desk.voucher"), "/g/employers"), ui.Fact{
			Name: v.say("desk.firm"), Value: s.employerNames(v)(c.EmployerID),
			Path: "/g/employers/" + c.EmployerID + "/account"}
	})
}

// ownVoucher is an entry of the employer's own account.
func (s *site) ownVoucher(v *visit, _ string) error {
	return s.entry(v, func(ledger.VoucherView) (ui.Frame, ui.Fact) {
		return v.employerFrame(v.say("desk.voucher"), "/e/money"), ui.Fact{
			Name: v.say("desk.money.account"), Value: v.say("desk.money.statement"), Path: "/e/money"}
	})
}

func (s *site) entry(v *visit, of func(ledger.VoucherView) (ui.Frame, ui.Fact)) error {
	c, err := s.Ledger.ShowVoucher(v.Ctx, ledger.GetVoucher{ID: v.Form.Get("id")})
	if err != nil {
		return err
	}
	l := listing{title: "desk.voucher.postings", empty: "desk.money.no_lines", path: "/g/vouchers",
		bare: true, columns: []column{{key: "desk.voucher.account"}, {key: "desk.amount", num: true}}}
	for _, p := range c.Postings {
		l.rows = append(l.rows, row{cells: []ui.Cell{text(v.say("desk.books." + p.Kind)),
			change(int64(p.AmountFen))}})
	}
	frame, whose := of(c)
	return v.page(frame, ui.Pairs("", []ui.Fact{
		{Name: v.say("desk.money.what"), Value: v.sayOr("desk.entry."+c.What, c.What)}, whose,
		{Name: v.say("desk.time"), Value: v.moment(c.At)},
		{Name: v.say("desk.voucher.id"), Value: c.ID},
		{Name: v.say("desk.audit.hash"), Value: c.SHA256}}), v.list(l),
		ui.Note("", v.say("desk.voucher.sums")))
}
