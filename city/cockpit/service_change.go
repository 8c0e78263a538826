package cockpit

import (
	"strconv"

	"github.com/gongyi/gongyi/internal/gauge"
)

// difference tells how v stands against what it was, with the key of the sentence that says so: a
// count or an amount in percent, a share in points, a time in minutes. The key is "" where there is
// nothing to compare with.
func difference(v, was gauge.Value) (n, key string) {
	switch {
	case v.Unit == "share" && v.Den > 0 && was.Den > 0:
		return signed(tenths(v.Num*1000/v.Den - was.Num*1000/was.Den)), "cockpit.change.points"
	case v.Unit == "share":
		return "", ""
	case v.Unit == "ms":
		return signed(strconv.FormatInt((v.Num-was.Num)/60_000, 10)), "cockpit.change.minutes"
	case was.Num <= 0:
		return "", ""
	}
	return signed(tenths((v.Num - was.Num) * 1000 / was.Num)), "cockpit.change.percent"
}

// tenths writes 123 as 12.3.
func tenths(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10)
}

// signed writes a plus before what grew, and a real minus.
func signed(s string) string {
	switch {
	case s == "0" || s == "0.0":
		return "±0"
	case s[0] == '-':
		return "−" + s[1:]
	}
	return "+" + s
}
