// Package ident makes ids: a kind's prefix, then time, then chance, in an alphabet
// that sorts as bytes. wrk_06dq3n7k2e8x… sorts by when it was made.
package ident

import (
	"crypto/rand"
	"encoding/binary"
	mrand "math/rand/v2"
	"strings"
	"sync"
	"time"
)

// alphabet is Crockford's base 32 in lower case: sorts as bytes, no i l o u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Source makes ids. It is safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	next func() uint64
}

// Random returns a source fed by the machine's entropy.
func Random() *Source {
	return &Source{next: func() uint64 {
		var b [8]byte
		rand.Read(b[:]) // never fails (crypto/rand)
		return binary.LittleEndian.Uint64(b[:])
	}}
}

// Seeded returns a source that gives the same ids for the same seed and the same
// sequence of calls; for simulated cities only, since they can be guessed.
func Seeded(seed uint64) *Source {
	return &Source{next: mrand.New(mrand.NewPCG(seed, 0x9e3779b97f4a7c15)).Uint64}
}

// timeChars are those of an id that tell when it was made.
const timeChars = 10

// Timeless gives the id without the time in it: for a thing that is shown to somebody who must not
// learn when it came to be. Such ids do not sort.
func Timeless(id string) string {
	prefix, rest, _ := strings.Cut(id, "_")
	return prefix + "_" + rest[timeChars:]
}

// New returns prefix + "_" + 10 characters of milliseconds + 13 of chance (65 bits).
func (s *Source) New(prefix string, at time.Time) string {
	s.mu.Lock()
	r, r2 := s.next(), s.next()
	s.mu.Unlock()
	b := make([]byte, 0, len(prefix)+24)
	b = append(append(b, prefix...), '_')
	ms := uint64(at.UnixMilli())
	for shift := 45; shift >= 0; shift -= 5 {
		b = append(b, alphabet[ms>>shift&31])
	}
	for range 12 {
		b = append(b, alphabet[r&31])
		r >>= 5
	}
	return string(append(b, alphabet[r2&31]))
}
