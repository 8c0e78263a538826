package desk

import (
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// guessesMax bounds for how many credits the register is asked whose name the reference may be.
const guessesMax = 20

// unclaimedList are credits that came in under a reference that names nobody, each with the form
// that says whose it is; below the waiting ones, those that were assigned.
func (s *site) unclaimedList(v *visit) (listing, error) {
	l := listing{title: "desk.unclaimed", empty: "desk.unclaimed.none", path: "/g/bank", name: "u",
		columns: []column{{key: "desk.day"}, {key: "desk.unclaimed.reference"},
			{key: "desk.amount", num: true}, {key: "desk.firm"}, {key: "desk.do", still: true}},
		filters: []filter{{"state", "desk.state", "desk.unclaimed."}}}
	for _, state := range []string{"waiting", "ended"} {
		found, err := s.Ledger.FindUnclaimed(v.Ctx, ledger.FindUnclaimed{State: state})
		if err != nil {
			return l, err
		}
		for i, c := range found.Credits {
			firm, do := more(c.EmployerName, c.Words), text("")
			if state == "waiting" {
				firm = badge(v.say("desk.unclaimed.waiting"), "wait")
			}
			if state == "waiting" && v.decides() {
				var guess people.EmployerView
				if i < guessesMax {
					guess = s.guessed(v, c.Reference)
				}
				do = part(v.assignForm(c.ID, guess))
			}
			at := v.when(c.At)
			at.Sub = c.CreditID
			tag := state
			if state == "ended" {
				if tag = "assigned"; c.EmployerID == "" {
					tag, firm = "sent_back", more(v.say("desk.unclaimed.sent_back"), c.Words)
				}
			}
			l.rows = append(l.rows, row{tags: map[string]string{"state": tag}, cells: []ui.Cell{at,
				text(c.Reference), amount(c.AmountFen), firm, do}})
		}
	}
	return l, nil
}

// guessed gives the one employer in whose name or code the reference stands, none for several. It
// is a help for typing: a person decides.
func (s *site) guessed(v *visit, reference string) people.EmployerView {
	const least = 4 // shorter words stand in many names
	words := []rune(reference)
	if len(words) < least || len(words) > 60 {
		return people.EmployerView{}
	}
	found, err := s.People.FindEmployers(v.Ctx, people.FindEmployers{Q: reference})
	if err != nil || len(found.Employers) != 1 {
		return people.EmployerView{}
	}
	return found.Employers[0]
}

func (v *visit) assignForm(id string, guess people.EmployerView) templComponent {
	hint := ""
	if guess.Name != "" {
		hint = v.say("desk.unclaimed.guess", "name", guess.Name)
	}
	return v.form(ui.DeskForm{Bare: true, Path: "/g/credits/" + id,
		Submit: v.say("desk.unclaimed.assign"), Second: v.say("desk.unclaimed.send_back"),
		Inputs: []ui.Input{
			{Name: "uscc", Label: v.say("desk.uscc"), Hint: hint, Value: guess.USCC, Max: 30},
			{Name: "words", Label: v.say("desk.unclaimed.words"), Max: 200}}})
}

// assignCredit says whose a credit is, or, by the second button, that the bank has sent it back.
func (s *site) assignCredit(v *visit) error {
	return v.act("/g/credits/"+v.R.PathValue("credit_id"), s.bank, func() (string, error) {
		if web.Take(v.Form, "second") != "" {
			v.Form.Del("uscc")
			var in ledger.SendBackCredit
			if err := v.Read(&in); err != nil {
				return "", err
			}
			_, err := s.Ledger.SendBackCredit(v.Ctx, in)
			return "/g/bank?done=credit_sent_back", err
		}
		var in ledger.AssignCredit
		if err := v.Read(&in); err != nil {
			return "", err
		}
		_, err := s.Ledger.AssignCredit(v.Ctx, in)
		return "/g/bank?done=credit_assigned", err
	})
}
