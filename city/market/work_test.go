package market_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/money"
)

// placeAt makes a workplace of the employer so many millionths of a degree north of the first.
func (b *bundle) placeAt(name string, northE6 int64) string {
	b.t.Helper()
	return must(b.stations.CreatePlace(b.boss, station.CreatePlace{Keyed: b.key(),
		EmployerID: b.boss.id, Kind: "workplace", Name: name, Address: "演示路2号", Region: county,
		LonE6: lonHere, LatE6: latHere + northE6, RadiusM: 300}))(b.t).ID
}

// offer publishes a vacancy with that title at a place, for a wage, asking for skills.
func (b *bundle) offer(
	title, placeID string, rate money.Fen, required ...string,
) market.VacancyView {
	b.t.Helper()
	b.clk.Add(time.Second) // ids sort by when they are made
	v := b.vacancy(2)
	v.Title, v.PlaceID, v.RateFen, v.Required = title, placeID, rate, required
	return b.publish(v)
}

func titles(found market.FoundWork) []string {
	list := []string{}
	for _, item := range found.Items {
		list = append(list, item.Title)
	}
	return list
}

func (b *bundle) finds(
	t *testing.T, ctx context.Context, in market.FindWork, want ...string,
) market.FoundWork {
	t.Helper()
	found := must(b.FindWork(ctx, in))(t)
	if got := titles(found); !slices.Equal(got, want) {
		t.Errorf("%+v finds %v, want %v", in, got, want)
	}
	return found
}

// Goal: who is not logged in sees what is near, the nearest first, with everything that a card and
// a map need; a change is seen by the next question.
func TestFindWorkNearby(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx := context.Background()
		here := market.FindWork{LonE6: lonHere, LatE6: latHere}
		b.finds(t, ctx, here)
		far, near := b.placeAt("远", 90_000), b.placeAt("近", 9_000)
		b.offer("远工", far, 9_900)
		v := b.offer("近工", near, 3_000, "skill.sewing")
		b.offer("本地工", b.boss.placeID, 2_600)
		found := b.finds(t, ctx, here, "本地工", "近工", "远工")
		if found.Personal || found.Order != "near" || found.Note == "" || found.Next != "" {
			t.Errorf("the page says %+v", found)
		}
		item := found.Items[1]
		if item.VacancyID != v.ID || item.ShiftID != v.ShiftIDs[0] || item.DistanceM != 1001 ||
			item.MinutesAway != 6 || item.PlaceName != "近" || item.EmployerName != "演示物流" ||
			item.EmployerGrade != "N" || item.District != "渝中区" || item.HourFen != 3_000 ||
			item.ShiftFen != 22_500 || item.HeadsLeft != 2 || len(item.Shifts) != 1 ||
			item.LatE6 != latHere+9_000 || !item.FixedHours || item.ChildFriendly {
			t.Errorf("the item is %+v", item)
		}
		if len(item.Requires) != 1 || item.Requires[0].Held != "unknown" || item.Requires[0].Name == "" ||
			item.Missing != nil || len(item.Fits) != 1 || item.Fits[0].Words != "约 6 分钟路程（1.0 公里）" {
			t.Errorf("it explains itself by %+v, %+v", item.Requires, item.Fits)
		}
		b.finds(t, ctx, market.FindWork{PlaceID: far, ReachM: 5_000}, "远工")
		b.finds(t, ctx, market.FindWork{PlaceID: far, MinutesMax: 10}, "远工")
		b.finds(t, ctx, market.FindWork{Region: "5001", Limit: 1, Order: "best"}, "远工")
		must(b.CancelShift(b.boss, market.CancelShift{Keyed: b.key(), EmployerID: b.boss.id,
			ShiftID: v.ShiftIDs[0], Reason: "停工"}))(t)
		b.finds(t, ctx, here, "本地工", "远工")
	})
}

// Goal: a worker is shown the best of what fits by pay and way, each with its reasons and the parts
// of its score; who switches recommendations off gets the nearest, whatever they can do.
func TestFindWorkPersonal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		near := b.placeAt("近", 9_000)
		b.offer("低薪", b.boss.placeID, 2_500)
		b.offer("缝纫", near, 4_000, "skill.sewing")
		b.offer("要证", b.boss.placeID, 5_000, "cert.health")
		best := b.offer("高薪", near, 3_500)
		w := b.worker(1, "1990-05-05")
		must(b.SetAvailability(w, market.SetAvailability{Keyed: b.key(), WorkerID: w.id, LonE6: lonHere,
			LatE6: latHere, ReachM: 9_000, FloorFen: 2_600, Open: true}))(t)
		found := b.finds(t, w, market.FindWork{}, "高薪")
		if !found.Personal || found.Order != "best" || found.Note == "" || found.ReachM != 9_000 {
			t.Errorf("without a skill the page says %+v", found)
		}
		must(b.skills.AddSkill(w, skill.AddSkill{Keyed: b.key(), WorkerID: w.id,
			Skill: "skill.sewing"}))(t)
		found = b.finds(t, w, market.FindWork{}, "缝纫", "高薪")
		item := found.Items[0]
		sum := 0.0
		for _, p := range item.Parts {
			sum += p.Points
		}
		if math.Abs(sum-item.Score) > 1e-9 || math.Abs(item.Score-(40-0.35*1.001)) > 0.01 {
			t.Errorf("score %v of %+v", item.Score, item.Parts)
		}
		var why []string
		for _, r := range item.Fits {
			why = append(why, r.Code)
		}
		if !slices.Equal(why, []string{"way", "pay", "skill"}) || item.Requires[0].Held != "yes" {
			t.Errorf("it fits by %+v", item.Fits)
		}
		p := must(b.accept(w, best.ShiftIDs[0]))(t)
		b.finds(t, w, market.FindWork{}) // the same hours as all the others
		must(b.CancelPlacement(w, market.Leave{Keyed: b.key(), PlacementID: p.ID, WorkerID: w.id,
			Reason: "没空"}))(t)
		must(b.SetAvailability(w, market.SetAvailability{Keyed: b.key(), WorkerID: w.id, LonE6: lonHere,
			LatE6: latHere, ReachM: 9_000, Open: true, Free: []market.FreeHours{{
				Days: []int{1, 2, 3, 4, 5, 6, 7}, FromMin: 0, ToMin: 600}}}))(t)
		b.finds(t, w, market.FindWork{}) // free in the morning only
		must(b.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeRecommend}))(t)
		found = b.finds(t, w, market.FindWork{Limit: 3}, "低薪", "要证", "缝纫")
		if found.Personal || found.Order != "near" || found.Note == "" {
			t.Errorf("switched off, the page says %+v", found)
		}
		if _, err := b.FindWork(b.worker(2, "1990-05-05"), market.FindWork{WorkerID: w.id}); err == nil {
			t.Error("somebody looks with another's profile")
		}
		b.finds(t, b.clerk, market.FindWork{WorkerID: w.id, Limit: 1}, "低薪")
	})
}

// Goal: filters narrow what is shown, and pages follow on each other without a gap or a double,
// also when what stood on an earlier page has gone.
func TestFindWorkFilters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx := context.Background()
		here := market.FindWork{LonE6: lonHere, LatE6: latHere}
		day := civil.DateOf(clk.Now()).AddDays(3)
		school := b.vacancy(1)
		school.Title = "妈妈岗"
		school.Shifts[0].StartsAt, school.Shifts[0].EndsAt = day.At(9*60), day.At(15*60)
		b.publish(school)
		clk.Add(time.Second)
		odd := b.vacancy(1)
		odd.Title, odd.Occupation = "不定时", "4-07-05-01"
		odd.Shifts = append(odd.Shifts, market.ShiftPlan{StartsAt: day.At(6 * 60),
			EndsAt: day.At(10 * 60), Heads: 1})
		b.publish(odd)
		with := func(change func(*market.FindWork)) market.FindWork {
			in := here
			change(&in)
			return in
		}
		b.finds(t, ctx, with(func(in *market.FindWork) { in.ChildFriendly = true }), "妈妈岗")
		b.finds(t, ctx, with(func(in *market.FindWork) { in.FixedHours = true }), "妈妈岗")
		b.finds(t, ctx, with(func(in *market.FindWork) { in.Occupation = "4-07" }), "不定时")
		b.finds(t, ctx, with(func(in *market.FindWork) { in.Region = "500112" }))
		b.finds(t, ctx, with(func(in *market.FindWork) { in.Region = "500000" }), "妈妈岗", "不定时")
		b.finds(t, ctx, market.FindWork{Region: "50"}, "妈妈岗", "不定时") // from their middle
		b.finds(t, ctx, with(func(in *market.FindWork) { in.Grade = "B" }))
		b.finds(t, ctx, with(func(in *market.FindWork) { in.From = day.At(10 * 60) }))
		found := b.finds(t, ctx, with(func(in *market.FindWork) { in.Day = day }), "妈妈岗", "不定时")
		if s := found.Items[1].Shifts; len(s) != 1 || !s[0].StartsAt.Equal(day.At(6*60)) {
			t.Errorf("on that day it has the shifts %+v", s)
		}
		for n := range 5 {
			b.offer(fmt.Sprint("同地", n), b.boss.placeID, 2_600)
		}
		var got []string
		in := with(func(in *market.FindWork) { in.Limit = 2 })
		for n := 0; ; n++ {
			page := must(b.FindWork(ctx, in))(t)
			got = append(got, titles(page)...)
			if n == 0 {
				must(db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (bool, error) {
					return true, b.TakeDownTx(ctx, tx, page.Items[0].VacancyID, "投诉")
				}))(t)
			}
			if in.After = page.Next; in.After == "" {
				break
			}
		}
		want := []string{"妈妈岗", "不定时", "同地0", "同地1", "同地2", "同地3", "同地4"}
		if !slices.Equal(got, want) {
			t.Errorf("page by page %v", got)
		}
		clk.Add(time.Hour * 24 * 4)
		b.finds(t, ctx, here) // all of it has begun
	})
}

// Goal: work is found by words of title, employer, place and occupation, in characters or pinyin,
// together with what else is asked; one wrong character finds what is near, and says so.
func TestFindWorkByWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ctx := context.Background()
		far := b.placeAt("朝天门码头", 90_000)
		b.offer("电焊工", b.boss.placeID, 3_000)
		b.offer("搬运工", far, 3_000)
		ask := func(q string) market.FindWork {
			return market.FindWork{LonE6: lonHere, LatE6: latHere, Q: q}
		}
		b.finds(t, ctx, ask("焊工"), "电焊工")
		b.finds(t, ctx, ask("dianhan"), "电焊工")
		b.finds(t, ctx, ask("演示物流"), "电焊工", "搬运工")
		b.finds(t, ctx, ask("朝天门 搬运"), "搬运工")
		b.finds(t, ctx, ask("渝中"), "电焊工", "搬运工")
		b.finds(t, ctx, ask("木工"))
		near := ask("搬云工")
		if found := b.finds(t, ctx, near, "搬运工"); found.Matched != "near" {
			t.Errorf("a wrong character is matched %q", found.Matched)
		}
		near.ReachM = 5_000
		b.finds(t, ctx, near)
		page := ask("演示物流")
		page.Limit = 1
		found := b.finds(t, ctx, page, "电焊工")
		page.After = found.Next
		if found = b.finds(t, ctx, page, "搬运工"); found.Matched != "exact" {
			t.Errorf("the second page is matched %q", found.Matched)
		}
		page.After = found.Next
		b.finds(t, ctx, page)
		_, err := b.FindWork(ctx, ask("，"))
		refuses(t, "no word", err, "market.words", "q")
	})
}

// Goal: a question that cannot be answered gets one sentence that says what is wrong.
func TestFindWorkRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.publish(b.vacancy(1))
		for _, c := range []struct {
			in          market.FindWork
			code, field string
		}{
			{market.FindWork{}, "market.where_missing", "lon_e6"},
			{market.FindWork{LonE6: 120_000_000, LatE6: 30_000_000}, "market.outside_city", "lon_e6"},
			{market.FindWork{LonE6: 1, LatE6: 99_000_000}, "market.outside_city", "lon_e6"},
			{market.FindWork{Region: county, Limit: 101}, "market.limit", "limit"},
			{market.FindWork{Region: county, Limit: -1}, "market.limit", "limit"},
			{market.FindWork{Region: county, Skills: " ,"}, "market.skills_missing", "skills"},
			{market.FindWork{Region: county, Skills: "skill.flying"}, "market.skill_unknown", "skills"},
			{market.FindWork{Region: "999999"}, "market.region_unknown", "region"},
			{market.FindWork{Region: "500112"}, "market.region_empty", "region"},
			{market.FindWork{Region: county, After: "xyz"}, "market.page_unknown", "after"},
			{market.FindWork{PlaceID: "plc_none"}, "station.place_not_found", "place_id"},
		} {
			_, err := b.FindWork(context.Background(), c.in)
			refuses(t, fmt.Sprintf("%+v", c.in), err, c.code, c.field)
		}
		_, err := b.FindWork(b.clerk, market.FindWork{Region: county, WorkerID: "wrk_none"})
		refuses(t, "nobody", err, "people.worker_not_found", "worker_id")
	})
}

// Goal: what a worker says of when and where they can work is checked, kept, and shown back.
func TestAvailability(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-05-05")
		if v := must(b.ShowAvailability(w, market.GetAvailability{WorkerID: w.id}))(t); v.Said {
			t.Errorf("before a word: %+v", v)
		}
		good := market.SetAvailability{WorkerID: w.id, LonE6: lonHere, LatE6: latHere, ReachM: 5_000,
			Open: true}
		for _, c := range []struct {
			change      func(*market.SetAvailability)
			code, field string
		}{
			{func(a *market.SetAvailability) { a.ReachM = 0 }, "market.reach", "reach_m"},
			{func(a *market.SetAvailability) { a.ReachM = 200_001 }, "market.reach", "reach_m"},
			{func(a *market.SetAvailability) { a.FloorFen = -1 }, "market.floor", "floor_fen"},
			{func(a *market.SetAvailability) { a.Words = "138 0013 8000" }, "market.craft_words", "words"},
			{func(a *market.SetAvailability) { a.Until = "2020-01-01" }, "market.open_until", "until"},
			{func(a *market.SetAvailability) { a.Free = []market.FreeHours{{Days: []int{8}, ToMin: 60}} },
				"market.free_hours", "free"},
			{func(a *market.SetAvailability) { a.Free = []market.FreeHours{{Days: []int{1}, ToMin: 45}} },
				"market.free_hours", "free"},
			{func(a *market.SetAvailability) { a.Crafts = []string{"skill.sewing"} },
				"market.craft_not_held", "crafts"},
			{func(a *market.SetAvailability) { a.LonE6 = 120_000_000 }, "market.outside_city", "lon_e6"},
		} {
			in := good
			c.change(&in)
			in.Keyed = b.key()
			_, err := b.SetAvailability(w, in)
			refuses(t, fmt.Sprintf("%+v", in), err, c.code, c.field)
		}
		must(b.skills.AddSkill(w, skill.AddSkill{Keyed: b.key(), WorkerID: w.id,
			Skill: "skill.sewing"}))(t)
		good.Keyed, good.Crafts, good.Words = b.key(), []string{"skill.sewing"}, "会平车"
		must(b.SetAvailability(w, good))(t)
		v := must(b.ShowAvailability(w, market.GetAvailability{WorkerID: w.id}))(t)
		if !v.Said || v.ReachM != 5_000 || !slices.Equal(v.Crafts, good.Crafts) || v.Words != "会平车" ||
			v.Until != civil.DateOf(clk.Now()).AddDays(30) {
			t.Errorf("it is kept as %+v", v)
		}
	})
}
