// Package gauge is how a slice shows a number to the cockpit without knowing the cockpit.
package gauge

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Value is an indicator at an instant. Code is that of the field's dictionary (M02, C01, W01);
// its name, definition and source are i18n texts "gauge.<code>.name", ".definition", ".source".
type Value struct {
	Code string
	// Num is the figure itself, or the numerator when Den is set (a share = Num/Den).
	Num  int64
	Den  int64
	Unit string // "count", "share", "fen", "ms", "heads"
	Part string // a sub-figure's name within the code, "" for the headline
}

// Source reads a slice's values for the window [from, to).
type Source func(ctx context.Context, r db.Reader, from, to time.Time) ([]Value, error)
