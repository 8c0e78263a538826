package cockpit

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/url"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

//go:embed pages/*.html
var pageFiles embed.FS

// templates fail at start, not at the first visitor.
var templates = template.Must(template.New("").ParseFS(pageFiles, "pages/*.html"))

// card is an indicator with its parts.
type card struct {
	Code, Name, Definition string
	Figures                []Indicator
}

// anchor is a Link in the page's language.
type anchor struct{ Text, URL string }

// page is what both templates see. Say gives a sentence in the page's language.
type page struct {
	Lang    string
	Other   string // the other language, for the switch
	Say     func(key string) string
	View    View
	Cards   []card
	Links   []anchor
	AsOf    string // minutes, China time
	Live    bool   // the default period: refreshes itself
	Percent int
	Cities  []CityLine
}

func newPage(text *i18n.Book, lang string) page {
	other := i18n.English
	if lang == i18n.English {
		other = i18n.Chinese
	}
	return page{Lang: lang, Other: other,
		Say: func(key string) string { return text.Say(lang, "cockpit."+key, nil) }}
}

// languageOf prefers what the visitor clicked to what the browser asks for.
func languageOf(clicked, acceptLanguage string) string {
	if clicked == "" {
		return i18n.Match(acceptLanguage)
	}
	return i18n.Match(clicked)
}

// indicatorsPage answers ?from=&to=&lang=; what else stands in the query is let pass, because links
// from outside often carry their own marks.
func (s *Service) indicatorsPage(ctx context.Context, q url.Values, acceptLanguage string,
) ([]byte, error) {
	in := Ask{From: civil.Date(q.Get("from")), To: civil.Date(q.Get("to")),
		Lang: languageOf(q.Get("lang"), acceptLanguage)}
	if err := checkDays(in); err != nil {
		return nil, err
	}
	v, err := s.Indicators(ctx, in)
	if err != nil {
		return nil, err
	}
	p := newPage(s.deps.Text, in.Lang)
	p.View, p.Live = v, in.From == "" && in.To == ""
	p.AsOf = v.AsOf.In(civil.Zone).Format("2006-01-02 15:04")
	p.Cards = cardsOf(v.Indicators)
	for _, l := range s.deps.Links {
		p.Links = append(p.Links, anchor{s.deps.Text.Say(in.Lang, l.Key, nil), l.URL})
	}
	return render("indicators.html", p)
}

// checkDays does for the page what the JSON face does by itself.
func checkDays(in Ask) error {
	for field, d := range map[string]civil.Date{"from": in.From, "to": in.To} {
		_, err := civil.ParseDate(string(d))
		if d != "" && (err != nil || d < "1900" || d >= "2100") {
			return fault.New(fault.Invalid, "cockpit.not_a_day").OnField(field).Because(err)
		}
	}
	return nil
}

// cardsOf gathers neighbours of one code.
func cardsOf(indicators []Indicator) []card {
	var cards []card
	for _, i := range indicators {
		if n := len(cards); n == 0 || cards[n-1].Code != i.Code {
			cards = append(cards, card{Code: i.Code, Name: i.Name, Definition: i.Definition})
		}
		c := &cards[len(cards)-1]
		c.Figures = append(c.Figures, i)
	}
	return cards
}

// progressPage renders how far the demo city is.
func progressPage(text *i18n.Book, lang string, percent int) ([]byte, error) {
	p := newPage(text, lang)
	p.Percent = min(max(percent, 0), 100)
	return render("progress.html", p)
}

// overviewPage renders the cities of a process.
func overviewPage(text *i18n.Book, lang string, cities []CityLine) ([]byte, error) {
	p := newPage(text, lang)
	p.Cities = cities
	return render("cities.html", p)
}

func render(name string, p page) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, p); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}
