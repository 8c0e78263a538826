package cockpit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/region"
)

// districtDigits is how much of a region's code names a district.
const districtDigits = 6

// AskBoard asks for the board. Its period is always the last 30 days: whoever could ask for any two
// periods could subtract one from the other, and get a small figure back.
type AskBoard struct {
	Lang string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"default: zh-CN"`
}

// Board is all that the city's wall shows.
type Board struct {
	View
	Today []Indicator `json:"today"  doc:"what has been paid since midnight"`
	// Least is the fewest persons of whom a figure is shown.
	Least  int64   `json:"least"  doc:"a figure of fewer persons than this is hidden"`
	Tables []Table `json:"tables" doc:"the figures by district, occupation and day"`
}

// Table is the city's figures spread in one way.
type Table struct {
	By      string   `json:"by" doc:"district, occupation or day"`
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows" doc:"districts by code, occupations by what is wanted, days in order"`
}

// Column is an indicator of a table.
type Column struct {
	Code string `json:"code"`
	Part string `json:"part,omitempty"`
	Name string `json:"name"`
	Kind string `json:"kind" doc:"count, heads, share or fen"`
}

// Row is a district, an occupation or a day.
type Row struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Cells []Cell `json:"cells" doc:"one for each column"`
}

// Cell is a figure of a table. Where it is hidden, num and den are zero and mean nothing.
type Cell struct {
	Num    int64  `json:"num"`
	Den    int64  `json:"den,omitempty"`
	Value  string `json:"value" doc:"for people"`
	Hidden bool   `json:"hidden,omitempty" doc:"too few persons stand behind it, or behind another that it would give away"`
}

// spreads is what the slices gave for the board.
type spreads struct {
	cells []gauge.Cell
	today []gauge.Value
}

// Board gives every figure of the last 30 days, and how it spreads. Anyone may ask: figures of too
// few persons are hidden.
func (s *Service) Board(ctx context.Context, in AskBoard) (Board, error) {
	if in.Lang == "" {
		in.Lang = i18n.Chinese
	}
	v, err := s.Indicators(ctx, Ask{Lang: in.Lang})
	if err != nil {
		return Board{}, err
	}
	p := Period{From: v.From, To: v.To}
	got, err := s.spreads.get(p, s.deps.KeepFor, staleMax*s.deps.KeepFor, func() (spreads, error) {
		return s.spread(ctx, p)
	})
	if err != nil {
		return Board{}, err
	}
	b := Board{View: v, Least: s.least(p.To)}
	for _, g := range got.today {
		b.Today = append(b.Today, s.say(in.Lang, g, Period{p.To, p.To}))
	}
	for _, by := range []string{gauge.ByDistrict, gauge.ByOccupation, gauge.ByDay} {
		b.Tables = append(b.Tables, s.table(in.Lang, by, got.cells, b.Least))
	}
	return b, nil
}

// least is the fewest persons of whom a figure of a part of the city is shown; where no number is
// handed in, none is hidden.
func (s *Service) least(day civil.Date) int64 {
	if s.deps.Least == nil {
		return 0
	}
	return s.deps.Least(day)
}

// spread asks the slices for cells.
func (s *Service) spread(ctx context.Context, p Period) (spreads, error) {
	now := s.deps.DB.Now()
	got := spreads{cells: []gauge.Cell{}}
	for _, source := range s.deps.Spreads {
		cells, err := source(ctx, s.deps.DB, p.From.Midnight(), now)
		if err != nil {
			return spreads{}, fmt.Errorf("read cells: %w", err)
		}
		got.cells = append(got.cells, cells...)
	}
	var err error
	if got.today, err = s.today(ctx, now); err != nil {
		return spreads{}, err
	}
	return got, nil
}

// today gives what is counted live: from midnight to now, what happens this very moment included.
func (s *Service) today(ctx context.Context, now time.Time) ([]gauge.Value, error) {
	if s.deps.Live == nil {
		return nil, nil
	}
	values, err := s.deps.Live(ctx, s.deps.DB, civil.DateOf(now).Midnight(),
		now.Add(time.Millisecond))
	if err != nil {
		return nil, fmt.Errorf("read what is paid today: %w", err)
	}
	return values, nil
}

// table puts the cells of one way of spreading into rows and columns.
func (s *Service) table(lang, by string, cells []gauge.Cell, least int64) Table {
	t := Table{By: by, Columns: []Column{}, Rows: []Row{}}
	columns, rows := map[string]int{}, map[string]int{}
	for _, c := range cells {
		if c.By != by {
			continue
		}
		if _, ok := columns[c.Code+"."+c.Part]; !ok {
			columns[c.Code+"."+c.Part] = len(t.Columns)
			said := s.say(lang, gauge.Value{Code: c.Code, Part: c.Part, Unit: c.Unit}, Period{})
			name := said.PartName
			if name == "" {
				name = said.Name
			}
			t.Columns = append(t.Columns, Column{Code: c.Code, Part: c.Part, Name: name, Kind: c.Unit})
		}
		if key := keyOf(c); !has(rows, key) {
			rows[key] = len(t.Rows)
			t.Rows = append(t.Rows, Row{Key: key, Name: s.nameOf(lang, by, key)})
		}
	}
	crowds := make([][]crowd, len(t.Columns))
	for i := range crowds {
		crowds[i] = make([]crowd, len(t.Rows))
	}
	for i := range t.Rows {
		t.Rows[i].Cells = make([]Cell, len(t.Columns))
	}
	for _, c := range cells {
		if c.By != by {
			continue
		}
		column, row := columns[c.Code+"."+c.Part], rows[keyOf(c)]
		cell := &t.Rows[row].Cells[column]
		cell.Num, cell.Den = cell.Num+c.Num, cell.Den+c.Den
		// Somebody may stand in two towns of one district: the most is the least that there can be.
		most := &crowds[column][row]
		most.people, most.rest = max(most.people, c.People), max(most.rest, c.Rest)
	}
	s.finish(lang, &t, crowds, least)
	return t
}

func has(m map[string]int, key string) bool { _, ok := m[key]; return ok }

// keyOf makes of a region's code that of its district.
func keyOf(c gauge.Cell) string {
	if c.By == gauge.ByDistrict && len(c.Key) > districtDigits {
		return c.Key[:districtDigits]
	}
	return c.Key
}

// nameOf says a key in words.
func (s *Service) nameOf(lang, by, key string) string {
	name := ""
	switch {
	case by == gauge.ByDistrict:
		name = region.Name(key)
	case by == gauge.ByOccupation && s.deps.Occupation != nil:
		name = s.deps.Occupation(key, lang)
	case by == gauge.ByDay:
		name = key
	}
	if name == "" {
		return s.deps.Text.Say(lang, "cockpit.unknown", nil)
	}
	return name
}

// finish hides what may not be shown, writes the rest for people, and puts the rows in order. A day
// is no part of the city: its figures are the city's, and none is hidden.
func (s *Service) finish(lang string, t *Table, crowds [][]crowd, least int64) {
	for i, c := range t.Columns {
		hidden := make([]bool, len(t.Rows))
		if t.By != gauge.ByDay {
			hidden = hide(crowds[i], least)
		}
		for j := range t.Rows {
			cell := &t.Rows[j].Cells[i]
			if hidden[j] {
				*cell = Cell{Hidden: true, Value: s.deps.Text.Say(lang, "cockpit.hidden", nil)}
				continue
			}
			cell.Value = s.say(lang, gauge.Value{Code: c.Code, Part: c.Part, Num: cell.Num,
				Den: cell.Den, Unit: c.Kind}, Period{}).Value
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		if t.By == gauge.ByOccupation && a.Cells[0].Num != b.Cells[0].Num {
			return int(b.Cells[0].Num - a.Cells[0].Num)
		}
		return strings.Compare(a.Key, b.Key)
	})
}

// AskDay asks for one day.
type AskDay struct {
	Date civil.Date `json:"date,omitempty" query:"date" doc:"default: yesterday"`
	Lang string     `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"default: zh-CN"`
}

// Daily is the city's day beside the day before and the same day of the week before.
type Daily struct {
	City      string     `json:"city"`
	Simulated bool       `json:"simulated"`
	Date      civil.Date `json:"date"`
	Before    civil.Date `json:"before"`
	WeekAgo   civil.Date `json:"week_ago"`
	AsOf      time.Time  `json:"as_of"`
	Lines     []DayLine  `json:"lines"`
}

// DayLine is an indicator on three days.
type DayLine struct {
	Indicator
	Before  string `json:"before_value"`
	WeekAgo string `json:"week_ago_value"`
	// Change is the day against the one before, "" where there is nothing to compare.
	Change string `json:"change,omitempty" doc:"of counts and amounts in percent, of shares in points"`
	// WeekChange is the day against the same day a week ago.
	WeekChange string `json:"week_change,omitempty"`
}

// daily are the indicators of the report, in its order.
var daily = [][2]string{{"M02", "vacancies"}, {"M02", "heads"}, {"M04", ""}, {"M03", "matched"},
	{"C01", "contracts"}, {"C02", "starts"}, {"C02", ""}, {"wage.paid", "fen"},
	{"wage.paid", "lines"}, {"W01", ""}, {"W01", "p50"}, {"W01", "p95"}, {"W01", "late"},
	{"W01", "late_fen"}, {"complaint.received", ""}}

// Daily gives the report of a day. Late wages stand in it as a number, of nobody by name.
// Faults: cockpit.day_to_come (invalid, field "date").
func (s *Service) Daily(ctx context.Context, in AskDay) (Daily, error) {
	now := s.deps.DB.Now()
	if in.Lang == "" {
		in.Lang = i18n.Chinese
	}
	if in.Date == "" {
		in.Date = civil.DateOf(now).AddDays(-1)
	}
	if in.Date > civil.DateOf(now) {
		return Daily{}, fault.New(fault.Invalid, "cockpit.day_to_come").OnField("date")
	}
	d := Daily{City: s.deps.City, Simulated: s.deps.Simulated, Date: in.Date, AsOf: now,
		Before: in.Date.AddDays(-1), WeekAgo: in.Date.AddDays(-7), Lines: []DayLine{}}
	var days [3][]gauge.Value
	for i, day := range []civil.Date{d.Date, d.Before, d.WeekAgo} {
		var err error
		if days[i], err = s.ask(ctx, Period{day, day}, now); err != nil {
			return Daily{}, err
		}
	}
	for _, want := range daily {
		value, ok := find(days[0], want)
		if !ok {
			continue
		}
		line := DayLine{Indicator: s.say(in.Lang, value, Period{d.Date, d.Date})}
		line.Before, line.Change = s.compare(in.Lang, value, days[1])
		line.WeekAgo, line.WeekChange = s.compare(in.Lang, value, days[2])
		d.Lines = append(d.Lines, line)
	}
	return d, nil
}

// compare gives an indicator on another day, and how v stands against it.
func (s *Service) compare(lang string, v gauge.Value, day []gauge.Value) (value, change string) {
	other, ok := find(day, [2]string{v.Code, v.Part})
	if !ok {
		return none, ""
	}
	n, unit := difference(v, other)
	if unit != "" {
		change = s.deps.Text.Say(lang, unit, map[string]any{"n": n})
	}
	return s.say(lang, other, Period{}).Value, change
}

// find gives an indicator of a reading.
func find(values []gauge.Value, want [2]string) (gauge.Value, bool) {
	i := slices.IndexFunc(values, func(v gauge.Value) bool {
		return v.Code == want[0] && v.Part == want[1]
	})
	if i < 0 {
		return gauge.Value{}, false
	}
	return values[i], true
}
