package config_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

const amap = "https://uri.amap.com/marker?position={lon},{lat}&coordinate=wgs84&name={name}"

// Goal: nothing set gives the defaults that the documents name.
func TestDefault(t *testing.T) {
	t.Parallel()
	want := config.Config{Addr: "127.0.0.1:8080", DB: "sqlite:gongyi.db", Region: "50",
		Hotline: "12333", MapURL: amap,
		BodyBytesMax: 1 << 20, ShutdownSeconds: 10, LogLevel: "info", RateCodes: 120,
		RateReads: 6000, RateWrites: 1200, TrustedProxies: "127.0.0.0/8,::1/128",
		TilesDatum: "wgs84"}
	if got := config.Default(); got != want {
		t.Errorf("got %+v", got)
	}
}

// Goal: every field of Config can be set, and none of them by two names.
func TestFields(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range config.Fields() {
		names = append(names, f.Name)
		if f.Doc == "" || strings.Contains(f.Doc, "|") {
			t.Errorf("%s: doc %q", f.Name, f.Doc)
		}
	}
	slices.Sort(names)
	var want []string
	for i := range reflect.TypeFor[config.Config]().NumField() {
		want = append(want, reflect.TypeFor[config.Config]().Field(i).Name)
	}
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("described %v, fields %v", names, want)
	}
}

// Goal: names follow the rule, also around abbreviations.
func TestNames(t *testing.T) {
	t.Parallel()
	want := map[string][2]string{
		"Addr": {"GONGYI_ADDR", "addr"}, "DB": {"GONGYI_DB", "db"},
		"BankURL": {"GONGYI_BANK_URL", "bank-url"}, "SMSURL": {"GONGYI_SMS_URL", "sms-url"},
		"BodyBytesMax": {"GONGYI_BODY_BYTES_MAX", "body-bytes-max"},
	}
	for _, f := range config.Fields() {
		if w, ok := want[f.Name]; ok && (f.Env() != w[0] || f.Flag() != w[1]) {
			t.Errorf("%s: %s, --%s", f.Name, f.Env(), f.Flag())
		}
	}
}

// Goal: values are read into their fields, from both sides of each bound.
func TestRead(t *testing.T) {
	t.Parallel()
	got, err := config.Read(map[string]string{
		"GONGYI_ADDR": ":0", "GONGYI_DB": "postgres://u:p@db.example/city?sslmode=disable",
		"GONGYI_KEY_FILE": "/etc/gongyi.key", "GONGYI_BANK_URL": "https://bank.example/api",
		"GONGYI_REGION": "330110", "GONGYI_BODY_BYTES_MAX": "1024", "GONGYI_SHUTDOWN_SECONDS": "300",
		"GONGYI_LOG_LEVEL": "debug", "GONGYI_SANDBOX": "true", "GONGYI_RATE_CODES": "0",
		"GONGYI_RATE_READS": "1", "GONGYI_RATE_WRITES": "1000000", "GONGYI_TRUSTED_PROXIES": "none",
		"GONGYI_HOTLINE": "023-12333", "GONGYI_MAP_URL": "geo:{lat},{lon}",
		"GONGYI_TILES_URL": "https://t.example/{z}/{x}/{y}.png", "GONGYI_TILES_DATUM": "gcj02",
		"GONGYI_TILES_NOTE": "某图 GS(2026)1号", "GONGYI_NUMBER_URL": "https://number.example",
		"GONGYI_BANK_ACCOUNT": "某银行 1234",
	})
	want := config.Config{Addr: ":0", DB: "postgres://u:p@db.example/city?sslmode=disable",
		KeyFile: "/etc/gongyi.key", BankURL: "https://bank.example/api", BankAccount: "某银行 1234",
		Region:       "330110",
		BodyBytesMax: 1024, ShutdownSeconds: 300, LogLevel: "debug", Sandbox: true,
		TilesURL: "https://t.example/{z}/{x}/{y}.png", TilesDatum: "gcj02", TilesNote: "某图 GS(2026)1号",
		Hotline: "023-12333", MapURL: "geo:{lat},{lon}", NumberURL: "https://number.example",
		RateReads: 1, RateWrites: 1_000_000, TrustedProxies: "none"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Goal: a wrong value is refused with the name to look at and a sentence in both languages, and
// the sentence does not give the password away.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, value, want string }{
		{"GONGYI_ADDR", "8080", "config.not_address"},
		{"GONGYI_ADDR", "host:http", "config.not_address"},
		{"GONGYI_ADDR", "host:65536", "config.not_address"},
		{"GONGYI_DB", "sqlite:", "config.not_database"},
		{"GONGYI_DB", "mysql://u:secret@h/db", "config.not_database"},
		{"GONGYI_BANK_URL", "bank.example", "config.not_url"},
		{"GONGYI_MAP_URL", "https://map.example/?q=lon", "config.not_map"},
		{"GONGYI_MAP_URL", "javascript:alert(1)", "config.not_map"},
		{"GONGYI_TILES_URL", "https://t.example/{z}/{x}.png", "config.not_tiles"},
		{"GONGYI_TILES_URL", "https://t{s}.example/{z}/{x}/{y}.png", "config.not_tiles"},
		{"GONGYI_TILES_DATUM", "bd09", "config.not_datum"},
		{"GONGYI_BANK_URL", "ftp://u:secret@bank.example", "config.not_url"},
		{"GONGYI_SMS_URL", "http://sms.example/?key=secret", "config.not_url"},
		{"GONGYI_REGION", "99", "config.not_region"},
		{"GONGYI_REGION", "", "config.not_region"},
		{"GONGYI_BODY_BYTES_MAX", "1023", "config.not_number"},
		{"GONGYI_BODY_BYTES_MAX", "67108865", "config.not_number"},
		{"GONGYI_BODY_BYTES_MAX", "1 MiB", "config.not_number"},
		{"GONGYI_SHUTDOWN_SECONDS", "0", "config.not_number"},
		{"GONGYI_SHUTDOWN_SECONDS", "99999999999999999999", "config.not_number"},
		{"GONGYI_RATE_CODES", "-1", "config.not_number"},
		{"GONGYI_RATE_READS", "1000001", "config.not_number"},
		{"GONGYI_TRUSTED_PROXIES", "10.0.0.1", "config.not_networks"},
		{"GONGYI_TRUSTED_PROXIES", "10.0.0.0/8,", "config.not_networks"},
		{"GONGYI_LOG_LEVEL", "loud", "config.not_level"},
		{"GONGYI_SANDBOX", "maybe", "config.not_bool"},
		{"GONGYI_ADRR", "127.0.0.1:1", "config.unknown"},
	} {
		_, err := config.Read(map[string]string{c.name: c.value})
		f := fault.As(err)
		if f == nil || f.Kind != fault.Invalid || f.Code != c.want || f.Field != c.name {
			t.Errorf("%s=%s: got %v, want %s", c.name, c.value, err, c.want)
			continue
		}
		for _, lang := range i18n.Languages() {
			said := text.Say(lang, f.Code, f.Args)
			if !strings.Contains(said, c.name) || strings.ContainsAny(said, "{}") ||
				strings.Contains(said, ":secret") {
				t.Errorf("%s=%s in %s: %s", c.name, c.value, lang, said)
			}
		}
	}
}

// Goal: only our own, non-empty names are taken from the environment.
func TestEnviron(t *testing.T) {
	t.Parallel()
	got := config.Environ([]string{"PATH=/bin", "GONGYI_ADDR=:1", "GONGYI_DB=", "GONGYI_REGION=a=b",
		"GONGYI_TEST_PG=postgres://x", "GONGYI_REQUIRE=pg", "XGONGYI_ADDR=:2"})
	want := map[string]string{"GONGYI_ADDR": ":1", "GONGYI_REGION": "a=b"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

// Goal: what is printed names every field and hides every password.
func TestTable(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.DB = "postgres://me:hunter2@db.example/city?password=hunter3&sslmode=disable"
	c.BankURL = "https://me:hunter2@bank.example"
	table := c.Table()
	for _, f := range config.Fields() {
		if !strings.Contains(table, f.Env()+" ") || !strings.Contains(config.Markdown(), f.Env()+"`") {
			t.Errorf("%s is missing", f.Env())
		}
	}
	if strings.Contains(table, "hunter") {
		t.Errorf("the table shows a password:\n%s", table)
	}
	for _, part := range []string{"db.example/city", "sslmode=disable", "bank.example"} {
		if !strings.Contains(table, part) {
			t.Errorf("%s is missing:\n%s", part, table)
		}
	}
}

// Goal: a base map that does not say whose it is is refused.
func TestUntitledTiles(t *testing.T) {
	t.Parallel()
	_, err := config.Read(map[string]string{"GONGYI_TILES_URL": "https://t.example/{z}/{x}/{y}"})
	f := fault.As(err)
	if f == nil || f.Code != "config.tiles_note" || f.Field != "GONGYI_TILES_NOTE" {
		t.Errorf("got %v", err)
	}
}
