package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

func look(t *testing.T, l Look) context.Context {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	l.Text = text
	if l.Lang == "" {
		l.Lang = i18n.Chinese
	}
	return With(context.Background(), l)
}

// Goal: amounts, times and distances are written as people write them.
func TestWords(t *testing.T) {
	t.Parallel()
	for fen, want := range map[money.Fen]string{0: "¥0", 5: "¥0.05", 18_750: "¥187.50",
		18_000: "¥180", 123_456_789: "¥1,234,567.89", 100_000: "¥1,000", -18_750: "−¥187.50"} {
		if got := Money(fen); got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
	zh, en := look(t, Look{}), look(t, Look{Lang: i18n.English})
	for m, want := range map[int64]string{0: "0米", 999: "999米", 1000: "1.0公里", 3270: "3.2公里",
		9_999: "9.9公里", 10_000: "10公里", 58_900: "59公里"} {
		if got := Distance(zh, m); got != want {
			t.Errorf("%d m: %s, want %s", m, got, want)
		}
	}
	if got := Distance(en, 3270); got != "3.2 km" {
		t.Error(got)
	}
	evening := time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC) // 22:00 in China, a Thursday
	if got := Span(zh, evening, evening.Add(time.Hour)); got != "3月5日 周四 22:00–23:00" {
		t.Error(got)
	}
	if got := Span(en, evening, evening.Add(8*time.Hour)); got != "Thu 5/3 22:00 – Fri 6/3 06:00" {
		t.Error(got)
	}
}

// Goal: the link to the other language keeps the rest of the address and does not grow.
func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	for here, want := range map[string]string{"/wages": "/cq/wages?lang=en",
		"/?day=2026-03-05": "/cq/?day=2026-03-05&lang=en", "/?lang=zh-CN": "/cq/?lang=en",
		"/?a=1&lang=zh-CN": "/cq/?a=1&lang=en"} {
		if got := string(OtherLanguage(look(t, Look{Base: "/cq", Here: here}))); got != want {
			t.Errorf("%s: %s, want %s", here, got, want)
		}
	}
}

// Goal: a file of the assets is kept for good under its digest, and not under another.
func TestAssets(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{digest}/{name...}", Assets)
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	w := ask(Asset(look(t, Look{}), "phone.css"))
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	css, err := io.ReadAll(z)
	if err != nil || !bytes.Contains(css, []byte(".gy-btn")) ||
		!strings.Contains(w.Header().Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%v %v", err, w.Header())
	}
	if w := ask("/assets/old/phone.css"); w.Code != 200 || w.Header().Get("Cache-Control") != "" {
		t.Errorf("another digest: %d %v", w.Code, w.Header())
	}
	if w := ask("/assets/x/THIRD_PARTY.md"); w.Code != 404 {
		t.Errorf("what is no asset: %d", w.Code)
	}
}

// Goal: every page of the worker offers the hotline, the other language, large type; a tab's own
// page has the tabs, any other the way back.
func TestPhone(t *testing.T) {
	t.Parallel()
	render := func(l Look, back string) string {
		var b bytes.Buffer
		if err := Phone("题目", TabWages, back).Render(look(t, l), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	tab := render(Look{Hotline: "12333", Simulated: true}, "")
	for _, want := range []string{`lang="zh-CN"`, `href="tel:12333"`, "大字版", "English", "演示城市",
		`href="/wages" aria-current="page"`, "<title>题目 · 工驿</title>"} {
		if !strings.Contains(tab, want) {
			t.Errorf("no %s in %s", want, tab)
		}
	}
	deeper := render(Look{Big: true}, "/wages")
	if !strings.Contains(deeper, `class="gy-big"`) ||
		!strings.Contains(deeper, `href="/wages" aria-label`) ||
		strings.Contains(deeper, "gy-tabs") || strings.Contains(deeper, "tel:") {
		t.Error(deeper)
	}
}

// Goal: a desk's page leads back to the menu's entry that it belongs to, by name, the entry itself
// does not; a menu that is too long for a phone stands folded there.
func TestDeskLeadsBack(t *testing.T) {
	t.Parallel()
	show := func(here string, f Frame) string {
		var out strings.Builder
		if err := Desk(f).Render(look(t, Look{Here: here}), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	f := Frame{Title: "一家企业", Desk: "desk.bureau", Path: "/g/employers",
		Menu: []MenuItem{{Key: "desk.g.employers", Path: "/g/employers"}}}
	back := `<a class="gy-back d-print-none" href="/g/employers">`
	if page := show("/g/employers/emp_1?done=vetted", f); !strings.Contains(page, back) {
		t.Error("a page below does not lead back")
	}
	if page := show("/g/employers?page=2", f); strings.Contains(page, "gy-back") {
		t.Error("the entry's own page leads back to itself")
	}
	f.Path = "/g/signed"
	if page := show("/g/signed/ctr_1", f); !strings.Contains(page, `href="/g/signed"`) {
		t.Error("a page outside of the menu does not lead back")
	}
	if strings.Contains(show("/g", f), "<details>") {
		t.Error("a short menu is folded")
	}
	for len(f.Menu) <= menuRowsMax {
		f.Menu = append(f.Menu, f.Menu[0])
	}
	if !strings.Contains(show("/g", f), "<details>") {
		t.Error("a long menu is not folded")
	}
}
