package desk

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// visited is a visit with this address.
func visited(t *testing.T, query string) *visit {
	t.Helper()
	book, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return &visit{words: ui.With(t.Context(), ui.Look{Lang: i18n.Chinese, Text: book}),
		Visit: &web.Visit{Form: form}}
}

// numbers gives the numbers from 1 to n in parts, and with words only those with that digit.
func numbers(n, size int) func(after, words string) ([]row, string, error) {
	return func(after, words string) (rows []row, next string, err error) {
		from, _ := strconv.Atoi(after) // none is the beginning
		for i := from + 1; i <= n; i++ {
			if len(rows) == size {
				return rows, fmt.Sprint(i - 1), nil
			}
			if strings.Contains(fmt.Sprint(i), words) {
				rows = append(rows, row{cells: []ui.Cell{text(fmt.Sprint(i))},
					tags: map[string]string{"kind": "rights"}})
			}
		}
		return rows, "", nil
	}
}

// Goal: a list that comes in parts shows one, says once what sees only it, and leads on and back
// with day, search and order; a list that is on the page whole says nothing of it.
func TestParts(t *testing.T) {
	t.Parallel()
	const part, whole = "只看这一段", "搜索和导出的 Excel 看整个名单"
	for _, c := range []struct {
		query string
		n     int
		seeks bool
		says  []string
	}{
		{"", 20, false, []string{"!" + part, "!下一段", "!回到第一段", ">20 <"}},
		{"", 90, false, []string{part, "!" + whole, `/l?after=30"`, "!回到第一段", ">1 <", "!>31 <"}},
		{"day=2026-03-01&q=3&kind=rights&sort=-0&page=3&after=30&odd=x", 90, false,
			[]string{part, `/l?after=60&day=2026-03-01&kind=rights&q=3&sort=-0"`,
				`/l?day=2026-03-01&kind=rights&q=3&sort=-0"`, `name="after" value="30"`, ">39 <", "!>40 <",
				"!odd="}},
		{"after=60", 90, false, []string{part, "!下一段", `"/l"`, ">61 <"}},
		{"q=7", 90, true, []string{"!分段显示", "!下一段", ">7 <", ">70 <", ">87 <"}},
		{"q=7&after=30", 90, true, []string{whole, `!name="after"`, ">70 <", "!>7 <"}},
	} {
		v := visited(t, c.query)
		l := listing{path: "/l", keep: []string{"day"}, seeks: c.seeks, columns: []column{{key: "x"}},
			filters: []filter{{name: "kind"}}}
		if err := v.fill(&l, numbers(c.n, 30)); err != nil {
			t.Fatal(err)
		}
		var page bytes.Buffer
		if err := v.list(l).Render(v.words, &page); err != nil {
			t.Fatal(err)
		}
		got := html.UnescapeString(page.String())
		for _, text := range c.says {
			if not, absent := strings.CutPrefix(text, "!"); absent == strings.Contains(got, not) {
				t.Errorf("%q of %d: %s in\n%s", c.query, c.n, text, got)
				break
			}
		}
		if strings.Count(got, "分段显示") > 1 {
			t.Errorf("%q says it twice", c.query)
		}
	}
}

// Goal: a workbook has all parts of a list, on whatever part it was asked for, and what is sought
// in all of them; where the list is longer than a workbook, its last row says so.
func TestWorkbookOfParts(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct {
		n, rows int
		last    string
	}{
		"export=xlsx":                  {90, 90, "90"},
		"export=xlsx&after=60":         {90, 90, "90"},
		"export=xlsx&q=7":              {90, 18, "87"},
		"export=xlsx&q=7&after=60&x=1": {12_000, 3_442, "这里只有前 10020 条"},
		"export=xlsx&x=2":              {10_020, 10_020, "10020"},
		"export=xlsx&sort=-0":          {90, 90, "1"},
	} {
		v := visited(t, query)
		l := listing{path: "/l", columns: []column{{key: "x"}}}
		if err := v.fill(&l, numbers(want.n, 30)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for cells, err := range v.cellsOf(l) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, cells[0])
		}
		if n := len(got); n != want.rows || !strings.Contains(got[n-1], want.last) {
			t.Errorf("%s: %d rows, the last %q", query, len(got), got[len(got)-1])
		}
	}
}
