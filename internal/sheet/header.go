package sheet

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

// Column is one column of a kind of table.
type Column struct {
	Key      string
	Title    string   // as the template says it
	Names    []string // what else it is called
	Note     string   // what to write there, for the template
	Required bool
	Auto     bool        // worked out from other columns: locked in the template
	Choices  [][2]string // what may be written, and what it means
}

// words are all names of the column in the form in which they are compared.
func (c Column) words() []string {
	words := []string{headWord(c.Title)}
	for _, name := range c.Names {
		words = append(words, headWord(name))
	}
	return words
}

// headWord is a header as it is compared: without spaces, width, case, remarks in brackets and
// marks such as * and :.
func headWord(text string) string {
	s := strings.ToLower(Plain(strings.ReplaceAll(text, "\n", "")))
	for {
		open := strings.IndexAny(s, "([【（")
		if open < 0 {
			break
		}
		end := strings.IndexAny(s[open:], ")]】）")
		if end < 0 {
			s = s[:open]
			break
		}
		_, size := utf8.DecodeRuneInString(s[open+end:])
		s = s[:open] + s[open+end+size:]
	}
	return strings.Trim(s, "*:_-.、/#")
}

// fits says how well a header names a column: 2 for one of its names, 1 for a header that holds
// one or is one letter away from it, 0 for another thing.
func (c Column) fits(header string) int {
	if header == "" {
		return 0
	}
	best := 0
	for _, word := range c.words() {
		long := utf8.RuneCountInString(word)
		switch {
		case header == word:
			return 2
		case long >= 2 && utf8.RuneCountInString(header) <= long+4 && strings.Contains(header, word),
			long >= 4 && oneOff([]rune(header), []rune(word)):
			best = 1
		}
	}
	return best
}

// oneOff tells whether two words differ by one letter: another, one more, or one less.
func oneOff(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && slices.Equal(a[i+1:], b[i+1:])
	}
	return slices.Equal(a[i:], b[i+1:])
}

// place says in which column of a candidate header each Column stands, by its key. An exact name
// goes first; among near ones the leftmost is taken, never a column that is somebody else's name.
func place(cols []Column, header []string) (map[string]int, error) {
	at, taken := map[string]int{}, map[int]bool{}
	for _, wanted := range []int{2, 1} {
		for _, c := range cols {
			if _, done := at[c.Key]; done {
				continue
			}
			for i, text := range header {
				if taken[i] || c.fits(headWord(text)) != wanted {
					continue
				}
				if first, twice := at[c.Key]; twice {
					if wanted == 2 {
						return nil, fault.New(fault.Invalid, "sheet.header_twice", "title", c.Title,
							"first", letters(first), "second", letters(i))
					}
					continue
				}
				at[c.Key], taken[i] = i, true
			}
		}
	}
	return at, nil
}

// letters names a column as spreadsheets do: 0 is A, 26 is AA.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// header is where a table begins.
type header struct {
	row  int // of its last row, from 1
	rows int // 1, or 2 where a group's title stands above
	at   map[string]int
}

// headerRowsMax is how far down a header is looked for: titles, unit, date, person in charge.
const headerRowsMax = 20

// findHeader looks for the row, or pair of rows, that names most of the columns. Two at least are
// wanted, so that a title that happens to be one name is no header.
func findHeader(cols []Column, top [][]string) (header, error) {
	best, score := header{}, 1
	var twice error
	for i := range min(len(top), headerRowsMax) {
		for rows := 1; rows <= 2 && i+rows <= len(top); rows++ {
			at, err := place(cols, joined(top[i:i+rows]))
			if err != nil {
				twice = err
				continue
			}
			if len(at) > score {
				best, score = header{row: i + rows, rows: rows, at: at}, len(at)
			}
		}
	}
	if best.row == 0 {
		if twice != nil {
			return best, twice
		}
		return best, fault.New(fault.Invalid, "sheet.no_header", "titles", titles(cols, nil))
	}
	if missing := titles(cols, best.at); missing != "" {
		return best, fault.New(fault.Invalid, "sheet.column_missing", "row", best.row, "titles", missing)
	}
	return best, nil
}

// joined lays a header's rows over each other: the lower cell counts where it is not empty.
func joined(rows [][]string) []string {
	if len(rows) == 1 {
		return rows[0]
	}
	out := make([]string, max(len(rows[0]), len(rows[1])))
	for i := range out {
		if i < len(rows[1]) && Clean(rows[1][i]) != "" {
			out[i] = rows[1][i]
		} else if i < len(rows[0]) {
			out[i] = rows[0][i]
		}
	}
	return out
}

// titles lists the required columns that have no place.
func titles(cols []Column, at map[string]int) string {
	var missing []string
	for _, c := range cols {
		if _, ok := at[c.Key]; !ok && c.Required {
			missing = append(missing, c.Title)
		}
	}
	return strings.Join(missing, "、")
}
