package market_test

import (
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// Goal: what an employer learns of a worker: the surname of who applied or was offered something,
// the whole name from the contract on, and phone and skills only of somebody who has to do with it
// and has agreed; each look is in the worker's list of sharings.
func TestContact(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		w := b.worker(1, "1990-05-05")
		contact := func(e boss) (market.ContactView, error) {
			return b.GetContact(e, market.GetContact{EmployerID: e.id, WorkerID: w.id})
		}
		onShift := func(shiftID string) []market.PlacementView {
			return must(b.FindPeople(b.boss, market.ShiftPeople{ShiftID: shiftID,
				EmployerID: b.boss.id}))(t).Placements
		}
		in := b.vacancy(2)
		in.Hire = "offer"
		v := b.publish(in)
		must(b.OfferShift(b.boss, market.Offer{Keyed: b.key(), ShiftID: v.ShiftIDs[0],
			EmployerID: b.boss.id, WorkerID: w.id}))(t)
		if list := onShift(v.ShiftIDs[0]); len(list) != 1 || list[0].WorkerName != "李**" {
			t.Errorf("offered: %+v", list)
		}
		_, err := contact(b.boss)
		refuses(t, "offered only", err, "market.no_contact", "worker_id")

		must(b.accept(w, v.ShiftIDs[0]))(t)
		if list := onShift(v.ShiftIDs[0]); len(list) != 1 || list[0].WorkerName != "李四" {
			t.Errorf("accepted: %+v", list)
		}
		_, err = contact(b.boss)
		refuses(t, "nothing said", err, "people.no_consent", "purpose")
		_, err = contact(b.employer(2))
		refuses(t, "a stranger", err, "market.no_contact", "worker_id")

		must(b.skills.AddSkill(w, skill.AddSkill{Keyed: b.key(), WorkerID: w.id,
			Skill: "skill.elder_care"}))(t)
		must(b.people.GiveConsent(w, people.GiveConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeShareEmployer, Version: "2"}))(t)
		c := must(contact(b.boss))(t)
		if c.Name != "李四" || c.Phone != "13900000001" || len(c.Skills) != 1 {
			t.Errorf("agreed: %+v", c)
		}
		shared := must(b.Shared(w, d, w.id))(t)
		if len(shared) != 1 || shared[0].To != b.boss.id ||
			shared[0].Purpose != people.PurposeShareEmployer {
			t.Errorf("sharings: %+v", shared)
		}
		if n := b.count(`SELECT COUNT(*) FROM audit WHERE subject = $1 AND what = 'phone'`,
			w.id); n != 1 {
			t.Errorf("%d audit rows", n)
		}
		must(b.people.WithdrawConsent(w, people.WithdrawConsent{Keyed: b.key(), WorkerID: w.id,
			Purpose: people.PurposeShareEmployer}))(t)
		_, err = contact(b.boss)
		refuses(t, "taken back", err, "people.consent_withdrawn", "purpose")
	})
}

// Goal: an applicant's name is whole in the employer's list with the worker's yes, else a surname.
func TestApplicantsName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		in := b.vacancy(2)
		in.Settlement, in.WorkType, in.PlanID, in.Hire = market.Employer, "full_time", "", "offer"
		in.PayUnit, in.RateFen, in.TermMonths = "month", 500_000, 12
		v := b.publish(in)
		silent, open := b.worker(1, "1990-05-05"), b.worker(2, "1990-05-05")
		must(b.people.GiveConsent(open, people.GiveConsent{Keyed: b.key(), WorkerID: open.id,
			Purpose: people.PurposeShareEmployer, Version: "2"}))(t)
		for _, w := range []hand{silent, open} {
			must(b.Apply(w, market.Apply{Keyed: b.key(), VacancyID: v.ID, WorkerID: w.id}))(t)
		}
		page := must(b.ListApplicationsPage(b.boss, market.Applications{VacancyID: v.ID,
			EmployerID: b.boss.id}))(t)
		got := map[string]string{}
		for _, a := range page.Applications {
			got[a.WorkerID] = a.WorkerName
		}
		if got[silent.id] != "李**" || got[open.id] != "李四" {
			t.Errorf("%v", got)
		}
		_, err := b.GetContact(b.boss, market.GetContact{EmployerID: b.boss.id, WorkerID: silent.id})
		refuses(t, "an applicant who said nothing", err, "people.no_consent", "purpose")
	})
}
