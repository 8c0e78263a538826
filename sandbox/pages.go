package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/i18n"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// page is what every page shows. Addresses are relative, because the sandbox may be mounted below
// a prefix: Base leads back to where it stands.
type page struct {
	Base  string // "" or "../"
	Lang  string
	Query template.URL // to stay in the language
	Other template.URL // this page in the other language
	text  *i18n.Book
}

// Say gives a sentence of the page.
func (p page) Say(key string) string { return p.text.Say(p.Lang, "sandbox."+key, nil) }

type inboxPage struct {
	page
	Phone    string
	Messages []shownMessage
}

type shownMessage struct {
	Phone string
	At    string
	ISO   string
	Parts []part
}

// part of a text; a code is what the reader looks for.
type part struct {
	Text string
	Code bool
}

type faultsPage struct {
	page
	Calls []shownCall
}

type shownCall struct {
	Name    string
	Kinds   []Fault
	Rule    Rule
	Percent int64
}

func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.inbox(w, r, "") })
	mux.HandleFunc("GET /sms/inbox", func(w http.ResponseWriter, r *http.Request) {
		s.inbox(w, r, "../")
	})
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "pages/style.css")
	})
}

func (s *Server) page(r *http.Request, base, phone string) page {
	lang := r.URL.Query().Get("lang")
	if !slices.Contains(i18n.Languages(), lang) {
		lang = i18n.Match(r.Header.Get("Accept-Language"))
	}
	other := i18n.English
	if lang == i18n.English {
		other = i18n.Chinese
	}
	return page{Base: base, Lang: lang, text: s.opts.Text,
		Query: template.URL(query(lang, "")), Other: template.URL(query(other, phone))}
}

// query keeps language and phone in an address.
func query(lang, phone string) string {
	q := url.Values{}
	if slices.Contains(i18n.Languages(), lang) {
		q.Set("lang", lang)
	}
	if phone != "" {
		q.Set("phone", phone)
	}
	return "?" + q.Encode()
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

func partsOf(text string) []part {
	var parts []part
	from := 0
	for _, at := range sixDigits.FindAllStringIndex(text, -1) {
		if at[0] > from {
			parts = append(parts, part{text[from:at[0]], false})
		}
		parts = append(parts, part{text[at[0]:at[1]], true})
		from = at[1]
	}
	if from < len(text) {
		parts = append(parts, part{text[from:], false})
	}
	return parts
}

func (s *Server) inbox(w http.ResponseWriter, r *http.Request, base string) {
	phone := r.URL.Query().Get("phone")
	if len(phone) > phoneCharsMax {
		phone = ""
	}
	p := inboxPage{page: s.page(r, base, phone), Phone: phone}
	for _, m := range s.newest(phone, shownStandard) {
		at := m.At.In(civil.Zone)
		p.Messages = append(p.Messages, shownMessage{Phone: m.Phone, At: at.Format("01-02 15:04"),
			ISO: at.Format("2006-01-02T15:04:05Z07:00"), Parts: partsOf(m.Text)})
	}
	show(w, "inbox.html", p)
}

func (s *Server) faultPage(w http.ResponseWriter, r *http.Request) {
	p := faultsPage{page: s.page(r, "", "")}
	rules := s.Rules()
	for _, c := range Calls() {
		shown := shownCall{Name: c.Name, Kinds: c.Faults}
		if i := slices.IndexFunc(rules, func(r Rule) bool { return r.Call == c.Name }); i >= 0 {
			shown.Rule, shown.Percent = rules[i], rules[i].RateBP/100
		}
		p.Calls = append(p.Calls, shown)
	}
	show(w, "faults.html", p)
}

func show(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // the reader may have left
}
