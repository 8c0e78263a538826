package attendance

import (
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Means says how a clock event was proven.
type Means string

// The means of proof. Forgotten is a proposal of the sweep; Correction was granted by the employer.
const (
	ByQR         Means = "qr"
	ByPlace      Means = "place"
	BySupervisor Means = "supervisor"
	Forgotten    Means = "forgotten"
	Corrected    Means = "correction"
	Offline      Means = "offline" // signed by the phone without network, uploaded later
)

// Kinds of clock events and states of a time sheet.
const (
	arrival  = "arrival"
	refused  = "refused"
	start    = "start"
	end      = "end"
	reversal = "reversal"

	arrived = "arrived"
	started = "started"
	ended   = "ended"
)

// Event is one thing that happened at the gate.
type Event struct {
	ID, PlacementID, WorkerID, Kind string
	At                              time.Time
	Means                           Means
	Reason, Reverses, AccountID     string
}

// Sheet is the sum of a placement's clock events.
type Sheet struct {
	PlacementID, WorkerID, EmployerID string
	State                             string
	ArrivedAt, StartedAt, EndedAt     time.Time
	StartID, EndID, LineID            string
	ShiftEndsAt                       time.Time
	WorkedMin                         int64
	FloorMin                          int64 // paid beyond the work: the employer sent the worker home
	Pieces                            int64
	FloorPieces                       int64  // the same of piece work
	Early                             string // own or sent_home, when it ended before its time
	Forgotten                         bool
}

// stretch is what the minutes of a sheet are counted within: the shift as the placement has it.
type stretch struct {
	from, to time.Time
	breakMin int64   // unpaid, at no fixed time
	breaks   []pause // unpaid, at fixed times; then breakMin is their sum and not used
}

type pause struct{ from, to time.Time }

// paidMin counts the minutes that are paid: from the shift's start or the later clock-in to the
// clock-out, in whole minutes rounded down for the start and up for the end (in the worker's
// favour), less the unpaid breaks: those at fixed times as far as they were within the work; one at
// no fixed time once more than half of the shift has passed. Midnight means nothing here.
// Source: product choice; 劳动法 36 speaks of hours worked, not of rounding.
func (s stretch) paidMin(startedAt, endedAt time.Time) int64 {
	from := startedAt.Truncate(time.Minute)
	if s.from.After(from) {
		from = s.from
	}
	to := endedAt.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
	gross := int64(to.Sub(from) / time.Minute)
	if gross <= 0 {
		return 0
	}
	if len(s.breaks) > 0 {
		for _, b := range s.breaks {
			gross -= b.within(from, to)
		}
		return max(gross, 0)
	}
	if planned := int64(s.to.Sub(s.from) / time.Minute); gross*2 > planned {
		gross -= s.breakMin
	}
	return max(gross, 0)
}

// within gives the pause's minutes between two instants.
func (p pause) within(from, to time.Time) int64 {
	if p.from.After(from) {
		from = p.from
	}
	if p.to.Before(to) {
		to = p.to
	}
	return max(0, int64(to.Sub(from)/time.Minute))
}

// How work can end before its time.
const (
	earlyOwn = "own"
	sentHome = "sent_home"
)

// earlyEnd tells whether an end lies before the shift's by more than the tolerance, and whose wish
// it was: the worker's own, unless the supervisor clocks out or the worker says to be sent home.
func earlyEnd(endedAt, shiftEnd time.Time, tolerance time.Duration, said string) string {
	if !endedAt.Before(shiftEnd.Add(-tolerance)) {
		return ""
	}
	return said
}

// floorOf gives what is paid on top of the work, minutes or pieces, when the employer sent the
// worker home: up to the policy's share of what was planned.
// Source: product choice; attendance.early_floor_bp.
func floorOf(worked, planned, floorBP int64) int64 {
	return max(0, (planned*floorBP+9_999)/10_000-worked)
}

// bounds are what a claim about times must stay within.
type bounds struct{ earliest, latest, now time.Time }

// check refuses times that cannot be: reversed, in the future, before the shift could be entered or
// long after it.
func (b bounds) check(from, to time.Time) error {
	switch {
	case !to.After(from):
		return fault.New(fault.Invalid, "attendance.claim_times").OnField("ended_at")
	case to.After(b.now):
		return fault.New(fault.Invalid, "attendance.claim_future").OnField("ended_at")
	case from.Before(b.earliest):
		return fault.New(fault.Invalid, "attendance.claim_early").OnField("started_at")
	case to.After(b.latest):
		return fault.New(fault.Invalid, "attendance.claim_late").OnField("ended_at")
	}
	return nil
}
