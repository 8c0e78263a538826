package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/i18n"
)

// Goal: host before path decides which city answers; a city below a path does not see it; what
// names no city is the page of all, or an answer in our words; a closed city says so for itself.
func TestCities(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := app.NewCities(text, slog.New(slog.DiscardHandler), nil,
		app.Seat{Name: "重庆", Path: "/cq"},
		app.Seat{Name: "杭州", Hosts: []string{"hz.example", "hz2.example"}, Path: "/hz"},
		app.Seat{Name: "成都", Hosts: []string{"cd.example"}})
	echo := func(city string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, city+" "+r.URL.RequestURI())
		})
	}
	c.Show(0, echo("cq"))
	c.Show(1, echo("hz"))
	for _, q := range []struct {
		url    string
		status int
		want   string
	}{
		{"http://any.example/cq/", 200, "cq /"},
		{"http://any.example/cq/api/v1/shifts?limit=1", 200, "cq /api/v1/shifts?limit=1"},
		{"http://any.example/cq/a%2Fb", 200, "cq /a%2Fb"},
		{"http://any.example/cq", 308, "/cq/"},
		{"http://any.example/cq?lang=en", 308, "/cq/?lang=en"},
		{"http://any.example/cqx/", 404, "没有"},
		{"http://any.example//cq/", 404, "没有"},
		{"http://hz.example/", 200, "hz /"},
		{"http://HZ2.example.:8080/cq/x", 200, "hz /cq/x"},
		{"http://any.example/hz/x", 200, "hz /x"},
		{"http://cd.example/api/v1/shifts", 503, "成都"},
		{"http://cd.example/cq/", 503, "成都"},
		{"http://any.example/", 200, `<a href="/cq/">重庆</a>`},
		{"http://any.example/", 200, `<a href="/hz/">杭州</a>`},
		{"http://any.example/?lang=en", 200, "成都<span>closed for the moment</span>"},
		{"http://any.example/api/v1/shifts", 404, `"code":"web.no_such_route"`},
	} {
		w := httptest.NewRecorder()
		c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, q.url, nil))
		got := w.Body.String() + w.Header().Get("Location")
		if w.Code != q.status || !strings.Contains(got, q.want) {
			t.Errorf("%s: %d %.300s, want %d with %q", q.url, w.Code, got, q.status, q.want)
		}
	}
	c.Show(2, echo("cd"))
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/", nil))
	if !strings.Contains(w.Body.String(), `<a href="//cd.example:8080/">成都</a>`) {
		t.Errorf("an open city is not linked: %s", w.Body)
	}
}
