package market

import "github.com/gongyi/gongyi/internal/money"

// VacancyPublished says that a vacancy became public.
type VacancyPublished struct {
	VacancyID  string   `json:"vacancy_id"`
	EmployerID string   `json:"employer_id"`
	ShiftIDs   []string `json:"shift_ids"`
}

// Topic names the event.
func (VacancyPublished) Topic() string { return "market.vacancy_published.v1" }

// Subject is the vacancy.
func (e VacancyPublished) Subject() string { return e.VacancyID }

// VacancyMoved says that of a public vacancy another number of shifts, or none, can be taken now:
// it was closed, taken down, refreshed, or a shift called off.
type VacancyMoved struct {
	VacancyID string `json:"vacancy_id"`
}

// Topic names the event.
func (VacancyMoved) Topic() string { return "market.vacancy_moved.v1" }

// Subject is the vacancy.
func (e VacancyMoved) Subject() string { return e.VacancyID }

// AvailabilityChanged says that a worker said anew when and where they are ready to work.
type AvailabilityChanged struct {
	WorkerID string `json:"worker_id"`
	Open     bool   `json:"open"`
}

// Topic names the event.
func (AvailabilityChanged) Topic() string { return "market.availability_changed.v1" }

// Subject is the worker.
func (e AvailabilityChanged) Subject() string { return e.WorkerID }

// VacancyChanged says that a vacancy took another's place; VacancyPublished tells when it is
// public.
type VacancyChanged struct {
	OldID      string   `json:"old_id"`
	NewID      string   `json:"new_id"`
	EmployerID string   `json:"employer_id"`
	What       []string `json:"what"` // pay, place, hours, content
}

// Topic names the event.
func (VacancyChanged) Topic() string { return "market.vacancy_changed.v1" }

// Subject is the old vacancy.
func (e VacancyChanged) Subject() string { return e.OldID }

// PlacementAccepted says that a worker has a head.
type PlacementAccepted struct{ PlacementView }

// Topic names the event.
func (PlacementAccepted) Topic() string { return "market.placement_accepted.v1" }

// Subject is the placement.
func (e PlacementAccepted) Subject() string { return e.ID }

// PlacementEnded says that a placement ended before its work began.
type PlacementEnded struct{ PlacementView }

// Topic names the event.
func (PlacementEnded) Topic() string { return "market.placement_ended.v1" }

// Subject is the placement.
func (e PlacementEnded) Subject() string { return e.ID }

// ApplicationMoved says that a worker's wish for a vacancy came to be, or took a step.
type ApplicationMoved struct {
	ApplicationID string `json:"application_id"`
	VacancyID     string `json:"vacancy_id"`
	WorkerID      string `json:"worker_id"`
	EmployerID    string `json:"employer_id"`
	State         State  `json:"state"`
}

func moved(a Application) ApplicationMoved {
	return ApplicationMoved{a.ID, a.VacancyID, a.WorkerID, a.EmployerID, a.State}
}

// Topic names the event.
func (ApplicationMoved) Topic() string { return "market.application_moved.v1" }

// Subject is the application.
func (e ApplicationMoved) Subject() string { return e.ApplicationID }

// PlacementCancelled says that an employer called a placement off, how late, and what it costs.
type PlacementCancelled struct{ Cancellation }

// Topic names the event.
func (PlacementCancelled) Topic() string { return "market.placement_cancelled.v1" }

// Subject is the placement.
func (e PlacementCancelled) Subject() string { return e.PlacementID }

// HeadReoffered says that a head is offered again because its worker did not come.
type HeadReoffered struct{ Replacement }

// Topic names the event.
func (HeadReoffered) Topic() string { return "market.head_reoffered.v1" }

// Subject is the placement of the worker who did not come.
func (e HeadReoffered) Subject() string { return e.PlacementID }

// WorkPushed says that a run told a worker of a vacancy, and why: score and price in thousandths of
// a point, the way, the pay of an hour.
type WorkPushed struct {
	PushID    string    `json:"push_id"`
	RunID     string    `json:"run_id"`
	WorkerID  string    `json:"worker_id"`
	VacancyID string    `json:"vacancy_id"`
	ShiftID   string    `json:"shift_id"`
	Score     int64     `json:"score"`
	Price     int64     `json:"price"`
	DistanceM int64     `json:"distance_m"`
	HourFen   money.Fen `json:"hour_fen"`
}

// Topic names the event.
func (WorkPushed) Topic() string { return topicPushed }

const topicPushed = "market.work_pushed.v1"

// Subject is the worker.
func (e WorkPushed) Subject() string { return e.WorkerID }
