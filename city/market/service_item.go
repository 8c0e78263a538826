package market

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
)

// item shows a hit. ok is no when the vacancy has gone, or its last shift that fits, since the
// engine was asked.
func (q *question) item(t *town, h match.Hit) (v WorkItem, ok bool) {
	e := t.openings.At(h.ID)
	if e == nil {
		return v, false
	}
	o := e.opening
	var open []*slot
	for i := range o.Slots {
		if s := &o.Slots[i]; q.obstacle(o, s) == "" {
			open = append(open, s)
		}
	}
	if len(open) == 0 {
		return v, false
	}
	v = q.itemOf(o, open[0])
	v.EmployerGrade = e.boss.Load().Grade
	for _, s := range open[:min(len(open), slotsShown)] {
		v.Shifts = append(v.Shifts, WorkShift{ShiftID: s.ID, StartsAt: clock.At(s.StartMS),
			EndsAt: clock.At(s.EndMS), HeadsLeft: s.HeadsLeft, PayFen: o.payFen(s)})
	}
	v.ShiftsMore = len(open) - len(v.Shifts)
	v.Requires = q.requirements(o)
	if key := t.name(h.Missing); key != "" {
		v.Missing = &q.lacking(t, []string{key})[0]
	}
	v.Fits = q.fits(o, &v)
	v.Score, v.Parts = parts(q.weights, h, float64(o.hourlyFen)/q.weights.FenPerPoint, "pay")
	return v, true
}

// itemOf shows what an opening is to anybody who looks from there.
func (q *question) itemOf(o *opening, first *slot) WorkItem {
	away := geo.DistanceM(q.at.lonE6, q.at.latE6, o.LonE6, o.LatE6)
	return WorkItem{VacancyID: o.VacancyID, ShiftID: first.ID, StartsAt: clock.At(first.StartMS),
		EndsAt: clock.At(first.EndMS), HeadsLeft: first.HeadsLeft, Title: o.Title,
		Occupation:     o.Occupation,
		OccupationName: q.Service.Skills.OccupationName(o.Occupation, q.lang),
		EmployerID:     o.EmployerID, EmployerName: o.EmployerName, PlaceID: o.PlaceID,
		PlaceName: o.PlaceName, Address: o.Address, Region: o.Region, District: region.Name(o.Region),
		LonE6: o.LonE6, LatE6: o.LatE6, DistanceM: away, MinutesAway: minutes(away, q.kmMin),
		Settlement: o.Settlement, WorkType: o.WorkType, PayUnit: o.PayUnit, RateFen: o.RateFen,
		HourFen: o.hourlyFen, ShiftFen: o.payFen(first), PlanID: o.PlanID, Hire: o.Hire,
		Conditions: o.Conditions, Source: o.Source, FixedHours: o.fixed, ChildFriendly: o.byDay}
}

// minutes is how long a way takes, begun minutes counted whole.
func minutes(awayM, kmMin int64) int64 { return (awayM*kmMin + 999) / 1000 }

func (q *question) requirements(o *opening) []Requirement {
	list := make([]Requirement, len(o.Required))
	for i, key := range o.Required {
		list[i] = q.requirement(key)
	}
	return list
}

func (q *question) requirement(key string) Requirement {
	r := Requirement{Key: key, Held: "no"}
	r.Name, r.Certificate = q.Service.Skills.Name(key, q.lang)
	_, holds := slices.BinarySearch(q.who.Skills, key)
	switch {
	case q.anySkill():
		r.Held = "unknown"
	case holds:
		r.Held = "yes"
	}
	return r
}

// fits says in words what speaks for an item.
func (q *question) fits(o *opening, v *WorkItem) []Reason {
	say := func(code string, args map[string]any) Reason {
		return Reason{code, q.Text.Say(q.lang, "market.fit."+code, args)}
	}
	list := []Reason{say("way", map[string]any{"minutes": v.MinutesAway, "km": km(v.DistanceM)})}
	if !q.personal {
		return list
	}
	if floor := q.who.FloorFen; floor > 0 {
		list = append(list, say("pay", map[string]any{"hour": o.hourlyFen.String(),
			"floor": floor.String()}))
	}
	for _, r := range v.Requires {
		if r.Held == "yes" {
			list = append(list, say("skill", map[string]any{"skill": r.Name}))
		}
	}
	if len(q.who.Busy) > 0 || q.who.free != (week{}) {
		list = append(list, say("hours", nil))
	}
	return list
}

// km writes metres as kilometres with one decimal.
func km(m int64) string {
	tenths := money.MulDivHalfUp(money.Fen(m), 1, 100)
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// parts takes a score apart; earned is what pay or reliability brings.
func parts(w match.Weights, h match.Hit, earned float64, code string) (float64, []ScorePart) {
	miss := 0.0
	if h.Missing >= 0 {
		miss = -w.PointsPerMissing
	}
	total := thousandths(h.Score)
	list := []ScorePart{{code, thousandths(earned)}, {"missing", thousandths(miss)}}
	list = append(list, ScorePart{"way", thousandths(total - list[0].Points - list[1].Points)})
	list = slices.DeleteFunc(list, func(p ScorePart) bool { return p.Code != "way" && p.Points == 0 })
	slices.SortStableFunc(list, func(a, b ScorePart) int {
		return cmp.Compare(math.Abs(b.Points), math.Abs(a.Points))
	})
	return total, list
}

func thousandths(v float64) float64 { return math.Round(v*1000)/1000 + 0 }
