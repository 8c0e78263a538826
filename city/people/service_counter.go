package people

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// BlindID reads an ID number and gives the digest by which its worker is found.
// Faults: people.id_form, people.id_old, people.id_birth, people.id_check (invalid).
func (s *Service) BlindID(number string) (string, error) {
	id, err := ParseIDNumber(number)
	if err != nil {
		return "", err
	}
	return s.Box.Blind(domainID, string(id)), nil
}

// WorkerOfBlindTx gives the id of the worker whose ID number has the digest.
// Faults: people.worker_not_found.
func (s *Service) WorkerOfBlindTx(ctx context.Context, r db.Reader, blind string) (string, error) {
	id, err := workerOfBlind(ctx, r, blind)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "people.worker_not_found").OnField("id_number")
	}
	return id, err
}

// CardOfTx shows a worker as somebody sees them who has the ID card before them: the number is
// masked. Permission is the caller's.
// Faults: people.worker_not_found.
func (s *Service) CardOfTx(ctx context.Context, r db.Reader, workerID string) (WorkerView, error) {
	w, err := getWorker(ctx, r, workerID)
	if err != nil {
		return WorkerView{}, err
	}
	id, err := s.openID(ctx, r, workerID)
	if err != nil {
		return WorkerView{}, err
	}
	return workerView(w, id, civil.DateOf(s.DB.Now())), nil
}
