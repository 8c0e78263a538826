package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/jobs"
	"github.com/gongyi/gongyi/sandbox"
)

const phone = "13800000001"

// phones stands in for people: account acc_1 has a phone, others do not exist.
type phones struct{}

func (phones) PhoneTx(_ context.Context, _ db.Reader, accountID string) (people.Phone, error) {
	if accountID == "acc_1" {
		return phone, nil
	}
	return "", fault.New(fault.NotFound, "people.account_not_found")
}

// gateway counts calls on their way to the sandbox; after changes what the caller hears.
type gateway struct {
	notify.Gateway
	mu    sync.Mutex
	calls []string
	after func(n int, a notify.Answer, err error) (notify.Answer, error)
}

func (g *gateway) Send(ctx context.Context, t notify.Text) (notify.Answer, error) {
	a, err := g.Gateway.Send(ctx, t)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, t.Key)
	if g.after != nil {
		return g.after(len(g.calls), a, err)
	}
	return a, err
}

func (g *gateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.calls)
}

type bundle struct {
	*notify.Service
	d       *db.DB
	clk     *clock.Fake
	gateway *gateway
	world   *sandbox.Server
	client  *http.Client          // into the sandbox
	faults  map[int]sandbox.Fault // by attempt, at sms.send
	decide  sandbox.Fault
	refuse  sandbox.Fault // at wechat.decide
	wechat  sandbox.Fault // at wechat.send
	runner  *jobs.Runner
}

// each runs a test on both engines with a sandbox as the outside world.
func each(t *testing.T, fn func(t *testing.T, b *bundle)) {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	box, err := crypt.NewRing(crypt.KeyFromSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, []fs.FS{notify.Migrations}, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := &bundle{d: d, clk: clk, faults: map[int]sandbox.Fault{}}
		world, err := sandbox.New(sandbox.Options{Clock: clk, Text: text,
			Faults: func(call, _ string, attempt int) sandbox.Fault {
				switch call {
				case "sms.decide":
					return b.decide
				case "wechat.decide":
					return b.refuse
				case "wechat.send":
					return b.wechat
				case "sms.send":
					return b.faults[attempt]
				}
				return sandbox.None
			}})
		if err != nil {
			t.Fatal(err)
		}
		b.world = world
		client := &http.Client{Transport: sandbox.Transport(world)}
		b.client = client
		b.gateway = &gateway{Gateway: notify.NewClient("http://sms.invalid/", client)}
		b.Service = notify.New(notify.Deps{DB: d, Text: text, Box: box, People: phones{},
			Gateway: b.gateway, WeChat: notify.NewWeChatClient("http://sms.invalid/wechat", client)})
		b.runner = jobs.NewRunner(d, "test", b.Sweeps()...)
		fn(t, b)
	})
}

func offer(key string) notify.Message {
	return notify.Message{AccountID: "acc_1", Template: "offer", Key: key,
		Args: map[string]string{"day": "2026-03-03", "title": "分拣员"}}
}

func code(key, digits string) notify.Message {
	return notify.Message{Phone: "13900000009", Template: "code_login", Key: key,
		Args: map[string]string{"code": digits, "min": "5"}}
}

func (b *bundle) put(m notify.Message) error {
	_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, b.PutTx(ctx, tx, m)
	})
	return err
}

func (b *bundle) mustPut(t *testing.T, ms ...notify.Message) {
	t.Helper()
	for _, m := range ms {
		if err := b.put(m); err != nil {
			t.Fatal(err)
		}
	}
}

// sweep moves the clock and lets the sweep work.
func (b *bundle) sweep(t *testing.T, after time.Duration) {
	t.Helper()
	b.clk.Add(after)
	if err := b.runner.RunDue(context.Background(), b.clk.Now()); err != nil {
		t.Fatal(err)
	}
}

// states gives "delivered 1, wanted 2" over all messages.
func (b *bundle) states(t *testing.T) string {
	t.Helper()
	rows, err := db.List[struct {
		State string
		N     int64
	}](context.Background(), b.d, `SELECT state, COUNT(*) AS n FROM messages
		GROUP BY state ORDER BY state`)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf("%s %d", r.State, r.N))
	}
	return strings.Join(all, ", ")
}

func (b *bundle) reason(t *testing.T) string {
	t.Helper()
	r, err := db.Get[string](context.Background(), b.d, `SELECT reason FROM messages ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// want checks the messages' states, how many text messages arrived at the phone, and the laws.
func (b *bundle) want(t *testing.T, when, states string, arrived int) {
	t.Helper()
	if got := b.states(t); got != states {
		t.Errorf("%s: %s, want %s", when, got, states)
	}
	if got := len(b.world.SMS(phone)) + len(b.world.SMS("13900000009")); got != arrived {
		t.Errorf("%s: %d text messages arrived, want %d", when, got, arrived)
	}
	if err := b.Check(context.Background(), b.d, b.clk.Now()); err != nil {
		t.Errorf("%s: %v", when, err)
	}
}

// Goal: a message leaves after its deed's commit, to the account's phone or the given one, once.
func TestSend(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.mustPut(t, offer("offer/1"), code("cod_1", "123456"))
		b.want(t, "put", "wanted 2", 0)
		b.sweep(t, 0)
		b.want(t, "swept", "delivered 2", 2)
		text := b.world.SMS(phone)[0].Text
		if want := "【工驿】有人邀请您 2026-03-03 来做“分拣员”"; !strings.HasPrefix(text, want) {
			t.Errorf("the offer reads %s", text)
		}
		if text := b.world.SMS("13900000009")[0].Text; !strings.Contains(text, "123456") {
			t.Errorf("the code reads %s", text)
		}
		b.sweep(t, time.Hour)
		if n := b.gateway.count(); n != 2 {
			t.Errorf("the gateway was called %d times", n)
		}
	})
}

// Goal: a deed that fails tells nobody.
func TestPutTxRolledBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		no := errors.New("no")
		_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			if err := b.PutTx(ctx, tx, offer("offer/1")); err != nil {
				return false, err
			}
			return false, no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		b.sweep(t, 0)
		b.want(t, "rolled back", "", 0)
	})
}

// Goal: a message that a broken build puts is refused, and its deed with it.
func TestPutTxRefuses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		m := offer("offer/1")
		delete(m.Args, "title")
		err := b.put(m)
		if err == nil || fault.As(err) != nil || !strings.Contains(err.Error(), "title") {
			t.Errorf("got %v", err)
		}
		b.want(t, "refused", "", 0)
	})
}

// Goal: twenty deeds that put one key at once make one message and one text message.
func TestPutTxRace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		start := make(chan struct{})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				<-start
				for { // what a caller does who is told that too many are at it
					err := b.put(offer("offer/1"))
					if !fault.Is(err, "db.busy") {
						if err != nil {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		close(start)
		wg.Wait()
		b.mustPut(t, offer("offer/1"))
		b.sweep(t, 0)
		b.want(t, "raced", "delivered 1", 1)
	})
}

// Goal: when the answer is lost the message goes again with the same key, and arrives once.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.faults[1], b.faults[2] = sandbox.LostAnswer, sandbox.LostAnswer
		b.mustPut(t, offer("offer/1"))
		b.sweep(t, 0)
		b.want(t, "lost", "unknown 1", 1)
		b.sweep(t, 14*time.Second)
		if n := b.gateway.count(); n != 1 {
			t.Errorf("called %d times before its turn", n)
		}
		b.sweep(t, time.Second)
		b.want(t, "lost again", "unknown 1", 1)
		b.sweep(t, 30*time.Second)
		b.want(t, "answered", "delivered 1", 1)
		if calls := b.gateway.calls; len(calls) != 3 || calls[0] != calls[1] || calls[1] != calls[2] {
			t.Errorf("calls %v", calls)
		}
	})
}

// Goal: each fault of the gateway ends with one text message.
func TestGatewayFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []sandbox.Fault{sandbox.Delay, sandbox.Error, sandbox.Duplicate,
		sandbox.LostAnswer} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, b *bundle) {
				b.faults[1] = f
				b.mustPut(t, code("cod_1", "123456"))
				b.sweep(t, 0)
				b.sweep(t, time.Minute)
				b.want(t, string(f), "delivered 1", 1)
			})
		})
	}
}

// Goal: a process that dies between the call and its record leaves a message that goes again.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		killed := errors.New("killed")
		b.gateway.after = func(n int, a notify.Answer, err error) (notify.Answer, error) {
			if n == 1 {
				return notify.Answer{}, killed // the gateway has it, we know nothing
			}
			return a, err
		}
		b.mustPut(t, offer("offer/1"))
		if err := b.runner.RunDue(context.Background(), b.clk.Now()); !errors.Is(err, killed) {
			t.Fatal(err)
		}
		b.want(t, "killed", "sent 1", 1)
		b.sweep(t, 59*time.Second)
		if n := b.gateway.count(); n != 1 {
			t.Errorf("called %d times while the first call may be under way", n)
		}
		b.sweep(t, time.Second)
		b.want(t, "again", "delivered 1", 1)
	})
}

// Goal: a code that could not be handed over in time is not sent late, and is forgotten.
func TestStaleCode(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.mustPut(t, code("cod_1", "123456"))
		b.sweep(t, 5*time.Minute)
		b.want(t, "late", "failed 1", 0)
		if got := b.reason(t); got != "stale" || b.gateway.count() != 0 {
			t.Errorf("reason %s, %d calls", got, b.gateway.count())
		}
	})
}

// Goal: attempts end: a message that is never answered stays unknown, its phone is forgotten.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for attempt := range 100 {
			b.faults[attempt] = sandbox.Error
		}
		m := notify.Message{Phone: "13900000009", Template: "phone_changed", Key: "changed/1",
			Args: map[string]string{"day": "2026-03-02", "phone": "138****8000"}} // not quiet at night
		b.mustPut(t, m)
		for range 60 {
			b.sweep(t, 30*time.Minute)
		}
		b.want(t, "given up", "unknown 1", 0)
		if got, n := b.reason(t), b.gateway.count(); got != "given_up" || n != 20 {
			t.Errorf("reason %s, %d calls", got, n)
		}
	})
}

// Goal: whom the gateway rejects and whom no phone reaches ends as failed, with the reason, and
// keeps no neighbour waiting.
func TestFailed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		b.decide = sandbox.Error
		b.mustPut(t, offer("offer/1"))
		b.sweep(t, 0)
		b.want(t, "rejected", "failed 1", 0)
		if got := b.reason(t); got != "the number is not in service" {
			t.Errorf("reason %s", got)
		}
		b.decide = sandbox.None
		lost := offer("offer/2")
		lost.AccountID = "acc_gone"
		b.mustPut(t, lost, offer("offer/3"))
		b.sweep(t, time.Second)
		b.want(t, "no phone", "delivered 1, failed 2", 1)
	})
}

// Goal: a gateway that is silent is left in peace after three calls; all messages arrive later.
func TestSilentGateway(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		silent := true
		b.gateway.after = func(_ int, a notify.Answer, err error) (notify.Answer, error) {
			if silent {
				return notify.Answer{}, fault.New(fault.Unavailable, "notify.gateway_unavailable")
			}
			return a, err
		}
		for i := range 10 {
			b.mustPut(t, offer(fmt.Sprint("offer/", i)))
		}
		b.sweep(t, 0)
		if n := b.gateway.count(); n != 3 {
			t.Errorf("%d calls", n)
		}
		b.want(t, "silent", "unknown 3, wanted 7", 3)
		silent = false
		b.sweep(t, 15*time.Second)
		b.want(t, "back", "delivered 10", 10)
	})
}

// Goal: more messages than one turn takes are sent in one run, codes before all others.
func TestManyMessages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		_, err := db.InTx(context.Background(), b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
			for i := range 450 {
				if err := b.PutTx(ctx, tx, offer(fmt.Sprint("offer/", i))); err != nil {
					return false, err
				}
			}
			return true, b.PutTx(ctx, tx, code("cod_1", "123456"))
		})
		if err != nil {
			t.Fatal(err)
		}
		b.sweep(t, 0)
		b.want(t, "swept", "delivered 451", 451)
		first, err := db.Get[string](context.Background(), b.d,
			`SELECT key FROM messages WHERE id = $1`, b.gateway.calls[0])
		if err != nil || first != "cod_1" {
			t.Errorf("the first call was %s, %v", first, err)
		}
	})
}

// Goal: two processes that sweep at once call the gateway once for each message.
func TestTwoSweepers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for i := range 50 {
			b.mustPut(t, offer(fmt.Sprint("offer/", i)))
		}
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if err := jobs.NewRunner(b.d, "x", b.Sweeps()...).RunDue(context.Background(),
					b.clk.Now()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b.want(t, "swept", "delivered 50", 50)
		if n := b.gateway.count(); n != 50 {
			t.Errorf("%d calls", n)
		}
	})
}

// Goal: nobody reads phone or words in the database, and what has ended is forgotten; Check finds
// each way of breaking that.
func TestCheck(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		ctx := context.Background()
		b.mustPut(t, code("cod_1", "123456"))
		b.want(t, "put", "wanted 1", 0)
		open := `UPDATE messages SET ended_at_ms = 0, `
		ended := `UPDATE messages SET ended_at_ms = 1, `
		clear, none := []byte("13900000009"), []byte{}
		for name, c := range map[string]struct {
			change string
			to     []byte
			want   string
		}{
			"phone in clear": {open + `phone = $1`, clear, "phone in clear"},
			"words in clear": {open + `args = $1`, clear, "words in clear"},
			"no words":       {open + `args = $1`, none, "lost its words"},
			"code kept":      {ended + `phone = $1`, none, "still knows its code"},
			"phone kept":     {ended + `args = $1`, none, "still knows its phone"},
		} {
			undo := errors.New("undo")
			_, err := db.InTx(ctx, b.d, func(ctx context.Context, tx *db.Tx) (bool, error) {
				if _, err := tx.Exec(ctx, c.change, c.to); err != nil {
					return false, err
				}
				err := b.Check(ctx, tx, b.clk.Now())
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v", name, err)
				}
				return false, undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", name, err)
			}
		}
		b.sweep(t, 0)
		b.want(t, "sent", "delivered 1", 1)
	})
}

// Goal: an account sees its own messages in its language, newest first, and no code.
func TestInbox(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		mine := code("cod_1", "123456")
		mine.AccountID, mine.Phone = "acc_1", ""
		other := offer("offer/9")
		other.AccountID = "acc_2"
		b.mustPut(t, offer("offer/1"), mine, other)
		b.clk.Add(time.Minute)
		b.mustPut(t, notify.Message{AccountID: "acc_1", Template: "wage_paid", Key: "wage_paid/1",
			Args: map[string]string{"day": "2026-03-02", "yuan": "256.00"}})
		b.sweep(t, 0)
		me := people.WithActor(context.Background(), people.Actor{AccountID: "acc_1"})
		for lang, want := range map[string][2]string{"": {"256.00 元", "邀请您"},
			"en": {"256.00 yuan", "offered"}} {
			view, err := b.Inbox(me, notify.InboxOf{Lang: lang})
			if err != nil || len(view.Messages) != 2 {
				t.Fatalf("%q: %+v, %v", lang, view, err)
			}
			for i, m := range view.Messages {
				if !strings.Contains(m.Text, want[i]) || m.State != notify.Delivered {
					t.Errorf("%q, message %d: %+v", lang, i, m)
				}
			}
			if at := view.Messages[1].At; !at.Equal(dbtest.Start) {
				t.Errorf("at %s", at)
			}
		}
		if _, err := b.Inbox(me, notify.InboxOf{AccountID: "acc_1"}); err != nil {
			t.Errorf("by name: %v", err)
		}
		_, err := b.Inbox(me, notify.InboxOf{AccountID: "acc_2"})
		if !fault.Is(err, "people.not_allowed") {
			t.Errorf("another's inbox: %v", err)
		}
		_, err = b.Inbox(context.Background(), notify.InboxOf{AccountID: "acc_1"})
		if !fault.Is(err, "people.not_logged_in") {
			t.Errorf("nobody: %v", err)
		}
	})
}

// Goal: an inbox is bounded to the newest messages.
func TestInboxBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		for i := range 105 {
			b.mustPut(t, offer(fmt.Sprint("offer/", i)))
			b.clk.Add(time.Second)
		}
		me := people.WithActor(context.Background(), people.Actor{AccountID: "acc_1"})
		view, err := b.Inbox(me, notify.InboxOf{})
		if err != nil || len(view.Messages) != 100 ||
			!view.Messages[99].At.Equal(dbtest.Start.Add(5*time.Second)) {
			t.Errorf("%d messages, the last %+v, %v", len(view.Messages), view.Messages[99], err)
		}
	})
}

// Goal: the gauges say how long the oldest waits and what share was lost.
func TestGauges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bundle) {
		gauges := func() string {
			values, err := b.Gauges(context.Background(), b.d, dbtest.Start, b.clk.Now().Add(time.Second))
			if err != nil {
				t.Fatal(err)
			}
			s := ""
			for _, v := range values {
				s += fmt.Sprintf("%s %d/%d ", v.Code, v.Num, v.Den)
			}
			return s
		}
		if got := gauges(); got != "notify.waiting 0/0 notify.lost 0/0 " {
			t.Errorf("empty: %s", got)
		}
		lost := offer("offer/1")
		lost.AccountID = "acc_gone"
		b.mustPut(t, lost, offer("offer/2"))
		b.clk.Add(time.Minute)
		if got := gauges(); got != "notify.waiting 61000/0 notify.lost 0/2 " {
			t.Errorf("waiting: %s", got)
		}
		b.sweep(t, 0)
		if got := gauges(); got != "notify.waiting 0/0 notify.lost 1/2 " {
			t.Errorf("sent: %s", got)
		}
	})
}
