package market

import (
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

var (
	today  = civil.Date("2026-03-02")
	limits = numbers{headsMax: 500, shiftMinMax: 660, hourlyFenMin: 2100, monthlyFenMin: 230_000}
)

func plan(fromMin, lengthMin int) ShiftPlan {
	from := today.AddDays(1).At(fromMin)
	return ShiftPlan{StartsAt: from, EndsAt: from.Add(time.Duration(lengthMin) * time.Minute),
		BreakMin: 30, Heads: 5}
}

func goodVacancy() Publish {
	return Publish{EmployerID: "emp_1", PlaceID: "plc_1", Settlement: Platform, Title: "分拣员",
		Content: "按单分拣。", Occupation: "4-02-06-01", PayUnit: "hour", RateFen: 2500, PlanID: "pln_1",
		Hire: "instant", Shifts: []ShiftPlan{plan(8*60, 480)}}
}

// Goal: every rule of the gate refuses its own fault with its own code and field, and nothing else.
func TestGateRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Publish)
		want   string
		field  string
	}{
		"fine": {func(*Publish) {}, "", ""},
		"no title": {func(v *Publish) { v.Title = " " },
			"market.item_missing", "title"},
		"no content": {func(v *Publish) { v.Content = "" },
			"market.item_missing", "content"},
		"no place": {func(v *Publish) { v.PlaceID = "" },
			"market.item_missing", "place_id"},
		"no plan": {func(v *Publish) { v.PlanID = "" },
			"market.item_missing", "plan_id"},
		"60 runes fit": {func(v *Publish) { v.Title = runes(60) }, "", ""},
		"61 runes do not": {func(v *Publish) { v.Title = runes(61) },
			"market.item_long", "title"},
		"no shifts": {func(v *Publish) { v.Shifts = nil },
			"market.shift_count", "shifts"},
		"odd settlement": {func(v *Publish) { v.Settlement = "cash" },
			"market.settlement", "settlement"},
		"month on us": {func(v *Publish) { v.PayUnit = "month" },
			"market.pay_unit", "pay_unit"},
		"past": {func(v *Publish) { v.Shifts[0].StartsAt = today.At(0) },
			"market.shift_past", "shifts.starts_at"},
		"ends first": {func(v *Publish) { v.Shifts[0].EndsAt = v.Shifts[0].StartsAt },
			"market.shift_times", "shifts.ends_at"},
		"660 minutes": {func(v *Publish) { v.Shifts[0] = plan(6*60, 690) }, "", ""},
		"661 minutes": {func(v *Publish) { v.Shifts[0] = plan(6*60, 691) },
			"market.shift_long", "shifts.ends_at"},
		"no heads": {func(v *Publish) { v.Shifts[0].Heads = 0 },
			"market.heads", "shifts.heads"},
		"501 heads": {func(v *Publish) { v.Shifts[0].Heads = 501 },
			"market.heads", "shifts.heads"},
		"minors by day": {func(v *Publish) { v.MinorOK = true }, "", ""},
		"minors till 22": {func(v *Publish) { v.MinorOK, v.Shifts[0] = true, plan(14*60, 480) },
			"", ""},
		"minors past 22": {func(v *Publish) { v.MinorOK, v.Shifts[0] = true, plan(14*60, 481) },
			"market.minors_at_night", "minor_ok"},
		"minors before 6": {func(v *Publish) { v.MinorOK, v.Shifts[0] = true, plan(5*60+59, 200) },
			"market.minors_at_night", "minor_ok"},
		"exactly minimum": {func(v *Publish) { v.RateFen = 2100 }, "", ""},
		"a fen under": {func(v *Publish) { v.RateFen = 2099 },
			"market.under_minimum_wage", "rate_fen"},
		"day at minimum": {func(v *Publish) { v.PayUnit, v.RateFen = "day", 15_750 }, "", ""},
		"day a fen under": {func(v *Publish) { v.PayUnit, v.RateFen = "day", 15_749 },
			"market.under_minimum_wage", "rate_fen"},
		"month at minimum": {func(v *Publish) { monthly(v, 230_000) },
			"", ""},
		"month under": {func(v *Publish) { monthly(v, 229_999) },
			"market.under_minimum_wage", "rate_fen"},
	} {
		v := goodVacancy()
		c.change(&v)
		err := checkItems(v)
		if err == nil {
			err = checkShifts(v, limits, today.At(12*60))
		}
		if err == nil {
			err = checkPay(v, limits)
		}
		if got := fault.CodeOf(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if f := fault.As(err); f != nil && f.Field != c.field {
			t.Errorf("%s: field %q, want %q", name, f.Field, c.field)
		}
	}
}

func monthly(v *Publish, rate money.Fen) {
	v.Settlement, v.PayUnit, v.RateFen = Employer, "month", rate
}

func runes(n int) string {
	r := make([]rune, n)
	for i := range r {
		r[i] = '工'
	}
	return string(r)
}

// Goal: nobody under 16 works, nobody under 18 works where adults are asked for; the edge is the
// day after the birthday.
func TestMayWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		born, day civil.Date
		minorOK   bool
		want      string
	}{
		{"2010-03-02", "2026-03-02", true, "market.worker_too_young"},
		{"2010-03-02", "2026-03-03", true, ""},
		{"2010-03-02", "2026-03-03", false, "market.adults_only"},
		{"2008-03-02", "2026-03-02", false, "market.adults_only"},
		{"2008-03-02", "2026-03-03", false, ""},
		{"1961-01-01", "2026-03-03", false, ""},
	} {
		if got := fault.CodeOf(mayWork(c.born, c.day, c.minorOK, 16)); got != c.want {
			t.Errorf("%v: got %q", c, got)
		}
	}
}

// Goal: a shift's pay and what is held for it, rounded as said.
func TestPlannedFen(t *testing.T) {
	t.Parallel()
	if got := PlannedFen("hour", 2500, 450, 0); got != 18_750 {
		t.Errorf("hour: %d", got)
	}
	if got := PlannedFen("day", 20_000, 450, 0); got != 20_000 {
		t.Errorf("day: %d", got)
	}
	if got := withMargin(money.Fen(18_750), 500); got != 19_688 {
		t.Errorf("margin: %d", got)
	}
}
