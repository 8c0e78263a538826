package geo

import "math"

// Plane is a flat map of one city: Lambert's conformal conic projection of the sphere. Up to 300 km
// from its middle a length on it is right within a tenth of a percent.
type Plane struct{ lon, n, f, rho float64 }

const (
	parallelsOff = 1.5 * math.Pi / 180 // of the two true parallels from the middle
	middleMin    = 5 * math.Pi / 180   // a cone needs some slope
	middleMax    = 80 * math.Pi / 180
)

// NewPlane lays a plane around a middle, which is not nearer to the equator than five degrees.
func NewPlane(lonE6, latE6 int64) Plane {
	lat := min(max(radians(latE6), middleMin), middleMax)
	south, north := lat-parallelsOff, lat+parallelsOff
	p := Plane{lon: radians(lonE6)}
	p.n = math.Log(math.Cos(south)/math.Cos(north)) / math.Log(rise(north)/rise(south))
	p.f = radiusM * math.Cos(south) * math.Pow(rise(south), p.n) / p.n
	p.rho = p.f / math.Pow(rise(lat), p.n)
	return p
}

func rise(lat float64) float64 { return math.Tan(math.Pi/4 + lat/2) }

// XY gives a point's metres east and north of the middle.
func (p Plane) XY(lonE6, latE6 int64) (x, y int32) {
	rho := p.f / math.Pow(rise(radians(latE6)), p.n)
	east, north := math.Sincos(p.n * (radians(lonE6) - p.lon))
	return int32(math.Round(rho * east)), int32(math.Round(p.rho - rho*north))
}
