package cockpit

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"github.com/gongyi/gongyi/internal/i18n"
)

//go:embed pages/*.html
var pageFiles embed.FS

// templates fail at start, not at the first visitor.
var templates = template.Must(template.New("").ParseFS(pageFiles, "pages/*.html"))

// page is what both templates see. Say gives a sentence in the page's language.
type page struct {
	Lang    string
	Other   string // the other language, for the switch
	Say     func(key string) string
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
