package wall

import (
	"context"
	"slices"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// Deps are the services that pages call.
type Deps struct {
	Cockpit  *cockpit.Service
	Market   *market.Service
	Stations *station.Service

	Links  []Link // at the foot of the cockpit
	Map    *Map   // boundaries that were set; nil: those that come with the program, if any
	Region string // of the city
	City   string // its name
}

// Link leads out of the pages. Key is its sentence.
type Link struct{ Key, URL string }

type site struct {
	Deps
	own *Map // boundaries that come with the program
}

// Routes mounts the pages. It panics on a map of the program's own that cannot be drawn.
func Routes(m *web.Mux, d Deps) {
	s := &site{Deps: d, own: d.Map}
	if s.own == nil {
		var err error
		if s.own, err = mapOf(d.Region); err != nil {
			panic("wall: " + err.Error()) // it is part of the program
		}
	}
	m.Page("GET /cockpit", s.page)
	m.Page("GET /cockpit/wall", s.wall)
	m.Page("GET /cockpit/indicators/{code}", s.indicator)
	m.Page("GET /cockpit/districts", s.districts)
	m.Page("GET /cockpit/districts/{code}", s.district)
	m.Page("GET /cockpit/daily", s.daily)
	m.Page("GET /cockpit/map", s.boundaries)
}

// view is a board as the pages show it.
type view struct {
	cockpit.Board
	Map      *Map
	Shades   map[string]int
	Asked    cockpit.View // the indicators of the period asked for
	InDays   bool         // a period was asked for
	Links    []Link
	Staff    bool // may see lists of the bureau's desk
	Decides  bool // is of the staff that does more than read
	tables   map[string]cockpit.Table
	sentence string
}

// board reads what every page of the cockpit shows.
func (s *site) board(v *web.Visit) (*view, error) {
	b, err := s.Cockpit.Board(v.Ctx, cockpit.AskBoard{Lang: v.Lang})
	if err != nil {
		return nil, err
	}
	w := &view{Board: b, Links: s.Links, Asked: b.View, tables: map[string]cockpit.Table{}}
	for _, t := range b.Tables {
		w.tables[t.By] = t
	}
	actor := people.ActorOf(v.Ctx)
	for _, role := range []people.Role{people.RoleClerk, people.RoleDirector, people.RoleAuditor} {
		w.Staff = w.Staff || actor.Has(role)
		w.Decides = w.Decides || role != people.RoleAuditor && actor.Has(role)
	}
	if w.Map, err = s.chart(v.Ctx); err != nil {
		return nil, err
	}
	heads := map[string]int64{}
	for _, row := range w.tables["district"].Rows {
		heads[row.Key] = w.cell("district", row, "M02", "heads").Num
	}
	w.Shades = shades(heads)
	return w, nil
}

// chart gives the city's boundaries, or circles around its places.
func (s *site) chart(ctx context.Context) (*Map, error) {
	if s.own != nil {
		return s.own, nil
	}
	list, err := s.Stations.AllPlaces(ctx, station.FindPlaces{})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n, sums := map[string]float64{}, map[string]spot{}
	var order []string
	for _, p := range list {
		code := p.Region[:min(len(p.Region), 6)]
		if n[code] == 0 {
			order = append(order, code)
		}
		n[code]++
		was := sums[code]
		sums[code] = spot{code, region.Name(code), was.lon + float64(p.LonE6)/1e6,
			was.lat + float64(p.LatE6)/1e6}
	}
	spots := make([]spot, 0, len(order))
	for _, code := range order {
		at := sums[code]
		spots = append(spots, spot{code, at.name, round(at.lon / n[code]), round(at.lat / n[code])})
	}
	return circles(s.City, spots)
}

func (s *site) page(v *web.Visit) error {
	w, err := s.board(v)
	if err != nil {
		return err
	}
	if err := s.days(v, w); err != nil {
		return s.wrong(v, w, err)
	}
	return v.Show(cockpitTempl(w))
}

// days counts the indicators of the days that the address asks for; the board's own where it asks
// for none.
func (s *site) days(v *web.Visit, w *view) error {
	in := cockpit.Ask{Lang: v.Lang, From: civil.Date(v.Form.Get("from")),
		To: civil.Date(v.Form.Get("to"))}
	if in.From == "" && in.To == "" {
		return nil
	}
	for _, day := range []struct {
		field string
		date  civil.Date
	}{{"from", in.From}, {"to", in.To}} {
		if err := checkDay(day.field, day.date); err != nil {
			return err
		}
	}
	asked, err := s.Cockpit.Indicators(v.Ctx, in)
	if err == nil {
		w.Asked, w.InDays = asked, true
	}
	return err
}

// wrong shows the page with what was wrong with the days.
func (s *site) wrong(v *web.Visit, w *view, err error) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	w.sentence = v.Sentence(f)
	return v.ShowFault(f, cockpitTempl(w))
}

// checkDay refuses what is no day; "" is none.
func checkDay(field string, d civil.Date) error {
	if _, err := civil.ParseDate(string(d)); d != "" && (err != nil || d < "1900" || d >= "2100") {
		return fault.New(fault.Invalid, "cockpit.not_a_day").OnField(field).Because(err)
	}
	return nil
}

func (s *site) wall(v *web.Visit) error {
	w, err := s.board(v)
	if err != nil {
		return err
	}
	return v.Show(wallTempl(w))
}

func (s *site) districts(v *web.Visit) error {
	w, err := s.board(v)
	if err != nil {
		return err
	}
	return v.Show(districtsTempl(w))
}

// boundaries gives the map to the script.
func (s *site) boundaries(v *web.Visit) error {
	m, err := s.chart(v.Ctx)
	if err != nil {
		return err
	}
	if m == nil {
		return fault.New(fault.NotFound, "cockpit.no_map")
	}
	return v.SendData("application/geo+json", m.text)
}

// indicatorView is what stands behind a number.
type indicatorView struct {
	*view
	Code      string
	Figures   []cockpit.Indicator
	Columns   []int  // of the table by district
	List      string // "" where there is none
	ListToday string // the list of today, where the list has days
}

// lists are where the bureau's desk lists what an indicator counts. Of those in days the list has
// the indicator's own days, so that it counts the same.
var lists = map[string]struct {
	path    string
	inDays  bool
	decides bool // only those who decide may open it
}{"W01": {"/g/late", true, false}, "wage.paid": {"/g/paid", true, false},
	"C02": {"/g/starts", true, false}, "wage.stuck": {"/g/wages", false, false},
	"wage.waiting": {"/g/wages", false, false}, "ledger.stuck": {"/g/bank", false, true},
	"ledger.unclaimed": {"/g/bank", false, false},
	"credit.appeals":   {"/g/appeals", false, true}, "credit.grades": {"/g/employers", false, false},
	"complaint.open": {"/g/complaints", false, false}, "Q01": {"/g/complaints", false, false},
	"complaint.received":      {"/g/complaints", false, false},
	"complaint.false_vacancy": {"/g/complaints", false, false},
	"oversight.matters":       {"/g/matters", false, false},
	"oversight.open":          {"/g/matters", false, false}, "C01": {"/g/signed", true, false},
	"M02": {"/g/published", true, false}, "M03": {"/g/placed", true, false},
	"M04": {"/g/intended", true, false}}

func (s *site) indicator(v *web.Visit) error {
	w, err := s.board(v)
	if err != nil {
		return err
	}
	if err := s.days(v, w); err != nil {
		return s.wrong(v, w, err)
	}
	i := indicatorView{view: w, Code: v.R.PathValue("code")}
	for _, f := range slices.Concat(w.Asked.Indicators, w.Today) {
		if f.Code == i.Code {
			i.Figures = append(i.Figures, f)
		}
	}
	if len(i.Figures) == 0 {
		return fault.New(fault.NotFound, "cockpit.no_indicator")
	}
	for n, c := range w.tables["district"].Columns {
		if c.Code == i.Code && !w.InDays { // the board's districts have the board's days
			i.Columns = append(i.Columns, n)
		}
	}
	if l, ok := lists[i.Code]; ok && (!l.decides || w.Decides) {
		i.List = l.path
		if l.inDays {
			i.List += "?from=" + string(w.Asked.From) + "&until=" + string(w.Asked.To)
			i.ListToday = l.path
		}
	}
	return v.Show(indicatorTempl(i))
}

// definition is the path of what stands behind a number, in the days asked for.
func (w *view) definition(code string) string {
	path := "/cockpit/indicators/" + code
	if w.InDays {
		path += "?from=" + string(w.Asked.From) + "&to=" + string(w.Asked.To)
	}
	return path
}

// column tells where a table has an indicator, -1 for nowhere.
func column(t cockpit.Table, code, part string) int {
	return slices.IndexFunc(t.Columns, func(c cockpit.Column) bool {
		return c.Code == code && c.Part == part
	})
}

// cell gives a row's figure; where the table has no such column, nobody has been counted.
func (w *view) cell(by string, row cockpit.Row, code, part string) cockpit.Cell {
	if i := column(w.tables[by], code, part); i >= 0 {
		return row.Cells[i]
	}
	return cockpit.Cell{Value: "0"}
}

// figure gives the city's figure, that of today where the board counts it live.
func (w *view) figure(code, part string) cockpit.Indicator { return find(w.Indicators, code, part) }

// now gives a figure of today.
func (w *view) now(part string) cockpit.Indicator { return find(w.Today, "wage.paid", part) }

func find(list []cockpit.Indicator, code, part string) cockpit.Indicator {
	for _, i := range list {
		if i.Code == code && i.Part == part {
			return i
		}
	}
	return cockpit.Indicator{Code: code, Part: part, Value: "—"}
}

// districtView is a district: its figures, places and work.
type districtView struct {
	*view
	Code, Name string
	Row        *cockpit.Row
	Places     []station.PlaceView
	Work       []market.WorkItem
	More       bool
}

const workShown = 50 // of a district: two screens; the worker's list has the rest

func (s *site) district(v *web.Visit) error {
	w, err := s.board(v)
	if err != nil {
		return err
	}
	d := districtView{view: w, Code: v.R.PathValue("code")}
	d.Name = region.Name(d.Code)
	if d.Name == "" || len(d.Code) != 6 {
		return fault.New(fault.NotFound, "cockpit.no_district")
	}
	for _, row := range w.tables["district"].Rows {
		if row.Key == d.Code {
			d.Row = &row
		}
	}
	if d.Places, err = s.Stations.AllPlaces(v.Ctx, station.FindPlaces{Region: d.Code}); err != nil {
		return err
	}
	work, err := s.Market.FindWork(v.Ctx, market.FindWork{Region: d.Code, Limit: workShown,
		Lang: v.Lang, Order: "near"})
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.NotFound) {
		err = nil // the market knows nothing there
	}
	if err != nil {
		return err
	}
	d.Work, d.More = work.Items, work.Next != ""
	return v.Show(districtTempl(d))
}

// daily shows a day's report: as a page, as a PDF, or as a document for Word.
func (s *site) daily(v *web.Visit) error {
	in := cockpit.AskDay{Date: civil.Date(v.Form.Get("date")), Lang: v.Lang}
	err := checkDay("date", in.Date)
	var d cockpit.Daily
	if err == nil {
		d, err = s.Cockpit.Daily(v.Ctx, in)
	}
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		d, again := s.Cockpit.Daily(v.Ctx, cockpit.AskDay{Lang: v.Lang})
		if again != nil {
			return again
		}
		return v.ShowFault(f, dailyTempl(d, v.Sentence(f)))
	}
	if err != nil {
		return err
	}
	write, kind := document, docxType
	switch v.Form.Get("as") {
	case "docx":
	case "pdf":
		write, kind = printed, pdfType
	default:
		return v.Show(dailyTempl(d, ""))
	}
	look := ui.Look{Lang: v.Lang, Text: v.Text(), City: s.City, Simulated: d.Simulated}
	file, err := write(ui.With(v.Ctx, look), d)
	if err != nil {
		return err
	}
	name := v.Say("wall.daily.file", map[string]any{"city": d.City, "date": d.Date})
	return v.SendFile(name+"."+v.Form.Get("as"), kind, file)
}
