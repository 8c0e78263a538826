package geo_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/internal/geo"
)

// Goal: distances agree with numbers known from elsewhere: a degree of a meridian (πR/180), half
// the equator, and two places in Hangzhou.
func TestDistanceM(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		lonA, latA, lonB, latB int64
		want, off              int64
	}{
		{"same point", 120_000_000, 30_000_000, 120_000_000, 30_000_000, 0, 0},
		{"a degree north", 120_000_000, 30_000_000, 120_000_000, 31_000_000, 111_195, 1},
		{"a degree east at 60°", 10_000_000, 60_000_000, 11_000_000, 60_000_000, 55_597, 5},
		{"across the date line", 179_999_000, 0, -179_999_000, 0, 222, 1},
		{"half the equator", 0, 0, 180_000_000, 0, 20_015_115, 1},
		{"pole to pole", 0, 90_000_000, 77_000_000, -90_000_000, 20_015_115, 1},
		{"杭州东站 to 西湖", 120_212_000, 30_290_000, 120_148_000, 30_246_000, 7_850, 60},
		{"one metre", 120_000_000, 30_000_000, 120_000_000, 30_000_009, 1, 0},
	} {
		got := geo.DistanceM(c.lonA, c.latA, c.lonB, c.latB)
		if got < c.want-c.off || got > c.want+c.off {
			t.Errorf("%s: got %d m, want %d ± %d", c.name, got, c.want, c.off)
		}
		if back := geo.DistanceM(c.lonB, c.latB, c.lonA, c.latA); back != got {
			t.Errorf("%s: %d m there, %d m back", c.name, got, back)
		}
	}
}

// Goal: any two points on earth have a distance between 0 and half the circumference, and a detour
// is never shorter (but for rounding).
func TestDistanceMetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Int64Range(-180_000_000, 180_000_000), rapid.Int64Range(-90_000_000, 90_000_000)
		p := func() [2]int64 { return [2]int64{lon.Draw(t, "lon"), lat.Draw(t, "lat")} }
		a, b, c := p(), p(), p()
		d := func(a, b [2]int64) int64 { return geo.DistanceM(a[0], a[1], b[0], b[1]) }
		if ab := d(a, b); ab < 0 || ab > 20_015_116 || ab > d(a, c)+d(c, b)+3 {
			t.Fatalf("%v to %v: %d m, by %v: %d", a, b, ab, c, d(a, c)+d(c, b))
		}
	})
}

// Goal: the bounds of longitude and latitude, from both sides.
func TestOnEarth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lon, lat int64
		want     bool
	}{
		{0, 0, true}, {180_000_000, 90_000_000, true}, {-180_000_000, -90_000_000, true},
		{180_000_001, 0, false}, {-180_000_001, 0, false}, {0, 90_000_001, false},
		{0, -90_000_001, false},
	} {
		if got := geo.OnEarth(c.lon, c.lat); got != c.want {
			t.Errorf("%d, %d: got %v", c.lon, c.lat, got)
		}
	}
}
