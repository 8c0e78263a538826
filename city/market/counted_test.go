package market_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: the vacancies and placements behind M02 and M03 are as many as these count, on each day and
// over several; what the figure leaves out is not in the list; nobody but the bureau reads them.
func TestCounted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		auditor := people.WithActor(context.Background(), people.Actor{AccountID: "aud",
			Roles: []people.Role{people.RoleAuditor}})
		day := civil.DateOf(clk.Now())
		first := b.publish(b.vacancy(3))
		w, other := b.worker(1, "1990-01-01"), b.worker(2, "1991-01-01")
		placed := must(b.accept(w, first.ShiftIDs[0]))(t)
		gone := must(b.accept(other, first.ShiftIDs[0]))(t)
		must(b.CancelPlacement(other, market.Leave{Keyed: b.key(), PlacementID: gone.ID,
			WorkerID: other.id, Reason: "有事"}))(t)
		bad := b.vacancy(5)
		bad.Title, bad.Content = "装卸工", "装卸。４５岁以下。"
		must(b.PublishVacancy(b.boss, bad))(t) // waits for a clerk: no figure counts it
		clk.Add(24 * time.Hour)
		second := b.publish(b.vacancy(2))
		must(b.accept(w, second.ShiftIDs[0]))(t)
		must(db.InTx(auditor, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			return tx.Exec(ctx, `UPDATE placements SET state = 'done' WHERE id = $1`, placed.ID)
		}))(t)

		for _, days := range []struct {
			from, until      civil.Date
			vacancies, heads int64
			matched, started int64
		}{{day, day, 1, 3, 2, 1}, {day.AddDays(1), day.AddDays(1), 1, 2, 1, 0},
			{day, day.AddDays(1), 2, 5, 3, 1}, {day.AddDays(2), day.AddDays(3), 0, 0, 0, 0}} {
			in := market.Counted{From: days.from, Until: days.until}
			v := must(b.FindCountedVacancies(auditor, in))(t)
			p := must(b.FindCountedPlacements(auditor, in))(t)
			if v.Count != days.vacancies || v.Heads != days.heads || p.Count != days.matched ||
				p.Started != days.started {
				t.Errorf("%s to %s: %+v, %+v", days.from, days.until, v, p)
			}
			i := must(b.FindCountedIntents(auditor, in))(t)
			figures := map[string]int64{}
			for _, g := range must(b.Gauges(auditor, d, days.from.Midnight(),
				days.until.AddDays(1).Midnight()))(t) {
				figures[g.Code+" "+g.Part] = g.Num
			}
			if n := int64(len(i.Intents)); n != figures["M04 "] || i.Count != n {
				t.Errorf("the figures are %v, the list %+v", figures, i)
			}
			var heads, started int64
			for _, c := range v.Vacancies {
				heads += c.Heads
			}
			for _, c := range p.Placements {
				if c.State == market.Started || c.State == market.Done {
					started++
				}
			}
			if n := int64(len(v.Vacancies)); n != figures["M02 vacancies"] || v.Count != n ||
				heads != figures["M02 heads"] || v.Heads != heads {
				t.Errorf("the figures are %v, the list %+v", figures, v)
			}
			if n := int64(len(p.Placements)); n != figures["M03 matched"] || p.Count != n ||
				started != figures["M03 started"] || p.Started != started {
				t.Errorf("the figures are %v, the list %+v", figures, p)
			}
		}
		v := must(b.FindCountedVacancies(auditor, market.Counted{From: day}))(t).Vacancies
		p := must(b.FindCountedPlacements(auditor, market.Counted{From: day}))(t).Placements
		if v[0].ID != second.ID || v[0].Place == "" || v[0].Employer == "" || v[0].Taken != 1 ||
			p[0].WorkerName == "" || p[0].VacancyID != second.ID || p[0].Title != v[0].Title {
			t.Errorf("the newest: %+v, %+v", v[0], p[0])
		}
		one := must(b.ShowCountedVacancy(auditor, market.GetCounted{VacancyID: first.ID}))(t)
		if one.EmployerID != b.boss.id || one.Title != "分拣员" || len(one.Shifts) != 1 {
			t.Errorf("a vacancy: %+v", one)
		}
		_, err := b.ShowCountedVacancy(auditor, market.GetCounted{VacancyID: "vac_0"})
		refuses(t, "no such", err, "market.vacancy_not_found", "vacancy_id")
		_, err = b.FindCountedVacancies(auditor, market.Counted{From: "2026-02-30"})
		refuses(t, "no day", err, "civil.days", "from")
		_, err = b.FindCountedPlacements(auditor, market.Counted{After: "x"})
		refuses(t, "no mark", err, "db.mark", "after")
		_, err = b.FindCountedPlacements(b.boss, market.Counted{})
		refuses(t, "an employer", err, "people.not_allowed", "")
	})
}

// Goal: what stands behind a figure comes whole, page after page, each row once, though much of it
// happened in one moment.
func TestCountedPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.publish(b.vacancy(3))
		p := must(b.accept(b.worker(1, "1990-01-01"), v.ShiftIDs[0]))(t)
		dbtest.Copies(t, d, "vacancies", v.ID, 250, map[string]string{
			"id": "'vac_x' || CAST(1000 + i AS TEXT)", "created_at_ms": "created_at_ms + i / 70"})
		dbtest.Copies(t, d, "placements", p.ID, 250, map[string]string{
			"id": "'plm_x' || CAST(1000 + i AS TEXT)", "made_at_ms": "made_at_ms + i / 70",
			"worker_id": "'wrk_x' || CAST(i AS TEXT)"})
		in := market.Counted{}
		vacancies := dbtest.Whole(t, 251, 3, func(c market.CountedVacancy) string { return c.ID },
			func(after string) ([]market.CountedVacancy, string, error) {
				in.After = after
				l, err := b.FindCountedVacancies(b.clerk, in)
				return l.Vacancies, l.Next, err
			})
		placements := dbtest.Whole(t, 251, 3, func(c market.CountedPlacement) string { return c.ID },
			func(after string) ([]market.CountedPlacement, string, error) {
				in.After = after
				l, err := b.FindCountedPlacements(b.clerk, in)
				return l.Placements, l.Next, err
			})
		if !slices.IsSortedFunc(vacancies, func(a, b market.CountedVacancy) int {
			return b.CreatedAt.Compare(a.CreatedAt)
		}) || !slices.IsSortedFunc(placements, func(a, b market.CountedPlacement) int {
			return b.MadeAt.Compare(a.MadeAt)
		}) {
			t.Error("not the newest first")
		}
	})
}
