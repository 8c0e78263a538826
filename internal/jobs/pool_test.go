package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

// In these tests time is the test's own: it passes when everybody waits for it.

// Goal: members whose turns hang or fail hold up nobody, even when there are more of them than
// quick places; every place is found again, and Run ends when its context does.
func TestPoolHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, holdsNobodyUp)
}

func holdsNobodyUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const hanging, failing, well, turnsEach = quickMax + 3, 5, 40, 20
	var side, most, hung atomic.Int64
	var members []Member
	counted := func(turn func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			n := side.Add(1)
			defer side.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			return turn(ctx)
		}
	}
	for i := range hanging {
		members = append(members, Member{fmt.Sprint("hangs ", i), counted(
			func(ctx context.Context) error {
				hung.Add(1)
				<-ctx.Done()
				return ctx.Err()
			})})
	}
	for i := range failing {
		members = append(members, Member{fmt.Sprint("fails ", i), counted(
			func(context.Context) error {
				if i == 0 {
					panic("a member")
				}
				return errors.New("no database")
			})})
	}
	done := make(chan struct{}, well)
	for i := range well {
		turns := 0
		members = append(members, Member{fmt.Sprint("well ", i), counted(
			func(context.Context) error {
				if turns++; turns == turnsEach {
					done <- struct{}{}
				}
				return nil
			})})
	}
	p, ended, begun := NewPool(quiet), make(chan struct{}), clock.Start()
	go func() {
		defer close(ended)
		p.Run(ctx, members...)
	}()
	for range well {
		<-done
	}
	if took := begun.Elapsed(); took > 2*slowAfter+turnsEach*tick {
		t.Errorf("the members that are well had %d turns within %s", turnsEach, took)
	}
	cancel()
	<-ended
	if hung.Load() != hanging {
		t.Errorf("%d turns hung, want %d: no member has two turns at one time", hung.Load(), hanging)
	}
	if n := most.Load(); n > quickMax+hanging {
		t.Errorf("%d turns side by side, at most %d are bounded", n, quickMax+hanging)
	}
}

// Goal: when more members hang than there are places at all, the number of turns side by side
// keeps its bound.
func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, isBounded)
}

func isBounded(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	const bound = quickMax + slowMax
	var running atomic.Int64
	var members []Member
	for i := range 3 * bound {
		members = append(members, Member{fmt.Sprint(i), func(ctx context.Context) error {
			running.Add(1)
			<-ctx.Done()
			return nil
		}})
	}
	p, ended := NewPool(quiet), make(chan struct{})
	go func() {
		defer close(ended)
		p.Run(ctx, members...)
	}()
	time.Sleep(turnMax / 2) // no turn has ended yet
	cancel()
	<-ended
	if n := running.Load(); n != bound {
		t.Errorf("%d turns ran, want %d", n, bound)
	}
}

// Goal: a member that fails waits longer each time, up to the bound, and is forgiven at once when
// it is well again.
func TestPoolWaits(t *testing.T) {
	t.Parallel()
	p := NewPool(quiet)
	c := &course{Member: Member{Name: "a"}}
	after := func(err error) time.Duration {
		c.err = err
		p.quick.waiting = nil
		before := p.watch.Elapsed()
		c.began = before
		p.running, p.quick.free = []*course{c}, quickMax-1
		p.end(context.Background(), c)
		return c.due - before
	}
	last := time.Duration(0)
	for range 20 {
		wait := after(errors.New("no database"))
		if wait < last || wait > waitMax+time.Second {
			t.Errorf("waits %s after %s", wait, last)
		}
		last = wait.Truncate(tick)
	}
	if last < waitMax {
		t.Errorf("after 20 failures it waits %s, want %s", last, waitMax)
	}
	if wait := after(nil); wait > tick {
		t.Errorf("when it is well again it waits %s", wait)
	}
	if wait := after(errors.New("again")); wait > tick+time.Second {
		t.Errorf("the first failure after that waits %s", wait)
	}
}
