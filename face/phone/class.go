package phone

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// lessonWords says of a class how far it is, when it begins and how many seats are left.
func lessonWords(ctx context.Context, l market.Lesson) string {
	return ui.Say(ctx, "phone.lesson", "class", l.Title, "minutes", l.MinutesAway,
		"day", ui.Day(ctx, l.StartsAt), "seats", l.SeatsLeft)
}

// minutesShown is the longest way that is told in minutes: a longer one is a journey.
const minutesShown = 180

// feeWords says what a class costs.
func feeWords(ctx context.Context, fee money.Fen) string {
	if fee == 0 {
		return ui.Say(ctx, "phone.class.free")
	}
	return ui.Money(fee)
}

// classesView is the classes in which a seat can be taken, with what was asked for.
type classesView struct {
	Found    training.List
	Asked    training.FindClasses
	Skills   []craft // that some class teaches; Held is the one asked for
	From     bool    // it is known from where it is looked
	Sentence string
}

// classesPage lists classes, the nearest first where it is known from where. Browsing needs no
// log-in.
func (s *site) classesPage(v *web.Visit) error {
	page := classesView{}
	v.Form.Del("order") // of the script that says where somebody is
	if err := s.whereFrom(v); err != nil {
		return err
	}
	err := v.Read(&page.Asked)
	if err == nil {
		page.Asked.Lang, page.From = v.Lang, page.Asked.LonE6 != 0
		page.Found, err = s.Training.FindClasses(v.Ctx, page.Asked)
	}
	if f := fault.As(err); f != nil {
		page.Sentence = v.Sentence(f)
		return v.ShowFault(f, classesTempl(page))
	}
	if err != nil {
		return err
	}
	all, err := s.Training.FindClasses(v.Ctx, training.FindClasses{Lang: v.Lang})
	for _, c := range all.Classes {
		if !slices.ContainsFunc(page.Skills, func(k craft) bool { return k.Key == c.Skill }) {
			page.Skills = append(page.Skills, craft{c.Skill, c.SkillName, c.Skill == page.Asked.Skill})
		}
	}
	slices.SortFunc(page.Skills, func(a, b craft) int { return cmp.Compare(a.Key, b.Key) })
	return or(err, func() error { return v.Show(classesTempl(page)) })
}

// whereFrom looks from where the worker said to be ready to work, unless a point is asked for.
func (s *site) whereFrom(v *web.Visit) error {
	id := people.ActorOf(v.Ctx).WorkerID
	if v.Form.Get("lon_e6") != "" || id == "" {
		return nil
	}
	said, err := s.Market.ShowAvailability(v.Ctx, market.GetAvailability{WorkerID: id})
	if err == nil && said.Said {
		v.Form.Set("lon_e6", strconv.FormatInt(said.LonE6, 10))
		v.Form.Set("lat_e6", strconv.FormatInt(said.LatE6, 10))
	}
	return err
}

// classView is a class on its page.
type classView struct {
	training.ClassView
	Done     string // what was just done
	Way      string // address of a map
	Sentence string
}

// classPage shows a class, with one button.
func (s *site) classPage(v *web.Visit) error { return s.showClass(v, nil) }

func (s *site) showClass(v *web.Visit, wrong *fault.Error) error {
	c, err := s.Training.ShowClass(v.Ctx, training.GetClass{ClassID: v.R.PathValue("class_id"),
		Lang: v.Lang})
	if err != nil {
		return err
	}
	page := classView{ClassView: c, Way: s.way(c.LonE6, c.LatE6, c.PlaceName),
		Done: v.R.URL.Query().Get("done")}
	if wrong == nil {
		return v.Show(classTempl(page))
	}
	page.Sentence = v.Sentence(wrong)
	return v.ShowFault(wrong, classTempl(page))
}

func (s *site) enrol(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in training.Enrol
	err := v.Read(&in)
	if err == nil {
		_, err = s.Training.Enrol(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showClass(v, f)
	}
	return or(err, func() error { return v.Go("/classes/" + in.ClassID + "?done=enrolled") })
}

// withdraw gives the worker's seat in the class back.
func (s *site) withdraw(v *web.Visit, workerID string) error {
	v.Form.Set("worker_id", workerID)
	var in training.Withdraw
	err := v.Read(&in)
	if err == nil {
		_, err = s.Training.Withdraw(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showClass(v, f)
	}
	return or(err, func() error {
		return v.Go("/classes/" + v.R.PathValue("class_id") + "?done=withdrawn")
	})
}
