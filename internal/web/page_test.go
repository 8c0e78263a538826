package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// words is a page of one line.
type words string

func (p words) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

// pages mounts a page for each way a visit can go. read is what the form's page has read.
func pages(t *testing.T, read *orderCmd) http.Handler {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := web.New(web.Options{Text: text, Base: "/cq",
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if c, err := r.Cookie(web.SessionCookie); err == nil && c.Value != "good" {
				return nil, fault.New(fault.Unknown, "people.session_ended")
			}
			return r.Context(), nil
		},
		Pages: web.PageOptions{LogInPath: "/login",
			Fault: func(_ *web.Visit, f *fault.Error, sentence string) web.Component {
				return words("fault " + f.Code + " " + sentence)
			}}})
	m.Page("GET /hello", func(v *web.Visit) error {
		return v.Show(words(v.Lang + " " + strings.Repeat("很长的一页", 200)))
	})
	m.Page("GET /known", func(*web.Visit) error {
		return fault.New(fault.Unknown, "people.not_logged_in")
	})
	m.Page("GET /broken", func(*web.Visit) error { return io.ErrUnexpectedEOF })
	m.Page("GET /out", func(v *web.Visit) error { return v.Go(v.Form.Get("next")) })
	m.Page("GET /login", func(v *web.Visit) error {
		now := time.Unix(0, 0)
		v.LogIn("token", now, now.Add(time.Hour))
		return v.Show(words("in"))
	})
	m.Page("POST /shops/{shop_id}/orders", func(v *web.Visit) error {
		*read = orderCmd{}
		if err := v.Read(read); err != nil {
			return err
		}
		return v.Go("/done")
	})
	return m.Handler()
}

func visit(h http.Handler, method, path string, form url.Values, headers ...string,
) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://city.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Goal: a page is packed where that can be read, speaks the language clicked and keeps it; whom it
// has to know is led to the log-in and back; an error of ours shows its one sentence and no more.
func TestPage(t *testing.T) {
	t.Parallel()
	h := pages(t, &orderCmd{})
	w := visit(h, "GET", "/hello?lang=en", nil, "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || !strings.HasPrefix(string(body), "en ") ||
		!strings.Contains(w.Header().Get("Set-Cookie"), "gongyi_lang=en; Path=/cq/") {
		t.Errorf("%v %q %v", err, body, w.Header())
	}
	if w := visit(h, "GET", "/hello", nil, "Cookie", "gongyi_lang=en"); w.Body.String()[:2] != "en" {
		t.Errorf("the language clicked is forgotten: %s", w.Body)
	}
	w = visit(h, "GET", "/known?a=1", nil)
	if w.Code != 303 || w.Header().Get("Location") != "/cq/login?next=%2Fknown%3Fa%3D1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := visit(h, "GET", "/broken", nil); w.Code != 500 ||
		!strings.HasPrefix(w.Body.String(), "fault web.internal") ||
		strings.Contains(w.Body.String(), "EOF") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := visit(h, "GET", "/nowhere", nil); w.Code != 404 ||
		!strings.HasPrefix(w.Body.String(), "fault web.no_such_route") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Goal: a session's cookie is no script's and no other site's; one that is over is taken away and
// the page shown as to a visitor.
func TestPageSession(t *testing.T) {
	t.Parallel()
	h := pages(t, &orderCmd{})
	cookie := visit(h, "GET", "/login", nil).Header().Get("Set-Cookie")
	for _, want := range []string{"gongyi_session=token", "Path=/cq/", "Max-Age=3600", "HttpOnly",
		"SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("%s is not in %s", want, cookie)
		}
	}
	w := visit(h, "GET", "/hello", nil, "Cookie", web.SessionCookie+"=old")
	if w.Code != 200 || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, from := range []string{"https://evil.example", "null"} {
		w := visit(h, "POST", "/shops/s1/orders", url.Values{"name": {"王芳"}}, "Origin", from)
		if w.Code != 403 {
			t.Errorf("a post from %s: %d", from, w.Code)
		}
	}
}

// Goal: nobody is led out of the city by a link that a stranger has made.
func TestPageGo(t *testing.T) {
	t.Parallel()
	h := pages(t, &orderCmd{})
	for next, want := range map[string]string{"/wages?a=1": "/cq/wages?a=1", "": "/cq/",
		"https://evil.example/": "/cq/", "//evil.example": "/cq/", `/\evil.example`: "/cq/",
		"javascript:alert(1)": "/cq/", "wages": "/cq/"} {
		w := visit(h, "GET", "/out?next="+url.QueryEscape(next), nil)
		if got := w.Header().Get("Location"); w.Code != 303 || got != want {
			t.Errorf("%q leads to %d %q, want %q", next, w.Code, got, want)
		}
	}
}

// Goal: a form is read as JSON is: the same fields, bounds and faults; lists by numbered names, in
// the order of their numbers; ticks, empty boxes and day-and-time boxes as browsers send them.
func TestForm(t *testing.T) {
	t.Parallel()
	good := url.Values{"idempotency_key": {"k1"}, "name": {"王芳"}, "day": {"2026-03-05"},
		"kind": {"hour"}, "urgent": {"on"}, "until": {""}, "dry_run": {"false", "true"},
		"amounts": {"3", "5"}, "lines.10.goods": {"米"}, "lines.10.heads": {" 2 "},
		"lines.9.goods": {"面"}, "lines.9.heads": {"1"}, "lines.9.price_fen": {"150"}}
	cases := map[string]struct {
		set   url.Values
		fault string // code, and what the field is called; "" where it is read
	}{
		"good":          {nil, ""},
		"another field": {url.Values{"colour": {"red"}}, "web.field_unknown colour"},
		"another item":  {url.Values{"lines.9.colour": {"red"}}, "web.field_unknown lines[0].colour"},
		"missing":       {url.Values{"name": {""}}, "web.field_required 姓名或名称"},
		"not a number":  {url.Values{"lines.9.heads": {"two"}}, "web.field_type 人数"},
		"too many":      {url.Values{"lines.9.heads": {"501"}}, "web.field_range 人数"},
		"no such day":   {url.Values{"day": {"2026-02-30"}}, "web.field_format 日期"},
		"too deep":      {url.Values{"a.b.c.d.e": {"1"}}, "web.field_unknown a.b.c.d.e"},
		"both":          {url.Values{"name.x": {"1"}}, "web.field_twice 这一项"},
		"null byte":     {url.Values{"name": {"a\x00b"}}, "web.field_text 姓名或名称"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in orderCmd
			h := pages(t, &in)
			form := url.Values{}
			for _, from := range []url.Values{good, c.set} {
				for k, v := range from {
					form[k] = v
				}
			}
			w := visit(h, "POST", "/shops/s1/orders", form)
			if c.fault != "" {
				code, field, _ := strings.Cut(c.fault, " ")
				if w.Code != 422 || !strings.HasPrefix(w.Body.String(), "fault "+code+" ") ||
					!strings.Contains(w.Body.String(), field) {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				return
			}
			got, err := json.Marshal(in)
			want := `{"shop_id":"s1","name":"王芳","day":"2026-03-05","kind":"hour","lines":[` +
				`{"goods":"面","heads":1,"price_fen":150},{"goods":"米","heads":2}],"urgent":true,` +
				`"dry_run":true,"amounts":[3,5]}`
			if w.Code != 303 || err != nil || string(got) != want || in.IdempotencyKey != "k1" {
				t.Errorf("%d %v %s %q", w.Code, err, got, in.IdempotencyKey)
			}
		})
	}
}

// Goal: pictures come from ourselves, and from the one other origin that a city names.
func TestPictures(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{"": "img-src 'self' data:;",
		"https://tiles.example": "img-src 'self' https://tiles.example data:;"} {
		m := web.New(web.Options{Text: text, Pages: web.PageOptions{Pictures: from}})
		w := visit(m.Handler(), http.MethodGet, "/nowhere", nil)
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("from %q: %s", from, got)
		}
	}
}
