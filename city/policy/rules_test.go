package policy_test

import (
	"fmt"
	"testing"

	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
)

// Goal: the retirement months of the official tables, from both sides of each step.
func TestRetirement(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Track      policy.Track
		Born       civil.Date
		Age, Month string
	}
	readCases(t, "retirement.yaml", &cases)
	for _, c := range cases {
		got := policy.RetirementOf(c.Track, c.Born)
		age := fmt.Sprintf("%d年%d个月", got.Years, got.Months)
		if age != c.Age || got.String() != c.Month {
			t.Errorf("%s born %s: got %s in %s, want %s in %s", c.Track, c.Born, age, got, c.Age, c.Month)
		}
	}
}

// Goal: someone is over the statutory age from the month after the one in which it is reached.
func TestOverStatutoryAge(t *testing.T) {
	t.Parallel()
	for day, want := range map[civil.Date]bool{"2025-01-31": false, "2025-02-28": false,
		"2025-03-01": true, "2026-01-01": true} {
		if got := policy.OverStatutoryAge(policy.Male60, "1965-01-20", day); got != want {
			t.Errorf("on %s: got %v, want %v", day, got, want)
		}
	}
}

// Goal: sixteen counts from the day after the birthday, also for 29 February.
func TestFullAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, day civil.Date
		want       int
	}{{"2010-03-02", "2026-03-01", 15}, {"2010-03-02", "2026-03-02", 15},
		{"2010-03-02", "2026-03-03", 16}, {"2012-02-29", "2028-02-29", 15},
		{"2012-02-29", "2028-03-01", 16}, {"2008-02-29", "2025-03-01", 16},
		{"2008-02-29", "2025-03-02", 17}} {
		if got := policy.FullAge(c.birth, c.day); got != c.want {
			t.Errorf("born %s on %s: got %d, want %d", c.birth, c.day, got, c.want)
		}
	}
}

// Goal: the least contribution years rise from 2030 and stop at 20.
func TestContributionMonths(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{2025: 180, 2029: 180, 2030: 186, 2038: 234, 2039: 240,
		2050: 240} {
		if got := policy.ContributionMonths(year); got != want {
			t.Errorf("%d: got %d, want %d", year, got, want)
		}
	}
}
