package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges shows how far behind the telling is, at the end of the window: covers that no insurer has
// confirmed or refused yet, and how long the oldest has waited.
func (s *Service) Gauges(ctx context.Context, r db.Reader, _, to time.Time) ([]gauge.Value, error) {
	n, oldest, err := untold(ctx, r)
	age := int64(0)
	if n > 0 {
		age = max(clock.MS(to)-oldest, 0)
	}
	return []gauge.Value{
		{Code: "insurance.untold", Num: n, Unit: "count"},
		{Code: "insurance.waiting", Num: age, Unit: "ms"},
	}, err
}
