package people

import (
	"context"
	"slices"

	"github.com/gongyi/gongyi/internal/db"
)

// Staff is somebody who acts for the city.
type Staff struct {
	AccountID string
	Name      string
}

// StaffTx lists who has one of the city's own roles, in order of account.
func (s *Service) StaffTx(ctx context.Context, r db.Reader, role Role) ([]Staff, error) {
	all, err := staff(ctx, r, staffMax)
	var out []Staff
	for _, a := range all {
		if slices.Contains(rolesOf(a.Roles), role) {
			out = append(out, Staff{a.ID, a.Name})
		}
	}
	return out, err
}

// staffMax bounds a city's bureau.
const staffMax = 5_000

// NameTx gives the name that goes with an account; "" for one that has not given any.
// Faults: people.account_not_found.
func (s *Service) NameTx(ctx context.Context, r db.Reader, accountID string) (string, error) {
	return nameOf(ctx, r, accountID)
}

// ClearPhoneTx opens a worker's phone for a record that the law asks for, with an audit row in the
// caller's deed.
// Faults: people.worker_not_found.
func (s *Service) ClearPhoneTx(ctx context.Context, tx *db.Tx, workerID string) (Phone, error) {
	number, err := s.clear(ctx, tx, workerID, "phone")
	if err != nil {
		return "", err
	}
	return Phone(number), record(ctx, tx, "phone", workerID, reasonRecord)
}
