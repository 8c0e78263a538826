package insurance

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

func goodPlan() PlanText {
	return PlanText{Name: "日结意外险", Insurer: "demo_life", Mode: Declared,
		Sums:          Sums{DeathFen: 50_000_000, MedicalFen: 5_000_000, LostIncomeDayFen: 10_000},
		PremiumDayFen: 200, AgeMin: 16, AgeMax: 65}
}

// Goal: a plan that cannot be meant is refused on the field, boundaries from both sides.
func TestPlanCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, field string // field "": accepted
		change      func(*PlanText)
	}{
		{"as it should be", "", func(*PlanText) {}},
		{"free of charge", "", func(p *PlanText) { p.PremiumDayFen = 0 }},
		{"for one age", "", func(p *PlanText) { p.AgeMin, p.AgeMax = 16, 16 }},
		{"death only", "", func(p *PlanText) { p.MedicalFen, p.LostIncomeDayFen = 0, 0 }},
		{"no name", "name", func(p *PlanText) { p.Name = " " }},
		{"no insurer", "insurer", func(p *PlanText) { p.Insurer = "" }},
		{"an insurer with a slash", "insurer", func(p *PlanText) { p.Insurer = "a/b" }},
		{"an insurer in Chinese", "insurer", func(p *PlanText) { p.Insurer = "平安" }},
		{"another mode", "mode", func(p *PlanText) { p.Mode = "promised" }},
		{"no death sum", "death_fen", func(p *PlanText) { p.DeathFen = 0 }},
		{"a trillion", "death_fen", func(p *PlanText) { p.DeathFen = money.MaxFen }},
		{"negative medical", "medical_fen", func(p *PlanText) { p.MedicalFen = -1 }},
		{"negative income", "lost_income_day_fen", func(p *PlanText) { p.LostIncomeDayFen = -1 }},
		{"negative premium", "premium_day_fen", func(p *PlanText) { p.PremiumDayFen = -1 }},
		{"dearer than death", "premium_day_fen", func(p *PlanText) { p.PremiumDayFen = p.DeathFen }},
		{"children", "age_min", func(p *PlanText) { p.AgeMin = 15 }},
		{"ages the wrong way", "age_max", func(p *PlanText) { p.AgeMax = 15 }},
		{"ages without end", "age_max", func(p *PlanText) { p.AgeMax = 101 }},
	} {
		p := goodPlan()
		c.change(&p)
		err := p.check()
		if f := fault.As(err); (c.field == "") != (err == nil) || f != nil &&
			(f.Code != "insurance.plan_item" || f.Kind != fault.Invalid || f.Field != c.field) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.field)
		}
	}
}

// Goal: the beneficiary is never the employer, and only ever one of the family.
func TestBeneficiary(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"heirs", "spouse", "children", "parents"} {
		if err := checkBeneficiary(b); err != nil {
			t.Errorf("%s: %v", b, err)
		}
	}
	for _, b := range []string{"", "employer", "emp_06dq", "某某有限公司", "Heirs"} {
		if err := checkBeneficiary(b); !fault.Is(err, "insurance.beneficiary") {
			t.Errorf("%q: got %v", b, err)
		}
	}
}

// Goal: the ages of the plan are full years on the day, both ends included.
func TestAges(t *testing.T) {
	t.Parallel()
	plan := Plan{PlanText: goodPlan()}
	for birth, ok := range map[civil.Date]bool{"2010-03-02": true, "2010-03-03": false,
		"1960-03-03": true, "1960-03-02": false, "1990-01-01": true} {
		err := plan.mustFit(birth, "2026-03-02")
		if (err == nil) != ok || err != nil && !fault.Is(err, "insurance.age") {
			t.Errorf("born %s: got %v", birth, err)
		}
	}
}

// Goal: a consent covers from its instant on, not a moment earlier; none covers nothing.
func TestConsentPrecedes(t *testing.T) {
	t.Parallel()
	at := clock.At(1_772_400_000_000)
	a := agreed{ID: "icn_1", GivenAt: at}
	if err := a.mustPrecede(at); err != nil {
		t.Errorf("at its instant: %v", err)
	}
	if err := a.mustPrecede(at.Add(-time.Millisecond)); !fault.Is(err, "insurance.no_consent") {
		t.Errorf("before: %v", err)
	}
	if err := (agreed{}).mustPrecede(at); !fault.Is(err, "insurance.no_consent") {
		t.Errorf("without: %v", err)
	}
}

// Goal: what the insurer says moves the bordereau as the drawing in doc.go shows; what it says in
// words that we do not know counts as no answer.
func TestAnswered(t *testing.T) {
	t.Parallel()
	now := clock.At(1_772_400_000_000)
	for _, c := range []struct {
		answer   Answer
		state    BordereauState
		attempts int64
		open     bool
	}{
		{Answer{State: "accepted"}, Reported, 3, false},
		{Answer{State: "rejected", Reason: "no"}, Refused, 3, false},
		{Answer{State: "never_seen"}, Wanted, 4, true},
		{Answer{}, Unknown, 4, true},
		{Answer{State: "Accepted"}, Unknown, 4, true},
	} {
		b := Bordereau{State: Wanted, Attempts: 3, EndedAt: clock.At(0)}.claimed(now)
		if b.State != Sent || !b.NextAt.Equal(now.Add(askAfter)) {
			t.Errorf("claimed: %+v", b)
		}
		b = b.answered(c.answer, now)
		if b.State != c.state || b.Attempts != c.attempts || b.Reason != c.answer.Reason ||
			c.open != b.EndedAt.Equal(clock.At(0)) || c.open == b.NextAt.Equal(never) || b.stuck() {
			t.Errorf("%+v: got %+v", c.answer, b)
		}
	}
}

// Goal: asking in vain ends, after more than a day, in a bordereau that a clerk finds.
func TestAttemptsEnd(t *testing.T) {
	t.Parallel()
	now := clock.At(1_772_400_000_000)
	b, start := Bordereau{State: Sent}, now
	for b.Attempts < attemptsMax {
		if b.stuck() {
			t.Fatalf("stuck after %d attempts", b.Attempts)
		}
		b = b.answered(Answer{}, now)
		now = now.Add(wait(b.Attempts))
	}
	if !b.stuck() || now.Sub(start) < 24*time.Hour || now.Sub(start) > 48*time.Hour {
		t.Errorf("after %s: %+v", now.Sub(start), b)
	}
}
