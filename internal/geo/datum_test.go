package geo_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/internal/geo"
)

// Goal: points are moved as others move them: pairs from the tests of two well-known libraries,
// which differ in the ellipsoid and so in the last digit.
func TestToGCJ02(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]int64{
		{116_404_000, 39_915_000, 116_410_244, 39_916_404},
		{121_527_211, 31_177_428, 121_531_542, 31_175_304},
		{113_912_316, 22_543_847, 113_917_176, 22_540_796},
		{116_377_817, 39_911_954, 116_384_047, 39_913_345},
		{-0_127_000, 51_507_000, -0_127_000, 51_507_000}, // London
	} {
		lon, lat := geo.ToGCJ02(c[0], c[1])
		if max(lon-c[2], c[2]-lon, lat-c[3], c[3]-lat) > 1 {
			t.Errorf("%d, %d is drawn at %d, %d, want %d, %d", c[0], c[1], lon, lat, c[2], c[3])
		}
	}
}

// Goal: all over the country a point comes back to a millionth of a degree (0.1 m), and nothing is
// moved by more than a kilometre.
func TestGCJ02AndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Int64Range(74_000_000, 135_000_000).Draw(t, "lon")
		lat := rapid.Int64Range(4_000_000, 53_000_000).Draw(t, "lat")
		thereLon, thereLat := geo.ToGCJ02(lon, lat)
		if m := geo.DistanceM(lon, lat, thereLon, thereLat); m < 10 || m > 1_000 {
			t.Errorf("moved by %d m", m)
		}
		backLon, backLat := geo.FromGCJ02(thereLon, thereLat)
		if max(backLon-lon, lon-backLon, backLat-lat, lat-backLat) > 1 {
			t.Errorf("%d, %d comes back as %d, %d", lon, lat, backLon, backLat)
		}
	})
}
