package market

import (
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: an application goes where the drawing says, never back from an end, and an end is one.
func TestOnward(t *testing.T) {
	t.Parallel()
	for _, end := range []State{Done, Withdrawn, Refused, Expired, CancelledByEmployer, Replaced} {
		if next := onward[end]; len(next) > 0 {
			t.Errorf("%s is an end, yet goes on to %v", end, next)
		}
	}
	for _, path := range [][]State{
		{Applied, Shortlisted, Interviewing, Offered, Accepted, Arrived, Started, Done},
		{Applied, Offered, Accepted, Started}, {Interviewing, Interviewing, Shortlisted},
		{Accepted, NoShow, Replaced},
	} {
		for i := 1; i < len(path); i++ {
			if err := (Application{State: path[i-1]}).mayBecome(path[i]); err != nil {
				t.Errorf("%s to %s: %v", path[i-1], path[i], err)
			}
		}
	}
	for _, step := range [][2]State{{Applied, Accepted}, {Accepted, Refused}, {Started, Withdrawn},
		{Applied, Interviewing}, {Refused, Offered}} {
		err := (Application{State: step[0]}).mayBecome(step[1])
		if !fault.Is(err, "market.application_state") {
			t.Errorf("%s to %s: %v", step[0], step[1], err)
		}
	}
	if got := before(Started); !slices.Equal(got, []State{Accepted, Arrived}) {
		t.Errorf("before started: %v", got)
	}
}

// Goal: silence and contradiction are unknown, one honest word counts, the staff's decides.
func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said map[string]bool
		want Verdict
	}{
		{nil, Unknown},
		{map[string]bool{SideWorker: true}, There},
		{map[string]bool{SideEmployer: false}, Left},
		{map[string]bool{SideWorker: true, SideEmployer: true}, There},
		{map[string]bool{SideWorker: false, SideEmployer: false}, Left},
		{map[string]bool{SideWorker: false, SideEmployer: true}, Unknown},
		{map[string]bool{SideWorker: false, SideEmployer: true, SideStaff: true}, There},
		{map[string]bool{SideStaff: false}, Left},
	} {
		if got := judge(c.said); got != c.want {
			t.Errorf("%v: %s, want %s", c.said, got, c.want)
		}
	}
}

// Goal: the checks are on the 30th, 60th and 90th day after the first, and then no more.
func TestNextCheck(t *testing.T) {
	t.Parallel()
	started := today.At(8 * 60) // 2 March
	for after, want := range map[int64]string{0: "2026-04-01", 30: "2026-05-01", 60: "2026-05-31"} {
		day, due := nextCheck(started, after)
		if day != after+30 || due.Add(8*time.Hour).Format(time.DateOnly) != want {
			t.Errorf("after day %d: day %d on %s", after, day, due)
		}
	}
	if day, due := nextCheck(started, 90); day != 0 || !due.IsZero() {
		t.Errorf("after the last: day %d on %s", day, due)
	}
}

// Goal: an interview slot lies ahead, has a length and room.
func TestCheckSlot(t *testing.T) {
	t.Parallel()
	now := today.At(8 * 60)
	for _, c := range []struct {
		from, to time.Duration
		capacity int64
		want     string
	}{
		{time.Hour, 2 * time.Hour, 1, ""}, {time.Hour, 25 * time.Hour, slotHeadsMax, ""},
		{0, time.Hour, 1, "market.slot_past"}, {time.Hour, time.Hour, 1, "market.slot_times"},
		{time.Hour, 26 * time.Hour, 1, "market.slot_times"},
		{time.Hour, 2 * time.Hour, 0, "market.slot_capacity"},
		{time.Hour, 2 * time.Hour, slotHeadsMax + 1, "market.slot_capacity"},
	} {
		err := checkSlot(now.Add(c.from), now.Add(c.to), c.capacity, now)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Goal: a term is for work by the month, and bounded.
func TestTermMonths(t *testing.T) {
	t.Parallel()
	v := goodVacancy()
	v.TermMonths = 12
	if err := checkKind(v); !fault.Is(err, "market.term_months") {
		t.Errorf("a term of hourly work: %v", err)
	}
	v.Settlement, v.PayUnit = Employer, "month"
	if err := checkKind(v); err != nil {
		t.Errorf("a year: %v", err)
	}
	v.TermMonths = termMonthsMax + 1
	if err := checkKind(v); !fault.Is(err, "market.term_months") {
		t.Errorf("too long: %v", err)
	}
}

// Goal: what is said of the term must be what pay and months make it, so that nobody signs an
// open-ended contract by leaving a box empty.
func TestTerm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit   string
		months int64
		is     string
	}{{"hour", 0, "shift"}, {"day", 0, "shift"}, {"month", 12, "fixed"}, {"month", 0, "open"}} {
		for _, said := range []string{"", "shift", "fixed", "open"} {
			v := goodVacancy()
			v.Settlement, v.PayUnit, v.TermMonths, v.Term = Employer, c.unit, c.months, said
			err := checkKind(v)
			if fits := said == "" || said == c.is; fits && err != nil ||
				!fits && !fault.Is(err, "market.term") {
				t.Errorf("%s, %d months, said %q: %v", c.unit, c.months, said, err)
			}
		}
	}
}

// Goal: a page is cut where the next one begins, and only then says so.
func TestPage(t *testing.T) {
	t.Parallel()
	list := make([]Application, listMax+1)
	for i := range list {
		list[i] = Application{ID: string(rune('a' + i)), State: Applied}
	}
	p := (&Service{}).page(list, "")
	if len(p.Applications) != listMax || p.Next != list[listMax-1].ID {
		t.Errorf("%d on the page, next %q", len(p.Applications), p.Next)
	}
	if p = (&Service{}).page(list[:listMax], ""); len(p.Applications) != listMax || p.Next != "" {
		t.Errorf("%d on a last page, next %q", len(p.Applications), p.Next)
	}
}
