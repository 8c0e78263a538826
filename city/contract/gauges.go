package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
)

// Gauges gives C01 网签合同数 and 覆盖率: contracts in force that were signed in [from, to), and of
// the workers' pairs with an employer whose work began then, how many work under a signed contract.
// unsigned_late is the work that is past its one-month clock right now.
// Source: DOMAIN's indicator dictionary.
func (s *Service) Gauges(
	ctx context.Context, r db.Reader, from, to time.Time,
) ([]gauge.Value, error) {
	signed, covered, pairs, err := countContracts(ctx, r, from, to)
	if err != nil {
		return nil, err
	}
	unsigned, err := countLate(ctx, r)
	return []gauge.Value{
		{Code: "C01", Part: "contracts", Num: signed, Unit: "count"},
		{Code: "C01", Part: "coverage", Num: covered, Den: pairs, Unit: "share"},
		{Code: "C01", Part: "unsigned_late", Num: unsigned, Unit: "count"},
	}, err
}
