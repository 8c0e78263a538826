package insurance

import "time"

// Covered says that a worker is insured from an instant on: 保障中.
type Covered struct {
	CoverID     string    `json:"cover_id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	EmployerID  string    `json:"employer_id"`
	PlanID      string    `json:"plan_id"`
	Version     int64     `json:"version"`
	EffectiveAt time.Time `json:"effective_at"`
}

// Topic names the event.
func (Covered) Topic() string { return "insurance.covered.v1" }

// Subject is the placement.
func (e Covered) Subject() string { return e.PlacementID }

func covered(c Cover) Covered {
	return Covered{c.ID, c.PlacementID, c.WorkerID, c.EmployerID, c.PlanID, c.Version, c.EffectiveAt}
}
