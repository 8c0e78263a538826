package cockpit

import "slices"

// crowd is how many persons stand behind a figure, and behind what it leaves of its whole.
type crowd struct{ people, rest int64 }

// small tells whether the figure would say something of too few: nobody is not too few.
func (c crowd) small(least int64) bool {
	return c.people > 0 && c.people < least || c.rest > 0 && c.rest < least
}

// hide tells which figures of a column are not shown. Those of too few persons are not; and since
// the column's total is published, another goes with one alone, and with few that are together
// still too few, so that nobody gets one back by subtraction: the smallest, somebody's first.
// Figures about no person are never hidden. Source: ADR 0031.
func hide(column []crowd, least int64) []bool {
	hidden := make([]bool, len(column))
	var n int
	var people int64
	for i, c := range column {
		if c.small(least) {
			hidden[i] = true
			n, people = n+1, people+c.people+c.rest
		}
	}
	if n == 0 {
		return hidden
	}
	others := make([]int, 0, len(column)-n)
	for i := range column {
		if !hidden[i] {
			others = append(others, i)
		}
	}
	slices.SortStableFunc(others, func(a, b int) int {
		return column[a].order(column[b])
	})
	for _, i := range others {
		if n > 1 && people >= least {
			break
		}
		hidden[i] = true
		n, people = n+1, people+column[i].people+column[i].rest
	}
	return hidden
}

// order puts the smaller first, and nobody last.
func (c crowd) order(d crowd) int {
	a, b := c.people+c.rest, d.people+d.rest
	switch {
	case a == b:
		return 0
	case b == 0 || a != 0 && a < b:
		return -1
	}
	return 1
}
