package phone

import (
	"cmp"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// secondView is the second step of a log-in: to take it, to set it up, or to switch it off.
type secondView struct {
	people.SecondView
	Next     string
	Secret   string // just begun
	Code     ui.QR
	Recovery []string // just confirmed: shown once
	Wrong    bool
	Sentence string
}

// known refuses a visitor whom nobody knows.
func known(v *web.Visit) error {
	if people.ActorOf(v.Ctx).AccountID == "" {
		return fault.New(fault.Unknown, "people.not_logged_in")
	}
	return nil
}

func (s *site) secondPage(v *web.Visit) error {
	return s.showSecond(v, secondView{Next: v.Form.Get("next")}, nil)
}

func (s *site) showSecond(v *web.Visit, page secondView, wrong *fault.Error) error {
	if err := known(v); err != nil {
		return err
	}
	var err error
	if page.SecondView, err = s.People.ShowSecond(v.Ctx, people.Second{}); err != nil {
		return err
	}
	if wrong == nil {
		return v.Show(secondTempl(page))
	}
	page.Wrong, page.Sentence = true, v.Sentence(wrong)
	return v.ShowFault(wrong, secondTempl(page))
}

// passSecond takes the second step and goes on to where the visitor wanted.
func (s *site) passSecond(v *web.Visit) error {
	page := secondView{Next: web.Take(v.Form, "next")}
	var in people.SecondCode
	err := v.Read(&in)
	if err == nil {
		_, err = s.People.PassSecond(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showSecond(v, page, f)
	}
	return or(err, func() error { return v.Go(cmp.Or(page.Next, "/")) })
}

// beginSecond shows the secret at once: it has no page to come back to, because it is one.
func (s *site) beginSecond(v *web.Visit) error {
	page := secondView{Next: v.Form.Get("next")}
	secret, err := s.People.BeginSecond(v.Ctx, people.BeginSecond{})
	if f := fault.As(err); f != nil {
		return s.showSecond(v, page, f)
	}
	if err != nil {
		return err
	}
	page.Secret = secret.Secret
	if page.Code, err = ui.DrawQR(secret.URI); err != nil {
		return err
	}
	return s.showSecond(v, page, nil)
}

// confirmSecond puts it in force and shows the recovery codes, once.
func (s *site) confirmSecond(v *web.Visit) error {
	page := secondView{Next: web.Take(v.Form, "next")}
	var in people.SecondCode
	err := v.Read(&in)
	var codes people.RecoveryCodes
	if err == nil {
		codes, err = s.People.ConfirmSecond(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showSecond(v, page, f)
	}
	if err != nil {
		return err
	}
	if v.Ctx, err = s.again(v); err != nil {
		return err
	}
	page.Recovery = codes.Codes
	return s.showSecond(v, page, nil)
}

func (s *site) endSecond(v *web.Visit) error {
	var in people.SecondCode
	err := v.Read(&in)
	if err == nil {
		_, err = s.People.EndSecond(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showSecond(v, secondView{}, f)
	}
	return or(err, func() error { return v.Go("/me/second") })
}

// enter is the door of the mini program's web-view: a ticket becomes a session. A ticket that has
// ended leads to the log-in.
func (s *site) enter(v *web.Visit) error {
	next := cmp.Or(v.Form.Get("next"), "/")
	session, err := s.People.UseTicket(v.Ctx, people.UseTicket{Ticket: v.Form.Get("ticket")})
	if f := fault.As(err); f != nil && f.Code == "people.ticket_none" {
		return fault.New(fault.Unknown, "people.not_logged_in")
	}
	return or(err, func() error {
		v.LogIn(session.Token, s.People.DB.Now(), session.ExpiresAt)
		return v.Go(next)
	})
}
