package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// retryAfterS tells a client when to come back after 503; deeds wait seconds, not minutes.
const retryAfterS = 1

// Problem is the body of every answer that is not 2xx (RFC 9457, without a type page).
type Problem struct {
	Status    int    `json:"status" doc:"HTTP status"`
	Code      string `json:"code" doc:"stable, dotted; for programs"`
	Field     string `json:"field,omitempty" doc:"the field of the input that is to blame"`
	Title     string `json:"title" doc:"one sentence in the asker's language; for people"`
	RequestID string `json:"request_id" doc:"quote it when asking for help"`
}

// word is an argument of a sentence that is itself said in the asker's language.
type word struct {
	key  string
	args map[string]any
}

var (
	errCrossOrigin = fault.New(fault.Forbidden, "web.cross_origin")
	errInternal    = fault.New(fault.Internal, "web.internal")
	errNoSuchRoute = fault.New(fault.NotFound, "web.no_such_route")
	errNotJSON     = fault.New(fault.Invalid, "web.not_json")
)

func methodNotAllowed(method, allow string) *fault.Error {
	return fault.New(fault.Invalid, "web.method_not_allowed", "method", method, "allow", allow)
}

func bodyTooLarge(bytesMax int64) *fault.Error {
	return fault.New(fault.Invalid, "web.body_too_large", "kib", (bytesMax+1023)/1024)
}

var statusOfKind = map[fault.Kind]int{
	fault.Conflict:    http.StatusConflict,
	fault.Forbidden:   http.StatusForbidden,
	fault.Internal:    http.StatusInternalServerError,
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Limited:     http.StatusTooManyRequests,
	fault.NotFound:    http.StatusNotFound,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Unknown:     http.StatusUnauthorized,
}

// statusOfCode holds the faults for which HTTP has a status of its own.
var statusOfCode = map[string]int{
	"web.body_too_large":     http.StatusRequestEntityTooLarge,
	"web.method_not_allowed": http.StatusMethodNotAllowed,
	"web.not_json":           http.StatusUnsupportedMediaType,
}

func statusOf(f *fault.Error) int {
	if status, ok := statusOfCode[f.Code]; ok {
		return status
	}
	if status, ok := statusOfKind[f.Kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// fail answers an error. A fault says what it is; anything else is ours, and people get its
// request id only.
func (m *Mux) fail(w http.ResponseWriter, r *http.Request, err error) {
	if m.opts.Pages.Fault != nil && !strings.HasPrefix(r.URL.Path, "/api/") &&
		strings.Contains(r.Header.Get("Accept"), "text/html") { // a person looks at it
		v := &Visit{Ctx: r.Context(), Lang: languageOf(r), R: r, m: m, w: w}
		v.fail(err)
		return
	}
	f := fault.As(err)
	if f == nil || f.Kind == fault.Internal {
		m.logError(r, err)
		f = errInternal
	} else if f.Kind == fault.Unavailable {
		m.opts.Log.WarnContext(r.Context(), "unavailable", "route", r.Pattern, "error", err,
			"request_id", RequestID(r.Context()))
	}
	m.answerFault(w, r, f)
}

func (m *Mux) logError(r *http.Request, err error) {
	level := slog.LevelError
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		level = slog.LevelDebug // the client left: nobody's fault
	}
	m.opts.Log.Log(r.Context(), level, "request failed", "route", r.Pattern, "error", err,
		"request_id", RequestID(r.Context()))
}

func (m *Mux) answerFault(w http.ResponseWriter, r *http.Request, f *fault.Error) {
	if rec, ok := w.(*recorder); ok {
		rec.code = f.Code
	}
	lang := i18n.Match(r.Header.Get("Accept-Language"))
	p := Problem{Status: statusOf(f), Code: f.Code, Field: f.Field,
		RequestID: RequestID(r.Context())}
	p.Title = m.say(lang, f, p.RequestID)
	h := w.Header()
	h.Set("Content-Language", lang)
	h.Add("Vary", "Accept-Language")
	if s, ok := f.Args["retry_s"].(int64); ok && f.Kind == fault.Limited {
		h.Set("Retry-After", strconv.FormatInt(s, 10))
	} else if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(retryAfterS))
	}
	if !strings.HasPrefix(r.URL.Path, "/api/") { // a person's browser, not a program
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(p.Status)
		_, _ = w.Write([]byte(p.Title + "\n")) // the client may have left
		return
	}
	m.write(w, r, p.Status, "application/problem+json", p)
}

// say gives the fault's sentence. {field} and {request_id} may stand in any sentence.
func (m *Mux) say(lang string, f *fault.Error, requestID string) string {
	return m.sayOf(lang, f, f.Field, requestID)
}

// sayOf is say with another name for the field that the fault is about.
func (m *Mux) sayOf(lang string, f *fault.Error, field, requestID string) string {
	args := map[string]any{"field": field, "request_id": requestID}
	for name, v := range f.Args {
		if w, ok := v.(word); ok {
			v = m.opts.Text.Say(lang, w.key, w.args)
		}
		args[name] = v
	}
	return m.opts.Text.Say(lang, f.Code, args)
}
