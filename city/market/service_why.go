package market

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
)

// WhyShown asks why somebody is or is not shown a vacancy.
type WhyShown struct {
	WorkerID  string `json:"worker_id"      path:"worker_id"`
	VacancyID string `json:"vacancy_id"     path:"vacancy_id"`
	Lang      string `json:"lang,omitempty" query:"lang"       doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// Why is the answer: every condition with whether it holds.
type Why struct {
	WorkerID  string      `json:"worker_id"`
	VacancyID string      `json:"vacancy_id"`
	Shown     bool        `json:"shown"`
	Words     string      `json:"words"             doc:"the answer in one sentence"`
	Rank      int         `json:"rank,omitempty"    doc:"place in the worker's own list; 0: not among the first hundred"`
	Checks    []WhyCheck  `json:"checks"`
	Score     float64     `json:"score,omitempty"`
	Parts     []ScorePart `json:"parts,omitempty"`

	Lacks []Requirement `json:"lacks,omitempty" doc:"what the worker lacks, each with where it is taught"`
}

// WhyCheck is one condition.
type WhyCheck struct {
	Code  string `json:"code"`
	Holds bool   `json:"holds"`
	Words string `json:"words"`
}

// ExplainWork tells why a worker is or is not shown a vacancy: the same conditions that the search
// asks, one by one, with their numbers.
// Faults: people.worker_not_found; market.vacancy_not_found.
func (s *Service) ExplainWork(ctx context.Context, in WhyShown) (Why, error) {
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return Why{}, err
	}
	out := Why{WorkerID: in.WorkerID, VacancyID: in.VacancyID, Checks: []WhyCheck{}}
	t, err := s.town(ctx)
	if err != nil {
		return out, err
	}
	state, err := vacancyStateOf(ctx, s.DB, in.VacancyID)
	if errors.Is(err, db.ErrNone) {
		err = noVacancy()
	}
	if err != nil {
		return out, err
	}
	q, err := s.question(ctx, t, FindWork{WorkerID: in.WorkerID, Lang: in.Lang, Limit: match.KMax})
	if f := fault.As(err); f != nil && (f.Code == "market.region_empty" ||
		f.Code == "market.where_missing") { // nobody knows from where to look: nothing can be shown
		out.Words = s.Text.Say(langOf(in.Lang), "market.why.not_shown", nil)
		out.Checks = append(out.Checks, WhyCheck{"where", false,
			s.Text.Say(langOf(in.Lang), f.Code, f.Args)})
		return out, nil
	}
	if err != nil {
		return out, err
	}
	e := t.opening(in.VacancyID)
	x := &explained{question: q, town: t, out: &out}
	if e == nil || len(e.after(clock.At(q.fromMS))) == 0 {
		x.check("open", false, map[string]any{"state": q.say("market.why.state." + state)})
	} else {
		x.opening(e)
	}
	return out, x.conclude(e)
}

func (q *question) say(key string) string { return q.Text.Say(q.lang, key, nil) }

// explained collects checks.
type explained struct {
	*question
	town *town
	out  *Why
}

// check notes a condition; its sentence is market.why.<code>, or .<code>_not where it fails.
func (x *explained) check(code string, holds bool, args map[string]any) {
	key := "market.why." + code
	if !holds {
		key += "_not"
	}
	x.out.Checks = append(x.out.Checks, WhyCheck{code, holds, x.Text.Say(x.lang, key, args)})
}

func (x *explained) opening(e *entry) {
	x.check("open", true, map[string]any{"shifts": len(e.after(clock.At(x.fromMS)))})
	x.check("employer", !e.boss.Load().Hidden, nil)
	away := geo.DistanceM(x.at.lonE6, x.at.latE6, e.LonE6, e.LatE6)
	ax, ay := x.town.plane.XY(x.at.lonE6, x.at.latE6)
	bx, by := x.town.plane.XY(e.LonE6, e.LatE6)
	x.check("way", math.Hypot(float64(ax-bx), float64(ay-by)) <= float64(x.reachM),
		map[string]any{"km": km(away), "minutes": minutes(away, x.kmMin), "reach": km(x.reachM)})
	if !x.personal {
		x.check("profile", true, nil)
		return
	}
	x.check("pay", e.hourlyFen >= x.who.FloorFen, map[string]any{"hour": e.hourlyFen.String(),
		"floor": x.who.FloorFen.String()})
	x.skills(e)
	x.hours(e)
}

// skills asks for all that is required but for one thing that is taught near by.
func (x *explained) skills(e *entry) {
	var lacks, names []string
	for _, key := range e.Required {
		if _, holds := slices.BinarySearch(x.who.Skills, key); !holds && !slices.Contains(lacks, key) {
			name, _ := x.Service.Skills.Name(key, x.lang)
			lacks, names = append(lacks, key), append(names, name)
		}
	}
	args := map[string]any{"skills": strings.Join(names, x.say("market.why.and"))}
	x.out.Lacks = x.lacking(x.town, lacks)
	switch {
	case len(lacks) == 0:
		x.check("skills", true, args)
	case len(lacks) == 1 && len(x.out.Lacks[0].Learn) > 0:
		first := x.out.Lacks[0].Learn[0]
		args["class"], args["minutes"], args["seats"] = first.Title, first.MinutesAway, first.SeatsLeft
		args["day"] = string(civil.DateOf(first.StartsAt))
		x.check("learn", true, args)
	case len(lacks) == 1:
		x.check("learn", false, args)
	default:
		x.check("skills", false, args)
	}
}

// hours looks for a shift that can be taken, and says of each obstacle how many it keeps away.
func (x *explained) hours(e *entry) {
	count := map[Obstacle]int{}
	free := 0
	for i := range e.Slots {
		switch o := x.obstacle(e.opening, &e.Slots[i]); o {
		case "":
			free++
		case obstacleBegun:
		default:
			count[o]++
		}
	}
	x.check("hours", free > 0, map[string]any{"shifts": free})
	for _, o := range []Obstacle{obstacleClash, obstacleFree, obstacleNight, obstacleAge,
		obstacleExpires} {
		if count[o] > 0 {
			x.out.Checks = append(x.out.Checks, WhyCheck{string(o), free > 0,
				x.Text.Say(x.lang, "market.why.obstacle."+string(o), map[string]any{"n": count[o]})})
		}
	}
}

// conclude looks up the place in the worker's own list, and says it all in a sentence.
func (x *explained) conclude(e *entry) error {
	x.out.Shown = true
	for _, c := range x.out.Checks {
		x.out.Shown = x.out.Shown && c.Holds
	}
	key := "market.why.shown"
	if !x.out.Shown {
		x.out.Words = x.say("market.why.not_shown")
		return nil
	}
	hits, err := x.hits(x.town)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(hits, func(h match.Hit) bool { return h.ID == e.number })
	if i >= 0 {
		x.out.Rank = i + 1
		x.out.Score, x.out.Parts = parts(x.weights, hits[i],
			float64(e.hourlyFen)/x.weights.FenPerPoint, "pay")
	} else {
		key = "market.why.shown_far"
	}
	x.out.Words = x.Text.Say(x.lang, key, map[string]any{"rank": x.out.Rank,
		"day": string(civil.DateOf(clock.At(x.fromMS)))})
	return nil
}
