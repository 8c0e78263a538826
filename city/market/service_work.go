package market

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/market/match"
	"github.com/gongyi/gongyi/city/market/search"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
)

const (
	workLimit     = 20     // items of a page when nobody says
	reachDefaultM = 30_000 // of somebody who does not say how far they go: an hour and a half
	regionReachM  = 100_000
	slotsShown    = 7  // shifts of one item: a week
	askedMax      = 20 // skills in a query
	codeDigits    = 6  // of a region
)

// FindWork asks for work: what is near, now, and fits.
type FindWork struct {
	WorkerID      string     `json:"worker_id,omitempty"      query:"worker_id"      doc:"for whom; who is logged in as a worker asks for themselves"`
	LonE6         int64      `json:"lon_e6,omitempty"         query:"lon_e6"         doc:"from where, millionths of a degree"`
	LatE6         int64      `json:"lat_e6,omitempty"         query:"lat_e6"`
	PlaceID       string     `json:"place_id,omitempty"       query:"place_id"       doc:"from where: a place"`
	Region        string     `json:"region,omitempty"         query:"region"         doc:"only there: GB/T 2260, two to six digits; without a point it is looked from its middle" maxLength:"6"`
	ReachM        int64      `json:"reach_m,omitempty"        query:"reach_m"        doc:"how far at most" minimum:"0"`
	MinutesMax    int64      `json:"minutes_max,omitempty"    query:"minutes_max"    doc:"how long the way may take" minimum:"0" maximum:"600"`
	Q             string     `json:"q,omitempty"              query:"q"              doc:"words of title, employer, place or occupation: characters, pinyin or initials; every word must be found" maxLength:"160"`
	Skills        string     `json:"skills,omitempty"         query:"skills"         doc:"keys of the catalogue with commas: only what asks for these at most, one missing that can be learnt near by" maxLength:"400"`
	Occupation    string     `json:"occupation,omitempty"     query:"occupation"     doc:"code of the classification, or its beginning" maxLength:"40"`
	EmployerID    string     `json:"employer_id,omitempty"    query:"employer_id"`
	Day           civil.Date `json:"day,omitempty"            query:"day"            doc:"work that begins on that day"`
	From          time.Time  `json:"from,omitzero"            query:"from"           doc:"work that begins then or later"`
	FixedHours    bool       `json:"fixed_hours,omitempty"    query:"fixed_hours"    doc:"the same hours every time"`
	ChildFriendly bool       `json:"child_friendly,omitempty" query:"child_friendly" doc:"within school hours"`
	Grade         string     `json:"grade,omitempty"          query:"grade"          doc:"of the employer, at least" enum:"A,B"`
	Order         string     `json:"order,omitempty"          query:"order"          doc:"best: pay against the way; near: the way only" enum:"best,near"`
	Limit         int        `json:"limit,omitempty"          query:"limit"          doc:"1 to 100; 20 if left out"`
	After         string     `json:"after,omitempty"          query:"after"          doc:"next of the page before" maxLength:"200"`
	Lang          string     `json:"lang,omitempty"           query:"lang"           doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// FoundWork is a page of work.
type FoundWork struct {
	Items    []WorkItem `json:"items"`
	Next     string     `json:"next,omitempty" doc:"after of the next page; empty on the last"`
	Order    string     `json:"order"          doc:"best or near"`
	Personal bool       `json:"personal"       doc:"chosen by what the worker said and can do"`
	Note     string     `json:"note,omitempty" doc:"why it is not personal, in words"`
	LonE6    int64      `json:"lon_e6"         doc:"from where it was looked"`
	LatE6    int64      `json:"lat_e6"`
	ReachM   int64      `json:"reach_m"        doc:"how far it was looked"`
	Matched  string     `json:"matched,omitempty" doc:"of a question with words: exact, or near where nothing was found exactly" enum:"exact,near"`
}

// WorkItem is a vacancy that can be taken, and what speaks for it.
type WorkItem struct {
	VacancyID      string        `json:"vacancy_id"`
	ShiftID        string        `json:"shift_id"                 doc:"the first shift that can be taken"`
	StartsAt       time.Time     `json:"starts_at"                doc:"of that shift"`
	EndsAt         time.Time     `json:"ends_at"`
	HeadsLeft      int64         `json:"heads_left"`
	Shifts         []WorkShift   `json:"shifts"                   doc:"that can be taken, soonest first, a week's worth"`
	ShiftsMore     int           `json:"shifts_more,omitempty"    doc:"how many more there are"`
	Title          string        `json:"title"`
	Occupation     string        `json:"occupation"               doc:"code of the classification"`
	OccupationName string        `json:"occupation_name"`
	EmployerID     string        `json:"employer_id"`
	EmployerName   string        `json:"employer_name"`
	EmployerGrade  string        `json:"employer_grade"           doc:"A, B, C, or N: not rated yet"`
	PlaceID        string        `json:"place_id"`
	PlaceName      string        `json:"place_name"`
	Address        string        `json:"address"`
	Region         string        `json:"region"`
	District       string        `json:"district"                 doc:"the region's name"`
	LonE6          int64         `json:"lon_e6"                   doc:"for the map"`
	LatE6          int64         `json:"lat_e6"`
	DistanceM      int64         `json:"distance_m"`
	MinutesAway    int64         `json:"minutes_away"             doc:"estimated from the distance"`
	Settlement     Settlement    `json:"settlement"`
	WorkType       string        `json:"work_type,omitempty"`
	PayUnit        string        `json:"pay_unit"`
	RateFen        money.Fen     `json:"rate_fen"                 doc:"for one pay unit"`
	HourFen        money.Fen     `json:"hour_fen"                 doc:"for an hour"`
	ShiftFen       money.Fen     `json:"shift_fen"                doc:"for the first shift as planned; by the month, a month's"`
	PlanID         string        `json:"plan_id,omitempty"`
	Hire           string        `json:"hire"                     doc:"instant, or offer: apply first"`
	Conditions     []Condition   `json:"conditions,omitempty"`
	Source         string        `json:"source,omitempty"         doc:"where it was re-posted from"`
	FixedHours     bool          `json:"fixed_hours"`
	ChildFriendly  bool          `json:"child_friendly"`
	Requires       []Requirement `json:"requires"`
	Fits           []Reason      `json:"fits"                     doc:"what speaks for it, in words"`
	Missing        *Requirement  `json:"missing,omitempty"        doc:"the one thing to learn first"`
	Score          float64       `json:"score"`
	Parts          []ScorePart   `json:"parts"                    doc:"what the score is made of; they add up to it"`
}

// WorkShift is a shift that can be taken.
type WorkShift struct {
	ShiftID   string    `json:"shift_id"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	HeadsLeft int64     `json:"heads_left"`
	PayFen    money.Fen `json:"pay_fen"`
}

// Requirement is a skill or certificate that a vacancy asks for.
type Requirement struct {
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	Certificate bool     `json:"certificate,omitempty"`
	Held        string   `json:"held"                  doc:"yes, no, or unknown: nothing is known of who asks"`
	Learn       []Lesson `json:"learn,omitempty"       doc:"where it is taught, the nearest first"`
}

// Lesson is where a skill is taught.
type Lesson struct {
	ClassID     string    `json:"class_id"`
	Title       string    `json:"title"`
	PlaceID     string    `json:"place_id,omitempty" doc:"the station that runs it"`
	PlaceName   string    `json:"place_name"`
	DistanceM   int64     `json:"distance_m"`
	MinutesAway int64     `json:"minutes_away"`
	StartsAt    time.Time `json:"starts_at"          doc:"of its first session"`
	ClosesAt    time.Time `json:"closes_at"          doc:"until when a seat can be taken"`
	SeatsLeft   int64     `json:"seats_left"`
	FeeFen      money.Fen `json:"fee_fen"            doc:"0: free"`
}

// Reason is something that speaks for or against, with its code.
type Reason struct {
	Code  string `json:"code"`
	Words string `json:"words"`
}

// ScorePart is a part of a score: way, pay, missing or reliability.
type ScorePart struct {
	Code   string  `json:"code"`
	Points float64 `json:"points"`
}

// FindWork gives a page of vacancies that can be taken from where somebody is: for a worker whose
// word allows it the best by pay and way among what fits, otherwise the nearest. Browsing needs no
// log-in, only a place or a point.
// Faults (invalid): market.where_missing, market.outside_city, market.limit, market.page_unknown,
// market.skills_missing, market.skill_unknown, market.region_unknown; station.place_not_found;
// people.worker_not_found, and people.not_allowed for somebody else's profile.
func (s *Service) FindWork(ctx context.Context, in FindWork) (FoundWork, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return FoundWork{}, err
	}
	if in.WorkerID != "" {
		if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
			return FoundWork{}, err
		}
	}
	return s.findWork(ctx, in)
}

func (s *Service) findWork(ctx context.Context, in FindWork) (FoundWork, error) {
	t, err := s.town(ctx)
	if err != nil {
		return FoundWork{}, err
	}
	q, err := s.question(ctx, t, in)
	if err != nil {
		return FoundWork{}, err
	}
	return q.page(t)
}

// question is one for work, read and judged.
type question struct {
	*Service
	in       FindWork
	lang     string
	who      *seeker // what is known of who asks
	personal bool
	note     string
	at       point
	reachM   int64
	fromMS   int64
	weights  match.Weights
	after    *match.Hit
	exact    search.Set // where words are asked for
	near     func() search.Set
	nearly   bool  // the near ones are shown
	kmMin    int64 // minutes a kilometre takes
}

func (s *Service) question(ctx context.Context, t *town, in FindWork) (*question, error) {
	q := &question{Service: s, in: in, lang: in.Lang, who: &seeker{}}
	q.lang = langOf(in.Lang)
	var err error
	if q.in.Limit, err = limitOf(in.Limit, workLimit); err != nil {
		return nil, err
	}
	now := s.DB.Now()
	if in.From.After(now) {
		now = in.From
	}
	q.fromMS = clock.MS(now)
	if err := q.setWho(ctx); err != nil {
		return nil, err
	}
	if err := q.setNumbers(); err != nil {
		return nil, err
	}
	if err := errors.Join(q.setAfter(t), q.setWords(t)); err != nil {
		return nil, err
	}
	return q, q.setWhere(ctx, t)
}

// setWho reads who asks: a worker, if they allow it, or the skills in the query.
func (q *question) setWho(ctx context.Context) error {
	q.note = "market.note.nobody"
	if q.in.WorkerID == "" {
		q.in.WorkerID = people.ActorOf(ctx).WorkerID
	}
	if q.in.WorkerID != "" {
		if err := q.setWorker(ctx); err != nil {
			return err
		}
	}
	return q.setSkills()
}

func (q *question) setWorker(ctx context.Context) error {
	now := q.DB.Now()
	worker, err := profileOf(ctx, q.DB, q.in.WorkerID, now)
	if errors.Is(err, db.ErrNone) {
		_, err = q.People.GetWorkerTx(ctx, q.DB, q.in.WorkerID)
	}
	if err != nil {
		return err
	}
	err = q.People.AllowedTx(ctx, q.DB, q.in.WorkerID, people.PurposeRecommend)
	switch {
	case fault.Is(err, "people.consent_withdrawn"):
		q.note = "market.note.switched_off" // by distance from home, and nothing else of them
		q.who = &seeker{Region: worker.Region, Availability: Availability{LonE6: worker.LonE6,
			LatE6: worker.LatE6}}
	case err != nil:
		return err
	default:
		q.who, q.personal, q.note = worker, true, ""
		if len(worker.Skills) == 0 {
			q.note = "market.note.no_skills"
		}
	}
	return nil
}

// setSkills reads the skills that somebody without a profile names.
func (q *question) setSkills() error {
	if q.in.Skills == "" {
		return nil
	}
	var keys []string
	for key := range strings.SplitSeq(q.in.Skills, ",") {
		key = strings.TrimSpace(key)
		if key == "" {
			continue
		}
		if !q.Service.Skills.Knows(key) {
			return fault.New(fault.Invalid, "market.skill_unknown", "skill", key).OnField("skills")
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 || len(keys) > askedMax {
		return fault.New(fault.Invalid, "market.skills_missing", "max", askedMax).OnField("skills")
	}
	who := *q.who
	who.Skills = append(slices.Clone(who.Skills), keys...)
	slices.Sort(who.Skills)
	who.Skills = slices.Compact(who.Skills)
	q.who = &who
	return nil
}

// anySkill tells whether nothing is known of what who asks can do.
func (q *question) anySkill() bool { return !q.personal && q.in.Skills == "" }

// setNumbers reads what a score is made of.
func (q *question) setNumbers() error {
	var err error
	if q.weights, err = q.Service.weights(); err != nil {
		return err
	}
	if q.in.Order == "" {
		q.in.Order = "near"
		if q.personal {
			q.in.Order = "best"
		}
	}
	if q.in.Order == "near" {
		q.weights = match.Weights{FenPerPoint: math.Inf(1), ReliabilityPerPoint: math.Inf(1),
			PointsPerKM: 1}
	}
	km, err := q.Policy.At("market.way_km_min", "", civil.DateOf(q.DB.Now()))
	q.kmMin = km.Value
	return err
}

// weights are data: what a point of a score is worth.
func (s *Service) weights() (match.Weights, error) {
	var w match.Weights
	const wayBP = 10_000
	for _, n := range []struct {
		code string
		to   *float64
		per  float64
	}{
		{"market.match_point_fen", &w.FenPerPoint, 1},
		{"market.match_km_points_bp", &w.PointsPerKM, wayBP},
		{"market.match_missing_points", &w.PointsPerMissing, 1},
		{"market.match_reliability", &w.ReliabilityPerPoint, 1},
	} {
		v, err := s.Policy.At(n.code, "", civil.DateOf(s.DB.Now()))
		if err != nil {
			return w, err
		}
		*n.to = float64(v.Value) / n.per
	}
	return w, nil
}

// setWhere finds from where it is looked, and how far: the point asked for, the place, where the
// worker said to be, the middle of the region asked for or lived in.
func (q *question) setWhere(ctx context.Context, t *town) error {
	if r := q.in.Region; r != "" && !region.Valid(r) {
		return fault.New(fault.Invalid, "market.region_unknown", "region", r).OnField("region")
	}
	q.in.Region = region.Canonical(q.in.Region)
	q.reachM = q.reach()
	if q.at != (point{}) { // that of the page before
		return nil
	}
	field := "lon_e6"
	switch {
	case q.in.LonE6 != 0 || q.in.LatE6 != 0:
		q.at = point{q.in.LonE6, q.in.LatE6}
	case q.in.PlaceID != "":
		place, err := q.Stations.PlaceTx(ctx, q.DB, q.in.PlaceID)
		if err != nil {
			return err
		}
		q.at, field = point{place.LonE6, place.LatE6}, "place_id"
	case q.in.Region == "" && (q.who.LonE6 != 0 || q.who.LatE6 != 0):
		q.at = point{q.who.LonE6, q.who.LatE6}
	default:
		var err error
		if q.at, err = q.middle(ctx, t); err != nil {
			return err
		}
		field = "region"
	}
	if !t.inside(q.at) {
		return fault.New(fault.Invalid, "market.outside_city").OnField(field)
	}
	return nil
}

// middle is that of the vacancies in the region asked for, or lived in; of its places without any.
func (q *question) middle(ctx context.Context, t *town) (point, error) {
	code := q.in.Region
	if code == "" {
		code = q.who.Region
	}
	if code == "" {
		return point{}, fault.New(fault.Invalid, "market.where_missing").OnField("lon_e6")
	}
	if s := t.spot(code); s.n > 0 {
		return point{s.lonE6 / s.n, s.latE6 / s.n}, nil
	}
	p, err := middleOf(ctx, q.DB, code)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.Invalid, "market.region_empty", "region", region.FullName(code)).
			OnField("region")
	}
	return p, err
}

func (q *question) reach() int64 {
	switch {
	case q.in.ReachM > 0:
		return min(q.in.ReachM, reachMMax)
	case q.in.MinutesMax > 0:
		return min(q.in.MinutesMax*1000/q.kmMin, reachMMax)
	case q.in.Region != "" && q.in.LonE6 == 0 && q.in.PlaceID == "":
		return regionReachM
	case q.personal && q.who.ReachM > 0:
		return q.who.ReachM
	}
	return reachDefaultM
}

// inside tells whether a point lies where this city can be. A city without a place is anywhere.
func (t *town) inside(p point) bool {
	if !geo.OnEarth(p.lonE6, p.latE6) {
		return false
	}
	if !t.laid {
		return true
	}
	x, y := t.plane.XY(p.lonE6, p.latE6)
	return math.Hypot(float64(x), float64(y)) <= cityReachM
}

// The place of a page's last item: its score to the bit, its vacancy, and from where it was looked.
const afterForm = "%x/%d/%d/%t/%s"

func (q *question) setAfter(t *town) error {
	if q.in.After == "" {
		return nil
	}
	bad := fault.New(fault.Invalid, "market.page_unknown").OnField("after")
	text, err := base64.RawURLEncoding.DecodeString(q.in.After)
	if err != nil {
		return bad
	}
	var bits uint64
	var id string
	if _, err := fmt.Sscanf(string(text), afterForm, &bits, &q.at.lonE6, &q.at.latE6,
		&q.nearly, &id); err != nil || !t.inside(q.at) || math.IsNaN(math.Float64frombits(bits)) {
		return bad
	}
	hit := match.Hit{ID: -1, Score: math.Float64frombits(bits)}
	if n, ok := t.numberOf.Load(id); ok {
		hit.ID = n.(int32)
	}
	q.after = &hit
	return nil
}

// setWords looks up which texts hold the words.
func (q *question) setWords(t *town) error {
	if q.in.Q == "" {
		return nil
	}
	var err error
	if q.exact, q.near, err = t.texts.Find(q.in.Q); err != nil {
		return fault.New(fault.Invalid, "market.words").OnField("q").Because(err)
	}
	return nil
}

func (q *question) nextAfter(h match.Hit, vacancyID string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, afterForm,
		math.Float64bits(h.Score), q.at.lonE6, q.at.latE6, q.nearly, vacancyID))
}

// wants tells whether an opening passes what is asked for beside place, pay and skills.
func (q *question) wants(e *entry) bool {
	switch g := e.boss.Load(); {
	case g.Hidden,
		q.in.Grade != "" && (g.Grade == ungraded.Grade || g.Grade > q.in.Grade),
		q.in.EmployerID != "" && e.EmployerID != q.in.EmployerID,
		!strings.HasPrefix(e.Region, q.in.Region),
		!strings.HasPrefix(e.Occupation, q.in.Occupation),
		q.in.FixedHours && !e.fixed,
		q.in.ChildFriendly && !e.byDay:
		return false
	}
	return slices.ContainsFunc(e.Slots, func(s slot) bool { return q.obstacle(e.opening, &s) == "" })
}

// obstacle tells what keeps who asks from a slot.
func (q *question) obstacle(o *opening, s *slot) Obstacle {
	switch {
	case s.StartMS < q.fromMS:
		return obstacleBegun
	case q.in.Day != "" && s.Day != q.in.Day:
		return obstacleDay
	}
	return q.who.meets(o, s)
}

// page asks the engine and writes the answer.
func (q *question) page(t *town) (FoundWork, error) {
	out := FoundWork{Items: []WorkItem{}, Order: q.in.Order, Personal: q.personal,
		LonE6: q.at.lonE6, LatE6: q.at.latE6, ReachM: q.reachM}
	if q.note != "" {
		out.Note = q.Text.Say(q.lang, q.note, nil)
	}
	if !t.laid {
		return out, nil
	}
	hits, err := q.hits(t)
	if err == nil && len(hits) == 0 && q.in.Q != "" && q.after == nil {
		q.nearly = true
		hits, err = q.hits(t)
	}
	if err != nil {
		return out, err
	}
	if q.in.Q != "" {
		out.Matched = "exact"
		if q.nearly {
			out.Matched = "near"
		}
	}
	for _, h := range hits {
		if item, ok := q.item(t, h); ok {
			out.Items = append(out.Items, item)
		}
	}
	if n := len(hits); n == q.in.Limit {
		if e := t.openings.At(hits[n-1].ID); e != nil {
			out.Next = q.nextAfter(hits[n-1], e.VacancyID)
		}
	}
	return out, nil
}

func (q *question) hits(t *town) ([]match.Hit, error) {
	who := *q.who
	who.LonE6, who.LatE6, who.ReachM = q.at.lonE6, q.at.latE6, q.reachM
	w := t.onPlane(&who, 0)
	found := q.exact
	if q.nearly {
		found = q.near()
	}
	ask := match.Ask{K: q.in.Limit, After: q.after, Weights: &q.weights,
		AnySkill: q.anySkill(), Keep: func(n int32) bool {
			if q.in.Q != "" && !found.Has(n) {
				return false
			}
			e := t.openings.At(n)
			return e != nil && q.wants(e)
		}}
	if q.in.Q == "" || found.Len() > match.AmongMax {
		return t.index.FindPosts(&w, &ask, nil)
	}
	var list []match.Post // rare words: looking at these is quicker than looking around
	found.Each(func(n int32) {
		if e := t.openings.At(n); e != nil {
			p := t.postOf(e.opening)
			p.ID = n
			list = append(list, p)
		}
	})
	return t.index.PostsAmong(&w, list, &ask, nil)
}
