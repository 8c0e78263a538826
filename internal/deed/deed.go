// Package deed makes a write idempotent: the same key twice is one deed.
//
// The key, a hash of the input and the answer are stored in the deed's own transaction. The same
// key with the same input gives the first answer; with another input it is a conflict.
package deed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	keyCharsMax = 100
	// KeepFor is how long a key is remembered; a phone without network retries within days.
	KeepFor = 7 * 24 * time.Hour
)

// Keyed is embedded in every write command. The key comes from the Idempotency-Key header.
type Keyed struct {
	IdempotencyKey string `json:"-"`
}

// SetIdempotencyKey is called by the web face.
func (k *Keyed) SetIdempotencyKey(key string) { k.IdempotencyKey = key }

// Key is shorthand for making a command's Keyed.
func Key(key string) Keyed { return Keyed{IdempotencyKey: key} }

var errSeen = errors.New("deed: key seen")

// Once runs fn as one transaction, once for (scope, key). scope is the operation and who asks
// ("attendance.clock_in/acc_…"), so that nobody reads another's answer. A deed that fails leaves
// no key: it may be tried again. Out must survive JSON, in which the first answer is kept.
// Faults: deed.key_missing, deed.key_long (invalid), deed.key_reused (conflict), and those of fn.
func Once[Out any](ctx context.Context, d *db.DB, scope string, key Keyed, in any,
	fn func(context.Context, *db.Tx) (Out, error), opts ...db.Option) (Out, error) {
	answer, err := once(ctx, d, scope, key, in, new(Out),
		func(ctx context.Context, tx *db.Tx) (any, error) {
			out, err := fn(ctx, tx)
			return &out, err
		}, opts)
	if err != nil {
		return *new(Out), err
	}
	return *answer.(*Out), nil
}

// once is Once but for the types, so that each deed of the city does not bring its own copy. Its
// answer is the one that fn points to, or first, filled with that of the time when it was done.
func once(ctx context.Context, d *db.DB, scope string, key Keyed, in, first any,
	fn func(context.Context, *db.Tx) (any, error), opts []db.Option) (any, error) {
	if err := checkKey(key.IdempotencyKey); err != nil {
		return nil, err
	}
	hash, err := hashOf(in)
	if err != nil {
		return nil, err
	}
	out, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (any, error) {
		out, err := fn(ctx, tx)
		if err != nil {
			return nil, err
		}
		answer, err := json.Marshal(out)
		if err != nil {
			return nil, fmt.Errorf("store answer of %s: %w", scope, err)
		}
		n, err := tx.Exec(ctx, `INSERT INTO deeds(scope, key, input_hash, answer, at_ms)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			scope, key.IdempotencyKey, hash, string(answer), clock.MS(tx.Now))
		if err == nil && n == 0 {
			err = errSeen // rolls back the repeat; the first answer is given below
		}
		return out, err
	}, opts...)
	if err == nil {
		return out, nil
	}
	// A repeat fails either here or earlier, in fn, because the world has moved on since.
	seen, readErr := firstAnswer(ctx, d, scope, key.IdempotencyKey, hash, first)
	if fault.Is(readErr, "deed.key_reused") {
		return nil, readErr // whatever fn said, it was about input that must not be looked at
	}
	if readErr != nil {
		return nil, errors.Join(err, readErr)
	}
	if seen {
		return first, nil
	}
	return nil, err
}

func firstAnswer(
	ctx context.Context, d *db.DB, scope, key, hash string, into any,
) (bool, error) {
	var storedHash, answer string
	err := db.Row(ctx, d, []any{&storedHash, &answer},
		`SELECT input_hash, answer FROM deeds WHERE scope = $1 AND key = $2`, scope, key)
	switch {
	case errors.Is(err, db.ErrNone):
		return false, nil
	case err != nil:
		return false, err
	case storedHash != hash:
		return false, fault.New(fault.Conflict, "deed.key_reused")
	}
	if err := json.Unmarshal([]byte(answer), into); err != nil {
		return false, fmt.Errorf("read answer of %s: %w", scope, err)
	}
	return true, nil
}

func checkKey(key string) error {
	switch {
	case key == "":
		return fault.New(fault.Invalid, "deed.key_missing").OnField("Idempotency-Key")
	case len(key) > keyCharsMax:
		return fault.New(fault.Invalid, "deed.key_long", "max", keyCharsMax).OnField("Idempotency-Key")
	}
	return nil
}

func hashOf(in any) (string, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("hash input: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Forget removes keys older than KeepFor, at most limit of them, and says how many.
func Forget(ctx context.Context, d *db.DB, now time.Time, limit int) (int, error) {
	return db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int, error) {
		n, err := tx.Exec(ctx, `DELETE FROM deeds WHERE (scope, key) IN
			(SELECT scope, key FROM deeds WHERE at_ms < $1 ORDER BY at_ms, scope, key LIMIT $2)`,
			clock.MS(now.Add(-KeepFor)), limit)
		return int(n), err
	})
}
