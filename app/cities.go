package app

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Seat says where one of several cities is reached.
type Seat struct {
	Name  string
	Hosts []string // in lower case, without port
	Path  string   // "/cq", "" for none
}

// Cities is the face of several cities in one process: it picks the city by the request's host, or
// else by the first element of its path, which the city does not see. Where neither names a city
// stands a page of all of them. A city that is not open answers 503; the others do not notice.
type Cities struct {
	seats  []*seat
	byHost map[string]*seat
	byPath map[string]*seat
	front  http.Handler // the page of all cities, and what belongs to none
}

type seat struct {
	Seat
	face   atomic.Pointer[http.Handler] // nil while the city is not open
	closed http.Handler
}

// NewCities returns the face of cities that are not open yet.
func NewCities(text *i18n.Book, log *slog.Logger, limiter *web.Limiter, seats ...Seat) *Cities {
	c := &Cities{byHost: map[string]*seat{}, byPath: map[string]*seat{}}
	for _, s := range seats {
		shut := web.New(web.Options{Text: text, Log: log, Limiter: limiter})
		shut.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			shut.Fail(w, r, fault.New(fault.Unavailable, "app.city_closed", "city", s.Name))
		}))
		one := &seat{Seat: s, closed: shut.Handler()}
		c.seats = append(c.seats, one)
		for _, h := range s.Hosts {
			c.byHost[h] = one
		}
		if s.Path != "" {
			c.byPath[s.Path] = one
		}
	}
	front := web.New(web.Options{Text: text, Log: log, Limiter: limiter})
	front.Handle("GET /{$}", cockpit.Overview(text, c.lines))
	c.front = front.Handler()
	return c
}

// Show opens the nth city: from now on h answers there.
func (c *Cities) Show(n int, h http.Handler) { c.seats[n].face.Store(&h) }

// ServeHTTP picks the city.
func (c *Cities) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s := c.byHost[hostOf(r)]; s != nil {
		s.ServeHTTP(w, r)
		return
	}
	first, _, deeper := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s := c.byPath["/"+first]
	switch {
	case s == nil:
		c.front.ServeHTTP(w, r)
	case !deeper: // /cq: relative links on its page would miss the city
		to := s.Path + "/"
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusPermanentRedirect)
	default:
		http.StripPrefix(s.Path, s).ServeHTTP(w, r)
	}
}

// ServeHTTP answers as the city, or in its place.
func (s *seat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if face := s.face.Load(); face != nil {
		(*face).ServeHTTP(w, r)
		return
	}
	s.closed.ServeHTTP(w, r)
}

// hostOf gives the host that was asked, in lower case, without port and the root's dot.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// lines are the cities as the page of all shows them. A city that has only a host is linked there,
// at the port that the visitor came to.
func (c *Cities) lines(r *http.Request) []cockpit.CityLine {
	_, port, err := net.SplitHostPort(r.Host)
	lines := make([]cockpit.CityLine, len(c.seats))
	for i, s := range c.seats {
		lines[i] = cockpit.CityLine{Name: s.Name, Open: s.face.Load() != nil}
		switch {
		case s.Path != "":
			lines[i].URL = s.Path + "/"
		case err == nil:
			lines[i].URL = "//" + net.JoinHostPort(s.Hosts[0], port) + "/"
		default:
			lines[i].URL = "//" + s.Hosts[0] + "/"
		}
	}
	return lines
}
