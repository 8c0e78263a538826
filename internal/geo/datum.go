package geo

import "math"

// GCJ-02 is the datum that maps published in mainland China are drawn in: WGS-84 moved by some
// hundred metres, along a sum of sines that was never published but is known exactly enough.
// Everything here is stored in WGS-84, as satellites and browsers give it; a position becomes
// GCJ-02 when it is drawn on such a map, and WGS-84 again when it was tapped there.
const (
	krasovskyM  = 6_378_245.0           // the long half-axis of the ellipsoid of 1940
	krasovskyE2 = 0.0066934216229659432 // its eccentricity, squared
	gcjTurns    = 6                     // of the way back; after three nothing changes any more
)

// ToGCJ02 gives where a point of WGS-84 is drawn on a map in GCJ-02. Outside of China nothing
// moves.
func ToGCJ02(lonE6, latE6 int64) (lon, lat int64) {
	if OutOfChina(lonE6, latE6) != "" {
		return lonE6, latE6
	}
	dLon, dLat := gcjShift(float64(lonE6)/1e6, float64(latE6)/1e6)
	return lonE6 + e6(dLon), latE6 + e6(dLat)
}

// FromGCJ02 gives the point of WGS-84 that is drawn there, to a millionth of a degree.
func FromGCJ02(lonE6, latE6 int64) (lon, lat int64) {
	if OutOfChina(lonE6, latE6) != "" {
		return lonE6, latE6
	}
	toLon, toLat := float64(lonE6)/1e6, float64(latE6)/1e6
	atLon, atLat := toLon, toLat
	for range gcjTurns { // the shift changes slowly, so what it is near by is taken back
		dLon, dLat := gcjShift(atLon, atLat)
		atLon, atLat = toLon-dLon, toLat-dLat
	}
	return e6(atLon), e6(atLat)
}

// gcjShift gives in degrees how far a point is moved: metres, from sines of its distance to 105° E
// 35° N, turned into degrees on the ellipsoid.
func gcjShift(lonDeg, latDeg float64) (lon, lat float64) {
	x, y := lonDeg-105, latDeg-35
	wave := func(of, period, high float64) float64 { return high * math.Sin(of*math.Pi/period) }
	root := math.Sqrt(math.Abs(x))
	both := wave(x, 1.0/6, 20) + wave(x, 1.0/2, 20)
	northM := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		2.0/3*(both+wave(y, 1, 20)+wave(y, 3, 40)+wave(y, 12, 160)+wave(y, 30, 320))
	eastM := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		2.0/3*(both+wave(x, 1, 20)+wave(x, 3, 40)+wave(x, 12, 150)+wave(x, 30, 300))

	rad := latDeg * math.Pi / 180
	w := 1 - krasovskyE2*math.Sin(rad)*math.Sin(rad)
	meridianM := krasovskyM * (1 - krasovskyE2) / (w * math.Sqrt(w))
	parallelM := krasovskyM / math.Sqrt(w) * math.Cos(rad)
	return eastM / parallelM * 180 / math.Pi, northM / meridianM * 180 / math.Pi
}

func e6(deg float64) int64 { return int64(math.Round(deg * 1e6)) }
