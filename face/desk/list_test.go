package desk

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// Goal: the next page of a list is of the same day, search and order; after the last there is none.
func TestBehind(t *testing.T) {
	t.Parallel()
	book, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{words: ui.With(t.Context(), ui.Look{Lang: i18n.Chinese, Text: book}),
		Visit: &web.Visit{Form: url.Values{"day": {"2026-03-01"}, "q": {"维权"}, "kind": {"rights"},
			"sort": {"-0"}, "page": {"3"}, "after": {"svc_1"}, "odd": {"x"}}}}
	l := listing{path: "/s/plc_1/ledger", keep: []string{"day", "after"},
		filters: []filter{{name: "kind"}}}
	for next, want := range map[string]string{
		"": "",
		"svc_2": "/s/plc_1/ledger?after=svc_2&amp;day=2026-03-01&amp;kind=rights&amp;" +
			"q=%E7%BB%B4%E6%9D%83&amp;sort=-0",
	} {
		var page bytes.Buffer
		if err := v.behind(l, next).Render(v.words, &page); err != nil {
			t.Fatal(err)
		}
		if got := page.String(); want == "" && strings.Contains(got, "href") ||
			!strings.Contains(got, want) {
			t.Errorf("after %q:\n%s", next, got)
		}
	}
}
