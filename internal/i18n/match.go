package i18n

import (
	"strconv"
	"strings"
)

// rangesMax bounds what is read of an Accept-Language header; browsers send fewer than ten.
const rangesMax = 20

// Match chooses the language for an Accept-Language header: the one with the highest quality, the
// earlier of two equals, Chinese when none is ours.
func Match(acceptLanguage string) string {
	best, bestQ := Chinese, 0
	for i, part := range strings.SplitN(acceptLanguage, ",", rangesMax+1) {
		if i == rangesMax {
			break
		}
		tag, params, _ := strings.Cut(part, ";")
		if lang, q := ours(tag), quality(params); lang != "" && q > bestQ {
			best, bestQ = lang, q
		}
	}
	return best
}

func ours(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	switch primary {
	case "zh", "*":
		return Chinese
	case "en":
		return English
	}
	return ""
}

// quality reads "q=0.8" as thousandths; what cannot be read counts as not wanted.
func quality(params string) int {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1000
	}
	text, ok := strings.CutPrefix(strings.ToLower(params), "q=")
	if !ok {
		return 0
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "1" && strings.Trim(fraction, "0") == "" {
		return 1000
	}
	n, err := strconv.Atoi((fraction + "000")[:3])
	if whole != "0" || len(fraction) > 3 || err != nil || n < 0 {
		return 0
	}
	return n
}
