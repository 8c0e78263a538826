package gauge

import (
	"context"
	"strconv"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
)

// The ways in which a city's figures are spread.
const (
	ByDistrict   = "district"   // Key: a GB/T 2260 code, six digits where the slice knows it
	ByOccupation = "occupation" // Key: a code of the classification
	ByDay        = "day"        // Key: a civil.Date
)

// DayIn is the number of a China day in SQL, from the milliseconds in a column: eight hours before
// UTC's, counted from 1970. DayKey says which day it is.
func DayIn(column string) string { return "(" + column + " + 28800000) / 86400000" }

// DayKey is the key of a day of which DayIn gave the number, as text.
func DayKey(number string) (string, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	return string(civil.DateOf(time.Unix(n*86_400, 0))), err
}

// Cell is a part of an indicator: of one district, occupation or day. Code, Part, Num, Den and Unit
// are as in Value.
type Cell struct {
	Code, Part, By, Key string
	Num, Den            int64
	Unit                string
	// People is how many persons stand behind Num, zero for a figure about no person (vacancies).
	// Rest is the same behind Den−Num. Whoever shows a cell must not show one of too few.
	People, Rest int64
}

// Spread reads a slice's cells for the window [from, to): those that are not zero, in any order.
type Spread func(ctx context.Context, r db.Reader, from, to time.Time) ([]Cell, error)
