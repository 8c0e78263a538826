// Package cells is an array that grows while it is read: what the market in memory keeps by number.
package cells

import (
	"slices"
	"sync/atomic"
)

const chunk = 4096

// Of is an array that grows, of which readers take no lock. One writer at a time. The zero value is
// empty.
type Of[T any] struct {
	chunks atomic.Pointer[[]*[chunk]atomic.Pointer[T]]
}

// At gives what stands at a number; nil for nothing.
func (c *Of[T]) At(n int32) *T {
	p := c.chunks.Load()
	if p == nil || int(n)/chunk >= len(*p) {
		return nil
	}
	return (*p)[n/chunk][n%chunk].Load()
}

// Set puts something at a number, which is not negative; nil takes it away.
func (c *Of[T]) Set(n int32, v *T) {
	c.upTo(int(n) / chunk)[n%chunk].Store(v)
}

// upTo gives a chunk, made with those before it when it is not there yet.
func (c *Of[T]) upTo(i int) *[chunk]atomic.Pointer[T] {
	var all []*[chunk]atomic.Pointer[T]
	if p := c.chunks.Load(); p != nil {
		all = *p
	}
	if i >= len(all) {
		grown := slices.Clone(all) // readers may hold the old one
		for i >= len(grown) {
			grown = append(grown, new([chunk]atomic.Pointer[T]))
		}
		c.chunks.Store(&grown)
		all = grown
	}
	return all[i]
}
