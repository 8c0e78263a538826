package sheet

import (
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: every form of a date that offices write is the same day, and no other text is one.
func TestDate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026.2.3", "2026/2/3", "2026-02-03", "20260203", "2026年2月3日",
		"２０２６．２．３", " 2026 年 2 月 3 日 ", "'2026.2.3", "46056", "46056.354166", "2026-02-03T00:00:00Z",
		"2026-02-03 08:30:00", "2026.02.03", "2026年02月03号", "“2026/2/3”", "2026。2。3"} {
		if got, err := Date(text); err != nil || got != "2026-02-03" {
			t.Errorf("Date(%q) = %q, %v", text, got, err)
		}
	}
	for text, code := range map[string]string{"": "sheet.date_form", "昨天": "sheet.date_form",
		"2026.2": "sheet.date_form", "2.3.2026": "sheet.date_form", "2026-13-01": "sheet.date_none",
		"2026-02-29": "sheet.date_none", "20260230": "sheet.date_none", "0026-01-01": "sheet.date_none",
		"4.6E+04": "sheet.date_form", "-46056": "sheet.date_form", "1234": "sheet.date_form",
		"00000.00": "sheet.date_form", "99999": "sheet.date_form"} {
		if got, err := Date(text); !fault.Is(err, code) {
			t.Errorf("Date(%q) = %q, %v; want %s", text, got, err, code)
		}
	}
}

// Goal: times of a day in words, digits and Excel's fractions.
func TestTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"8:30": 510, "08：30": 510, "8点30分": 510, "8点": 480,
		"8时30": 510, "下午2:30": 870, "24:00": 1440, "0.354166666666667": 510, ".5": 720, "0:00": 0,
		"08:30:00": 510, "46056.354166666664": 510, "晚上10点": 1320} {
		if got, err := Time(text); err != nil || got != want {
			t.Errorf("Time(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "25:00", "24:01", "8:60", "早上", "8"} {
		if got, err := Time(text); !fault.Is(err, "sheet.time_form") {
			t.Errorf("Time(%q) = %d, %v", text, got, err)
		}
	}
}

// Goal: yuan become fen by digits alone; a float's noise goes, a typed third decimal is refused.
func TestYuan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Fen{"25": 2500, "25.5": 2550, "¥1,200.00": 120000,
		"25元/小时": 2500, "２５．５０": 2550, "25.300000000000001": 2530, "25.299999999999997": 2530,
		"0.99999999999999": 100, "6000元/月": 600000, "25元": 2500, "25.": 2500, "25.500": 2550,
		"200元/天": 20000} {
		if got, err := Yuan(text); err != nil || got != want {
			t.Errorf("Yuan(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, code := range map[string]string{"": "sheet.money_form", "面议": "sheet.money_form",
		"20-25": "sheet.money_form", "-5": "sheet.money_form", "2.5E+03": "sheet.money_form",
		"25.505": "sheet.money_fen", "25.3000001": "sheet.money_fen",
		"99999999999999": "sheet.money_form"} {
		if got, err := Yuan(text); !fault.Is(err, code) {
			t.Errorf("Yuan(%q) = %d, %v; want %s", text, got, err, code)
		}
	}
}

// Goal: an identifier survives every typing habit; one in scientific notation is refused.
func TestNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"'11010519491231002X": "11010519491231002X",
		"１３８００１３８０００": "13800138000", " 138 0013 8000 ": "13800138000", "13800138000.0": "13800138000",
		"1.3800138000E10": "13800138000", "1.3800138000e+10": "13800138000",
		"\ufeff13800138000\u200b": "13800138000", "91330199MA0000015A": "91330199MA0000015A"} {
		if got, err := Number(text); err != nil || got != want {
			t.Errorf("Number(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"3.30E+17", "3.30199199001010E+17", "1e10", "３．３Ｅ＋１７"} {
		if _, err := Number(text); !fault.Is(err, "sheet.scientific") || !Scientific(text) {
			t.Errorf("Number(%q): %v", text, err)
		}
	}
}

// Goal: counts and choices.
func TestCountAndChoice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"5": 5, "5人": 5, "５ 名": 5, "5.0": 5, "60分钟": 60} {
		if got, err := Count(text); err != nil || got != want {
			t.Errorf("Count(%q) = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "五", "-5", "5.5", "1e3", "若干"} {
		if got, err := Count(text); !fault.Is(err, "sheet.count_form") {
			t.Errorf("Count(%q) = %d, %v", text, got, err)
		}
	}
	sexes := [][2]string{{"男", "male"}, {"女", "female"}, {"1", "male"}, {"2", "female"}}
	if got, err := Choice(" １ ", sexes); err != nil || got != "male" {
		t.Errorf("Choice: %q, %v", got, err)
	}
	if _, err := Choice("未知", sexes); !fault.Is(err, "sheet.choice") {
		t.Errorf("Choice of an unknown word: %v", err)
	}
}

// Goal: what is written cannot be taken for a formula, and reading gives it back.
func TestGuard(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"=1+1", "+86138", "-5", "@SUM(A1)", "\tx", " =cmd|' /C calc'!A0",
		"＝1", "\r=1"} {
		got := Guard(text)
		if !strings.HasPrefix(got, "'") {
			t.Errorf("Guard(%q) = %q", text, got)
		}
		if Clean(got) != Clean(text) {
			t.Errorf("Clean(Guard(%q)) = %q, want %q", text, Clean(got), Clean(text))
		}
	}
	for _, text := range []string{"", "张三", "1-2", "a=b"} {
		if got := Guard(text); got != text {
			t.Errorf("Guard(%q) = %q", text, got)
		}
	}
}

// Goal: whatever stands in a cell, reading it ends in a value within its bounds or in a fault.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"2026.2.3", "46056.35", "8:30", "0.3541", "¥1,200.005", "25.2999999999",
		"'“x”", "3.3E+17", "５人", "\u3000", "=1", "99999", "2026年2月31日", "'''“'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := Date(s); err == nil {
			if _, err := civil.ParseDate(string(d)); err != nil || d < "1900-01-01" || d > "2099-12-31" {
				t.Errorf("Date(%q) = %q", s, d)
			}
		} else if fault.As(err) == nil {
			t.Errorf("Date(%q): %v is no fault", s, err)
		}
		if m, err := Time(s); err == nil && (m < 0 || m > dayMin) {
			t.Errorf("Time(%q) = %d", s, m)
		}
		if fen, err := Yuan(s); err == nil && (fen < 0 || fen > 10_000_000_000_000*100) {
			t.Errorf("Yuan(%q) = %d", s, fen)
		}
		if n, err := Count(s); err == nil && (n < 0 || n > 999_999_999) {
			t.Errorf("Count(%q) = %d", s, n)
		}
		if _, err := Number(s); err != nil && fault.As(err) == nil {
			t.Errorf("Number(%q): %v is no fault", s, err)
		}
		lead := strings.TrimLeft(Guard(s), " \u3000\u00a0")
		if lead != "" && strings.ContainsRune("=+-@", rune(lead[0])) {
			t.Errorf("Guard(%q) = %q", s, lead)
		}
	})
}
