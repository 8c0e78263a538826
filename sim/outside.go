package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/sandbox"
)

// base is where the in-process outside world is reached; nothing listens there.
const base = "http://outside.invalid"

// Outside is bank, insurer and SMS gateway of a made-up city: the sandbox, without a socket, which
// remembers what it knows in the city's table sim_outside.
type Outside struct {
	road atomic.Pointer[http.RoundTripper]
}

// NewOutside returns an outside world that has not begun: the city must be open first.
func NewOutside() *Outside { return &Outside{} }

// Endpoints says how the city reaches it.
func (o *Outside) Endpoints() app.Outside {
	return app.Outside{
		BankURL:    base,
		InsurerURL: base,
		SMSURL:     base,
		WeChatURL:  base + "/wechat",
		NumberURL:  base,
		Client:     &http.Client{Transport: o},
	}
}

// RoundTrip refuses calls before the world has begun.
func (o *Outside) RoundTrip(r *http.Request) (*http.Response, error) {
	road := o.road.Load()
	if road == nil {
		return nil, errors.New("sim: the outside world has not begun")
	}
	return (*road).RoundTrip(r)
}

// Begin builds the outside world upon its journal in the city's database.
func (o *Outside) Begin(
	ctx context.Context, d *db.DB, opts sandbox.Options,
) (*sandbox.Server, error) {
	opts.Journal = &journal{d: d}
	box, err := sandbox.New(opts)
	if err != nil {
		return nil, fmt.Errorf("begin the outside world: %w", err)
	}
	road := sandbox.Transport(box)
	o.road.Store(&road)
	return box, nil
}

// faults fails calls to the outside at the configured rate, and counts those that strike.
func (w *world) faults(call, key string, attempt int) sandbox.Fault {
	f := w.fault(call, key, attempt)
	if f != sandbox.None && sandbox.Means(call, f) {
		w.struck[call+"/"+string(f)]++
		w.struckMore = true
	}
	return f
}

// fault is what befalls a call: half of the failures lose the answer after the deed was done, the
// others refuse, repeat or delay it.
func (w *world) fault(call, key string, attempt int) sandbox.Fault {
	if call == "bank.return" {
		return w.comesBack(key)
	}
	if !w.chance(w.cfg.FaultsBP, "outside", call, key, attempt) {
		return sandbox.None
	}
	switch w.n(8, "kind", call, key, attempt) {
	case 0, 1, 2, 3:
		return sandbox.LostAnswer
	case 4, 5:
		return sandbox.Error
	case 6:
		return sandbox.Duplicate
	}
	return sandbox.Delay
}

// journal keeps what the outside world knows in sim_outside.
type journal struct {
	d    *db.DB
	next int64
}

// Append writes one fact before the outside world answers.
func (j *journal) Append(ctx context.Context, kind, key, body string) error {
	j.next++
	_, err := db.InTx(
		context.WithoutCancel(ctx),
		j.d,
		func(ctx context.Context, tx *db.Tx) (bool, error) {
			return true, insertOutside(ctx, tx, j.next, kind, key, body)
		},
	)
	return err
}

// Replay tells the facts in order.
func (j *journal) Replay(ctx context.Context, fn func(kind, key, body string) error) error {
	n, err := eachOutside(ctx, j.d, fn)
	j.next = n
	return err
}
