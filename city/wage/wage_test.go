package wage

import (
	"slices"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// Goal: work is worth its rate, rounded half up to a fen, once.
func TestEarned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cmd  AccrueCmd
		want money.Fen
	}{
		{"Hour/Whole", AccrueCmd{PayUnit: ByHour, RateFen: 2400, WorkedMin: 480}, 19200},
		{"Hour/JustUnderHalf", AccrueCmd{PayUnit: ByHour, RateFen: 2429, WorkedMin: 1}, 40}, // 40.483…
		{"Hour/Half", AccrueCmd{PayUnit: ByHour, RateFen: 2430, WorkedMin: 1}, 41},          // 40.5
		{"Hour/AMinuteOfAFen", AccrueCmd{PayUnit: ByHour, RateFen: 29, WorkedMin: 1}, 0},
		{"Hour/Nothing", AccrueCmd{PayUnit: ByHour, RateFen: 2400}, 0},
		{"Day/AsPlanned", AccrueCmd{PayUnit: ByDay, RateFen: 24200, WorkedMin: 480, PlannedMin: 480},
			24200},
		{"Day/Half", AccrueCmd{PayUnit: ByDay, RateFen: 24200, WorkedMin: 240, PlannedMin: 480}, 12100},
		{"Day/Overrun", AccrueCmd{PayUnit: ByDay, RateFen: 24200, WorkedMin: 540, PlannedMin: 480},
			27225},
		{"Day/NoPlan", AccrueCmd{PayUnit: ByDay, RateFen: 24200, WorkedMin: 1}, 24200},
		{"Piece", AccrueCmd{PayUnit: ByPiece, RateFen: 35, Pieces: 120, WorkedMin: 480}, 4200},
		{"Piece/None", AccrueCmd{PayUnit: ByPiece, RateFen: 35, WorkedMin: 480}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.cmd.earned(); got != c.want {
				t.Fatalf("got %d, want %d", got, c.want)
			}
		})
	}
}

// Goal: a command that the clock cannot have made is refused.
func TestAccrueCheck(t *testing.T) {
	t.Parallel()
	good := AccrueCmd{Source: "clk", PlacementID: "p", WorkerID: "w", EmployerID: "e", PayUnit: ByHour,
		RateFen: 1, StartAt: noon, EndAt: noon}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*AccrueCmd){
		"Source":      func(c *AccrueCmd) { c.Source = "" },
		"Placement":   func(c *AccrueCmd) { c.PlacementID = "" },
		"Worker":      func(c *AccrueCmd) { c.WorkerID = "" },
		"Employer":    func(c *AccrueCmd) { c.EmployerID = "" },
		"Unit":        func(c *AccrueCmd) { c.PayUnit = "month" },
		"Rate":        func(c *AccrueCmd) { c.RateFen = 0 },
		"Minutes":     func(c *AccrueCmd) { c.WorkedMin = -1 },
		"Planned":     func(c *AccrueCmd) { c.PlannedMin = -1 },
		"Pieces":      func(c *AccrueCmd) { c.Pieces = -1 },
		"EndsEarlier": func(c *AccrueCmd) { c.EndAt = noon.Add(-time.Minute) },
	} {
		bad := good
		if spoil(&bad); bad.check() == nil {
			t.Errorf("%s: accepted %+v", name, bad)
		}
	}
}

// Goal: a line's money comes from the hold, then from free funds, then from arrears, to the fen.
func TestFund(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount, hold, free money.Fen
		want               funding
	}{
		{100, 200, 0, funding{100, 0, 0}},
		{100, 100, 50, funding{100, 0, 0}},
		{100, 99, 50, funding{99, 1, 0}},
		{100, 0, 100, funding{0, 100, 0}},
		{100, 60, 39, funding{60, 39, 1}},
		{100, 0, 0, funding{0, 0, 100}},
	} {
		if got := fund(c.amount, c.hold, c.free); got != c.want {
			t.Errorf("fund(%d, %d, %d) = %+v, want %+v", c.amount, c.hold, c.free, got, c.want)
		}
	}
}

// Goal: a new total reverses what nobody was told to pay and never falls below the rest.
func TestCorrect(t *testing.T) {
	t.Parallel()
	lines := []Line{{ID: "1", State: Reversed, AmountFen: 1000}, {ID: "2", State: Paid, AmountFen: 80},
		{ID: "3", State: Instructed, AmountFen: 15}, {ID: "4", State: Accrued, AmountFen: 7},
		{ID: "5", State: Failed, AmountFen: 9}, {ID: "6", State: Confirmed, AmountFen: 3}}
	c, err := correct(lines, 95)
	var ids []string
	for _, l := range c.reverse {
		ids = append(ids, l.ID)
	}
	if err != nil || !slices.Equal(ids, []string{"4", "5", "6"}) || c.earlier != 95 || c.last != "3" {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, err := correct(lines, 94); !fault.Is(err, "wage.below_paid") {
		t.Fatalf("one fen less: %v", err)
	}
	if c, err := correct(nil, 0); err != nil || c.earlier != 0 || c.last != "" {
		t.Fatalf("of nothing: %+v, %v", c, err)
	}
}

// Goal: a line is late from its time on, or when it came after it, not a millisecond earlier.
func TestLate(t *testing.T) {
	t.Parallel()
	l := Line{State: Instructed, DueAt: noon}
	if l.lateAt(noon.Add(-time.Millisecond)) || !l.lateAt(noon) {
		t.Error("unpaid: the boundary is wrong")
	}
	l.State, l.PaidAt = Paid, noon
	if l.lateAt(noon.Add(time.Hour)) {
		t.Error("arrived on the dot is in time")
	}
	if l.PaidAt = noon.Add(time.Millisecond); !l.lateAt(noon.Add(time.Hour)) {
		t.Error("arrived after it is late")
	}
	if (Line{State: Reversed, DueAt: noon}).lateAt(noon.Add(time.Hour)) {
		t.Error("a reversed line owes nothing")
	}
	for _, c := range []struct {
		l    Line
		want string
	}{
		{Line{State: Accrued, UnfundedFen: 1}, lateFunds},
		{Line{State: Accrued}, lateHours},
		{Line{State: Disputed}, lateDispute},
		{Line{State: Instructed}, lateBank},
		{Line{State: Failed}, lateRefused},
		{Line{State: Instructed, Reason: "account closed"}, lateRefused}, // repeated, on its way
		{Line{State: Failed, Returned: true, Reason: "name"}, lateReturned},
		{Line{State: Instructed, Returned: true, Reason: "name"}, lateReturned},
	} {
		if got := c.l.lateReason(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.l, got, c.want)
		}
	}
}

// Goal: refused payouts are repeated with growing pauses, a bounded number of times.
func TestRetryAt(t *testing.T) {
	t.Parallel()
	for refusals, want := range map[int64]time.Time{1: noon.Add(10 * time.Minute),
		2: noon.Add(time.Hour),
		5: noon.Add(24 * time.Hour), 6: never, 0: never} {
		if got := retryAt(refusals, noon); !got.Equal(want) {
			t.Errorf("after refusal %d: %v, want %v", refusals, got, want)
		}
	}
}

// Goal: no cell of a wage ledger is a formula, whatever somebody calls himself; other cells stay.
func TestGuarded(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{"": "", "张三": "张三", "192.00": "192.00",
		"=1+1": "'=1+1", "+86": "'+86", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx",
		"\rx": "'\rx", "a=1": "a=1"} {
		if got := guarded(cell); got != want {
			t.Errorf("guarded(%q) = %q, want %q", cell, got, want)
		}
	}
	row := LedgerRow{SlipView: SlipView{WorkerName: "=HYPERLINK(\"x\")",
		Items: []SlipItem{{Item: ByDay}}}}
	if cells := row.Cells(); len(cells) != len(LedgerHeader()) || cells[6] != "'=HYPERLINK(\"x\")" {
		t.Errorf("%q", row.Cells())
	}
}
