package cockpit

import (
	"math"
	"testing"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: a share never says more than is so: rounded down, nothing of nothing, no overflow.
func TestShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		num, den int64
		want     string
	}{
		{0, 0, "—"}, {5, 0, "—"}, {0, 7, "0.00%"}, {7, 7, "100.00%"}, {99_999, 100_000, "99.99%"},
		{1, 3, "33.33%"}, {2, 3, "66.66%"}, {1, 100_000, "0.00%"}, {9, 10_000, "0.09%"},
		{math.MaxInt64, math.MaxInt64, "100.00%"}, {3, 2, "150.00%"},
	} {
		if got := share(c.num, c.den); got != c.want {
			t.Errorf("share(%d, %d) = %s, want %s", c.num, c.den, got, c.want)
		}
	}
}

// Goal: figures are grouped by thousands on both sides of zero.
func TestGrouped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000",
		-999: "-999", 1234567: "1,234,567", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %s, want %s", n, got, want)
		}
	}
	for f, want := range map[money.Fen]string{0: "0.00", 7: "0.07", 123_456: "1,234.56",
		-123_456: "-1,234.56", 99_999_999: "999,999.99"} {
		if got := yuan(f); got != want {
			t.Errorf("yuan(%d) = %s, want %s", f, got, want)
		}
	}
}

// Goal: a time is rounded up, so one second over 24 hours does not read as 24 hours.
func TestHoursMinutes(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64][2]int64{0: {0, 0}, 1: {0, 1}, 60_000: {0, 1},
		86_400_000: {24, 0}, 86_401_000: {24, 1}} {
		if h, m := hoursMinutes(ms); h != want[0] || m != want[1] {
			t.Errorf("hoursMinutes(%d) = %d, %d, want %v", ms, h, m, want)
		}
	}
}

// Goal: a period is filled from today and bounded, at both edges.
func TestNewPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to civil.Date
		want     Period
		code     string
	}{
		{"", "", Period{"2026-02-01", "2026-03-02"}, ""},
		{"2026-03-02", "", Period{"2026-03-02", "2026-03-02"}, ""},
		{"", "2026-01-31", Period{"2026-01-02", "2026-01-31"}, ""},
		{"2026-03-03", "", Period{}, "cockpit.period_reversed"},
		{"2025-03-02", "2026-03-02", Period{"2025-03-02", "2026-03-02"}, ""},
		{"2025-03-01", "2026-03-02", Period{}, "cockpit.period_long"},
	} {
		got, err := NewPeriod(c.from, c.to, "2026-03-02")
		if got != c.want || fault.CodeOf(err) != c.code {
			t.Errorf("NewPeriod(%q, %q) = %v, %v, want %v, %q", c.from, c.to, got, err, c.want,
				c.code)
		}
	}
}
