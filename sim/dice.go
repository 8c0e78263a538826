package sim

import (
	"encoding/binary"
	"hash/fnv"
)

// dice gives every choice as a hash of the seed and of what the choice is about. It keeps no state:
// asking in another order, or again after a crash, gives the same answers.
type dice struct{ seed uint64 }

// roll gives 64 bits for the parts (actor, day, call, attempt …).
func (d dice) roll(parts ...any) uint64 {
	h := fnv.New64a()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], d.seed)
	h.Write(b[:])
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			h.Write([]byte(v))
		case int:
			binary.LittleEndian.PutUint64(b[:], uint64(v))
			h.Write(b[:])
		default:
			panic("sim: dice take strings and ints")
		}
		h.Write([]byte{0x1f})
	}
	return mix(h.Sum64())
}

// mix is the finaliser of splitmix64: FNV alone leaves the low bits of similar names alike.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// n gives a number in [0, max).
func (d dice) n(max int, parts ...any) int { return int(d.roll(parts...) % uint64(max)) }

// chance is true with probability bp/10 000.
func (d dice) chance(bp int, parts ...any) bool { return d.n(10_000, parts...) < bp }
