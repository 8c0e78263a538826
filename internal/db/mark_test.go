package db_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: a mark comes back as it was written, none is the list's beginning, and what is no mark is
// refused with one sentence.
func TestMark(t *testing.T) {
	t.Parallel()
	first := db.Mark{MS: 9}
	for _, want := range []db.Mark{{}, {MS: 1_772_000_000_000, ID: "lin_a/b"}} {
		if got, err := db.ParseMark(want.String(), first); err != nil || got != want {
			t.Errorf("%v: %v, %v", want, got, err)
		}
	}
	if got, err := db.ParseMark("", first); err != nil || got != first {
		t.Errorf("no mark: %v, %v", got, err)
	}
	for _, text := range []string{"x", "7", "x/lin_a", "/"} {
		m, err := db.ParseMark(text, first)
		if f := fault.As(err); f == nil || f.Code != "db.mark" || f.Field != "after" {
			t.Errorf("%q: %v, %v", text, m, err)
		}
	}
}

// Goal: the pages of a list are the list, each row once, whether the last page is full or not; who
// walks them stops where enough is read, and says behind what the rest stands.
func TestPages(t *testing.T) {
	t.Parallel()
	const size = 3
	for n := range 8 {
		list := make([]int, n)
		for i := range list {
			list[i] = i + 1
		}
		pages := 0
		read := func(after string) ([]int, string, error) {
			from, _ := strconv.Atoi(after) // none is the beginning
			pages++
			rest := list[from:min(from+size+1, n)]
			page, next := db.Page(slices.Clone(rest), size, strconv.Itoa)
			return page, next, nil
		}
		got, next, err := db.Walk(100, read)
		if err != nil || next != "" || !slices.Equal(got, list) || pages != max(1, (n+size-1)/size) {
			t.Errorf("%d: %v, %q, %v in %d pages", n, got, next, err, pages)
		}
		got, next, err = db.Walk(4, read)
		want := min(n, 2*size)
		if err != nil || len(got) != want || (next != "") != (n > want) {
			t.Errorf("4 of %d: %v, %q, %v", n, got, next, err)
		}
	}
}
