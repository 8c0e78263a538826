package phone

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/sheet"
	"github.com/gongyi/gongyi/internal/web"
)

// stretchesShown are the rows of free hours that the page offers; the API takes more.
const stretchesShown = 3

// stretch is a row of free hours.
type stretch struct {
	N        int
	Days     []int
	From, To int64
}

// freeView is what a worker says of when, where from and for how much, and which skills employers
// are shown.
type freeView struct {
	Said      market.AvailabilityView
	Crafts    []craft // of the worker, Held where they are shown
	Stretches []stretch
	Places    []station.PlaceView // to say from where, without typing
	Floor     string              // yuan
	Saved     bool
	Wrong     string
	Sentence  string
}

// point is the value of a place in the list of where from.
func point(lonE6, latE6 int64) string { return fmt.Sprintf("%d,%d", lonE6, latE6) }

// halfHours are the times of day that can be chosen, in minutes.
func halfHours(from, to int64) []int64 {
	var all []int64
	for m := from; m <= to; m += 30 {
		all = append(all, m)
	}
	return all
}

// ofDay writes minutes after midnight as a time of day; what is past midnight says so.
func ofDay(m int64) string { return fmt.Sprintf("%02d:%02d", m/60%24, m%60) }

func (s *site) freePage(v *web.Visit, workerID string) error { return s.showFree(v, workerID, nil) }

func (s *site) showFree(v *web.Visit, workerID string, wrong *fault.Error) error {
	page := freeView{Saved: v.R.URL.Query().Has("saved")}
	var err error
	if page.Said, err = s.Market.ShowAvailability(v.Ctx,
		market.GetAvailability{WorkerID: workerID}); err != nil {
		return err
	}
	if page.Crafts, err = s.craftsOf(v, workerID, page.Said.Crafts); err != nil {
		return err
	}
	for _, kind := range []string{"relay_station", "gig_market", "return_station"} {
		found, err := s.Stations.AllPlaces(v.Ctx, station.FindPlaces{Kind: kind, Public: true})
		if err != nil {
			return err
		}
		page.Places = append(page.Places, found...)
	}
	if page.Said.FloorFen > 0 {
		page.Floor = fmt.Sprintf("%d.%02d", page.Said.FloorFen/100, page.Said.FloorFen%100)
	}
	for i := range stretchesShown {
		row := stretch{N: i, From: 8 * 60, To: 18 * 60}
		if i < len(page.Said.Free) {
			f := page.Said.Free[i]
			row.Days, row.From, row.To = f.Days, f.FromMin, f.ToMin
		}
		page.Stretches = append(page.Stretches, row)
	}
	if wrong == nil {
		return v.Show(freeTempl(page))
	}
	page.typed(v)
	page.Wrong, page.Sentence = wrong.Field, v.Sentence(wrong)
	return v.ShowFault(wrong, freeTempl(page))
}

// typed puts back into the form what was typed.
func (p *freeView) typed(v *web.Visit) {
	p.Said.Words, p.Floor = v.Form.Get("words"), v.Form.Get("floor_fen")
	p.Said.Open, p.Said.NoNight = v.Form.Get("open") == "true", v.Form.Get("no_night") == "true"
	p.Said.ReachM, _ = strconv.ParseInt(v.Form.Get("reach_m"), 10, 64) // a list: always one of it
	for i := range p.Crafts {
		p.Crafts[i].Held = slices.Contains(v.Form["crafts"], p.Crafts[i].Key)
	}
	for i := range p.Stretches {
		row, name := &p.Stretches[i], fmt.Sprintf("free.%d.", i)
		row.Days = nil
		for _, day := range v.Form[name+"days"] {
			if n, err := strconv.Atoi(day); err == nil {
				row.Days = append(row.Days, n)
			}
		}
		row.From, _ = strconv.ParseInt(v.Form.Get(name+"from_min"), 10, 64)
		row.To, _ = strconv.ParseInt(v.Form.Get(name+"to_min"), 10, 64)
	}
}

// craftsOf lists the worker's skills and certificates, and which of them employers are shown.
func (s *site) craftsOf(v *web.Visit, workerID string, shown []string) ([]craft, error) {
	held, err := s.Skills.ShowWorkerSkills(v.Ctx, skill.ShowWorkerSkills{WorkerID: workerID})
	if err != nil {
		return nil, err
	}
	keys := slices.Clone(held.Skills)
	for _, c := range held.Certificates {
		if c.State == skill.Verified {
			keys = append(keys, c.Kind)
		}
	}
	var list []craft
	for _, key := range keys {
		name, _ := s.Skills.Name(key, v.Lang)
		list = append(list, craft{key, cmp.Or(name, key), slices.Contains(shown, key)})
	}
	return list, nil
}

// setFree keeps what was said.
func (s *site) setFree(v *web.Visit, workerID string) error {
	typed := v.Form
	form := web.Copied(v.Form)
	form.Set("worker_id", workerID)
	form.Set("open", strconv.FormatBool(form.Get("open") != ""))
	if lon, lat, ok := cutPoint(web.Take(form, "from")); ok && form.Get("lon_e6") == "" {
		form.Set("lon_e6", lon)
		form.Set("lat_e6", lat)
	}
	if text := form.Get("floor_fen"); text != "" {
		fen, err := sheet.Yuan(text)
		if f := fault.As(err); f != nil {
			return s.showFree(v, workerID, f.OnField("floor_fen"))
		}
		form.Set("floor_fen", strconv.FormatInt(int64(fen), 10))
	}
	for i := range stretchesShown {
		if name := fmt.Sprintf("free.%d.", i); len(form[name+"days"]) == 0 {
			form.Del(name + "from_min")
			form.Del(name + "to_min")
		}
	}
	v.Form = form
	var in market.SetAvailability
	err := v.Read(&in)
	if err == nil {
		_, err = s.Market.SetAvailability(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		v.Form = typed
		return s.showFree(v, workerID, f)
	}
	return or(err, func() error { return v.Go("/me/free?saved=1") })
}

// week are the days of the week by their number, with the key of their sentence.
func week() []string {
	days := make([]string, 7)
	for i := range days {
		days[i] = fmt.Sprintf("ui.weekday.%d", (i+1)%7)
	}
	return days
}

// reaches are how far somebody would go, in metres.
var reaches = []int64{3_000, 5_000, 10_000, 20_000, 50_000}

// cutPoint takes a place's value apart.
func cutPoint(text string) (lon, lat string, ok bool) { return strings.Cut(text, ",") }
