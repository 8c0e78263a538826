package jobs

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

const (
	quickMax     = 8               // turns that run side by side; a healthy one takes milliseconds
	slowMax      = 64              // turns beside those that have taken longer than slowAfter
	slowAfter    = time.Second     // then a turn gives its quick place to another member
	turnMax      = 5 * time.Minute // then a turn's context ends: nothing hangs for ever
	waitMax      = time.Minute     // a member that keeps failing is looked at this often
	doublingsMax = 10              // of the wait of a member that fails
)

// Member is one city of a Pool. Its turns never run side by side.
type Member struct {
	Name string
	Turn func(context.Context) error
}

// Pool gives every member a turn each tick, with a bounded number of goroutines however many
// members there are.
//
// A turn begins in one of quickMax places. One that takes longer than slowAfter (a bank that does
// not answer, a database that is away) moves to one of slowMax other places, so the members that
// are well keep theirs, and its member's next turns begin there until one is quick again. A member
// that fails waits twice as long each time, up to waitMax. Only when all slow places are taken do
// slow turns keep quick ones.
type Pool struct {
	log     *slog.Logger
	quick   lane
	slow    lane
	running []*course
	watch   clock.Stopwatch
}

// lane is the members that wait for places of one kind, the longest due first.
type lane struct {
	free    int
	waiting queue
}

// course is how a member is doing. Times are since the pool began.
type course struct {
	Member
	due, began time.Duration
	slow       bool // its turn, or the last one, takes long
	fails      int
	err        error
}

// NewPool returns a pool that reports failed turns to log. It serves one Run.
func NewPool(log *slog.Logger) *Pool {
	return &Pool{log: log, quick: lane{free: quickMax}, slow: lane{free: slowMax}}
}

// Run gives turns until ctx ends, and returns when the last turn has ended.
func (p *Pool) Run(ctx context.Context, members ...Member) {
	p.watch = clock.Start()
	for _, m := range members {
		heap.Push(&p.quick.waiting, &course{Member: m})
	}
	ended := make(chan *course)
	t := time.NewTicker(tick)
	defer t.Stop()
	for ctx.Err() == nil {
		p.setApart()
		p.begin(ctx, &p.quick, ended)
		p.begin(ctx, &p.slow, ended)
		select {
		case <-ctx.Done():
		case c := <-ended:
			p.end(ctx, c)
		case <-t.C:
		}
	}
	for range p.running {
		<-ended
	}
}

// setApart moves turns that take long out of the quick places.
func (p *Pool) setApart() {
	now := p.watch.Elapsed()
	for _, c := range p.running {
		if !c.slow && now-c.began > slowAfter && p.slow.free > 0 {
			c.slow = true
			p.quick.free++
			p.slow.free--
		}
	}
}

// begin starts the turns that are due while there are places.
func (p *Pool) begin(ctx context.Context, l *lane, ended chan<- *course) {
	now := p.watch.Elapsed()
	for l.free > 0 && len(l.waiting) > 0 && l.waiting[0].due <= now {
		c := heap.Pop(&l.waiting).(*course)
		l.free--
		c.began = now
		p.running = append(p.running, c)
		go func() {
			c.err = c.turn(ctx)
			ended <- c
		}()
	}
}

// end frees the place and says when the member's next turn is due.
func (p *Pool) end(ctx context.Context, c *course) {
	now := p.watch.Elapsed()
	p.laneOf(c).free++
	p.running = slices.DeleteFunc(p.running, func(r *course) bool { return r == c })
	c.slow = now-c.began > slowAfter
	c.due = c.began + tick
	if c.err == nil {
		c.fails = 0
	} else if ctx.Err() == nil {
		p.log.Error("no turn", "city", c.Name, "error", c.err)
		c.due = now + min(tick<<min(c.fails, doublingsMax), waitMax)
		c.fails++
	}
	heap.Push(&p.laneOf(c).waiting, c)
}

func (p *Pool) laneOf(c *course) *lane {
	if c.slow {
		return &p.slow
	}
	return &p.quick
}

// turn runs one turn; a panic is an error.
func (c *course) turn(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, turnMax)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return c.Turn(ctx)
}

// queue is a heap by the time at which a turn is due.
type queue []*course

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, k int) bool { return q[i].due < q[k].due }
func (q queue) Swap(i, k int)      { q[i], q[k] = q[k], q[i] }
func (q *queue) Push(c any)        { *q = append(*q, c.(*course)) }

func (q *queue) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}
