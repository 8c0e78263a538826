package market_test

import (
	"context"
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// graded gives the market an employer's credit.
func (b *bundle) graded(patrolBP, depositBP int64) {
	deps := b.Deps
	deps.Credit = func(context.Context, *db.Tx, string) (market.Standing, error) {
		return market.Standing{PatrolBP: patrolBP}, nil
	}
	deps.DepositBP = func(context.Context, db.Reader, string, civil.Date) (int64, error) {
		return depositBP, nil
	}
	b.Service = market.New(deps)
}

// Goal: a public vacancy of the sample is on the clerk's list once, until it is found fine or taken
// down; one that is not in the sample, waits or was closed is not.
func TestPatrol(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		b.graded(0, 10_000)
		none := b.vacancy(1)
		none.Title = "不抽查"
		b.publish(none)
		b.graded(10_000, 10_000)
		doubtful := b.vacancy(1)
		doubtful.Title, doubtful.Content = "看护", "形象好，年龄四十岁以下。"
		if v := must(b.PublishVacancy(b.boss, doubtful))(t); v.State != market.Waiting {
			t.Fatalf("doubtful: %+v", v)
		}
		fine, bad := b.vacancy(1), b.vacancy(1)
		fine.Title, bad.Title = "好岗位", "坏岗位"
		f, g := b.publish(fine), b.publish(bad)
		w := b.worker(1, "1990-05-05")
		must(b.accept(w, g.ShiftIDs[0]))(t)
		waiting := func() int {
			return len(must(b.FindPatrols(b.clerk, market.Patrols{}))(t).Vacancies)
		}
		if n := waiting(); n != 2 {
			t.Fatalf("%d on the list", n)
		}
		answer := func(id string, fine bool, words string) error {
			_, err := b.AnswerPatrol(b.clerk, market.AnswerPatrol{Keyed: b.key(), VacancyID: id,
				Fine: fine, Words: words})
			return err
		}
		refuses(t, "without words", answer(g.ID, false, ""), "market.words_missing", "words")
		for id, words := range map[string]string{f.ID: "", g.ID: "地点不存在"} {
			if err := answer(id, words == "", words); err != nil {
				t.Fatal(err)
			}
			refuses(t, "twice", answer(id, true, ""), "market.no_patrol", "vacancy_id")
		}
		if n := waiting(); n != 0 {
			t.Errorf("%d left", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM vacancies WHERE state = 'published'`); n != 2 {
			t.Errorf("%d public", n)
		}
		if n := b.count(`SELECT COUNT(*) FROM cancellations WHERE worker_id = $1`, w.id); n != 1 {
			t.Error("who had a head of it was not called off")
		}
		b.lawful()
	})
}

// Goal: what is held on top of the planned wage is half with grade A and twice with grade C.
func TestDepositRelief(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-05-05")
		for n, c := range []struct{ bp, held int64 }{
			{10_000, 18_750 + 2_813 + 200}, {5_000, 18_750 + 1_407 + 200}, {20_000, 18_750 + 5_625 + 200},
		} {
			b.graded(0, c.bp)
			v := b.vacancy(1)
			v.Shifts[0].StartsAt = v.Shifts[0].StartsAt.AddDate(0, 0, n)
			v.Shifts[0].EndsAt = v.Shifts[0].EndsAt.AddDate(0, 0, n)
			p := must(b.accept(w, b.publish(v).ShiftIDs[0]))(t)
			if got := b.count(`SELECT balance_fen FROM balances WHERE account = $1`,
				"hold/"+p.ID); got != c.held {
				t.Errorf("%d bp: held %d, want %d", c.bp, got, c.held)
			}
		}
		b.lawful()
	})
}
