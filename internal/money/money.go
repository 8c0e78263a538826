// Package money counts in fen (1/100 yuan) with whole numbers only.
//
// There is no float here and no plain division: whoever divides says how to round,
// so that no fen is lost without a word.
package money

import (
	"fmt"
	"math/bits"
)

// Fen is an amount of money in 1/100 yuan.
type Fen int64

// MaxFen bounds a single amount (10 billion yuan), far from overflow when summed.
const MaxFen Fen = 1_000_000_000_000

// String writes yuan with two decimals, for people: 242.00.
func (f Fen) String() string {
	sign := ""
	u := uint64(f)
	if f < 0 {
		sign, u = "-", uint64(-f)
	}
	return fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
}

// MulDivFloor gives a·b/c rounded down (towards zero for the amounts allowed here).
// All must be ≥ 0 and c > 0; it panics otherwise and on overflow: a programmer's error.
func MulDivFloor(a Fen, b, c int64) Fen {
	q, _ := mulDiv(a, b, c)
	return q
}

// MulDivCeil gives a·b/c rounded up, with the bounds of MulDivFloor.
func MulDivCeil(a Fen, b, c int64) Fen {
	q, r := mulDiv(a, b, c)
	if r > 0 {
		q++
	}
	return q
}

// MulDivHalfUp gives a·b/c rounded to the nearest, a half up, with the bounds of MulDivFloor.
func MulDivHalfUp(a Fen, b, c int64) Fen {
	q, r := mulDiv(a, b, c)
	if r >= uint64(c)-r {
		q++
	}
	return q
}

func mulDiv(a Fen, b, c int64) (Fen, uint64) {
	if a < 0 || b < 0 || c <= 0 {
		panic(fmt.Sprintf("money: MulDiv(%d, %d, %d) is out of bounds", a, b, c))
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		panic(fmt.Sprintf("money: MulDiv(%d, %d, %d) overflows", a, b, c))
	}
	q, r := bits.Div64(hi, lo, uint64(c))
	if q > uint64(MaxFen) {
		panic(fmt.Sprintf("money: MulDiv(%d, %d, %d) is over the bound", a, b, c))
	}
	return Fen(q), r
}

// Spread divides total into n parts that differ by at most one fen and add up to total.
// The first parts are the larger ones. n must be > 0 and total ≥ 0.
func Spread(total Fen, n int) []Fen {
	if n <= 0 || total < 0 {
		panic(fmt.Sprintf("money: Spread(%d, %d) is out of bounds", total, n))
	}
	parts := make([]Fen, n)
	base, rest := total/Fen(n), int(total%Fen(n))
	for i := range parts {
		parts[i] = base
		if i < rest {
			parts[i]++
		}
	}
	return parts
}
