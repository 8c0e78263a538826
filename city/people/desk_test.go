package people_test

import (
	"context"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

// The bureau sees who acts for the city, which employers there are and what was looked at; an
// employer sees its supervisors and nobody else's.
func TestDeskLists(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		sys := people.AsSystem(context.Background(), "test")
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := b.CreateStaff(sys, people.CreateStaff{Keyed: b.key(), Phone: "13700000001",
			Name: "赵敏", Roles: []people.Role{people.RoleDirector}})
		ok(err)
		e, err := b.RegisterEmployer(b.logIn(t, "13700000002"), people.RegisterEmployer{
			Keyed: b.key(), USCC: "91350100M000100Y43", Name: "余杭物流", Address: "文一西路1号",
			Principal: "李四", Region: "330110"})
		ok(err)
		_, err = b.CreateStaff(b.logIn(t, "13700000002"), people.CreateStaff{Keyed: b.key(),
			Phone: "13700000003", Name: "孙八", Roles: []people.Role{people.RoleSupervisor},
			EmployerID: e.ID})
		ok(err)

		director := b.logIn(t, "13700000001")
		staff, err := b.FindStaff(director, people.FindStaff{})
		ok(err)
		if len(staff.Staff) != 1 || staff.Staff[0].Name != "赵敏" ||
			staff.Staff[0].PhoneMasked != "137****0001" {
			t.Errorf("staff: %+v", staff)
		}
		found, err := b.FindEmployers(director, people.FindEmployers{})
		ok(err)
		if len(found.Employers) != 1 || found.Employers[0].Name != "余杭物流" || found.Next != "" {
			t.Errorf("employers: %+v", found)
		}
		audits, err := b.FindCityAudits(director, people.CityAudits{})
		ok(err)
		if len(audits.Audits) != 2 || audits.Audits[1].Who != "system:test" ||
			audits.Audits[0].Who != "李四" || audits.Audits[0].Hash == "" {
			t.Errorf("audits: %+v", audits)
		}
		for words, n := range map[string]int{"物流": 1, "面馆": 0, e.USCC[2:9]: 1} {
			found, err = b.FindEmployers(director, people.FindEmployers{Q: words})
			ok(err)
			if len(found.Employers) != n {
				t.Errorf("%s finds %+v", words, found)
			}
		}
		for words, n := range map[string]int{"李四": 1, "没有": 0} {
			audits, err = b.FindCityAudits(director, people.CityAudits{Q: words})
			ok(err)
			if len(audits.Audits) != n {
				t.Errorf("%s finds %+v", words, audits)
			}
		}
		mine, err := b.FindSupervisors(b.logIn(t, "13700000002"),
			people.Supervisors{EmployerID: e.ID})
		ok(err)
		if len(mine.Staff) != 1 || mine.Staff[0].Name != "孙八" {
			t.Errorf("supervisors: %+v", mine)
		}
		_, err = b.FindSupervisors(b.logIn(t, "13700000003"), people.Supervisors{EmployerID: e.ID})
		wantCode(t, "a supervisor", err, "people.not_allowed")
	})
}
