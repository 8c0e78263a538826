package market

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	candidatesLimit = 50
	similarLimit    = 6
	similarReachM   = 20_000
	recommended     = 3
	groupChars      = len("4-02") // of an occupation's code: its group
	craftsAskedMax  = 20          // skills that one list of crafts looks for
	wholeM          = 500         // to which an employer is told how far somebody lives
)

// FindCandidates asks who could take a shift: 班次找人.
type FindCandidates struct {
	ShiftID    string `json:"shift_id"        path:"shift_id"`
	EmployerID string `json:"employer_id"     query:"employer_id"`
	Limit      int    `json:"limit,omitempty" query:"limit"       doc:"1 to 100; 50 if left out"`
	Lang       string `json:"lang,omitempty"  query:"lang"        doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// Candidate is a worker as an employer is shown one who agreed to that: no more of the name than
// may be read, no number, and the way in half kilometres.
type Candidate struct {
	WorkerID    string        `json:"worker_id"`
	Name        string        `json:"name"          doc:"the surname only, until there is a contract or the worker's yes"`
	DistanceM   int64         `json:"distance_m"    doc:"to half a kilometre"`
	MinutesAway int64         `json:"minutes_away"  doc:"estimated"`
	Reliability int64         `json:"reliability"   doc:"of shifts kept, 0 to 1000; 500 for somebody new"`
	Requires    []Requirement `json:"requires"`
	Crafts      []Reason      `json:"crafts,omitempty" doc:"skills that the worker offers"`
	Words       string        `json:"words,omitempty"`
	Free        []FreeHours   `json:"free,omitempty"`
	Score       float64       `json:"score"`
	Parts       []ScorePart   `json:"parts"`
}

// Candidates are the best first.
type Candidates struct {
	Candidates []Candidate `json:"candidates"`
}

// FindCandidates lists, for an employer, the workers who could take a shift of its: who agreed that
// employers are told of them, are ready to work then and there at that pay, can do it, and were not
// asked yet; the most reliable and nearest first.
// Faults: market.shift_not_found; market.shift_closed (conflict); market.limit (invalid).
func (s *Service) FindCandidates(ctx context.Context, in FindCandidates) (Candidates, error) {
	out := Candidates{Candidates: []Candidate{}}
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return out, err
	}
	k, err := limitOf(in.Limit, candidatesLimit)
	if err != nil {
		return out, err
	}
	t, err := s.town(ctx)
	if err != nil {
		return out, err
	}
	e, at, err := s.openSlot(ctx, t, in.ShiftID, in.EmployerID)
	if err != nil {
		return out, err
	}
	engaged, err := engagedOn(ctx, s.DB, in.ShiftID)
	if err != nil {
		return out, err
	}
	post := t.postOf(e.opening)
	w, err := s.weights()
	if err != nil {
		return out, err
	}
	hits, err := t.index.FindWorkers(&post, &match.Ask{K: k, Weights: &w, Keep: func(n int32) bool {
		sk := t.seekers.At(n)
		return sk != nil && sk.Shared && sk.can(e.Required) && sk.meets(e.opening, at) == "" &&
			!slices.Contains(engaged, sk.WorkerID)
	}}, nil)
	if err != nil {
		return out, err
	}
	out.Candidates, err = s.candidates(ctx, t, hits, w, e.Required, point{e.LonE6, e.LatE6},
		langOf(in.Lang))
	return out, err
}

func limitOf(asked, usual int) (int, error) {
	if asked == 0 {
		return usual, nil
	}
	if asked < 1 || asked > match.KMax {
		return 0, fault.New(fault.Invalid, "market.limit", "max", match.KMax).OnField("limit")
	}
	return asked, nil
}

func langOf(lang string) string {
	if lang == "" {
		return i18n.Chinese
	}
	return lang
}

// openSlot finds an employer's shift among what can be taken.
func (s *Service) openSlot(
	ctx context.Context, t *town, shiftID, employerID string,
) (*entry, *slot, error) {
	shift, err := getShift(ctx, s.DB, shiftID)
	if err != nil {
		return nil, nil, err
	}
	if shift.EmployerID != employerID {
		return nil, nil, noShift()
	}
	if e := t.opening(shift.VacancyID); e != nil {
		for i := range e.Slots {
			if at := &e.Slots[i]; at.ID == shiftID && at.StartMS > clock.MS(s.DB.Now()) {
				return e, at, nil
			}
		}
	}
	return nil, nil, fault.New(fault.Conflict, "market.shift_closed").OnField("shift_id")
}

// postOf gives an opening as the engine knows it, without keeping it.
func (t *town) postOf(o *opening) match.Post {
	p := match.Post{WageFen: int32(min(o.hourlyFen, math.MaxInt32)), AgeMax: math.MaxUint8,
		Required: t.numbers(o.Required)}
	p.X, p.Y = t.plane.XY(o.LonE6, o.LatE6)
	return p
}

// candidates shows hits as an employer may see them.
func (s *Service) candidates(ctx context.Context, t *town, hits []match.Hit, w match.Weights,
	required []string, from point, lang string) ([]Candidate, error) {
	ids := make([]string, 0, len(hits))
	for _, h := range hits {
		if sk := t.seekers.At(h.ID); sk != nil {
			ids = append(ids, sk.WorkerID)
		}
	}
	names, err := s.People.NamesForTx(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	q := &question{Service: s, lang: lang, personal: true}
	if err := q.setNumbers(); err != nil {
		return nil, err
	}
	list := make([]Candidate, 0, len(hits))
	for _, h := range hits {
		sk := t.seekers.At(h.ID)
		if sk == nil {
			continue
		}
		q.who = sk.seeker
		away := geo.DistanceM(from.lonE6, from.latE6, sk.LonE6, sk.LatE6)
		away = (away + wholeM - 1) / wholeM * wholeM
		c := Candidate{WorkerID: sk.WorkerID, Name: names[sk.WorkerID].Shown, DistanceM: away,
			MinutesAway: minutes(away, q.kmMin), Reliability: sk.Reliability, Words: sk.Words,
			Free: sk.Free, Requires: q.requirements(&opening{Required: required})}
		for _, key := range sk.Crafts {
			name, _ := s.Skills.Name(key, lang)
			c.Crafts = append(c.Crafts, Reason{key, name})
		}
		c.Score, c.Parts = parts(w, h, float64(sk.Reliability)/w.ReliabilityPerPoint, "reliability")
		list = append(list, c)
	}
	return list, nil
}

// FindCrafts asks for workers who offer a skill: 我有手艺.
type FindCrafts struct {
	EmployerID string `json:"employer_id"        path:"employer_id"`
	Skill      string `json:"skill,omitempty"    query:"skill"      doc:"left out: what the employer's public vacancies require"`
	PlaceID    string `json:"place_id,omitempty" query:"place_id"   doc:"where; left out: that of the newest vacancy"`
	Limit      int    `json:"limit,omitempty"    query:"limit"      doc:"1 to 100; 50 if left out"`
	Lang       string `json:"lang,omitempty"     query:"lang"       doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// FindCrafts lists workers who offer a skill that the employer needs, would come to its place, and
// agreed that employers are told of them.
// Faults: market.skill_unknown, market.skills_missing (invalid): nothing asked for, and no vacancy
// requires anything; market.where_missing (invalid); station.place_not_found.
func (s *Service) FindCrafts(ctx context.Context, in FindCrafts) (Candidates, error) {
	out := Candidates{Candidates: []Candidate{}}
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return out, err
	}
	k, err := limitOf(in.Limit, candidatesLimit)
	if err != nil {
		return out, err
	}
	skills, err := s.craftsAsked(ctx, in)
	if err != nil {
		return out, err
	}
	if in.PlaceID == "" {
		in.PlaceID, err = placeOfEmployer(ctx, s.DB, in.EmployerID)
		if errors.Is(err, db.ErrNone) {
			err = fault.New(fault.Invalid, "market.where_missing").OnField("place_id")
		}
		if err != nil {
			return out, err
		}
	}
	place, err := s.Stations.PlaceTx(ctx, s.DB, in.PlaceID)
	if err != nil {
		return out, err
	}
	t, err := s.town(ctx)
	if err != nil {
		return out, err
	}
	post := match.Post{WageFen: int32(min(money.MaxFen/1000, math.MaxInt32)), AgeMax: math.MaxUint8}
	post.X, post.Y = t.plane.XY(place.LonE6, place.LatE6)
	w, err := s.weights()
	if err != nil {
		return out, err
	}
	hits, err := t.index.FindWorkers(&post, &match.Ask{K: k, Weights: &w, Keep: func(n int32) bool {
		sk := t.seekers.At(n)
		return sk != nil && sk.Shared && slices.ContainsFunc(sk.Crafts, func(c string) bool {
			return slices.Contains(skills, c)
		})
	}}, nil)
	if err != nil {
		return out, err
	}
	out.Candidates, err = s.candidates(ctx, t, hits, w, nil, point{place.LonE6, place.LatE6},
		langOf(in.Lang))
	return out, err
}

// craftsAsked are the skills looked for.
func (s *Service) craftsAsked(ctx context.Context, in FindCrafts) ([]string, error) {
	if in.Skill != "" {
		if !s.Skills.Knows(in.Skill) {
			return nil, fault.New(fault.Invalid, "market.skill_unknown", "skill", in.Skill).OnField("skill")
		}
		return []string{in.Skill}, nil
	}
	lists, err := wantedSkills(ctx, s.DB, in.EmployerID)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, text := range lists {
		list, err := requirements(in.EmployerID, text)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 {
		return nil, fault.New(fault.Invalid, "market.skills_missing", "max", craftsAskedMax).
			OnField("skill")
	}
	return all[:min(len(all), craftsAskedMax)], nil
}

// SimilarWork asks for work like a vacancy.
type SimilarWork struct {
	VacancyID string `json:"vacancy_id"     path:"vacancy_id"`
	Lang      string `json:"lang,omitempty" query:"lang"      doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// FindSimilarWork lists work near a vacancy: of the same group of occupations first, then whatever
// is nearest. It works for a vacancy that has been filled, too.
// Faults: market.vacancy_not_found.
func (s *Service) FindSimilarWork(ctx context.Context, in SimilarWork) (FoundWork, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return FoundWork{}, err
	}
	v, err := publicVacancy(ctx, s.DB, in.VacancyID)
	if errors.Is(err, db.ErrNone) {
		err = noVacancy()
	}
	if err != nil {
		return FoundWork{}, err
	}
	ask := FindWork{PlaceID: v.placeID, ReachM: similarReachM, Order: "near", Lang: in.Lang,
		Limit: similarLimit + 1, Occupation: v.occupation[:min(len(v.occupation), groupChars)]}
	found, err := s.FindWork(ctx, ask)
	if err != nil {
		return found, err
	}
	itself := func(i WorkItem) bool { return i.VacancyID == in.VacancyID }
	found.Items = slices.DeleteFunc(found.Items, itself)
	if len(found.Items) < similarLimit {
		ask.Occupation, ask.Limit = "", 2*similarLimit+1
		more, err := s.FindWork(ctx, ask)
		if err != nil {
			return found, err
		}
		for _, i := range more.Items {
			known := slices.ContainsFunc(found.Items, func(o WorkItem) bool {
				return o.VacancyID == i.VacancyID
			})
			if !known && !itself(i) {
				found.Items = append(found.Items, i)
			}
		}
	}
	found.Items, found.Next = found.Items[:min(len(found.Items), similarLimit)], ""
	return found, nil
}

// Recommendations asks for what a broker or clerk may put before a worker.
type Recommendations struct {
	WorkerID string `json:"worker_id"      path:"worker_id"`
	Lang     string `json:"lang,omitempty" query:"lang"     doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// FindRecommendations gives the three vacancies that fit a worker best, of different employers
// where that can be: the three of a service pack 1131.
// Faults: people.consent_withdrawn (conflict): the worker has switched recommendations off;
// people.worker_not_found.
func (s *Service) FindRecommendations(ctx context.Context, in Recommendations) (FoundWork, error) {
	if err := people.Must(ctx, people.PermRecommend, ""); err != nil {
		return FoundWork{}, err
	}
	err := s.People.AllowedTx(ctx, s.DB, in.WorkerID, people.PurposeRecommend)
	if err != nil {
		return FoundWork{}, err
	}
	found, err := s.findWork(ctx, FindWork{WorkerID: in.WorkerID, Lang: in.Lang})
	if err != nil {
		return found, err
	}
	var first, rest []WorkItem
	for _, i := range found.Items {
		if slices.ContainsFunc(first, func(o WorkItem) bool { return o.EmployerID == i.EmployerID }) {
			rest = append(rest, i)
		} else {
			first = append(first, i)
		}
	}
	all := slices.Concat([]WorkItem{}, first, rest)
	found.Items, found.Next = all[:min(len(all), recommended)], ""
	return found, nil
}
