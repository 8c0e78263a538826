package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gongyi/gongyi/internal/clock"
)

// headers stand on every answer; a page may set its own Content-Security-Policy. The policy lets
// a page of ours use its own files and styles; scripts in the page itself stay forbidden.
var headers = map[string]string{
	policyHeader: "default-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":        "same-origin",
	"Cross-Origin-Resource-Policy":      "same-origin",
	"Origin-Agent-Cluster":              "?1",
	"Permissions-Policy":                "camera=(self), geolocation=(self), microphone=()",
	"Referrer-Policy":                   "same-origin",
	"X-Content-Type-Options":            "nosniff",
	"X-Frame-Options":                   "DENY",
	"X-Permitted-Cross-Domain-Policies": "none",
}

const policyHeader = "Content-Security-Policy"

type requestIDKey struct{}

// RequestID gives the request's id, "" outside a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// guard gives a request its id, sets the headers, catches panics and writes the access line. The
// id is always our own: one from outside could be chosen to confuse the log.
func (m *Mux) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch := clock.Start()
		id := "req_" + rand.Text()
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		rec := &recorder{ResponseWriter: w}
		for name, value := range headers {
			rec.Header().Set(name, value)
		}
		if from := m.opts.Pages.Pictures; from != "" {
			rec.Header().Set(policyHeader, strings.Replace(headers[policyHeader], "img-src 'self'",
				"img-src 'self' "+from, 1))
		}
		rec.Header().Set("X-Request-Id", id)
		proto := r.Header.Get("X-Forwarded-Proto")
		if r.TLS != nil || proto == "https" && m.opts.Limiter.proxied(r) {
			rec.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil {
				m.caught(rec, r, p)
			}
			m.opts.Log.LogAttrs(r.Context(), slog.LevelDebug, "request",
				slog.String("method", r.Method), slog.String("route", r.Pattern),
				slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes),
				slog.String("code", rec.code), slog.Duration("took", watch.Elapsed()),
				slog.String("request_id", id))
		}()
		next.ServeHTTP(rec, r)
	})
}

// caught answers a panic. Once something was sent, only breaking the connection is honest.
func (m *Mux) caught(rec *recorder, r *http.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	m.opts.Log.LogAttrs(r.Context(), slog.LevelError, "panic",
		slog.String("route", r.Pattern), slog.String("panic", fmt.Sprint(p)),
		slog.String("stack", string(debug.Stack())),
		slog.String("request_id", RequestID(r.Context())))
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	m.answerFault(rec, r, errInternal)
}

// recorder remembers what was sent.
type recorder struct {
	http.ResponseWriter
	bytes  int64
	code   string // of the fault
	status int
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Write sends a part of the body.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// WriteHeader sends the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}
