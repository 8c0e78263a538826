package phone

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/web"
)

// logInView is the log-in in its two steps: a phone, then the code that was sent to it.
type logInView struct {
	Phone, Next string
	Sent        bool
	Wrong       string // the field that is to blame
	Sentence    string
}

func (s *site) logInPage(v *web.Visit) error {
	if people.ActorOf(v.Ctx).SecondDue {
		return v.Go("/login/second?next=" + url.QueryEscape(v.Form.Get("next")))
	}
	return v.Show(logInTempl(logInView{Next: v.Form.Get("next")}))
}

// requestCode sends the code and asks for it.
func (s *site) requestCode(v *web.Visit) error {
	l := logInView{Phone: v.Form.Get("phone"), Next: web.Take(v.Form, "next")}
	var in people.RequestCode
	err := v.Read(&in)
	if err == nil {
		_, err = s.People.RequestCode(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		l.Wrong, l.Sentence = f.Field, v.Sentence(f)
		return v.ShowFault(f, logInTempl(l))
	}
	l.Sent = true
	return or(err, func() error { return v.Show(logInTempl(l)) })
}

func (s *site) logIn(v *web.Visit) error {
	l := logInView{Phone: v.Form.Get("phone"), Next: web.Take(v.Form, "next"), Sent: true}
	var in people.LogIn
	var session people.Session
	err := v.Read(&in)
	if err == nil {
		session, err = s.People.LogIn(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		l.Wrong, l.Sentence = f.Field, v.Sentence(f)
		return v.ShowFault(f, logInTempl(l))
	}
	return or(err, func() error {
		v.LogIn(session.Token, s.People.DB.Now(), session.ExpiresAt)
		next := cmp.Or(l.Next, home(session.Roles))
		if session.Second != "" {
			next = "/login/second?next=" + url.QueryEscape(next)
		}
		return v.Go(next)
	})
}

// home is the desk of somebody who did not say where to go: that of the city's roles first, because
// an account that has several is a member of staff.
func home(roles []people.Role) string {
	for _, at := range []struct {
		role people.Role
		path string
	}{
		{people.RoleDirector, "/g"}, {people.RoleClerk, "/g"}, {people.RoleAuditor, "/g"},
		{people.RoleStation, "/s"}, {people.RoleEmployer, "/e"}, {people.RoleSupervisor, "/e"},
	} {
		if slices.Contains(roles, at.role) {
			return at.path
		}
	}
	return "/"
}

func (s *site) logOut(v *web.Visit) error {
	_, err := s.People.LogOut(v.Ctx, people.LogOut{})
	return or(err, func() error {
		v.LogOut()
		return v.Go("/")
	})
}

// or goes on where nothing went wrong.
func or(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}
