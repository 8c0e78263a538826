package e2e

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// browser is somebody at a browser without script: it keeps cookies, opens pages, and sends forms.
// Its answer is that of the page shown; each request gives the browser as it is then.
type browser struct {
	answer
	s      *site
	client *http.Client
	path   string // of the page shown
}

// visitor is a browser that nobody is logged in with and that goes where it is led.
func (s *site) visitor() *browser {
	jar, err := cookiejar.New(nil)
	s.c.ok(err)
	return &browser{s: s, client: &http.Client{Jar: jar}}
}

// with is a browser that stays where it is led elsewhere, so that a test can see to where; with a
// session, "" for none.
func (s *site) with(token string) *browser {
	b := s.visitor()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	if token != "" {
		at, err := url.Parse(s.url)
		s.c.ok(err)
		b.client.Jar.SetCookies(at, []*http.Cookie{{Name: web.SessionCookie, Value: token}})
	}
	return b
}

// ask sends one request.
func (b *browser) ask(method, path, body, media string) *browser {
	c := b.s.c
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, b.s.url+path, strings.NewReader(body))
	c.ok(err)
	r.Header.Set("Accept-Language", i18n.Chinese)
	if media != "" {
		r.Header.Set("Content-Type", media)
		r.Header.Set("Referer", b.s.url+b.path)
	}
	got, err := b.client.Do(r)
	c.ok(err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	c.ok(err)
	b.answer = answer{status: got.StatusCode, header: got.Header, body: string(text)}
	b.path = got.Request.URL.RequestURI()
	then := *b
	return &then
}

func (b *browser) open(path string) *browser {
	b.s.c.t.Helper()
	return b.ask(http.MethodGet, path, "", "")
}

const formMedia = "application/x-www-form-urlencoded"

// post sends a form that a test has made, with a key of its own.
func (b *browser) post(path string, form url.Values) *browser {
	b.s.c.t.Helper()
	form.Set(web.KeyField, b.s.c.key().IdempotencyKey)
	return b.ask(http.MethodPost, path, form.Encode(), formMedia)
}

// upload sends a form with a file in the box "file".
func (b *browser) upload(path, name string, content []byte, boxes map[string]string) *browser {
	c := b.s.c
	c.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for box, value := range boxes {
		c.ok(m.WriteField(box, value))
	}
	c.ok(m.WriteField(web.KeyField, c.key().IdempotencyKey))
	file, err := m.CreateFormFile("file", name)
	c.ok(err)
	_, err = file.Write(content)
	c.ok(err)
	c.ok(m.Close())
	return b.ask(http.MethodPost, path, body.String(), m.FormDataContentType())
}

var (
	formTag  = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	fieldTag = regexp.MustCompile(`<(?:input|button)([^>]*)>`)
	attrOf   = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
)

func attrs(tag string) map[string]string {
	out := map[string]string{}
	for _, m := range attrOf.FindAllStringSubmatch(tag, -1) {
		out[m[1]] = html.UnescapeString(m[2])
	}
	return out
}

// send fills in the page's form that leads to the action's end and sends it. Tick boxes count when
// named in typed with their own value, "tick".
func (b *browser) send(action string, typed map[string]string) *browser {
	t := b.s.c.t
	t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(b.body, -1) {
		form := attrs(m[1])
		if !strings.HasSuffix(form["action"], action) {
			continue
		}
		values := url.Values{}
		for _, f := range fieldTag.FindAllStringSubmatch(m[2], -1) {
			a := attrs(f[1])
			switch text, given := typed[a["name"]]; {
			case a["name"] == "" || a["type"] == "checkbox" && !given:
			case given && text != "tick":
				values.Set(a["name"], text)
			default:
				values.Set(a["name"], a["value"])
			}
		}
		for name, text := range typed {
			if text != "tick" {
				values.Set(name, text) // also where it is a list to choose from
			}
		}
		then := b.ask(http.MethodPost, form["action"], values.Encode(), formMedia)
		*b = *then
		return b
	}
	t.Fatalf("%s has no form for %s:\n%s", b.path, action, b.body)
	return b
}

// shows fails the test unless the page is of that status and has the words.
func (b *browser) shows(status int, words ...string) *browser {
	b.s.c.t.Helper()
	for _, w := range words {
		if b.status != status || !strings.Contains(html.UnescapeString(b.body), w) {
			b.s.c.t.Fatalf("%s: %d, want %d with %q:\n%s", b.path, b.status, status, w, b.body)
		}
	}
	return b
}

// want checks status, and words that stand in the page; "!" before a word: that do not.
func want(t *testing.T, what string, b *browser, status int, words ...string) {
	t.Helper()
	if b.status != status {
		t.Errorf("%s: %d, want %d: %.300s", what, b.status, status, b.body)
	}
	for _, w := range words {
		if no, found := strings.CutPrefix(w, "!"); found && strings.Contains(b.body, no) {
			t.Errorf("%s has %q", what, no)
		} else if !found && !strings.Contains(b.body, w) {
			t.Errorf("%s has no %q", what, w)
		}
	}
}

// wentTo checks that a form was done and where it led.
func wentTo(t *testing.T, what string, b *browser, path string) {
	t.Helper()
	if to := b.header.Get("Location"); b.status != http.StatusSeeOther ||
		!strings.HasPrefix(to, path) {
		t.Errorf("%s: %d to %q, want %q: %.300s", what, b.status, to, path, b.body)
	}
}
