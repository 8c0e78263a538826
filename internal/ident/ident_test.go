package ident

import (
	"slices"
	"testing"
	"time"
)

// Goal: ids sort by time, differ, and repeat for a seed.
func TestNew(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_772_409_600_000)
	for name, src := range map[string]*Source{"random": Random(), "seeded": Seeded(7)} {
		var ids []string
		seen := map[string]bool{}
		for i := range 1000 {
			id := src.New("wrk", at.Add(time.Duration(i)*time.Millisecond))
			if len(id) != 27 || id[:4] != "wrk_" {
				t.Fatalf("%s: odd id %q", name, id)
			}
			ids, seen[id] = append(ids, id), true
		}
		if !slices.IsSorted(ids) || len(seen) != 1000 {
			t.Errorf("%s: not sorted or not unique", name)
		}
	}
	if a, b := Seeded(7).New("x", at), Seeded(7).New("x", at); a != b {
		t.Errorf("same seed, other ids: %s, %s", a, b)
	}
	if a, b := Seeded(7).New("x", at), Seeded(8).New("x", at); a == b {
		t.Errorf("other seed, same id: %s", a)
	}
}
