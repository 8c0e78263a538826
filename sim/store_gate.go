package sim

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// publishedSince gives the employer's newest public vacancy of platform work that was made since
// then, "" when there is none.
func publishedSince(
	ctx context.Context, r db.Reader, employerID string, since time.Time,
) (string, error) {
	id, err := db.Get[string](ctx, r, `SELECT id FROM vacancies WHERE employer_id = $1
		AND state = 'published' AND settlement = 'platform' AND created_at_ms >= $2
		ORDER BY created_at_ms DESC, id LIMIT 1`,
		employerID, clock.MS(since))
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return id, err
}
