package desk

import (
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/web"
)

// Login is somebody of a made-up city as whom a visitor may log in.
type Login struct {
	Role  people.Role
	Name  string
	Phone string
	Path  string // where they work
}

// demo lets a visitor of a made-up city in as whom they like. The code goes the way of every code:
// it stands in the text messages of the made-up city.
func (s *site) demo(v *web.Visit) error {
	logins, err := s.Logins(v.Ctx)
	if err != nil {
		return err
	}
	return v.Show(demoTempl(logins, s.Inbox))
}
