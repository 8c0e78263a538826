package contract

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Template names a text with its version. A text that is in use is never edited: it gets a new
// version, because signed contracts name the one they were made from.
type Template string

// The templates.
const (
	Labour   Template = "labour.v1"    // 劳动合同
	PartTime Template = "part_time.v1" // 非全日制劳动合同
	OverAge  Template = "over_age.v1"  // 用工协议
	Platform Template = "platform.v1"  // 书面协议
	Personal Template = "personal.v1"  // 劳务协议
)

// Facts decide which contract the law asks for.
type Facts struct {
	Personal bool  // a natural person's one-off need
	OverAge  bool  // over the statutory retirement age on the first day
	Platform bool  // under a platform's management, without full subordination
	FullTime bool  // the post is full-time or paid by the month
	DayMin   int64 // planned minutes of the day
	WeekMin  int64 // of the week, with all of this worker's contracts with this employer
}

// Bounds are the limits of part-time work, from policy.
type Bounds struct{ DayMin, WeekMin int64 }

// Promise is when platform-settled pay arrives, from policy.
type Promise struct{ PayWithinMin, AutoConfirmMin int64 }

// table is the decision table: the first row that holds gives the template.
var table = []struct {
	holds func(Facts, Bounds) bool
	gives Template
}{
	// 劳动合同法 2: a natural person is no 用人单位; 民法典 1192 rules the work.
	{func(f Facts, _ Bounds) bool { return f.Personal }, Personal},
	// 劳动合同法实施条例 21; 超龄劳动者基本权益保障 draft rules 2025-07-31: a written 用工协议.
	{func(f Facts, _ Bounds) bool { return f.OverAge }, OverAge},
	// 人社部发〔2021〕56号 art. 2 and the 2023 guide: a 书面协议.
	{func(f Facts, _ Bounds) bool { return f.Platform }, Platform},
	// 劳动合同法 68: hourly work of at most 4 h a day and 24 h a week for one employer.
	{func(f Facts, b Bounds) bool {
		return !f.FullTime && f.DayMin <= b.DayMin && f.WeekMin <= b.WeekMin
	}, PartTime},
	// 劳动合同法 10: everything else.
	{func(Facts, Bounds) bool { return true }, Labour},
}

// Choose gives the template for the facts.
func Choose(f Facts, b Bounds) Template {
	for _, row := range table {
		if row.holds(f, b) {
			return row.gives
		}
	}
	panic("contract: the decision table has no last row")
}

// factsOf reads what the terms say; age and the week's other work are the caller's to add.
// Faults: contract.work_type (invalid).
func factsOf(t Terms) (Facts, error) {
	f := Facts{DayMin: t.PlannedMin(), WeekMin: t.PlannedMin(), FullTime: t.PayUnit == "month"}
	switch t.WorkType {
	case "", "task", "part_time":
	case "full_time":
		f.FullTime = true
	case "platform":
		f.Platform = true
	case "personal":
		f.Personal = true
	default:
		return f, fault.New(fault.Invalid, "contract.work_type", "given", t.WorkType).
			OnField("work_type")
	}
	return f, nil
}

//go:embed templates
var templateFiles embed.FS

// payUnits are the known units of pay in the text's words.
var payUnits = map[string]string{"hour": "每小时", "day": "每日", "piece": "每件", "month": "每月"}

var texts = template.Must(template.New("").Option("missingkey=error").Funcs(template.FuncMap{
	"instant": instant,
	"day":     func(t time.Time) string { return t.In(civil.Zone).Format("2006年1月2日") },
	"length":  length, "unit": func(u string) string { return payUnits[u] },
}).ParseFS(templateFiles, "templates/*.txt"))

func instant(t time.Time) string { return t.In(civil.Zone).Format("2006年1月2日15:04") }

// length writes minutes as a person says them.
func length(minutes int64) string {
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return fmt.Sprintf("%d分钟", m)
	case m == 0:
		return fmt.Sprintf("%d小时", h)
	}
	return fmt.Sprintf("%d小时%d分钟", h, m)
}

// newOffer writes an offer whose clauses were checked; who signs it, and when, is the caller's to
// add.
// Faults: contract.work_type (invalid).
func newOffer(e Employer, t Terms, heads int64, p Promise) (Offer, error) {
	if _, err := factsOf(t); err != nil {
		return Offer{}, err
	}
	text, err := renderOffer(e, t, heads, p)
	if err != nil {
		return Offer{}, err
	}
	terms, err := t.canonical()
	return Offer{EmployerName: e.Name, Heads: heads, Terms: terms, Text: text}, err
}

// renderOffer writes the employer's offer.
func renderOffer(e Employer, t Terms, heads int64, p Promise) (string, error) {
	return render("offer.v1", struct {
		Employer Employer
		Terms    Terms
		Heads    int64
		Promise
	}{e, t, heads, p})
}

// renderPage writes the worker's page.
func renderPage(tpl Template, employerName string, w Worker, b Bounds) (string, error) {
	page := struct {
		PartyA, PartyB, EmployerName string
		Worker                       Worker
		DayMinMax, WeekMinMax        int64
	}{"用人单位", "劳动者", employerName, w, b.DayMin, b.WeekMin}
	switch tpl {
	case OverAge, Platform:
		page.PartyA = "用工单位"
	case Personal:
		page.PartyA, page.PartyB = "接受劳务方", "提供劳务方"
	}
	return render(tpl, page)
}

func render(tpl Template, data any) (string, error) {
	var b strings.Builder
	if err := texts.ExecuteTemplate(&b, string(tpl)+".txt", data); err != nil {
		return "", fmt.Errorf("write contract %s: %w", tpl, err)
	}
	return b.String(), nil
}
