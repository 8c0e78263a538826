package e2e

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/face/wall"
)

// works lets so many new people work a shift, from the offer to the clock-out; n is the first one.
func (c *town) works(n, people int) {
	c.t.Helper()
	shift := c.shift(int64(people))
	var all []who
	var placed []market.PlacementView
	for i := range people {
		w := c.newWorker(n + i)
		p := c.accept(w, shift)
		c.sign(w, p.ContractID)
		all, placed = append(all, w), append(placed, p)
	}
	c.clk.Set(placed[0].StartsAt)
	for i, w := range all {
		_, err := c.Attendance.ClockIn(w.ctx, c.gate(w, placed[i].ID))
		c.ok(err)
	}
	c.clk.Set(placed[0].EndsAt)
	for i, w := range all {
		_, err := c.Attendance.ClockOut(w.ctx, c.gate(w, placed[i].ID))
		c.ok(err)
	}
}

// district gives a figure of the one district of the town.
func district(b cockpit.Board, code, part string) cockpit.Cell {
	t := b.Tables[0]
	for i, c := range t.Columns {
		if c.Code == code && c.Part == part && len(t.Rows) == 1 {
			return t.Rows[0].Cells[i]
		}
	}
	return cockpit.Cell{Value: "none"}
}

// Four people are too few to be counted in a district, ten are not; what is paid reaches the wall
// the moment it is, and the pages and the report say the same numbers.
func TestPagesCockpit(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.works(20, 4)
		s := serve(c)
		few := do[cockpit.Board](s, "", "/board", nil)
		for _, of := range []string{"M03 matched", "M03 started", "M04 ", "C02 "} {
			code, part, _ := strings.Cut(of, " ")
			if cell := district(few, code, part); !cell.Hidden || cell.Num != 0 {
				t.Errorf("%s of four people: %+v", of, cell)
			}
		}
		if cell := district(few, "M02", "heads"); cell.Hidden || cell.Num != 4 {
			t.Errorf("heads wanted: %+v", cell)
		}
		nobody := s.with("")
		want(t, "the district", nobody.open("/cockpit/districts/"+region), http.StatusOK, "渝中区", "＊",
			"分拣中心", "!href=\"/cockpit/districts/"+region+"\"")

		c.works(30, 6)
		s = serve(c)
		nobody = s.with("")
		moves := s.watch()
		moves.until(0)
		for range 8 {
			c.sweep(2 * time.Hour)
		}
		moves.until(10 * 18_750)
		moves.ends()
		b := do[cockpit.Board](s, "", "/board", nil)
		if cell := district(b, "M03", "started"); cell.Hidden || cell.Num != 10 {
			t.Errorf("starts: %+v of %+v", cell, b.Tables[0])
		}
		if cell := district(b, "C02", ""); cell.Num != 10 || cell.Den != 10 {
			t.Errorf("covered: %+v", cell)
		}
		if cell := district(b, "wage.paid", "fen"); cell.Num != 187_500 || b.Today[0].Num != 187_500 {
			t.Errorf("paid: %+v, today %+v", cell, b.Today)
		}
		adds(t, b)
		want(t, "the cockpit", nobody.open("/cockpit"), http.StatusOK, "1,875.00", "/cockpit/districts/"+
			region, "无审图号", "!<script>", "echarts.min.js", `data-n="10"`)
		want(t, "the wall", nobody.open("/cockpit/wall"), http.StatusOK, "gy-night", "1,875.00")
		want(t, "a period", nobody.open("/cockpit?from=2026-03-01&to=2026-03-02"), http.StatusOK,
			"/cockpit/indicators/M02?from=2026-03-01&amp;to=2026-03-02")
		want(t, "its definition", nobody.open("/cockpit/indicators/M02?from=2026-03-01&to=2026-03-02"),
			http.StatusOK, "2026-03-01", "2026-03-02")
		want(t, "of no days", nobody.open("/cockpit/indicators/M02?from=2026-02-30"),
			http.StatusUnprocessableEntity)
		want(t, "no period", nobody.open("/cockpit?from=2026-02-30"), http.StatusUnprocessableEntity,
			"role=\"alert\"", "YYYY-MM-DD")
		want(t, "districts", nobody.open("/cockpit/districts"), http.StatusOK, "渝中区")
		want(t, "no district", nobody.open("/cockpit/districts/999999"), http.StatusNotFound)
		want(t, "no indicator", nobody.open("/cockpit/indicators/W99"), http.StatusNotFound)
		for _, i := range b.Indicators {
			want(t, "indicator "+i.Code, nobody.open("/cockpit/indicators/"+i.Code), http.StatusOK,
				i.Definition, i.Source, string(b.From))
		}
		want(t, "whose list", nobody.open("/cockpit/indicators/W01"), http.StatusOK, "!/g/late")
		clerk := s.with(c.session("19990000001"))
		want(t, "the list", clerk.open("/cockpit/indicators/W01"), http.StatusOK, `href="/g/late?from=`)
		want(t, "of the days asked for", clerk.open(
			"/cockpit/indicators/W01?from=2026-03-01&to=2026-03-02"), http.StatusOK,
			`href="/g/late?from=2026-03-01&amp;until=2026-03-02"`)
		reports(t, c, nobody)
	})
}

// adds checks that the districts add up to the city, and the days too.
func adds(t *testing.T, b cockpit.Board) {
	t.Helper()
	for _, table := range b.Tables {
		for i, column := range table.Columns {
			var num, den int64
			var hidden bool
			for _, row := range table.Rows {
				hidden = hidden || row.Cells[i].Hidden
				num, den = num+row.Cells[i].Num, den+row.Cells[i].Den
			}
			for _, f := range b.Indicators {
				if f.Code == column.Code && f.Part == column.Part && !hidden &&
					(f.Num != num || f.Den != den) {
					t.Errorf("%s %s by %s: %d of %d, the city has %d of %d", f.Code, f.Part, table.By, num,
						den, f.Num, f.Den)
				}
			}
		}
	}
}

// reports checks the report as a page and as a document.
func reports(t *testing.T, c *town, b *browser) {
	t.Helper()
	day := b.s.report("")
	want(t, "the report", b.open("/cockpit/daily?date="+string(day.Date)), http.StatusOK, "零工就业日报",
		"上周同日", day.Lines[0].Value)
	want(t, "no day", b.open("/cockpit/daily?date=2026-02-30"), http.StatusUnprocessableEntity,
		"YYYY-MM-DD")
	want(t, "a day to come", b.open("/cockpit/daily?date=2099-01-01"), http.StatusUnprocessableEntity,
		"还没有到")
	a := b.open("/cockpit/daily?as=docx&date=" + string(day.Date))
	z, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
	c.ok(err)
	text, err := z.Open("word/document.xml")
	c.ok(err)
	body, err := io.ReadAll(text)
	c.ok(err)
	for _, l := range day.Lines {
		if !strings.Contains(string(body), ">"+l.Value+"<") {
			t.Errorf("the document has no %s of %s %s", l.Value, l.Code, l.Part)
		}
	}
	name, err := url.PathUnescape(a.header.Get("Content-Disposition"))
	if err != nil || !strings.Contains(name, "日报-"+string(day.Date)+".docx") {
		t.Errorf("the document is called %s, %v", name, err)
	}
	a = b.open("/cockpit/daily?as=pdf&date=" + string(day.Date))
	name, err = url.PathUnescape(a.header.Get("Content-Disposition"))
	if err != nil || a.header.Get("Content-Type") != "application/pdf" ||
		!strings.HasPrefix(a.body, "%PDF-") || !strings.Contains(name, string(day.Date)+".pdf") {
		t.Errorf("the PDF is a %s called %s, %v", a.header.Get("Content-Type"), name, err)
	}
}

func (s *site) report(date string) cockpit.Daily {
	s.c.t.Helper()
	return do[cockpit.Daily](s, "", "/daily?date="+date, nil)
}

// stream is what a wall hears.
type stream struct {
	c    *town
	body io.ReadCloser
	read *bufio.Scanner
}

func (s *site) watch() stream {
	s.c.t.Helper()
	r, err := http.NewRequestWithContext(s.c.t.Context(), http.MethodGet, s.url+"/cockpit/live", nil)
	s.c.ok(err)
	got, err := http.DefaultTransport.RoundTrip(r)
	s.c.ok(err)
	return stream{s.c, got.Body, bufio.NewScanner(got.Body)}
}

// until reads until so much has been paid.
func (s stream) until(fen int64) {
	s.c.t.Helper()
	for s.read.Scan() {
		data, ok := strings.CutPrefix(s.read.Text(), "data: ")
		if !ok {
			continue
		}
		var now cockpit.Now
		s.c.ok(json.Unmarshal([]byte(data), &now))
		if now.Figures[0].Num == fen {
			return
		}
	}
	s.c.t.Fatalf("the stream ends before %d fen are paid: %v", fen, s.read.Err())
}

func (s stream) ends() { _ = s.body.Close() }

// A map that is set is shown with its approval number, each district where it says; what is no map
// is refused.
func TestPagesCockpitMap(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		m, err := wall.ReadMap([]byte(`{"type":"FeatureCollection","name":"渝","approval":"渝S(2099)001号",
			"features":[{"type":"Feature","properties":{"code":"500103","name":"渝中区",
			"center":[106.5,29.5]},"geometry":{"type":"Polygon","coordinates":[[[106.4,29.4],
			[106.6,29.4],[106.6,29.6],[106.4,29.4]]]}}]}`))
		c.ok(err)
		srv := httptest.NewServer(c.Web(app.Face{Name: "测试城", Region: "50", Map: m}).Handler())
		defer srv.Close()
		b := (&site{c: c, url: srv.URL}).with("")
		want(t, "a map", b.open("/cockpit/districts"), http.StatusOK, "审图号：渝S(2099)001号",
			`href="/cockpit/districts/500103"`, "<path")
		none := httptest.NewServer(c.Web(app.Face{Name: "测试城", Region: "3301"}).Handler())
		defer none.Close()
		b = (&site{c: c, url: none.URL}).with("")
		want(t, "no map", b.open("/cockpit"), http.StatusOK, "没有边界数据", "渝中区", "<path")
		if a := b.open("/cockpit/map"); a.status != 200 || !json.Valid([]byte(a.body)) ||
			!strings.Contains(a.body, `"circles":true`) {
			t.Errorf("the map: %d %.200s", a.status, a.body)
		}
		for name, text := range map[string]string{"nothing": "", "no collection": `{"type":"Feature"}`,
			"a point": `{"type":"FeatureCollection","features":[{"geometry":{"type":"Point",
				"coordinates":[1,2]}}]}`,
			"off the Earth": `{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon",
				"coordinates":[[[361,2],[3,4],[5,6],[361,2]]]}}]}`} {
			if _, err := wall.ReadMap([]byte(text)); err == nil {
				t.Errorf("%s is taken for a map", name)
			}
		}
		own := httptest.NewServer(c.Web(app.Face{Name: "重庆市", Region: "50"}).Handler())
		defer own.Close()
		b = (&site{c: c, url: own.URL}).with("")
		want(t, "Chongqing's own", b.open("/cockpit/districts"), http.StatusOK, "无审图号", "echarts 4.9.0",
			`href="/cockpit/districts/500241"`)
	})
}
