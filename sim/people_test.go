package sim

import "testing"

// Goal: however many people a city or a bench asks for, no two have the same ID number.
func TestNobodyTwice(t *testing.T) {
	t.Parallel()
	const people = 50_000
	seen := make(map[string]int, people)
	for n := range people {
		_, id, _, _ := MadeUp(7, n, "330110")
		if other, twice := seen[id]; twice {
			t.Fatalf("%d and %d both have %s", other, n, id)
		}
		seen[id] = n
	}
}
