package phone

import (
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
)

// property is a line of a calendar, unfolded.
type property struct{ name, value string }

// readICal unfolds a calendar and fails on what RFC 5545 forbids: a line end that is not CRLF, a
// line beyond 75 bytes, a control character, a component that is not closed.
func readICal(t *testing.T, text string) []property {
	t.Helper()
	if !strings.HasSuffix(text, "\r\n") ||
		strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Fatalf("line ends: %q", text)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("%d bytes: %q", len(line), line)
		}
		if strings.ToValidUTF8(line, "?") != line || strings.ContainsFunc(line,
			func(r rune) bool { return r < ' ' }) {
			t.Errorf("a character is cut, or forbidden: %q", line)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, line)
	}
	var open []string
	var all []property
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Errorf("no property: %q", line)
		}
		switch name {
		case "BEGIN":
			open = append(open, value)
		case "END":
			if len(open) == 0 || open[len(open)-1] != value {
				t.Fatalf("END:%s of %v", value, open)
			}
			open = open[:len(open)-1]
		}
		all = append(all, property{name, value})
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
	return all
}

// Goal: a schedule is a calendar as RFC 5545 wants it: long Chinese lines folded without cutting a
// character, texts escaped, times in UTC, each event with its mandatory properties; a placement
// that came to nothing is left out.
func TestICal(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 3, 2, 8, 0, 0, 0, time.FixedZone("", 8*3600))
	event := func(id string, state market.State) market.PlacedShift {
		return market.PlacedShift{Placement: market.PlacementView{ID: id, State: state,
			StartsAt: from, EndsAt: from.Add(8 * time.Hour)},
			Shift: market.ShiftDetail{ShiftView: market.ShiftView{
				Title: "分拣员，夜班; 两人, 带\\手套\n" + strings.Repeat("很长的标题", 12)},
				EmployerName: "演示物流", PlaceName: "分拣中心", Address: "演示路1号",
				LonE6: 106_562_880, LatE6: 29_556_742}}
	}
	got := readICal(t, string(ical(market.ScheduleView{Placed: []market.PlacedShift{
		event("plc_1", market.Accepted), event("plc_2", market.Declined),
		event("plc_3", market.CancelledByEmployer)}}, "工驿日程", "用工方：", from)))
	values := map[string][]string{}
	for _, p := range got {
		values[p.name] = append(values[p.name], p.value)
	}
	for name, want := range map[string]string{"VERSION": "2.0", "DTSTART": "20260302T000000Z",
		"DTEND": "20260302T080000Z", "DTSTAMP": "20260302T000000Z", "UID": "plc_1@gongyi",
		"GEO": "29.556742;106.562880", "STATUS": "CONFIRMED", "DESCRIPTION": "用工方：演示物流",
		"LOCATION": "分拣中心 演示路1号",
		"SUMMARY":  `分拣员，夜班\; 两人\, 带\\手套\n` + strings.Repeat("很长的标题", 12)} {
		if len(values[name]) == 0 || values[name][0] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
	if len(values["UID"]) != 2 || values["STATUS"][1] != "CANCELLED" {
		t.Errorf("events %v %v", values["UID"], values["STATUS"])
	}
}
