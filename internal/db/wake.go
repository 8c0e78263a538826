package db

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	wakeChannel = "gongyi_feed"
	// tellEvery bounds how often a process tells the others: a NOTIFY takes a lock of the server.
	tellEvery   = 10 * time.Millisecond
	tellMax     = 5 * time.Second // one NOTIFY
	listenAgain = time.Second     // after a connection to listen on was lost
)

// waker carries the hint that the feed has moved, within the process and, on PostgreSQL, to the
// other processes of the city. A hint may be lost; whoever waits for one also looks by itself.
type waker struct {
	mu      sync.Mutex
	waiting map[chan struct{}]bool
	tell    chan struct{} // PostgreSQL only
	began   sync.Once
	stop    chan struct{}
	ended   sync.WaitGroup
	closed  bool
}

// WakeReaders says that the deed has written to the feed: after the COMMIT whoever waits on Woken
// gets a hint. It is not part of the deed, so the server's lock of NOTIFY holds up no deed.
func (t *Tx) WakeReaders() {
	if !t.wakes {
		t.wakes = true
		t.AfterCommit(t.d.wake)
	}
}

func (d *DB) wake() {
	d.waker.signal()
	if d.dialect != postgres {
		return
	}
	d.waker.began.Do(d.startTelling)
	select {
	case d.waker.tell <- struct{}{}:
	default: // somebody has told already that there is something to tell
	}
}

func (w *waker) signal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.waiting {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// startTelling runs the one goroutine that notifies other processes.
func (d *DB) startTelling() {
	w := &d.waker
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.ended.Go(func() {
		for {
			select {
			case <-w.stop:
				return
			case <-w.tell:
			}
			d.notify()
			select {
			case <-w.stop:
				return
			case <-time.After(tellEvery):
			}
		}
	})
}

// notify is a hint only: an error is met by whoever looks next.
func (d *DB) notify() {
	ctx, cancel := context.WithTimeout(context.Background(), tellMax)
	defer cancel()
	_, _ = d.pool.ExecContext(ctx, `SELECT pg_notify($1, CAST(current_schema() AS TEXT))`, wakeChannel)
}

// Woken gives a channel that holds a hint when something may have been written to the feed since
// the last one was taken, by this process or another, until ctx ends.
func (d *DB) Woken(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	w := &d.waker
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[c] = true
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.waiting, c)
	})
	if d.dialect == postgres && !w.closed {
		w.ended.Go(func() { d.listen(ctx) })
	}
	return c
}

// listen passes on what other processes tell, on a connection of its own, until ctx ends or the
// database is closed.
func (d *DB) listen(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-d.waker.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	for ctx.Err() == nil {
		d.listenOnce(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// listenOnce returns when the connection fails or ctx ends.
func (d *DB) listenOnce(ctx context.Context) {
	conn, err := pgx.ConnectConfig(ctx, d.listenAt.Copy())
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var schema string
	if err := conn.QueryRow(ctx, `SELECT CAST(current_schema() AS TEXT)`).Scan(&schema); err != nil {
		return
	}
	if _, err := conn.Exec(ctx, `LISTEN `+wakeChannel); err != nil {
		return
	}
	d.waker.signal() // what happened while nobody listened
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		if n.Payload == schema {
			d.waker.signal()
		}
	}
}

// close ends what runs in the background.
func (w *waker) close() {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return
	}
	w.closed = true
	close(w.stop)
	w.mu.Unlock()
	w.ended.Wait()
}
