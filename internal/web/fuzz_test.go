package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

// Goal: whatever stands in path, query and headers, the answer is the operation's, with exactly
// what was asked, or one problem with a code and a whole sentence; never a 500.
func FuzzRequest(f *testing.F) {
	for _, q := range []string{"region=50&limit=3", "region=50&tags=a,b&tags=c", "limit=1e9&region=",
		"region=50&limit=9223372036854775808", "region=%00", "region=%ff", "region=50;limit=1", "=&&=",
		"region=a&region=b", "x=1&region=50", "%zz=1", "region=50&limit=-1"} {
		f.Add("s1", q, "key", "zh-CN")
	}
	f.Add("a/b", "region=50", "\xff", "en;q=0.1,*")
	f.Add("..", "region=50", strings.Repeat("k", 300), "")
	text, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	m := web.New(web.Options{Text: text})
	web.Show(m, "/shops/{shop_id}/goods", (&shop{}).Find)
	web.Do(m, "/shops/{shop_id}/orders", (&shop{}).Order)
	h := m.Handler()
	f.Fuzz(func(t *testing.T, id, query, key, lang string) {
		path := web.Prefix + "/shops/" + url.PathEscape(id)
		for method, path := range map[string]string{"GET": path + "/goods", "POST": path + "/orders"} {
			r := httptest.NewRequest(method, "/", strings.NewReader(good))
			r.URL.Path, _ = url.PathUnescape(path)
			r.URL.RawPath, r.URL.RawQuery = path, query
			r.Header["Idempotency-Key"], r.Header["Accept-Language"] = []string{key}, []string{lang}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code >= 300 && w.Code < 400 {
				continue // the mux tidies paths such as /a/../b
			}
			var said struct {
				Shop, Key, Code, Title string
				ShopID                 string `json:"shop_id"`
			}
			body := w.Body.String()
			if err := json.Unmarshal([]byte(body), &said); err != nil || !utf8.ValidString(body) {
				t.Errorf("%s %s?%s: %d %q: %v", method, path, query, w.Code, body, err)
				continue
			}
			switch {
			case w.Code == 200 && method == "GET" && said.ShopID != id,
				w.Code == 200 && method == "POST" && (said.Shop != id || said.Key != key):
				t.Errorf("%s %q with key %q was understood as %s", method, id, key, body)
			case w.Code != 200 && (said.Code == "" || said.Title == "" || w.Code >= 500):
				t.Errorf("%s %s?%s: %d %s", method, path, query, w.Code, body)
			}
		}
	})
}
