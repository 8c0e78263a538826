package market_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: a changed vacancy takes the old one's place; who had accepted keeps the old terms, is told,
// and may leave with the change as the reason on record; nobody new gets the old terms.
func TestChangeVacancy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		posted := b.vacancy(3)
		old := b.publish(posted)
		w := b.worker(1, "1990-01-01")
		p := must(b.accept(w, old.ShiftIDs[0]))(t)
		asked := b.worker(2, "1990-01-01")
		offer := must(b.OfferShift(b.boss, market.Offer{Keyed: b.key(), ShiftID: old.ShiftIDs[0],
			EmployerID: b.boss.id, WorkerID: asked.id}))(t)
		in := market.Change{VacancyID: old.ID, Publish: posted}
		in.Keyed, in.RateFen = b.key(), 2_200
		now := must(b.ChangeVacancy(b.boss, in))(t)
		if again := must(b.ChangeVacancy(b.boss, in))(t); again.ID != now.ID {
			t.Errorf("the same key twice: %s and %s", now.ID, again.ID)
		}
		if job := must(b.JobTx(b.clerk, d, p.ID))(t); job.RateFen != 2_500 {
			t.Errorf("who accepted works for %d", job.RateFen)
		}
		_, err := b.accept(asked, old.ShiftIDs[0])
		refuses(t, "the old terms", err, "market.shift_closed", "shift_id")
		for query, want := range map[string]int64{
			`SELECT COUNT(*) FROM vacancy_changes WHERE what = 'pay'`:                               1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'market.vacancy_changed.v1'`:                1,
			`SELECT COUNT(*) FROM messages WHERE template = 'vacancy_changed'`:                      1,
			`SELECT COUNT(*) FROM placements WHERE state = 'withdrawn' AND id = '` + offer.ID + `'`: 1,
			`SELECT COUNT(*) FROM vacancies WHERE state = 'closed'`:                                 1,
		} {
			if n := b.count(query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		must(b.CancelPlacement(w, market.Leave{Keyed: b.key(), PlacementID: p.ID, WorkerID: w.id,
			Reason: "降价"}))(t)
		if n := b.count(`SELECT COUNT(*) FROM placements WHERE state = 'cancelled_by_worker'
			AND reason = '` + market.ReasonChanged + `: 降价'`); n != 1 {
			t.Error("the leave does not say that the vacancy was changed")
		}
		must(b.accept(w, now.ShiftIDs[0]))(t)
		in.Keyed, in.RateFen = b.key(), 2_900
		_, err = b.ChangeVacancy(b.boss, in)
		refuses(t, "the old one again", err, "market.vacancy_closed", "vacancy_id")
		b.lawful()
	})
}

// Goal: what is material is found, what is not is no change, and a change that the gate refuses or
// that fails in its last step leaves all as it was.
func TestChangeRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		posted := b.vacancy(3)
		posted.Occupation = "4-03-02-05" // the gate adds the health certificate by itself
		old := b.publish(posted)
		ask := func(change func(*market.Publish)) error {
			in := market.Change{VacancyID: old.ID, Publish: posted}
			in.Keyed = b.key()
			change(&in.Publish)
			_, err := b.ChangeVacancy(b.boss, in)
			return err
		}
		refuses(t, "more heads", ask(func(v *market.Publish) {
			v.Shifts = []market.ShiftPlan{v.Shifts[0]}
			v.Shifts[0].Heads = 9
		}), "market.nothing_changed", "vacancy_id")
		refuses(t, "bad words", ask(func(v *market.Publish) { v.Content = "仅限男性" }),
			"market.forbidden_words", "content")
		refuses(t, "bad pay", ask(func(v *market.Publish) { v.RateFen = 100 }),
			"market.under_minimum_wage", "rate_fen")
		b.contracts.fail = errors.New("paper is out")
		err := ask(func(v *market.Publish) { v.RateFen = 2_600 })
		if !errors.Is(err, b.contracts.fail) {
			t.Errorf("a failing last step: %v", err)
		}
		b.contracts.fail = nil
		if n := b.count(`SELECT (SELECT COUNT(*) FROM vacancy_changes) + (SELECT COUNT(*)
			FROM vacancies) + (SELECT COUNT(*) FROM shifts WHERE state <> 'open')`); n != 1 {
			t.Errorf("%d traces of refused changes", n-1)
		}
		if n := b.count(`SELECT COUNT(*) FROM refusals`); n != 2 {
			t.Errorf("%d refusals kept", n)
		}
		other := b.employer(2)
		in := market.Change{VacancyID: old.ID, Publish: posted}
		in.Keyed, in.EmployerID, in.PlaceID = b.key(), other.id, other.placeID
		_, err = b.ChangeVacancy(other, in)
		refuses(t, "another's", err, "market.vacancy_not_found", "vacancy_id")
		b.lawful()
	})
}

// Goal: a change that a clerk must look at is not shown, and neither is what it replaces.
func TestChangeWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		posted := b.vacancy(3)
		old := b.publish(posted)
		in := market.Change{VacancyID: old.ID, Publish: posted}
		in.Keyed, in.Content = b.key(), "按单分拣，45岁以下。"
		v := must(b.ChangeVacancy(b.boss, in))(t)
		found := must(b.FindShifts(context.Background(), market.FindShifts{}))(t)
		if v.State != market.Waiting || len(found.Shifts) != 0 {
			t.Errorf("%+v; shown %+v", v, found)
		}
		must(b.ReviewVacancy(b.clerk, market.Review{Keyed: b.key(), VacancyID: v.ID, Publish: true,
			LegalGrounds: []market.Ground{market.GroundNoBan}, Ground: "建议性"}))(t)
		found = must(b.FindShifts(context.Background(), market.FindShifts{}))(t)
		if len(found.Shifts) != 1 || found.Shifts[0].VacancyID != v.ID {
			t.Errorf("shown %+v", found)
		}
		b.lawful()
	})
}

// Goal: twenty changes of one vacancy at once: one takes its place.
func TestChangeRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		posted := b.vacancy(3)
		old := b.publish(posted)
		race(t, "market.vacancy_closed", "vacancy_id", func(i int) error {
			in := market.Change{VacancyID: old.ID, Publish: posted}
			in.Keyed, in.RateFen = b.key(), posted.RateFen+1
			_, err := b.ChangeVacancy(b.boss, in)
			return err
		})
		if n := b.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'published'`); n != 1 {
			t.Errorf("%d public", n)
		}
		b.lawful()
	})
}

// Goal: a vacancy is public through its last day, closed by the sweep the day after, and public
// again when it is refreshed; who had accepted works on.
func TestExpireAndRefresh(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.vacancy(3)
		v.ValidUntil = "2026-03-03"
		v.Shifts[0].StartsAt = civil.Date("2026-03-05").At(10 * 60)
		v.Shifts[0].EndsAt = v.Shifts[0].StartsAt.Add(4 * time.Hour)
		public := b.publish(v)
		w := b.worker(1, "1990-01-01")
		p := must(b.accept(w, public.ShiftIDs[0]))(t)
		clk.Set(civil.Date("2026-03-03").At(23 * 60))
		if n := b.sweep("market.vacancy_expiry"); n != 0 {
			t.Errorf("closed %d on the last day", n)
		}
		clk.Set(civil.Date("2026-03-04").At(0))
		if n := b.sweep("market.vacancy_expiry"); n != 1 {
			t.Errorf("closed %d the day after", n)
		}
		_, err := b.accept(b.worker(2, "1990-01-01"), public.ShiftIDs[0])
		refuses(t, "after its last day", err, "market.shift_closed", "shift_id")
		if job := must(b.JobTx(b.clerk, d, p.ID))(t); job.State != market.Accepted {
			t.Errorf("who accepted is %s", job.State)
		}
		b.lawful()
		refresh := func(day civil.Date) (market.VacancyView, error) {
			return b.RefreshVacancy(b.boss, market.Refresh{Keyed: b.key(), EmployerID: b.boss.id,
				VacancyID: public.ID, ValidUntil: day})
		}
		_, err = refresh("2026-03-03")
		refuses(t, "into the past", err, "market.valid_past", "valid_until")
		_, err = refresh("2026-06-03")
		refuses(t, "too far", err, "market.valid_far", "valid_until")
		got := must(refresh("2026-06-02"))(t)
		if got.State != market.Published || len(got.ShiftIDs) != 1 {
			t.Errorf("refreshed as %+v", got)
		}
		must(b.accept(b.worker(3, "1990-01-01"), public.ShiftIDs[0]))(t)
		must(b.CancelShift(b.boss, market.CancelShift{Keyed: b.key(), ShiftID: public.ShiftIDs[0],
			EmployerID: b.boss.id, Reason: "停工"}))(t)
		b.lawful()
	})
}

// Goal: a vacancy that is refreshed while the sweep runs is public after both, whoever came first.
func TestExpireRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		var ids []string
		for n := range 20 {
			v := b.vacancy(1)
			v.Title += fmt.Sprint(n)
			v.ValidUntil = "2026-03-03"
			v.Shifts[0].StartsAt = civil.Date("2026-03-05").At(10 * 60)
			v.Shifts[0].EndsAt = v.Shifts[0].StartsAt.Add(4 * time.Hour)
			ids = append(ids, b.publish(v).ID)
		}
		clk.Set(civil.Date("2026-03-04").At(0))
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				_, err := b.RefreshVacancy(b.boss, market.Refresh{Keyed: b.key(), EmployerID: b.boss.id,
					VacancyID: id, ValidUntil: "2026-03-05"})
				if err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { b.sweep("market.vacancy_expiry") })
		}
		wg.Wait()
		if n := b.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'published'`); n != 20 {
			t.Errorf("%d of 20 refreshed vacancies are public", n)
		}
		b.lawful()
	})
}

// Goal: credit is asked wherever a vacancy becomes public: at the employer's signature, at a
// clerk's decision, and when an expired one is refreshed.
func TestCreditEverywhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.vacancy(1)
		v.Shifts[0].StartsAt = civil.Date("2026-03-05").At(10 * 60)
		v.Shifts[0].EndsAt = v.Shifts[0].StartsAt.Add(4 * time.Hour)
		v.ValidUntil = "2026-03-03"
		expires := b.publish(v)
		v.Keyed, v.Title, v.ValidUntil = b.key(), "打包员", "2026-03-05"
		written := must(b.PublishVacancy(b.clerk, v))(t)
		v.Keyed, v.Title, v.Content = b.key(), "装箱员", "按单装箱，45岁以下。"
		doubtful := must(b.PublishVacancy(b.boss, v))(t)
		clk.Set(civil.Date("2026-03-04").At(9 * 60))
		b.sweep("market.vacancy_expiry")
		sign := func() (market.VacancyView, error) {
			return b.SignVacancy(b.boss, market.SignVacancy{Keyed: b.key(), EmployerID: b.boss.id,
				VacancyID: written.ID})
		}
		refresh := func() (market.VacancyView, error) {
			return b.RefreshVacancy(b.boss, market.Refresh{Keyed: b.key(), EmployerID: b.boss.id,
				VacancyID: expires.ID, ValidUntil: "2026-03-05"})
		}
		review := func(id string) (market.VacancyView, error) {
			return b.ReviewVacancy(b.clerk, market.Review{Keyed: b.key(), VacancyID: id, Publish: true,
				LegalGrounds: []market.Ground{market.GroundNoBan}, Ground: "无全国性禁止"})
		}
		listed := fault.New(fault.Forbidden, "credit.listed")
		b.Credit = func(context.Context, *db.Tx, string) (market.Standing, error) {
			return market.Standing{}, listed
		}
		for what, do := range map[string]func() (market.VacancyView, error){"sign": sign,
			"refresh": refresh,
			"review":  func() (market.VacancyView, error) { return review(doubtful.ID) }} {
			_, err := do()
			refuses(t, what, err, "credit.listed", "")
		}
		b.Credit = func(context.Context, *db.Tx, string) (market.Standing, error) {
			return market.Standing{Wait: true}, nil
		}
		for what, do := range map[string]func() (market.VacancyView, error){"sign": sign,
			"refresh": refresh} {
			got := must(do())(t)
			if got.State != market.Waiting || got.Reason != "credit" {
				t.Errorf("%s: %+v", what, got)
			}
			got = must(review(got.ID))(t)
			if got.State != market.Published || len(got.ShiftIDs) != 1 {
				t.Errorf("%s, then a clerk: %+v", what, got)
			}
		}
		must(review(doubtful.ID))(t)
		b.lawful()
	})
}

// sweep runs one sweep by its name and says how many rows it did.
func (b *bundle) sweep(name string) int {
	b.t.Helper()
	for _, s := range b.Sweeps() {
		if s.Name == name {
			return must(s.Run(context.Background(), b.clk.Now()))(b.t)
		}
	}
	b.t.Fatalf("there is no sweep %s", name)
	return 0
}
