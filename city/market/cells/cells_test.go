package cells_test

import (
	"sync"
	"testing"

	"github.com/gongyi/gongyi/city/market/cells"
)

// Goal: what was put at a number is there, nothing elsewhere, and readers may look while it grows.
func TestOf(t *testing.T) {
	t.Parallel()
	var c cells.Of[int32]
	if c.At(0) != nil || c.At(9_999) != nil {
		t.Error("an empty one holds something")
	}
	c.Set(30_000, new(int32)) // some chunks at once
	c.Set(30_000, nil)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for n := range int32(10_000) {
				if v := c.At(n); v != nil && *v != n {
					t.Errorf("%d at %d", *v, n)
				}
			}
		})
	}
	for n := range int32(10_000) {
		if n%3 == 0 {
			c.Set(n, &n)
		}
	}
	readers.Wait()
	c.Set(3, nil)
	for n := range int32(10_001) {
		if there := c.At(n) != nil; there != (n%3 == 0 && n != 3 && n < 10_000) {
			t.Errorf("%d: %v", n, there)
		}
	}
}
