package phone

import (
	"net/url"
	"strings"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// callbackView is the form of somebody who found no work, and what became of earlier ones.
type callbackView struct {
	Words, Region string
	Counties      []county
	Mine          []market.CallbackView
	Open          bool // one waits already
	Asked         bool
	Sentence      string
}

// account makes a page one for whoever has a phone with us, worker or not yet.
func (s *site) account(page func(v *web.Visit) error) func(*web.Visit) error {
	return func(v *web.Visit) error {
		if a := people.ActorOf(v.Ctx); a.AccountID == "" || a.SecondDue {
			return fault.New(fault.Unknown, "people.not_logged_in")
		}
		return page(v)
	}
}

func (s *site) callbackPage(v *web.Visit) error { return s.showCallback(v, nil) }

func (s *site) showCallback(v *web.Visit, wrong *fault.Error) error {
	mine, err := s.Market.FindMyCallbacks(v.Ctx, market.MyCallbacks{})
	if err != nil {
		return err
	}
	page := callbackView{Words: v.Form.Get("words"), Region: v.Form.Get("region"),
		Mine: mine.Callbacks, Asked: v.R.URL.Query().Has("asked")}
	for _, c := range mine.Callbacks {
		page.Open = page.Open || c.State == "waiting" || c.State == "taken"
	}
	for _, code := range region.Counties(s.Region) {
		page.Counties = append(page.Counties, county{code, region.Name(code)})
	}
	if wrong == nil {
		return v.Show(callbackTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, callbackTempl(page))
}

func (s *site) askCallback(v *web.Visit) error {
	var in market.AskCallback
	err := v.Read(&in)
	if err == nil {
		_, err = s.Market.AskCallback(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showCallback(v, f)
	}
	return or(err, func() error { return v.Go("/callback?asked=1") })
}

func (s *site) withdrawCallback(v *web.Visit) error {
	var in market.WithdrawCallback
	err := v.Read(&in)
	if err == nil {
		_, err = s.Market.WithdrawCallback(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showCallback(v, f)
	}
	return or(err, func() error { return v.Go("/callback") })
}

// callView is a number to dial.
type callView struct {
	market.CallView
	Placed market.PlacedShift
}

// call gives the worker a number of the employer's for a placement.
func (s *site) call(v *web.Visit, workerID string) error {
	id := v.R.PathValue("placement_id")
	placed, err := s.Market.ShowPlacement(v.Ctx,
		market.GetPlacement{PlacementID: id, WorkerID: workerID})
	if err != nil {
		return err
	}
	number, err := s.Market.CallThrough(v.Ctx,
		market.CallThrough{PlacementID: id, WorkerID: workerID})
	if f := fault.As(err); f != nil {
		return s.showPlacement(v, workerID, "", f)
	}
	return or(err, func() error { return v.Show(callTempl(callView{number, placed})) })
}

// way is the address of the map that shows the way to a place.
func (s *site) way(lonE6, latE6 int64, name string) string {
	pattern := s.MapURL
	if pattern == "" {
		pattern = "geo:{lat},{lon}"
	}
	return strings.NewReplacer("{lon}", ui.Degrees(lonE6), "{lat}", ui.Degrees(latE6),
		"{name}", url.QueryEscape(name)).Replace(pattern)
}
