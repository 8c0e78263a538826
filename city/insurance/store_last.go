package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

func lastCovers(
	ctx context.Context, r db.Reader, employerID string, workerIDs []string,
) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	in, args := db.InList(workerIDs, employerID)
	err := db.Each(ctx, r, `SELECT worker_id, MAX(expires_at_ms) FROM covers
		WHERE employer_id = $1 AND worker_id IN (`+in+`) GROUP BY worker_id`, args,
		func(scan func(...any) error) error {
			var workerID string
			var until int64
			err := scan(&workerID, &until)
			out[workerID] = clock.At(until)
			return err
		})
	return out, err
}
