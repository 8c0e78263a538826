package market_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// What an employer's desk reads: its vacancies newest first, one whole, its shifts by time, and
// what calling one off would cost is what it then costs.
func TestDesk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		old := b.publish(b.vacancy(3))
		clk.Add(time.Minute)
		second := b.vacancy(1)
		second.Title, second.Required = "装卸工", []string{"cert.health"}
		second.Shifts[0].StartsAt = second.Shifts[0].StartsAt.AddDate(0, 0, 1)
		second.Shifts[0].EndsAt = second.Shifts[0].EndsAt.AddDate(0, 0, 1)
		young := b.publish(second)
		w := b.worker(1, "1990-01-01")
		must(b.accept(w, old.ShiftIDs[0]))(t)

		list := must(b.FindVacancies(b.boss, market.VacanciesOf{EmployerID: b.boss.id}))(t).Vacancies
		if len(list) != 2 || list[0].ID != young.ID || list[1].Heads != 3 || list[1].Taken != 1 ||
			list[1].Shifts != 1 || list[1].Place == "" || list[1].StartsAt.IsZero() {
			t.Errorf("vacancies: %+v", list)
		}
		for words, n := range map[string]int{"装卸": 1, "电工": 0} {
			some := must(b.FindVacancies(b.boss, market.VacanciesOf{EmployerID: b.boss.id, Q: words}))(t)
			if len(some.Vacancies) != n || some.Next != "" {
				t.Errorf("%s finds %+v", words, some)
			}
		}
		v := must(b.ShowVacancy(b.boss, market.GetVacancy{EmployerID: b.boss.id,
			VacancyID: young.ID}))(t)
		if v.Title != "装卸工" || len(v.Required) != 1 || len(v.Shifts) != 1 ||
			v.Shifts[0].BreakMin != 30 || v.PlanID != b.planID {
			t.Errorf("a vacancy: %+v", v)
		}
		other := b.employer(9)
		_, err := b.ShowVacancy(other, market.GetVacancy{EmployerID: other.id, VacancyID: young.ID})
		refuses(t, "another's vacancy", err, "market.vacancy_not_found", "vacancy_id")

		day := civil.DateOf(clk.Now()).AddDays(1)
		shifts := must(b.FindEmployerShifts(b.boss, market.ShiftsOf{EmployerID: b.boss.id,
			From: day.Midnight(), Until: day.AddDays(1).Midnight()}))(t).Shifts
		if len(shifts) != 1 || shifts[0].ID != old.ShiftIDs[0] || shifts[0].Taken != 1 {
			t.Errorf("the shifts of a day: %+v", shifts)
		}
		one := must(b.ShowEmployerShift(b.boss, market.GetEmployerShift{EmployerID: b.boss.id,
			ShiftID: old.ShiftIDs[0]}))(t)
		if one.Title != "分拣员" || one.Place == "" || !one.StartsAt.Equal(shifts[0].StartsAt) {
			t.Errorf("a shift: %+v", one)
		}
		_, err = b.ShowEmployerShift(other, market.GetEmployerShift{EmployerID: other.id,
			ShiftID: old.ShiftIDs[0]})
		refuses(t, "another's shift", err, "market.shift_not_found", "shift_id")
		clk.Set(shifts[0].StartsAt.Add(-time.Hour))
		cost := must(b.ShowCancelCost(b.boss, market.CancelCost{EmployerID: b.boss.id,
			ShiftID: old.ShiftIDs[0]}))(t)
		_, err = b.ShowCancelCost(other, market.CancelCost{EmployerID: other.id,
			ShiftID: old.ShiftIDs[0]})
		refuses(t, "another's shift", err, "market.shift_not_found", "shift_id")
		done := must(b.CancelShift(b.boss, market.CancelShift{Keyed: b.key(),
			ShiftID: old.ShiftIDs[0], EmployerID: b.boss.id, Reason: "没有货"}))(t)
		if cost.CompensationFen == 0 || cost.CompensationFen != done.CompensationFen ||
			cost.Cancelled != done.Cancelled {
			t.Errorf("said to cost %+v, cost %+v", cost, done)
		}
	})
}

// An employer waits to be vetted from its first paper until a clerk decides, and again from the
// first paper after that.
func TestFindVettings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		waiting := func() []market.VettingView {
			return must(b.FindVettings(b.clerk, market.Vettings{}))(t).Employers
		}
		before := len(waiting())
		e := b.employer(5)
		papers := b.papers(e)
		clk.Add(time.Minute)
		must(b.AddDocument(e, papers[0]))(t)
		got := waiting()
		if len(got) != before+1 || got[before].EmployerID != e.id || got[before].Name == "" ||
			got[before].State != "" || !got[before].Since.Equal(clk.Now()) {
			t.Fatalf("after a paper: %+v", got)
		}
		for _, p := range papers[1:] {
			must(b.AddDocument(e, p))(t)
		}
		clk.Add(time.Minute)
		must(b.VetEmployer(b.clerk, market.Vet{Keyed: b.key(), EmployerID: e.id,
			Decision: "refused", Reason: "看不清"}))(t)
		if got := waiting(); len(got) != before {
			t.Errorf("after the decision: %+v", got)
		}
		clk.Add(time.Minute)
		papers[0].Keyed = b.key()
		must(b.AddDocument(e, papers[0]))(t)
		if got := waiting(); len(got) != before+1 || got[before].State != "refused" {
			t.Errorf("after a new paper: %+v", got)
		}
	})
}

// Goal: the employers that wait, and the public vacancies to look at again, are read whole, page
// after page.
func TestQueuePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		before := len(must(b.FindVettings(b.clerk, market.Vettings{}))(t).Employers)
		v := b.publish(b.vacancy(1))
		const more = 130
		dbtest.Copies(t, d, "vacancies", v.ID, more, map[string]string{
			"id": "'vac_x' || CAST(1000 + i AS TEXT)"})
		for i := range more {
			id := fmt.Sprint(1001 + i)
			dbtest.Insert(t, d, "vacancy_patrols", map[string]any{"vacancy_id": "vac_x" + id,
				"employer_id": b.boss.id, "state": "open", "at_ms": i / 3})
			dbtest.Insert(t, d, "accounts", map[string]any{"id": "acc_x" + id,
				"phone_blind": fmt.Sprintf("%064s", id)})
			dbtest.Insert(t, d, "employers", map[string]any{"id": "emp_x" + id,
				"account_id": "acc_x" + id, "uscc": id, "name": "单位" + id})
			dbtest.Insert(t, d, "employer_documents", map[string]any{"id": "doc_x" + id,
				"employer_id": "emp_x" + id, "kind": "licence", "at_ms": i / 3,
				"digest": fmt.Sprintf("%064s", id)})
		}
		dbtest.Whole(t, before+more, 2, func(v market.VettingView) string { return v.EmployerID },
			func(after string) ([]market.VettingView, string, error) {
				l, err := b.FindVettings(b.clerk, market.Vettings{After: after})
				return l.Employers, l.Next, err
			})
		dbtest.Whole(t, more, 2, func(v market.WaitingView) string { return v.ID },
			func(after string) ([]market.WaitingView, string, error) {
				l, err := b.FindPatrols(b.clerk, market.Patrols{After: after})
				return l.Vacancies, l.Next, err
			})
		_, err := b.FindVettings(b.clerk, market.Vettings{After: "x"})
		refuses(t, "no mark", err, "db.mark", "after")
		_, err = b.FindPatrols(b.clerk, market.Patrols{After: "x"})
		refuses(t, "no mark", err, "db.mark", "after")
	})
}

// Goal: an employer's vacancies and shifts, and the gate's queue, are read whole, page after page,
// when they are longer than a page; an old vacancy is found by its words, and a late one in the
// queue opens.
func TestDeskPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		v := b.publish(b.vacancy(3))
		dbtest.Copies(t, d, "vacancies", v.ID, 600, map[string]string{
			"id": "'vac_x' || CAST(1000 + i AS TEXT)", "created_at_ms": "created_at_ms - i / 2",
			"title": "CASE WHEN i = 590 THEN '看门人' ELSE title END",
			"state": "CASE WHEN i > 250 THEN 'waiting' ELSE 'published' END"})
		dbtest.Copies(t, d, "shifts", v.ShiftIDs[0], 600, map[string]string{
			"id": "'shf_x' || CAST(1000 + i AS TEXT)", "starts_at_ms": "starts_at_ms + i / 2"})
		vacancies := dbtest.Whole(t, 601, 2, func(c market.VacancyLine) string { return c.ID },
			func(after string) ([]market.VacancyLine, string, error) {
				l, err := b.FindVacancies(b.boss, market.VacanciesOf{EmployerID: b.boss.id, After: after})
				return l.Vacancies, l.Next, err
			})
		shifts := dbtest.Whole(t, 601, 2, func(c market.DeskShift) string { return c.ID },
			func(after string) ([]market.DeskShift, string, error) {
				l, err := b.FindEmployerShifts(b.boss, market.ShiftsOf{EmployerID: b.boss.id,
					After: after})
				return l.Shifts, l.Next, err
			})
		if !slices.IsSortedFunc(vacancies, func(a, b market.VacancyLine) int {
			return b.CreatedAt.Compare(a.CreatedAt)
		}) || !slices.IsSortedFunc(shifts, func(a, b market.DeskShift) int {
			return a.StartsAt.Compare(b.StartsAt)
		}) {
			t.Error("not in order")
		}
		gate := dbtest.Whole(t, 350, 4, func(c market.WaitingView) string { return c.ID },
			func(after string) ([]market.WaitingView, string, error) {
				l, err := b.FindWaitingVacancies(b.clerk, market.WaitingVacancies{After: after})
				return l.Vacancies, l.Next, err
			})
		last := gate[len(gate)-1].ID
		one := must(b.ShowWaitingVacancy(b.clerk, market.GetWaiting{VacancyID: last}))(t)
		if one.Employer == "" || one.ID != last {
			t.Errorf("%+v", one)
		}
		_, err := b.ShowWaitingVacancy(b.clerk, market.GetWaiting{VacancyID: v.ID})
		refuses(t, "a public one", err, "market.vacancy_state", "vacancy_id")
		found := must(b.FindVacancies(b.boss, market.VacanciesOf{EmployerID: b.boss.id,
			Q: "看门"}))(t)
		if len(found.Vacancies) != 1 || found.Next != "" {
			t.Errorf("%d found", len(found.Vacancies))
		}
		_, err = b.FindVacancies(b.boss, market.VacanciesOf{EmployerID: b.boss.id, After: "x"})
		refuses(t, "no mark", err, "db.mark", "after")
	})
}
