package cockpit

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Routes mounts the figures as JSON, and what is counted live as a stream of events.
func Routes(m *web.Mux, s *Service) {
	web.Show(m, "/indicators", s.Indicators)
	web.Show(m, "/board", s.Board)
	web.Show(m, "/daily", s.Daily)
	web.Stream(m, "/cockpit/live", s.Watch)
}

// Progress is the whole face of a city that is still being made: a page that reloads itself. Only
// the front page answers 200; everything else says 503, try again: to a program in its own words.
func Progress(text *i18n.Book, percent func() int) http.Handler {
	programs := web.New(web.Options{Text: text, Log: slog.New(slog.DiscardHandler)})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			programs.Fail(w, r, errNotReady)
			return
		}
		lang := languageOf(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
		body, err := progressPage(text, lang, percent())
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Retry-After", "1")
		if r.URL.Path == "/" {
			sendPage(w, http.StatusOK, body)
			return
		}
		sendPage(w, http.StatusServiceUnavailable, body)
	})
}

// CityLine is a city on the page of all cities.
type CityLine struct {
	Name, URL string
	Open      bool
}

// Overview is the front page of a process that serves several cities.
func Overview(text *i18n.Book, cities func(*http.Request) []CityLine) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := languageOf(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
		body, err := overviewPage(text, lang, cities(r))
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		sendPage(w, http.StatusOK, body)
	})
}

func sendPage(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the visitor may have left
}
