package market

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Condition is something about the work from which the law protects people.
type Condition string

// The conditions. Night is found by the gate where a shift touches 22:00–06:00; the others are said
// by the employer.
const (
	Entertainment Condition = "entertainment" // 娱乐场所, bar, net café
	Hazard        Condition = "hazard"        // poisonous, dangerous
	HeavyLoad     Condition = "heavy_load"    // level-4 load, or lifts of more than 20 kg
	Height        Condition = "height"        // 2 m and more above the ground
	Night         Condition = "night"
	Outdoor       Condition = "outdoor"
	Underground   Condition = "underground" // in a mine
)

// protection is what a condition brings with it.
type protection struct {
	barsMinors  bool
	duty        string // what the employer must see to; shown beside the vacancy
	certificate string // without which nobody may do it
}

// protections: minors by 未成年人保护法 61 and 劳动法 64; the women's list of 国令619 is the employer's
// duty, because nobody is asked about a pregnancy; heat by 防暑降温措施管理办法 8; permits by 安全生产法 30.
var protections = map[Condition]protection{
	Entertainment: {barsMinors: true},
	Hazard:        {barsMinors: true, duty: "women"},
	HeavyLoad:     {barsMinors: true, duty: "women"},
	Height:        {barsMinors: true, duty: "women", certificate: "cert.special_height"},
	Night:         {barsMinors: true, duty: "night"},
	Outdoor:       {duty: "heat"},
	Underground:   {barsMinors: true, duty: "women"},
}

// conditionsOf gives what the vacancy says of its work and what its shifts show, sorted, each once.
// Faults: market.condition (invalid) for one that is not known.
func conditionsOf(v Publish) ([]Condition, error) {
	all := slices.Clone(v.Conditions)
	for _, c := range all {
		if _, known := protections[c]; !known {
			return nil, fault.New(fault.Invalid, "market.condition", "given", string(c)).
				OnField("conditions")
		}
	}
	for _, s := range v.Shifts {
		if atNight(s.StartsAt, s.EndsAt) {
			all = append(all, Night)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// minorsBar gives the first condition that closes the work to people under 18, "" when none does.
func minorsBar(all []Condition) Condition {
	for _, c := range all {
		if protections[c].barsMinors {
			return c
		}
	}
	return ""
}

// withPermits adds the certificates that the conditions ask for.
func withPermits(required []string, all []Condition) []string {
	required = slices.Clone(required)
	for _, c := range all {
		if k := protections[c].certificate; k != "" && !slices.Contains(required, k) {
			required = append(required, k)
		}
	}
	return required
}

// dutiesOf gives what the employer of such work must see to, and what will be otherwise than it may
// think: part_time is told where a shift is longer than part-time work may be, because the worker
// will then sign a full labour contract (contract.Choose).
// Source: as protections; 劳动合同法 68 for part-time work, its limit from policy.
func dutiesOf(v Publish, all []Condition, partTimeDayMin int64) []string {
	var duties []string
	add := func(duty string) {
		if duty != "" && !slices.Contains(duties, duty) {
			duties = append(duties, duty)
		}
	}
	for _, c := range all {
		add(protections[c].duty)
	}
	if v.MinorOK {
		add("minors")
	}
	for _, s := range v.Shifts {
		if v.WorkType == "part_time" && s.EndsAt.Sub(s.StartsAt) > 0 &&
			plannedMin(s.StartsAt, s.EndsAt, s.BreakMin) > partTimeDayMin {
			add("part_time")
		}
	}
	return duties
}

// span is planned work, for the limits of hours.
type span struct {
	StartsAt   time.Time
	PlannedMin int64
	EmployerID string
}

// engagement is a placement that a worker is offered, has taken or has done.
type engagement struct {
	span   // PlannedMin is the whole shift's, as its contract says
	ID     string
	State  State
	EndsAt time.Time
}

// meets tells whether two stretches of time overlap; back to back they do not.
func (e engagement) meets(from, to time.Time) bool {
	return e.StartsAt.Before(to) && e.EndsAt.After(from)
}

// noClash refuses a second placement at the same time.
// Faults: market.clash (conflict).
func noClash(all []engagement, from, to time.Time) error {
	for _, e := range all {
		if (e.State == Accepted || e.State == Started) && e.meets(from, to) {
			return fault.New(fault.Conflict, "market.clash", "placement", e.ID).OnField("shift_id")
		}
	}
	return nil
}

// work gives what of the engagements is work: as planned, and what of it was left for who stepped
// in later.
func work(all []engagement) (planned, left []span) {
	for _, e := range all {
		if e.State == Offered {
			continue
		}
		planned = append(planned, e.span)
		e.PlannedMin = leftMin(e.PlannedMin, e.StartsAt, e.EndsAt)
		left = append(left, e.span)
	}
	return planned, left
}

// hourLimits are the limits of working time, from policy.
type hourLimits struct{ dayMinMax, normalDayMin, overtimeMonthMin int64 }

// monthOf gives the first instant of the day's month and of the next.
func monthOf(day civil.Date) (from, to time.Time) {
	first := civil.Date(string(day[:len("2006-01")]) + "-01").Midnight()
	return first, first.In(civil.Zone).AddDate(0, 1, 0).UTC()
}

// checkHours judges one more span of work, given the worker's others of the same month. More than
// the longest day is refused, whoever the employers are: the limit is there for the worker's
// health (product choice where there are several employers; the law speaks of one). Overtime of the
// month, counted as the law does for one employer over the normal day, is only told.
// Faults: market.day_hours (forbidden).
// Source: 劳动法 36, 41: 8 h a day; overtime at most 3 h a day and 36 h a month.
func checkHours(next span, others []span, n hourLimits) (overtimeMin int64, err error) {
	day := civil.DateOf(next.StartsAt)
	today, mine := next.PlannedMin, map[civil.Date]int64{day: next.PlannedMin}
	for _, s := range others {
		d := civil.DateOf(s.StartsAt)
		if d == day {
			today += s.PlannedMin
		}
		if s.EmployerID == next.EmployerID {
			mine[d] += s.PlannedMin
		}
	}
	if today > n.dayMinMax {
		return 0, fault.New(fault.Forbidden, "market.day_hours", "max_h", n.dayMinMax/60,
			"planned_min", today).OnField("shift_id")
	}
	for _, minutes := range mine {
		overtimeMin += max(minutes-n.normalDayMin, 0)
	}
	return overtimeMin, nil
}

// weekAndMonth gives the stretch that holds the day's week (from Monday) and its month.
func weekAndMonth(day civil.Date) (from, to time.Time) {
	monday := mondayOf(day)
	from, to = monthOf(day)
	if m := monday.Midnight(); m.Before(from) {
		from = m
	}
	if m := monday.AddDays(7).Midnight(); m.After(to) {
		to = m
	}
	return from, to
}

func mondayOf(day civil.Date) civil.Date {
	return day.AddDays(-(int(day.Midnight().In(civil.Zone).Weekday()) + 6) % 7)
}

// inMonth keeps what begins in the day's month.
func inMonth(all []span, day civil.Date) []span {
	from, to := monthOf(day)
	return slices.DeleteFunc(slices.Clone(all), func(s span) bool {
		return s.StartsAt.Before(from) || !s.StartsAt.Before(to)
	})
}

// weekMin sums the span with the same employer's others of its week.
func weekMin(next span, others []span) int64 {
	monday := mondayOf(civil.DateOf(next.StartsAt))
	from, to := monday.Midnight(), monday.AddDays(7).Midnight()
	sum := next.PlannedMin
	for _, s := range others {
		if s.EmployerID == next.EmployerID && !s.StartsAt.Before(from) && s.StartsAt.Before(to) {
			sum += s.PlannedMin
		}
	}
	return sum
}

// isMinor tells whether someone is under 18 on that day; a year counts from the day after the
// birthday.
func isMinor(born, day civil.Date) bool { return int64(born.AgeOn(day.AddDays(-1))) < adultAge }
