// Package geo measures on the earth. A point is longitude and latitude in millionths of a degree
// (E6), as whole numbers, so that what is stored is what was measured.
//
// A point is one of WGS-84; datum.go takes it to maps drawn in GCJ-02 and back.
package geo

import "math"

// radiusM is the mean radius of the earth (IUGG R1).
const radiusM = 6_371_008.8

const (
	lonE6Max = 180_000_000
	latE6Max = 90_000_000
)

// DistanceM gives the metres between two points along the surface, to the nearest metre. It takes
// the earth as a sphere (haversine), which is right within half a percent.
func DistanceM(lonE6A, latE6A, lonE6B, latE6B int64) int64 {
	latA, latB := radians(latE6A), radians(latE6B)
	sinLat := math.Sin((latB - latA) / 2)
	sinLon := math.Sin(radians(lonE6B-lonE6A) / 2)
	h := sinLat*sinLat + math.Cos(latA)*math.Cos(latB)*sinLon*sinLon
	return int64(math.Round(2 * radiusM * math.Asin(math.Sqrt(min(h, 1)))))
}

// OnEarth tells whether the numbers are a longitude and a latitude.
func OnEarth(lonE6, latE6 int64) bool {
	return -lonE6Max <= lonE6 && lonE6 <= lonE6Max && -latE6Max <= latE6 && latE6 <= latE6Max
}

// OutOfChina names which of longitude and latitude lies beyond the country's furthest points,
// "lon_e6" or "lat_e6"; "" where neither does.
func OutOfChina(lonE6, latE6 int64) string {
	switch {
	case lonE6 < 73_000_000 || lonE6 > 136_000_000:
		return "lon_e6"
	case latE6 < 3_000_000 || latE6 > 54_000_000:
		return "lat_e6"
	}
	return ""
}

func radians(e6 int64) float64 { return float64(e6) / 1e6 * math.Pi / 180 }
