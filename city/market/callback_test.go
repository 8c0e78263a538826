package market_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: whoever found no work waits for one call at a time; one member of staff takes it, sees the
// phone and says what came of it; everybody else sees a masked number and is told why not.
func TestCallback(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-05-05")
		stranger := b.as("13900000077")
		ask := func(ctx context.Context, words string) (market.CallbackView, error) {
			return b.AskCallback(ctx, market.AskCallback{Keyed: b.key(), Words: words, Region: county})
		}
		_, err := ask(w, " ")
		refuses(t, "no words", err, "market.callback_words", "words")
		_, err = ask(w, strings.Repeat("活", 201))
		refuses(t, "too many words", err, "market.callback_words", "words")
		c := must(ask(w, "超市理货，早上"))(t)
		_, err = ask(w, "别的")
		refuses(t, "twice", err, "market.callback_open", "")
		clk.Add(time.Second)
		must(ask(stranger, "看门"))(t)

		one := b.clerkOf("acc_one")
		other := b.clerkOf("acc_other")
		list := must(b.FindCallbacks(one, market.Callbacks{}))(t).Callbacks
		if len(list) != 2 || list[0].Name != "李四" || list[0].Phone != "" ||
			list[0].PhoneMasked != "139****0001" || list[1].Name != "" {
			t.Fatalf("the list: %+v", list)
		}
		close := func(ctx context.Context) (market.CallbackView, error) {
			return b.CloseCallback(ctx, market.CloseCallback{Keyed: b.key(), CallbackID: c.ID,
				Outcome: "advised", Note: "周一再来"})
		}
		_, err = close(one)
		refuses(t, "not taken", err, "market.callback_not_taken", "callback_id")
		take := func(ctx context.Context) (market.CallbackView, error) {
			return b.TakeCallback(ctx, market.TakeCallback{CallbackID: c.ID})
		}
		if v := must(take(one))(t); v.Phone != "13900000001" || !v.Mine {
			t.Errorf("taken: %+v", v)
		}
		must(take(one))(t) // again: the same
		_, err = take(other)
		refuses(t, "another's", err, "market.callback_taken", "callback_id")
		_, err = close(other)
		refuses(t, "closed by another", err, "market.callback_not_taken", "callback_id")
		if v := must(close(one))(t); v.State != "done" || v.Outcome != "advised" {
			t.Errorf("closed: %+v", v)
		}
		_, err = take(one)
		refuses(t, "taken when closed", err, "market.callback_closed", "callback_id")
		mine := must(b.FindMyCallbacks(w, market.MyCallbacks{}))(t).Callbacks
		if len(mine) != 1 || mine[0].State != "done" || mine[0].Note != "" {
			t.Errorf("mine: %+v", mine)
		}
		again := must(ask(w, "再来一次"))(t)
		_, err = b.WithdrawCallback(stranger, market.WithdrawCallback{Keyed: b.key(),
			CallbackID: again.ID})
		refuses(t, "another's wish", err, "market.callback_not_found", "callback_id")
		must(b.WithdrawCallback(w, market.WithdrawCallback{Keyed: b.key(), CallbackID: again.ID}))(t)
		b.lawful()
	})
}

// clerkOf is a member of staff of that account.
func (b *bundle) clerkOf(accountID string) context.Context {
	return people.WithActor(context.Background(), people.Actor{AccountID: accountID,
		Roles: []people.Role{people.RoleStation}})
}

// numbers is a provider of masked numbers that can fail.
type numbers struct {
	fail error
	got  []market.Binding
}

func (n *numbers) Bind(_ context.Context, b market.Binding) (string, error) {
	n.got = append(n.got, b)
	return "95010000001", n.fail
}

// Goal: the sides of a placement call each other by a masked number; without a provider, or when it
// fails, the worker gets the employer's phone, the employer the worker's only with consent, and the
// record says why. Nobody else gets a number, nor before the yes or long after the work.
func TestCallThrough(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w, stranger := b.worker(1, "1990-05-05"), b.worker(2, "1990-05-05")
		in := b.vacancy(2)
		in.Hire = "offer"
		shift := b.publish(in).ShiftIDs[0]
		p := must(b.OfferShift(b.boss, market.Offer{Keyed: b.key(), ShiftID: shift,
			EmployerID: b.boss.id, WorkerID: w.id}))(t)
		call := func(h hand) (market.CallView, error) {
			return b.CallThrough(h, market.CallThrough{PlacementID: p.ID, WorkerID: h.id})
		}
		byBoss := func() (market.CallView, error) {
			return b.CallThrough(b.boss, market.CallThrough{PlacementID: p.ID, EmployerID: b.boss.id})
		}
		_, err := call(w)
		refuses(t, "only offered", err, "market.no_call", "placement_id")
		must(b.accept(w, shift))(t)

		if v := must(call(w))(t); v.Masked || v.Number != "13800000001" || v.Why != "no_provider" {
			t.Errorf("no provider: %+v", v)
		}
		_, err = byBoss()
		refuses(t, "no consent", err, "people.no_consent", "purpose")
		_, err = call(stranger)
		refuses(t, "a stranger", err, "market.placement_not_found", "placement_id")

		n := &numbers{}
		b.Numbers = n
		for range 2 {
			if v := must(call(w))(t); !v.Masked || v.Number != "95010000001" || v.Until.IsZero() {
				t.Errorf("masked: %+v", v)
			}
		}
		if v := must(byBoss())(t); !v.Masked {
			t.Errorf("the employer, masked: %+v", v)
		}
		if got := n.got[0]; got.A != "13900000001" || got.B != "13800000001" || got != n.got[1] ||
			got != n.got[2] {
			t.Errorf("bound %+v", n.got)
		}
		n.fail = fault.New(fault.Unavailable, "market.number_unavailable").Because(errors.New("off"))
		if v := must(call(w))(t); v.Masked || v.Why != "unavailable" {
			t.Errorf("the provider fails: %+v", v)
		}
		for why, want := range map[string]int64{"": 3, "no_provider": 1, "unavailable": 1} {
			if got := b.count(`SELECT COUNT(*) FROM calls WHERE why = $1`, why); got != want {
				t.Errorf("%d calls on record for %q, want %d", got, why, want)
			}
		}
		clk.Set(p.EndsAt.AddDate(0, 0, 8))
		_, err = call(w)
		refuses(t, "long after", err, "market.no_call", "placement_id")
	})
}
