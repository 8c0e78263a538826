package db

import (
	"context"
	"errors"
	"fmt"
)

// Law is a sentence with one %s for what breaks the law, and a query that finds it: one row with
// its id, or none while the law holds.
type Law [2]string

// Hold proves laws in their order; the error is the sentence of the first that is broken.
func Hold(ctx context.Context, r Reader, laws []Law) error {
	for _, l := range laws {
		if err := Holds(ctx, r, l[0], l[1]); err != nil {
			return err
		}
	}
	return nil
}

// Holds proves one law, whose query may have arguments.
func Holds(ctx context.Context, r Reader, sentence, query string, args ...any) error {
	var id string
	switch err := Row(ctx, r, []any{&id}, query, args...); {
	case errors.Is(err, ErrNone):
		return nil
	case err != nil:
		return fmt.Errorf("look whether %q: %w", sentence, err)
	}
	return fmt.Errorf(sentence, id)
}
