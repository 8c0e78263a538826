package attendance

import (
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// Stamp is what every clock event says.
type Stamp struct {
	EventID     string    `json:"event_id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	At          time.Time `json:"at"`
	Means       Means     `json:"means"`
}

// Subject is the placement: its clock events are in order.
func (s Stamp) Subject() string { return s.PlacementID }

func stamp(e Event) Stamp { return Stamp{e.ID, e.PlacementID, e.WorkerID, e.At, e.Means} }

// Arrived says that a worker is at the place.
type Arrived struct{ Stamp }

// Topic names the event.
func (Arrived) Topic() string { return "attendance.arrived.v1" }

// ClockedIn says that work has started, insured.
type ClockedIn struct {
	Stamp
	CoverID string `json:"cover_id"`
}

// Topic names the event.
func (ClockedIn) Topic() string { return "attendance.clocked_in.v1" }

// ClockedOut says that work has ended and what was accrued.
type ClockedOut struct {
	Stamp
	WorkedMin int64  `json:"worked_min"`
	LineID    string `json:"line_id"`
	Early     string `json:"early,omitempty"` // own or sent_home
}

// Topic names the event.
func (ClockedOut) Topic() string { return "attendance.clocked_out.v1" }

// CorrectionGranted says that the times of a placement are others now.
type CorrectionGranted struct {
	Stamp
	WorkedMin int64  `json:"worked_min"`
	LineID    string `json:"line_id"`
}

// Topic names the event.
func (CorrectionGranted) Topic() string { return "attendance.correction_granted.v1" }

// TurnedAway says that a worker who came was not admitted, why, and what is paid for the waiting.
type TurnedAway struct {
	Stamp
	EmployerID string    `json:"employer_id"`
	Reason     string    `json:"reason"`
	Blame      string    `json:"blame"` // worker, employer, insurer or weather
	PayFen     money.Fen `json:"pay_fen"`
	LineID     string    `json:"line_id"`
}

// Topic names the event.
func (TurnedAway) Topic() string { return "attendance.turned_away.v1" }

// HoursProposed says that an employer finds that less was worked.
type HoursProposed struct {
	Stamp
	CorrectionID   string `json:"correction_id"`
	DisputedLineID string `json:"disputed_line_id"`
}

// Topic names the event.
func (HoursProposed) Topic() string { return "attendance.hours_proposed.v1" }

// ArrivedOffline says that an arrival signed without network has been uploaded.
type ArrivedOffline struct {
	Stamp
	DriftMS int64 `json:"drift_ms"` // the phone's clock minus the place's
}

// Topic names the event.
func (ArrivedOffline) Topic() string { return "attendance.arrived_offline.v1" }
