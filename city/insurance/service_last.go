package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// LastCoversTx tells until when an employer's workers were last covered, or are, by worker; who
// never was is left out. At most 1 000 workers.
func (s *Service) LastCoversTx(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string,
) (map[string]time.Time, error) {
	if len(workerIDs) == 0 {
		return nil, nil
	}
	return lastCovers(ctx, r, employerID, workerIDs)
}
