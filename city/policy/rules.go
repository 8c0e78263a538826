package policy

import (
	"fmt"

	"github.com/gongyi/gongyi/internal/civil"
)

// FullAge gives the full years of someone born on birth for a rule that protects: a year counts
// from the day after the birthday.
// Source: 国令364号 art. 2 (16周岁); counting from the next day as in 法释〔2006〕1号 art. 2.
func FullAge(birth, day civil.Date) int { return birth.AgeOn(day.AddDays(-1)) }

// Track is the class of statutory retirement a person falls into.
type Track string

// The tracks, by the age that held until the end of 2024.
const (
	Male60   Track = "male_60"
	Female55 Track = "female_55"
	Female50 Track = "female_50"
)

// delayRule: who is born in or after the first month retires one month later for every `every`
// months begun since then, at most maxMonths later.
type delayRule struct {
	baseYears       int
	firstBirthMonth int // year*12 + month-1
	every           int
	maxMonths       int
}

var delayRules = map[Track]delayRule{
	Male60:   {60, 1965 * 12, 4, 36},
	Female55: {55, 1970 * 12, 4, 36},
	Female50: {50, 1975 * 12, 2, 60},
}

// Retirement is when a person reaches the statutory age.
type Retirement struct {
	Years, Months int // the statutory age
	YearOf        int // the calendar month in which it is reached
	MonthOf       int
}

// String gives the month as YYYY-MM.
func (r Retirement) String() string { return fmt.Sprintf("%04d-%02d", r.YearOf, r.MonthOf) }

// RetirementOf gives the statutory retirement age of someone born on that day; an unknown track
// is a programmer's error and panics.
// Source: 全国人大常委会关于实施渐进式延迟法定退休年龄的决定, from 2025-01-01; formula of DOMAIN C9,
// checked against the official table's months.
func RetirementOf(track Track, birth civil.Date) Retirement {
	rule, ok := delayRules[track]
	if !ok {
		panic("policy: unknown retirement track " + string(track))
	}
	b := birth.Midnight().In(civil.Zone)
	born := b.Year()*12 + int(b.Month()) - 1
	delay := 0
	if n := born - rule.firstBirthMonth; n >= 0 {
		delay = min(n/rule.every+1, rule.maxMonths)
	}
	reached := born + rule.baseYears*12 + delay
	return Retirement{Years: rule.baseYears + delay/12, Months: delay % 12,
		YearOf: reached / 12, MonthOf: reached%12 + 1}
}

// OverStatutoryAge tells whether the retirement month has passed on that day: the contract is
// then one for people over the statutory age.
func OverStatutoryAge(track Track, birth, day civil.Date) bool {
	return day[:len("2006-01")] > civil.Date(RetirementOf(track, birth).String())
}

// ContributionMonths gives the least months of pension contributions of someone who retires in
// that year: 15 years until 2029, half a year more each year from 2030, 20 years from 2039.
// Source: the decision named at RetirementOf, art. 2 [T2].
func ContributionMonths(retireYear int) int {
	return 15*12 + 6*min(max(retireYear-2029, 0), 10)
}
