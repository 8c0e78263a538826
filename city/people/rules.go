package people

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Lengths count runes.
const (
	nameRunesMin    = 2
	nameRunesMax    = 50
	orgRunesMax     = 100
	addressRunesMax = 200
	purposeBytesMax = 80
)

const (
	idLen    = 18
	oldIDLen = 15
	usccLen  = 18
	cardMin  = 16
	cardMax  = 19
	birthMin = "1800-01-01" // the standard's own example is of 1880
)

var (
	idPattern    = regexp.MustCompile(`^[1-9]\d{16}[\dX]$`)
	usccPattern  = regexp.MustCompile(`^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$`)
	phonePattern = regexp.MustCompile(`^1[3-9]\d{9}$`)
	cardPattern  = regexp.MustCompile(`^\d{16,19}$`)
)

// ParseIDNumber reads a 公民身份号码. Full-width and lower-case typing is forgiven, spaces too. The
// region is not looked up: it is the one of the first issue and may be long abolished.
// Faults (invalid, field id_number): people.id_form, people.id_old (15 digits), people.id_birth (no
// such day), people.id_check with the check character that would fit the other seventeen.
// Source: GB 11643-1999.
func ParseIDNumber(text string) (IDNumber, error) {
	s := typed(text)
	switch {
	case len(s) == oldIDLen && strings.Trim(s, "0123456789") == "":
		return "", fault.New(fault.Invalid, "people.id_old").OnField("id_number")
	case !idPattern.MatchString(s):
		return "", fault.New(fault.Invalid, "people.id_form").OnField("id_number")
	}
	id := IDNumber(s)
	if _, err := civil.ParseDate(string(id.Birth())); err != nil || id.Birth() < birthMin {
		return "", fault.New(fault.Invalid, "people.id_birth").OnField("id_number")
	}
	if right := idCheck(s); s[idLen-1] != right {
		return "", fault.New(fault.Invalid, "people.id_check", "right", string(right)).
			OnField("id_number")
	}
	return id, nil
}

// idCheck gives the check character of the first seventeen digits: ISO 7064 MOD 11-2.
// Source: GB 11643-1999.
func idCheck(s string) byte {
	weights := [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return "10X98765432"[sum%11]
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I O S V Z

// ParseUSCC reads a 统一社会信用代码. The check character may be any of the alphabet's 31.
// Faults (invalid, field uscc): people.uscc_form, people.uscc_check with the character that would
// fit the seventeen before it. The subject code inside has a check of its own (GB 11714); it is not
// asked for, because the outer one covers it and a registrar's slip must not shut an employer out.
// Source: GB 32100-2015.
func ParseUSCC(text string) (string, error) {
	s := typed(text)
	if !usccPattern.MatchString(s) {
		return "", fault.New(fault.Invalid, "people.uscc_form").OnField("uscc")
	}
	if right := usccCheck(s); s[usccLen-1] != right {
		return "", fault.New(fault.Invalid, "people.uscc_check", "right", string(right)).
			OnField("uscc")
	}
	return s, nil
}

// usccCheck gives the check character: weights 3^i mod 31. Source: GB 32100-2015.
func usccCheck(s string) byte {
	sum, weight := 0, 1
	for i := range usccLen - 1 {
		sum += weight * strings.IndexByte(usccAlphabet, s[i])
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// ParsePhone reads a mainland mobile number; +86, spaces and dashes are forgiven. Numbers of
// machines (140, 141, 144, 146, 148) are refused: nobody reads their messages.
// Faults (invalid, field phone): people.phone_form, people.phone_machine.
func ParsePhone(text string) (Phone, error) {
	s := strings.ReplaceAll(typed(text), "-", "")
	if t, ok := strings.CutPrefix(s, "+86"); ok {
		s = t
	}
	if !phonePattern.MatchString(s) {
		return "", fault.New(fault.Invalid, "people.phone_form").OnField("phone")
	}
	switch s[:3] {
	case "140", "141", "144", "146", "148":
		return "", fault.New(fault.Invalid, "people.phone_machine").OnField("phone")
	}
	return Phone(s), nil
}

// ParseCard reads a bank card number.
// Faults (invalid, field card_number): people.card_form, people.card_check.
// Source: ISO/IEC 7812-1, annex B.
func ParseCard(text string) (Card, error) {
	s := strings.ReplaceAll(typed(text), "-", "")
	if !cardPattern.MatchString(s) {
		return Card{}, fault.New(fault.Invalid, "people.card_form").OnField("card_number")
	}
	if !luhn(s) {
		return Card{}, fault.New(fault.Invalid, "people.card_check").OnField("card_number")
	}
	return Card{Number: s}, nil
}

// luhn tells whether the digits' check digit fits.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// FirstWorkDay gives the first day on which someone born on birth may work: the day after the
// birthday, because a year is full only when its last day has passed.
// Source: 国令364号 art. 2 (未满16周岁); counting from the next day as in 法释〔2006〕1号 art. 2.
func FirstWorkDay(birth civil.Date, fullYears int) civil.Date {
	b := birth.Midnight().In(civil.Zone)
	return civil.DateOf(b.AddDate(fullYears, 0, 1)) // 29 February completes its year on 1 March
}

// checkAge refuses whoever is too young on that day, and a birth date that nobody alive has.
// Faults (invalid, field id_number): people.too_young with the first day, people.id_birth.
func checkAge(birth, day civil.Date, fullYears int) error {
	const oldest = 130
	if birth > day || birth.AgeOn(day) > oldest {
		return fault.New(fault.Invalid, "people.id_birth").OnField("id_number")
	}
	if first := FirstWorkDay(birth, fullYears); day < first {
		return fault.New(fault.Invalid, "people.too_young", "age_min", fullYears, "first_day", first).
			OnField("id_number")
	}
	return nil
}

// parseName reads a natural person's name: letters of any script, and the dot of minority and
// foreign names, of which four look-alikes become U+00B7.
// Faults: people.name_form (invalid, field).
func parseName(text, field string) (string, error) {
	s := strings.Join(strings.Fields(text), " ")
	s = strings.NewReplacer("•", "·", "・", "·", "‧", "·", "．", "·").Replace(s)
	n := utf8.RuneCountInString(s)
	good := n >= nameRunesMin && n <= nameRunesMax && strings.Trim(s, "· ") == s
	for _, r := range s {
		good = good && (unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || r == '·' || r == ' ' ||
			r == '-' || r == '\'')
	}
	if !good {
		return "", fault.New(fault.Invalid, "people.name_form",
			"min", nameRunesMin, "max", nameRunesMax).OnField(field)
	}
	return s, nil
}

// parseText reads an organisation's name or an address: one line, not empty, without anybody's
// number in it (law 9: those lie sealed).
// Faults: people.text_form, people.text_number (invalid, field).
func parseText(text, field string, runesMax int) (string, error) {
	s := strings.Join(strings.Fields(text), " ")
	control := strings.ContainsFunc(s, unicode.IsControl)
	if s == "" || control || utf8.RuneCountInString(s) > runesMax {
		return "", fault.New(fault.Invalid, "people.text_form", "max", runesMax).OnField(field)
	}
	if clearNumber(s) != "" {
		return "", fault.New(fault.Invalid, "people.text_number").OnField(field)
	}
	return s, nil
}

// typed forgives what keyboards do to numbers: full-width characters, spaces, lower case.
func typed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		return unicode.ToUpper(r)
	}, text)
}

// numberKind names what a run of characters looks like: an ID, phone or card number that is valid,
// or "". It is what law 9 must not find in clear.
func numberKind(run string) string {
	switch {
	case len(run) == idLen && idPattern.MatchString(run) && idCheck(run) == run[idLen-1]:
		return "id_number"
	case len(run) == len("13800138000") && phonePattern.MatchString(run):
		return "phone"
	case len(run) >= cardMin && len(run) <= cardMax && cardPattern.MatchString(run) && luhn(run):
		return "card"
	}
	return ""
}

// clearNumber finds the first valid ID, phone or card number in what people typed, whatever letters
// stand around it, and gives its kind.
func clearNumber(text string) string {
	return firstNumber(text, func(b byte) bool { return b >= '0' && b <= '9' })
}

// clearWord finds the first word that is a valid number in what programs wrote: digits inside an id
// such as wrk_06dq3n… are no number.
func clearWord(text string) string {
	return firstNumber(text, func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '_'
	})
}

// firstNumber cuts the text into runs of bytes and judges each; a check character X after
// seventeen digits belongs to its run.
func firstNumber(text string, in func(byte) bool) string {
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && in(text[end]) {
			end++
		}
		run := text[i:end]
		if len(run) == idLen-1 && end < len(text) && text[end]|' ' == 'x' {
			run = text[i : end+1]
		}
		if kind := numberKind(strings.ToUpper(run)); kind != "" {
			return kind
		}
		i = end + 1
	}
	return ""
}
