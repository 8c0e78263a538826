package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

const (
	batchMax = 64  // deeds that share a commit; more would make the first wait too long
	queueMax = 256 // callers beyond it wait to be queued
)

var errClosed = errors.New("db: closed")

// writer is SQLite's single writer: a goroutine that owns the writing connection.
type writer struct {
	d     *DB
	pool  *sql.DB
	conn  *sql.Conn
	jobs  chan *job
	ended chan struct{}
	stmts map[string]*sql.Stmt

	mu     sync.RWMutex // guards closed against a send on jobs
	closed bool
}

type job struct {
	ctx  context.Context
	run  func(context.Context, *Tx) error
	done chan answer // buffered: the writer never waits for a caller
}

type answer struct {
	err      error
	hooks    []func()
	panicked *panicked
}

type panicked struct {
	value any
	stack []byte
}

func startWriter(ctx context.Context, pool *sql.DB, d *DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open writer: %w", err)
	}
	w := &writer{d: d, pool: pool, conn: conn, jobs: make(chan *job, queueMax),
		ended: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w, nil
}

func (w *writer) close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
	for _, s := range w.stmts {
		s.Close()
	}
	w.conn.Close()
	return w.pool.Close()
}

// do hands a deed to the writer and waits for its answer.
func (w *writer) do(ctx context.Context, run func(context.Context, *Tx) error) error {
	j := &job{ctx: ctx, run: run, done: make(chan answer, 1)}
	if err := w.send(j); err != nil {
		return err
	}
	select {
	case a := <-j.done:
		return a.give()
	case <-ctx.Done():
		go func() { // the deed may still be done: its hints must not get lost with the caller
			if a := <-j.done; a.panicked == nil {
				a.give()
			}
		}()
		return lost(ctx.Err())
	}
}

func (w *writer) send(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return lost(errClosed)
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return lost(j.ctx.Err())
	}
}

func (a answer) give() error {
	if a.panicked != nil {
		panic(fmt.Sprintf("%v\n\nin the deed:\n%s", a.panicked.value, a.panicked.stack))
	}
	if a.err != nil {
		return a.err
	}
	for _, hook := range a.hooks {
		hook()
	}
	return nil
}

func (w *writer) loop() {
	defer close(w.ended)
	for first := range w.jobs {
		w.batch(first)
	}
}

// batch runs the first deed and those that wait behind it in one transaction. The deed that
// opens the transaction needs no savepoint: rolling it back rolls nobody else back.
func (w *writer) batch(first *job) {
	var jobs []*job
	var answers []answer
	open := false
	for j := first; j != nil; j = w.next(len(jobs)) {
		if j.ctx.Err() != nil {
			j.done <- answer{err: lost(j.ctx.Err())}
			continue
		}
		jobs = append(jobs, j)
		a, stillOpen, err := w.runOne(j, open)
		answers = append(answers, a)
		if err != nil {
			w.again(jobs, err)
			return
		}
		open = stillOpen
	}
	if open {
		if err := w.plain("COMMIT"); err != nil {
			w.again(jobs, err)
			return
		}
	}
	for i, j := range jobs {
		j.done <- answers[i]
	}
}

func (w *writer) next(taken int) *job {
	if taken >= batchMax {
		return nil
	}
	select {
	case j := <-w.jobs:
		return j // nil when closed
	default:
		return nil
	}
}

// runOne runs a deed inside the open transaction, or opens one for it. The error says that the
// outer transaction died (disk full, I/O error): nothing in it is true any more.
func (w *writer) runOne(j *job, open bool) (answer, bool, error) {
	begin, undo, keep := "BEGIN IMMEDIATE", []string{"ROLLBACK"}, ""
	if open {
		begin, undo, keep = "SAVEPOINT deed", []string{"ROLLBACK TO deed", "RELEASE deed"}, "RELEASE deed"
	}
	if err := w.plain(begin); err != nil {
		return answer{}, open, err
	}
	ctx, tx := w.d.newTx(j.ctx, w)
	a := call(ctx, tx, j.run)
	if a.err == nil && a.panicked == nil {
		a.hooks = tx.hooks
		if keep == "" {
			return a, true, nil
		}
		return a, true, w.plain(keep)
	}
	for _, q := range undo {
		if err := w.plain(q); err != nil {
			if a.err != nil {
				err = errors.Join(a.err, err)
			}
			return a, open, err
		}
	}
	return a, open, nil
}

func call(ctx context.Context, tx *Tx, run func(context.Context, *Tx) error) (a answer) {
	defer func() {
		if v := recover(); v != nil {
			a = answer{panicked: &panicked{v, debug.Stack()}}
		}
	}()
	a.err = run(ctx, tx)
	if tx.err != nil {
		a.err = tx.err // also when the closure swallowed it
	}
	return a
}

// again answers deeds whose shared transaction died: each runs in a transaction of its own.
func (w *writer) again(jobs []*job, cause error) {
	w.plain("ROLLBACK") // usually SQLite has done it already
	for _, j := range jobs {
		a, open, err := w.runOne(j, false)
		if err == nil && open {
			err = w.plain("COMMIT")
		}
		if err != nil {
			w.plain("ROLLBACK")
			a = answer{err: meaning(errors.Join(err, cause))}
		}
		j.done <- a
	}
}

func (w *writer) plain(q string) error {
	_, err := w.exec(context.Background(), q, nil)
	return err
}

func (w *writer) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	s, err := w.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(ctx, args...)
	return res, meaning(err)
}

func (w *writer) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	s, err := w.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (w *writer) prepared(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(w.stmts) >= stmtsMax { // only IN lists can make so many texts; start over
		for _, old := range w.stmts {
			old.Close()
		}
		clear(w.stmts)
	}
	w.stmts[q] = s
	return s, nil
}
