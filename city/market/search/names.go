package search

import (
	"cmp"
	"slices"
)

// Names finds which of many short names a title is most like: by pairs of characters, and, a little
// weaker, by pinyin. It does not change.
type Names struct{ list []nameText }

type nameText struct {
	group       int
	name        string
	plain       string
	pairs, tris []uint64
}

// Likeness is how like a title is to a name of a group: 1 is the same. BySound says that the pinyin
// is liker than the characters.
type Likeness struct {
	Group   int
	Name    string
	Score   float64
	BySound bool
}

// bySound is what likeness in pinyin counts beside likeness in characters.
const bySound = 0.9

// NewNames keeps the names of groups.
func NewNames(groups [][]string) *Names {
	n := &Names{}
	for g, names := range groups {
		for _, name := range names {
			n.list = append(n.list, textOfName(g, name))
		}
	}
	return n
}

func textOfName(group int, name string) nameText {
	t := nameText{group: group, name: name, plain: normal(name)}
	latin, _ := sounds(t.plain)
	t.pairs, t.tris = distinct(cut(nil, pair, 2, t.plain)), distinct(cut(nil, letters, 3, latin))
	return t
}

func distinct(pieces []uint64) []uint64 {
	slices.Sort(pieces)
	return slices.Compact(pieces)
}

// Closest gives the groups that a title is most like, the best first, at most k, each by its best
// name.
func (n *Names) Closest(title string, k int) []Likeness {
	t := textOfName(0, title)
	best := map[int]Likeness{}
	for i := range n.list {
		o := &n.list[i]
		l := Likeness{Group: o.group, Name: o.name, Score: alike(t.pairs, o.pairs)}
		if t.plain == o.plain {
			l.Score = 1
		}
		if s := bySound * alike(t.tris, o.tris); s > l.Score {
			l.Score, l.BySound = s, true
		}
		if old, ok := best[o.group]; l.Score > 0 && (!ok || l.Score > old.Score) {
			best[o.group] = l
		}
	}
	all := make([]Likeness, 0, len(best))
	for _, l := range best {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Likeness) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Group, b.Group))
	})
	return all[:min(k, len(all))]
}

// alike is half how much two sets share, and half how much of the second lies in the first: a title
// says more than the name that it holds.
func alike(title, name []uint64) float64 {
	if len(title) == 0 || len(name) == 0 {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(title) && j < len(name); {
		switch c := cmp.Compare(title[i], name[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			both++
			i++
			j++
		}
	}
	b := float64(both)
	return b/float64(len(title)+len(name)) + b/(2*float64(len(name)))
}
