package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Clean trims a cell: spaces of every width, characters nobody sees, the ' that says "text" and a
// pair of quotes around all of it.
func Clean(text string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff' || r == '\u00ad':
			return -1
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	s = strings.TrimSpace(s)
	for range 2 { // '"x" happens
		if t, ok := strings.CutPrefix(s, "'"); ok {
			s = strings.TrimSpace(t)
		}
		for _, q := range []string{`""`, "“”", "‘’"} {
			open, _ := utf8.DecodeRuneInString(q)
			end, _ := utf8.DecodeLastRuneInString(q)
			inner, had := strings.CutPrefix(s, string(open))
			if inner, ok := strings.CutSuffix(inner, string(end)); had && ok {
				s = strings.TrimSpace(inner)
			}
		}
	}
	return s
}

// Plain is Clean with full-width characters made half-width and every space taken out: for what is
// compared or counted, not for what people wrote to be read.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～':
			return r - ('！' - '!')
		case r == '。':
			return '.'
		case r == '—' || r == '－' || r == '–':
			return '-'
		}
		return r
	}, Clean(text))
}

var (
	scientific = regexp.MustCompile(`^[+-]?\d(\.\d+)?[eE]\+?\d{1,3}$`)
	dateParts  = regexp.MustCompile(
		`^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?(?:T.*|\d{1,2}:.*)?$`)
	dateSolid  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dateSerial = regexp.MustCompile(`^(\d{5})(\.\d+)?$`)
	clockText  = regexp.MustCompile(`^(上午|下午|晚上|中午)?(\d{1,2})[:点时](\d{1,2})?分?(?::\d{1,2})?$`)
	dayPart    = regexp.MustCompile(`^(\d{0,5})(\.\d+)$`)
	countText  = regexp.MustCompile(`^(\d{1,9})(?:\.0*)?(?:人|名|个月|个|位|岁|月|分钟|分)?$`)
	moneyText  = regexp.MustCompile(`^[¥￥]?(\d{1,13})(?:\.(\d*))?(?:元|块)?(?:/?每?(?:小时|时|天|日|月))?$`)
)

// Scientific tells whether a cell shows a number in scientific notation: the digits are gone.
func Scientific(text string) bool { return scientific.MatchString(Plain(text)) }

// Number reads an identifier: an ID, phone, card or credit code. It is not checked further.
// Faults (invalid): sheet.scientific when the spreadsheet has cut its digits off.
func Number(text string) (string, error) {
	s := Plain(text)
	if digits, ok := spelledOut(s); ok {
		return digits, nil
	}
	if scientific.MatchString(s) {
		return "", fault.New(fault.Invalid, "sheet.scientific", "cell", s)
	}
	if whole, rest, ok := strings.Cut(s, "."); ok && strings.Trim(rest, "0") == "" &&
		strings.Trim(whole, "0123456789") == "" {
		s = whole // a number cell: 13800138000.0
	}
	return s, nil
}

// spelledOut writes a number in scientific notation out when none of its digits is lost: some
// programs keep 13800000007 as 1.3800000007E10.
func spelledOut(s string) (string, bool) {
	mantissa, power, ok := strings.Cut(strings.ToUpper(s), "E")
	whole, rest, dotted := strings.Cut(mantissa, ".")
	if !ok || !dotted || len(whole) != 1 || strings.Trim(whole+rest, "0123456789") != "" {
		return "", false
	}
	n, err := strconv.Atoi(strings.TrimPrefix(power, "+"))
	if err != nil || n != len(rest) || len(rest) >= digitsKept {
		return "", false
	}
	return whole + rest, true
}

// digitsKept is how many digits of a number a spreadsheet keeps.
const digitsKept = 15

// serialZero is the day that serial 0 stands for from serial 61 on: Excel believes in 1900-02-29.
const serialZero = civil.Date("1899-12-30")

const (
	yearMin = 1900
	yearMax = 2099

	serialMin = civil.Date("1900-03-01") // serials before it are off by the day that never was
	serialMax = civil.Date("2099-12-31")
)

// Date reads a day as offices write it: 2026.2.3, 2026/2/3, 2026-2-3, 20260203, 2026年2月3日, a
// serial number of Excel; a time behind it is left out.
// Faults (invalid): sheet.date_form; sheet.date_none for a day that does not exist.
func Date(text string) (civil.Date, error) {
	s := Plain(text)
	bad := fault.New(fault.Invalid, "sheet.date_form", "cell", shown(text))
	m := dateSolid.FindStringSubmatch(s)
	if m == nil {
		m = dateParts.FindStringSubmatch(s)
	}
	if m == nil {
		n := dateSerial.FindStringSubmatch(s)
		if n == nil {
			return "", bad
		}
		days, err := strconv.Atoi(n[1])
		if err != nil {
			return "", bad
		}
		day := serialZero.AddDays(days)
		if day < serialMin || day > serialMax {
			return "", bad
		}
		return day, nil
	}
	year, _ := strconv.Atoi(m[1]) // digits, by the pattern
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < yearMin || year > yearMax || t.Month() != time.Month(month) || t.Day() != day {
		return "", fault.New(fault.Invalid, "sheet.date_none", "cell", shown(text))
	}
	return civil.Date(t.Format(time.DateOnly)), nil
}

const dayMin = 24 * 60

// Time reads a time of day in minutes after midnight: 8:30, 8：30, 8点30分, 下午2:30, or a part of a
// day as Excel keeps it. 24:00 is the end of the day.
// Faults (invalid): sheet.time_form.
func Time(text string) (int, error) {
	s := Plain(text)
	bad := fault.New(fault.Invalid, "sheet.time_form", "cell", shown(text))
	if m := dayPart.FindStringSubmatch(s); m != nil {
		return partOfDay(m[2][1:]), nil
	}
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return 0, bad
	}
	hour, _ := strconv.Atoi(m[2]) // digits, by the pattern
	minute := 0
	if m[3] != "" {
		minute, _ = strconv.Atoi(m[3])
	}
	if (m[1] == "下午" || m[1] == "晚上") && hour < 12 {
		hour += 12
	}
	total := hour*60 + minute
	if minute > 59 || total > dayMin {
		return 0, bad
	}
	return total, nil
}

// partOfDay gives the nearest minute of a decimal fraction of a day, in whole numbers.
func partOfDay(digits string) int {
	const most = 12
	digits = (digits + strings.Repeat("0", most))[:most]
	n, _ := strconv.ParseInt(digits, 10, 64) // twelve digits, by the pattern
	const one = 1_000_000_000_000
	return int((n*dayMin + one/2) / one)
}

// Count reads a whole number that is not negative: 5, 5人, 5.0.
// Faults (invalid): sheet.count_form.
func Count(text string) (int64, error) {
	m := countText.FindStringSubmatch(Plain(text))
	if m == nil {
		return 0, fault.New(fault.Invalid, "sheet.count_form", "cell", shown(text))
	}
	return strconv.ParseInt(m[1], 10, 64)
}

// Yuan reads an amount in yuan: 25, 25.5, ¥1,200.00, 25元/小时. A number cell's noise, such as
// 25.300000000000001, is rounded away; a third decimal that somebody typed is refused.
// Faults (invalid): sheet.money_form; sheet.money_fen for a part of a fen.
func Yuan(text string) (money.Fen, error) {
	s := strings.ReplaceAll(Plain(text), ",", "")
	m := moneyText.FindStringSubmatch(s)
	if m == nil {
		return 0, fault.New(fault.Invalid, "sheet.money_form", "cell", shown(text))
	}
	yuan, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "sheet.money_form", "cell", shown(text))
	}
	fen, up, ok := fenOf(m[2])
	if !ok {
		return 0, fault.New(fault.Invalid, "sheet.money_fen", "cell", shown(text))
	}
	return money.Fen(yuan*100 + fen + up), nil
}

// fenOf reads the decimals: two digits, and one more fen when noise just below it follows.
func fenOf(decimals string) (fen, up int64, ok bool) {
	const noise = 8 // so many equal digits after the fen are a float's, nobody types them
	tail := ""
	if len(decimals) > 2 {
		decimals, tail = decimals[:2], strings.TrimRight(decimals[2:], "0")
	}
	fen, _ = strconv.ParseInt((decimals + "00")[:2], 10, 64) // digits, by the pattern
	switch {
	case tail == "":
		return fen, 0, true
	case len(tail) >= noise && strings.Trim(tail[:noise], "0") == "":
		return fen, 0, true
	case len(tail) >= noise && strings.Trim(tail[:noise], "9") == "":
		return fen, 1, true
	}
	return 0, 0, false
}

// Choice reads one of a list by its words: choices holds what may be written and what it means.
// Faults (invalid): sheet.choice with the words that may stand there.
func Choice(text string, choices [][2]string) (string, error) {
	s := strings.ToLower(Plain(text))
	for _, c := range choices {
		if s == strings.ToLower(Plain(c[0])) {
			return c[1], nil
		}
	}
	return "", fault.New(fault.Invalid, "sheet.choice", "cell", shown(text),
		"choices", strings.Join(firstWords(choices), "/"))
}

// firstWords gives one word for each meaning: the first.
func firstWords(choices [][2]string) []string {
	var words []string
	seen := map[string]bool{}
	for _, c := range choices {
		if !seen[c[1]] {
			seen[c[1]] = true
			words = append(words, c[0])
		}
	}
	return words
}

// shownRunes bounds what of a cell is repeated in a sentence.
const shownRunes = 20

func shown(text string) string {
	r := []rune(Clean(text))
	if len(r) > shownRunes {
		return string(r[:shownRunes]) + "…"
	}
	return string(r)
}
