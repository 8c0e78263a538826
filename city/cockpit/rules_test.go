package cockpit

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/internal/gauge"
)

// Goal: what too few persons stand behind is hidden, with what would give it away, and no more.
func TestHide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		column []crowd
		want   []bool
	}{
		"nobody is not few":   {[]crowd{{0, 0}, {9, 0}, {5, 0}}, []bool{false, false, false}},
		"at the edge":         {[]crowd{{5, 0}, {6, 0}}, []bool{false, false}},
		"one takes another":   {[]crowd{{4, 0}, {9, 0}, {7, 0}}, []bool{true, false, true}},
		"two that are enough": {[]crowd{{4, 0}, {3, 0}, {7, 0}}, []bool{true, true, false}},
		"two that are too few": {[]crowd{{1, 0}, {1, 0}, {7, 0}, {8, 0}},
			[]bool{true, true, true, false}},
		"somebody before nobody": {[]crowd{{2, 0}, {0, 0}, {30, 0}},
			[]bool{true, false, true}},
		"nobody where there is nobody else": {[]crowd{{2, 0}, {0, 0}, {0, 0}}, []bool{true, true, true}},
		"few that are missing": {[]crowd{{20, 2}, {30, 0}, {40, 0}},
			[]bool{true, true, false}},
		"none":         {[]crowd{}, []bool{}},
		"the only one": {[]crowd{{3, 0}}, []bool{true}},
	} {
		if got := hide(c.column, 5); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	if got := hide([]crowd{{1, 0}, {2, 0}}, 0); slices.Contains(got, true) {
		t.Errorf("without a number: %v", got)
	}
}

// Goal: for any column, no figure of too few is shown, and none comes back from the total: what is
// hidden is nothing, or two at least that together are enough, or everything.
func TestHideAny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		column := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) crowd {
			return crowd{rapid.Int64Range(0, 12).Draw(t, "people"), rapid.Int64Range(0, 6).Draw(t, "rest")}
		}), 0, 12).Draw(t, "column")
		hidden := hide(column, 5)
		var n int
		var people int64
		for i, c := range column {
			if hidden[i] {
				n, people = n+1, people+c.people+c.rest
			} else if c.small(5) {
				t.Fatalf("%v is shown of %v", c, column)
			}
		}
		if n > 0 && n < len(column) && (n < 2 || people < 5) {
			t.Fatalf("of %v only %v are hidden", column, hidden)
		}
	})
}

// Goal: a change is said in percent, points or minutes, and not at all where nothing was.
func TestDifference(t *testing.T) {
	t.Parallel()
	value := func(n, den int64, unit string) gauge.Value {
		return gauge.Value{Num: n, Den: den, Unit: unit}
	}
	for _, c := range []struct {
		v, was    gauge.Value
		want, key string
	}{
		{value(110, 0, "count"), value(100, 0, "count"), "+10.0", "cockpit.change.percent"},
		{value(100, 0, "fen"), value(100, 0, "fen"), "±0", "cockpit.change.percent"},
		{value(90, 0, "heads"), value(120, 0, "heads"), "−25.0", "cockpit.change.percent"},
		{value(90, 0, "count"), value(0, 0, "count"), "", ""},
		{value(99, 100, "share"), value(97, 100, "share"), "+2.0", "cockpit.change.points"},
		{value(99, 100, "share"), value(0, 0, "share"), "", ""},
		{value(60_000, 0, "ms"), value(180_000, 0, "ms"), "−2", "cockpit.change.minutes"},
	} {
		if n, key := difference(c.v, c.was); n != c.want || key != c.key {
			t.Errorf("%v after %v: %s %s, want %s %s", c.v, c.was, n, key, c.want, c.key)
		}
	}
	if got := strings.Join([]string{tenths(-5), tenths(123), tenths(0)}, " "); got != "-0.5 12.3 0.0" {
		t.Error(got)
	}
}
