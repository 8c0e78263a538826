package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"sync"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	retriesMax   = 8                // then the world is too busy: db.busy
	racesMax     = 3                // lost; then a deed runs alone
	deedTimeMax  = 20 * time.Second // one deed; a statement after that is refused
	retryBaseMS  = 2
	retryShiftMS = 6
)

// Tx is one deed. It must not leave its closure and is not safe for concurrent use.
type Tx struct {
	// Now is the deed's time: all its rows bear it.
	Now time.Time

	d     *DB
	ctx   context.Context // of the deed, for statements
	q     stmtRunner
	err   error // the driver error that ended the deed
	hooks []func()
	wakes bool // its commit wakes the readers of the feed
	watch clock.Stopwatch
}

type stmtRunner interface {
	query(ctx context.Context, q string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, q string, args []any) (sql.Result, error)
}

// ID makes an id with the prefix of its kind, at the deed's time.
func (t *Tx) ID(prefix string) string { return t.d.ids.New(prefix, t.Now) }

// AfterCommit registers an in-process hint that runs after the COMMIT. It may be lost.
func (t *Tx) AfterCommit(fn func()) { t.hooks = append(t.hooks, fn) }

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, q string, args ...any) (int64, error) {
	if err := t.usable(); err != nil {
		return 0, err
	}
	res, err := t.q.exec(ctx, q, args)
	if err != nil {
		return 0, t.fail(fmt.Errorf("exec %q: %w", q, err))
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, t.fail(fmt.Errorf("count %q: %w", q, err))
	}
	return n, nil
}

func (t *Tx) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	if err := t.usable(); err != nil {
		return nil, err
	}
	rows, err := t.q.query(ctx, q, args)
	if err != nil {
		return nil, t.fail(fmt.Errorf("query %q: %w", q, err))
	}
	return rows, nil
}

// fail poisons the deed: what comes after a driver error would differ between the engines.
func (t *Tx) fail(err error) error {
	if t.err == nil {
		t.err = err
	}
	return err
}

func (t *Tx) usable() error {
	if t.err != nil {
		return fmt.Errorf("db: the deed has ended: %w", t.err)
	}
	if t.watch.Elapsed() > deedTimeMax {
		return t.fail(fault.New(fault.Unavailable, "db.too_slow"))
	}
	return nil
}

type deedKey struct{}

func inDeed(ctx context.Context) bool { return ctx.Value(deedKey{}) != nil }

// Option of InTx.
type Option func(*deedOptions)

type deedOptions struct{ lanes []string }

// Lane serialises, within this process, the deeds that name the same kind and id.
func Lane(kind, id string) Option {
	return func(o *deedOptions) { o.lanes = append(o.lanes, kind+"/"+id) }
}

// InTx runs fn as one deed and returns its answer after the COMMIT. fn may run again: no
// network, no files, no captured state. A caller whose ctx ends while the deed waits or runs
// gets db.answer_lost (unavailable) and repeats with the same key.
// It panics inside another deed, and passes on a panic of fn.
func InTx[T any](ctx context.Context, d *DB, fn func(context.Context, *Tx) (T, error),
	opts ...Option) (T, error) {
	var out, zero T
	err := d.inTx(ctx, func(ctx context.Context, tx *Tx) error {
		v, err := fn(ctx, tx)
		out = v
		return err
	}, opts)
	if err != nil {
		return zero, err
	}
	return out, nil
}

// inTx is InTx without the answer, which is all that need be generic.
func (d *DB) inTx(ctx context.Context, fn func(context.Context, *Tx) error, opts []Option) error {
	if inDeed(ctx) {
		panic("db: a deed inside a deed")
	}
	if d.ro {
		return fault.New(fault.Conflict, "db.read_only")
	}
	var o deedOptions
	for _, opt := range opts {
		opt(&o)
	}
	if d.writer == nil { // SQLite's writer is the lane; waiting outside would hinder sharing
		release, err := d.lanes.take(ctx, o.lanes)
		if err != nil {
			return lost(err)
		}
		defer release()
	}
	run := fn
	if Rehearsing(ctx) {
		run = func(ctx context.Context, tx *Tx) error {
			err := fn(ctx, tx)
			if err == nil && tx.err == nil {
				err = errRehearsed
			}
			return err
		}
	}
	var err error
	if d.writer != nil {
		err = d.writer.do(ctx, run)
	} else {
		err = d.doPostgres(ctx, run)
	}
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

func lost(err error) error {
	return fault.New(fault.Unavailable, "db.answer_lost").Because(err)
}

func (d *DB) newTx(ctx context.Context, q stmtRunner) (context.Context, *Tx) {
	ctx = context.WithValue(context.WithoutCancel(ctx), deedKey{}, true)
	return ctx, &Tx{Now: d.clock.Now(), d: d, ctx: ctx, q: q, watch: clock.Start()}
}

func (d *DB) doPostgres(ctx context.Context, run func(context.Context, *Tx) error) error {
	var err error
	for attempt := range retriesMax {
		if ctx.Err() != nil {
			return lost(ctx.Err())
		}
		if attempt > 0 {
			time.Sleep(backoff(attempt))
		}
		if err = d.attempt(ctx, attempt, run); !isSerialization(err) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "db.busy").Because(err)
}

// attempt runs a deed beside others, or, when it has lost racesMax races, with none beside it in
// this process: serializable isolation promises that somebody wins, not that everybody does.
func (d *DB) attempt(ctx context.Context, n int, run func(context.Context, *Tx) error) error {
	if n < racesMax {
		d.alone.RLock()
		defer d.alone.RUnlock()
	} else {
		d.alone.Lock()
		defer d.alone.Unlock()
	}
	return d.tryPostgres(ctx, run)
}

func backoff(attempt int) time.Duration {
	span := int64(retryBaseMS) << min(attempt, retryShiftMS)
	return time.Duration(rand.Int64N(span*int64(time.Millisecond)) + int64(time.Millisecond))
}

func (d *DB) tryPostgres(ctx context.Context, run func(context.Context, *Tx) error) error {
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), deedTimeMax)
	defer cancel()
	sqlTx, err := d.deeds.BeginTx(work, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return fmt.Errorf("begin: %w", meaning(err))
	}
	defer sqlTx.Rollback() // after a commit it does nothing
	deedCtx, tx := d.newTx(ctx, txRunner{sqlTx})
	if err := run(deedCtx, tx); err != nil || tx.err != nil {
		if tx.err != nil {
			return tx.err
		}
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, hook := range tx.hooks {
		hook()
	}
	return nil
}

type txRunner struct{ tx *sql.Tx }

func (r txRunner) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	return r.tx.QueryContext(ctx, q, args...)
}

func (r txRunner) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	return r.tx.ExecContext(ctx, q, args...)
}

// lanes are keyed mutexes that exist while somebody holds or wants them.
type lanes struct {
	mu   sync.Mutex
	held map[string]*lane
}

type lane struct {
	token chan struct{}
	users int
}

func (l *lanes) take(ctx context.Context, keys []string) (func(), error) {
	sort.Strings(keys)
	var taken []string
	release := func() {
		for i := len(taken) - 1; i >= 0; i-- {
			l.leave(taken[i], true)
		}
	}
	for i, key := range keys {
		if i > 0 && keys[i-1] == key {
			continue
		}
		select {
		case <-l.join(key).token:
			taken = append(taken, key)
		case <-ctx.Done():
			l.leave(key, false)
			release()
			return nil, ctx.Err()
		}
	}
	return release, nil
}

func (l *lanes) join(key string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.held[key]
	if n == nil {
		n = &lane{token: make(chan struct{}, 1)}
		n.token <- struct{}{}
		l.held[key] = n
	}
	n.users++
	return n
}

func (l *lanes) leave(key string, held bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.held[key]
	if held {
		n.token <- struct{}{}
	}
	if n.users--; n.users == 0 {
		delete(l.held, key)
	}
}
