package market

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

// States of a callback: waiting ──▶ taken ──▶ done; waiting, taken ──▶ withdrawn by who asked.
const (
	callWaiting   = "waiting"
	callTaken     = "taken"
	callDone      = "done"
	callWithdrawn = "withdrawn"
)

const callbackRunesMax = 200

// Callback is somebody who found no work and wants to be called: 求职意向登记.
type Callback struct {
	ID, AccountID, WorkerID, Region, Words string
	State, Outcome, Note, TakenBy          string
	AskedAt, TakenAt, DoneAt               time.Time
}

// callbackWords refuses words that are too long or none.
// Faults: market.callback_words (invalid, field words).
func callbackWords(words string) error {
	n := utf8.RuneCountInString(strings.TrimSpace(words))
	if n == 0 || n > callbackRunesMax {
		return fault.New(fault.Invalid, "market.callback_words", "max", callbackRunesMax).
			OnField("words")
	}
	return nil
}

// take gives the callback to whoever calls; taking it again oneself changes nothing.
// Faults: market.callback_taken, market.callback_closed (conflict).
func (c Callback) take(by string, now time.Time) (Callback, error) {
	switch {
	case c.State == callTaken && c.TakenBy == by:
	case c.State == callTaken:
		return c, fault.New(fault.Conflict, "market.callback_taken").OnField("callback_id")
	case c.State != callWaiting:
		return c, callbackClosed()
	default:
		c.State, c.TakenBy, c.TakenAt = callTaken, by, now
	}
	return c, nil
}

// end closes a callback with what came of the call. Whoever took it says so.
// Faults: market.callback_not_taken, market.callback_closed (conflict).
func (c Callback) end(by, outcome, note string, now time.Time) (Callback, error) {
	switch {
	case c.State == callWaiting || c.State == callTaken && c.TakenBy != by:
		return c, fault.New(fault.Conflict, "market.callback_not_taken").OnField("callback_id")
	case c.State != callTaken:
		return c, callbackClosed()
	}
	c.State, c.Outcome, c.Note, c.DoneAt = callDone, outcome, note, now
	return c, nil
}

// withdraw takes the wish back.
// Faults: market.callback_closed (conflict).
func (c Callback) withdraw(now time.Time) (Callback, error) {
	if c.State != callWaiting && c.State != callTaken {
		return c, callbackClosed()
	}
	c.State, c.DoneAt = callWithdrawn, now
	return c, nil
}

func callbackClosed() error {
	return fault.New(fault.Conflict, "market.callback_closed").OnField("callback_id")
}

func noCallback() error {
	return fault.New(fault.NotFound, "market.callback_not_found").OnField("callback_id")
}
