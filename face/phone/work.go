package phone

import (
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/web"
)

// work lists open shifts; browsing needs no log-in.
func (s *site) work(v *web.Visit) error {
	var in market.FindShifts
	if err := v.Read(&in); err != nil {
		return err
	}
	if in.Region == "" && in.ReachM == 0 {
		in.Region = s.Region
	}
	found, err := s.Market.FindShifts(v.Ctx, in)
	return or(err, func() error { return v.Show(workTempl(found, s.Links)) })
}
