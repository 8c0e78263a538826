package market_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: a clean vacancy is public at once, with its shifts, offers and event; the same key again is
// the same vacancy.
func TestPublishVacancy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := b.vacancy(3)
		v := b.publish(in)
		if again := b.publish(in); again.ID != v.ID {
			t.Errorf("the same key twice: %s and %s", v.ID, again.ID)
		}
		for table, want := range map[string]int64{"vacancies": 1, "shifts": 1, "contract_offers": 1,
			"refusals": 0} {
			if n := b.count(`SELECT COUNT(*) FROM ` + table); n != want {
				t.Errorf("%d rows in %s, want %d", n, table, want)
			}
		}
		n := b.count(`SELECT COUNT(*) FROM changes WHERE topic = 'market.vacancy_published.v1'`)
		if n != 1 {
			t.Errorf("%d events", n)
		}
		b.lawful()
	})
}

// Goal: words that the gate blocks are refused with rule and span, and the refusal is kept; a
// doubtful word waits for a clerk, who must give a reason.
func TestPublishWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		bad := b.vacancy(1)
		bad.Content = "按单分拣，男士优先。"
		_, err := b.PublishVacancy(b.boss, bad)
		refuses(t, "a preference", err, "market.forbidden_words", "content")
		if f := fault.As(err); f.Args["span"] != "男士优先" || f.Args["rule"] != "sex.limit" {
			t.Errorf("got %v", f.Args)
		}
		if n := b.count(`SELECT COUNT(*) FROM refusals WHERE rule_id = 'sex.limit'`); n != 1 {
			t.Errorf("%d refusals kept", n)
		}
		soft := b.vacancy(1)
		soft.Content = "按单分拣，45岁以下。"
		v := must(b.PublishVacancy(b.boss, soft))(t)
		if v.State != market.Waiting || len(v.Findings) != 1 {
			t.Fatalf("got %+v", v)
		}
		_, err = b.accept(b.worker(1, "1990-01-01"), v.ShiftIDs[0])
		refuses(t, "a shift that waits", err, "market.shift_closed", "shift_id")
		b.lawful()
	})
}

// Goal: only a vetted employer publishes, and only at its own place.
func TestPublishNeedsVetting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		other := b.employer(2)
		v := b.vacancy(1)
		v.EmployerID, v.PlaceID = other.id, other.placeID
		_, err := b.PublishVacancy(other, v)
		refuses(t, "not vetted", err, "market.not_vetted", "employer_id")
		_, err = b.PublishVacancy(b.boss, v)
		refuses(t, "for another", err, "people.not_allowed", "")
		b.vet(other)
		v.Keyed, v.PlaceID = b.key(), b.boss.placeID
		_, err = b.PublishVacancy(other, v)
		refuses(t, "another's place", err, "market.not_your_place", "place_id")
		_, err = b.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: other.id,
			Decision: "suspended"})
		refuses(t, "no words", err, "market.reason_missing", "reason")
	})
}

// Goal: acceptance takes a head, holds the money and drafts the contract, or does none of it when
// the last step fails.
func TestAcceptShift(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		shiftID := b.publish(b.vacancy(2)).ShiftIDs[0]
		traces := func() int64 {
			held := int64(must(b.money.HeldTx(context.Background(), d, b.boss.id))(t))
			return min(held, 1) + b.count(`SELECT (SELECT COUNT(*) FROM placements)
				+ (SELECT COUNT(*) FROM contracts)
				+ (SELECT CAST(SUM(taken) AS BIGINT) FROM shifts)`)
		}
		b.contracts.fail = errors.New("paper is out")
		if _, err := b.accept(w, shiftID); !errors.Is(err, b.contracts.fail) || traces() != 0 {
			t.Fatalf("a failing last step: %v, %d traces", err, traces())
		}
		b.contracts.fail = nil
		in := market.Accept{Keyed: b.key(), ShiftID: shiftID, WorkerID: w.id}
		p := must(b.AcceptShift(w, in))(t)
		again := must(b.AcceptShift(w, in))(t)
		if again.ID != p.ID || p.ContractID == "" || traces() != 4 {
			t.Errorf("the same key twice: %+v and %+v, %d traces", p, again, traces())
		}
		_, err := b.accept(w, shiftID)
		refuses(t, "once more", err, "market.clash", "shift_id")
		b.lawful()
	})
}

// Goal: twenty workers want the last head: one gets it.
func TestAcceptRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		shiftID := b.publish(b.vacancy(1)).ShiftIDs[0]
		hands := make([]hand, 20)
		for i := range hands {
			hands[i] = b.worker(i, "1990-01-01")
		}
		race(t, "market.no_heads_left", "shift_id", func(i int) error {
			_, err := b.accept(hands[i], shiftID)
			return err
		})
		b.lawful()
	})
}

// Goal: nobody is in two places at one time, and back to back is fine.
func TestAcceptClash(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-01-01")
		v := b.vacancy(5)
		first := v.Shifts[0]
		at := func(from, to time.Time) market.ShiftPlan {
			return market.ShiftPlan{StartsAt: from, EndsAt: to, Heads: 5}
		}
		v.Shifts = append(v.Shifts, at(first.EndsAt.Add(-time.Minute), first.EndsAt.Add(time.Hour)),
			at(first.EndsAt, first.EndsAt.Add(time.Hour)))
		ids := b.publish(v).ShiftIDs
		must(b.accept(w, ids[0]))(t)
		_, err := b.accept(w, ids[1])
		refuses(t, "a minute too early", err, "market.clash", "shift_id")
		must(b.accept(w, ids[2]))(t)
		b.lawful()
	})
}
