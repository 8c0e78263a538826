package db_test

import (
	"testing"

	"github.com/gongyi/gongyi/internal/db"
)

// Goal: a mark comes back as it was written, and what is none is refused.
func TestMark(t *testing.T) {
	t.Parallel()
	for _, want := range []db.Mark{{}, {MS: 1_772_000_000_000, ID: "lin_a/b"}} {
		if got, err := db.ParseMark(want.String()); err != nil || got != want {
			t.Errorf("%v: %v, %v", want, got, err)
		}
	}
	for _, text := range []string{"", "x", "x/lin_a", "/"} {
		if m, err := db.ParseMark(text); err == nil {
			t.Errorf("%q: %v", text, m)
		}
	}
}
