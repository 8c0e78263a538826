package db

import (
	"context"
	"errors"
)

type rehearsalKey struct{}

var errRehearsed = errors.New("db: rehearsed")

// Rehearse gives a context in which a deed answers as it would and leaves nothing: its transaction
// is rolled back at the end, and its hints are not given. It is how a preview asks the real
// operation instead of a copy of its rules. An operation whose second deed reads what its first
// wrote cannot be rehearsed.
func Rehearse(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsalKey{}, true)
}

// Rehearsing tells whether a deed under ctx is a rehearsal.
func Rehearsing(ctx context.Context) bool { return ctx.Value(rehearsalKey{}) != nil }
