package ui

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gongyi/gongyi/internal/i18n"
)

// App says what a phone that keeps the pages as an app must know of the city.
type App struct {
	Base string // before every path of the city
	City string
	Text *i18n.Book
}

// OfflinePath is the page that a phone shows without network.
const OfflinePath = "/offline"

// kept are the assets that a worker's page needs.
var kept = []string{"app.js", "here.js", "icon.svg", "phone.css", "tokens.css", "weui.min.css"}

// Manifest serves what makes the pages an app on a phone's screen.
func (a App) Manifest(w http.ResponseWriter, r *http.Request) {
	lang := i18n.Match(r.Header.Get("Accept-Language"))
	name := a.Text.Say(lang, "ui.name", nil)
	icon := func(file, size, mediaType, purpose string) map[string]string {
		return map[string]string{"src": a.Base + assetsPath + assetsDigest + "/" + file,
			"sizes": size, "type": mediaType, "purpose": purpose}
	}
	full := name
	if a.City != "" {
		full = name + " · " + a.City
	}
	send(w, "application/manifest+json", map[string]any{
		"id": a.Base + "/", "start_url": a.Base + "/", "scope": a.Base + "/", "name": full,
		"short_name": name, "lang": lang, "display": "standalone", "theme_color": "#07803e",
		"background_color": "#f2f3f5", "icons": []map[string]string{
			icon("icon.svg", "any", "image/svg+xml", "any"),
			icon("icon-192.png", "192x192", "image/png", "any"),
			icon("icon-512.png", "512x512", "image/png", "maskable")},
		"shortcuts": []map[string]string{
			{"name": a.Text.Say(lang, "ui.tab.schedule", nil), "url": a.Base + "/schedule"},
			{"name": a.Text.Say(lang, "ui.tab.wages", nil), "url": a.Base + "/wages"}}})
}

func send(w http.ResponseWriter, mediaType string, v any) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Add("Vary", "Accept-Language")
	_ = json.NewEncoder(w).Encode(v) // the visitor may have left
}

// Worker serves the service worker. It stands at the root, because that is its reach; it changes
// with the assets, so that a phone throws away what it has of older ones.
func (a App) Worker() http.Handler {
	files := make([]string, len(kept))
	for i, name := range kept {
		files[i] = a.Base + assetsPath + assetsDigest + "/" + name
	}
	words := map[string]string{}
	for _, lang := range i18n.Languages() {
		words[lang] = a.Text.Say(lang, "ui.kept", nil) // {at} is the phone's to fill in
	}
	city, err := json.Marshal(map[string]any{"base": a.Base, "digest": assetsDigest,
		"assets": files, "offline": a.Base + OfflinePath, "kept": words})
	if err != nil {
		panic(err) // strings only
	}
	body := fmt.Appendf(nil, "const CITY = %s;\n%s", city, assets["sw.js"].plain)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body)
	})
}
