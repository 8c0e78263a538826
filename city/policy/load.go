package policy

import (
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/gongyi/gongyi/internal/civil"
)

//go:embed data/*.yaml
var data embed.FS

// units are the allowed units, each with the word that ends its codes ("_max" may follow).
var units = map[string]string{"fen": "_fen", "min": "_min", "s": "_s", "bp": "_bp",
	"days": "_days", "celsius": "_c", "months": "_months",
	"points": "_points", "years": "", "heads": "", "times": ""}

// topicFile is a file of data/. A clerk reads and mends it.
type topicFile struct {
	Topic   string               `yaml:"topic"`
	Numbers map[string]numberDoc `yaml:"numbers"`
}

type numberDoc struct {
	Description string     `yaml:"description"`
	Unit        string     `yaml:"unit"`
	Values      []valueDoc `yaml:"values"`
}

type valueDoc struct {
	Region  string     `yaml:"region"`
	From    civil.Date `yaml:"from"`
	Until   civil.Date `yaml:"until"`
	Value   *int64     `yaml:"value"` // a pointer: 0 is a number, absence is not
	Source  string     `yaml:"source"`
	Assumed bool       `yaml:"assumed"`
}

// Load reads the numbers that come with the program.
func Load() (*Book, error) { return Read(data) }

// Read reads data/*.yaml of a file system: a city's own numbers, or a test's. It refuses unknown
// fields and units, a missing source, days that do not exist, a code in two files and periods of
// one region that overlap; the error names file, code and region.
func Read(fsys fs.FS) (*Book, error) {
	names, err := fs.Glob(fsys, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list policy data: %w", err)
	}
	b := &Book{about: map[string]string{}, numbers: map[string]map[string][]period{}}
	for _, name := range names {
		if err := b.readFile(fsys, name); err != nil {
			return nil, fmt.Errorf("policy: %s: %w", name, err)
		}
	}
	if len(b.numbers) == 0 {
		return nil, fmt.Errorf("policy: no number in data/*.yaml")
	}
	return b, nil
}

func (b *Book) readFile(fsys fs.FS, name string) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	var f topicFile
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return err
	}
	if f.Topic == "" || name != "data/"+f.Topic+".yaml" {
		return fmt.Errorf("topic %q is not the file's name", f.Topic)
	}
	for code, n := range f.Numbers {
		if _, twice := b.numbers[code]; twice {
			return fmt.Errorf("%s stands in two files", code)
		}
		if err := b.add(f.Topic, code, n); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
	}
	return nil
}

func (b *Book) add(topic, code string, n numberDoc) error {
	suffix, known := units[n.Unit]
	switch {
	case !strings.HasPrefix(code, topic+"."):
		return fmt.Errorf("belongs to another topic than %s", topic)
	case n.Description == "":
		return fmt.Errorf("description is missing")
	case !known:
		return fmt.Errorf("unit %q is unknown", n.Unit)
	case !strings.HasSuffix(strings.TrimSuffix(code, "_max"), suffix):
		return fmt.Errorf("unit %s asks for a code that ends in %s", n.Unit, suffix)
	case len(n.Values) == 0:
		return fmt.Errorf("has no value")
	}
	regions := map[string][]period{}
	for _, v := range n.Values {
		if err := v.check(); err != nil {
			return fmt.Errorf("region %q from %q: %w", v.Region, v.From, err)
		}
		p := period{Number{Code: code, Value: *v.Value, Unit: n.Unit, Region: v.Region,
			Source: v.Source, From: v.From, Assumed: v.Assumed}, v.Until}
		regions[v.Region] = append(regions[v.Region], p)
	}
	for region, ps := range regions {
		sort.Slice(ps, func(i, k int) bool { return ps[i].From > ps[k].From })
		for i := 1; i < len(ps); i++ {
			if ps[i].covers(ps[i-1].From) {
				return fmt.Errorf("region %q: the periods from %s and %s overlap",
					region, ps[i].From, ps[i-1].From)
			}
		}
	}
	b.about[code], b.numbers[code] = n.Description, regions
	return nil
}

func (v valueDoc) check() error {
	if _, err := civil.ParseDate(string(v.From)); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if v.Until != "" {
		if _, err := civil.ParseDate(string(v.Until)); err != nil {
			return fmt.Errorf("until: %w", err)
		}
		if v.Until < v.From {
			return fmt.Errorf("until %s is before from", v.Until)
		}
	}
	switch {
	case v.Value == nil:
		return fmt.Errorf("value is missing")
	case *v.Value < 0:
		return fmt.Errorf("value %d is negative", *v.Value)
	case strings.TrimSpace(v.Source) == "":
		return fmt.Errorf("source is missing")
	case len(v.Region) > 12 || strings.Trim(v.Region, "0123456789") != "":
		return fmt.Errorf("region is not a GB/T 2260 code or a prefix of one")
	}
	return nil
}
