package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// ErrAnswerLost is what a caller without a socket sees of a broken connection.
var ErrAnswerLost = errors.New("sandbox: the answer was lost")

// Transport serves requests by a handler in this process, without a socket. A handler that aborts
// the connection gives ErrAnswerLost: what it had done is done.
func Transport(h http.Handler) http.RoundTripper { return road{h} }

type road struct{ h http.Handler }

// RoundTrip runs the handler in the caller's goroutine.
func (t road) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context()) // a RoundTripper must not change what it was given
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "in-process"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	out := &answerWriter{header: http.Header{}}
	if lost := out.serve(t.h, in); lost {
		return nil, ErrAnswerLost
	}
	if err := r.Context().Err(); err != nil && out.status == 0 {
		return nil, err // the handler gave up because the caller had left
	}
	return out.response(r), nil
}

// answerWriter collects an answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *answerWriter) serve(h http.Handler, r *http.Request) (lost bool) {
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			lost = true
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

func (w *answerWriter) Header() http.Header { return w.header }

func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *answerWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *answerWriter) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{Status: http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header.Clone(),
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r}
}
