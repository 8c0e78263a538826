package deed_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

var schema = []fs.FS{fstest.MapFS{"migrations/20990101000000_t.sql": {Data: []byte(`-- +goose Up
CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL);
`)}}}

type write struct {
	deed.Keyed
	Text string `json:"text"`
}

type written struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// note writes a text once; a text "late" fails after it was written.
func note(ctx context.Context, d *db.DB, scope string, in write) (written, error) {
	return deed.Once(ctx, d, scope, in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (written, error) {
			out := written{tx.ID("not"), tx.Now}
			_, err := tx.Exec(ctx, `INSERT INTO notes(id, text) VALUES ($1, $2)`, out.ID, in.Text)
			if err == nil && in.Text == "late" {
				err = fault.New(fault.Conflict, "note.late")
			}
			return out, err
		})
}

func count(t *testing.T, d *db.DB, table string) int64 {
	t.Helper()
	n, err := db.Get[int64](context.Background(), d, `SELECT COUNT(*) FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Goal: the same key with the same input is one deed and one answer, however late the repeat.
func TestOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		in := write{deed.Key("k1"), "hello"}
		first, err := note(ctx, d, "note/a", in)
		if err != nil {
			t.Fatal(err)
		}
		clk.Add(time.Hour)
		again, err := note(ctx, d, "note/a", in)
		if err != nil || again != first {
			t.Errorf("again: %v, %v; first: %v", again, err, first)
		}
		if n := count(t, d, "notes"); n != 1 {
			t.Errorf("%d notes", n)
		}
		other, err := note(ctx, d, "note/b", in) // another asker's key is another key
		if err != nil || other == first || count(t, d, "notes") != 2 {
			t.Errorf("another asker got %v, %v", other, err)
		}
	})
}

// Goal: a repeat gets the first answer also when the deed could not be done a second time.
func TestOnceWorldMovedOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		taken := false
		take := func() (string, error) {
			return deed.Once(ctx, d, "take", deed.Key("k"), "seat",
				func(ctx context.Context, tx *db.Tx) (string, error) {
					if taken {
						return "", fault.New(fault.Conflict, "seat.taken")
					}
					return "yours", nil
				})
		}
		first, err := take()
		if err != nil {
			t.Fatal(err)
		}
		taken = true
		if again, err := take(); err != nil || again != first {
			t.Errorf("got %q, %v", again, err)
		}
	})
}

// Goal: a key used for other input is a conflict, also when that input would have failed by itself.
func TestOnceKeyReused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		if _, err := note(ctx, d, "note/a", write{deed.Key("k"), "one"}); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"two", "late"} {
			_, err := note(ctx, d, "note/a", write{deed.Key("k"), text})
			if f := fault.As(err); f == nil || f.Code != "deed.key_reused" || f.Kind != fault.Conflict {
				t.Errorf("%s: got %v", text, err)
			}
		}
		if n := count(t, d, "notes"); n != 1 {
			t.Errorf("%d notes", n)
		}
	})
}

// Goal: without a key, or with one that is too long, nothing is done.
func TestOnceBadKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		for key, want := range map[string]string{
			"": "deed.key_missing", strings.Repeat("k", 101): "deed.key_long",
			strings.Repeat("k", 100): "",
		} {
			_, err := note(context.Background(), d, "note/a", write{deed.Key(key), "x"})
			if got := fault.CodeOf(err); got != want {
				t.Errorf("key of %d: got %q, want %q", len(key), got, want)
			}
			if f := fault.As(err); f != nil && (f.Kind != fault.Invalid || f.Field != "Idempotency-Key") {
				t.Errorf("key of %d: %v", len(key), f)
			}
		}
		if n := count(t, d, "notes"); n != 1 {
			t.Errorf("%d notes", n)
		}
	})
}

// Goal: twenty who send the same key at once make one deed, and all get its answer.
func TestOnceRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		const racers = 20
		answers := make([]written, racers)
		errs := make([]error, racers)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range racers {
			wg.Go(func() {
				<-start
				answers[i], errs[i] = note(context.Background(), d, "note/a", write{deed.Key("k"), "x"})
			})
		}
		close(start)
		wg.Wait()
		for i := range racers {
			if errs[i] != nil || answers[i] != answers[0] || answers[i].ID == "" {
				t.Errorf("racer %d: %v, %v; the first: %v", i, answers[i], errs[i], answers[0])
			}
		}
		if n, keys := count(t, d, "notes"), count(t, d, "deeds"); n != 1 || keys != 1 {
			t.Errorf("%d notes, %d keys", n, keys)
		}
	})
}

// Goal: a deed that fails leaves neither rows nor its key, so the key may be used again.
func TestOnceFailed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx := context.Background()
		if _, err := note(ctx, d, "note/a", write{deed.Key("k"), "late"}); !fault.Is(err, "note.late") {
			t.Fatalf("got %v", err)
		}
		if n, keys := count(t, d, "notes"), count(t, d, "deeds"); n != 0 || keys != 0 {
			t.Errorf("%d notes, %d keys", n, keys)
		}
		if _, err := note(ctx, d, "note/a", write{deed.Key("k"), "mended"}); err != nil {
			t.Errorf("the mended input: %v", err)
		}
	})
}

// Goal: an answer that cannot be kept undoes the deed instead of breaking its repeat.
func TestOnceAnswerNotJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		_, err := deed.Once(context.Background(), d, "bad", deed.Key("k"), "in",
			func(ctx context.Context, tx *db.Tx) (func(), error) {
				_, err := tx.Exec(ctx, `INSERT INTO notes(id, text) VALUES ('n', 'x')`)
				return func() {}, err
			})
		if err == nil || fault.As(err) != nil || count(t, d, "notes") != 0 {
			t.Errorf("err %v, %d notes", err, count(t, d, "notes"))
		}
	})
}

// Goal: old keys are forgotten in bounded portions, oldest first; young ones stay.
func TestForget(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		ctx := context.Background()
		for _, key := range []string{"a", "b", "c", "d"} {
			if _, err := note(ctx, d, "note/a", write{deed.Key(key), key}); err != nil {
				t.Fatal(err)
			}
			clk.Add(time.Hour)
		}
		now := dbtest.Start.Add(2*time.Hour + deed.KeepFor) // a and b are older; c is just as old
		for _, want := range []struct {
			n    int
			left string
		}{{1, "bcd"}, {1, "cd"}, {0, "cd"}} {
			n, err := deed.Forget(ctx, d, now, 1)
			if err != nil || n != want.n {
				t.Errorf("forgot %d, %v; want %d", n, err, want.n)
			}
			left, err := db.List[string](ctx, d, `SELECT key FROM deeds ORDER BY key`)
			if got := strings.Join(left, ""); err != nil || got != want.left {
				t.Errorf("left %s, %v; want %s", got, err, want.left)
			}
		}
		if n, err := deed.Forget(ctx, d, now.Add(time.Hour), 100); err != nil || n != 1 {
			t.Errorf("forgot %d, %v", n, err)
		}
		again, err := note(ctx, d, "note/a", write{deed.Key("a"), "a"})
		if err != nil || !again.At.Equal(clk.Now()) {
			t.Errorf("a forgotten key: %v, %v", again, err)
		}
	})
}

// Goal: who leaves before the answer learns that it is unknown, and gets it with the same key.
func TestOnceCallerLeft(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		in := write{deed.Key("k"), "x"}
		_, err := note(ctx, d, "note/a", in)
		if !fault.Is(err, "db.answer_lost") || !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		out, err := note(context.Background(), d, "note/a", in)
		if err != nil || out.ID == "" || count(t, d, "notes") != 1 {
			t.Errorf("repeated: %v, %v, %d notes", out, err, count(t, d, "notes"))
		}
	})
}
