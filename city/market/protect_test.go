package market

import (
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: night is found where a shift touches it, also when nobody said so, and unknown conditions
// are refused.
func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fromMin, lengthMin int
		said, want         []Condition
	}{
		{8 * 60, 480, nil, nil},
		{14 * 60, 480, []Condition{Outdoor, Height, Outdoor}, []Condition{Height, Outdoor}},
		{14 * 60, 481, []Condition{Outdoor}, []Condition{Night, Outdoor}},
		{6 * 60, 480, nil, nil},
		{5*60 + 59, 480, []Condition{Night}, []Condition{Night}},
	} {
		v := goodVacancy()
		v.Conditions, v.Shifts = c.said, []ShiftPlan{plan(c.fromMin, c.lengthMin)}
		got, err := conditionsOf(v)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d+%d %v: got %v, %v, want %v", c.fromMin, c.lengthMin, c.said, got, err, c.want)
		}
	}
	v := goodVacancy()
	v.Conditions = []Condition{"easy"}
	if _, err := conditionsOf(v); !fault.Is(err, "market.condition") {
		t.Errorf("an unknown one: %v", err)
	}
}

// Goal: each condition brings what the law says: closed to minors, a duty, a permit.
func TestProtections(t *testing.T) {
	t.Parallel()
	for c, want := range map[Condition]protection{Outdoor: {false, "heat", ""},
		Night: {true, "night", ""}, Height: {true, "women", "cert.special_height"},
		HeavyLoad: {true, "women", ""}, Hazard: {true, "women", ""},
		Underground: {true, "women", ""}, Entertainment: {true, "", ""}} {
		if protections[c] != want {
			t.Errorf("%s: %+v", c, protections[c])
		}
	}
	if got := minorsBar([]Condition{Outdoor}); got != "" {
		t.Errorf("outdoors bars minors: %s", got)
	}
	if got := minorsBar([]Condition{Outdoor, Night}); got != Night {
		t.Errorf("outdoors at night: %q", got)
	}
	got := withPermits([]string{"skill.cleaning"}, []Condition{Height})
	if !slices.Equal(got, []string{"skill.cleaning", "cert.special_height"}) {
		t.Errorf("height asks for %v", got)
	}
	v := goodVacancy()
	v.WorkType, v.MinorOK = "part_time", true
	v.Shifts = []ShiftPlan{plan(8*60, 270)} // 4 h of work and a break of 30 minutes
	if got := dutiesOf(v, []Condition{Hazard, Height}, 240); !slices.Equal(got,
		[]string{"women", "minors"}) {
		t.Errorf("four hours: %v", got)
	}
	v.Shifts = append(v.Shifts, plan(8*60, 271))
	if got := dutiesOf(v, nil, 240); !slices.Equal(got, []string{"minors", "part_time"}) {
		t.Errorf("four hours and a minute: %v", got)
	}
}

// Goal: eleven hours a day are the limit whoever the employers are; overtime adds up by month and
// employer; the edges hold.
func TestCheckHours(t *testing.T) {
	t.Parallel()
	n := hourLimits{dayMinMax: 660, normalDayMin: 480, overtimeMonthMin: 2160}
	at := func(day civil.Date, minutes int64, employer string) span {
		return span{day.At(8 * 60), minutes, employer}
	}
	for what, c := range map[string]struct {
		next     span
		others   []span
		overtime int64
		code     string
	}{
		"alone":      {at("2026-03-02", 480, "a"), nil, 0, ""},
		"overtime":   {at("2026-03-02", 600, "a"), nil, 120, ""},
		"660 by two": {at("2026-03-02", 330, "a"), []span{at("2026-03-02", 330, "b")}, 0, ""},
		"661 by two": {at("2026-03-02", 331, "a"), []span{at("2026-03-02", 330, "b")}, 0,
			"market.day_hours"},
		"two of one":      {at("2026-03-02", 300, "a"), []span{at("2026-03-02", 300, "a")}, 120, ""},
		"another day":     {at("2026-03-02", 600, "a"), []span{at("2026-03-03", 540, "a")}, 180, ""},
		"another's month": {at("2026-03-02", 600, "a"), []span{at("2026-03-03", 600, "b")}, 120, ""},
	} {
		got, err := checkHours(c.next, c.others, n)
		if fault.CodeOf(err) != c.code || got != c.overtime {
			t.Errorf("%s: got %d, %v", what, got, err)
		}
	}
}

// Goal: the week begins on Monday and may reach into another month; only the month's own days count
// for its overtime.
func TestWeekAndMonth(t *testing.T) {
	t.Parallel()
	from, to := weekAndMonth("2026-04-01") // a Wednesday
	if want := civil.Date("2026-03-30").Midnight(); !from.Equal(want) {
		t.Errorf("from %v", from)
	}
	if want := civil.Date("2026-05-01").Midnight(); !to.Equal(want) {
		t.Errorf("to %v", to)
	}
	at := func(day civil.Date, employer string) span { return span{day.At(600), 60, employer} }
	others := []span{at("2026-03-29", "a"), at("2026-03-30", "a"), at("2026-03-31", "b"),
		at("2026-04-05", "a"), at("2026-04-06", "a")}
	if got := weekMin(at("2026-04-01", "a"), others); got != 180 {
		t.Errorf("the week has %d minutes", got)
	}
	if got := inMonth(others, "2026-04-01"); len(got) != 2 {
		t.Errorf("in the month: %v", got)
	}
	last := time.Date(2026, 12, 31, 23, 0, 0, 0, civil.Zone)
	if from, to := monthOf(civil.DateOf(last)); to.Sub(from) != 31*24*time.Hour {
		t.Errorf("December is from %v to %v", from, to)
	}
}

// Goal: a ground answers for its own rules only, and there is none beside the list.
func TestGrounds(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		given []Ground
		rules []string
		code  string
	}{
		"women's list": {[]Ground{GroundWomen}, []string{"sex.limit"}, ""},
		"women's list, age": {[]Ground{GroundWomen}, []string{"age.upper"},
			"market.ground_missing"},
		"one of two": {[]Ground{GroundWomen}, []string{"sex.limit", "age.upper"},
			"market.ground_missing"},
		"both": {[]Ground{GroundWomen, GroundNoBan}, []string{"sex.limit", "age.upper"},
			""},
		"no ban on sex limits?": {[]Ground{GroundNoBan}, []string{"sex.limit"},
			"market.ground_missing"},
		"food":              {[]Ground{GroundFood}, []string{"carrier.illness"}, ""},
		"not of the worker": {[]Ground{GroundNotOfWorker}, []string{"fee.mentioned", "sex.alone"}, ""},
		"a number": {[]Ground{GroundNotOfWorker}, []string{unknownNumber},
			"market.ground_missing"},
		"a number, checked": {[]Ground{GroundNumber}, []string{unknownNumber}, ""},
		"none":              {nil, []string{"age.upper"}, "market.ground_missing"},
		"made up":           {[]Ground{"custom"}, nil, "market.ground_unknown"},
	} {
		if err := checkGrounds(c.given, c.rules); fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %q", what, err, c.code)
		}
	}
}
