package market_test

import (
	"context"

	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: a station fills forty heads of which ten go to people in hardship, though they live so far
// off that nobody else would be sent; the proof closes; what is lacking is said; an employer may
// set floors up to half; a station sends offers only of what anybody may take.
func TestProposalFloors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		shift := b.publish(b.vacancy(40)).ShiftIDs[0]
		station := people.WithActor(context.Background(),
			people.Actor{AccountID: "acc_station", Roles: []people.Role{people.RoleStation}})
		for n := range 60 {
			w := b.seeks(n+1, int64(n)*500)
			if n < 48 {
				continue
			}
			until := civil.DateOf(b.clk.Now()).AddDays(365)
			got := must(b.MarkGroup(b.clerk, market.MarkGroup{Keyed: b.key(), WorkerID: w.id,
				Kind: market.Hardship, Source: "就业困难人员认定表", Until: until}))(t)
			if len(got.Groups) != 1 {
				t.Fatalf("marked %+v", got)
			}
		}
		ask := market.Proposal{EmployerID: b.boss.id, ShiftIDs: shift}
		free := must(b.ProposePeople(station, ask))(t)
		ask.Floors = "hardship:10"
		got := must(b.ProposePeople(station, ask))(t)
		if len(got.Floors) != 1 || got.Floors[0].Placed != 10 || got.Floors[0].Lacking != 0 ||
			got.Floors[0].Cost <= 0 || got.Placed != 40 || got.Objective != got.Bound ||
			got.Objective >= free.Objective {
			t.Errorf("floor of ten: %+v of %d, free %d, bound %d", got.Floors, got.Objective,
				free.Objective, got.Bound)
		}
		ask.Floors = "hardship:15, veteran:1"
		if got = must(b.ProposePeople(station, ask))(t); got.Floors[0].Placed != 12 ||
			got.Floors[0].Lacking != 3 || got.Floors[1].Lacking != 1 || got.Placed != 40 {
			t.Errorf("more than there are: %+v, placed %d", got.Floors, got.Placed)
		}
		ask.Floors = "hardship:21"
		_, err := b.ProposePeople(b.boss, ask)
		refuses(t, "more than half", err, "market.floor_high", "floors")
		for _, bad := range []string{"hardship", "rich:3", "hardship:0", "hardship:1,hardship:2",
			"hardship:1,veteran:1,older:1,disabled:1"} {
			ask.Floors = bad
			_, err := b.ProposePeople(b.boss, ask)
			refuses(t, bad, err, "market.floors", "floors")
		}
		offer := b.vacancy(1)
		offer.Title, offer.Hire = "组长", "offer"
		chosen := b.publish(offer).ShiftIDs[0]
		pair := market.OfferPair{ShiftID: shift, WorkerID: got.Shifts[0].People[0].WorkerID}
		must(b.SendOffers(station, market.SendOffers{Keyed: b.key(), EmployerID: b.boss.id,
			Offers: []market.OfferPair{pair}}))(t)
		pair.ShiftID = chosen
		_, err = b.SendOffers(station, market.SendOffers{Keyed: b.key(), EmployerID: b.boss.id,
			Offers: []market.OfferPair{pair}})
		refuses(t, "the employer's choice", err, "market.offer_by_employer", "offers")
		_, err = b.MarkGroup(station, market.MarkGroup{Keyed: b.key(), Kind: market.Hardship})
		refuses(t, "not a clerk", err, "people.not_allowed", "")
		_, err = b.MarkGroup(b.clerk, market.MarkGroup{Keyed: b.key(), Kind: market.Hardship,
			WorkerID: pair.WorkerID, Source: " ", Until: "2026-12-31"})
		refuses(t, "no paper", err, "market.group_source", "source")
	})
}
