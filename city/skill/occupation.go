package skill

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Listed is an entry of the classification 职业分类大典: a class of levels 1 to 3, or at level 4 an
// occupation.
type Listed struct {
	Code       string
	Level      int
	Name       string
	Definition string
	Aliases    []string
}

func (l Listed) same(o Listed) bool {
	return l.Code == o.Code && l.Level == o.Level && l.Name == o.Name &&
		l.Definition == o.Definition && slices.Equal(l.Aliases, o.Aliases)
}

// Names are what an entry is called: its name without the marks of green and digital occupations (L
// and S), and its aliases.
func (l Listed) Names() []string {
	names := []string{plainName(l.Name)}
	for _, a := range l.Aliases {
		if a = plainName(a); !slices.Contains(names, a) {
			names = append(names, a)
		}
	}
	return names
}

// plainName takes the marks L, S and L/S off the end of a Chinese name.
func plainName(name string) string {
	bare := strings.TrimRight(name, "LS/")
	if last, _ := utf8.DecodeLastRuneInString(bare); unicode.Is(unicode.Han, last) || last == '）' {
		return bare
	}
	return name
}
