package wall

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/ui"
)

const daysShown = 14

// tableColumn is a column of a table on the page; key is its sentence.
type tableColumn struct{ code, part, key string }

var districtColumns = []tableColumn{{"M02", "vacancies", "wall.vacancies"},
	{"M02", "heads", "wall.heads"}, {"M04", "", "wall.intents"}, {"M03", "matched", "wall.matched"},
	{"M03", "started", "wall.started"}, {"C02", "", "wall.covered"}, {"W01", "", "wall.within"},
	{"wage.paid", "fen", "wall.paid_yuan"}}

var dayColumns = []tableColumn{{"M04", "", "wall.intents"}, {"M03", "matched", "wall.matched"},
	{"C02", "starts", "wall.clocked_in"}, {"wage.paid", "fen", "wall.paid_yuan"}}

// step is one of the funnel.
type step struct {
	Key, Code, Value string
	Width            int // of 100
}

// steps are those from a wish for work to the wage in the account.
func (w *view) steps() []step {
	covered, within := w.figure("C02", ""), w.figure("W01", "")
	all := []struct {
		key, code string
		n         int64
	}{{"wall.intents", "M04", w.figure("M04", "").Num},
		{"wall.matched", "M03", w.figure("M03", "matched").Num},
		{"wall.started", "M03", w.figure("M03", "started").Num},
		{"wall.insured", "C02", covered.Num}, {"wall.in24h", "W01", within.Num}}
	most := int64(1)
	for _, s := range all {
		most = max(most, s.n)
	}
	steps := make([]step, len(all))
	for i, s := range all {
		steps[i] = step{s.key, s.code, cockpit.Grouped(s.n), int(s.n * 100 / most)}
	}
	return steps
}

// bp is a share in basis points, for drawing.
func (w *view) bp(code, part string) int64 {
	f := w.figure(code, part)
	if f.Den <= 0 {
		return 0
	}
	return f.Num * 10_000 / f.Den
}

// top gives a table's rows, those first where most is wanted; n 0 is all.
func (w *view) top(by string, n int) []cockpit.Row {
	rows := slices.Clone(w.tables[by].Rows)
	slices.SortStableFunc(rows, func(a, b cockpit.Row) int {
		return cmp.Compare(w.cell(by, b, "M02", "heads").Num, w.cell(by, a, "M02", "heads").Num)
	})
	if n > 0 && len(rows) > n {
		rows = rows[:n]
	}
	return rows
}

// part is a figure as percent of the table's largest.
func (w *view) part(by string, row cockpit.Row, code, part string) int64 {
	most := int64(1)
	for _, r := range w.tables[by].Rows {
		most = max(most, w.cell(by, r, code, part).Num)
	}
	return w.cell(by, row, code, part).Num * 100 / most
}

// lastDays are those of the last two weeks that are over: half a day would look like a fall.
func (w *view) lastDays() []cockpit.Row {
	rows := slices.Clone(w.tables["day"].Rows)
	rows = slices.DeleteFunc(rows, func(r cockpit.Row) bool { return r.Key >= string(w.To) })
	return rows[max(0, len(rows)-daysShown):]
}

// said is what a district of the map says: its figures.
func (w *view) said(ctx context.Context, s shape) string {
	for _, row := range w.tables["district"].Rows {
		if row.Key == s.Code {
			return ui.Say(ctx, "wall.map_says", "name", s.Name,
				"heads", w.cell("district", row, "M02", "heads").Value,
				"matched", w.cell("district", row, "M03", "matched").Value,
				"started", w.cell("district", row, "M03", "started").Value)
		}
	}
	return ui.Say(ctx, "wall.map_says", "name", s.Name, "heads", "0", "matched", "0", "started", "0")
}

// short leaves out what a map need not say: 渝中区 is 渝中, 石柱土家族自治县 is 石柱.
func short(name string) string {
	for _, nation := range []string{"土家族", "苗族"} {
		name, _, _ = strings.Cut(name, nation)
	}
	if utf8.RuneCountInString(name) > 2 {
		for _, end := range []string{"自治县", "区", "县", "市"} {
			name = strings.TrimSuffix(name, end)
		}
	}
	return name
}
