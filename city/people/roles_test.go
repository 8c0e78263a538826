package people_test

import (
	"context"
	"slices"
	"testing"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
)

func as(a people.Actor) context.Context {
	return people.WithActor(context.Background(), a)
}

var (
	worker = people.Actor{AccountID: "acc_w", WorkerID: "wrk_1",
		Roles: []people.Role{people.RoleWorker}}
	employer = people.Actor{AccountID: "acc_e", EmployerID: "emp_1",
		Roles: []people.Role{people.RoleEmployer}}
	supervisor = people.Actor{AccountID: "acc_s", EmployerID: "emp_1",
		Roles: []people.Role{people.RoleSupervisor}}
	both = people.Actor{AccountID: "acc_b", WorkerID: "wrk_2", EmployerID: "emp_2",
		Roles: []people.Role{people.RoleEmployer, people.RoleWorker}}
	clerk    = people.Actor{AccountID: "acc_c", Roles: []people.Role{people.RoleClerk}}
	director = people.Actor{AccountID: "acc_d", Roles: []people.Role{people.RoleDirector}}
	auditor  = people.Actor{AccountID: "acc_a", Roles: []people.Role{people.RoleAuditor}}
	newcomer = people.Actor{AccountID: "acc_n"}
	nobody   = people.Actor{}
)

// Goal: a permission is given to the right role for its own things only; a worker, an employer or a
// supervisor who leaves out whose things they mean gets nothing.
func TestMust(t *testing.T) {
	t.Parallel()
	const ok, unknown, forbidden = "", "people.not_logged_in", "people.not_allowed"
	for _, c := range []struct {
		name  string
		actor people.Actor
		perm  people.Permission
		owner string
		want  string
	}{
		{"worker accepts", worker, people.PermAcceptWork, "wrk_1", ok},
		{"worker for another", worker, people.PermAcceptWork, "wrk_2", forbidden},
		{"worker names nobody", worker, people.PermAcceptWork, "", forbidden},
		{"employer as worker", employer, people.PermAcceptWork, "emp_1", forbidden},
		{"clerk for a worker", clerk, people.PermAcceptWork, "wrk_1", ok},
		{"clerk cannot clock in", clerk, people.PermClockIn, "wrk_1", forbidden},
		{"clerk cannot consent", clerk, people.PermConsentInsurance, "wrk_1", forbidden},
		{"employer publishes", employer, people.PermPublishVacancy, "emp_1", ok},
		{"employer for another", employer, people.PermPublishVacancy, "emp_2", forbidden},
		{"supervisor publishes", supervisor, people.PermPublishVacancy, "emp_1", forbidden},
		{"supervisor at the clock", supervisor, people.PermSuperviseClock, "emp_1", ok},
		{"supervisor elsewhere", supervisor, people.PermSuperviseClock, "emp_2", forbidden},
		{"both as worker", both, people.PermClockIn, "wrk_2", ok},
		{"both as employer", both, people.PermPublishVacancy, "emp_2", ok},
		{"both, ids swapped", both, people.PermClockIn, "emp_2", forbidden},
		{"owner known later", worker, people.PermSignContract, "", ok},
		{"owner known now", worker, people.PermSignContract, "wrk_2", forbidden},
		{"newcomer registers", newcomer, people.PermRegister, "", ok},
		{"newcomer names nobody", newcomer, people.PermChangeWorker, "", forbidden},
		{"nobody registers", nobody, people.PermRegister, "", unknown},
		{"nobody accepts", nobody, people.PermAcceptWork, "", unknown},
		{"nobody sees indicators", nobody, people.PermSeeIndicators, "", ok},
		{"nobody logs in", nobody, people.PermLogIn, "", ok},
		{"auditor reads", auditor, people.PermSeeContract, "emp_1", ok},
		{"auditor changes", auditor, people.PermChangePlans, "", forbidden},
		{"director sets faults", director, people.PermSetFaults, "", ok},
		{"clerk sets faults", clerk, people.PermSetFaults, "", forbidden},
		{"sweep confirms", people.ActorOf(people.AsSystem(context.Background(), "wage.auto_confirm")),
			people.PermConfirmHours, "emp_1", ok},
		{"role without id", people.Actor{AccountID: "acc_x", Roles: []people.Role{people.RoleWorker}},
			people.PermAcceptWork, "", forbidden},
	} {
		err := people.Must(as(c.actor), c.perm, c.owner)
		if got := fault.CodeOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if f := fault.As(err); f != nil && (f.Kind == fault.Unknown) != (c.want == unknown) {
			t.Errorf("%s: kind %s", c.name, f.Kind)
		}
	}
}

// Goal: a permission that has no row is a programmer's error, found at the first call.
func TestMustPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a permission without a row was judged")
		}
	}()
	_ = people.Must(as(clerk), "fly", "")
}

// Goal: every permission has a role, nobody changes anything without being logged in, auditors only
// look, and changing the copy does not change the table.
func TestMatrix(t *testing.T) {
	t.Parallel()
	m := people.Matrix()
	if len(m) < 30 {
		t.Fatalf("%d permissions", len(m))
	}
	open := []people.Permission{people.PermFindWork, people.PermLogIn, people.PermSeeIndicators,
		people.PermSeeCalendar, people.PermSeeClass, people.PermSeePlace}
	auditors := []people.Permission{people.PermExport, people.PermReconcile, people.PermRunChecks,
		people.PermSeeComplaints, people.PermSeeContract, people.PermSeeCounted, people.PermSeeEmployer,
		people.PermSeeFunds, people.PermSeeMatters, people.PermSeeWage,
		people.PermSeeWageLedger, people.PermSeeWorker}
	for p, roles := range m {
		if len(roles) == 0 {
			t.Errorf("%s is given to nobody", p)
		}
		if slices.Contains(roles, people.RoleAnybody) != slices.Contains(open, p) {
			t.Errorf("%s: open to anybody, or not, against the list", p)
		}
		if slices.Contains(roles, people.RoleAuditor) != slices.Contains(auditors, p) {
			t.Errorf("%s: open to auditors, or not, against the list", p)
		}
	}
	m[people.PermSetFaults][0] = people.RoleAnybody
	if people.Matrix()[people.PermSetFaults][0] == people.RoleAnybody {
		t.Error("the table was changed through its copy")
	}
}
