package station

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

const turnsMax = 200 // numbers of a page; the next one begins behind it

// TakeTurn asks for a number.
type TakeTurn struct {
	deed.Keyed
	PlaceID string `json:"place_id" path:"place_id"`
	Kind    string `json:"kind" enum:"work,consult,guidance,policy,training,rights,other"`
}

// TakeTurn puts somebody into today's queue of a counter, without a name.
// Faults: station.service_kind (invalid); station.not_here (forbidden).
func (s *Service) TakeTurn(ctx context.Context, in TakeTurn) (Turn, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Turn{}, err
	}
	if err := checkPurpose(in.Kind); err != nil {
		return Turn{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "take_turn"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Turn, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return Turn{}, err
			}
			return insertTurn(ctx, tx, Turn{ID: tx.ID("trn"), PlaceID: in.PlaceID, Kind: in.Kind,
				Day: civil.DateOf(tx.Now), State: Waiting, At: tx.Now})
		}, db.Lane("queue", in.PlaceID))
}

// CallTurn asks for the next number.
type CallTurn struct {
	deed.Keyed
	PlaceID string `json:"place_id" path:"place_id"`
}

// CallTurn calls whoever has waited longest today.
// Faults: station.not_here (forbidden); station.queue_empty (conflict).
func (s *Service) CallTurn(ctx context.Context, in CallTurn) (Turn, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Turn{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "call_turn"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Turn, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return Turn{}, err
			}
			turn, err := nextTurn(ctx, tx, in.PlaceID, civil.DateOf(tx.Now))
			if err != nil {
				return Turn{}, err
			}
			turn.State, turn.CalledAt = Called, tx.Now
			return turn, callTurn(ctx, tx, turn, people.ActorOf(ctx).AccountID)
		}, db.Lane("queue", in.PlaceID))
}

// EndTurn says what became of a number that was called.
type EndTurn struct {
	deed.Keyed
	PlaceID string `json:"place_id" path:"place_id"`
	TurnID  string `json:"turn_id" path:"turn_id"`
	Served  bool   `json:"served" doc:"false: called, and nobody came"`
}

// EndTurn closes a number that was called.
// Faults: station.not_here (forbidden); station.turn_not_found; station.turn_state (conflict).
func (s *Service) EndTurn(ctx context.Context, in EndTurn) (Turn, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Turn{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_turn"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Turn, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return Turn{}, err
			}
			turn, err := getTurn(ctx, tx, in.PlaceID, in.TurnID)
			if err == nil && turn.State != Called {
				err = fault.New(fault.Conflict, "station.turn_state").OnField("turn_id")
			}
			if err != nil {
				return Turn{}, err
			}
			turn.State, turn.EndedAt = Gone, tx.Now
			if in.Served {
				turn.State = Served
			}
			return turn, endTurn(ctx, tx, turn)
		}, db.Lane("queue", in.PlaceID))
}

// GetQueue asks for the queue of a day, today's without one.
type GetQueue struct {
	PlaceID string     `json:"place_id" path:"place_id"`
	Day     civil.Date `json:"day,omitempty" query:"day"`
	After   string     `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
}

// Queue is a page of a day's numbers of a counter: those that are called, those that wait, those
// that were served and those that had gone, each in order.
type Queue struct {
	Turns   []Turn `json:"turns"`
	Waiting int64  `json:"waiting" doc:"how many wait, on whatever page"`
	Next    string `json:"next,omitempty" doc:"ask with it for the next page"`
}

// ShowQueue shows a counter's queue to who works there, turnsMax numbers at a time.
// Faults: station.not_here (forbidden); db.mark (invalid).
func (s *Service) ShowQueue(ctx context.Context, in GetQueue) (Queue, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Queue{}, err
	}
	if err := s.worksHere(ctx, s.DB, in.PlaceID); err != nil {
		return Queue{}, err
	}
	if in.Day == "" {
		in.Day = civil.DateOf(s.DB.Now())
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return Queue{}, err
	}
	list, err := turnsOf(ctx, s.DB, in.PlaceID, in.Day, behind.MS, turnsMax+1)
	if err != nil {
		return Queue{}, err
	}
	list, next := db.Page(list, turnsMax, func(t Turn) string { return db.Mark{MS: t.line}.String() })
	counted, _, err := turnsByState(ctx, s.DB, in.PlaceID, in.Day)
	return Queue{list, counted[Waiting], next}, err
}

// GetTurn asks for one number.
type GetTurn struct {
	PlaceID string `json:"place_id" path:"place_id"`
	TurnID  string `json:"turn_id" path:"turn_id"`
}

// ShowTurn shows a number, and how many wait before it, to who works at the counter.
// Faults: station.not_here (forbidden); station.turn_not_found.
func (s *Service) ShowTurn(ctx context.Context, in GetTurn) (Turn, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Turn{}, err
	}
	if err := s.worksHere(ctx, s.DB, in.PlaceID); err != nil {
		return Turn{}, err
	}
	t, err := getTurn(ctx, s.DB, in.PlaceID, in.TurnID)
	if err == nil && t.State == Waiting {
		t.Ahead, err = waitingBefore(ctx, s.DB, t)
	}
	return t, err
}

// GetCounter asks for a station by who works there.
type GetCounter struct {
	PlaceID string `json:"place_id" path:"place_id"`
}

// ShowCounter shows a station to who works at its counter.
// Faults: station.not_here (forbidden); station.place_not_found.
func (s *Service) ShowCounter(ctx context.Context, in GetCounter) (PlaceView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return PlaceView{}, err
	}
	p, err := s.PlaceTx(ctx, s.DB, in.PlaceID)
	if err == nil && p.EmployerID != "" {
		err = noPlace() // a workplace has no counter
	}
	if err == nil {
		err = s.worksHere(ctx, s.DB, p.ID)
	}
	if err != nil {
		return PlaceView{}, err
	}
	return viewOf(p), nil
}

// Receive is somebody at the counter who shows the ID card.
type Receive struct {
	deed.Keyed
	PlaceID  string `json:"place_id" path:"place_id"`
	IDNumber string `json:"id_number" maxLength:"30"`
	CardSeen bool   `json:"card_seen" doc:"the ID card was shown and is that person's"`
}

// Client is somebody at the counter as the staff see them.
type Client struct {
	people.WorkerView
	Help *HelpView `json:"help,omitempty" doc:"the authority that who asks has now"`
}

// ReceiveWalkIn finds a registered worker by the ID card that is shown, and writes the visit into
// the ledger.
// Faults: station.card_unseen (invalid); those of people.BlindID; station.not_here (forbidden);
// people.worker_not_found.
func (s *Service) ReceiveWalkIn(ctx context.Context, in Receive) (Client, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Client{}, err
	}
	if !in.CardSeen {
		return Client{}, fault.New(fault.Invalid, "station.card_unseen").OnField("card_seen")
	}
	blind, err := s.People.BlindID(in.IDNumber)
	if err != nil {
		return Client{}, err
	}
	in.IDNumber = blind // what is hashed
	return deed.Once(ctx, s.DB, scope(ctx, "receive"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Client, error) {
			if err := s.worksHere(ctx, tx, in.PlaceID); err != nil {
				return Client{}, err
			}
			id, err := s.People.WorkerOfBlindTx(ctx, tx, blind)
			if err != nil {
				return Client{}, err
			}
			err = insertService(ctx, tx, ServiceView{ID: tx.ID("srv"), PlaceID: in.PlaceID, WorkerID: id,
				Kind: "visit", Ref: id}, people.ActorOf(ctx).AccountID)
			if err != nil {
				return Client{}, err
			}
			return s.client(ctx, tx, id, tx.Now)
		})
}

func (s *Service) client(
	ctx context.Context, r db.Reader, workerID string, now time.Time,
) (Client, error) {
	card, err := s.People.CardOfTx(ctx, r, workerID)
	if err != nil {
		return Client{}, err
	}
	h, there, err := helpNow(ctx, r, workerID, people.ActorOf(ctx).AccountID, now)
	c := Client{WorkerView: card}
	if there {
		v := h.view()
		c.Help = &v
	}
	return c, err
}

// GetClient asks for somebody who is at the counter today.
type GetClient struct {
	PlaceID  string `json:"place_id" path:"place_id"`
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// ShowClient shows somebody whom the ledger of this counter has seen today; others are not found.
// Faults: station.not_here (forbidden); people.worker_not_found.
func (s *Service) ShowClient(ctx context.Context, in GetClient) (Client, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Client{}, err
	}
	if err := s.worksHere(ctx, s.DB, in.PlaceID); err != nil {
		return Client{}, err
	}
	now := s.DB.Now()
	here, err := servedHere(ctx, s.DB, in.PlaceID, in.WorkerID, civil.DateOf(now).Midnight())
	if err == nil && !here {
		err = fault.New(fault.NotFound, "people.worker_not_found").OnField("worker_id")
	}
	if err != nil {
		return Client{}, err
	}
	return s.client(ctx, s.DB, in.WorkerID, now)
}

// Count is how often something was done.
type Count struct {
	Kind string `json:"kind"`
	N    int64  `json:"n"`
}

// Tally is what a counter did on a day.
type Tally struct {
	Day      civil.Date `json:"day"`
	Services []Count    `json:"services" doc:"by kind"`
	People   int64      `json:"people" doc:"served with a name, each once"`
	Turns    []Count    `json:"turns" doc:"numbers of the queue, by state"`
	WaitMin  int64      `json:"wait_min,omitempty" doc:"mean minutes from taking a number to the call"`
}

// ShowTally counts what a counter did on a day, today without one.
// Faults: station.not_here (forbidden).
func (s *Service) ShowTally(ctx context.Context, in GetQueue) (Tally, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return Tally{}, err
	}
	if err := s.worksHere(ctx, s.DB, in.PlaceID); err != nil {
		return Tally{}, err
	}
	if in.Day == "" {
		in.Day = civil.DateOf(s.DB.Now())
	}
	t := Tally{Day: in.Day, Turns: []Count{}}
	counted, waitMin, err := turnsByState(ctx, s.DB, in.PlaceID, in.Day)
	if err != nil {
		return t, err
	}
	for _, state := range []string{Waiting, Called, Served, Gone} {
		t.Turns = append(t.Turns, Count{state, counted[state]})
	}
	t.WaitMin = waitMin
	t.Services, t.People, err = tally(ctx, s.DB, in.PlaceID, in.Day.Midnight(),
		in.Day.AddDays(1).Midnight())
	return t, err
}
