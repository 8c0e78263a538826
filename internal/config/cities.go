package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
)

const (
	citiesBytesMax = 1 << 20 // a cities file of the whole country is 500 KiB
	citiesMax      = 3_500   // China has some 2 850 counties and 340 cities
	namesMax       = 20      // hosts of one city
	nameRunesMax   = 60      // of a city's name, on every page
)

// City is one city of a cities file: where it is reached, and its own settings.
type City struct {
	Config          // the program's, with the city's own database, key, region and outside world
	Name   string   // for people; that of the region unless the file says another
	Hosts  []string // in lower case, without port
	Path   string   // "/cq", or "" when the city has no path of its own
	File   string   // that names the city
	Line   int      // where the city begins in it
}

// At is an error with the place in a file that is to blame.
type At struct {
	File string
	Line int
	Err  error
}

// Error names the place before the error.
func (a *At) Error() string { return a.Where() + ": " + a.Err.Error() }

// Unwrap gives the error.
func (a *At) Unwrap() error { return a.Err }

// Where is the place as editors understand it: cities.yaml:7.
func (a *At) Where() string { return fmt.Sprintf("%s:%d", a.File, a.Line) }

// Blame gives an error of this city the place where the file names the city.
func (c City) Blame(err error) error { return &At{c.File, c.Line, err} }

// cityFields are the settings that each city has for itself, by their name in the file.
var cityFields = map[string]string{"code": "Region", "db": "DB", "key_file": "KeyFile",
	"blob_dir": "BlobDir", "bank_account": "BankAccount", "bank_url": "BankURL",
	"insurer_url": "InsurerURL",
	"sms_url":     "SMSURL", "wechat_url": "WechatURL", "number_url": "NumberURL", "map": "Map",
	"tiles_url": "TilesURL", "tiles_datum": "TilesDatum", "tiles_note": "TilesNote",
	"sandbox": "Sandbox"}

// ReadCities reads the cities file that c.Cities names, YAML or JSON. What a city does not say for
// itself is that of c. The error, an *At unless there is no file, names file, line and field.
// Faults (invalid): config.cities_missing (not_found), config.cities_large, config.cities_syntax,
// config.cities_none, config.cities_many, config.field_unknown, config.field_twice,
// config.field_missing, config.not_list, config.not_text, config.not_mapping, config.not_host,
// config.not_path, config.not_name, config.nowhere, config.key_needed, config.taken; those of Read.
func (c Config) ReadCities() ([]City, error) {
	f, err := os.Open(c.Cities)
	if err != nil {
		code := fault.New(fault.Invalid, "config.cities_unreadable", "file", c.Cities)
		if errors.Is(err, fs.ErrNotExist) {
			code = fault.New(fault.NotFound, "config.cities_missing", "file", c.Cities)
		}
		return nil, code.OnField("cities").Because(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, citiesBytesMax+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "config.cities_unreadable", "file", c.Cities).
			OnField("cities").Because(err)
	}
	return c.parseCities(text)
}

func (c Config) parseCities(text []byte) ([]City, error) {
	if len(text) > citiesBytesMax {
		return nil, c.at(1, fault.New(fault.Invalid, "config.cities_large",
			"kib", citiesBytesMax>>10))
	}
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		var wrong *yaml.LoadError
		if errors.As(err, &wrong) && wrong.Mark.Line > 0 {
			return nil, c.at(wrong.Mark.Line,
				fault.New(fault.Invalid, "config.cities_syntax").Because(err))
		}
		return nil, c.at(1, fault.New(fault.Invalid, "config.cities_none").Because(err))
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, c.at(1, fault.New(fault.Invalid, "config.cities_none"))
	}
	top, err := c.mapping(doc.Content[0])
	if err != nil {
		return nil, err
	}
	list := top["cities"]
	delete(top, "cities")
	for _, name := range slices.Sorted(maps.Keys(top)) {
		return nil, c.at(top[name].Line, unknownField(name)) // one is enough to say
	}
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, c.at(1, fault.New(fault.Invalid, "config.cities_none"))
	}
	if len(list.Content) > citiesMax {
		return nil, c.at(list.Line, fault.New(fault.Invalid, "config.cities_many", "max", citiesMax))
	}
	cities, taken := make([]City, 0, len(list.Content)), map[string]int{}
	for _, node := range list.Content {
		city, err := c.city(node, taken)
		if err != nil {
			return nil, err
		}
		cities = append(cities, city)
	}
	return cities, nil
}

func (c Config) at(line int, err error) error { return &At{c.Cities, line, err} }

func unknownField(name string) error {
	return fault.New(fault.Invalid, "config.field_unknown", "name", shortened(name)).OnField(name)
}

// mapping gives a mapping's values by name.
func (c Config) mapping(n *yaml.Node) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, c.at(n.Line, fault.New(fault.Invalid, "config.not_mapping"))
	}
	values := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, c.at(key.Line, fault.New(fault.Invalid, "config.not_mapping"))
		}
		if _, twice := values[key.Value]; twice {
			return nil, c.at(key.Line, fault.New(fault.Invalid, "config.field_twice",
				"name", shortened(key.Value)).OnField(key.Value))
		}
		values[key.Value] = n.Content[i+1]
	}
	return values, nil
}

// city reads one city; taken is what the cities before it have, by kind and value, with the line.
func (c Config) city(n *yaml.Node, taken map[string]int) (City, error) {
	values, err := c.mapping(n)
	if err != nil {
		return City{}, err
	}
	city := City{Config: c, File: c.Cities, Line: n.Line}
	city.DB, city.KeyFile, city.BlobDir, city.Cities = "", "", "", ""
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 { // in the file's order: the first fault is said
		name, node := n.Content[i].Value, values[n.Content[i].Value]
		lines[name] = node.Line
		if err := city.set(name, node); err != nil {
			return City{}, c.at(node.Line, err)
		}
	}
	if err := city.complete(lines); err != nil {
		return City{}, c.at(n.Line, err)
	}
	for _, own := range city.owns() {
		if line, is := taken[own.kind+" "+own.value]; is {
			return City{}, c.at(cmp.Or(lines[own.field], n.Line), fault.New(fault.Invalid,
				"config.taken", "name", own.field, "value", own.shown, "line", line).OnField(own.field))
		}
		taken[own.kind+" "+own.value] = n.Line
	}
	return city, nil
}

// set reads one field of the file.
func (c *City) set(name string, n *yaml.Node) error {
	if name == "hosts" {
		return c.setHosts(n)
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return fault.New(fault.Invalid, "config.not_text", "name", shortened(name)).OnField(name)
	}
	switch name {
	case "name":
		if t := n.Value; strings.TrimSpace(t) == "" || len([]rune(t)) > nameRunesMax {
			return fault.New(fault.Invalid, "config.not_name", "name", name, "max", nameRunesMax).
				OnField(name)
		}
		c.Name = n.Value
		return nil
	case "path":
		if !pathForm.MatchString(n.Value) || slices.Contains(ownPaths, n.Value) {
			return fault.New(fault.Invalid, "config.not_path", "name", name,
				"value", shortened(n.Value)).OnField(name)
		}
		c.Path = n.Value
		return nil
	}
	setting, ok := cityFields[name]
	if !ok {
		return unknownField(name)
	}
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == setting })
	return fields[i].set(&c.Config, name, n.Value)
}

var (
	pathForm = regexp.MustCompile(`^/[a-z0-9][a-z0-9-]{0,38}$`)
	hostForm = regexp.MustCompile(
		`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	// ownPaths are the first elements of a city's own addresses.
	ownPaths = []string{"/api", "/cockpit", "/sandbox"}
)

const hostBytesMax = 253 // of a name in DNS

func (c *City) setHosts(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > namesMax {
		return fault.New(fault.Invalid, "config.not_list", "name", "hosts", "max", namesMax).
			OnField("hosts")
	}
	for _, item := range n.Content {
		host := strings.ToLower(item.Value)
		if item.Kind != yaml.ScalarNode || len(host) > hostBytesMax || !hostForm.MatchString(host) {
			return fault.New(fault.Invalid, "config.not_host", "name", "hosts",
				"value", shortened(item.Value)).OnField("hosts")
		}
		c.Hosts = append(c.Hosts, host)
	}
	return nil
}

// complete fills in what follows from the rest and refuses what cannot be left out.
func (c *City) complete(given map[string]int) error {
	for _, name := range []string{"code", "db"} {
		if given[name] == 0 {
			return fault.New(fault.Invalid, "config.field_missing", "name", name).OnField(name)
		}
	}
	if len(c.Hosts) == 0 && c.Path == "" {
		return fault.New(fault.Invalid, "config.nowhere").OnField("hosts")
	}
	if c.Name == "" {
		c.Name = region.Name(c.Region)
	}
	if file, ok := strings.CutPrefix(c.DB, "sqlite:"); ok && c.KeyFile == "" {
		c.KeyFile = file + ".key"
	}
	if c.KeyFile == "" {
		return fault.New(fault.Invalid, "config.key_needed").OnField("key_file")
	}
	if c.untitled() {
		return fault.New(fault.Invalid, "config.tiles_note").OnField("tiles_note")
	}
	return nil
}

// belonging is what no two cities share.
type belonging struct{ field, kind, value, shown string }

func (c City) owns() []belonging {
	all := []belonging{
		{"code", "code", region.Canonical(c.Region), c.Region},
		{"db", "db", sameDB(c.DB), c.Values()["GONGYI_DB"]},
		{"key_file", "key", samePath(c.KeyFile), c.KeyFile},
	}
	if c.Path != "" {
		all = append(all, belonging{"path", "path", c.Path, c.Path})
	}
	for _, h := range c.Hosts {
		all = append(all, belonging{"hosts", "host", h, h})
	}
	return all
}

// sameDB writes a database's address so that two ways to write one address are the same text. Two
// names of one server stay different: then the key's mark in the database refuses the second city.
func sameDB(text string) string {
	if file, ok := strings.CutPrefix(text, "sqlite:"); ok {
		return "sqlite:" + samePath(file)
	}
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	port := u.Port()
	if port == "" {
		port = "5432"
	}
	schema := u.Query().Get("search_path")
	if schema == "" {
		schema = "public"
	}
	return strings.ToLower(u.Hostname()) + ":" + port + u.Path + " " + schema
}

// samePath gives the one path of a file, through links where it is there.
func samePath(file string) string {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		return real
	}
	return file
}

// shortened keeps what somebody typed fit for a sentence.
func shortened(text string) string {
	const runesMax = 60
	r := []rune(strings.ToValidUTF8(text, "�"))
	if len(r) > runesMax {
		return string(r[:runesMax]) + "…"
	}
	return string(r)
}
