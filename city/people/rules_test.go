package people

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

type vectors struct {
	USCCValid   []string `json:"uscc_valid"`
	USCCInvalid []string `json:"uscc_invalid"`
	IDValid     []string `json:"id_valid"`
	IDInvalid   []string `json:"id_invalid"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	var v vectors
	text, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Goal: the published and the made-up vectors are judged as their sources say.
func TestVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	if len(v.USCCValid) < 10 || len(v.IDValid) < 6 || len(v.USCCInvalid)+len(v.IDInvalid) < 4 {
		t.Fatal("vectors are missing")
	}
	for _, s := range v.USCCValid {
		if got, err := ParseUSCC(s); err != nil || got != s {
			t.Errorf("USCC %s: %q, %v", s, got, err)
		}
	}
	for _, s := range v.USCCInvalid {
		if _, err := ParseUSCC(s); !fault.Is(err, "people.uscc_check") {
			t.Errorf("USCC %s: %v", s, err)
		}
	}
	for _, s := range v.IDValid {
		if got, err := ParseIDNumber(s); err != nil || string(got) != s {
			t.Errorf("ID %s: %q, %v", s, got, err)
		}
	}
	for _, s := range v.IDInvalid {
		_, err := ParseIDNumber(s)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Field != "id_number" {
			t.Errorf("ID %s: %v", s, err)
		}
	}
}

// Goal: an ID number tells birth and sex, typing is forgiven, and each way to be wrong has its own
// sentence, which never repeats the number.
func TestParseIDNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		birth civil.Date
		sex   Sex
	}{
		{"11010519491231002X", "1949-12-31", Female},
		{"11010519491231002x", "1949-12-31", Female},
		{" 110105 19491231 002Ｘ", "1949-12-31", Female},
		{"４４０５２４１８８００１０１００１４", "1880-01-01", Male},
		{"330199196811300025", "1968-11-30", Female},
		{"330199200911220152", "2009-11-22", Male},
	} {
		id, err := ParseIDNumber(c.text)
		if err != nil || id.Birth() != c.birth || id.Sex() != c.sex {
			t.Errorf("%q: %v, %s, %s", c.text, err, id.Birth(), id.Sex())
		}
	}
	for _, c := range []struct{ text, code, right string }{
		{"", "people.id_form", ""},
		{"11010519491231002", "people.id_form", ""},
		{"11010519491231002XX", "people.id_form", ""},
		{"1101051949123100X2", "people.id_form", ""},
		{"01010519491231002X", "people.id_form", ""},
		{"11010519491231002Y", "people.id_form", ""},
		{"110105491231002", "people.id_old", ""},
		{"110105194912310021", "people.id_check", "X"},
		{"440524188001010015", "people.id_check", "4"},
		{"110105194902300029", "people.id_birth", ""},
		{"110105194913010025", "people.id_birth", ""},
		{"110105179912310020", "people.id_birth", ""},
	} {
		_, err := ParseIDNumber(c.text)
		f := fault.As(err)
		if f == nil || f.Code != c.code || f.Kind != fault.Invalid || f.Field != "id_number" {
			t.Errorf("%q: %v, want %s", c.text, err, c.code)
			continue
		}
		if c.right != "" && f.Args["right"] != c.right {
			t.Errorf("%q: says %v would be right, want %s", c.text, f.Args["right"], c.right)
		}
		if len(c.text) > 15 && strings.Contains(err.Error(), c.text[6:14]) {
			t.Errorf("%q: the error shows the number: %v", c.text, err)
		}
	}
}

// Goal: of the eleven check characters of any seventeen digits exactly one passes, and it is the
// one the refusals name.
func TestIDCheckIsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := civil.Date("1950-01-01").AddDays(rapid.IntRange(0, 25_000).Draw(t, "day"))
		front := fmt.Sprintf("%06d%s%03d", rapid.IntRange(100_000, 999_999).Draw(t, "region"),
			strings.ReplaceAll(string(day), "-", ""), rapid.IntRange(0, 999).Draw(t, "seq"))
		var passed, named []string
		for _, c := range "0123456789X" {
			_, err := ParseIDNumber(front + string(c))
			if f := fault.As(err); f != nil {
				named = append(named, f.Args["right"].(string))
			} else {
				passed = append(passed, string(c))
			}
		}
		if len(passed) != 1 || len(named) != 10 {
			t.Fatalf("%s: %v pass", front, passed)
		}
		for _, n := range named {
			if n != passed[0] {
				t.Fatalf("%s: named %s, passed %s", front, n, passed[0])
			}
		}
	})
}

// Goal: a USCC with any of the 31 check characters but its own is refused, and the refusal names
// its own; other letters and lengths are refused as such.
func TestParseUSCC(t *testing.T) {
	t.Parallel()
	if got, err := ParseUSCC(" 91330199ma00000qxc "); err != nil || got != "91330199MA00000QXC" {
		t.Errorf("typed in lower case: %q, %v", got, err)
	}
	for _, code := range []string{"91330199MA00000QXC", "123301990000000439"} {
		right := code[usccLen-1]
		for i := range len(usccAlphabet) {
			c := usccAlphabet[i]
			_, err := ParseUSCC(code[:usccLen-1] + string(c))
			f := fault.As(err)
			switch {
			case c == right && err != nil:
				t.Errorf("%s: %v", code, err)
			case c != right && (f == nil || f.Code != "people.uscc_check" ||
				f.Args["right"] != string(right) || f.Field != "uscc"):
				t.Errorf("%s with %c: %v", code, c, err)
			}
		}
	}
	for _, bad := range []string{"", "9133019", "91330199MA00000QXCC", "9133019AMA00000QXC",
		"91330199MI00000QXC", "91330199MO00000QXC", "91330199MS00000QXC", "91330199MV00000QXC",
		"91330199MZ00000QXC", "91330199MA00000Q-C"} {
		if _, err := ParseUSCC(bad); !fault.Is(err, "people.uscc_form") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Goal: mobile numbers are read as people write them; other numbers are refused.
func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"13800138000", "+86 138 0013 8000", "138-0013-8000", "１３８００１３８０００"} {
		if p, err := ParsePhone(text); err != nil || string(p) != "13800138000" {
			t.Errorf("%q: %q, %v", text, string(p), err)
		}
	}
	for _, text := range []string{"16200000000", "19912345678", "14500000000", "14700000000"} {
		if _, err := ParsePhone(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, code := range map[string]string{
		"": "people.phone_form", "1380013800": "people.phone_form",
		"138001380000": "people.phone_form", "12800138000": "people.phone_form",
		"23800138000": "people.phone_form", "+8513800138000": "people.phone_form",
		"057112345678": "people.phone_form", "1380013800a": "people.phone_form",
		"14012345678": "people.phone_machine", "14112345678": "people.phone_machine",
		"14412345678": "people.phone_machine", "14612345678": "people.phone_machine",
		"14812345678": "people.phone_machine",
	} {
		_, err := ParsePhone(text)
		if f := fault.As(err); f == nil || f.Code != code || f.Field != "phone" {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
}

// Goal: card numbers of 16 to 19 digits pass by their check digit alone, and one digit off is found
// wherever it is.
func TestParseCard(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"6228480402564890018", "6222 0000 0000 0000 004",
		"4111-1111-1111-1111"} {
		if _, err := ParseCard(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	const good = "6228480402564890018"
	for i := range len(good) {
		bad := []byte(good)
		bad[i] = '0' + (bad[i]-'0'+1)%10
		if _, err := ParseCard(string(bad)); !fault.Is(err, "people.card_check") {
			t.Errorf("digit %d off: %v", i, err)
		}
	}
	for _, text := range []string{"", "622848040256489", "62284804025648900180",
		"622848040256489001X"} {
		if _, err := ParseCard(text); !fault.Is(err, "people.card_form") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Goal: somebody is sixteen from the day after the birthday, not on it; a leap-day child's year is
// full when its last day has passed; and the rule says the same as policy's.
func TestFirstWorkDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth civil.Date
		years int
		want  civil.Date
	}{
		{"2010-03-02", 16, "2026-03-03"},
		{"2010-03-01", 16, "2026-03-02"},
		{"2009-12-31", 16, "2026-01-01"},
		{"2008-02-29", 16, "2024-03-01"},
		{"2008-02-29", 18, "2026-03-02"}, // the year 2026 has no 29th: full on 1 March
		{"2010-02-28", 16, "2026-03-01"},
	} {
		if got := FirstWorkDay(c.birth, c.years); got != c.want {
			t.Errorf("born %s, %d years: %s, want %s", c.birth, c.years, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		birth := civil.Date("1999-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "birth"))
		first := FirstWorkDay(birth, 16)
		if before := policy.FullAge(birth, first.AddDays(-1)); before != 15 {
			t.Fatalf("born %s: %d the day before %s", birth, before, first)
		}
		if on := policy.FullAge(birth, first); on != 16 {
			t.Fatalf("born %s: %d on %s", birth, on, first)
		}
	})
}

// Goal: the boundaries of age from both sides, and birth dates that nobody alive has.
func TestCheckAge(t *testing.T) {
	t.Parallel()
	const today = "2026-03-02"
	for birth, code := range map[civil.Date]string{
		"2010-03-01": "", // sixteen yesterday
		"2010-03-02": "people.too_young",
		"2010-03-03": "people.too_young",
		"2011-03-02": "people.too_young", // fifteen
		"2026-03-02": "people.too_young",
		"2026-03-03": "people.id_birth", // not yet born
		"1968-11-30": "",
		"1896-03-02": "",
		"1895-03-02": "people.id_birth", // 131
	} {
		if got := fault.CodeOf(checkAge(birth, today, 16)); got != code {
			t.Errorf("born %s: %q, want %q", birth, got, code)
		}
	}
	f := fault.As(checkAge("2010-03-02", today, 16))
	if f == nil || f.Args["first_day"] != civil.Date("2026-03-03") || f.Args["age_min"] != 16 ||
		f.Field != "id_number" {
		t.Errorf("on the birthday: %+v", f)
	}
}

// Goal: names of people in every script pass, with the dot made one; what is no name does not.
func TestParseName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"王芳": "王芳", " 欧阳 娜娜 ": "欧阳 娜娜", "阿不都热依木•买买提": "阿不都热依木·买买提",
		"𬸚𬴊": "𬸚𬴊", "Anne-Marie O'Neil": "Anne-Marie O'Neil",
		strings.Repeat("王", 50): strings.Repeat("王", 50),
	} {
		if got, err := parseName(text, "name"); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "王", "·王芳", "王芳·", "王芳1", "王芳13800138000", "王\x00芳", "<b>王芳</b>",
		strings.Repeat("王", 51)} {
		_, err := parseName(text, "name")
		if f := fault.As(err); f == nil || f.Code != "people.name_form" || f.Field != "name" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Goal: addresses are one line of bounded length without anybody's number; house numbers and other
// digits are fine.
func TestParseText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"文一西路969号 3 号楼": "文一西路969号 3 号楼", "电话0571-88888888": "电话0571-88888888",
		"单号 12345678901": "单号 12345678901", "Ａ座\n101": "Ａ座 101",
	} {
		if got, err := parseText(text, "address", 200); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for text, code := range map[string]string{
		"": "people.text_form", " \n": "people.text_form", "a\x01b": "people.text_form",
		strings.Repeat("路", 201):     "people.text_form",
		"找王芳13800138000":             "people.text_number",
		"工号 11010519491231002X":      "people.text_number",
		"卡 6228480402564890018 (农行)": "people.text_number",
	} {
		if _, err := parseText(text, "address", 200); !fault.Is(err, code) {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
}

// Goal: the search for clear numbers finds valid ones at any border and passes over masked numbers
// and digits that are nobody's; in what programs wrote it passes over digits inside ids as well.
func TestClearNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, typed, word string }{
		{`{"phone":"13800138000"}`, "phone", "phone"},
		{"13800138000", "phone", "phone"},
		{"身份证11010519491231002X，", "id_number", "id_number"},
		{"11010519491231002x", "id_number", "id_number"},
		{"11010519491231002", "", ""},
		{"6228480402564890018 ok", "card", "card"},
		{"Tel13800138000", "phone", ""},
		{"No110105194912310021 13800138000", "phone", "phone"},
		{"ID11010519491231002X", "id_number", ""},
		{"wrk_13800138000 x13800138000", "phone", ""},
		{"110****002X 138****8000 ****0018", "", ""},
		{"1788000000000", "", ""},
		{"11010519491231002Y 110105194912310021", "", ""},
		{"2026-03-02T08:00:00.123456789Z", "", ""},
		{strings.Repeat("0123456789abcdef", 4), "", ""},
		{"", "", ""},
	} {
		if got := clearNumber(c.text); got != c.typed {
			t.Errorf("typed %q: %q, want %q", c.text, got, c.typed)
		}
		if got := clearWord(c.text); got != c.word {
			t.Errorf("words %q: %q, want %q", c.text, got, c.word)
		}
	}
}

// Goal: whatever prints a number prints it masked.
func TestMasked(t *testing.T) {
	t.Parallel()
	id, phone := IDNumber("11010519491231002X"), Phone("13800138000")
	card := Card{Number: "6228480402564890018"}
	for _, c := range []struct {
		v    any
		want string
	}{{id, "110****002X"}, {phone, "138****8000"}, {card, "****0018"}, {&card, "****0018"}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, c.v); got != c.want {
				t.Errorf("%s of %T: %s, want %s", verb, c.v, got, c.want)
			}
		}
		got, err := json.Marshal(map[string]any{"x": c.v})
		if err != nil || string(got) != `{"x":"`+c.want+`"}` {
			t.Errorf("JSON of %T: %s, %v", c.v, got, err)
		}
	}
	if got := masked("1234567", 3, 4); got != "****" {
		t.Errorf("a short text shows %s", got)
	}
	if id.String() == string(id) || len(id.String()) >= len(id) {
		t.Error("not masked")
	}
}

// Goal: what is read of a number has one form, which reads as itself however it is typed; one
// character changed in an ID, credit code or card is noticed.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "91330199MA00000QXC", "+8613800138000",
		"6228480402564890018", "·王·", "Ｘ\x00\xff", "１１０１０５１９４９１２３１００２ｘ", "110105 19491231 002x",
		"138-0013-8000", "91350100M000100Y43"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, at uint8) {
		if id, err := ParseIDNumber(s); err == nil {
			if clearNumber(string(id)) != "id_number" || id.Birth() < birthMin {
				t.Errorf("%q was read as %q", s, string(id))
			}
			sameAgain(t, string(id), func(s string) (string, error) {
				id, err := ParseIDNumber(s)
				return string(id), err
			})
			if _, err := ParseIDNumber(changed(string(id), at, "0123456789")); err == nil {
				t.Errorf("a character of %q may change unnoticed", string(id))
			}
		}
		if p, err := ParsePhone(s); err == nil {
			if clearNumber(string(p)) != "phone" {
				t.Errorf("%q was read as %q", s, string(p))
			}
			sameAgain(t, string(p), func(s string) (string, error) {
				p, err := ParsePhone(s)
				return string(p), err
			})
		}
		if c, err := ParseCard(s); err == nil {
			if clearNumber(c.Number) == "" {
				t.Errorf("%q was read as %q", s, c.Number)
			}
			sameAgain(t, c.Number, func(s string) (string, error) {
				c, err := ParseCard(s)
				return c.Number, err
			})
			if _, err := ParseCard(changed(c.Number, at, "0123456789")); err == nil {
				t.Errorf("a digit of %q may change unnoticed", c.Number)
			}
		}
		if code, err := ParseUSCC(s); err == nil {
			if !usccPattern.MatchString(code) {
				t.Errorf("%q was read as %q", s, code)
			}
			sameAgain(t, code, ParseUSCC)
			if _, err := ParseUSCC(changed(code, at, usccAlphabet)); err == nil {
				t.Errorf("a character of %q may change unnoticed", code)
			}
		}
		if text, err := parseText(s, "f", 200); err == nil && clearNumber(text) != "" {
			t.Errorf("%q was kept as %q", s, text)
		}
	})
}

// sameAgain fails the test unless a number's form reads as itself: plain, in full width, in lower
// case, and with spaces.
func sameAgain(t *testing.T, form string, parse func(string) (string, error)) {
	t.Helper()
	wide := strings.Map(func(r rune) rune { return r + 0xFEE0 }, form)
	for _, typed := range []string{form, wide, strings.ToLower(form),
		" " + form[:6] + " " + form[6:]} {
		if again, err := parse(typed); err != nil || again != form {
			t.Errorf("%q typed as %q is read as %q, %v", form, typed, again, err)
		}
	}
}

// changed gives the text with one character, not the check's, replaced by its neighbour.
func changed(text string, at uint8, alphabet string) string {
	i := int(at) % (len(text) - 1)
	next := alphabet[(strings.IndexByte(alphabet, text[i])+1)%len(alphabet)]
	return text[:i] + string(next) + text[i+1:]
}
