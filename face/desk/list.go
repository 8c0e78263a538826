package desk

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/ui"
)

// pageRows is how many rows a list shows at once: a screen and a half.
const pageRows = 25

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// column is a column of a list; key is its sentence.
type column struct {
	key   string
	num   bool
	still bool // cannot be sorted, and stays out of the workbook: buttons
}

// row is a row of a list. Tags are what filters look at.
type row struct {
	cells []ui.Cell
	tags  map[string]string
}

// filter is a choice above a list; its options are found in the rows' tags, in order of first
// appearance, and named by the sentence say+value.
type filter struct {
	name, key, say string
}

// listing is a bounded list that an operation gave, in which a person searches, sorts and turns
// pages. All of that stands in the address, so that it can be sent to a colleague.
type listing struct {
	title, empty string // keys
	path         string
	name         string // before the names in the address, where a page has several lists
	columns      []column
	filters      []filter
	rows         []row
	keep         []string // names in the address that the list does not know and that stay
	bare         bool     // short: no search, no pages
	parted       bool     // comes in parts: visit.fill
	seeks        bool     // whoever gives the parts finds words in all of them
	next         string   // behind what the next part begins; "" after the last
}

// taken tells whether the visitor asked for the list as a workbook.
func (v *visit) taken(l listing) bool {
	return v.Form.Get("export") == "xlsx"+l.name && v.wrong == nil
}

// export sends the list as a workbook where the visitor asked for it, and tells so. Whoever takes
// it is in the audit log.
func (v *visit) export(l listing) (bool, error) {
	if !v.taken(l) {
		return false, nil
	}
	var heads []string
	for _, c := range l.columns {
		if !c.still {
			heads = append(heads, v.say(c.key))
		}
	}
	name := v.say(l.title)
	content, err := sheet.List(name, heads, v.cellsOf(l))
	if err != nil {
		return true, err
	}
	if err := v.s.People.NoteTaken(v.Ctx, l.path); err != nil {
		return true, err
	}
	return true, v.SendFile(name+".xlsx", workbookType, content)
}

func (v *visit) cellsOf(l listing) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range v.sorted(l, v.found(l)) {
			var texts []string
			for i, c := range r.cells {
				if l.columns[i].still {
					continue
				}
				text := c.Text
				if c.Sub != "" {
					text += " " + c.Sub
				}
				texts = append(texts, text)
			}
			if !yield(texts, nil) {
				return
			}
		}
		if l.next != "" {
			yield([]string{v.say("desk.list.cut", "n", len(l.rows))}, nil)
		}
	}
}

// list shows what was found of a list.
func (v *visit) list(l listing) templ.Component {
	query := v.query(l)
	rows := v.sorted(l, v.found(l))
	out := ui.List{Title: v.say(l.title), Here: l.path, Name: l.name, Empty: v.say(l.empty),
		Search: !l.bare && len(l.rows) > 0,
		Sought: v.Form.Get(l.name + "q"), Sorted: v.Form.Get(l.name + "sort"),
		Total: len(rows), Page: 1, Pages: 1}
	if !l.bare && (strings.HasPrefix(l.title, "desk.e.") || strings.HasPrefix(l.title, "desk.g.")) {
		out.Title = "" // the page's own title says it
	}
	v.parts(l, &out)
	for i, c := range l.columns {
		out.Heads = append(out.Heads, v.head(l, i, c, query))
	}
	keep := l.keep
	if l.parted && !l.seeks { // what is sought in all parts is sought from the first on
		keep = append(slices.Clone(keep), l.name+"after")
	}
	for _, n := range keep {
		if text := v.Form.Get(n); text != "" {
			out.Keep = append(out.Keep, ui.Option{Value: text, Label: n})
		}
	}
	filters := l.filters
	if len(l.rows) == 0 {
		filters = nil // nothing to choose from
	}
	for _, f := range filters {
		out.Filters = append(out.Filters, ui.Filter{Name: f.name, Label: v.say(f.key),
			Value: v.Form.Get(l.name + f.name), Options: v.options(f, l.rows)})
	}
	if !l.bare {
		out.Export = ui.Address(l.path, query, "export", "xlsx"+l.name)
		out.Pages = max(1, (len(rows)+pageRows-1)/pageRows)
		page, _ := strconv.Atoi(v.Form.Get(l.name + "page")) // anything else is the first
		out.Page = min(max(page, 1), out.Pages)
		if out.Page > 1 {
			out.Before = ui.Address(l.path, query, l.name+"page", fmt.Sprint(out.Page-1))
		}
		if out.Page < out.Pages {
			out.Behind = ui.Address(l.path, query, l.name+"page", fmt.Sprint(out.Page+1))
		}
		rows = rows[(out.Page-1)*pageRows : min(out.Page*pageRows, len(rows))]
	}
	for _, r := range rows {
		out.Rows = append(out.Rows, r.cells)
	}
	return ui.ListCard(out)
}

// query is what of the address belongs to the list, but for its page.
func (v *visit) query(l listing) url.Values {
	q := url.Values{}
	names := []string{"q", "sort"}
	if l.parted {
		names = append(names, "after")
	}
	for _, f := range l.filters {
		names = append(names, f.name)
	}
	for _, n := range names {
		if text := v.Form.Get(l.name + n); text != "" {
			q.Set(l.name+n, text)
		}
	}
	for _, n := range l.keep {
		if text := v.Form.Get(n); text != "" {
			q.Set(n, text)
		}
	}
	return q
}

func (v *visit) head(l listing, i int, c column, query url.Values) ui.Head {
	h := ui.Head{Label: v.say(c.key), Num: c.num}
	if c.still || l.bare {
		return h
	}
	n := fmt.Sprint(i)
	switch v.Form.Get(l.name + "sort") {
	case n:
		h.Sorted, n = "ascending", "-"+n
	case "-" + n:
		h.Sorted = "descending"
	}
	h.Sort = ui.Address(l.path, query, l.name+"sort", n)
	return h
}

func (v *visit) options(f filter, rows []row) []ui.Option {
	var out []ui.Option
	for _, r := range rows {
		value := r.tags[f.name]
		if value == "" || slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == value }) {
			continue
		}
		label := value
		if f.say != "" {
			label = v.sayOr(f.say+value, value)
		}
		out = append(out, ui.Option{Value: value, Label: label})
	}
	return out
}

// found gives the rows with the words that are sought and the tags that are chosen.
func (v *visit) found(l listing) []row {
	words := strings.Fields(strings.ToLower(v.Form.Get(l.name + "q")))
	var out []row
next:
	for _, r := range l.rows {
		for _, f := range l.filters {
			if want := v.Form.Get(l.name + f.name); want != "" && r.tags[f.name] != want {
				continue next
			}
		}
		var text strings.Builder
		for _, c := range r.cells {
			text.WriteString(strings.ToLower(c.Text + " " + c.Sub + " "))
		}
		for _, w := range words {
			if !strings.Contains(text.String(), w) {
				continue next
			}
		}
		out = append(out, r)
	}
	return out
}

func (v *visit) sorted(l listing, rows []row) []row {
	by := v.Form.Get(l.name + "sort")
	down := strings.HasPrefix(by, "-")
	i, err := strconv.Atoi(strings.TrimPrefix(by, "-"))
	if err != nil || i < 0 || i >= len(l.columns) || l.columns[i].still {
		return rows
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		n := cmp.Compare(cmp.Or(a.cells[i].Sort, a.cells[i].Text),
			cmp.Or(b.cells[i].Sort, b.cells[i].Text))
		if down {
			return -n
		}
		return n
	})
	return rows
}

func text(s string) ui.Cell { return ui.Cell{Text: s} }

func more(s, sub string) ui.Cell { return ui.Cell{Text: s, Sub: sub} }

func link(s, sub, path string) ui.Cell { return ui.Cell{Text: s, Sub: sub, Path: path} }

func badge(s, tone string) ui.Cell { return ui.Cell{Text: s, Tone: tone} }

func part(c templ.Component) ui.Cell { return ui.Cell{Part: c} }

func count(n int64) ui.Cell { return ui.Cell{Text: fmt.Sprint(n), Sort: ordered(n), Num: true} }

func amount(f money.Fen) ui.Cell {
	return ui.Cell{Text: ui.Money(f), Sort: ordered(int64(f)), Num: true}
}

// ordered writes a number so that its text sorts as it does.
func ordered(n int64) string { return fmt.Sprintf("%020d", uint64(n)^1<<63) }

// when is a cell of a time.
func (v *visit) when(t time.Time) ui.Cell {
	return ui.Cell{Text: v.moment(t), Sort: ordered(t.UnixMilli())}
}

// span is a cell of a stretch of time.
func (v *visit) span(from, until time.Time) ui.Cell {
	return ui.Cell{Text: ui.Span(v.words, from, until), Sort: ordered(from.UnixMilli())}
}

// on gives a day of the calendar; "–" for none.
func on(day string) ui.Cell { return text(cmp.Or(day, "–")) }

// change is a cell of what an account gained or lost; nothing where it did not change.
func change(fen int64) ui.Cell {
	c := amount(money.Fen(fen))
	switch {
	case fen == 0:
		c.Text = ""
	case fen > 0:
		c.Text = "+" + c.Text
	}
	return c
}

// percent writes a part of ten thousand.
func percent(bp int64) string {
	if bp%100 == 0 {
		return fmt.Sprintf("%d %%", bp/100)
	}
	return fmt.Sprintf("%d.%02d %%", bp/100, bp%100)
}
