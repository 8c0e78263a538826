package desk

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

// What stands behind the cockpit's figures: from a number to its rows, and from each row to the
// voucher in the books. The head of each page repeats the number by the figure's own statement.

// countedRoutes are the lists behind figures, and what their rows lead to.
func (s *site) countedRoutes() map[string]func(*visit) error {
	return map[string]func(*visit) error{
		"GET /g/published":              s.published,
		"GET /g/published/{vacancy_id}": s.publishedOne,
		"GET /g/intended":               s.intended,
		"GET /g/placed":                 s.placed,
		"GET /g/signed":                 s.signed,
		"GET /g/signed/{contract_id}":   s.signedOne,
		"GET /g/starts":                 s.starts,
		"GET /g/paid":                   s.paidWages,
		"GET /g/late":                   s.wasLate,
	}
}

// paidWages are the wages that arrived within some days.
func (s *site) paidWages(v *visit) error { return s.counted(v, "paid") }

// wasLate are the wages due within some days that came late or have not come.
func (s *site) wasLate(v *visit) error { return s.counted(v, "late") }

// days reads the days from the address; what is no day is left out.
func (v *visit) days() (from, until civil.Date) {
	from, _ = civil.ParseDate(v.Form.Get("from"))
	until, _ = civil.ParseDate(v.Form.Get("until"))
	if until != "" && from > until {
		from = until
	}
	return from, until
}

func (s *site) counted(v *visit, which string) error {
	in := wage.CountedLines{Which: which}
	in.From, in.Until = v.days()
	path, firm := "/g/"+which, s.employerNames(v)
	l := listing{title: "desk.g." + which, empty: "desk." + which + ".none", path: path,
		keep: []string{"from", "until"}, columns: []column{{key: "desk.worker"},
			{key: "desk.firm"}, {key: "desk.shift.when"}, {key: "desk.amount", num: true},
			{key: "desk.due"}, {key: "desk.paid.at"}, {key: "desk.state"}, {key: "desk.voucher"}},
		filters: []filter{{"firm", "desk.firm", ""}, {"late", "desk.state", "desk.paid."}}}
	var found wage.CountedList
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Wages.FindCountedLines(v.Ctx, in)
		for _, c := range found.Lines {
			rows = append(rows, v.countedLine(c, firm(c.EmployerID)))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	facts := []ui.Fact{{Name: v.say("desk." + which + ".count"), Value: fmt.Sprint(found.Count)},
		{Name: v.say("desk." + which + ".amount"), Value: ui.Money(found.AmountFen)}}
	parts := []templComponent{v.countedLinks(which), ui.Facts(facts),
		daysTempl(path, string(found.From), string(found.Until)), v.list(l)}
	if which == "late" {
		parts = append(parts, ui.Links([]ui.Link{{Label: v.say("desk.late.open"), Path: "/g/wages"}}))
	}
	menu := path
	if which == "late" {
		menu = "/g/wages"
	}
	return v.page(v.bureauFrame(v.say("desk.g."+which), menu), parts...)
}

func (v *visit) countedLine(c wage.CountedLine, firm string) row {
	voucher, state, late := c.Payout, v.state("line", string(c.State)), "in_time"
	if voucher == "" {
		voucher = c.Accrual // nothing has been paid: what is owed stands in this one
	}
	if c.Late {
		state.Tone, late = "late", "late"
		state.Sub = v.say("desk.paid.late")
	}
	return row{tags: map[string]string{"firm": firm, "late": late}, cells: []ui.Cell{
		text(c.WorkerName), link(firm, "", "/g/employers/"+c.EmployerID+"/account"),
		v.span(c.StartAt, c.EndAt), amount(c.AmountFen), v.when(c.DueAt), v.when(c.PaidAt), state,
		v.voucherLink(voucher)}}
}

// starts are the starts within some days, each with its cover.
func (s *site) starts(v *visit) error {
	in := attendance.CountedStarts{}
	in.From, in.Until = v.days()
	path, firm := "/g/starts", s.employerNames(v)
	l := listing{title: "desk.g.starts", empty: "desk.starts.none", path: path,
		keep: []string{"from", "until"}, columns: []column{{key: "desk.starts.at"},
			{key: "desk.worker"}, {key: "desk.vacancy"}, {key: "desk.firm"}, {key: "desk.starts.means"},
			{key: "desk.starts.cover"}, {key: "desk.voucher"}},
		filters: []filter{{"firm", "desk.firm", ""}, {"cover", "desk.starts.cover", "desk.starts."}}}
	var found attendance.CountedStartList
	err := v.fill(&l, func(after, _ string) (rows []row, next string, err error) {
		in.After = after
		found, err = s.Attendance.FindStarts(v.Ctx, in)
		for _, c := range found.Starts {
			rows = append(rows, v.countedStart(c, firm(c.EmployerID)))
		}
		return rows, found.Next, err
	})
	if err != nil {
		return err
	}
	if sent, err := v.export(l); sent {
		return err
	}
	return v.page(v.bureauFrame(v.say("desk.g.starts"), path), v.countedLinks("starts"),
		ui.Facts([]ui.Fact{
			{Name: v.say("desk.starts.count"), Value: fmt.Sprint(found.Count)},
			{Name: v.say("desk.starts.covered"), Value: fmt.Sprint(found.Covered)}}),
		daysTempl(path, string(found.From), string(found.Until)), v.list(l))
}

func (v *visit) countedStart(c attendance.CountedStart, firm string) row {
	cover, covered := badge(v.say("desk.starts.bare"), "late"), "bare"
	if c.CoverID != "" {
		cover, covered = badge(v.say("desk.starts.covered"), "good"), "covered"
		cover.Sub = v.moment(c.CoveredAt)
	}
	return row{tags: map[string]string{"firm": firm, "cover": covered}, cells: []ui.Cell{
		v.when(c.At), text(c.WorkerName), text(c.Title),
		link(firm, "", "/g/employers/"+c.EmployerID+"/account"),
		text(v.sayOr("desk.means."+c.Means, c.Means)), cover, v.voucherLink(c.Premium)}}
}

// voucherLink leads to an entry of the books; "" where there is none.
func (v *visit) voucherLink(id string) ui.Cell {
	if id == "" {
		return text("–")
	}
	return link(v.say("desk.voucher"), "", "/g/vouchers?id="+url.QueryEscape(id))
}

// decides tells whether who looks may do more than read.
func (v *visit) decides() bool { return slices.ContainsFunc(clerks, v.who.Has) }
