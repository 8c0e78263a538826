package people_test

import (
	"context"
	"slices"
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

// Goal: roles are taken back by who may give them, at once and for good; nobody takes their own,
// and an employer's hand reaches its own supervisors alone.
func TestEndRoles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		sys := people.AsSystem(context.Background(), "test")
		give := func(phone, employer string, roles ...people.Role) string {
			t.Helper()
			v, err := b.CreateStaff(sys, people.CreateStaff{Keyed: b.key(), Phone: phone, Name: "钱七",
				Roles: roles, EmployerID: employer})
			if err != nil {
				t.Fatal(err)
			}
			return v.AccountID
		}
		boss, e := b.employer(t, phoneA, usccA)
		give("19990000001", "", people.RoleDirector)
		clerkID := give("19990000002", "", people.RoleClerk, people.RoleAuditor)
		helperID := give("19990000003", e.ID, people.RoleSupervisor)
		director, clerk := b.logIn(t, "19990000001"), b.logIn(t, "19990000002")
		helper := b.logIn(t, "19990000003")
		end := func(ctx context.Context, id, employer, reason string, roles ...people.Role) error {
			_, err := b.EndRoles(ctx, people.EndRoles{Keyed: b.key(), AccountID: id, Roles: roles,
				EmployerID: employer, Reason: reason})
			return err
		}
		own := people.ActorOf(director).AccountID
		wantCode(t, "one's own", end(director, own, "", "退休", people.RoleDirector), "people.own_roles")
		wantCode(t, "by a clerk", end(clerk, helperID, "", "离职", people.RoleAuditor),
			"people.director_gives")
		wantCode(t, "no reason", end(director, clerkID, "", " ", people.RoleClerk),
			"people.reason_missing")
		wantCode(t, "nobody", end(director, "acc_none", "", "离职", people.RoleClerk),
			"people.account_not_found")
		wantCode(t, "another's", end(boss, clerkID, e.ID, "离职", people.RoleSupervisor),
			"people.role_not_held")
		wantCode(t, "the employer's", end(boss, helperID, e.ID, "离职", people.RoleSupervisor), "")
		wantCode(t, "twice", end(boss, helperID, e.ID, "离职", people.RoleSupervisor),
			"people.role_not_held")
		wantCode(t, "the city's", end(director, clerkID, "", "调离", people.RoleClerk), "")

		if a := b.count(t, `SELECT COUNT(*) FROM sessions WHERE account_id = $1 OR account_id = $2`,
			people.ActorOf(helper).AccountID, clerkID); a != 0 {
			t.Errorf("%d sessions left", a)
		}
		again := people.ActorOf(b.logIn(t, "19990000003"))
		if len(again.Roles) != 0 || again.EmployerID != "" {
			t.Errorf("the supervisor of yesterday is %+v", again)
		}
		v, err := b.ShowStaff(director, people.StaffID{AccountID: clerkID})
		if err != nil || len(v.Roles) != 1 || v.Roles[0] != people.RoleAuditor || v.Name != "钱七" {
			t.Errorf("left: %+v, %v", v, err)
		}
		_, err = b.ShowStaff(director, people.StaffID{AccountID: helperID})
		wantCode(t, "no member of staff", err, "people.account_not_found")
		audits, err := b.FindCityAudits(director, people.CityAudits{Q: "took roles clerk"})
		if err != nil || len(audits.Audits) != 1 || audits.Audits[0].What != "took roles clerk" ||
			audits.Audits[0].Whose != "钱七" || audits.Audits[0].Reason != "调离" {
			t.Errorf("audits: %+v, %v", audits, err)
		}
	})
}

// Lists that are longer than a page come whole, page after page, each row once and in order; words
// are found behind the first page too.
func TestDeskPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := b.CreateStaff(people.AsSystem(context.Background(), "test"), people.CreateStaff{
			Keyed: b.key(), Phone: "13700000001", Name: "赵敏", Roles: []people.Role{people.RoleDirector}})
		ok(err)
		boss := b.logIn(t, "13700000002")
		e, err := b.RegisterEmployer(boss, people.RegisterEmployer{Keyed: b.key(),
			USCC: "91350100M000100Y43", Name: "余杭物流", Address: "文一西路1号", Principal: "李四",
			Region: "330110"})
		ok(err)
		boss = b.logIn(t, "13700000002")
		made, err := b.CreateStaff(boss, people.CreateStaff{Keyed: b.key(), Phone: "13700000003",
			Name: "孙八", Roles: []people.Role{people.RoleSupervisor}, EmployerID: e.ID})
		ok(err)
		director := b.logIn(t, "13700000001")
		const more = 700
		for id, letter := range map[string]string{made.AccountID: "s",
			people.ActorOf(director).AccountID: "d"} {
			dbtest.Copies(t, d, "accounts", id, more, map[string]string{
				"id":          "'acc_" + letter + "' || CAST(1000 + i AS TEXT)",
				"phone_blind": "'" + letter + "' || CAST(1000 + i AS TEXT) || SUBSTR(phone_blind, 6)"})
		}
		one, err := db.Get[string](director, d, `SELECT MAX(id) FROM audit`)
		ok(err)
		dbtest.Copies(t, d, "audit", one, more, map[string]string{"n": "n + i",
			"reason": "reason || CAST(i AS TEXT)",
			"id":     "'aud_0' || CAST(1000 + i AS TEXT)", "at_ms": "at_ms - i / 2",
			"what": "CASE WHEN i = 690 THEN 'bank_card' ELSE what END"})
		had, err := db.Get[int](director, d, `SELECT COUNT(*) FROM audit`)
		ok(err)

		account := func(a people.StaffView) string { return a.AccountID }
		dbtest.Whole(t, more+1, 2, account, func(after string) ([]people.StaffView, string, error) {
			l, err := b.FindStaff(director, people.FindStaff{After: after})
			return l.Staff, l.Next, err
		})
		dbtest.Whole(t, more+1, 2, account, func(after string) ([]people.StaffView, string, error) {
			l, err := b.FindSupervisors(boss, people.Supervisors{EmployerID: e.ID, After: after})
			return l.Staff, l.Next, err
		})
		log := dbtest.Whole(t, had, 2, func(a people.CityAuditView) string { return a.Reason + a.Hash },
			func(after string) ([]people.CityAuditView, string, error) {
				l, err := b.FindCityAudits(director, people.CityAudits{After: after})
				return l.Audits, l.Next, err
			})
		if !slices.IsSortedFunc(log, func(a, b people.CityAuditView) int { return b.At.Compare(a.At) }) {
			t.Error("the newest is not the first")
		}
		found, err := b.FindCityAudits(director, people.CityAudits{Q: "bank_card"})
		ok(err)
		if len(found.Audits) != 1 || found.Next != "" {
			t.Errorf("%d old rows were found", len(found.Audits))
		}
		_, err = b.FindCityAudits(director, people.CityAudits{After: "x"})
		wantCode(t, "no mark", err, "db.mark")
	})
}
