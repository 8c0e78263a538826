package gate

import (
	_ "embed" // the rules
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

//go:embed rules.yaml
var rulesYAML []byte

// groundsMax is the number of bits in a mask of grounds.
const groundsMax = 64

// Rule is one thing that may not, or not without a clerk, stand in a vacancy.
type Rule struct {
	ID     string
	Action Action
	Ground string // what it protects: sex, family, ethnic, …
	Source string // law and article

	dense, plain finder // for the two forms of a text
	with, soften finder // found in any field: the rule counts; its block becomes a warning
}

// ground is what the rules of one ground share. They run in order: the runes that one has found
// are hidden from the next.
type ground struct {
	shield finder // words that do not end an except word: 女 装卸 is not 女装
	except finder // harmless words, hidden from all rules
	rules  []*Rule
}

// ruleset is rules.yaml, compiled. plain and dense find, of all rules together, the grounds that a
// text may offend.
type ruleset struct {
	grounds      []ground
	plain, dense finder
	all          []*Rule
}

type rulesDoc struct {
	Words   words       `yaml:"words"`
	Grounds []groundDoc `yaml:"grounds"`
}

type groundDoc struct {
	ID     string    `yaml:"id"`
	Source string    `yaml:"source"`
	Shield []string  `yaml:"shield"`
	Except []string  `yaml:"except"`
	Rules  []ruleDoc `yaml:"rules"`
}

type ruleDoc struct {
	ID       string   `yaml:"id"`
	Action   Action   `yaml:"action"`
	Patterns []string `yaml:"patterns"`
	Dense    []string `yaml:"dense"`
	With     []string `yaml:"with"`
	Soften   []string `yaml:"soften"`
}

var rules = sync.OnceValue(func() *ruleset {
	r, err := compile(rulesYAML)
	if err != nil {
		panic("gate: rules.yaml: " + err.Error()) // its test refuses that
	}
	return r
})

// Rules lists the rules, for screens that explain them.
func Rules() []Rule {
	var list []Rule
	for _, r := range rules().all {
		list = append(list, Rule{ID: r.ID, Action: r.Action, Ground: r.Ground, Source: r.Source})
	}
	return list
}

func compile(doc []byte) (*ruleset, error) {
	var d rulesDoc
	if err := yaml.Load(doc, &d, yaml.WithKnownFields()); err != nil {
		return nil, err
	}
	if len(d.Grounds) > groundsMax {
		return nil, fmt.Errorf("%d grounds do not fit the mask of %d", len(d.Grounds), groundsMax)
	}
	set := &ruleset{plain: finder{}, dense: finder{}}
	seen := map[string]bool{}
	for i, doc := range d.Grounds {
		g, err := doc.compile(d.Words)
		if err != nil {
			return nil, fmt.Errorf("ground %s: %w", doc.ID, err)
		}
		for _, rule := range g.rules {
			if seen[rule.ID] {
				return nil, fmt.Errorf("rule %s stands twice", rule.ID)
			}
			seen[rule.ID] = true
			set.plain.addAll(rule.plain, i)
			set.dense.addAll(rule.dense, i)
			set.all = append(set.all, rule)
		}
		set.grounds = append(set.grounds, g)
	}
	return set, nil
}

func (d groundDoc) compile(w words) (ground, error) {
	var g ground
	if d.Source == "" {
		return g, fmt.Errorf("source is missing")
	}
	var err error
	if g.shield, err = w.finder(d.Shield); err != nil {
		return g, fmt.Errorf("shield: %w", err)
	}
	if g.except, err = w.finder(d.Except); err != nil {
		return g, fmt.Errorf("except: %w", err)
	}
	for _, rd := range d.Rules {
		rule, err := rd.compile(w)
		if err == nil && !strings.HasPrefix(rd.ID, d.ID+".") {
			err = fmt.Errorf("its id does not begin with %s", d.ID)
		}
		if err != nil {
			return g, fmt.Errorf("rule %s: %w", rd.ID, err)
		}
		rule.Ground, rule.Source = d.ID, d.Source
		g.rules = append(g.rules, rule)
	}
	return g, nil
}

func (d ruleDoc) compile(w words) (*Rule, error) {
	rule := &Rule{ID: d.ID, Action: d.Action}
	if d.Action != Block && d.Action != Warn {
		return nil, fmt.Errorf("action %q is not block or warn", d.Action)
	}
	if len(d.Patterns)+len(d.Dense) == 0 {
		return nil, fmt.Errorf("has no pattern")
	}
	for _, part := range []struct {
		patterns []string
		to       *finder
	}{
		{d.Dense, &rule.dense}, {d.Patterns, &rule.plain},
		{d.With, &rule.with}, {d.Soften, &rule.soften},
	} {
		f, err := w.finder(part.patterns)
		if err != nil {
			return nil, err
		}
		*part.to = f
	}
	return rule, nil
}

// screen runs the rules over one field; with and soften look at all of them.
func (s *ruleset) screen(t *text, all []text) []match {
	suspect := s.plain.grounds(t.plain.s) | s.dense.grounds(t.dense.s)
	var found []match
	for i, g := range s.grounds {
		if suspect&(1<<i) != 0 {
			found = append(found, g.screen(t, all)...)
		}
	}
	return found
}

func (g ground) screen(t *text, all []text) []match {
	left := newRemainder(t)
	harmless := []byte(t.plain.s)
	g.shield.each(harmless, func(from, to int) { blank(harmless[from:to]) })
	g.except.each(harmless, func(from, to int) { left.hide(t.plain.runes(from, to)) })
	var found []match
	for _, rule := range g.rules {
		if rule.with != nil && !rule.with.in(all) {
			continue
		}
		note := func(f *form) func(from, to int) {
			return func(from, to int) {
				from, to = f.runes(from, to)
				left.hide(from, to)
				if from, to = t.trim(from, to); len(found) < findingsMax {
					found = append(found, match{rule, rule.actionIn(all), from, to})
				}
			}
		}
		rule.dense.each(left.dense, note(&t.dense))
		rule.plain.each(left.plain, note(&t.plain))
	}
	return found
}

func (r *Rule) actionIn(all []text) Action {
	if r.soften.in(all) {
		return Warn
	}
	return r.Action
}

// in tells whether a pattern is found in one of the texts.
func (f finder) in(all []text) bool {
	return slices.ContainsFunc(all, func(t text) bool { return f.grounds(t.plain.s) != 0 })
}

// remainder is what of a text is still searched: both forms with the hidden runes blanked.
type remainder struct {
	t            *text
	plain, dense []byte
}

func newRemainder(t *text) remainder {
	return remainder{t, []byte(t.plain.s), []byte(t.dense.s)}
}

// hide takes runes [from, to) of the original out of both forms.
func (r remainder) hide(from, to int) {
	a, b := r.t.plain.bytes(from, to)
	blank(r.plain[a:b])
	a, b = r.t.dense.bytes(from, to)
	blank(r.dense[a:b])
}

// blank overwrites with a byte that no pattern accepts.
func blank(s []byte) {
	for i := range s {
		s[i] = '#'
	}
}
