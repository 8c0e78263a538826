package i18n_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gongyi/gongyi/internal/i18n"
)

// Goal: the sentences that come with the program load, and plumbing's own are among them.
func TestLoad(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages() {
		if !b.Has(lang, "policy.unknown") || b.Has(lang, "policy.no_such_key") {
			t.Errorf("%s: policy.unknown is missing, or a key is there that is not", lang)
		}
	}
	got := b.Say("en", "policy.unknown", map[string]any{"code": "wage.x_fen", "region": "33"})
	if !strings.Contains(got, `wage.x_fen for region "33"`) {
		t.Errorf("said %q", got)
	}
}

func read(files ...string) (*i18n.Book, error) {
	fsys := fstest.MapFS{}
	for i, text := range files {
		fsys["text/"+string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return i18n.Read(fsys)
}

// Goal: a sentence is said with its placeholders filled, in the language asked for.
func TestSay(t *testing.T) {
	t.Parallel()
	b, err := read(`x.a: {zh: "{n}个人，{who}和{who}", en: "{who}, {who}: {n} people"}`,
		`x.b: {zh: "好", en: "Fine"}`)
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]any{"n": 2, "who": "王"}
	for _, c := range []struct {
		lang, key string
		args      map[string]any
		want      string
	}{
		{"zh-CN", "x.a", args, "2个人，王和王"},
		{"en", "x.a", args, "王, 王: 2 people"},
		{"fr", "x.a", args, "2个人，王和王"},
		{"en", "x.a", map[string]any{"n": 2}, "{who}, {who}: 2 people"},
		{"en", "x.a", map[string]any{"n": "{who}", "who": "W"}, "W, W: {who} people"},
		{"en", "x.a", map[string]any{"n": 2, "who": i18n.Both{ZH: "王", EN: "Wang"}},
			"Wang, Wang: 2 people"},
		{"fr", "x.a", map[string]any{"n": 2, "who": i18n.Both{ZH: "王", EN: "Wang"}}, "2个人，王和王"},
		{"en", "x.b", nil, "Fine"},
		{"en", "x.none", args, "x.none"},
	} {
		if got := b.Say(c.lang, c.key, c.args); got != c.want {
			t.Errorf("%s in %s: got %q, want %q", c.key, c.lang, got, c.want)
		}
	}
	if got := b.Both("x.b"); got != (i18n.Both{ZH: "好", EN: "Fine"}) {
		t.Errorf("both: %+v", got)
	}
	if got := b.Placeholders("x.a"); !slices.Equal(got, []string{"n", "who"}) {
		t.Errorf("placeholders %v", got)
	}
	if got := b.Placeholders("x.b"); got != nil {
		t.Errorf("placeholders of a plain sentence: %v", got)
	}
}

// Goal: what could not be said is refused when it is read, and all of it is named at once.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
	}{
		{"twice in one file", "x.a: {zh: 好, en: Fine}\nx.a: {zh: 好, en: Fine}", "x.a"},
		{"no English", "x.b: {zh: 好}", "x.b: needs both"},
		{"empty Chinese", "x.b: {zh: ' ', en: Fine}", "x.b: needs both"},
		{"another language", "x.b: {zh: 好, en: Fine, fr: Bien}", "fr"},
		{"another name", "x.b: {zh: '{a}', en: '{b}'}", "placeholders differ"},
		{"one missing", "x.b: {zh: '{a}{b}', en: '{b}'}", "placeholders differ"},
		{"open brace", "x.b: {zh: '{a', en: '{a}'}", "not a placeholder"},
		{"closed only", "x.b: {zh: 'a}', en: 'a'}", "without {"},
		{"empty name", "x.b: {zh: '{}', en: '{}'}", "not a placeholder"},
		{"wrong name", "x.b: {zh: '{A b}', en: '{A b}'}", "not a placeholder"},
		{"not yaml", "x.b: [", "a.yaml"},
	} {
		if _, err := read(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	_, err := read("x.a: {zh: 好, en: Fine}", "x.a: {zh: 好, en: Fine}\nx.c: {zh: 好}")
	if err == nil || !strings.Contains(err.Error(), "b.yaml: x.a: stands in two files") ||
		!strings.Contains(err.Error(), "x.c") {
		t.Errorf("twice in two files and a gap: got %v", err)
	}
}

// Goal: the browser's wish is followed as far as we can.
func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                               "zh-CN",
		"zh-CN,zh;q=0.9,en;q=0.8":        "zh-CN",
		"en-GB,en;q=0.9,zh;q=0.8":        "en",
		"EN":                             "en",
		"fr":                             "zh-CN",
		"fr, en;q=0.5":                   "en",
		"en;q=0.5, zh-TW;q=0.6":          "zh-CN",
		"en;q=0.5, zh;q=0.5":             "en",
		"en;q=0, *;q=0.1":                "zh-CN",
		"en;q=0.123":                     "en",
		"en;q=1.000, zh;q=0.999":         "en",
		"zh;q=0.2, en;q=2":               "zh-CN",
		"zh;q=0.2, en;q=x":               "zh-CN",
		"zh;q=0.2, en;q=0.-9":            "zh-CN",
		"zh;q=0.2, en;level=1":           "zh-CN",
		strings.Repeat("fr,", 30) + "en": "zh-CN",
	} {
		if got := i18n.Match(header); got != want {
			t.Errorf("%.40q: got %s, want %s", header, got, want)
		}
	}
}

// Goal: no header and no text can make the reader panic or lose a sentence's words.
func FuzzMatch(f *testing.F) {
	f.Add("en;q=0.5, zh-TW;q=0.6")
	f.Fuzz(func(t *testing.T, header string) {
		if got := i18n.Match(header); !slices.Contains(i18n.Languages(), got) {
			t.Errorf("%q gave %q", header, got)
		}
	})
}
