package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	// SessionCookie holds the token of a browser that is logged in. A request from another site
	// does not bring it (SameSite), and a post from one is refused anyway.
	SessionCookie = "gongyi_session"
	langCookie    = "gongyi_lang"
	langKeptS     = 365 * 24 * 3600
	gzipFromBytes = 1 << 10 // below it the header eats the gain
)

// Component is something that can be written as HTML; templ's components are.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// PageOptions say how pages are shown.
type PageOptions struct {
	// Around puts into the context what components read from it.
	Around func(ctx context.Context, v *Visit) context.Context
	// Fault is the page of a fault that no page shows itself; sentence is its text.
	Fault func(v *Visit, f *fault.Error, sentence string) Component
	// Pictures is another origin that pages may show pictures of, "https://tiles.example"; "" for
	// none.
	Pictures string
	// LogInPath is where a visitor goes whom a page has to know; "?next=" tells it from where.
	LogInPath string
}

// Visit is one request for a page.
type Visit struct {
	// Ctx says who is asking.
	Ctx context.Context
	// Form is what the visitor typed, or the query of a GET. A page may rewrite it before Read.
	Form url.Values
	Lang string
	R    *http.Request

	m *Mux
	w http.ResponseWriter
}

// Page mounts a page: pattern is that of net/http, "GET /shifts/{shift_id}". Its function shows
// something, goes somewhere, or gives an error: a fault of kind unknown leads to the log-in, any
// other is shown. Pages are not among the Routes; what they call has its permission all the same.
func (m *Mux) Page(pattern string, show func(*Visit) error) {
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v := &Visit{Ctx: r.Context(), Lang: languageOf(r), R: r, m: m, w: w}
		err := v.open()
		if err == nil {
			err = show(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// open reads the form and who is asking. A session that is over makes a visitor, not an error.
func (v *Visit) open() error {
	if v.R.URL.Query().Has("lang") {
		v.SetCookie(langCookie, v.Lang, langKeptS)
	}
	ctx, err := v.m.opts.Authenticate(v.R)
	if f := fault.As(err); f != nil && f.Kind == fault.Unknown {
		v.LogOut()
		ctx, err = v.R.Context(), nil
	}
	if err != nil {
		return err
	}
	v.Ctx = ctx
	v.Form = v.R.URL.Query()
	if v.R.Method != http.MethodPost {
		return nil
	}
	v.R.Body = http.MaxBytesReader(v.w, v.R.Body, v.m.opts.BodyBytesMax)
	if strings.HasPrefix(v.R.Header.Get("Content-Type"), "multipart/form-data") {
		err = v.R.ParseMultipartForm(v.m.opts.BodyBytesMax)
	} else {
		err = v.R.ParseForm()
	}
	if err != nil {
		return fault.New(fault.Invalid, "web.form_unreadable").Because(err)
	}
	v.Form = v.R.PostForm
	return nil
}

// languageOf prefers what the visitor clicked, now or earlier, to what the browser asks for.
func languageOf(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); slices.Contains(i18n.Languages(), lang) {
		return lang
	}
	if c, err := r.Cookie(langCookie); err == nil && slices.Contains(i18n.Languages(), c.Value) {
		return c.Value
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// Base stands before every path of the city.
func (v *Visit) Base() string { return v.m.opts.Base }

// Cookie gives a cookie's value, "" where there is none.
func (v *Visit) Cookie(name string) string {
	c, err := v.R.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// SetCookie sets a cookie that no script reads, for the city's paths; seconds below zero end it.
func (v *Visit) SetCookie(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{Name: name, Value: value, Path: v.Base() + "/",
		MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.w.Header().Get("Strict-Transport-Security") != ""})
}

// LogIn keeps the session's token in the browser until it ends.
func (v *Visit) LogIn(token string, now, until time.Time) {
	v.SetCookie(SessionCookie, token, int(until.Sub(now)/time.Second))
}

// LogOut lets the browser forget its session.
func (v *Visit) LogOut() { v.SetCookie(SessionCookie, "", -1) }

// Go sends the visitor to another page of the city, as after a form that was done. What is no path
// within the city leads to its front page, so that no link of a stranger's leads out through us.
func (v *Visit) Go(path string) error {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		path = "/"
	}
	v.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(v.w, v.R, v.Base()+path, http.StatusSeeOther)
	return nil
}

// Here is the page's own path within the city; of a post, that of the page with the form.
func (v *Visit) Here() string {
	if v.R.Method != http.MethodPost {
		return v.R.URL.RequestURI()
	}
	from, err := url.Parse(v.R.Referer())
	if err != nil || from.Host != v.R.Host {
		return "/"
	}
	return strings.TrimPrefix(from.RequestURI(), v.Base())
}

// Keep lets the visitor's phone keep the page for when there is no network. Owner is a digest of
// whose it is: what is another's is thrown away first.
func (v *Visit) Keep(owner string) { v.w.Header().Set("Gongyi-Keep", owner) }

// Say gives a sentence in the visitor's language.
func (v *Visit) Say(key string, args map[string]any) string {
	return v.m.opts.Text.Say(v.Lang, key, args)
}

// Sentence gives a fault's sentence in the visitor's language. On a page a field is called what a
// person calls it: nobody there has seen its name in the API.
func (v *Visit) Sentence(f *fault.Error) string {
	field := f.Field
	if field != "" && f.Code != "web.field_unknown" { // that is about the name itself
		key := "web.field." + field[strings.LastIndex(field, ".")+1:]
		if !v.Text().Has(v.Lang, key) {
			key = "web.field"
		}
		field = v.Say(key, nil)
	}
	return v.m.sayOf(v.Lang, f, field, RequestID(v.Ctx))
}

// Text is the book of sentences.
func (v *Visit) Text() *i18n.Book { return v.m.opts.Text }

// Show sends a page.
func (v *Visit) Show(c Component) error { return v.send(http.StatusOK, c) }

// ShowFault sends a page that says itself what was wrong, as a form with its message does.
func (v *Visit) ShowFault(f *fault.Error, c Component) error {
	if rec, ok := v.w.(*recorder); ok {
		rec.code = f.Code
	}
	return v.send(statusOf(f), c)
}

func (v *Visit) send(status int, c Component) error {
	ctx := v.Ctx
	if around := v.m.opts.Pages.Around; around != nil {
		ctx = around(ctx, v)
	}
	var body bytes.Buffer // a page that cannot be written is an error, not half a page
	if err := c.Render(ctx, &body); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language, Accept-Encoding, Cookie")
	v.sendPacked(status, body.Bytes())
	return nil
}

// sendPacked packs where the browser can unpack: on a slow network it is the bytes that cost.
func (v *Visit) sendPacked(status int, body []byte) {
	if len(body) < gzipFromBytes || !strings.Contains(v.R.Header.Get("Accept-Encoding"), "gzip") {
		v.w.WriteHeader(status)
		_, _ = v.w.Write(body) // the visitor may have left
		return
	}
	v.w.Header().Set("Content-Encoding", "gzip")
	v.w.WriteHeader(status)
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(v.w)
	_, _ = z.Write(body)
	_ = z.Close()
}

var packers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// SendFile sends what a page has made for downloading.
func (v *Visit) SendFile(name, mediaType string, content []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("Cache-Control", "no-store")
	_, _ = v.w.Write(content)
	return nil
}

// SendData sends what a script of a page asks for.
func (v *Visit) SendData(mediaType string, content []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	v.sendPacked(http.StatusOK, content)
	return nil
}

// Origin is how the browser reached us, https://host: for an address that leaves the browser.
func (v *Visit) Origin() string {
	scheme := "http"
	if v.w.Header().Get("Strict-Transport-Security") != "" {
		scheme = "https"
	}
	return scheme + "://" + v.R.Host
}

// fail shows an error, or leads to the log-in whom the page has to know.
func (v *Visit) fail(err error) {
	f := fault.As(err)
	pages := v.m.opts.Pages
	if f != nil && f.Kind == fault.Unknown && pages.LogInPath != "" {
		_ = v.Go(pages.LogInPath + "?next=" + url.QueryEscape(v.Here()))
		return
	}
	if f == nil || f.Kind == fault.Internal {
		v.m.logError(v.R, err)
		f = errInternal
	}
	if pages.Fault != nil {
		shown := v.ShowFault(f, pages.Fault(v, f, v.Sentence(f)))
		if shown == nil {
			return
		}
		v.m.logError(v.R, shown)
		f = errInternal
	}
	v.m.answerFault(v.w, v.R, f)
}
