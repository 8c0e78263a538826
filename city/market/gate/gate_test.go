package gate_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/city/market/gate"
	"github.com/gongyi/gongyi/internal/i18n"
)

type objection struct {
	Text string
	Want []string
}

func read(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = yaml.Load(text, into, yaml.WithKnownFields())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func screen(s string) []gate.Finding { return gate.Screen([]gate.Field{{Name: "title", Text: s}}) }

func lines(fs []gate.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s %s", f.RuleID, f.Action, f.Span))
	}
	slices.Sort(out)
	return out
}

// Goal: what discriminates, asks for money or reaches for children is found, with the very words.
func TestObjected(t *testing.T) {
	t.Parallel()
	var cases []objection
	read(t, "objected.yaml", &cases)
	for _, c := range cases {
		slices.Sort(c.Want)
		if got := lines(screen(c.Text)); !slices.Equal(got, c.Want) {
			t.Errorf("%s: got %q, want %q", c.Text, got, c.Want)
		}
	}
}

// Goal: harmless words that look like it pass.
func TestFine(t *testing.T) {
	t.Parallel()
	var cases []string
	read(t, "fine.yaml", &cases)
	for _, c := range cases {
		if got := lines(screen(c)); got != nil {
			t.Errorf("%s: got %q", c, got)
		}
	}
}

// Goal: a finding's place counts runes of the original, in the field that has it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	fields := []gate.Field{{"title", "急招　普工"}, {"content", "包吃住。\n男 士 优先，限４５岁以下😀"}}
	got := gate.Screen(fields)
	want := []gate.Finding{
		{"sex.limit", gate.Block, "content", 5, 11, "男 士 优先", "gate.sex.limit"},
		{"age.upper", gate.Warn, "content", 12, 18, "限４５岁以下", "gate.age.upper"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := gate.Screen(nil); got != nil {
		t.Errorf("no fields: %+v", got)
	}
}

// Goal: a ground named in one field softens a sex limit in another, and venues meet ages across
// fields; nothing else is softened by it.
func TestAcrossFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		title, content string
		want           []string
	}{
		{"井下工限男", "依据：女职工禁忌劳动范围", []string{"sex.limit warn 限男"}},
		{"井下工限男，已婚优先", "依据：女职工禁忌劳动范围",
			[]string{"family.status block 已婚优先", "sex.limit warn 限男"}},
		{"酒吧收银", "年满16周岁", []string{"minors.venue block 年满16周岁"}},
		{"超市收银", "年满16周岁", nil},
	} {
		fs := gate.Screen([]gate.Field{{"title", c.title}, {"content", c.content}})
		if got := lines(fs); !slices.Equal(got, c.want) {
			t.Errorf("%s / %s: got %q, want %q", c.title, c.content, got, c.want)
		}
	}
}

// Goal: a text too long to read is not passed unread, and many findings stay bounded.
func TestBounds(t *testing.T) {
	t.Parallel()
	got := screen(strings.Repeat("好", 10_000) + "男士优先")
	if len(got) != 1 || got[0].RuleID != "text.too_long" || got[0].Action != gate.Warn {
		t.Errorf("10 004 runes: %+v", got)
	}
	if got := screen(strings.Repeat("好", 9_996) + "男士优先"); lines(got) == nil ||
		got[0].From != 9_996 || got[0].To != 10_000 {
		t.Errorf("10 000 runes: %+v", got)
	}
	if got := screen(strings.Repeat("限男，", 1_000)); len(got) != 50 {
		t.Errorf("1 000 violations gave %d findings", len(got))
	}
	if got := screen("男\xff士优\x00先"); len(got) == 0 {
		t.Error("broken bytes hide a word")
	}
}

// Goal: signs, spaces and other writings put into a word do not hide it.
func TestEvasions(t *testing.T) {
	t.Parallel()
	words := []string{"男士优先", "限女性", "已婚已育", "乙肝", "押金", "残疾人勿扰", "45岁以下"}
	fillers := []string{" ", "　", "*", "_", "\u200b", "\ufe0f", "🔥", "^"} // 4~5 is not 45
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words).Draw(t, "word")
		var b strings.Builder
		for i, r := range word {
			if i > 0 && rapid.Bool().Draw(t, "fill") {
				b.WriteString(rapid.SampledFrom(fillers).Draw(t, "filler"))
			}
			if r >= '0' && r <= '9' && rapid.Bool().Draw(t, "wide") {
				r += '０' - '0'
			}
			b.WriteRune(r)
		}
		if plain, got := screen(word), screen(b.String()); len(got) != len(plain) ||
			got[0].RuleID != plain[0].RuleID || got[0].Span != b.String() {
			t.Errorf("%q: got %q, plain %q", b.String(), lines(got), lines(plain))
		}
	})
}

// Goal: every rule has a source and a sentence in both languages that says what would be right.
func TestRules(t *testing.T) {
	t.Parallel()
	book, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules := append(gate.Rules(), gate.Rule{ID: "text.too_long", Ground: "text", Source: "-"})
	for _, r := range rules {
		if r.Source == "" || r.Ground == "" {
			t.Errorf("%s has no source or ground", r.ID)
		}
		for _, lang := range i18n.Languages() {
			if !book.Has(lang, "gate."+r.ID) {
				t.Errorf("%s has no sentence in %s", r.ID, lang)
			}
		}
	}
	var cases []objection
	read(t, "objected.yaml", &cases)
	var tried strings.Builder
	for _, c := range cases {
		tried.WriteString(strings.Join(c.Want, "\n") + "\n")
	}
	for _, r := range gate.Rules() {
		if !strings.Contains(tried.String(), r.ID+" ") {
			t.Errorf("%s is tried by no case", r.ID)
		}
	}
}

func titles(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("../../../testdata/occupation/real_titles.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range rows[1:] {
		out = append(out, row[0])
	}
	return out
}

// Goal: of the real titles exactly those are marked that a person marked who read them all.
func TestRealTitles(t *testing.T) {
	t.Parallel()
	var want map[string][]string
	read(t, "real_titles.yaml", &want)
	got := map[string][]string{}
	for _, title := range titles(t) {
		if found := lines(screen(title)); found != nil {
			got[title] = found
		}
	}
	counts := map[string]int{}
	for title, found := range got {
		if !slices.Equal(found, want[title]) {
			t.Errorf("%s: got %q, want %q", title, found, want[title])
		}
		for _, line := range found {
			counts[strings.Fields(line)[0]]++
		}
	}
	for title, found := range want {
		if got[title] == nil {
			t.Errorf("%s: missed %q", title, found)
		}
	}
	t.Logf("findings by rule: %v", counts)
}

// Goal: no text makes the screen panic, and every place it names is in the text.
func FuzzScreen(f *testing.F) {
	for _, s := range []string{"男士优先", "18~45岁，限女 装卸", "㈠㈡①♂🚹", "\xff\xfe", "１８－３５歲"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		runes := []rune(s)
		for _, x := range screen(s) {
			if x.RuleID == "text.too_long" {
				continue
			}
			if x.From < 0 || x.From >= x.To || x.To > len(runes) || x.Span != string(runes[x.From:x.To]) {
				t.Errorf("%q: %+v", s, x)
			}
		}
	})
}

func BenchmarkScreen(b *testing.B) {
	all := []string{"招聘普工，男女不限，包吃住，18-45岁，日结", "餐饮兼职服务员", "软件测试工程师（武汉）"}
	b.Run("title", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			screen(all[i%len(all)])
		}
	})
	long := strings.Repeat("负责仓库货物的分拣、打包与装车，工作地点在两江新区，包吃包住，工资日结。", 27)
	b.Run("content_1000_runes", func(b *testing.B) {
		for b.Loop() {
			screen(long)
		}
	})
}
