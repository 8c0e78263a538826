package credit

import (
	"sort"
)

// Rules are the numbers by which facts become a grade, as policy had them on the day. Their JSON is
// kept with every grade.
// Source: product choice within 人社部规〔2016〕1号's frame of A, B and C: policy/data/credit.yaml.
type Rules struct {
	Version      int64 `json:"version"`
	WindowDays   int64 `json:"window_days"`
	SettleMin    int64 `json:"settle_min"`
	NoticeMin    int64 `json:"notice_min"`
	WagesLeast   int64 `json:"wages_least"`
	APoints      int64 `json:"a_points"`
	BPoints      int64 `json:"b_points"`
	Late         Share `json:"late"`
	DayPoints    int64 `json:"day_points"`
	DayPointsMax int64 `json:"day_points_max"`
	Clock        Share `json:"clock"`
	Cancel       Share `json:"cancel"`
	Turned       Share `json:"turned"`
	Refuse       Share `json:"refuse"`
	Complaint    int64 `json:"complaint"`
	ComplaintMax int64 `json:"complaint_max"`
}

// Share costs points in proportion to bad/of; at FullBP of 10 000 all of them are lost.
type Share struct {
	Points int64 `json:"points"`
	FullBP int64 `json:"full_bp"`
}

func (s Share) lost(bad, of int64) int64 {
	if bad <= 0 || of <= 0 {
		return 0
	}
	return min(s.Points, s.Points*bad*10_000/of/max(s.FullBP, 1))
}

const pointsFull = 100

// Judge makes a verdict of facts: a pure sum, the same for everybody who does it.
func (r Rules) Judge(f Facts) Verdict {
	v := Verdict{Points: pointsFull}
	for _, l := range []Loss{
		{"wages_late", f.WagesLate, f.WagesDue, r.Late.lost(f.WagesLate, f.WagesDue)},
		{"days_late", f.DaysLate, 0, min(f.DaysLate*r.DayPoints, r.DayPointsMax)},
		{"hours_clock", f.HoursClock, f.Hours, r.Clock.lost(f.HoursClock, f.Hours)},
		{"cancelled", f.Cancelled, f.Placed, r.Cancel.lost(f.Cancelled, f.Placed)},
		{"turned_away", f.TurnedAway, f.Placed, r.Turned.lost(f.TurnedAway, f.Placed)},
		{"refused", f.Refused, f.Vacancies, r.Refuse.lost(f.Refused, f.Vacancies)},
		{"complaints", f.Complaints, 0, min(f.Complaints*r.Complaint, r.ComplaintMax)},
		{"listed", f.Listed, 0, min(f.Listed, 1) * pointsFull},
	} {
		if l.Bad > 0 {
			v.Points -= l.Points
			v.Losses = append(v.Losses, l)
		}
	}
	v.Points = max(v.Points, 0)
	sort.SliceStable(v.Losses, func(i, j int) bool { return v.Losses[i].Points > v.Losses[j].Points })
	v.Grade = r.grade(f, v.Points)
	return v
}

// grade gives the letter. Who is listed has C; who has paid few wages yet, and of whom no complaint
// was upheld, is not rated: one accident of three is no habit.
func (r Rules) grade(f Facts, points int64) Grade {
	switch {
	case f.Listed > 0:
		return GradeC
	case f.WagesDue < r.WagesLeast && f.Complaints == 0:
		return Unrated
	case points >= r.APoints:
		return GradeA
	case points >= r.BPoints:
		return GradeB
	}
	return GradeC
}
