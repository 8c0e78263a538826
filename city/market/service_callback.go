package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
)

// AskCallback is somebody who found no work and wants to be called back.
type AskCallback struct {
	deed.Keyed
	Region string `json:"region,omitempty" maxLength:"12" doc:"where work is wanted"`
	Words  string `json:"words" minLength:"1" maxLength:"200" doc:"which work, when"`
}

// CallbackView is a callback as the person who asked, or staff, sees it.
type CallbackView struct {
	ID          string    `json:"id"`
	Name        string    `json:"name,omitempty" doc:"for staff; nothing where nobody has registered yet"`
	PhoneMasked string    `json:"phone_masked,omitempty" doc:"for staff"`
	Phone       string    `json:"phone,omitempty" doc:"for whoever took it, once"`
	Region      string    `json:"region,omitempty"`
	Words       string    `json:"words"`
	State       string    `json:"state" enum:"waiting,taken,done,withdrawn"`
	Outcome     string    `json:"outcome,omitempty"`
	Note        string    `json:"note,omitempty" doc:"for staff"`
	Mine        bool      `json:"mine,omitempty" doc:"for staff: taken by whoever asks"`
	AskedAt     time.Time `json:"asked_at"`
	TakenAt     time.Time `json:"taken_at,omitzero"`
	DoneAt      time.Time `json:"done_at,omitzero"`
}

func (c Callback) view() CallbackView {
	return CallbackView{ID: c.ID, Region: c.Region, Words: c.Words, State: c.State,
		Outcome: c.Outcome, AskedAt: c.AskedAt, TakenAt: c.TakenAt, DoneAt: c.DoneAt}
}

// AskCallback puts somebody on the list of those whom the stations call; one wish at a time.
// Faults: market.callback_words, people.region_unknown (invalid); market.callback_open (conflict).
func (s *Service) AskCallback(ctx context.Context, in AskCallback) (CallbackView, error) {
	if err := people.Must(ctx, people.PermAskCallback, ""); err != nil {
		return CallbackView{}, err
	}
	if err := callbackWords(in.Words); err != nil {
		return CallbackView{}, err
	}
	if in.Region != "" && region.Name(in.Region) == "" {
		return CallbackView{}, fault.New(fault.Invalid, "people.region_unknown").OnField("region")
	}
	a := people.ActorOf(ctx)
	return deed.Once(ctx, s.DB, scope(ctx, "ask_callback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CallbackView, error) {
			c := Callback{ID: tx.ID("cbk"), AccountID: a.AccountID, WorkerID: a.WorkerID,
				Region: in.Region, Words: in.Words, State: callWaiting, AskedAt: tx.Now}
			return c.view(), insertCallback(ctx, tx, c)
		}, db.Lane("callback", a.AccountID))
}

// MyCallbacks asks for one's own callbacks.
type MyCallbacks struct{}

// CallbackList is a list of callbacks.
type CallbackList struct {
	Callbacks []CallbackView `json:"callbacks"`
}

// FindMyCallbacks lists what became of one's own wishes to be called, newest first.
func (s *Service) FindMyCallbacks(ctx context.Context, _ MyCallbacks) (CallbackList, error) {
	if err := people.Must(ctx, people.PermAskCallback, ""); err != nil {
		return CallbackList{}, err
	}
	list, err := callbacksOf(ctx, s.DB, people.ActorOf(ctx).AccountID)
	out := CallbackList{Callbacks: make([]CallbackView, len(list))}
	for i, c := range list {
		out.Callbacks[i] = c.view()
	}
	return out, err
}

// WithdrawCallback is somebody who no longer wants to be called.
type WithdrawCallback struct {
	deed.Keyed
	CallbackID string `json:"callback_id" path:"callback_id"`
}

// WithdrawCallback ends one's own wish.
// Faults: market.callback_not_found; market.callback_closed (conflict).
func (s *Service) WithdrawCallback(
	ctx context.Context, in WithdrawCallback,
) (CallbackView, error) {
	if err := people.Must(ctx, people.PermAskCallback, ""); err != nil {
		return CallbackView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "withdraw_callback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CallbackView, error) {
			c, err := getCallback(ctx, tx, in.CallbackID)
			if err == nil && c.AccountID != people.ActorOf(ctx).AccountID {
				err = noCallback()
			}
			if err != nil {
				return CallbackView{}, err
			}
			after, err := c.withdraw(tx.Now)
			if err != nil {
				return CallbackView{}, err
			}
			return after.view(), updateCallback(ctx, tx, after, c.State)
		})
}

// Callbacks asks for those who wait for a call.
type Callbacks struct{}

// FindCallbacks lists who waits for a call and who is being called, oldest first, at most listMax;
// phones are masked.
func (s *Service) FindCallbacks(ctx context.Context, _ Callbacks) (CallbackList, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return CallbackList{}, err
	}
	list, err := openCallbacks(ctx, s.DB)
	out := CallbackList{Callbacks: make([]CallbackView, len(list))}
	for i, c := range list {
		if err == nil {
			out.Callbacks[i], err = s.callbackFor(ctx, s.DB, c)
		}
	}
	return out, err
}

// callbackFor is a callback as staff sees it.
func (s *Service) callbackFor(
	ctx context.Context, r db.Reader, c Callback,
) (CallbackView, error) {
	v := c.view()
	v.Note, v.Mine = c.Note, c.TakenBy != "" && c.TakenBy == people.ActorOf(ctx).AccountID
	phone, err := s.People.PhoneTx(ctx, r, c.AccountID)
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		err = nil // the account was closed meanwhile: nobody to call
	}
	v.PhoneMasked = phone.String()
	if err == nil && c.WorkerID != "" {
		var w people.Worker
		w, err = s.People.GetWorkerTx(ctx, r, c.WorkerID)
		v.Name = w.Name
	}
	return v, err
}

// TakeCallback is a member of staff who makes the call.
type TakeCallback struct {
	CallbackID string `json:"callback_id" path:"callback_id"`
}

// TakeCallback gives the phone to whoever makes the call; nobody else can take it then. Who took it
// and when stays on record, where the person can read it. It has no key and its answer is stored
// nowhere: taking again what one has taken gives the phone again.
// Faults: market.callback_not_found; market.callback_taken, market.callback_closed (conflict);
// people.account_closed.
func (s *Service) TakeCallback(ctx context.Context, in TakeCallback) (CallbackView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return CallbackView{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (CallbackView, error) {
		c, err := getCallback(ctx, tx, in.CallbackID)
		if err != nil {
			return CallbackView{}, err
		}
		after, err := c.take(people.ActorOf(ctx).AccountID, tx.Now)
		if err != nil {
			return CallbackView{}, err
		}
		v, err := s.callbackFor(ctx, tx, after)
		if err != nil {
			return CallbackView{}, err
		}
		phone, err := s.People.PhoneTx(ctx, tx, c.AccountID)
		if err != nil {
			return CallbackView{}, err
		}
		v.Phone = string(phone)
		return v, updateCallback(ctx, tx, after, c.State)
	}, db.Lane("callback", in.CallbackID))
}

// CloseCallback is what came of the call.
type CloseCallback struct {
	deed.Keyed
	CallbackID string `json:"callback_id" path:"callback_id"`
	Outcome    string `json:"outcome" enum:"placed,advised,training,later,unreachable"`
	Note       string `json:"note,omitempty" maxLength:"200"`
}

// CloseCallback writes down what came of the call; whoever took it closes it.
// Faults: market.callback_not_found; market.callback_not_taken, market.callback_closed (conflict).
func (s *Service) CloseCallback(ctx context.Context, in CloseCallback) (CallbackView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return CallbackView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "close_callback"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CallbackView, error) {
			c, err := getCallback(ctx, tx, in.CallbackID)
			if err != nil {
				return CallbackView{}, err
			}
			after, err := c.end(people.ActorOf(ctx).AccountID, in.Outcome, in.Note, tx.Now)
			if err != nil {
				return CallbackView{}, err
			}
			if err := updateCallback(ctx, tx, after, c.State); err != nil {
				return CallbackView{}, err
			}
			return s.callbackFor(ctx, tx, after)
		})
}
