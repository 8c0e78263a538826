package attendance

import "time"

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
