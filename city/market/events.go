package market

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
