package insurance

import (
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// RequestState is where a question to the insurer stands.
type RequestState string

// The states of a request; see the package comment for the drawing.
const (
	RequestWanted    RequestState = "wanted"
	RequestSent      RequestState = "sent"
	RequestUnknown   RequestState = "unknown"
	RequestConfirmed RequestState = "confirmed"
	RequestRefused   RequestState = "refused"
	RequestTimedOut  RequestState = "timed_out"
)

// Request is the question whether the insurer takes one placement, asked before its start.
type Request struct {
	ID, PlacementID, WorkerID string
	PlanID                    string
	Version                   int64
	ConsentID, Insurer        string
	State                     RequestState
	Reason                    string // of a refusal, in the insurer's words
	Attempts                  int64
	PremiumFen                int64
	From, Until               time.Time // as planned
	AskedAt, NextAt, AnswerBy time.Time
	EndedAt                   time.Time // 1970 while it is open
}

// mustBeConfirmed refuses a start before the insurer has said yes.
// Faults: insurance.not_confirmed (conflict) while it has not, or was silent for too long;
// insurance.refused (conflict).
func (r Request) mustBeConfirmed() error {
	switch r.State {
	case RequestConfirmed:
		return nil
	case RequestRefused:
		return fault.New(fault.Conflict, "insurance.refused").OnField("plan_id")
	}
	return fault.New(fault.Conflict, "insurance.not_confirmed").OnField("plan_id")
}

const (
	askFirst = 5 * time.Second // somebody stands at the gate
	askMax   = time.Minute
)

// claimed is the request just before the insurer is called.
func (r Request) claimed(now time.Time) Request {
	r.State, r.NextAt = RequestSent, now.Add(askMax)
	return r
}

// answered is the request after the insurer's answer, or after none. Silence until AnswerBy is a
// no.
func (r Request) answered(a Answer, now time.Time) Request {
	switch a.State {
	case insurerAccepted:
		return r.end(RequestConfirmed, "", now)
	case insurerRejected:
		return r.end(RequestRefused, a.Reason, now)
	case insurerNeverSeen:
		r.State = RequestWanted
	default:
		r.State = RequestUnknown
	}
	if !now.Before(r.AnswerBy) {
		return r.end(RequestTimedOut, "", now)
	}
	r.Attempts++
	pause := askFirst
	for n := r.Attempts; n > 1 && pause < askMax; n-- {
		pause *= 2
	}
	r.NextAt = now.Add(min(pause, askMax))
	if r.NextAt.After(r.AnswerBy) {
		r.NextAt = r.AnswerBy
	}
	return r
}

func (r Request) end(to RequestState, reason string, now time.Time) Request {
	r.State, r.Reason, r.EndedAt, r.NextAt = to, reason, now, never
	return r
}
