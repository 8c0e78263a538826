package gate

import (
	"fmt"
	"math/bits"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	firstMax      = 600 // runes that a pattern may begin with
	matchRunesMax = 60  // a longer match would be a pattern gone wild
	nestingMax    = 4   // words made of words
)

// finder finds patterns in a text. It knows the patterns by their first rune, and tries one only
// where the text has that rune, and only when it has another rune that the pattern needs: so an
// ordinary title costs little more than a look at each of its runes.
type finder map[rune][]*pattern

// pattern is an expression anchored at its first rune.
type pattern struct {
	re     *regexp.Regexp
	need   runeSet // a match has at least one of these
	bytes  int     // no match is longer
	ground int     // in the finder of all rules
}

// words are the named lists of rules.yaml.
type words map[string]string

var wordName = regexp.MustCompile(`<[a-z_]+>`)

// finder compiles patterns; nil for none.
func (w words) finder(patterns []string) (finder, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	f := finder{}
	for _, p := range patterns {
		src, err := w.expand(p)
		if err != nil {
			return nil, err
		}
		parsed, err := syntax.Parse(src, syntax.Perl)
		if err != nil {
			return nil, err
		}
		branches := []*syntax.Regexp{parsed}
		if parsed.Op == syntax.OpAlternate {
			branches = parsed.Sub
		}
		for _, branch := range branches {
			if err := f.add(branch); err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
		}
	}
	return f, nil
}

// expand puts the words in place of their names.
func (w words) expand(src string) (string, error) {
	for range nestingMax {
		src = wordName.ReplaceAllStringFunc(src, func(name string) string {
			if list, ok := w[strings.Trim(name, "<>")]; ok {
				return "(?:" + list + ")"
			}
			return name
		})
	}
	if name := wordName.FindString(src); name != "" {
		return "", fmt.Errorf("%s is not among the words", name)
	}
	return src, nil
}

// add refuses what cannot be searched fast: a match without end, empty, or with any beginning.
func (f finder) add(parsed *syntax.Regexp) error {
	runes, err := longest(parsed)
	if err != nil {
		return err
	}
	if runes > matchRunesMax {
		return fmt.Errorf("a match may have %d runes, more than %d", runes, matchRunesMax)
	}
	first, canBeEmpty := firsts(parsed)
	if canBeEmpty || len(first) == 0 || len(first) > firstMax {
		return fmt.Errorf("a match may be empty or begin with %d characters", len(first))
	}
	re, err := regexp.Compile(`\A(?:` + parsed.String() + `)`)
	if err != nil {
		return err
	}
	re.Longest()
	p := &pattern{re: re, need: needs(parsed), bytes: runes * utf8.UTFMax}
	for _, r := range first {
		f[r] = append(f[r], p)
	}
	return nil
}

// addAll takes over another finder's patterns, as those of a ground.
func (f finder) addAll(other finder, ground int) {
	for r, ps := range other {
		for _, p := range ps {
			p.ground = ground
		}
		f[r] = append(f[r], ps...)
	}
}

// each calls fn for the leftmost longest matches in s, in bytes. fn may blank what it was given.
func (f finder) each(s []byte, fn func(from, to int)) {
	if f == nil {
		return
	}
	has := setOf(string(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		end := i
		if !inNumber(s, i) {
			for _, p := range f[r] {
				if !p.need.meets(&has) {
					continue
				}
				if m := p.re.FindIndex(s[i:min(i+p.bytes, len(s))]); m != nil {
					end = max(end, i+m[1])
				}
			}
		}
		if end > i {
			fn(i, end)
			i = end
		} else {
			i += size
		}
	}
}

// grounds gives the mask of the grounds whose patterns match somewhere in s.
func (f finder) grounds(s string) uint64 {
	var mask uint64
	has := setOf(s)
	for i, r := range s {
		if inNumber(s, i) {
			continue
		}
		for _, p := range f[r] {
			if mask&(1<<p.ground) == 0 && p.need.meets(&has) &&
				p.re.MatchString(s[i:min(i+p.bytes, len(s))]) {
				mask |= 1 << p.ground
			}
		}
	}
	return mask
}

// inNumber tells whether s[i] goes on with a number: no match begins there (the 0 of 200 is no 0).
func inNumber[T string | []byte](s T, i int) bool {
	return i > 0 && isDigit(rune(s[i])) && isDigit(rune(s[i-1]))
}

// runeSet is a set of runes as a filter: a rune that is in it is found; one that is not may be, if
// its bit is another's.
type runeSet [16]uint64

func setOf(s string) runeSet {
	var set runeSet
	for _, r := range s {
		set.add(r)
	}
	return set
}

func (s *runeSet) add(r rune) {
	h := uint32(r) * 2654435769 >> 22 // Fibonacci hashing to 10 bits
	s[h/64] |= 1 << (h % 64)
}

func (s *runeSet) addAll(other *runeSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s *runeSet) meets(other *runeSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// within tells whether every rune of the set may be in the other.
func (s *runeSet) within(other *runeSet) bool {
	for i := range s {
		if s[i]&^other[i] != 0 {
			return false
		}
	}
	return true
}

func (s *runeSet) size() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// longest gives the most runes of a match; a pattern without a bound is refused.
func longest(re *syntax.Regexp) (int, error) {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune), nil
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, nil
	case syntax.OpEmptyMatch:
		return 0, nil
	case syntax.OpRepeat:
		if re.Max < 0 {
			return 0, fmt.Errorf("%s has no bound", re)
		}
		n, err := longest(re.Sub[0])
		return n * re.Max, err
	case syntax.OpCapture, syntax.OpQuest, syntax.OpConcat, syntax.OpAlternate:
		sum, most := 0, 0
		for _, sub := range re.Sub {
			n, err := longest(sub)
			if err != nil {
				return 0, err
			}
			sum, most = sum+n, max(most, n)
		}
		if re.Op == syntax.OpConcat {
			return sum, nil
		}
		return most, nil
	}
	return 0, fmt.Errorf("%s has no bound, or looks at the end of the text (write a comma)", re)
}

// firsts gives the runes that a match may begin with, and whether it may be empty. A negated or
// wide class gives more than firstMax.
func firsts(re *syntax.Regexp) (runes []rune, empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return re.Rune[:1], false
	case syntax.OpCharClass:
		return classRunes(re), false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return make([]rune, firstMax+1), false
	case syntax.OpEmptyMatch:
		return nil, true
	case syntax.OpCapture:
		return firsts(re.Sub[0])
	case syntax.OpQuest, syntax.OpRepeat:
		runes, empty = firsts(re.Sub[0])
		return runes, empty || re.Op == syntax.OpQuest || re.Min == 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			some, subEmpty := firsts(sub)
			runes = append(runes, some...)
			if !subEmpty {
				return distinct(runes), false
			}
		}
		return distinct(runes), true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			some, subEmpty := firsts(sub)
			runes, empty = append(runes, some...), empty || subEmpty
		}
		return distinct(runes), empty
	}
	return nil, true
}

func distinct(runes []rune) []rune {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	return slices.Compact(runes)
}

func classRunes(re *syntax.Regexp) []rune {
	var runes []rune
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1] && len(runes) <= firstMax; r++ {
			runes = append(runes, r)
		}
	}
	return runes
}

// needs gives runes of which every match has at least one: the smallest set that a part of the
// pattern that cannot be left out asks for, every rune when there is no such part.
func needs(re *syntax.Regexp) runeSet {
	var set runeSet
	switch re.Op {
	case syntax.OpLiteral:
		set.add(re.Rune[len(re.Rune)-1])
		return set
	case syntax.OpCharClass:
		if runes := classRunes(re); len(runes) <= firstMax {
			return setOf(string(runes))
		}
	case syntax.OpCapture:
		return needs(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needs(re.Sub[0])
		}
	case syntax.OpConcat:
		best := everyRune()
		for _, sub := range re.Sub {
			if n := needs(sub); n.size() < best.size() {
				best = n
			}
		}
		return best
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			n := needs(sub)
			set.addAll(&n)
		}
		return set
	}
	return everyRune()
}

func everyRune() runeSet {
	var set runeSet
	for i := range set {
		set[i] = ^uint64(0)
	}
	return set
}
