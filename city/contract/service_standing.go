package contract

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// Standing is how the contract of a placement stands.
type Standing struct {
	ID       string
	State    State
	Template Template
}

// StandingsTx tells how the contracts of placements stand, by placement. At most 1 000.
func (s *Service) StandingsTx(
	ctx context.Context, r db.Reader, placementIDs []string,
) (map[string]Standing, error) {
	if len(placementIDs) == 0 {
		return nil, nil
	}
	return standingsOf(ctx, r, placementIDs)
}

// EmployeesTx tells with which of the workers an employer has a labour contract, full-time or not,
// that both have signed: them it has to keep on its roster. At most 1 000 workers.
// Source: 劳动合同法 7; 劳动合同法实施条例 8.
func (s *Service) EmployeesTx(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string,
) (map[string]bool, error) {
	if len(workerIDs) == 0 {
		return nil, nil
	}
	ids, err := signedWith(ctx, r, employerID, workerIDs, Labour, PartTime)
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}
