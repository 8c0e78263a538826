package cockpit_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// figures is what the slices would give; it notes the windows asked for.
type figures struct {
	windows []string
	err     error
}

func (f *figures) source(_ context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	if r == nil {
		return nil, errors.New("no reader")
	}
	f.windows = append(f.windows, from.Format(time.RFC3339)+" "+to.Format(time.RFC3339))
	return []gauge.Value{
		{Code: "M02", Part: "vacancies", Num: 1234, Unit: "count"},
		{Code: "M02", Part: "heads", Num: 72500, Unit: "heads"},
		{Code: "C02", Num: 9999, Den: 10000, Unit: "share"},
		{Code: "M03", Part: "a<b", Num: 0, Den: 0, Unit: "share"},
		{Code: "W01", Part: "p95", Num: 3_660_001, Unit: "ms"},
		{Code: "W01", Part: "late_fen", Num: 24200, Unit: "fen"},
	}, f.err
}

// texts are the cockpit's sentences, and those of the indicators that the tests make up.
func texts(t *testing.T) *i18n.Book {
	t.Helper()
	files := fstest.MapFS{}
	for _, file := range []string{"testdata/gauges.yaml", "../../internal/i18n/text/cockpit.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files["text/"+filepath.Base(file)] = &fstest.MapFile{Data: data}
	}
	text, err := i18n.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func setup(t *testing.T, d *db.DB, change func(*cockpit.Deps)) (*figures, http.Handler) {
	t.Helper()
	text := texts(t)
	own, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := &figures{}
	deps := cockpit.Deps{DB: d, Text: text, Sources: []gauge.Source{f.source}, City: "重庆市",
		Simulated: true}
	if change != nil {
		change(&deps)
	}
	m := web.New(web.Options{Text: own})
	cockpit.Routes(m, cockpit.New(deps))
	return f, m.Handler()
}

func ask(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Goal: the list carries name, definition, value, unit and period of each figure, in both
// languages, on both engines.
func TestIndicators(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		f, h := setup(t, d, nil)
		w := ask(h, "/api/v1/indicators?from=2026-03-01&to=2026-03-02&lang=en")
		var v cockpit.View
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
			t.Fatalf("got %d %s, %v", w.Code, w.Body, err)
		}
		if f.windows[0] != "2026-02-28T16:00:00Z 2026-03-02T00:00:00Z" {
			t.Errorf("asked the slices for %s", f.windows[0])
		}
		if v.City != "重庆市" || !v.Simulated || !v.AsOf.Equal(dbtest.Start) || len(v.Indicators) != 6 {
			t.Errorf("got %+v", v)
		}
		want := cockpit.Indicator{Code: "M02", Part: "heads", Name: "Vacancies and heads",
			PartName: "Heads wanted", Definition: "Distinct valid posts.", Source: "Table vacancies.",
			Value: "72,500",
			Unit:  "heads", Num: 72500, Kind: "heads", Period: "2026-03-01 – 2026-03-02"}
		if v.Indicators[1] != want {
			t.Errorf("got  %+v\nwant %+v", v.Indicators[1], want)
		}
		for i, value := range map[int]string{2: "99.99%", 3: "—", 4: "1 h 2 min", 5: "242.00"} {
			if got := v.Indicators[i].Value; got != value {
				t.Errorf("indicator %d shows %q, want %q", i, got, value)
			}
		}
	})
}

// Goal: bad days and a slice that fails are answered in words.
func TestRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		f, h := setup(t, d, nil)
		for path, want := range map[string]struct {
			status int
			text   string
		}{
			"/api/v1/indicators?from=2026-02-30":   {422, "web.field_format"},
			"/api/v1/indicators?to=9999-12-31":     {422, "web.field_format"},
			"/api/v1/indicators?from=2026-03-03":   {422, "晚于截止日期"},
			"/api/v1/indicators?from=2020-01-01":   {422, "cockpit.period_long"},
			"/api/v1/indicators?lang=fr":           {422, "web.field_choice"},
			"/api/v1/indicators?region=%27+or+1=1": {422, "web.field_unknown"},
			"/api/v1/board?from=2026-03-01":        {422, "web.field_unknown"},
			"/api/v1/daily?date=2026-03-03":        {422, "cockpit.day_to_come"},
			"/api/v1/daily?date=2026-02-30":        {422, "web.field_format"},
		} {
			w := ask(h, path)
			if w.Code != want.status || !strings.Contains(w.Body.String(), want.text) {
				t.Errorf("%s: got %d %s", path, w.Code, w.Body)
			}
		}
		f.err = errors.New("secret of a slice")
		for _, path := range []string{"/api/v1/indicators", "/api/v1/board", "/api/v1/daily"} {
			if w := ask(h, path); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s, a slice's error: got %d %s", path, w.Code, w.Body)
			}
		}
	})
}

// Goal: with KeepFor many views cause one reading, but another period is read again.
func TestKeepFor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		f, h := setup(t, d, func(deps *cockpit.Deps) { deps.KeepFor = time.Hour })
		for _, q := range []string{"", "?lang=en", "", "?to=2026-03-01", "?to=2026-03-01"} {
			ask(h, "/api/v1/indicators"+q)
		}
		if len(f.windows) != 2 {
			t.Errorf("the slices were asked %d times, want 2: %v", len(f.windows), f.windows)
		}
	})
}

// Goal: while the demo city is made, the front page says how far it is and reloads itself; the
// rest says to come back.
func TestProgress(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	percent := 42
	h := cockpit.Progress(text, func() int { return percent })
	w := ask(h, "/")
	body := w.Body.String()
	if w.Code != 200 || !strings.Contains(body, "工驿 正在准备演示城市 42%") ||
		!strings.Contains(body, `<meta http-equiv="refresh" content="1">`) {
		t.Errorf("got %d %s", w.Code, body)
	}
	body = ask(h, "/?lang=en").Body.String()
	if !strings.Contains(body, "preparing the demo city 42%") {
		t.Errorf("English: %s", body)
	}
	if w := ask(h, "/cockpit"); w.Code != 503 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("elsewhere: got %d %v", w.Code, w.Header())
	}
	if w := ask(h, "/api/v1/indicators"); w.Code != 503 || w.Header().Get("Retry-After") == "" ||
		!strings.Contains(w.Body.String(), `"code":"cockpit.not_ready"`) {
		t.Errorf("a program: got %d %v %s", w.Code, w.Header(), w.Body)
	}
	percent = 240
	if body := ask(h, "/").Body.String(); !strings.Contains(body, " 100%") {
		t.Errorf("out of range: %s", body)
	}
}
