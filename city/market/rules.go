package market

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// numbers are the policy values a vacancy is judged by, at its first day in its region.
type numbers struct {
	headsMax, shiftMinMax, hourlyFenMin, monthlyFenMin int64
}

// checkItems refuses a vacancy that does not say what it must say.
// Source: 人力资源市场暂行条例 24: employer, openings, requirements, content, place, pay; product
// choice: lengths in runes.
func checkItems(v Publish) error {
	for _, item := range []struct {
		field, text string
		runesMax    int
	}{
		{"title", v.Title, titleRunesMax}, {"content", v.Content, contentRunesMax},
		{"occupation", v.Occupation, 40}, {"place_id", v.PlaceID, 60},
	} {
		text := strings.TrimSpace(item.text)
		if text == "" {
			return fault.New(fault.Invalid, "market.item_missing").OnField(item.field)
		}
		if utf8.RuneCountInString(text) > item.runesMax {
			return fault.New(fault.Invalid, "market.item_long", "max", item.runesMax).OnField(item.field)
		}
	}
	if v.RateFen <= 0 || v.RateFen > money.MaxFen/1000 {
		return fault.New(fault.Invalid, "market.item_missing").OnField("rate_fen")
	}
	if len(v.Shifts) == 0 || len(v.Shifts) > shiftsPerVacancy {
		return fault.New(fault.Invalid, "market.shift_count", "max", shiftsPerVacancy).OnField("shifts")
	}
	for _, s := range v.Shifts {
		if err := s.checkParts(v.PayUnit); err != nil {
			return err
		}
	}
	return checkKind(v)
}

// termMonthsMax is ten years; longer is open-ended, 劳动合同法 14.
const termMonthsMax = 120

// term is how long the contract binds: work by the month for a number of months or until somebody
// ends it, all other for its shift.
// Source: 劳动合同法 12–14.
func term(payUnit string, months int64) string {
	switch {
	case payUnit != "month":
		return "shift"
	case months > 0:
		return "fixed"
	}
	return "open"
}

func checkKind(v Publish) error {
	monthly := v.PayUnit == "month"
	switch {
	case v.TermMonths < 0 || v.TermMonths > termMonthsMax || v.TermMonths > 0 && !monthly:
		return fault.New(fault.Invalid, "market.term_months", "max", termMonthsMax).
			OnField("term_months")
	case v.Term != "" && v.Term != term(v.PayUnit, v.TermMonths):
		return fault.New(fault.Invalid, "market.term").OnField("term")
	case v.Settlement != Platform && v.Settlement != Employer:
		return fault.New(fault.Invalid, "market.settlement").OnField("settlement")
	case v.PayUnit != "hour" && v.PayUnit != "day" && v.PayUnit != "piece" && !monthly,
		monthly && v.Settlement == Platform:
		return fault.New(fault.Invalid, "market.pay_unit").OnField("pay_unit")
	case v.Hire != "instant" && v.Hire != "offer":
		return fault.New(fault.Invalid, "market.hire").OnField("hire")
	case v.Settlement == Platform && v.PlanID == "":
		return fault.New(fault.Invalid, "market.item_missing").OnField("plan_id")
	}
	return nil
}

// checkShifts refuses shifts that lie in the past, are too long or have too many heads, and minors
// at night. Source: 劳动法 36, 41 (hours, via policy), 未成年人保护法 61.
func checkShifts(v Publish, n numbers, now time.Time) error {
	for _, s := range v.Shifts {
		length := int64(s.EndsAt.Sub(s.StartsAt) / time.Minute)
		switch {
		case s.StartsAt.Before(now):
			return fault.New(fault.Invalid, "market.shift_past").OnField("shifts.starts_at")
		case length <= 0 || s.BreakMin < 0 || s.BreakMin*2 > length:
			return fault.New(fault.Invalid, "market.shift_times").OnField("shifts.ends_at")
		case length-s.BreakMin > n.shiftMinMax:
			return fault.New(fault.Invalid, "market.shift_long", "max_min", n.shiftMinMax).
				OnField("shifts.ends_at")
		case s.Heads < 1 || s.Heads > n.headsMax:
			return fault.New(fault.Invalid, "market.heads", "max", n.headsMax).OnField("shifts.heads")
		case v.MinorOK && atNight(s.StartsAt, s.EndsAt):
			return fault.New(fault.Invalid, "market.minors_at_night").OnField("minor_ok")
		}
	}
	return nil
}

// atNight tells whether a stretch touches 22:00–06:00 in China.
func atNight(from, to time.Time) bool {
	day := civil.DateOf(from)
	for _, d := range []civil.Date{day.AddDays(-1), day} {
		if from.Before(d.At(30*60)) && to.After(d.At(22*60)) {
			return true
		}
	}
	return false
}

// checkPay refuses pay under the place's minimum: by the hour for hours, days and pieces (whose
// norm must earn it), by the month for months. Source: 劳动法 48; 劳动合同法 72; the numbers are policy's.
func checkPay(v Publish, n numbers) error {
	if v.PayUnit == "month" {
		if int64(v.RateFen) < n.monthlyFenMin {
			return underMinimum(n.monthlyFenMin)
		}
		return nil
	}
	for _, s := range v.Shifts {
		paid := PlannedFen(v.PayUnit, v.RateFen, plannedMin(s.StartsAt, s.EndsAt, s.BreakMin), s.Pieces)
		least := money.MulDivCeil(
			money.Fen(n.hourlyFenMin),
			plannedMin(s.StartsAt, s.EndsAt, s.BreakMin),
			60,
		)
		if paid < least {
			return underMinimum(n.hourlyFenMin)
		}
	}
	return nil
}

func underMinimum(least int64) error {
	return fault.New(fault.Invalid, "market.under_minimum_wage", "least", money.Fen(least).String()).
		OnField("rate_fen")
}
