package contract

import (
	"testing"

	"github.com/gongyi/gongyi/internal/civil"
)

// Goal: the month counts the first day of work and is never longer than the law's, at the ends of
// months too.
func TestDueAt(t *testing.T) {
	t.Parallel()
	for started, want := range map[civil.Date]civil.Date{
		"2026-01-15": "2026-02-15", "2026-01-31": "2026-02-28", "2024-01-31": "2024-02-29",
		"2026-02-28": "2026-03-28", "2026-12-01": "2027-01-01", "2026-03-31": "2026-04-30",
	} {
		for _, minute := range []int{0, 8 * 60, 24*60 - 1} {
			if got := dueAt(started.At(minute), 1); !got.Equal(want.Midnight()) {
				t.Errorf("work from %s is due %s, want %s 00:00", started, got, want)
			}
		}
	}
}
