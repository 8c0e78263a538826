// Package region knows the GB/T 2260-style codes of provinces (50), cities (3301) and counties
// (330110) and their names, as the National Bureau of Statistics listed them on 2023-06-30.
//
// The list holds the Bureau's pseudo-areas too: rows such as 市辖区 between a municipality and its
// districts, and development zones that it counts apart. Codes abolished before 2023, which live
// on in people's ID numbers, are not in it. divisions.LICENSE says where it comes from.
package region

//go:generate go run ../tools/regiongen -out divisions.tsv.gz

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the table
	"io"
	"slices"
	"strings"
	"sync"
)

//go:embed divisions.tsv.gz
var packed []byte

const (
	provinceDigits = 2
	cityDigits     = 4
	countyDigits   = 6
)

// pseudo are names of rows that stand between a province and its counties and that nobody says.
var pseudo = []string{"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

// table is sorted by code as text: a parent stands right before all that is below it.
type table struct{ codes, names []string }

var divisions = sync.OnceValue(func() table {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("region: the embedded table is broken: " + err.Error())
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic("region: the embedded table is broken: " + err.Error())
	}
	var t table
	for line := range strings.Lines(string(text)) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		t.codes, t.names = append(t.codes, code), append(t.names, name)
	}
	return t
})

func (t table) find(code string) (int, bool) { return slices.BinarySearch(t.codes, code) }

// Canonical gives the code as the table writes it: 330000 is 33, 330100 is 3301, and 441900, a city
// without counties, is itself. It gives "" for a code that is not in the table.
func Canonical(code string) string {
	t := divisions()
	for _, c := range []string{code, cutZeros(code, cityDigits), cutZeros(code, provinceDigits)} {
		if _, ok := t.find(c); ok {
			return c
		}
	}
	return ""
}

// cutZeros cuts a six-digit code to n digits when the others are zeros.
func cutZeros(code string, n int) string {
	if len(code) == countyDigits && strings.Trim(code[n:], "0") == "" {
		return code[:n]
	}
	return code
}

// Valid tells whether the code names a province, city or county of the table.
func Valid(code string) bool { return Canonical(code) != "" }

// Name gives the division's own name (余杭区), "" when the code is not in the table.
func Name(code string) string {
	t := divisions()
	if i, ok := t.find(Canonical(code)); ok {
		return t.names[i]
	}
	return ""
}

// Parent gives the code of the division above: 3301 for 330110, 33 for 3301, "" for a province and
// for a code that is not in the table.
func Parent(code string) string {
	c := Canonical(code)
	if len(c) <= provinceDigits {
		return ""
	}
	return c[:len(c)-2]
}

// FullName gives the names from the province down, leaving out rows that nobody says:
// 浙江省杭州市余杭区, 重庆市渝中区. It is "" when the code is not in the table.
func FullName(code string) string {
	t := divisions()
	c := Canonical(code)
	full, last := "", ""
	for n := provinceDigits; n <= len(c); n += 2 {
		i, _ := t.find(c[:n])
		if name := t.names[i]; name != last && !slices.Contains(pseudo, name) {
			full, last = full+name, name
		}
	}
	return full
}

// Children gives the codes right below, in order: the provinces for "".
func Children(code string) []string {
	c := Canonical(code)
	if code != "" && c == "" {
		return nil
	}
	return below(c, len(c)+2)
}

// Counties gives the codes of all counties and districts of a province or city, in order; a county
// gives itself.
func Counties(code string) []string {
	c := Canonical(code)
	if c == "" {
		return nil
	}
	return below(c, countyDigits)
}

func below(prefix string, digits int) []string {
	t := divisions()
	i, _ := t.find(prefix)
	var codes []string
	for ; i < len(t.codes) && strings.HasPrefix(t.codes[i], prefix); i++ {
		if len(t.codes[i]) == digits {
			codes = append(codes, t.codes[i])
		}
	}
	return codes
}
