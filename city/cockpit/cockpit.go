package cockpit

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

var errNotReady = fault.New(fault.Unavailable, "cockpit.not_ready")

const (
	daysDefault = 30  // about what a month's report covers
	daysMax     = 366 // a year; longer reads would weigh on the city's database
)

// none is shown for a share of nothing.
const none = "—"

// Period is a stretch of days; both From and To count.
type Period struct{ From, To civil.Date }

// NewPeriod fills what is left out: To is today, From the first of 30 days.
// Faults: cockpit.period_reversed, cockpit.period_long (invalid, field "from").
func NewPeriod(from, to, today civil.Date) (Period, error) {
	if to == "" {
		to = today
	}
	if from == "" {
		from = to.AddDays(1 - daysDefault)
	}
	switch {
	case from > to:
		return Period{}, fault.New(fault.Invalid, "cockpit.period_reversed",
			"from", from, "to", to).OnField("from")
	case from < to.AddDays(1-daysMax):
		return Period{}, fault.New(fault.Invalid, "cockpit.period_long",
			"max", daysMax).OnField("from")
	}
	return Period{From: from, To: to}, nil
}

// String is the period for people and programs alike.
func (p Period) String() string { return string(p.From) + " – " + string(p.To) }

// Grouped writes 1234567 as 1,234,567.
func Grouped(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	return sign + groupedDigits(digits)
}

func groupedDigits(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// share writes num/den as a percentage with two decimals, rounded down. Numerators are far below
// 9 × 10^14 in practice, but a page must not lie even if one is not: hence big.
func share(num, den int64) string {
	if den <= 0 {
		return none
	}
	n := new(big.Int).Mul(big.NewInt(num), big.NewInt(10_000))
	bp := n.Div(n, big.NewInt(den)).Int64()
	return strconv.FormatInt(bp/100, 10) + "." + strconv.FormatInt(bp%100/10, 10) +
		strconv.FormatInt(bp%10, 10) + "%"
}

// yuan writes 123456 fen as 1,234.56.
func yuan(f money.Fen) string {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(f.String(), "-"), ".")
	sign := ""
	if f < 0 {
		sign = "-"
	}
	return sign + groupedDigits(whole) + "." + fraction
}

// hoursMinutes cuts milliseconds, rounded up: a wage that took a second too long is not on time.
func hoursMinutes(ms int64) (hours, minutes int64) {
	const minuteMS = 60_000
	m := (ms + minuteMS - 1) / minuteMS
	return m / 60, m % 60
}
