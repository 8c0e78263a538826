package search

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/gongyi/gongyi/city/market/cells"
)

const (
	queryRunesMax = 40
	wordsMax      = 6
	nearRunes     = 3 // from so many characters on one may be another
	nearLetters   = 5
	lookMax       = 20_000 // texts that are looked at for a near answer; for an exact one, all
)

// ErrQuery is wrapped by every refusal of a question; the text says what is wrong.
var ErrQuery = errors.New("search")

// Set is the numbers of texts. The zero Set is empty.
type Set struct{ in *roaring.Bitmap }

// Has tells whether a text is in the set.
func (s Set) Has(n int32) bool { return s.in != nil && s.in.Contains(uint32(n)) }

// Len counts the texts of the set.
func (s Set) Len() int {
	if s.in == nil {
		return 0
	}
	return int(s.in.GetCardinality())
}

// Each calls fn with every number, in order.
func (s Set) Each(fn func(n int32)) {
	if s.in == nil {
		return
	}
	for i := s.in.Iterator(); i.HasNext(); {
		fn(int32(i.Next()))
	}
}

// text is what is kept of one.
type text struct{ plain, latin, initials string }

// Index finds texts. One writer at a time; questions may be asked at any time.
type Index struct {
	mu    sync.Mutex // of the writer
	texts cells.Of[text]
	sets  sync.Map // piece → *atomic.Pointer[roaring.Bitmap]
	late  atomic.Pointer[lately]
	was   map[int32]*text // what the sets still hold of late.gone; the writer's
}

// lately is what the sets do not show yet: each change of a set copies it, so a few hundred changes
// are told to all sets at once. It is never changed itself.
type lately struct {
	come []arrival
	gone *roaring.Bitmap // what the sets hold of these is no longer true
}

type arrival struct {
	number int32
	pieces []uint64 // in order
}

const latelyMax = 256 // changes; every question looks through them

// New makes an empty index.
func New() *Index {
	ix := &Index{was: map[int32]*text{}}
	ix.late.Store(&lately{gone: roaring.New()})
	return ix
}

// Kinds of pieces, in a piece's top bits.
const (
	one = iota << 60
	pair
	letters
	firsts
)

// pieces are what a text is found by.
func (t *text) pieces() []uint64 {
	var all []uint64
	all = cut(all, one, 1, t.plain)
	all = cut(all, pair, 2, t.plain)
	all = cut(all, letters, 3, t.latin)
	all = cut(all, firsts, 2, t.initials)
	slices.Sort(all)
	return slices.Compact(all)
}

// cut appends the runs of n characters without a gap.
func cut(all []uint64, kind uint64, n int, s string) []uint64 {
	var piece uint64
	row := 0
	for _, r := range s {
		if r == ' ' {
			row, piece = 0, 0
			continue
		}
		piece = (piece<<20 | uint64(r)&(1<<20-1)) & (1<<(20*n) - 1)
		if row++; row >= n {
			all = append(all, kind|piece)
		}
	}
	return all
}

// Put keeps the text of a number, of several fields, in place of the one before.
func (ix *Index) Put(number int32, fields ...string) {
	t := textOf(fields)
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if old := ix.texts.At(number); old == nil || old.plain != t.plain {
		t.sound()
		ix.change(number, old, t)
	}
}

// Load keeps many texts in an index that nobody reads yet; much faster than Put.
func (ix *Index) Load(number int32, fields ...string) {
	t := textOf(fields)
	t.sound()
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if old := ix.texts.At(number); old != nil || ix.late.Load().gone.Contains(uint32(number)) {
		ix.change(number, old, t)
		return
	}
	ix.texts.Set(number, t)
	for _, p := range t.pieces() {
		b := ix.set(p)
		if b == nil {
			ix.keep(p, roaring.BitmapOf(uint32(number)))
			continue
		}
		b.Add(uint32(number))
	}
}

// Remove forgets a text; one that is not there is left alone.
func (ix *Index) Remove(number int32) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if old := ix.texts.At(number); old != nil {
		ix.change(number, old, nil)
	}
}

func textOf(fields []string) *text { return &text{plain: normal(strings.Join(fields, "\n"))} }

func (t *text) sound() { t.latin, t.initials = sounds(t.plain) }

// change puts a text in place of another; nil for none.
func (ix *Index) change(number int32, old, t *text) {
	l := ix.late.Load()
	next := &lately{come: l.come, gone: l.gone}
	i := slices.IndexFunc(l.come, func(a arrival) bool { return a.number == number })
	switch {
	case i >= 0:
		next.come = slices.Delete(slices.Clone(l.come), i, i+1)
	case old != nil:
		next.gone = l.gone.Clone()
		next.gone.Add(uint32(number))
		ix.was[number] = old
	}
	if t != nil {
		next.come = append(next.come, arrival{number, t.pieces()}) // beyond what others see of it
	}
	ix.texts.Set(number, t)
	ix.late.Store(next)
	if len(next.come)+len(ix.was) >= latelyMax {
		ix.tell(next)
	}
}

// tell brings the sets up to date.
func (ix *Index) tell(l *lately) {
	fresh := map[uint64]*roaring.Bitmap{}
	set := func(piece uint64) *roaring.Bitmap {
		b, ok := fresh[piece]
		if !ok {
			if b = ix.set(piece); b == nil {
				b = roaring.New()
			} else {
				b = b.Clone()
			}
			fresh[piece] = b
		}
		return b
	}
	for number, t := range ix.was {
		for _, p := range t.pieces() {
			set(p).Remove(uint32(number))
		}
	}
	for _, a := range l.come {
		for _, p := range a.pieces {
			set(p).Add(uint32(a.number))
		}
	}
	for piece, b := range fresh {
		ix.keep(piece, b)
	}
	clear(ix.was)
	ix.late.Store(&lately{gone: roaring.New()}) // last: until here it hides what is told twice
}

// set gives the texts that hold a piece, without what came lately; nil for none.
func (ix *Index) set(piece uint64) *roaring.Bitmap {
	if at, ok := ix.sets.Load(piece); ok {
		return at.(*atomic.Pointer[roaring.Bitmap]).Load()
	}
	return nil
}

// keep makes a set the one of a piece; an empty one is forgotten.
func (ix *Index) keep(piece uint64, b *roaring.Bitmap) {
	switch at, ok := ix.sets.Load(piece); {
	case b.IsEmpty():
		ix.sets.Delete(piece)
		return
	case ok:
		at.(*atomic.Pointer[roaring.Bitmap]).Store(b)
		return
	}
	at := &atomic.Pointer[roaring.Bitmap]{}
	at.Store(b)
	ix.sets.Store(piece, at)
}

// Find gives the texts in which every word of a question is found exactly, and a look for those in
// which some word is only nearly: it is dear, and seldom wanted.
// Errors: ErrQuery for a question without a word, or too long a one.
func (ix *Index) Find(question string) (exact Set, near func() Set, err error) {
	words := strings.Fields(normal(question))
	if len(words) == 0 || len(words) > wordsMax || len([]rune(question)) > queryRunesMax {
		return exact, nil, fmt.Errorf("%w: %d words in %d characters; 1 to %d in up to %d can be",
			ErrQuery, len(words), len([]rune(question)), wordsMax, queryRunesMax)
	}
	each := make([]*roaring.Bitmap, len(words))
	for i, word := range words {
		each[i] = ix.exactly(word)
	}
	all := roaring.FastAnd(each...)
	return Set{all}, func() Set {
		wide := make([]*roaring.Bitmap, len(words))
		for i, word := range words {
			wide[i] = roaring.Or(each[i], ix.nearly(word, each[i]))
		}
		return Set{roaring.AndNot(roaring.FastAnd(wide...), all)}
	}, nil
}

// meet gives the texts that hold all of the pieces; none without a piece.
func (ix *Index) meet(pieces []uint64) *roaring.Bitmap {
	if len(pieces) == 0 {
		return roaring.New()
	}
	late := ix.late.Load() // before the sets: what these are told in the meantime is in both
	out := ix.meetSets(pieces)
	out.AndNot(late.gone)
	for _, a := range late.come {
		if a.holds(pieces) {
			out.Add(uint32(a.number))
		}
	}
	return out
}

func (a arrival) holds(pieces []uint64) bool {
	for _, p := range pieces {
		if _, ok := slices.BinarySearch(a.pieces, p); !ok {
			return false
		}
	}
	return true
}

func (ix *Index) meetSets(pieces []uint64) *roaring.Bitmap {
	sets := make([]*roaring.Bitmap, len(pieces))
	for i, p := range pieces {
		if sets[i] = ix.set(p); sets[i] == nil {
			return roaring.New()
		}
	}
	slices.SortFunc(sets, func(a, b *roaring.Bitmap) int {
		return int(a.GetCardinality()) - int(b.GetCardinality())
	})
	out := sets[0].Clone()
	for _, b := range sets[1:] {
		out.And(b)
	}
	return out
}

// held gives the texts that hold the pieces of a word and, by a look, the word. A word of one piece
// needs no look.
func (ix *Index) held(pieces []uint64, holds func(*text) bool) *roaring.Bitmap {
	met := ix.meet(pieces)
	if len(pieces) == 1 {
		return met
	}
	return ix.those(met, math.MaxInt, holds)
}

// those keeps of a set the texts that a look confirms, of the first most of them.
func (ix *Index) those(set *roaring.Bitmap, most int, holds func(*text) bool) *roaring.Bitmap {
	out := roaring.New()
	for it := set.Iterator(); it.HasNext() && most > 0; most-- {
		n := it.Next()
		if t := ix.texts.At(int32(n)); t != nil && holds(t) {
			out.Add(n)
		}
	}
	return out
}

func hasHan(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// exactly finds a word by its characters; letters also as pinyin and as initials.
func (ix *Index) exactly(word string) *roaring.Bitmap {
	n := len([]rune(word))
	kind, width := uint64(pair), 2
	if n == 1 {
		kind, width = one, 1
	}
	out := ix.held(cut(nil, kind, width, word), func(t *text) bool {
		return strings.Contains(t.plain, word)
	})
	if hasHan(word) {
		return out
	}
	if n >= 3 {
		out.Or(ix.held(cut(nil, letters, 3, word), func(t *text) bool {
			return strings.Contains(t.latin, word)
		}))
	}
	if n >= 2 {
		out.Or(ix.held(cut(nil, firsts, 2, word), func(t *text) bool {
			return strings.Contains(t.initials, word)
		}))
	}
	return out
}

// nearly finds a word that sounds the same, or of which a character is wrong, missing or too many;
// texts that hold it exactly are not looked at.
func (ix *Index) nearly(word string, exact *roaring.Bitmap) *roaring.Bitmap {
	runes := []rune(word)
	those := func(set *roaring.Bitmap, holds func(*text) bool) *roaring.Bitmap {
		return ix.those(roaring.AndNot(set, exact), lookMax, holds)
	}
	if !hasHan(word) {
		if len(runes) < nearLetters {
			return roaring.New()
		}
		return those(ix.without(runes, letters, 3), func(t *text) bool {
			return holdsNearly(t.latin, runes)
		})
	}
	out := roaring.New()
	if latin, _ := sounds(word); len(runes) > 1 {
		out = those(ix.meet(cut(nil, letters, 3, latin)), func(t *text) bool {
			return strings.Contains(t.latin, latin)
		})
	}
	if len(runes) >= nearRunes {
		out.Or(those(ix.without(runes, pair, 2), func(t *text) bool {
			return holdsNearly(t.plain, runes)
		}))
	}
	return out
}

// without gives the texts that hold the pieces of a word but those with its i-th character, for any
// i. A short word whose middle is wrong has no such piece: then its single characters count.
func (ix *Index) without(word []rune, kind uint64, width int) *roaring.Bitmap {
	out := roaring.New()
	for i := range word {
		pieces := cut(nil, kind, width, string(word[:i])+" "+string(word[i+1:]))
		if len(pieces) == 0 && kind == pair {
			pieces = cut(nil, one, 1, string(word[:i])+" "+string(word[i+1:]))
		}
		out.Or(ix.meet(pieces))
	}
	return out
}

// holdsNearly tells whether a text has a part that is the word but for one character, which is
// another, missing or too much (Sellers' algorithm).
func holdsNearly(text string, word []rune) bool {
	row := make([]int, len(word)+1)
	for j := range row {
		row[j] = j
	}
	for _, r := range text {
		if r == ' ' {
			for j := range row {
				row[j] = j
			}
			continue
		}
		last := row[0] // a part may begin anywhere
		for j := 1; j <= len(word); j++ {
			cost := last
			if word[j-1] != r {
				cost++
			}
			last = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
		if row[len(word)] <= 1 {
			return true
		}
	}
	return false
}
