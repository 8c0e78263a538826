package sim

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed data/districts.csv
var districtsCSV string

// district is one of Chongqing's 38, with its centre.
type district struct {
	code, name   string
	lonE6, latE6 int64
}

var districts = readDistricts(districtsCSV)

// readDistricts reads the embedded table; a bad one is a programmer's error.
func readDistricts(csv string) []district {
	var out []district
	for line := range strings.Lines(csv) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if strings.HasPrefix(line, "#") || f[0] == "code" {
			continue
		}
		lon, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil {
			panic("sim: districts.csv: " + err.Error())
		}
		lat, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			panic("sim: districts.csv: " + err.Error())
		}
		out = append(out, district{f[0], f[1], lon, lat})
	}
	return out
}

// district gives somebody a home.
func (w *world) district(n int, kind string) district {
	return districts[w.n(len(districts), "district", kind, n)]
}
