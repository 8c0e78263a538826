package desk

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// templComponent is a part of a page.
type templComponent = templ.Component

// visit is a visit of somebody whose desk it is.
type visit struct {
	*web.Visit
	s     *site
	who   people.Actor
	words context.Context // with the look, for words that a handler puts together
	wrong *trouble
	told  bool             // a form on the page says what was wrong
	notes []templComponent // what stands above everything else
}

// errShown ends a deed whose answer is shown at once, and not by another page.
var errShown = errors.New("shown at once")

// trouble is a form that is shown again: its path, why it was refused, nil where it was only
// checked, and what was typed.
type trouble struct {
	path  string
	f     *fault.Error
	typed url.Values
}

// desk makes a page that only the roles see whose desk it is. What it calls asks for its own
// permission besides; this refuses somebody else's desk as a whole, with one sentence.
func (s *site) desk(show func(*visit) error, roles ...people.Role) func(*web.Visit) error {
	return func(v *web.Visit) error {
		who, err := mustBe(v, roles...)
		if err != nil {
			return err
		}
		return show(&visit{Visit: v, s: s, who: who, words: ui.With(v.Ctx,
			ui.Look{Base: v.Base(), Lang: v.Lang, Text: v.Text(), Here: v.Here()})})
	}
}

// say gives a sentence; pairs are names and values of its placeholders.
func (v *visit) say(key string, pairs ...any) string { return ui.Say(v.words, key, pairs...) }

// sayOr gives a sentence where there is one, and what was to be said otherwise.
func (v *visit) sayOr(key, otherwise string) string {
	if ui.Told(v.words, key) {
		return v.say(key)
	}
	return otherwise
}

// both gives words that an operation has in both languages.
func (v *visit) both(b i18n.Both) string {
	if v.Lang == i18n.English {
		return b.EN
	}
	return b.ZH
}

// moment gives day and time; "–" for a time that has not come.
func (v *visit) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return ui.Moment(v.words, t)
}

// page shows a page of parts, with the status of what was refused.
func (v *visit) page(f ui.Frame, parts ...templ.Component) error {
	if v.wrong != nil && v.wrong.f != nil && !v.told { // the form is gone, or has no room for words
		parts = append([]templ.Component{ui.FaultBox(v.Sentence(v.wrong.f))}, parts...)
	}
	c := pageTempl(f, v.done(), append(v.notes, parts...))
	if v.wrong != nil && v.wrong.f != nil {
		return v.ShowFault(v.wrong.f, c)
	}
	return v.Show(c)
}

// done is what a form that led here has done.
func (v *visit) done() string {
	if word := v.Form.Get("done"); word != "" && v.wrong == nil {
		return v.sayOr("desk.done."+word, "")
	}
	return ""
}

// form readies a form: after a refusal it says why, and holds what was typed.
func (v *visit) form(f ui.DeskForm) templ.Component {
	if v.wrong == nil || v.wrong.path != f.Path {
		return ui.Form(f)
	}
	field := ""
	if v.wrong.f != nil {
		v.told, field = true, v.wrong.f.Field
		f.Fault = v.Sentence(v.wrong.f)
	}
	v.refill(f.Inputs, field)
	return ui.Form(f)
}

// refill puts what was typed back into the fields, and marks the one that the fault is about.
func (v *visit) refill(inputs []ui.Input, field string) {
	for i, in := range inputs {
		typed, ok := v.wrong.typed[in.Name]
		switch {
		case in.Type == "fold":
			v.refill(inputs[i].Inside, field)
		case in.Type == "ticks":
			inputs[i].Values = typed
		case ok && in.Type != "file":
			inputs[i].Value = strings.Join(typed, "")
		case in.Type == "tick":
			inputs[i].Value = ""
		}
		inputs[i].Wrong = in.Name != "" && blames(field, in.Name)
	}
}

// blames tells whether a fault is about a box: its own name, or the last step of it.
func blames(field, name string) bool {
	return field == name || field != "" && strings.HasSuffix(name, "."+field)
}

// refused says why a form was refused; "" when another was, or none.
func (v *visit) refused(path string) string {
	if v.wrong == nil || v.wrong.f == nil || v.wrong.path != path {
		return ""
	}
	v.told = true
	return v.Sentence(v.wrong.f)
}

// act does what a form asks for and goes where run says. When it is refused, again shows the page
// with the form, at its path, and what was typed.
func (v *visit) act(path string, again func(*visit) error, run func() (string, error)) error {
	typed := web.Copied(v.Form)
	to, err := run()
	f := fault.As(err)
	switch {
	case err == nil:
		return v.Go(to)
	case f == nil || f.Kind == fault.Unknown || f.Kind == fault.Internal:
		return err
	}
	v.wrong = &trouble{path, f, typed}
	v.Form = url.Values{}
	return again(v)
}

// yuan turns an amount that a person typed into fen, where the operation reads it.
func yuan(form url.Values, name string) error {
	text := form.Get(name)
	if text == "" {
		return nil
	}
	fen, err := sheet.Yuan(text)
	if f := fault.As(err); f != nil {
		return f.OnField(name)
	}
	form.Set(name, strconv.FormatInt(int64(fen), 10))
	return err
}
