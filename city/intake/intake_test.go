package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
)

// Goal: every column of every kind and list has its words in both languages.
func TestColumnsHaveWords(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := New(Deps{Text: text})
	has := func(key string) {
		t.Helper()
		for _, lang := range i18n.Languages() {
			if !text.Has(lang, key) {
				t.Errorf("%s has no text in %s", key, lang)
			}
		}
	}
	for k, cols := range columnsOf {
		for _, c := range cols {
			has("intake.title." + string(k) + "." + c.key)
			has("intake.note." + string(k) + "." + c.key)
		}
		has("intake.template." + string(k))
	}
	for _, l := range s.Lists {
		has("intake.list." + string(l.Kind))
		for _, c := range l.Columns {
			has("intake.title." + string(l.Kind) + "." + c)
		}
	}
}

// Goal: a fault's field leads to the cell in which it must be mended.
func TestColumnOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind        Kind
		field, want string
	}{{Workers, "id_number", "id_number"}, {Vacancies, "rate_fen", "pay"},
		{Vacancies, "shifts.ends_at", "ends"}, {Vacancies, "shifts", "from"},
		{Vacancies, "employer_id", "uscc"}, {Vacancies, "uscc", "uscc"}, {Workers, "", ""},
		{Workers, "weather", ""}} {
		if got := columnOf(c.kind, c.field); got != c.want {
			t.Errorf("%s of %s is column %q, want %q", c.field, c.kind, got, c.want)
		}
	}
}

// Goal: a file's name keeps its words and no number of anybody's, and no path.
func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{`C:\桌面\名册 20260203.xlsx`: "名册 20260203.xlsx",
		"../../a.xlsx": "a.xlsx", "330199199001010011.xlsx": "33019919.xlsx", "": "", "/": "",
		strings.Repeat("长", 200): strings.Repeat("长", fileNameRunesMax), "a\nb.xlsx": "ab.xlsx"} {
		if got := fileName(name); got != want {
			t.Errorf("fileName(%q) = %q, want %q", name, got, want)
		}
	}
}

var vacancyColumns = []string{"uscc", "title", "content", "occupation", "heads", "pay", "pay_unit",
	"from", "to", "starts", "ends", "break", "term"}

// vacancyRow reads one row through a real workbook; changed cells by key.
func vacancyRow(t *testing.T, changed map[string]string) sheet.Row {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := New(Deps{Text: text})
	cells := map[string]string{"uscc": "91330199MA0000015A", "title": "分拣员", "content": "按单分拣",
		"occupation": "4-02-06-01", "heads": "3", "pay": "25", "pay_unit": "时", "from": "2026-03-05",
		"starts": "8:30", "ends": "17:30"}
	for key, v := range changed {
		cells[key] = v
	}
	head := s.kindWords(i18n.Chinese, "intake.title.vacancies.", vacancyColumns)
	row := make([]string, len(vacancyColumns))
	for i, key := range vacancyColumns {
		row[i] = cells[key]
	}
	data, err := sheet.List("x", head, func(yield func([]string, error) bool) { yield(row, nil) })
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.read(Vacancies, data)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0]
}

// Goal: a row is the vacancy that was meant: days, nights over midnight, months paid by the
// employer; and what cannot be is blamed on its cell.
func TestPublishOf(t *testing.T) {
	t.Parallel()
	t.Run("days", func(t *testing.T) {
		t.Parallel()
		v, err := publishOf(vacancyRow(t, map[string]string{"to": "2026年3月7日", "break": "60"}))
		if err != nil || len(v.Shifts) != 3 || v.RateFen != 2500 || v.PayUnit != "hour" ||
			v.Settlement != market.Platform || v.Hire != "instant" || v.Shifts[0].BreakMin != 60 ||
			v.Shifts[2].StartsAt != time.Date(2026, 3, 7, 0, 30, 0, 0, time.UTC) {
			t.Errorf("%+v, %v", v, err)
		}
	})
	t.Run("night", func(t *testing.T) {
		t.Parallel()
		v, err := publishOf(vacancyRow(t, map[string]string{"starts": "22:00", "ends": "6:00"}))
		if err != nil || v.Shifts[0].EndsAt.Sub(v.Shifts[0].StartsAt) != 8*time.Hour {
			t.Errorf("%+v, %v", v, err)
		}
	})
	t.Run("month", func(t *testing.T) {
		t.Parallel()
		v, err := publishOf(vacancyRow(t, map[string]string{"pay": "6000元/月", "pay_unit": "月",
			"term": "12个月"}))
		if err != nil || v.Settlement != market.Employer || v.RateFen != 600_000 || v.TermMonths != 12 {
			t.Errorf("%+v, %v", v, err)
		}
	})
	for key, bad := range map[string]struct{ text, code string }{
		"pay": {"面议", "sheet.money_form"}, "pay_unit": {"周", "sheet.choice"},
		"from": {"下周", "sheet.date_form"}, "to": {"2026-03-01", "intake.days"},
		"starts": {"一早", "sheet.time_form"}, "heads": {"若干", "sheet.count_form"},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			_, err := publishOf(vacancyRow(t, map[string]string{key: bad.text}))
			if !fault.Is(err, bad.code) || fault.As(err).Field != key {
				t.Errorf("%v, want %s on %s", err, bad.code, key)
			}
		})
	}
}

// Goal: a number that a spreadsheet rounded to fifteen digits is called what it is.
func TestCutOff(t *testing.T) {
	t.Parallel()
	wrong := fault.New(fault.Invalid, "people.id_check").OnField("id_number")
	if err := cutOff("330199199001010000", wrong); !fault.Is(err, "sheet.scientific") {
		t.Errorf("a rounded number: %v", err)
	}
	if err := cutOff("330199199001010012", wrong); !fault.Is(err, "people.id_check") {
		t.Errorf("a typing mistake: %v", err)
	}
}

// Goal: a county by code, full name or own name; one of several of a name is that of the import's
// city; what is none is refused.
func TestRegionOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, fallback, want string }{
		{"", "500103", "500103"}, {"重庆市渝中区", "", "500103"}, {"500103", "330110", "500103"},
		{"鼓楼区", "350100", "350102"}, {"西湖区", "330110", "330106"}, {"", "500000", "500000"},
		{"渝中区", "500000", "500103"}, {"鼓楼区", "500000", ""}, {"某区", "500103", ""}, {"", "", ""},
	} {
		got, err := regionOf(c.text, c.fallback)
		if got != c.want || (c.want == "") != fault.Is(err, "intake.region") {
			t.Errorf("regionOf(%q, %q) = %q, %v", c.text, c.fallback, got, err)
		}
	}
}
