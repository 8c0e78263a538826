package desk

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/web"
)

// bureau lists the vacancies that wait for a clerk.
func (s *site) bureau(v *web.Visit) error {
	if _, err := mustBe(v, people.RoleClerk, people.RoleDirector); err != nil {
		return err
	}
	var in market.WaitingVacancies
	if err := v.Read(&in); err != nil {
		return err
	}
	waiting, err := s.Market.FindWaitingVacancies(v.Ctx, in)
	if err != nil {
		return err
	}
	return v.Show(waitingTempl(waiting))
}
