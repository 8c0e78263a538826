package contract

import (
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// ClockState of the one-month clock of employer-settled work that began unsigned:
//
//	running ──signed by both──▶ signed
//	   └──a month has passed──▶ late ──▶ signed
type ClockState string

// The states of a clock.
const (
	ClockRunning ClockState = "running"
	ClockLate    ClockState = "late"
	ClockSigned  ClockState = "signed"
)

// ClockView is a clock as the employer and the city's staff see it.
type ClockView struct {
	PlacementID string     `json:"placement_id"`
	ContractID  string     `json:"contract_id"`
	WorkerID    string     `json:"worker_id"`
	EmployerID  string     `json:"employer_id"`
	State       ClockState `json:"state" doc:"running, late or signed"`
	StartedAt   time.Time  `json:"started_at" doc:"用工之日"`
	DueAt       time.Time  `json:"due_at" doc:"unsigned from here on is late"`
	LateAt      time.Time  `json:"late_at,omitzero" doc:"when it was found late"`

	workerAccount, employerAccount string
}

// dueAt is the instant from which an unsigned contract is late: the midnight after a whole month
// that counts the first day of work. Where the month has no such day, its last one is taken. Both
// readings are the earlier, careful one.
// Source: 劳动合同法 10, 82; 劳动合同法实施条例 6; the number of months is policy's.
func dueAt(started time.Time, months int64) time.Time {
	day := civil.DateOf(started).Midnight().In(civil.Zone)
	first := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, civil.Zone)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)-1).UTC()
}
