package db

import (
	"context"
	"errors"
	"fmt"
)

// Law is a sentence with one %s for what breaks the law, and a query that finds it: one row with
// its id, or none while the law holds.
type Law [2]string

// Prove proves laws in their order; the error is the sentence of the first that is broken.
func Prove(ctx context.Context, r Reader, laws []Law) error {
	for _, l := range laws {
		if err := ProveOne(ctx, r, l[0], l[1]); err != nil {
			return err
		}
	}
	return nil
}

// ProveOne proves a law, whose query may have arguments.
func ProveOne(ctx context.Context, r Reader, sentence, query string, args ...any) error {
	var id string
	switch err := Row(ctx, r, []any{&id}, query, args...); {
	case errors.Is(err, ErrNone):
		return nil
	case err != nil:
		return fmt.Errorf("look whether %q: %w", sentence, err)
	}
	return fmt.Errorf(sentence, id)
}
