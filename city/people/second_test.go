package people_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: where the city requires a second step, a member of staff who has none can do nothing but
// set one up; a worker is not asked; by choice, nobody is.
func TestSecondRequired(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		sys := people.AsSystem(context.Background(), "test")
		_, err := b.CreateStaff(sys, people.CreateStaff{Keyed: b.key(), Phone: "19990000001",
			Name: "经办员", Roles: []people.Role{people.RoleClerk}})
		if err != nil {
			t.Fatal(err)
		}
		enter := func(phone string) (people.Session, context.Context) {
			s, err := b.LogIn(context.Background(), people.LogIn{Phone: phone,
				Code: b.request(t, phone)})
			if err != nil {
				t.Fatal(err)
			}
			return s, b.enter(t, s.Token)
		}
		if s, _ := enter("19990000001"); s.Second != "" {
			t.Errorf("by choice: %q", s.Second)
		}
		b.Policy = requiring(t)
		s, clerk := enter("19990000001")
		if s.Second != "enrol" || people.ActorOf(clerk).Roles != nil {
			t.Errorf("required: %q, %v", s.Second, people.ActorOf(clerk))
		}
		if err := people.Must(clerk, people.PermVetEmployer, ""); !fault.Is(err, "people.second_due") {
			t.Errorf("a clerk without it: %v", err)
		}
		if _, err := b.ShowMe(clerk, people.Me{}); !fault.Is(err, "people.second_due") {
			t.Errorf("its own account: %v", err)
		}
		if _, err := b.BeginSecond(clerk, people.BeginSecond{}); err != nil {
			t.Errorf("it may set one up: %v", err)
		}
		if _, err := b.LogOut(clerk, people.LogOut{}); err != nil {
			t.Errorf("it may log out: %v", err)
		}
		if s, w := enter("13900000001"); s.Second != "" || people.ActorOf(w).SecondDue {
			t.Errorf("a worker: %q", s.Second)
		}
	})
}

// requiring are the numbers of a city that requires the second step.
func requiring(t *testing.T) *policy.Book {
	t.Helper()
	text, err := os.ReadFile("../policy/data/people.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(text), "people.second_step_required:")
	if !ok {
		t.Fatal("no people.second_step_required")
	}
	after = strings.Replace(after, "value: 0", "value: 1", 1)
	book, err := policy.Read(fstest.MapFS{"data/people.yaml": {
		Data: []byte(before + "people.second_step_required:" + after)}})
	if err != nil {
		t.Fatal(err)
	}
	return book
}
