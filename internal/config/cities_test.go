package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/region"
)

// readCities writes the text to a file and reads it as cities.
func readCities(t testing.TB, text string) ([]config.City, error) {
	t.Helper()
	c := config.Default()
	c.Cities = filepath.Join(t.TempDir(), "cities.yaml")
	if err := os.WriteFile(c.Cities, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.ReadCities()
}

const twoCities = `# two cities
cities:
  - code: "50"
    path: /cq
    db: sqlite:cq.db
    sandbox: true
  - code: "330100"
    name: 杭州
    hosts: [hz.example.gov.cn, HZ2.example.gov.cn]
    db: postgres://u:secret@db.example/gongyi?search_path=hz
    key_file: /etc/gongyi/hz.key
    bank_url: https://bank.example
    insurer_url: https://insurer.example
    sms_url: https://sms.example
`

const twoCitiesJSON = `{
	"cities": [
		{"code": "50", "path": "/cq", "db": "sqlite:cq.db", "sandbox": true},
		{"code": "330100", "name": "杭州", "hosts": ["hz.example.gov.cn", "HZ2.example.gov.cn"],
			"db": "postgres://u:secret@db.example/gongyi?search_path=hz",
			"key_file": "/etc/gongyi/hz.key", "bank_url": "https://bank.example",
			"insurer_url": "https://insurer.example", "sms_url": "https://sms.example"}
	]
}`

// Goal: YAML and JSON say the same; what a city leaves out is the program's or follows from the
// rest; nothing of one city leaks into the next.
func TestReadCities(t *testing.T) {
	t.Parallel()
	first, second := config.Default(), config.Default()
	first.Region, first.DB, first.KeyFile, first.Sandbox = "50", "sqlite:cq.db", "cq.db.key", true
	second.Region = "330100"
	second.DB = "postgres://u:secret@db.example/gongyi?search_path=hz"
	second.KeyFile, second.BankURL = "/etc/gongyi/hz.key", "https://bank.example"
	second.InsurerURL, second.SMSURL = "https://insurer.example", "https://sms.example"
	for form, text := range map[string]string{"YAML": twoCities, "JSON": twoCitiesJSON} {
		got, err := readCities(t, text)
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		for i := range got {
			if got[i].Line == 0 || filepath.Base(got[i].File) != "cities.yaml" {
				t.Errorf("%s: city %d stands at %s:%d", form, i, got[i].File, got[i].Line)
			}
			got[i].File, got[i].Line = "", 0
		}
		want := []config.City{{Config: first, Name: "重庆市", Path: "/cq"},
			{Config: second, Name: "杭州", Hosts: []string{"hz.example.gov.cn", "hz2.example.gov.cn"}}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", form, got, want)
		}
	}
}

// Goal: whatever is wrong is one sentence with file, line and field, in both languages, and no
// sentence shows a password.
func TestReadCitiesRefuses(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) string {
		if !strings.Contains(twoCities, old) {
			t.Fatalf("%q is not in the file", old)
		}
		return strings.Replace(twoCities, old, new, 1)
	}
	for name, c := range map[string]struct {
		text, want, field string
		line              int
	}{
		"nothing":    {"", "config.cities_none", "", 1},
		"no list":    {"cities: 3", "config.cities_none", "", 1},
		"empty list": {"cities: []", "config.cities_none", "", 1},
		"nobody's tiles": {change("sandbox: true", "sandbox: true\n    tiles_url: https://t/{z}/{x}/{y}"),
			"config.tiles_note", "tiles_note", 3},
		"no mapping":     {"- a", "config.not_mapping", "", 1},
		"two documents":  {"cities: []\n---\n{}\n", "config.cities_none", "", 1},
		"no YAML":        {"cities:\n  - code: [\n", "config.cities_syntax", "", 3},
		"tabs":           {"cities:\n\t- code: 50\n", "config.cities_syntax", "", 2},
		"too large":      {strings.Repeat("#", 1<<20+1), "config.cities_large", "", 1},
		"unknown at top": {twoCities + "towns: []\n", "config.field_unknown", "towns", 15},
		"a city is text": {"cities:\n  - 重庆\n", "config.not_mapping", "", 2},
		"an alias": {"cities:\n  - &a {code: '50', path: /a, db: 'sqlite:a'}\n  - *a\n",
			"config.not_mapping", "", 3},
		"unknown field":  {change("sandbox", "sandbx"), "config.field_unknown", "sandbx", 6},
		"field twice":    {change("sandbox: true", "db: sqlite:x"), "config.field_twice", "db", 6},
		"no code":        {change(`code: "50"`, `name: x`), "config.field_missing", "code", 3},
		"no database":    {change("db: sqlite:cq.db", "name: x"), "config.field_missing", "db", 3},
		"null":           {change("sqlite:cq.db", ""), "config.not_text", "db", 5},
		"unknown region": {change(`"50"`, `"99"`), "config.not_region", "code", 3},
		"no database URL": {change("postgres://u:secret", "mysql://u:secret"), "config.not_database",
			"db", 10},
		"no bank URL": {change("https://bank.example", "ftp://u:secret@bank"), "config.not_url",
			"bank_url", 12},
		"maybe a sandbox": {change("true", "maybe"), "config.not_bool", "sandbox", 6},
		"no key": {change("    key_file: /etc/gongyi/hz.key\n", ""), "config.key_needed", "key_file",
			7},
		"nowhere":         {change("    path: /cq\n", ""), "config.nowhere", "hosts", 3},
		"path without /":  {change("/cq", "cq"), "config.not_path", "path", 4},
		"path of two":     {change("/cq", "/cq/x"), "config.not_path", "path", 4},
		"path of the API": {change("/cq", "/api"), "config.not_path", "path", 4},
		"no host":         {change("hz.example.gov.cn", "hz_example"), "config.not_host", "hosts", 9},
		"host with port":  {change("hz.example.gov.cn", `"hz:80"`), "config.not_host", "hosts", 9},
		"hosts is text": {change("[hz.example.gov.cn, HZ2.example.gov.cn]", "hz"), "config.not_list",
			"hosts", 9},
		"long name": {change("杭州", strings.Repeat("杭", 61)), "config.not_name", "name", 8},
		"one host twice": {change("hz.example.gov.cn", "hz2.example.gov.cn"), "config.taken", "hosts",
			9},
		"one code twice": {change(`"330100"`, `"500000"`), "config.taken", "code", 7},
		"one path twice": {change("name: 杭州", "path: /cq"), "config.taken", "path", 8},
		"one database twice": {change("postgres://u:secret@db.example/gongyi?search_path=hz",
			"sqlite:./cq.db"), "config.taken", "db", 10},
		"one key twice": {change("/etc/gongyi/hz.key", "x/../cq.db.key"), "config.taken", "key_file", 11},
	} {
		_, err := readCities(t, c.text)
		f := fault.As(err)
		var at *config.At
		if f == nil || f.Code != c.want || f.Field != c.field || !errors.As(err, &at) ||
			at.Line != c.line {
			t.Errorf("%s: got %v, want %s (%s) at line %d", name, err, c.want, c.field, c.line)
			continue
		}
		for _, lang := range i18n.Languages() {
			said := text.Say(lang, f.Code, f.Args)
			if said == "" || strings.ContainsAny(said, "{}") || strings.Contains(said, ":secret") {
				t.Errorf("%s in %s: %s", name, lang, said)
			}
		}
	}
	c := config.Default()
	c.Cities = filepath.Join(t.TempDir(), "none.yaml")
	if _, err := c.ReadCities(); !fault.Is(err, "config.cities_missing") {
		t.Errorf("no file: %v", err)
	}
	c.Cities = t.TempDir()
	if _, err := c.ReadCities(); !fault.Is(err, "config.cities_unreadable") {
		t.Errorf("a folder: %v", err)
	}
}

// Goal: two ways to write one PostgreSQL schema are one database; two schemas are two.
func TestReadCitiesOneDatabase(t *testing.T) {
	t.Parallel()
	city := func(code, db string) string {
		return fmt.Sprintf("  - {code: '%s', path: /c%[1]s, db: '%s', key_file: k%[1]s}\n", code, db)
	}
	for other, taken := range map[string]bool{
		"postgres://u@DB.example/g?search_path=a":                       true,
		"postgresql://x:y@db.example:5432/g?search_path=a&sslmode=none": true,
		"postgres://db.example:5433/g?search_path=a":                    false,
		"postgres://db.example/g?search_path=b":                         false,
		"postgres://db.example/h?search_path=a":                         false,
		"postgres://db.example/g":                                       false,
	} {
		_, err := readCities(t, "cities:\n"+city("50", "postgres://db.example/g?search_path=a")+
			city("33", other))
		if fault.Is(err, "config.taken") != taken || !taken && err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
}

// Goal: with a cities file the settings of one city are refused, not ignored.
func TestCitiesAlone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"GONGYI_DB", "GONGYI_KEY_FILE", "GONGYI_REGION", "GONGYI_BANK_URL",
		"GONGYI_SANDBOX"} {
		values := map[string]string{"GONGYI_CITIES": "c.yaml", name: "50"}
		switch name {
		case "GONGYI_DB":
			values[name] = "sqlite:x"
		case "GONGYI_BANK_URL":
			values[name] = "http://x"
		case "GONGYI_SANDBOX":
			values[name] = "true"
		}
		if _, err := config.Read(values); !fault.Is(err, "config.cities_alone") {
			t.Errorf("%s beside a cities file: %v", name, err)
		}
	}
	c, err := config.Read(map[string]string{"GONGYI_CITIES": "c.yaml", "GONGYI_ADDR": ":1"})
	if err != nil ||
		c.Cities != "c.yaml" {
		t.Errorf("got %+v, %v", c, err)
	}
}

// Goal: no text makes the reader panic; it refuses with a place in the file, or gives cities that
// can be reached, that are somewhere and that share nothing.
func FuzzCities(f *testing.F) {
	for _, seed := range []string{twoCities, twoCitiesJSON, "", "cities:", "cities: [{}]", "{",
		"- &a [*a]", "cities: &a [*a]", "cities: [{code: 50, path: /a, db: 'sqlite:a', <<: {name: x}}]",
		"cities: [{code: !!binary NTA=, hosts: [a], db: 'sqlite:a'}]", "? [a]\n: b", "\ufeffcities: []",
		"cities:\n- code: '50'\n  hosts: [xn--fiq.cn]\n  db: 'sqlite:a'\n"} {
		f.Add([]byte(seed))
	}
	base := config.Default()
	base.Cities = "cities.yaml"
	f.Fuzz(func(t *testing.T, text []byte) {
		cities, err := base.ParseCities(text)
		if err != nil {
			var at *config.At
			if !errors.As(err, &at) || at.Line < 1 || fault.As(err) == nil || cities != nil {
				t.Errorf("refused without a place or a fault: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, c := range cities {
			if !region.Valid(c.Region) || c.Name == "" || c.KeyFile == "" || c.DB == "" {
				t.Errorf("half a city: %+v", c)
			}
			where := c.Hosts
			if c.Path != "" {
				where = append(where, c.Path)
			}
			for _, w := range append(where, c.DB, "key "+c.KeyFile) {
				if seen[w] {
					t.Errorf("%s is two cities'", w)
				}
				seen[w] = true
			}
			if len(where) == 0 {
				t.Errorf("a city that nobody can reach: %+v", c)
			}
		}
	})
}
