package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v4"

	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

func readCases(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = yaml.Load(text, into, yaml.WithKnownFields())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Goal: the questions a clerk wrote down get the answers he wrote down, each with its source.
func TestNumbers(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Question, Code, Region, Answer, Source string
		Day                                    civil.Date
		Assumed                                bool
	}
	readCases(t, "numbers.yaml", &cases)
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		n, err := book.At(c.Code, c.Region, c.Day)
		if c.Answer == "unknown" {
			if f := fault.As(err); f == nil || f.Kind != fault.Conflict || f.Code != "policy.unknown" ||
				f.Args["code"] != c.Code || f.Args["region"] != c.Region {
				t.Errorf("%s: got %v, %v, want policy.unknown", c.Question, n, err)
			}
			continue
		}
		if got := fmt.Sprintf("%d %s", n.Value, n.Unit); err != nil || got != c.Answer {
			t.Errorf("%s: got %s, %v, want %s", c.Question, got, err, c.Answer)
		}
		if c.Source == "" || !strings.Contains(n.Source, c.Source) || n.Assumed != c.Assumed {
			t.Errorf("%s: source %q (assumed %v), want %q (%v)", c.Question, n.Source, n.Assumed,
				c.Source, c.Assumed)
		}
		if n.Code != c.Code || !strings.HasPrefix(c.Region, n.Region) || n.From > c.Day {
			t.Errorf("%s: got %+v", c.Question, n)
		}
	}
}

// Goal: every number that rests on a text of law that was read ([T1]) has a question that a clerk
// can read, so that nobody changes it unnoticed.
func TestLawHasCases(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Question, Code, Region, Answer, Source string
		Day                                    civil.Date
		Assumed                                bool
	}
	readCases(t, "numbers.yaml", &cases)
	asked := map[string]bool{}
	for _, c := range cases {
		asked[c.Code] = asked[c.Code] || c.Answer != "unknown"
	}
	files, err := filepath.Glob("data/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	laws := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var topic struct {
			Topic   string
			Numbers map[string]struct {
				Values []struct{ Source string }
			}
		}
		if err := yaml.Load(text, &topic); err != nil {
			t.Fatal(err)
		}
		for code, n := range topic.Numbers {
			for _, v := range n.Values {
				if !strings.Contains(v.Source, "[T1]") {
					continue
				}
				laws++
				if !asked[code] {
					t.Errorf("%s rests on %s, and no question asks for it", code, v.Source)
				}
			}
		}
	}
	if laws < 14 {
		t.Errorf("only %d numbers of law were found", laws)
	}
}

// Goal: every number that the slices ask for is there in both demo cities, and only numbers
// whose source says so are assumed.
func TestDemoCities(t *testing.T) {
	t.Parallel()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"wage.auto_confirm_min": 540, "wage.pay_within_min": 1440,
		"wage.late_warn_min": 1440, "wage.late_clerk_min": 2160, "wage.late_director_min": 4320,
		"attendance.forgotten_end_min": 30,
		"attendance.early_arrival_min": 60, "attendance.correction_window_min": 2880,
		"attendance.no_show_after_min": 60, "insurance.commute_min": 60, "people.age_minimum": 16,
		"people.age_insured_maximum": 65, "contract.parttime_day_min": 240,
		"contract.parttime_week_min": 1440, "market.heads_max": 500,
		"market.shift_day_min_max": 660, "market.hold_margin_bp": 1500, "station.qr_window_s": 30,
		"attendance.waiting_pay_min": 60, "attendance.waiting_pay_bp": 10_000,
		"attendance.early_floor_bp": 5_000, "attendance.early_tolerance_min": 10,
		"attendance.overrun_min_max": 240, "attendance.pieces_norm_bp_max": 20_000,
		"attendance.employer_correction_window_min": 480, "attendance.correction_answer_min": 600,
		"attendance.proposal_answer_min": 420,
		"attendance.offline_drift_s_max": 600, "attendance.offline_upload_min_max": 4320,
		"market.cancel_free_min": 1440, "market.cancel_short_bp": 2_000, "market.cancel_late_min": 240,
		"market.cancel_late_bp": 5_000, "market.replace_after_min": 15,
		"insurance.confirm_within_s": 900,
		"people.code_valid_min":      5, "people.code_tries": 5, "people.code_per_hour": 5}
	for code, value := range want {
		for _, region := range []string{"500103", "330110"} {
			n, err := book.At(code, region, "2026-03-02")
			if err != nil || n.Value != value || n.Assumed {
				t.Errorf("%s in %s: got %+v, %v, want %d", code, region, n, err, value)
			}
		}
	}
	for _, code := range []string{"wage.minimum_hourly_fen", "wage.minimum_monthly_fen"} {
		cq, err := book.At(code, "500103", "2026-03-02")
		if err != nil || !cq.Assumed || !strings.Contains(cq.Source, "assumed") {
			t.Errorf("%s in Chongqing: %+v, %v, want assumed and said so", code, cq, err)
		}
		if hz, err := book.At(code, "330110", "2026-03-02"); err != nil || hz.Assumed {
			t.Errorf("%s in Yuhang: %+v, %v, want a published number", code, hz, err)
		}
	}
}

const good = `topic: t
numbers:
  t.x_min:
    description: d
    unit: min
    values:
      - {region: "33", from: 2024-01-01, until: 2024-12-31, value: 0, source: s}
      - {region: "33", from: 2026-01-01, value: 2, source: s}
      - {from: 2020-01-01, value: 9, source: s}
`

func read(text string) (*policy.Book, error) {
	return policy.Read(fstest.MapFS{"data/t.yaml": {Data: []byte(text)}})
}

// Goal: a value holds on its first and its last day; in a gap the wider region answers; 0 is a
// number.
func TestAtBoundaries(t *testing.T) {
	t.Parallel()
	book, err := read(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		region string
		day    civil.Date
		want   int64
	}{{"33", "2023-12-31", 9}, {"33", "2024-01-01", 0}, {"3301", "2024-12-31", 0},
		{"330110", "2025-01-01", 9}, {"330110", "2025-12-31", 9}, {"330110", "2026-01-01", 2},
		{"330000", "2026-01-01", 2}, {"32", "2026-01-01", 9}, {"3", "2026-01-01", 9}} {
		if n, err := book.At("t.x_min", c.region, c.day); err != nil || n.Value != c.want {
			t.Errorf("%s on %s: got %d, %v, want %d", c.region, c.day, n.Value, err, c.want)
		}
	}
	if n, err := book.At("t.x_min", "33", "2019-12-31"); !fault.Is(err, "policy.unknown") {
		t.Errorf("before all: got %+v, %v", n, err)
	}
}

// Goal: data that could answer wrongly is refused when it is read, with a sentence that says why.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"until: 2024-12-31", "until: 2026-01-01", "overlap"},
		{"until: 2024-12-31, ", "until: 2023-12-31, ", "before from"},
		{"until: 2024-12-31", "until: 2024-13-31", "until"},
		{"from: 2026-01-01", "from: 2024-01-01", "overlap"},
		{"from: 2026-01-01", "from: 2026-02-30", "not a day"},
		{"from: 2026-01-01, ", "", "not a day"},
		{"value: 2, source: s", "value: 2", "source is missing"},
		{"value: 2, source: s", "value: 2, source: ' '", "source is missing"},
		{"value: 2, ", "", "value is missing"},
		{"value: 2,", "value: -2,", "negative"},
		{"value: 2,", "value: 2.5,", "2.5"},
		{"value: 2,", "value: 2, note: n,", "note"},
		{"unit: min", "unit: minutes", `unit "minutes" is unknown`},
		{"unit: min", "unit: fen", "ends in _fen"},
		{"    description: d\n", "", "description"},
		{"topic: t", "topic: u", "file's name"},
		{"  t.x_min:", "  u.x_min:", "another topic"},
		{`region: "33", from: 2026`, `region: "33x", from: 2026`, "GB/T 2260"},
		{"source: s}\n      - {from", "source: s}\n      - {region: '33', from", "overlap"},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%q is not in the text", c.old)
		}
		if _, err := read(bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: got %v, want %q", c.new, c.old, err, c.want)
		}
	}
	if _, err := policy.Read(fstest.MapFS{}); err == nil {
		t.Error("no data: want an error")
	}
}

// Goal: asking costs no memory, because every deed asks. (Not parallel: allocations are counted for
// the whole process.)
func TestAtAllocates(t *testing.T) {
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := testing.AllocsPerRun(100, func() {
		if _, err := book.At("wage.minimum_hourly_fen", "330110", "2026-03-02"); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("At makes %v allocations", n)
	}
}
