package market_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: whatever happens, a vacancy is in a worker's list exactly when every condition that the
// explanation names holds, one by one and without the engine, and at the place that it says.
func TestExplainedAsFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		l := newLife(t, d, clk, 17)
		shown, hidden := 0, 0
		for range 12 {
			for range 5 {
				l.step()
			}
			for _, w := range l.hands {
				found := must(l.FindWork(w, market.FindWork{Limit: 100}))(t)
				for _, v := range l.vacancies {
					why := must(l.ExplainWork(w, market.WhyShown{WorkerID: w.id, VacancyID: v.ID}))(t)
					at := slices.IndexFunc(found.Items, func(i market.WorkItem) bool {
						return i.VacancyID == v.ID
					})
					if why.Shown != (at >= 0) || why.Rank != at+1 {
						t.Fatalf("number %d in the list, and explained as %+v", at+1, why)
					}
					if why.Shown {
						shown++
					} else {
						hidden++
					}
				}
			}
		}
		if shown == 0 || hidden == 0 {
			t.Errorf("%d shown and %d not: this proves nothing", shown, hidden)
		}
	})
}

// Goal: the explanation is in plain words, in both languages, with the numbers.
func TestExplainWork(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.offer("焊工", b.placeAt("远", 90_000), 3_000, "skill.sewing")
		w := b.worker(1, "1990-05-05")
		must(b.SetAvailability(w, market.SetAvailability{Keyed: b.key(), WorkerID: w.id, LonE6: lonHere,
			LatE6: latHere, ReachM: 5_000, FloorFen: 3_500, Open: true}))(t)
		ask := market.WhyShown{WorkerID: w.id, VacancyID: v.ID, Lang: "en"}
		why := must(b.ExplainWork(w, ask))(t)
		var got []string
		for _, c := range why.Checks {
			got = append(got, fmt.Sprint(c.Holds, " ", c.Words))
		}
		want := []string{"true The vacancy is open: 1 shifts with heads left are still to come.",
			"true The employer stands in no public list.",
			"false 10.0 km away (about 51 min), farther than 5.0 km.",
			"false About 30.00 yuan an hour, less than the 35.00 asked for.",
			"false Lacks one thing, and no class near by is known: Machine sewing.",
			"true 1 shifts suit in time."}
		if why.Shown || !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
		must(b.CancelShift(b.boss, market.CancelShift{Keyed: b.key(), EmployerID: b.boss.id,
			ShiftID: v.ShiftIDs[0], Reason: "停工"}))(t)
		ask.Lang = ""
		if why = must(b.ExplainWork(w, ask))(t); why.Shown || len(why.Checks) != 1 {
			t.Errorf("called off: %+v", why)
		}
		_, err := b.ExplainWork(w, market.WhyShown{WorkerID: w.id, VacancyID: "vac_no"})
		refuses(t, "no vacancy", err, "market.vacancy_not_found", "vacancy_id")
	})
}

// seeks makes worker n, who is ready to work and lets employers know.
func (b *bundle) seeks(n int, northE6 int64, crafts ...string) hand {
	b.t.Helper()
	w := b.worker(n, "1990-05-05")
	must(b.people.GiveConsent(w, people.GiveConsent{Keyed: b.key(), WorkerID: w.id,
		Purpose: people.PurposeShareEmployer,
		Version: people.PresentVersion(people.PurposeShareEmployer)}))(b.t)
	for _, c := range crafts {
		must(b.skills.AddSkill(w, skill.AddSkill{Keyed: b.key(), WorkerID: w.id, Skill: c}))(b.t)
	}
	must(b.SetAvailability(w, market.SetAvailability{Keyed: b.key(), WorkerID: w.id, LonE6: lonHere,
		LatE6: latHere + northE6, ReachM: 20_000, Open: true, Crafts: crafts}))(b.t)
	return w
}

// Goal: an employer sees, for a shift of its own, who could take it and agreed to be shown: the
// nearest of equals first, under no more of a name than may be read; who was asked is not there.
func TestFindCandidates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.vacancy(2)
		v.Required = []string{"skill.sewing"}
		shift := b.publish(v).ShiftIDs[0]
		far, near := b.seeks(1, 50_000, "skill.sewing"), b.seeks(2, 5_000, "skill.sewing")
		b.seeks(3, 1_000) // cannot sew
		shy := b.seeks(4, 1_000, "skill.sewing")
		must(b.people.WithdrawConsent(shy, people.WithdrawConsent{Keyed: b.key(), WorkerID: shy.id,
			Purpose: people.PurposeShareEmployer}))(t)
		ask := market.FindCandidates{ShiftID: shift, EmployerID: b.boss.id}
		ids := func() (list []string) {
			for _, c := range must(b.FindCandidates(b.boss, ask))(t).Candidates {
				list = append(list, c.WorkerID)
			}
			return list
		}
		if got := ids(); !slices.Equal(got, []string{near.id, far.id}) {
			t.Fatalf("shown are %v", got)
		}
		c := must(b.FindCandidates(b.boss, ask))(t).Candidates[0]
		if c.DistanceM != 1_000 || c.Reliability != 500 || c.Requires[0].Held != "yes" ||
			len(c.Crafts) != 1 {
			t.Errorf("one is shown as %+v", c)
		}
		must(b.OfferShift(b.boss, market.Offer{Keyed: b.key(), ShiftID: shift, EmployerID: b.boss.id,
			WorkerID: near.id}))(t)
		if got := ids(); !slices.Equal(got, []string{far.id}) {
			t.Errorf("after one was asked: %v", got)
		}
		other := b.employer(2)
		_, err := b.FindCandidates(other, market.FindCandidates{ShiftID: shift, EmployerID: other.id})
		refuses(t, "another's shift", err, "market.shift_not_found", "shift_id")
		_, err = b.FindCandidates(b.boss, market.FindCandidates{ShiftID: shift, EmployerID: b.boss.id,
			Limit: 101})
		refuses(t, "too many", err, "market.limit", "limit")
		crafts := must(b.FindCrafts(b.boss, market.FindCrafts{EmployerID: b.boss.id}))(t)
		if len(crafts.Candidates) != 2 || crafts.Candidates[0].WorkerID != near.id {
			t.Errorf("who offers what it needs: %+v", crafts)
		}
		_, err = b.FindCrafts(b.boss, market.FindCrafts{EmployerID: b.boss.id, Skill: "skill.no"})
		refuses(t, "no skill", err, "market.skill_unknown", "skill")
	})
}

// Goal: beside a vacancy stands what is like it and near, also when it is filled; a broker gets the
// three best of different employers, and none for somebody who has switched them off.
func TestSimilarAndRecommended(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.offer("分拣甲", b.boss.placeID, 2_600)
		b.offer("分拣乙", b.placeAt("近", 9_000), 2_700)
		b.offer("分拣丙", b.boss.placeID, 2_800)
		b.offer("分拣丁", b.boss.placeID, 2_900)
		like := must(b.FindSimilarWork(context.Background(), market.SimilarWork{VacancyID: v.ID}))(t)
		if got := titles(like); !slices.Equal(got, []string{"分拣丙", "分拣丁", "分拣乙"}) {
			t.Errorf("similar are %v", got)
		}
		w := b.worker(1, "1990-05-05")
		three := must(b.FindRecommendations(b.clerk, market.Recommendations{WorkerID: w.id}))(t)
		if got := titles(three); !slices.Equal(got, []string{"分拣丁", "分拣丙", "分拣乙"}) {
			t.Errorf("recommended are %v", got)
		}
		must(b.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeRecommend}))(t)
		_, err := b.FindRecommendations(b.clerk, market.Recommendations{WorkerID: w.id})
		refuses(t, "switched off", err, "people.consent_withdrawn", "purpose")
		_, err = b.FindSimilarWork(context.Background(), market.SimilarWork{VacancyID: "vac_no"})
		refuses(t, "no vacancy", err, "market.vacancy_not_found", "vacancy_id")
	})
}
