package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

var schema = []fs.FS{feed.Migrations, fstest.MapFS{"migrations/20990101000000_t.sql": {
	Data: []byte(`-- +goose Up
CREATE TABLE counters (id TEXT PRIMARY KEY, n BIGINT NOT NULL);
`)}}}

// counted is the n-th event of its subject.
type counted struct {
	Who string `json:"who"`
	N   int64  `json:"n"`
}

func (c counted) Topic() string   { return "test.counted.v1" }
func (c counted) Subject() string { return c.Who }

// countUp writes the subject's next event; hold is called before the commit.
func countUp(d *db.DB, who string, hold func()) error {
	_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		var n int64
		err := db.Row(ctx, tx, []any{&n}, `INSERT INTO counters(id, n) VALUES ($1, 1)
			ON CONFLICT (id) DO UPDATE SET n = counters.n + 1 RETURNING n`, who)
		if err == nil {
			err = feed.PutTx(ctx, tx, counted{who, n})
		}
		hold()
		return true, err
	})
	return err
}

func read(t *testing.T, d *db.DB, after feed.Cursor, limit int) []feed.Change {
	t.Helper()
	changes, err := feed.Read(context.Background(), d, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// settle waits until all n events written so far can be read: transactions of other tests on the
// same server, begun earlier, hold the horizon back for a moment.
func settle(t *testing.T, d *db.DB, n int) {
	t.Helper()
	for range 1000 {
		if len(read(t, d, feed.Cursor{}, n)) == n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d events do not appear", n)
}

// names gives the subjects of changes, as "ab".
func names(changes []feed.Change) string {
	s := ""
	for _, c := range changes {
		s += c.Subject
	}
	return s
}

// Goal: an event is read as it was written, once, in order, after its cursor and not before.
func TestRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		for _, who := range []string{"a", "b", "a", "c"} {
			if err := countUp(d, who, func() {}); err != nil {
				t.Fatal(err)
			}
			clk.Add(time.Second)
		}
		settle(t, d, 4)
		all := read(t, d, feed.Cursor{}, 10)
		if got := names(all); got != "abac" {
			t.Fatalf("read %s", got)
		}
		third := all[2]
		var e counted
		if err := json.Unmarshal(third.Payload, &e); err != nil {
			t.Fatal(err)
		}
		if e != (counted{"a", 2}) || third.Topic != "test.counted.v1" ||
			!third.At.Equal(dbtest.Start.Add(2*time.Second)) {
			t.Errorf("third: %+v of %+v", e, third)
		}
		if got := names(read(t, d, all[1].Cursor, 10)); got != "ac" {
			t.Errorf("after the second: %s", got)
		}
		if got := names(read(t, d, all[1].Cursor, 1)); got != "a" {
			t.Errorf("one after the second: %s", got)
		}
		if got := read(t, d, all[3].Cursor, 10); got != nil {
			t.Errorf("after the last: %v", got)
		}
	})
}

// Goal: events of one deed keep their order; those of a deed that failed do not exist.
func TestPutTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		put := func(whos string, fail error) {
			_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				for _, who := range whos {
					if err := feed.PutTx(ctx, tx, counted{string(who), 1}); err != nil {
						return false, err
					}
				}
				return true, fail
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
		}
		put("cab", nil)
		put("xyz", errors.New("no"))
		put("cc", nil)
		settle(t, d, 5)
		if got := names(read(t, d, feed.Cursor{}, 10)); got != "cabcc" {
			t.Errorf("read %s", got)
		}
	})
}

// Goal: a read is bounded, whatever is asked for.
func TestReadMax(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		_, err := db.InTx(context.Background(), d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			for n := range int64(feed.ReadMax + 1) {
				if err := feed.PutTx(ctx, tx, counted{"a", n}); err != nil {
					return false, err
				}
			}
			return true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		settle(t, d, feed.ReadMax)
		page := read(t, d, feed.Cursor{}, 1_000_000)
		if len(page) != feed.ReadMax {
			t.Fatalf("read %d events", len(page))
		}
		if rest := read(t, d, page[len(page)-1].Cursor, 1_000_000); len(rest) != 1 {
			t.Errorf("then %d", len(rest))
		}
	})
}

// Goal: a deed that numbered its event early and commits late is not passed by the reader.
// SQLite has one writer, so there the late one cannot be overtaken at all.
func TestReadWaitsForSlowCommit(t *testing.T) {
	t.Parallel()
	d, err := db.Open(context.Background(), dbtest.Schema(t), db.Options{Migrations: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	written, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- countUp(d, "slow", func() {
			close(written)
			<-goOn
		})
	}()
	<-written
	if err := countUp(d, "fast", func() {}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, feed.Cursor{}, 10); got != nil {
		t.Errorf("read %s while an earlier event may still appear", names(got))
	}
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	settle(t, d, 2)
	if got := names(read(t, d, feed.Cursor{}, 10)); got != "slowfast" {
		t.Errorf("at last: %s", got)
	}
}

const (
	writers        = 8
	eventsByWriter = 50
	subjects       = 5
)

// Goal: a reader that follows eight writers with slow commits loses no event, sees none twice, and
// sees each subject's events in the order in which they happened.
func TestFollow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() { writeMany(t, d) })
		}
		ended := make(chan struct{})
		go func() {
			wg.Wait()
			close(ended)
		}()
		f := follower{d: d, last: map[string]int64{}}
		for running := true; running; {
			select {
			case <-ended:
				running = false
			default:
			}
			f.read(t)
		}
		for round := 0; f.seen < writers*eventsByWriter && round < 1000; round++ {
			time.Sleep(10 * time.Millisecond) // until older transactions of other tests have ended
			f.read(t)
		}
		if f.seen != writers*eventsByWriter {
			t.Errorf("read %d of %d events", f.seen, writers*eventsByWriter)
		}
	})
}

func writeMany(t *testing.T, d *db.DB) {
	for range eventsByWriter {
		who := fmt.Sprintf("s%d", rand.IntN(subjects))
		for {
			err := countUp(d, who, func() {
				time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond) // the slow commit itself
			})
			if err == nil {
				break
			}
			if !fault.Is(err, "db.busy") {
				t.Error(err)
				return
			}
		}
	}
}

// follower reads on from its cursor and remembers each subject's last event.
type follower struct {
	d     *db.DB
	after feed.Cursor
	last  map[string]int64
	seen  int
}

func (f *follower) read(t *testing.T) {
	t.Helper()
	for _, c := range read(t, f.d, f.after, 7) {
		var e counted
		if err := json.Unmarshal(c.Payload, &e); err != nil {
			t.Fatal(err)
		}
		if want := f.last[e.Who] + 1; e.N != want {
			t.Fatalf("%s: read event %d, want %d", e.Who, e.N, want)
		}
		f.last[e.Who], f.after = e.N, c.Cursor
		f.seen++
	}
}
