package feed_test

import (
	"context"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/feed"
)

// Goal: who glances sees what is committed at once, also while a deed begun earlier holds the
// horizon back, and meets it again behind the cursor.
func TestGlance(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		if tail, err := feed.Tail(ctx, d); err != nil || tail != (feed.Cursor{}) {
			t.Fatalf("the tail of nothing is %v, %v", tail, err)
		}
		if err := countUp(d, "a", func() {}); err != nil {
			t.Fatal(err)
		}
		settle(t, d, 1)
		tail, err := feed.Tail(ctx, d)
		if err != nil || tail != read(t, d, feed.Cursor{}, 1)[0].Cursor {
			t.Fatalf("the tail is %v, %v", tail, err)
		}
		glance := func(want string) {
			t.Helper()
			list, safe, err := feed.Glance(ctx, d, tail, 10)
			if err != nil || names(list) != want || safe > len(list) {
				t.Errorf("glanced %s of %d safe, %v; want %s", names(list), safe, err, want)
			}
		}
		if d.Sole() {
			if err := countUp(d, "b", func() {}); err != nil {
				t.Fatal(err)
			}
			glance("b")
			return
		}
		err = countUp(d, "b", func() { // begun earlier than c, and not committed
			if err := countUp(d, "c", func() {}); err != nil {
				t.Error(err)
			}
			glance("c")
			if len(read(t, d, tail, 10)) != 0 {
				t.Error("an event is read that another may come before")
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		glance("bc")
		settle(t, d, 3)
		if list, safe, err := feed.Glance(ctx, d, tail, 10); err != nil || safe != len(list) {
			t.Errorf("%d of %d are safe, %v", safe, len(list), err)
		}
	})
}

// Goal: a commit with an event wakes who waits, in this process and, on PostgreSQL, in another.
func TestWoken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		woken := d.Woken(ctx)
		if err := countUp(d, "a", func() {}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-woken:
		case <-ctx.Done():
			t.Error("nobody was woken")
		}
	})
}
