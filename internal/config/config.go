package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gongyi/gongyi/internal/fault"
)

const rateMax = 1_000_000

// Prefix starts every environment name.
const Prefix = "GONGYI_"

// Config is what can be set. It is a value: read once, passed down, never changed.
type Config struct {
	Addr            string // where the program listens, host:port
	BlobDir         string // where files are kept; "" beside the SQLite file
	BankAccount     string // into which employers pay, as their page shows it; "": not said
	BankURL         string // the bank; "" for none, or the sandbox
	BodyBytesMax    int64  // bytes of a request's body
	Cities          string // the file of many cities; "" for the one city at DB
	DB              string // the city's database: sqlite:FILE or postgres://…
	InsurerURL      string // the insurer; "" for none, or the sandbox
	KeyFile         string // the key of the encrypted fields; "" beside the SQLite file
	Map             string // the file of the districts' boundaries; "" for the program's own
	LogLevel        string // debug, info, warn or error
	RateCodes       int64  // codes an address may ask for or try in a minute; 0: any number
	RateReads       int64  // reads of an address in a minute
	RateWrites      int64  // writes of an address in a minute
	MapURL          string // of the way to a place
	NumberURL       string // the proxy to the provider of masked numbers; "" for none, or the sandbox
	Region          string // the city's GB/T 2260 code
	Hotline         string // the number on every page
	SMSURL          string // the SMS gateway; "" for none, or the sandbox
	Sandbox         bool   // serve stand-ins of bank, insurer and SMS gateway
	ShutdownSeconds int64  // s; how long what is in flight may take at the end
	TilesDatum      string // in which the base map is drawn: wgs84 or gcj02
	TilesNote       string // whose map it is and its approval number, shown below it
	TilesURL        string // of the base map's tiles; "" for none
	TrustedProxies  string // networks whose X-Forwarded-For is believed; see Networks
	WechatURL       string // the proxy to WeChat; "" for none, or the sandbox
}

// Field describes one field of Config.
type Field struct {
	Name     string // in Go: BodyBytesMax
	Default  string
	Unit     string
	Min, Max int64  // of a number
	Form     string // what a text must look like, a key of forms; "" for anything
	Secret   string // what of the value is hidden: "" nothing, "password" that in the URL
	Doc      string

	at func(*Config) any // *string, *int64 or *bool
}

var fields = []Field{
	{Name: "Addr", at: func(c *Config) any { return &c.Addr }, Default: "127.0.0.1:8080",
		Form: "address", Doc: "where the program listens; without a host, on every network"},
	{Name: "DB", at: func(c *Config) any { return &c.DB }, Default: "sqlite:gongyi.db",
		Form: "database", Secret: "password", Doc: "the city's database"},
	{Name: "KeyFile", at: func(c *Config) any { return &c.KeyFile },
		Doc: "the key of the encrypted fields; when empty, FILE.key beside a SQLite file, made at " +
			"the first start; PostgreSQL needs one"},
	{Name: "BlobDir", at: func(c *Config) any { return &c.BlobDir },
		Doc: "the folder in which imported originals and other files are kept, sealed; when empty, " +
			"FILE.blobs beside a SQLite file; PostgreSQL needs one, the same for every process"},
	{Name: "Region", at: func(c *Config) any { return &c.Region }, Default: "50", Form: "region",
		Doc: "the city's GB/T 2260 code, which decides whose rules and numbers hold"},
	{Name: "Hotline", at: func(c *Config) any { return &c.Hotline }, Default: "12333",
		Doc: "the number that every page offers to call; empty for none. 12333 is the line of the " +
			"labour bureaus all over China"},
	{Name: "Map", at: func(c *Config) any { return &c.Map },
		Doc: "a GeoJSON file of the districts' boundaries for the cockpit, best of an approved map " +
			"(see face/wall/maps/README.md); when empty, those that come with the program for " +
			"Chongqing, circles for other cities"},
	{Name: "Cities", at: func(c *Config) any { return &c.Cities },
		Doc: "a YAML or JSON file of several cities served by one process, each with a database and " +
			"key of its own (see docs/cities.md); the settings of one city are then left out"},
	{Name: "BankURL", at: func(c *Config) any { return &c.BankURL }, Form: "url", Secret: "password",
		Doc: "the bank; when empty, the sandbox, or no payouts without one"},
	{Name: "BankAccount", at: func(c *Config) any { return &c.BankAccount },
		Doc: "the account at the supervising bank into which employers pay, in the words that their " +
			"page shows: name, bank and number; when empty, that of the sandbox, or the page says to ask"},
	{Name: "InsurerURL", at: func(c *Config) any { return &c.InsurerURL }, Form: "url",
		Secret: "password", Doc: "the insurer; when empty, the sandbox, or no bordereaux without one"},
	{Name: "SMSURL", at: func(c *Config) any { return &c.SMSURL }, Form: "url", Secret: "password",
		Doc: "the SMS gateway; when empty, the sandbox, or no messages without one"},
	{Name: "WechatURL", at: func(c *Config) any { return &c.WechatURL }, Form: "url",
		Secret: "password", Doc: "the proxy to WeChat that adds the access token; when empty, the " +
			"sandbox, or no subscribe messages without one"},
	{Name: "NumberURL", at: func(c *Config) any { return &c.NumberURL }, Form: "url",
		Secret: "password", Doc: "the proxy to a provider of masked numbers, through which worker and " +
			"employer call each other; when empty, the sandbox, or the employer's own phone without one"},
	{Name: "MapURL", at: func(c *Config) any { return &c.MapURL }, Default: "https://uri.amap.com/" +
		"marker?position={lon},{lat}&coordinate=wgs84&name={name}", Form: "map",
		Doc: "the map that shows the way to a place: an address with {lon}, {lat} and {name}, as " +
			"geo:{lat},{lon} for the phone's own"},
	{Name: "TilesURL", at: func(c *Config) any { return &c.TilesURL }, Form: "tiles",
		Doc: "the tiles of the base map behind places and work, an address with {z}, {x} and {y}, from " +
			"a map that may be published (天地图 or one of the city's own); browsers fetch them there, so a " +
			"key in it is seen by everybody. When empty, dots without a base"},
	{Name: "TilesDatum", at: func(c *Config) any { return &c.TilesDatum }, Default: "wgs84",
		Form: "datum", Doc: "in what the base map is drawn: wgs84 (天地图's CGCS2000 is the same to a " +
			"metre) or gcj02 (commercial maps of China)"},
	{Name: "TilesNote", at: func(c *Config) any { return &c.TilesNote },
		Doc: "whose base map it is and its approval number (审图号), shown below it; a base map needs one"},
	{Name: "Sandbox", at: func(c *Config) any { return &c.Sandbox }, Default: "false",
		Doc: "serve stand-ins of bank, insurer and SMS gateway: for trying out, never with real people"},
	{Name: "BodyBytesMax", at: func(c *Config) any { return &c.BodyBytesMax }, Default: "1048576",
		Min: 1 << 10, Max: 64 << 20, Unit: "bytes", Doc: "the largest request body that is read"},
	{Name: "RateReads", at: func(c *Config) any { return &c.RateReads }, Default: "6000",
		Max: rateMax, Unit: "a minute",
		Doc: "how often one address may read; 0 for no limit. A factory's workers may share one address"},
	{Name: "RateWrites", at: func(c *Config) any { return &c.RateWrites }, Default: "1200",
		Max: rateMax, Unit: "a minute", Doc: "how often one address may write; 0 for no limit"},
	{Name: "RateCodes", at: func(c *Config) any { return &c.RateCodes }, Default: "120",
		Max: rateMax, Unit: "a minute",
		Doc: "how often one address may ask for a log-in code or try one; " +
			"0 for no limit. How often one phone may is the policy people.code_per_hour"},
	{Name: "TrustedProxies", at: func(c *Config) any { return &c.TrustedProxies },
		Default: "127.0.0.0/8,::1/128", Form: "networks",
		Doc: "the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; from anybody else " +
			"these say nothing"},
	{Name: "ShutdownSeconds", at: func(c *Config) any { return &c.ShutdownSeconds }, Default: "10",
		Min: 1, Max: 300, Unit: "s",
		Doc: "how long requests in flight may take to finish when the program is told to stop"},
	{Name: "LogLevel", at: func(c *Config) any { return &c.LogLevel }, Default: "info", Form: "level",
		Doc: "the least level that is logged"},
}

// Fields lists the fields, what a newcomer sets first.
func Fields() []Field { return slices.Clone(fields) }

// Env is the field's environment name: GONGYI_BODY_BYTES_MAX.
func (f Field) Env() string { return Prefix + strings.ToUpper(strings.Join(split(f.Name), "_")) }

// Flag is the field's flag without its dashes: body-bytes-max.
func (f Field) Flag() string { return strings.ToLower(strings.Join(split(f.Name), "-")) }

// Bounds says in words what the value must be, "" for anything.
func (f Field) Bounds() string {
	switch f.at(&Config{}).(type) {
	case *int64:
		return fmt.Sprintf("%d to %d", f.Min, f.Max)
	case *bool:
		return "true or false"
	}
	return forms[f.Form].words
}

// split cuts a name into words: a capital starts one unless it stands between capitals, and URL at
// the end is always one (SMSURL is SMS and URL).
func split(name string) []string {
	if rest, ok := strings.CutSuffix(name, "URL"); ok && rest != "" {
		return append(split(rest), "URL")
	}
	var words []string
	rs := []rune(name)
	start := 0
	for i := 1; i < len(rs); i++ {
		beforeLower := i+1 < len(rs) && unicode.IsLower(rs[i+1])
		if unicode.IsUpper(rs[i]) && (unicode.IsLower(rs[i-1]) || beforeLower) {
			words = append(words, string(rs[start:i]))
			start = i
		}
	}
	return append(words, string(rs[start:]))
}

// Default gives the configuration when nothing is set.
func Default() Config {
	c, err := Read(nil)
	if err != nil {
		panic("config: a default is out of bounds: " + err.Error())
	}
	return c
}

// foreign are names with our prefix that are no settings of a city: the language of the commands'
// messages, and what the tests read.
var foreign = []string{"GONGYI_LANG", "GONGYI_TEST_PG", "GONGYI_TEST_ONLY",
	"GONGYI_REQUIRE"}

// Environ picks our names out of an environment such as os.Environ gives. A set but empty variable
// counts as not set.
func Environ(environ []string) map[string]string {
	values := map[string]string{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, Prefix) && value != "" && !slices.Contains(foreign, name) {
			values[name] = value
		}
	}
	return values
}

// untitled tells a base map that does not say whose it is: a map for the public carries its
// approval number (地图管理条例 art. 26).
func (c Config) untitled() bool { return c.TilesURL != "" && c.TilesNote == "" }

// Read gives the configuration that the values make, by environment name; what is missing has its
// default. All values are checked.
// Faults (invalid, the field is the environment name): config.unknown, config.not_number,
// config.not_bool, config.not_address, config.not_database, config.not_url, config.not_region,
// config.not_level, config.not_tiles, config.not_datum, config.tiles_note, config.cities_alone.
func Read(values map[string]string) (Config, error) {
	var c Config
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Env()] = true
		text, ok := values[f.Env()]
		if !ok {
			text = f.Default
		}
		if err := f.set(&c, f.Env(), text); err != nil {
			return Config{}, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if c.Cities != "" && ofOneCity(name) {
			return Config{}, fault.New(fault.Invalid, "config.cities_alone", "name", name).OnField(name)
		}
		if !known[name] {
			return Config{}, fault.New(fault.Invalid, "config.unknown", "name", name).OnField(name)
		}
	}
	if c.untitled() {
		return Config{}, fault.New(fault.Invalid, "config.tiles_note").OnField("GONGYI_TILES_NOTE")
	}
	return c, nil
}

// ofOneCity tells whether a setting belongs to one city, so that a cities file holds it.
func ofOneCity(env string) bool {
	return slices.ContainsFunc(fields, func(f Field) bool {
		if f.Env() != env {
			return false
		}
		for _, name := range cityFields {
			if name == f.Name {
				return true
			}
		}
		return false
	})
}

// set reads text into the field of c; name is how whoever wrote it calls the field.
func (f Field) set(c *Config, name, text string) error {
	switch at := f.at(c).(type) {
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < f.Min || n > f.Max {
			return f.wrong("config.not_number", name, text, "min", f.Min, "max", f.Max)
		}
		*at = n
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return f.wrong("config.not_bool", name, text)
		}
		*at = b
	case *string:
		if form, ok := forms[f.Form]; ok && !form.fits(text) {
			return f.wrong(form.fault, name, text)
		}
		*at = text
	}
	return nil
}

// value gives the field's value as text.
func (f Field) value(c Config) string {
	switch at := f.at(&c).(type) {
	case *int64:
		return strconv.FormatInt(*at, 10)
	case *bool:
		return strconv.FormatBool(*at)
	case *string:
		return *at
	}
	panic("config: " + f.Name + " has a type that is not read")
}

func (f Field) wrong(code, name, text string, args ...any) error {
	args = append(args, "name", name, "value", shortened(f.Shown(text)))
	return fault.New(fault.Invalid, code, args...).OnField(name)
}
