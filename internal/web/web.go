package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gongyi/gongyi/internal/i18n"
)

const (
	// Prefix stands before every operation's path.
	Prefix = "/api/v1"
	// OpenAPIPath is where the description of all operations is served.
	OpenAPIPath = Prefix + "/openapi.json"

	bodyBytesDefault = 1 << 20 // a vacancy with 500 shifts is 100 KiB
)

// Options say how a Mux is built.
type Options struct {
	// Authenticate puts who is asking into the context. Its error ends the request; someone
	// unknown is no error, permission is the operation's matter. Without it the context is bare.
	Authenticate func(*http.Request) (context.Context, error)
	// Base stands before every path when the face is mounted below one, "/cq"; whoever mounts it
	// there strips it. It is told to readers of the OpenAPI description.
	Base string
	// BodyBytesMax bounds a request's body; default 1 MiB.
	BodyBytesMax int64
	// Dear are paths, of pages or below Prefix, that send or try a code: Limits.Codes counts their
	// posts.
	Dear []string
	// Limiter refuses who asks too often; nil refuses nobody.
	Limiter *Limiter
	// Log takes the access lines (debug) and the errors that people do not see; default: nowhere.
	Log *slog.Logger
	// Pages say how pages are shown.
	Pages PageOptions
	// Text holds the sentences; required.
	Text *i18n.Book
}

// Route is a mounted operation. Name is "<slice>.<Method>", as in a role × operation matrix.
type Route struct {
	Method string
	Path   string // with Prefix
	Name   string
}

// Mux holds the routes. Mount everything before asking for the Handler.
type Mux struct {
	adapter huma.Adapter
	api     *huma.OpenAPI
	mux     *http.ServeMux
	opts    Options
	routes  []Route
	served  func() ([]byte, error) // the OpenAPI description, made at the first request

	formsMu sync.Mutex
	forms   map[reflect.Type]*shape // made at a form's first use
}

// New returns a Mux without routes but that of its OpenAPI description.
func New(opts Options) *Mux {
	if opts.Text == nil {
		panic("web: New needs Options.Text")
	}
	if opts.BodyBytesMax == 0 {
		opts.BodyBytesMax = bodyBytesDefault
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Authenticate == nil {
		opts.Authenticate = func(r *http.Request) (context.Context, error) {
			return r.Context(), nil
		}
	}
	mux := http.NewServeMux()
	m := &Mux{adapter: humago.NewAdapter(mux, Prefix), api: newOpenAPI(opts.Base), mux: mux,
		opts: opts}
	m.served = sync.OnceValues(m.OpenAPI)
	mux.HandleFunc("GET "+OpenAPIPath, m.serveOpenAPI)
	return m
}

// Show mounts an operation that reads: GET Prefix+path.
// It panics on a wrong wiring: a path that does not fit In, a path or name mounted twice.
func Show[In, Out any](m *Mux, path string, op func(context.Context, In) (Out, error)) {
	mount(m, http.MethodGet, path, op)
}

// Do mounts an operation that writes: POST Prefix+path. It panics as Show does.
func Do[In, Out any](m *Mux, path string, op func(context.Context, In) (Out, error)) {
	mount(m, http.MethodPost, path, op)
}

// Fail answers err in place of a page or an operation's result, and logs what is ours.
func (m *Mux) Fail(w http.ResponseWriter, r *http.Request, err error) { m.fail(w, r, err) }

// Handle mounts a page or another plain handler behind the same guard. It is not among the Routes.
func (m *Mux) Handle(pattern string, h http.Handler) { m.mux.Handle(pattern, h) }

// Handler gives the whole face, guard included.
func (m *Mux) Handler() http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.fail(w, r, errCrossOrigin)
	}))
	return m.guard(m.limit(crossOrigin.Handler(http.HandlerFunc(m.route))))
}

// OpenAPI describes all operations, the same bytes for the same routes.
func (m *Mux) OpenAPI() ([]byte, error) {
	text, err := json.MarshalIndent(m.api, "", "") // no indent: it is deep, and grows with the city
	if err != nil {
		return nil, fmt.Errorf("describe operations: %w", err)
	}
	return append(text, '\n'), nil
}

// Routes lists the mounted operations in order of path and method.
func (m *Mux) Routes() []Route {
	routes := slices.Clone(m.routes)
	sort.Slice(routes, func(i, j int) bool {
		a, b := routes[i], routes[j]
		return a.Path+" "+a.Method < b.Path+" "+b.Method
	})
	return routes
}

// mount leaves to generic code only what needs the types: it exists once for each operation.
func mount[In, Out any](m *Mux, method, path string, op func(context.Context, In) (Out, error)) {
	m.mount(method, path, op, func(ctx context.Context, read func(into any) error) (any, error) {
		var in In
		if err := read(&in); err != nil {
			return nil, err
		}
		return op(ctx, in)
	})
}

func (m *Mux) mount(method, path string, op any,
	call func(ctx context.Context, read func(into any) error) (any, error)) {
	name, t := nameOf(op), reflect.TypeOf(op)
	in, out := t.In(1), t.Out(0)
	if slices.ContainsFunc(m.routes, func(r Route) bool { return r.Name == name }) {
		panic("web: " + name + " is mounted twice")
	}
	s := shapeOf(m.api.Components.Schemas, in, method, path, name)
	doc := s.describe(m.api, method, path, name, out)
	m.api.AddOperation(doc)
	m.routes = append(m.routes, Route{Method: method, Path: Prefix + path, Name: name})
	m.adapter.Handle(doc, func(c huma.Context) {
		r, w := humago.Unwrap(c)
		ctx, err := m.opts.Authenticate(r)
		if err != nil {
			m.fail(w, r, err)
			return
		}
		answer, err := call(ctx, func(into any) error {
			return s.read(r, m.opts.BodyBytesMax, into)
		})
		if err != nil {
			m.fail(w, r, err)
			return
		}
		m.write(w, r, http.StatusOK, "application/json", answer)
	})
}

// route finds the handler. What the mux does not know is answered in our words, not in its own.
func (m *Mux) route(w http.ResponseWriter, r *http.Request) {
	h, pattern := m.mux.Handler(r)
	if pattern != "" {
		m.mux.ServeHTTP(w, r) // not h: only the mux fills in the path's values
		return
	}
	probe := &statusProbe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if allow := probe.header.Get("Allow"); probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", allow)
		m.fail(w, r, methodNotAllowed(r.Method, allow))
		return
	}
	m.fail(w, r, errNoSuchRoute)
}

// statusProbe hears the mux's refusal without passing it on.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header         { return p.header }
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusProbe) WriteHeader(status int)      { p.status = status }

func (m *Mux) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	text, err := m.served()
	if err != nil {
		m.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(text) // the client may have left
}

// write encodes before it sends, so that an answer that cannot be encoded is an error, not half
// an answer.
func (m *Mux) write(w http.ResponseWriter, r *http.Request, status int, mediaType string, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		m.fail(w, r, fmt.Errorf("encode the answer: %w", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set(policyHeader, "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client may have left
}

var closureName = regexp.MustCompile(`^func\d+$`)

// nameOf gives "attendance.ClockIn" for the method value s.ClockIn.
func nameOf(op any) string {
	full := runtime.FuncForPC(reflect.ValueOf(op).Pointer()).Name()
	full = strings.TrimSuffix(full[strings.LastIndex(full, "/")+1:], "-fm")
	full, _, _ = strings.Cut(full, "[") // type arguments
	parts := strings.Split(full, ".")
	if last := parts[len(parts)-1]; !closureName.MatchString(last) {
		return parts[0] + "." + last
	}
	return full
}
