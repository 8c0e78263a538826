// Package feed is the city's change feed: a deed writes its events in its own transaction, and
// readers follow them without loss, in order per subject.
package feed

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// Migrations holds the changes table.
//
//go:embed migrations
var Migrations embed.FS

// ReadMax bounds one read.
const ReadMax = 1000

// Event is what an events.go struct says of itself. Topic is past tense and versioned:
// "attendance.clocked_in.v1".
type Event interface {
	Topic() string
	Subject() string // the id whose events are in order
}

// Cursor is a reader's place. The zero Cursor is before the first event.
type Cursor struct{ Tx, Seq int64 }

// Change is an event as read.
type Change struct {
	Cursor  Cursor
	Topic   string
	Subject string
	Payload json.RawMessage
	At      time.Time
}

// PutTx writes an event in the deed.
func PutTx(ctx context.Context, tx *db.Tx, e Event) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write event %s: %w", e.Topic(), err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO changes(tx, topic, subject, payload, at_ms) VALUES (`+
		tx.DB().FeedNumber()+`, $1, $2, $3, $4)`,
		e.Topic(), e.Subject(), string(payload), clock.MS(tx.Now))
	tx.WakeReaders()
	return err
}

// Read returns at most limit (≤ ReadMax) events after the cursor that can no longer be preceded
// by an event not yet visible.
func Read(ctx context.Context, d *db.DB, after Cursor, limit int) ([]Change, error) {
	type row struct {
		Tx, Seq, AtMS           int64
		Topic, Subject, Payload string
	}
	var out []Change
	err := db.Each(ctx, d, `SELECT tx, seq, topic, subject, payload, at_ms FROM changes
		WHERE `+d.FeedAfter()+` AND tx < `+d.FeedHorizon()+` ORDER BY `+d.FeedOrder(false)+` LIMIT $3`,
		[]any{after.Tx, after.Seq, min(limit, ReadMax)}, func(scan func(...any) error) error {
			var r row
			if err := scan(&r.Tx, &r.Seq, &r.Topic, &r.Subject, &r.Payload, &r.AtMS); err != nil {
				return err
			}
			out = append(out, Change{Cursor{r.Tx, r.Seq}, r.Topic, r.Subject,
				json.RawMessage(r.Payload), clock.At(r.AtMS)})
			return nil
		})
	return out, err
}

// Glance returns at most limit (≤ ReadMax) events after the cursor that can be seen now, also those
// that an event not yet visible may still come before: for a reader that learns from an event only
// what to read again, and will meet it a second time. safe is how many of them, from the first on,
// Read would give; the cursor moves no further.
func Glance(
	ctx context.Context, d *db.DB, after Cursor, limit int,
) (list []Change, safe int, err error) {
	err = db.Each(ctx, d, `SELECT tx, seq, topic, subject, payload, tx < `+d.FeedHorizon()+`
		FROM changes WHERE `+d.FeedAfter()+` ORDER BY `+d.FeedOrder(false)+` LIMIT $3`,
		[]any{after.Tx, after.Seq, min(limit, ReadMax)}, func(scan func(...any) error) error {
			var c Change
			var payload string
			var settled bool
			err := scan(&c.Cursor.Tx, &c.Cursor.Seq, &c.Topic, &c.Subject, &payload, &settled)
			c.Payload = json.RawMessage(payload)
			list = append(list, c)
			if settled {
				safe = len(list)
			}
			return err
		})
	return list, safe, err
}

// Tail gives the place of the last event that Read would give: what is read from the database after
// it was asked for holds everything up to there.
func Tail(ctx context.Context, d *db.DB) (Cursor, error) {
	var c Cursor
	err := db.Row(ctx, d, []any{&c.Tx, &c.Seq}, `SELECT tx, seq FROM changes
		WHERE tx < `+d.FeedHorizon()+` ORDER BY `+d.FeedOrder(true)+` LIMIT 1`)
	if errors.Is(err, db.ErrNone) {
		return Cursor{}, nil
	}
	return c, err
}
