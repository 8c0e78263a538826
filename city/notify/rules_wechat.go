package notify

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what WeChat takes as a value of a subscribe message.
// Source: 小程序订阅消息 参数值内容限制说明 [T2].
type kind struct {
	runesMax int
	cut      bool           // a longer one is cut; of others a part would say something else
	form     *regexp.Regexp // nil: anything in one line
	han      int            // most Chinese characters, where they count otherwise; 0: as others
}

const (
	timePart = `([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?`
	datePart = `\d{4}([-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)`
)

var (
	clockForm = regexp.MustCompile(`^(` + datePart + ` ?)?` + timePart + `(~(` + datePart + ` ?)?` +
		timePart + `)?$`)
	plateForm = regexp.MustCompile(`^\p{Han}[A-Z][A-Z0-9]{4,5}[A-Z0-9挂学]$`)
	dateForm  = regexp.MustCompile(`^` + datePart + `( ` + timePart + `)?(~` + datePart + `( ` +
		timePart + `)?)?$`)
)

// kinds are those that WeChat knows, by name.
var kinds = map[string]kind{
	"thing":            {runesMax: 20, cut: true},
	"number":           {runesMax: 32, form: regexp.MustCompile(`^\d+(\.\d+)?$`)},
	"letter":           {runesMax: 32, form: regexp.MustCompile(`^[A-Za-z]+$`)},
	"symbol":           {runesMax: 5, form: regexp.MustCompile(`^[[:punct:]]+$`)},
	"character_string": {runesMax: 32, form: regexp.MustCompile(`^[[:graph:]]+$`)},
	"time":             {runesMax: 40, form: clockForm},
	"date":             {runesMax: 40, form: dateForm},
	"amount":           {runesMax: 14, form: regexp.MustCompile(`^[¥￥$]?\d{1,10}(\.\d{1,2})?元?$`)},
	"phone_number":     {runesMax: 17, form: regexp.MustCompile(`^[\d+() -]+$`)},
	"car_number":       {runesMax: 8, form: plateForm},
	"name":             {runesMax: 20, han: 10, form: regexp.MustCompile(`^[\p{Han}A-Za-z·. ]+$`)},
	"phrase":           {runesMax: 5, form: regexp.MustCompile(`^\p{Han}+$`)},
}

// kindOf gives the kind of a value's name: "thing1" is a thing.
func kindOf(name string) string { return strings.TrimRight(name, "0123456789") }

// fit gives a value as WeChat takes it: in one line, and cut where cutting leaves it true. What
// would be refused (47003) is refused here, so that no call and no grant is spent on it.
func fit(name, text string) (string, error) {
	k, ok := kinds[kindOf(name)]
	if !ok {
		return "", fmt.Errorf("value %s is of no kind that WeChat knows", name)
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	if n > k.runesMax && k.cut {
		return string([]rune(text)[:k.runesMax-1]) + "…", nil
	}
	switch {
	case n == 0:
		return "", fmt.Errorf("value %s is empty", name)
	case n > k.runesMax, k.han > 0 && hanCount(text) > k.han:
		return "", fmt.Errorf("value %s is too long: %d characters", name, n)
	case k.form != nil && !k.form.MatchString(text):
		return "", fmt.Errorf("value %s does not have the form of its kind", name)
	}
	return text, nil
}

func hanCount(text string) int {
	n := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
