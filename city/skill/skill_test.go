package skill

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	today    = civil.Date("2026-03-02")
	evidence = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func starter(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Goal: the catalogue has the trades of the city's new occupations, and food and dangerous work
// ask for their papers.
func TestStarter(t *testing.T) {
	t.Parallel()
	c := starter(t)
	if len(c.Occupations) < 40 {
		t.Errorf("%d occupations", len(c.Occupations))
	}
	for key, want := range map[string]struct {
		name string
		must []string
	}{
		"elder_carer": {"养老护理员", nil}, "patient_escort": {"陪诊师", nil},
		"online_marketer": {"互联网营销师", nil}, "waiter": {"餐厅服务员", []string{"cert.health"}},
		"cook": {"中餐厨师", []string{"cert.health"}}, "welder": {"焊工", []string{"cert.special_welding"}},
		"electrician":    {"电工", []string{"cert.special_electric"}},
		"facade_cleaner": {"外墙清洗工", []string{"cert.special_height"}},
		"scaffolder":     {"架子工", []string{"cert.scaffold"}}, "cleaner": {"保洁员", nil},
		"guard": {"保安员", []string{"cert.guard"}},
	} {
		found := c.Find(key)
		if len(found) != 1 || found[0].ZH != want.name || !slices.Equal(c.Required(key), want.must) {
			t.Errorf("%s: got %+v, requires %v", key, found, c.Required(key))
		}
	}
}

// Goal: by a code that several trades share, only what all of them ask for is asked for.
func TestRequiredByCode(t *testing.T) {
	t.Parallel()
	c := starter(t)
	if got := c.Required("4-03-02-05"); !slices.Equal(got, []string{"cert.health"}) {
		t.Errorf("waiters and dishwashers: %v", got)
	}
	if got := c.Required("4-09-08-01"); len(got) != 0 || len(c.Find("4-09-08-01")) != 2 {
		t.Errorf("cleaners and facade cleaners: %v", got)
	}
	if got := c.Required("9-99-99-99"); got != nil {
		t.Errorf("no such code: %v", got)
	}
	for key, want := range map[string]bool{"welder": true, "waiter": false, "4-09-08-01": false,
		"6-18-02-04": true, "none": false} {
		if got := c.AdultsOnly(key); got != want {
			t.Errorf("%s adults only: %v", key, got)
		}
	}
	for key, want := range map[string]bool{"cert.health": true, "skill.waiting": true,
		"waiter": false} {
		if got := c.Knows(key); got != want {
			t.Errorf("knows %s: %v", key, got)
		}
	}
}

// Goal: every code and its name are those of the classification of 2022.
func TestCodes(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../testdata/occupation/csco22.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for _, row := range rows {
		names[row[1]] = append(names[row[1]], strings.TrimRight(row[3], "LS/"))
	}
	for _, o := range starter(t).Occupations {
		if !slices.Contains(names[o.Code], o.CSCO) {
			t.Errorf("%s: %s is %v, not %s", o.Key, o.Code, names[o.Code], o.CSCO)
		}
	}
}

const small = `version: v
certificates: [{key: cert.a, zh: 甲, en: A, source: s, valid_months: 12, pattern: '^T\d+$'}]
skills: [{key: skill.a, zh: 甲, en: A}]
occupations: [{key: a, code: 1-02-03-04, csco: 甲, zh: 甲, en: A, skills: [skill.a],
  certificates: [cert.a]}]
`

// Goal: a catalogue that would ask for what nobody can have is refused.
func TestReadCatalogueRefuses(t *testing.T) {
	t.Parallel()
	if _, err := ReadCatalogue([]byte(small)); err != nil {
		t.Fatal(err)
	}
	for old, bad := range map[string]string{
		"skills: [skill.a]":       "skills: [skill.b]",
		"certificates: [cert.a]}": "certificates: [cert.b]}",
		"1-02-03-04":              "1-2-3-4",
		"skills: [{key: skill.a":  "skills: [{key: skill.a, zh: 乙, en: B}, {key: skill.a",
		"{key: cert.a":            "{key: a",
		"source: s, ":             "",
		"valid_months: 12":        "valid_months: -1",
		"'^T\\d+$'":               "'('",
		"occupations: [":          "occupations: [{key: a, code: 1-02-03-04, csco: x, zh: x, en: x}, ",
		"zh: 甲, en: A, skills":    "zh: 甲, skills",
		"version: v":              "version: v\nnote: n",
		"{key: skill.a, zh: 甲":    "{key: skill.a",
	} {
		text := strings.Replace(small, old, bad, 1)
		if text == small {
			t.Fatalf("%q is not in the text", old)
		}
		if _, err := ReadCatalogue([]byte(text)); err == nil {
			t.Errorf("%q for %q was read", bad, old)
		}
	}
}

func health(change func(*AddCertificate)) AddCertificate {
	in := AddCertificate{WorkerID: "wrk_1", Kind: "cert.health", Number: " ｈ2026－0001 ",
		IssuedOn: "2026-01-15", Evidence: evidence}
	if change != nil {
		change(&in)
	}
	return in
}

// Goal: what the paper leaves out follows from its kind, and its number is compared in one writing.
func TestNewCertificate(t *testing.T) {
	t.Parallel()
	c, number, err := newCertificate(starter(t), health(nil), today)
	if err != nil || number != "H2026-0001" || c.NumberTail != "0001" || !c.NumberFits ||
		c.ExpiresOn != "2027-01-14" || c.State != Claimed {
		t.Errorf("got %+v, %q, %v", c, number, err)
	}
	c, _, err = newCertificate(starter(t), health(func(in *AddCertificate) {
		in.Kind, in.Number = "cert.guard", "渝1234"
	}), today)
	if err != nil || c.ExpiresOn != "" || c.NumberTail != "" {
		t.Errorf("guard: got %+v, %v", c, err)
	}
	for number, fits := range map[string]bool{"T330199199001010011": true, "t33019919900101001x": true,
		"33019919900101001X": false} {
		c, _, err := newCertificate(starter(t), health(func(in *AddCertificate) {
			in.Kind, in.Number = "cert.special_welding", number
		}), today)
		if err != nil || c.NumberFits != fits {
			t.Errorf("%s: fits %v, %v", number, c.NumberFits, err)
		}
	}
}

// Goal: what no paper can say is refused with its field, from both sides of each bound.
func TestNewCertificateRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, code, field string
		change            func(*AddCertificate)
	}{
		{"kind", "skill.unknown_certificate", "kind", func(in *AddCertificate) { in.Kind = "cert.no" }},
		{"a skill", "skill.unknown_certificate", "kind",
			func(in *AddCertificate) { in.Kind = "skill.waiting" }},
		{"no number", "skill.number_missing", "number", func(in *AddCertificate) { in.Number = " \t　" }},
		{"41 runes", "skill.number_long", "number",
			func(in *AddCertificate) { in.Number = strings.Repeat("证", 41) }},
		{"40 runes", "", "", func(in *AddCertificate) { in.Number = strings.Repeat("证", 40) }},
		{"evidence", "skill.evidence_missing", "evidence",
			func(in *AddCertificate) { in.Evidence = evidence[1:] + "G" }},
		{"no evidence", "skill.evidence_missing", "evidence",
			func(in *AddCertificate) { in.Evidence = "" }},
		{"bad day", "skill.bad_day", "issued_on",
			func(in *AddCertificate) { in.IssuedOn = "2026-02-29" }},
		{"bad end", "skill.bad_day", "expires_on",
			func(in *AddCertificate) { in.ExpiresOn = "2026-13-01" }},
		{"tomorrow", "skill.issued_later", "issued_on",
			func(in *AddCertificate) { in.IssuedOn = today.AddDays(1) }},
		{"today", "", "", func(in *AddCertificate) { in.IssuedOn = today }},
		{"expired", "skill.expired", "expires_on",
			func(in *AddCertificate) { in.ExpiresOn = today.AddDays(-1) }},
		{"last day", "", "", func(in *AddCertificate) { in.ExpiresOn = today }},
		{"a year and a day", "skill.valid_too_long", "expires_on",
			func(in *AddCertificate) { in.ExpiresOn = "2027-01-16" }},
		{"a year", "", "", func(in *AddCertificate) { in.ExpiresOn = "2027-01-15" }},
		{"old", "skill.expired", "expires_on", func(in *AddCertificate) { in.IssuedOn = "2025-03-02" }},
		{"nearly old", "", "", func(in *AddCertificate) { in.IssuedOn = "2025-03-03" }},
	} {
		_, _, err := newCertificate(starter(t), health(c.change), today)
		if got := fault.CodeOf(err); got != c.code || err != nil && fault.As(err).Field != c.field {
			t.Errorf("%s: got %v, want %s on %s", c.name, err, c.code, c.field)
		}
	}
}

// Goal: a certificate counts from the day of issue to its last day, and only while verified.
func TestInForce(t *testing.T) {
	t.Parallel()
	c := Certificate{State: Verified, IssuedOn: "2026-01-15", ExpiresOn: "2027-01-14"}
	for day, want := range map[civil.Date]bool{"2026-01-14": false, "2026-01-15": true,
		"2027-01-14": true, "2027-01-15": false} {
		if got := c.InForce(day); got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
	c.ExpiresOn = ""
	if !c.InForce("2099-01-01") {
		t.Error("one without end ended")
	}
	for _, state := range []State{Claimed, Refused, Revoked} {
		c.State = state
		if c.InForce("2026-06-01") {
			t.Errorf("a %s one is in force", state)
		}
	}
}

// Goal: the drawing in doc.go: no other way from state to state, and no refusal without a reason.
func TestDecide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to State
		reason   string
		want     string
	}{
		{Claimed, Verified, "", ""}, {Claimed, Refused, "照片不清楚", ""}, {Verified, Revoked, "假证", ""},
		{Claimed, Refused, " ", "skill.reason_missing"}, {Verified, Revoked, "", "skill.reason_missing"},
		{Claimed, Refused, strings.Repeat("长", 201), "skill.reason_long"},
		{Claimed, Revoked, "x", "skill.certificate_state"},
		{Verified, Verified, "", "skill.certificate_state"},
		{Verified, Refused, "x", "skill.certificate_state"},
		{Refused, Verified, "", "skill.certificate_state"},
		{Revoked, Verified, "", "skill.certificate_state"},
	} {
		got, err := (Certificate{State: c.from}).decide(c.to, c.reason, "acc_clerk")
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s → %s: %v, want %q", c.from, c.to, err, c.want)
		}
		if err == nil && (got.State != c.to || got.VerifierID != "acc_clerk" || got.Reason != c.reason) {
			t.Errorf("%s → %s: %+v", c.from, c.to, got)
		}
	}
}
