package gauge

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// The ways in which a city's figures are spread.
const (
	ByDistrict   = "district"   // Key: a GB/T 2260 code, six digits where the slice knows it
	ByOccupation = "occupation" // Key: a code of the classification
	ByDay        = "day"        // Key: a civil.Date
)

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
