package people

import (
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// RosterState is where an entry of an employer's roster stands.
type RosterState string

// The states: named ──the worker──▶ agreed or denied; named or agreed ──the employer──▶ ended, and
// from there, named again; who denied by mistake may agree.
const (
	RosterNamed  RosterState = "named"
	RosterAgreed RosterState = "agreed"
	RosterDenied RosterState = "denied"
	RosterEnded  RosterState = "ended"
)

// rosterEntry is somebody an employer says to employ.
type rosterEntry struct {
	ID, EmployerID, Name, Post string

	Since                 civil.Date
	State                 RosterState
	WorkerID, AccountID   string // of the worker, if there is one
	idSealed, phoneSealed []byte
	idBlind               string
	StateAt               time.Time
}

// mayBecome refuses a step that the drawing does not have.
// Faults: people.roster_state (conflict).
func (e rosterEntry) mayBecome(to RosterState) error {
	open := e.State == RosterNamed || e.State == RosterAgreed
	if open && to != RosterNamed || e.State == RosterEnded && to == RosterNamed ||
		e.State == RosterDenied && to == RosterAgreed {
		return nil
	}
	return fault.New(fault.Conflict, "people.roster_state").OnField("entry_id")
}
