package market_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: a proposal fills as many heads as can be, where each worker's first choice would not; it is
// proven and the same twice; its offers are sent once, and who was asked is proposed no more.
func TestProposal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		sews := b.vacancy(1)
		sews.Title, sews.Required = "缝纫", []string{"skill.sewing"}
		one := b.publish(sews).ShiftIDs[0]
		two := b.publish(b.vacancy(2)).ShiftIDs[0]
		sewer := b.seeks(1, 1_000, "skill.sewing") // near both, and the only one who can sew
		other, third := b.seeks(2, 5_000), b.seeks(3, 9_000)
		b.seeks(4, 50_000) // too many are willing
		ask := market.Proposal{EmployerID: b.boss.id, ShiftIDs: one + "," + two}
		got := must(b.ProposePeople(b.boss, ask))(t)
		who := func(p market.Proposed) map[string][]string {
			all := map[string][]string{}
			for _, s := range p.Shifts {
				for _, c := range s.People {
					all[s.ShiftID] = append(all[s.ShiftID], c.WorkerID)
				}
			}
			return all
		}
		want := map[string][]string{one: {sewer.id}, two: {other.id, third.id}}
		if diff := cmp.Diff(want, who(got)); diff != "" || got.Placed != 3 || got.Heads != 3 ||
			got.Gap != 0 || got.Objective != got.Bound {
			t.Fatalf("proposed %+v: %s", got, diff)
		}
		if diff := cmp.Diff(got, must(b.ProposePeople(b.boss, ask))(t)); diff != "" {
			t.Errorf("asked again: %s", diff)
		}
		send := market.SendOffers{Keyed: b.key(), EmployerID: b.boss.id}
		for _, s := range got.Shifts {
			for _, c := range s.People {
				send.Offers = append(send.Offers, market.OfferPair{ShiftID: s.ShiftID, WorkerID: c.WorkerID})
			}
		}
		if sent := must(b.SendOffers(b.boss, send))(t); len(sent.Offers) != 3 || len(sent.Refused) != 0 {
			t.Errorf("sent %+v", sent)
		}
		must(b.SendOffers(b.boss, send))(t)
		if n := b.count(`SELECT COUNT(*) FROM placements WHERE state = 'offered'`); n != 3 {
			t.Errorf("%d offers wait", n)
		}
		send.Keyed = b.key()
		if sent := must(b.SendOffers(b.boss, send))(t); len(sent.Offers) != 0 || len(sent.Refused) != 3 {
			t.Errorf("sent again %+v", sent)
		}
		if got = must(b.ProposePeople(b.boss, ask))(t); got.Placed != 0 || got.Heads != 0 {
			t.Errorf("with every head asked for: %+v", got)
		}
		_, err := b.ProposePeople(b.boss, market.Proposal{EmployerID: b.boss.id})
		refuses(t, "no shift", err, "market.proposal_size", "shift_ids")
		stranger := b.employer(2)
		_, err = b.ProposePeople(stranger, market.Proposal{EmployerID: stranger.id, ShiftIDs: one})
		refuses(t, "another's shift", err, "market.shift_not_found", "shift_id")
		_, err = b.SendOffers(stranger, market.SendOffers{Keyed: b.key(), EmployerID: stranger.id,
			Offers: send.Offers})
		refuses(t, "offers of another's shift", err, "market.shift_not_found", "shift_id")
	})
}

// Goal: forty heads are filled with forty people, nobody twice.
func TestProposalOfForty(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		shift := b.publish(b.vacancy(40)).ShiftIDs[0]
		for n := range 45 {
			b.seeks(n+1, int64(n)*1_000)
		}
		got := must(b.ProposePeople(b.boss, market.Proposal{EmployerID: b.boss.id, ShiftIDs: shift}))(t)
		var ids []string
		for _, c := range got.Shifts[0].People {
			ids = append(ids, c.WorkerID)
		}
		slices.Sort(ids)
		if got.Placed != 40 || len(slices.Compact(ids)) != 40 || got.Shifts[0].Price <= 0 {
			t.Errorf("placed %d of %s, price %v", got.Placed, fmt.Sprint(len(ids)), got.Shifts[0].Price)
		}
	})
}
