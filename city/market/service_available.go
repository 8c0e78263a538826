package market

import (
	"context"
	"errors"
	"slices"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// SetAvailability says from where, how far, when and for how much a worker is ready to work, and
// which skills employers are shown: 我有手艺.
type SetAvailability struct {
	deed.Keyed
	WorkerID string      `json:"worker_id"           path:"worker_id"`
	LonE6    int64       `json:"lon_e6"              doc:"from where, millionths of a degree"`
	LatE6    int64       `json:"lat_e6"`
	ReachM   int64       `json:"reach_m"             doc:"how far at most"`
	FloorFen money.Fen   `json:"floor_fen,omitempty" doc:"an hour's pay below which no work is shown"`
	NoNight  bool        `json:"no_night,omitempty"  doc:"no work between 22:00 and 06:00"`
	Free     []FreeHours `json:"free,omitempty"      doc:"in whole half hours; empty: at any time" maxItems:"21"`
	Crafts   []string    `json:"crafts,omitempty"    doc:"skills and certificates of the worker that employers are shown" maxItems:"10"`
	Words    string      `json:"words,omitempty"     doc:"a line to employers, without a number" maxLength:"200"`
	Until    civil.Date  `json:"until,omitempty"     doc:"last day; in 30 days if left out"`
	Open     bool        `json:"open"                doc:"no: shown to nobody, kept for the own search"`
}

// AvailabilityView is what a worker last said; Said is no when that is nothing.
type AvailabilityView struct {
	WorkerID string      `json:"worker_id"`
	Said     bool        `json:"said"`
	LonE6    int64       `json:"lon_e6"`
	LatE6    int64       `json:"lat_e6"`
	ReachM   int64       `json:"reach_m"`
	FloorFen money.Fen   `json:"floor_fen"`
	NoNight  bool        `json:"no_night"`
	Free     []FreeHours `json:"free"`
	Crafts   []string    `json:"crafts"`
	Words    string      `json:"words"`
	Until    civil.Date  `json:"until,omitempty"`
	Open     bool        `json:"open"`
}

func (a Availability) view(workerID string) AvailabilityView {
	v := AvailabilityView{WorkerID: workerID, Said: true, LonE6: a.LonE6, LatE6: a.LatE6,
		ReachM: a.ReachM, FloorFen: a.FloorFen, NoNight: a.NoNight, Free: a.Free, Crafts: a.Crafts,
		Words: a.Words, Until: a.Until, Open: a.Open}
	if v.Free == nil {
		v.Free = []FreeHours{}
	}
	if v.Crafts == nil {
		v.Crafts = []string{}
	}
	return v
}

// SetAvailability keeps what the worker says in place of what was said before. A skill can be shown
// to employers only if it is on record, a certificate only while it is in force.
// Faults (invalid): market.reach, market.floor, market.free_hours, market.crafts,
// market.craft_words, market.open_until, market.craft_not_held, market.outside_city;
// people.worker_not_found.
func (s *Service) SetAvailability(
	ctx context.Context, in SetAvailability,
) (AvailabilityView, error) {
	if err := people.Must(ctx, people.PermChangeSkills, in.WorkerID); err != nil {
		return AvailabilityView{}, err
	}
	today := civil.DateOf(s.DB.Now())
	if in.Until == "" {
		in.Until = today.AddDays(openDays)
	}
	a := Availability{LonE6: in.LonE6, LatE6: in.LatE6, ReachM: in.ReachM, FloorFen: in.FloorFen,
		NoNight: in.NoNight, Free: in.Free, Crafts: slices.Compact(slices.Sorted(
			slices.Values(in.Crafts))), Words: in.Words, Until: in.Until, Open: in.Open}
	if err := a.check(today); err != nil {
		return AvailabilityView{}, err
	}
	t, err := s.town(ctx)
	if err != nil {
		return AvailabilityView{}, err
	}
	if !t.inside(point{a.LonE6, a.LatE6}) {
		return AvailabilityView{}, fault.New(fault.Invalid, "market.outside_city").OnField("lon_e6")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "set_availability"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (AvailabilityView, error) {
			if _, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID); err != nil {
				return AvailabilityView{}, err
			}
			missing, err := s.Skills.MissingTx(ctx, tx, in.WorkerID, a.Crafts, civil.DateOf(tx.Now))
			if err == nil && len(missing) > 0 {
				err = fault.New(fault.Invalid, "market.craft_not_held", "skill", missing[0]).
					OnField("crafts")
			}
			if err != nil {
				return AvailabilityView{}, err
			}
			if err := upsertAvailability(ctx, tx, in.WorkerID, a); err != nil {
				return AvailabilityView{}, err
			}
			return a.view(in.WorkerID),
				feed.PutTx(ctx, tx, AvailabilityChanged{WorkerID: in.WorkerID, Open: a.Open})
		}, db.Lane("worker", in.WorkerID))
}

// GetAvailability asks what a worker last said.
type GetAvailability struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// ShowAvailability shows it to the worker and to staff.
func (s *Service) ShowAvailability(
	ctx context.Context, in GetAvailability,
) (AvailabilityView, error) {
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return AvailabilityView{}, err
	}
	a, err := availabilityOf(ctx, s.DB, in.WorkerID)
	if errors.Is(err, db.ErrNone) {
		_, err = s.People.GetWorkerTx(ctx, s.DB, in.WorkerID)
		v := a.view(in.WorkerID)
		v.Said = false
		return v, err
	}
	return a.view(in.WorkerID), err
}

// EraseTx forgets from where and when a worker was ready to work, what they were told of, and what
// they wanted to be called for, when their time of keeping is over.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, workerID string) error {
	if err := erasePushes(ctx, tx, workerID); err != nil {
		return err
	}
	if err := eraseGroups(ctx, tx, workerID); err != nil {
		return err
	}
	if err := eraseCallbacks(ctx, tx, workerID); err != nil {
		return err
	}
	if err := deleteCalendarLink(ctx, tx, workerID); err != nil {
		return err
	}
	return eraseAvailability(ctx, tx, workerID)
}
