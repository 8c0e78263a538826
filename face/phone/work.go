package phone

import (
	"net/url"
	"slices"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/web"
)

// workView is the list of work with what was asked for.
type workView struct {
	Found    market.FoundWork
	Asked    market.FindWork
	Counties []county
	Today    civil.Date
	Query    url.Values // as asked, for links that change one thing of it
	Map      bool
	Wider    bool // nothing fits where and when they said: the whole city is shown
	Links    []Link
	Sentence string
}

// with gives the page's address with one thing changed; "" takes it out.
func (w workView) with(name, value string) string {
	q := url.Values{}
	for k, v := range w.Query {
		q[k] = v
	}
	q.Del("after")
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	return "/?" + q.Encode()
}

// callback is the address of the form that asks for a call, with what was looked for in it.
func (w workView) callback() string {
	return "/callback?" + url.Values{"words": {w.Asked.Q}, "region": {w.Asked.Region}}.Encode()
}

// fits is what speaks for an item. How far it is says nothing when nobody said from where.
func (w workView) fits(i market.WorkItem) []market.Reason {
	if w.Found.Personal || w.Asked.LonE6 != 0 || w.Asked.PlaceID != "" {
		return i.Fits
	}
	return slices.DeleteFunc(slices.Clone(i.Fits),
		func(r market.Reason) bool { return r.Code == "way" })
}

// work lists work that can be taken: what is near, now, and fits. Browsing needs no log-in. What
// was asked for stands in the address, so it stays when somebody comes back.
func (s *site) work(v *web.Visit) error {
	w := workView{Query: url.Values{}, Today: civil.DateOf(s.Market.DB.Now()), Links: s.Links,
		Map: v.Form.Get("view") == "map"}
	for k, given := range v.Form {
		if k != "lang" && len(given) > 0 && given[0] != "" {
			w.Query[k] = given
		}
	}
	v.Form.Del("view")
	for _, code := range region.Counties(s.Region) {
		w.Counties = append(w.Counties, county{code, region.Name(code)})
	}
	if v.Form.Get("region") == "" && v.Form.Get("place_id") == "" {
		if err := s.whereFrom(v); err != nil {
			return err
		}
	}
	err := v.Read(&w.Asked)
	if err == nil {
		w.Asked.Lang = v.Lang
		if w.Asked.WorkerID == "" {
			w.Asked.WorkerID = people.ActorOf(v.Ctx).WorkerID
		}
		if w.Asked.Region == "" && w.Asked.LonE6 == 0 && w.Asked.PlaceID == "" {
			w.Asked.Region = s.Region
		}
		if w.Map {
			w.Asked.Limit = mapItems
		}
		err = s.look(v, &w)
	}
	if fault.Is(err, "market.region_empty") {
		err = nil // nobody offers work there yet: an empty list, not a mistake of who looks
	}
	if f := fault.As(err); f != nil {
		w.Sentence = v.Sentence(f)
		return v.ShowFault(f, workTempl(w))
	}
	return or(err, func() error { return v.Show(workTempl(w)) })
}

// look finds the work. Where nothing fits near by, it looks in the whole city, and the page says
// so: an empty page helps nobody.
func (s *site) look(v *web.Visit, w *workView) error {
	var err error
	w.Found, err = s.Market.FindWork(v.Ctx, w.Asked)
	if err != nil || len(w.Found.Items) > 0 || w.Asked.Region != "" || w.Asked.PlaceID != "" ||
		w.Asked.After != "" {
		return err
	}
	wide := w.Asked
	wide.Region, wide.LonE6, wide.LatE6 = s.Region, 0, 0
	found, err := s.Market.FindWork(v.Ctx, wide)
	if fault.As(err) != nil || len(found.Items) == 0 {
		return nil // nothing there either: the answer to what was asked stands
	}
	w.Found, w.Wider = found, true
	w.Query.Set("region", s.Region) // the next page is one of the whole city
	return err
}

// mapItems is what a map of a phone's size can show apart.
const mapItems = 100
