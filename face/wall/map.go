package wall

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

//go:embed maps/*.json
var maps embed.FS

const (
	mapWidth   = 600  // of the drawing, in its own units
	circleDeg  = 0.02 // radius of a district that has no boundaries: some 2 km
	corners    = 24   // of a circle
	levels     = 5    // shades
	nameWide   = 30   // room for a name of two characters
	nameHigh   = 22
	pointsMax  = 60_000
	featureMax = 500 // a province has fewer districts
)

// geoMap is boundaries as GeoJSON, with three members of our own at its top.
type geoMap struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Source   string    `json:"source"`   // where the boundaries are from, and their licence
	Approval string    `json:"approval"` // 审图号, "" for none
	Features []feature `json:"features"`
	// Circles says that there are no boundaries: each district is a circle.
	Circles bool `json:"circles,omitempty"`
}

type feature struct {
	Type       string     `json:"type"`
	Properties properties `json:"properties"`
	Geometry   geometry   `json:"geometry"`
}

type properties struct {
	Code   string     `json:"code"` // GB/T 2260
	Name   string     `json:"name"`
	Center [2]float64 `json:"center"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// polygons gives the rings of a Polygon or MultiPolygon.
func (g geometry) polygons() ([][][][2]float64, error) {
	switch g.Type {
	case "Polygon":
		var one [][][2]float64
		err := json.Unmarshal(g.Coordinates, &one)
		return [][][][2]float64{one}, err
	case "MultiPolygon":
		var many [][][][2]float64
		err := json.Unmarshal(g.Coordinates, &many)
		return many, err
	}
	return nil, fmt.Errorf("a %q is no boundary", g.Type)
}

// ReadMap reads boundaries, and refuses what cannot be drawn: the error is for whoever set them.
func ReadMap(text []byte) (*Map, error) {
	var g geoMap
	if err := json.Unmarshal(text, &g); err != nil {
		return nil, fmt.Errorf("read the map: %w", err)
	}
	if g.Type != "FeatureCollection" || len(g.Features) == 0 || len(g.Features) > featureMax {
		return nil, fmt.Errorf("the map is no FeatureCollection of 1 to %d districts", featureMax)
	}
	return newMap(g)
}

// mapOf gives the boundaries that come with the program, nil where none do for the region.
func mapOf(region string) (*Map, error) {
	if len(region) < 2 {
		return nil, nil
	}
	text, err := maps.ReadFile("maps/" + region[:2] + ".json")
	if err != nil || strings.Trim(region[2:], "0") != "" {
		return nil, nil // not an error: most cities have none with us
	}
	return ReadMap(text)
}

// spot is a district's middle.
type spot struct {
	code, name string
	lon, lat   float64
}

// circles makes a map of districts without boundaries.
func circles(name string, spots []spot) (*Map, error) {
	g := geoMap{Type: "FeatureCollection", Name: name, Circles: true}
	for _, s := range spots {
		ring := make([][2]float64, 0, corners+1)
		for i := range corners + 1 {
			a := 2 * math.Pi * float64(i%corners) / corners
			ring = append(ring, [2]float64{round(s.lon + circleDeg*math.Cos(a)/math.Cos(s.lat*math.Pi/180)),
				round(s.lat + circleDeg*math.Sin(a))})
		}
		text, err := json.Marshal([][][2]float64{ring})
		if err != nil {
			return nil, err
		}
		g.Features = append(g.Features, feature{"Feature", properties{s.code, s.name,
			[2]float64{s.lon, s.lat}}, geometry{"Polygon", text}})
	}
	return newMap(g)
}

func round(v float64) float64 { return math.Round(v*1e5) / 1e5 }

// Map is boundaries, drawn.
type Map struct {
	geo    geoMap
	text   []byte // as GeoJSON, for the script
	Height int
	Shapes []shape
}

// shape is a district on the drawing.
type shape struct {
	Code, Name, Path string
	X, Y             int  // where its name stands
	Room             bool // for its name
}

func newMap(g geoMap) (*Map, error) {
	text, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	m := &Map{geo: g, text: text}
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	all := make([][][][][2]float64, len(g.Features))
	points := 0
	for i, f := range g.Features {
		if all[i], err = f.Geometry.polygons(); err != nil {
			return nil, fmt.Errorf("district %s: %w", f.Properties.Code, err)
		}
		for _, polygon := range all[i] {
			for _, ring := range polygon {
				points += len(ring)
				for _, p := range ring {
					if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 85 {
						return nil, fmt.Errorf("district %s has a point that is not on Earth: %v",
							f.Properties.Code, p)
					}
					for k := range p {
						lo[k], hi[k] = min(lo[k], p[k]), max(hi[k], p[k])
					}
				}
			}
		}
	}
	if points > pointsMax || points == 0 {
		return nil, fmt.Errorf("the map has %d points, 1 to %d can be drawn", points, pointsMax)
	}
	// Degrees of longitude are shorter than those of latitude; true in the map's middle.
	squeeze := math.Cos((lo[1] + hi[1]) / 2 * math.Pi / 180)
	scale := mapWidth / max((hi[0]-lo[0])*squeeze, 1e-6)
	m.Height = int(math.Ceil((hi[1] - lo[1]) * scale))
	at := func(p [2]float64) (x, y int) {
		return int(math.Round((p[0] - lo[0]) * squeeze * scale)), int(math.Round((hi[1] - p[1]) * scale))
	}
	for i, f := range g.Features {
		s := shape{Code: f.Properties.Code, Name: f.Properties.Name, Path: path(all[i], at)}
		s.X, s.Y = at(middle(all[i]))
		s.Room = g.Circles || roomy(all[i], at)
		m.Shapes = append(m.Shapes, s)
	}
	return m, nil
}

// middle is where a district's name stands: the centre of mass of its largest part, not the seat of
// its government, which often lies at its edge.
func middle(polygons [][][][2]float64) (at [2]float64) {
	most := -1.0
	for _, polygon := range polygons {
		for _, ring := range polygon[:min(1, len(polygon))] {
			var area, x, y float64
			for i := range ring {
				p, q := ring[i], ring[(i+1)%len(ring)]
				cross := p[0]*q[1] - q[0]*p[1]
				area, x, y = area+cross, x+(p[0]+q[0])*cross, y+(p[1]+q[1])*cross
			}
			if size := math.Abs(area); size > most && size > 0 {
				most, at = size, [2]float64{x / (3 * area), y / (3 * area)}
			}
		}
	}
	return at
}

// roomy tells whether a name of two characters stands in the district.
func roomy(polygons [][][][2]float64, at func([2]float64) (x, y int)) bool {
	lo, hi := [2]int{math.MaxInt, math.MaxInt}, [2]int{math.MinInt, math.MinInt}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			for _, p := range ring {
				x, y := at(p)
				lo, hi = [2]int{min(lo[0], x), min(lo[1], y)}, [2]int{max(hi[0], x), max(hi[1], y)}
			}
		}
	}
	return hi[0]-lo[0] >= nameWide && hi[1]-lo[1] >= nameHigh
}

// path writes polygons as a path of SVG, relative and without points that fall together.
func path(polygons [][][][2]float64, at func([2]float64) (x, y int)) string {
	var b strings.Builder
	for _, polygon := range polygons {
		for _, ring := range polygon {
			lastX, lastY := 0, 0
			for i, p := range ring {
				x, y := at(p)
				switch {
				case i == 0:
					b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y))
				case x != lastX || y != lastY:
					b.WriteString("l" + strconv.Itoa(x-lastX) + " " + strconv.Itoa(y-lastY))
				}
				lastX, lastY = x, y
			}
			b.WriteString("z")
		}
	}
	return b.String()
}

// shades gives each of the figures one of the levels, by where it stands among those that are not
// zero: 0 for zero.
func shades(figures map[string]int64) map[string]int {
	var sorted []int64
	for _, n := range figures {
		if n > 0 {
			sorted = append(sorted, n)
		}
	}
	slices.Sort(sorted)
	out := make(map[string]int, len(figures))
	for key, n := range figures {
		if n <= 0 {
			continue
		}
		rank, _ := slices.BinarySearch(sorted, n)
		out[key] = 1 + rank*levels/len(sorted)
	}
	return out
}
