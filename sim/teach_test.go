package sim_test

import (
	"testing"

	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/sim"
)

// Goal: classes are opened, attended and passed, and who passed is placed where that is asked for;
// no law breaks over it, and both engines tell the same story.
func TestClasses(t *testing.T) {
	t.Parallel()
	c := sim.Config{Seed: 5, Days: 6, Classes: true}
	one := liveAs(t, file(t), c)
	if one.Classes == 0 || one.ClassesPassed == 0 || one.ClassesPassed > one.Enrolments ||
		one.TaughtAccepted == 0 {
		t.Errorf("nothing was learnt: %s", text(t, one))
	}
	if a, b := text(t, one), text(t, liveAs(t, dbtest.Schema(t), c)); a != b {
		t.Errorf("SQLite and PostgreSQL tell different stories:\n%s\n%s", a, b)
	}
}
