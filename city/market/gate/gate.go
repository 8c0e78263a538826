// Package gate screens the words of a vacancy before it is published: what discriminates, what
// asks workers for money, what reaches for children. It knows words, not people or rows.
//
// Screen normalises a text (full width, traditional characters, look-alikes, homophones, signs and
// spaces put between the characters of a word), marks what is harmless (女装, 男女不限) and then looks
// for the patterns of rules.yaml. A finding says which rule, and which runes of the ORIGINAL text.
//
// Block: the words may not be published. Warn: a clerk looks at them. A text that names a statutory
// ground (女职工禁忌) turns the block of a sex limit into a warning, because a clerk must check that
// ground and record it.
//
// Measured on 3 049 real job titles of 2024–25, all read by a person: none is blocked, 14 are
// marked for a clerk (sex.address 5, hook.promise 4, looks.appearance 2, and age.upper,
// hook.authority and minors.unproved 1 each; testdata/real_titles.yaml). Titles say little: longer
// texts will be marked more often. Homophones are known word by word (homophone.go), so a new one
// passes until somebody adds it.
//
// All patterns are compiled once, to automata without backtracking, and only those are run of which
// the text has a needed character: an ordinary title costs some ten microseconds.
//
// Sources: rules.yaml names law and article for each ground.
package gate

import (
	"cmp"
	"sort"
)

// Action says what becomes of a text with a finding.
type Action string

// The actions.
const (
	Block Action = "block"
	Warn  Action = "warn"
)

const (
	// runesMax is how much of a field is read. What is longer gets the finding text.too_long, so
	// that nothing passes unread.
	runesMax = 10_000
	// findingsMax bounds the findings of one field; a person mends the first ones first.
	findingsMax = 50
	tooLong     = "text.too_long"
)

// Field is a named text of a vacancy.
type Field struct {
	Name string
	Text string
}

// Finding is a place in a text that a rule objects to.
type Finding struct {
	RuleID  string
	Action  Action
	Field   string
	From    int    // in runes of the original text
	To      int    // after the last rune
	Span    string // the original text between them
	Suggest string // i18n key of the sentence that says what would be right
}

// Screen gives what the rules object to in the fields, in order of field and place; nil when there
// is nothing. It is safe for concurrent use.
func Screen(fields []Field) []Finding {
	r := rules()
	texts := make([]text, len(fields))
	for i, f := range fields {
		texts[i] = normalise(f.Text)
	}
	var all []Finding
	for i, f := range fields {
		found := r.screen(&texts[i], texts)
		sort.Slice(found, func(i, j int) bool {
			a, b := found[i], found[j]
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.rule.ID, b.rule.ID)) < 0
		})
		for _, m := range found[:min(len(found), findingsMax)] {
			all = append(all, texts[i].finding(f.Name, m))
		}
		if texts[i].cut {
			all = append(all, Finding{RuleID: tooLong, Action: Warn, Field: f.Name, From: runesMax,
				To: runesMax + 1, Suggest: suggestKey(tooLong)})
		}
	}
	return all
}

func suggestKey(rule string) string { return "gate." + rule }

// match is a rule's find: runes [from, to) of the original text.
type match struct {
	rule     *Rule
	action   Action
	from, to int
}

func (t *text) finding(field string, m match) Finding {
	return Finding{RuleID: m.rule.ID, Action: m.action, Field: field, From: m.from, To: m.to,
		Span: string(t.original[m.from:m.to]), Suggest: suggestKey(m.rule.ID)}
}
