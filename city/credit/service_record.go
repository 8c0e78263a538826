package credit

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
)

// RecordOf asks for a worker's record.
type RecordOf struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// Record is a worker's good work in numbers: nothing that could refuse anybody.
type Record struct {
	WorkerID string           `json:"worker_id"`
	Done     int64            `json:"done" doc:"placements worked to their end"`
	OnTime   int64            `json:"on_time" doc:"of them, at the place by the start"`
	Thanks   map[string]int64 `json:"thanks" doc:"of employers: punctual, careful, skilled, helpful"`
	Hidden   bool             `json:"hidden" doc:"the worker does not want it shown"`
}

// ShowRecord shows a worker their own record.
// Faults: people.worker_not_found.
func (s *Service) ShowRecord(ctx context.Context, in RecordOf) (Record, error) {
	if err := people.Must(ctx, people.PermSeeRecord, in.WorkerID); err != nil {
		return Record{}, err
	}
	if _, err := s.People.GetWorkerTx(ctx, s.DB, in.WorkerID); err != nil {
		return Record{}, err
	}
	return recordOf(ctx, s.DB, in.WorkerID)
}

// RecordOfPlacement asks for the record of a worker whom the employer has on a shift.
type RecordOfPlacement struct {
	PlacementID string `json:"placement_id" path:"placement_id"`
	EmployerID  string `json:"employer_id" query:"employer_id"`
}

// ShowPlacedRecord shows an employer the record of a worker placed with it, unless the worker hides
// it: then only that. There is no other way for an employer to see one.
// Faults: credit.placement_not_found.
func (s *Service) ShowPlacedRecord(ctx context.Context, in RecordOfPlacement) (Record, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return Record{}, err
	}
	workerID, employerID, _, err := sidesOf(ctx, s.DB, in.PlacementID)
	if err != nil {
		return Record{}, err
	}
	if employerID != in.EmployerID {
		return Record{}, noPlacement()
	}
	r, err := recordOf(ctx, s.DB, workerID)
	if err != nil || r.Hidden {
		return Record{WorkerID: workerID, Thanks: map[string]int64{}, Hidden: true}, err
	}
	return r, nil
}

// Hide says whether a worker's record is shown.
type Hide struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	Hidden   bool   `json:"hidden"`
}

// HideRecord hides the worker's record from employers, or shows it again.
func (s *Service) HideRecord(ctx context.Context, in Hide) (Record, error) {
	if err := people.Must(ctx, people.PermHideRecord, in.WorkerID); err != nil {
		return Record{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "hide"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Record, error) {
			if err := setHidden(ctx, tx, in.WorkerID, in.Hidden); err != nil {
				return Record{}, err
			}
			return recordOf(ctx, tx, in.WorkerID)
		})
}

// Voices are what workers said of an employer, in numbers.
type Voices struct {
	All     int64 `json:"all"`
	Paid    int64 `json:"paid" doc:"paid as agreed"`
	Safe    int64 `json:"safe"`
	Treated int64 `json:"treated" doc:"treated well"`
}

// voices counts what workers said, nil while fewer than policy credit.feedback_least have spoken.
func (s *Service) voices(ctx context.Context, employerID string) (*Voices, error) {
	least, err := s.number("credit.feedback_least", "", civil.DateOf(s.DB.Now()))
	if err != nil {
		return nil, err
	}
	v, err := voicesOn(ctx, s.DB, employerID)
	if err != nil || v.All < least {
		return nil, err
	}
	return &v, nil
}
