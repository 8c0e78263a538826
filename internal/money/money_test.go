package money

import (
	"testing"

	"pgregory.net/rapid"
)

// Goal: rounding is what its name says, at and around the half.
func TestMulDiv(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a               Fen
		b, c            int64
		floor, half, up Fen
	}{
		{2500, 7, 60, 291, 292, 292},
		{1, 1, 2, 0, 1, 1},
		{1, 1, 3, 0, 0, 1},
		{0, 5, 3, 0, 0, 0},
		{6, 1, 3, 2, 2, 2},
		{MaxFen, 3, 3, MaxFen, MaxFen, MaxFen},
	} {
		if got := MulDivFloor(c.a, c.b, c.c); got != c.floor {
			t.Errorf("floor %v: got %d", c, got)
		}
		if got := MulDivHalfUp(c.a, c.b, c.c); got != c.half {
			t.Errorf("half up %v: got %d", c, got)
		}
		if got := MulDivCeil(c.a, c.b, c.c); got != c.up {
			t.Errorf("ceil %v: got %d", c, got)
		}
	}
}

// Goal: out-of-bounds arithmetic stops the program instead of losing money.
func TestMulDivPanics(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int64{{-1, 1, 1}, {1, -1, 1}, {1, 1, 0}, {1 << 40, 1 << 40, 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("MulDivFloor(%v) did not panic", c)
				}
			}()
			MulDivFloor(Fen(c[0]), c[1], c[2])
		}()
	}
}

// Goal: spreading loses no fen and is even to one fen.
func TestSpread(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := Fen(rapid.Int64Range(0, 1_000_000).Draw(t, "total"))
		parts := Spread(total, rapid.IntRange(1, 500).Draw(t, "n"))
		var sum Fen
		for _, p := range parts {
			sum += p
			if parts[0]-p < 0 || parts[0]-p > 1 {
				t.Fatalf("uneven: %v", parts)
			}
		}
		if sum != total {
			t.Fatalf("sum %d, want %d", sum, total)
		}
	})
}

// Goal: people read yuan with two decimals, negative ones too.
func TestFenString(t *testing.T) {
	t.Parallel()
	for f, want := range map[Fen]string{0: "0.00", 5: "0.05", 24200: "242.00", -105: "-1.05"} {
		if got := f.String(); got != want {
			t.Errorf("%d: got %s, want %s", int64(f), got, want)
		}
	}
}
