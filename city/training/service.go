package training

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/region"
)

// phoneDomain binds sealed phones to their column.
const phoneDomain = "class.phone"

// looksSealed is what a check without a key can see of a sealed phone.
func looksSealed(field []byte) bool { return crypt.LooksSealed(field) }

// Messages tells people; notify.Service does.
type Messages interface {
	PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error
}

// Skills is what a class needs of the skills; skill.Service does it.
type Skills interface {
	Name(key, lang string) (name string, certificate bool)
	Teachable(key string) bool
	AssessedTx(ctx context.Context, tx *db.Tx, workerID, skill, evidence string) error
}

var _ Skills = (*skill.Service)(nil)

// Deps are what classes stand on.
type Deps struct {
	DB       *db.DB
	Box      crypt.Box
	Text     *i18n.Book
	Policy   *policy.Book
	People   *people.Service
	Stations *station.Service
	Skills   Skills
	Notify   Messages
}

// Service is the classes.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

func scope(ctx context.Context, op string) string {
	return "training." + op + "/" + people.ActorOf(ctx).AccountID
}

// OpenClass asks for a new class. Where a station runs it and no address is given, it takes place
// there.
type OpenClass struct {
	deed.Keyed
	PlaceID   string    `json:"place_id,omitempty"   maxLength:"60" doc:"the station that runs it; empty: the bureau"`
	Title     string    `json:"title"                maxLength:"40"`
	Skill     string    `json:"skill"                maxLength:"60" doc:"key of the catalogue"`
	Teacher   string    `json:"teacher"              maxLength:"30"`
	Phone     string    `json:"phone"                maxLength:"20" doc:"the teacher's, for those who have a seat"`
	PlaceName string    `json:"place_name,omitempty" maxLength:"60"`
	Address   string    `json:"address,omitempty"    maxLength:"120"`
	Region    string    `json:"region,omitempty"     maxLength:"6"  doc:"GB/T 2260"`
	LonE6     int64     `json:"lon_e6,omitempty"     doc:"millionths of a degree, WGS-84"`
	LatE6     int64     `json:"lat_e6,omitempty"`
	Sessions  []Session `json:"sessions"             maxItems:"60"  doc:"in order"`
	Seats     int64     `json:"seats"                minimum:"1" maximum:"200"`
	FeeFen    money.Fen `json:"fee_fen,omitempty"    doc:"paid at the class; 0: free"`
	ClosesAt  time.Time `json:"closes_at"            doc:"until when a seat can be taken"`
}

// View is a class as everybody may see it.
type View struct {
	ID          string    `json:"id"`
	PlaceID     string    `json:"place_id,omitempty" doc:"the station that runs it"`
	Title       string    `json:"title"`
	Skill       string    `json:"skill"`
	SkillName   string    `json:"skill_name"`
	Teacher     string    `json:"teacher"`
	PlaceName   string    `json:"place_name"`
	Address     string    `json:"address"`
	Region      string    `json:"region"`
	District    string    `json:"district"              doc:"the region's name"`
	LonE6       int64     `json:"lon_e6"`
	LatE6       int64     `json:"lat_e6"`
	DistanceM   int64     `json:"distance_m,omitempty"  doc:"from where it was asked"`
	MinutesAway int64     `json:"minutes_away,omitempty"`
	Sessions    []Session `json:"sessions"`
	Seats       int64     `json:"seats"`
	SeatsLeft   int64     `json:"seats_left"`
	FeeFen      money.Fen `json:"fee_fen"`
	ClosesAt    time.Time `json:"closes_at"`
	State       State     `json:"state"                 enum:"open,called_off"`
	Reason      string    `json:"reason,omitempty"      doc:"why it was called off"`
	Takes       bool      `json:"takes"                 doc:"a seat can be taken now"`
}

func (s *Service) view(c Class, lang string) View {
	v := View{ID: c.ID, PlaceID: c.PlaceID, Title: c.Title, Skill: c.Skill, Teacher: c.Teacher,
		PlaceName: c.PlaceName, Address: c.Address, Region: c.Region, District: region.Name(c.Region),
		LonE6: c.LonE6, LatE6: c.LatE6, Sessions: c.Sessions, Seats: c.Seats,
		SeatsLeft: c.Seats - c.Taken, FeeFen: c.FeeFen, ClosesAt: c.ClosesAt, State: c.State,
		Reason: c.Reason, Takes: c.takes(s.DB.Now()) == nil}
	v.SkillName, _ = s.Skills.Name(c.Skill, lang)
	return v
}

// OpenClass opens a class for enrolment.
// Faults: training.title, .teacher, .phone, .place, .position, .seats, .fee, .sessions, .session,
// .closes, .skill, .region (invalid, on their field); training.no_counter (conflict);
// station.place_not_found; station.not_here (forbidden).
func (s *Service) OpenClass(ctx context.Context, in OpenClass) (View, error) {
	if err := people.Must(ctx, people.PermRunClass, ""); err != nil {
		return View{}, err
	}
	c := Class{PlaceID: in.PlaceID, PlaceName: in.PlaceName, Address: in.Address, Region: in.Region,
		LonE6: in.LonE6, LatE6: in.LatE6, Title: in.Title, Skill: in.Skill, Teacher: in.Teacher,
		Seats: in.Seats, FeeFen: in.FeeFen, ClosesAt: in.ClosesAt.UTC(), State: Open,
		OpenedBy: people.ActorOf(ctx).AccountID}
	for _, one := range in.Sessions {
		c.Sessions = append(c.Sessions, Session{one.StartsAt.UTC(), one.EndsAt.UTC()})
	}
	if err := c.check(in.Phone, s.DB.Now()); err != nil {
		return View{}, err
	}
	if !s.Skills.Teachable(in.Skill) {
		return View{}, bad("training.skill", "skill")
	}
	phone, err := s.Box.Seal(phoneDomain, in.Phone)
	if err != nil {
		return View{}, fmt.Errorf("seal a teacher's phone: %w", err)
	}
	in.Phone = s.Box.Blind(phoneDomain, in.Phone) // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "open"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (View, error) {
			c := c
			if err := s.runsTx(ctx, tx, c.PlaceID); err != nil {
				return View{}, err
			}
			if err := s.placeTx(ctx, tx, &c); err != nil {
				return View{}, err
			}
			c.ID, c.OpenedAt = tx.ID("cls"), tx.Now
			if err := insertClass(ctx, tx, c, phone); err != nil {
				return View{}, err
			}
			return s.view(c, ""), feed.PutTx(ctx, tx, ClassOpened{ClassID: c.ID, Skill: c.Skill})
		})
}

// runsTx refuses who does not run the station's classes; the bureau's own are for clerks.
// Faults: station.not_here (forbidden); station.place_not_found.
func (s *Service) runsTx(ctx context.Context, r db.Reader, placeID string) error {
	if placeID == "" && people.ActorOf(ctx).Has(people.RoleClerk) {
		return nil
	}
	return s.Stations.WorksHereTx(ctx, r, placeID)
}

// placeTx says where a class takes place.
func (s *Service) placeTx(ctx context.Context, r db.Reader, c *Class) error {
	if c.PlaceID != "" {
		p, err := s.Stations.PlaceTx(ctx, r, c.PlaceID)
		if err == nil && !p.IsCounter() {
			err = fault.New(fault.Conflict, "training.no_counter").OnField("place_id")
		}
		if err != nil {
			return err
		}
		if c.Address == "" {
			c.PlaceName, c.Address, c.Region = p.Name, p.Address, p.Region
			c.LonE6, c.LatE6 = p.LonE6, p.LatE6
		}
		c.PlaceName = cmp.Or(c.PlaceName, p.Name)
	}
	if !region.Valid(c.Region) {
		return bad("training.region", "region")
	}
	return c.checkPlace()
}

// FindClasses asks for classes in which a seat can be taken.
type FindClasses struct {
	Skill  string `json:"skill,omitempty"   query:"skill"   maxLength:"60" doc:"key of the catalogue"`
	LonE6  int64  `json:"lon_e6,omitempty"  query:"lon_e6"  doc:"from where: the nearest first"`
	LatE6  int64  `json:"lat_e6,omitempty"  query:"lat_e6"`
	ReachM int64  `json:"reach_m,omitempty" query:"reach_m" minimum:"0" doc:"how far at most; 0: anywhere"`
	Lang   string `json:"lang,omitempty"    query:"lang"    enum:"zh-CN,en"`
}

// List is classes.
type List struct {
	Classes []View `json:"classes"`
}

// FindClasses lists classes with seats left: the nearest first, or the soonest first where nobody
// says from where. At most listMax.
func (s *Service) FindClasses(ctx context.Context, in FindClasses) (List, error) {
	if err := people.Must(ctx, people.PermSeeClass, ""); err != nil {
		return List{}, err
	}
	now := s.DB.Now()
	kmMin, err := s.Policy.At("market.way_km_min", "", civil.DateOf(now))
	if err != nil {
		return List{}, err
	}
	found, err := openClasses(ctx, s.DB, in.Skill, now)
	out := List{Classes: []View{}}
	there := in.LonE6 != 0 || in.LatE6 != 0
	for _, c := range found {
		v := s.view(c, in.Lang)
		if there {
			v.DistanceM = geo.DistanceM(in.LonE6, in.LatE6, c.LonE6, c.LatE6)
			v.MinutesAway = (v.DistanceM*kmMin.Value + 999) / 1000
		}
		if in.ReachM == 0 || v.DistanceM <= in.ReachM {
			out.Classes = append(out.Classes, v)
		}
	}
	if there {
		slices.SortStableFunc(out.Classes, func(a, b View) int {
			return cmp.Compare(a.DistanceM, b.DistanceM)
		})
	}
	out.Classes = out.Classes[:min(len(out.Classes), listMax)]
	return out, err
}

// OpenTx lists the classes in which a seat can be taken, for who keeps them in memory: the events
// of this slice say when to ask again, and ClosesAt when one has closed without an event.
func (s *Service) OpenTx(ctx context.Context, r db.Reader, now time.Time) ([]Taught, error) {
	found, err := openClasses(ctx, r, "", now)
	list := make([]Taught, len(found))
	for i, c := range found {
		list[i] = Taught{ID: c.ID, Title: c.Title, Skill: c.Skill, PlaceID: c.PlaceID,
			PlaceName: c.PlaceName, LonE6: c.LonE6, LatE6: c.LatE6, SeatsLeft: c.Seats - c.Taken,
			FeeFen: c.FeeFen, StartsAt: c.Sessions[0].StartsAt, ClosesAt: c.ClosesAt}
	}
	return list, err
}

// GetClass asks for one class.
type GetClass struct {
	ClassID string `json:"class_id"       path:"class_id"`
	Lang    string `json:"lang,omitempty" query:"lang"    enum:"zh-CN,en"`
}

// ClassView is a class with what who asks has to do with it.
type ClassView struct {
	View
	Phone string         `json:"phone,omitempty" doc:"the teacher's, for who has a seat"`
	Mine  *EnrolmentView `json:"mine,omitempty"  doc:"the seat of who asks"`
}

// ShowClass shows a class to anybody, and to a worker the own seat in it.
// Faults: training.class_not_found.
func (s *Service) ShowClass(ctx context.Context, in GetClass) (ClassView, error) {
	if err := people.Must(ctx, people.PermSeeClass, ""); err != nil {
		return ClassView{}, err
	}
	c, err := getClass(ctx, s.DB, in.ClassID)
	if err != nil {
		return ClassView{}, err
	}
	out := ClassView{View: s.view(c, in.Lang)}
	workerID := people.ActorOf(ctx).WorkerID
	if workerID == "" {
		return out, nil
	}
	seat, err := seatOf(ctx, s.DB, c.ID, workerID)
	if err != nil || seat.ID == "" {
		return out, err
	}
	mine := enrolmentView(seat, out.View)
	out.Mine = &mine
	out.Phone, err = s.phone(ctx, c.ID)
	return out, err
}

func (s *Service) phone(ctx context.Context, classID string) (string, error) {
	sealed, err := phoneOf(ctx, s.DB, classID)
	if err != nil {
		return "", err
	}
	text, err := s.Box.Open(phoneDomain, sealed)
	if err != nil {
		return "", fmt.Errorf("open the teacher's phone of %s: %w", classID, err)
	}
	return text, nil
}
