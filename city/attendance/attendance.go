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
	Forgotten                         bool
}

// paidMin counts the minutes that are paid: from the shift's start or the later clock-in to the
// clock-out, in whole minutes rounded down for the start and up for the end (in the worker's
// favour), less the unpaid break once more than half of the shift has passed.
// Source: product choice; 劳动法 36 speaks of hours worked, not of rounding.
func paidMin(startedAt, endedAt, shiftStart, shiftEnd time.Time, breakMin int64) int64 {
	from := startedAt.Truncate(time.Minute)
	if shiftStart.After(from) {
		from = shiftStart
	}
	to := endedAt.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
	gross := int64(to.Sub(from) / time.Minute)
	if gross <= 0 {
		return 0
	}
	if planned := int64(shiftEnd.Sub(shiftStart) / time.Minute); gross*2 > planned {
		gross -= breakMin
	}
	return max(gross, 0)
}

// overrunMax bounds what a clock-out or a correction may claim beyond the shift's end.
const overrunMax = 4 * time.Hour

// checkClaim refuses corrected times that cannot be: reversed, in the future, before the shift
// could be entered or long after it.
func checkClaim(from, to, earliest, shiftEnd, now time.Time) error {
	switch {
	case !to.After(from):
		return fault.New(fault.Invalid, "attendance.claim_times").OnField("ended_at")
	case to.After(now):
		return fault.New(fault.Invalid, "attendance.claim_future").OnField("ended_at")
	case from.Before(earliest):
		return fault.New(fault.Invalid, "attendance.claim_early").OnField("started_at")
	case to.After(shiftEnd.Add(overrunMax)):
		return fault.New(fault.Invalid, "attendance.claim_late").OnField("ended_at")
	}
	return nil
}
