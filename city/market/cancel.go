package market

import (
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

// Cancellation is what a placement cost that its employer called off.
type Cancellation struct {
	PlacementID string    `json:"placement_id"`
	EmployerID  string    `json:"employer_id"`
	WorkerID    string    `json:"worker_id"`
	NoticeMin   int64     `json:"notice_min"` // before the start; less than zero after it
	ShareBP     int64     `json:"share_bp"`   // of the planned pay
	PayFen      money.Fen `json:"pay_fen"`
	LineID      string    `json:"line_id,omitempty"`
}

// remainingMin gives the paid minutes of the shift for who begins then: all of them before its
// start, later what is left of it, the break not taken off.
func (s Shift) remainingMin(from time.Time) int64 {
	return leftMin(s.PlannedMin(), from, s.EndsAt)
}

func leftMin(plannedMin int64, from, to time.Time) int64 {
	return min(plannedMin, max(0, int64(to.Sub(from)/time.Minute)))
}

// payFen is what so many of the shift's paid minutes pay as planned, rounded up for a part of it.
func (s Shift) payFen(min int64) money.Fen {
	whole := PlannedFen(s.PayUnit, s.RateFen, s.PlannedMin(), s.Pieces)
	if min >= s.PlannedMin() {
		return whole
	}
	return money.MulDivCeil(whole, min, s.PlannedMin())
}
