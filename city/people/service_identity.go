package people

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// Identity says who somebody is without the number: for texts and for comparing.
type Identity struct {
	Digest string // keyed, 64 hex: equal for equal ID numbers
	Masked string // 330****0011
}

// IdentityTx gives a worker's identity, masked; nothing is laid open, so nothing is audited.
// Faults: people.worker_not_found.
func (s *Service) IdentityTx(ctx context.Context, r db.Reader, workerID string) (Identity, error) {
	id, err := s.openID(ctx, r, workerID)
	if err != nil {
		return Identity{}, err
	}
	return Identity{Digest: s.Box.Blind(domainID, string(id)), Masked: id.String()}, nil
}
