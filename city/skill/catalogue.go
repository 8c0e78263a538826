package skill

import (
	_ "embed" // the starter catalogue
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

//go:embed data/catalogue.yaml
var catalogueYAML []byte

// Catalogue is what can be asked for and claimed. It does not change after reading.
type Catalogue struct {
	Version      string       `yaml:"version" json:"version"`
	Certificates []Kind       `yaml:"certificates" json:"certificates"`
	Skills       []Skill      `yaml:"skills" json:"skills"`
	Occupations  []Occupation `yaml:"occupations" json:"occupations"`

	kinds    map[string]Kind
	skills   map[string]bool
	patterns map[string]*regexp.Regexp
}

// Kind is a kind of certificate. ValidMonths 0: it does not expire. Pattern is the form of its
// number where one is known; a number of another form is taken and marked for the clerk.
type Kind struct {
	Key         string `yaml:"key" json:"key"`
	ZH          string `yaml:"zh" json:"zh"`
	EN          string `yaml:"en" json:"en"`
	ValidMonths int    `yaml:"valid_months" json:"valid_months,omitempty"`
	Pattern     string `yaml:"pattern" json:"pattern,omitempty"`
	Source      string `yaml:"source" json:"source"`
}

// Skill is something a worker can say he can do.
type Skill struct {
	Key string `yaml:"key" json:"key"`
	ZH  string `yaml:"zh" json:"zh"`
	EN  string `yaml:"en" json:"en"`
}

// Occupation is a kind of work. Several may share a code of the classification.
type Occupation struct {
	Key          string   `yaml:"key" json:"key"`
	Code         string   `yaml:"code" json:"code"`
	CSCO         string   `yaml:"csco" json:"csco" doc:"the code's name in the classification"`
	ZH           string   `yaml:"zh" json:"zh"`
	EN           string   `yaml:"en" json:"en"`
	Alias        []string `yaml:"alias" json:"alias,omitempty"`
	Skills       []string `yaml:"skills" json:"skills"`
	Certificates []string `yaml:"certificates" json:"certificates,omitempty" doc:"must have"`
	Useful       []string `yaml:"useful" json:"useful,omitempty" doc:"good to have"`
	AdultsOnly   bool     `yaml:"adults_only" json:"adults_only,omitempty"`
	Note         string   `yaml:"note" json:"note,omitempty"`
}

var codeForm = regexp.MustCompile(`^\d-\d{2}-\d{2}-\d{2}$`)

// Starter gives the catalogue that comes with the program.
func Starter() (*Catalogue, error) { return ReadCatalogue(catalogueYAML) }

// ReadCatalogue reads a catalogue and refuses unknown fields, keys that stand twice, names without
// a language, codes of a wrong form, and occupations that ask for what is not in it.
func ReadCatalogue(text []byte) (*Catalogue, error) {
	c := &Catalogue{kinds: map[string]Kind{}, skills: map[string]bool{},
		patterns: map[string]*regexp.Regexp{}}
	if err := yaml.Load(text, c, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("skill catalogue: %w", err)
	}
	for _, k := range c.Certificates {
		if err := c.addKind(k); err != nil {
			return nil, fmt.Errorf("skill catalogue: certificate %s: %w", k.Key, err)
		}
	}
	for _, s := range c.Skills {
		if !strings.HasPrefix(s.Key, "skill.") || c.skills[s.Key] || s.ZH == "" || s.EN == "" {
			return nil, fmt.Errorf("skill catalogue: skill %q needs its own key and two names", s.Key)
		}
		c.skills[s.Key] = true
	}
	seen := map[string]bool{}
	for _, o := range c.Occupations {
		if seen[o.Key] || o.Key == "" {
			return nil, fmt.Errorf("skill catalogue: occupation %q has no key of its own", o.Key)
		}
		seen[o.Key] = true
		if err := c.checkOccupation(o); err != nil {
			return nil, fmt.Errorf("skill catalogue: occupation %s: %w", o.Key, err)
		}
	}
	return c, nil
}

func (c *Catalogue) addKind(k Kind) error {
	_, twice := c.kinds[k.Key]
	switch {
	case !strings.HasPrefix(k.Key, "cert.") || twice:
		return fmt.Errorf("needs a key of its own that begins with cert")
	case k.ZH == "" || k.EN == "" || k.Source == "":
		return fmt.Errorf("needs two names and a source")
	case k.ValidMonths < 0:
		return fmt.Errorf("valid_months is negative")
	}
	if k.Pattern != "" {
		p, err := regexp.Compile(k.Pattern)
		if err != nil {
			return err
		}
		c.patterns[k.Key] = p
	}
	c.kinds[k.Key] = k
	return nil
}

func (c *Catalogue) checkOccupation(o Occupation) error {
	if !codeForm.MatchString(o.Code) || o.CSCO == "" || o.ZH == "" || o.EN == "" {
		return fmt.Errorf("needs a code d-dd-dd-dd with its name, and two names")
	}
	for _, s := range o.Skills {
		if !c.skills[s] {
			return fmt.Errorf("%s is not among the skills", s)
		}
	}
	for _, k := range slices.Concat(o.Certificates, o.Useful) {
		if _, ok := c.kinds[k]; !ok {
			return fmt.Errorf("%s is not among the certificates", k)
		}
	}
	return nil
}

// Knows tells whether the key is one of the catalogue's skills or certificates.
func (c *Catalogue) Knows(key string) bool {
	_, kind := c.kinds[key]
	return kind || c.skills[key]
}

// Find gives the occupations with that key, or of that code.
func (c *Catalogue) Find(occupation string) []Occupation {
	var found []Occupation
	for _, o := range c.Occupations {
		if o.Key == occupation || o.Code == occupation {
			found = append(found, o)
		}
	}
	return found
}

// Required gives the certificates without which nobody may do the work: of the occupation with
// that key, or those that all occupations of that code ask for (facade cleaners share one with
// cleaners). It is empty for an occupation that is not in the catalogue.
func (c *Catalogue) Required(occupation string) []string {
	found := c.Find(occupation)
	if len(found) == 0 {
		return nil
	}
	required := slices.Clone(found[0].Certificates)
	for _, o := range found[1:] {
		required = slices.DeleteFunc(required, func(k string) bool {
			return !slices.Contains(o.Certificates, k)
		})
	}
	return required
}

// AdultsOnly tells whether the work is closed to 16- and 17-year-olds: the occupation with that
// key, or all of that code.
func (c *Catalogue) AdultsOnly(occupation string) bool {
	found := c.Find(occupation)
	return len(found) > 0 &&
		!slices.ContainsFunc(found, func(o Occupation) bool { return !o.AdultsOnly })
}

// fits tells whether a number has the form of its kind, where one is known.
func (c *Catalogue) fits(kind, number string) bool {
	p := c.patterns[kind]
	return p == nil || p.MatchString(number)
}
