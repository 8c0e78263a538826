package geo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Goal: on the plane of a city, lengths are those on the ground within a tenth of a percent.
func TestPlane(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for _, middle := range [][2]int64{{107_000_000, 30_000_000}, {120_000_000, 30_000_000},
		{126_000_000, 46_000_000}, {110_000_000, 19_000_000}} {
		p := NewPlane(middle[0], middle[1])
		if x, y := p.XY(middle[0], middle[1]); x != 0 || y != 0 {
			t.Errorf("the middle lies at %d, %d", x, y)
		}
		for range 500 {
			at := func() (int64, int64) {
				return middle[0] + rng.Int64N(4_000_000) - 2_000_000,
					middle[1] + rng.Int64N(4_000_000) - 2_000_000
			}
			aLon, aLat := at()
			bLon, bLat := at()
			ax, ay := p.XY(aLon, aLat)
			bx, by := p.XY(bLon, bLat)
			got := math.Hypot(float64(ax-bx), float64(ay-by))
			want := float64(DistanceM(aLon, aLat, bLon, bLat))
			if math.Abs(got-want) > want/1000+2 {
				t.Fatalf("from %d,%d to %d,%d: %.0f m on the plane, %.0f on the ground", aLon, aLat, bLon,
					bLat, got, want)
			}
		}
	}
}
