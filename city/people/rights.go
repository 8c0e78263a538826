package people

import (
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
)

// Holding is one list of what the city holds of a worker, for the access copy.
type Holding struct {
	Name string           `json:"name"`
	Rows []map[string]any `json:"rows"`
	More bool             `json:"more,omitempty" doc:"there are older rows: ask the staff for them"`
}

// Legible writes instants as people and other programs read them: at_ms becomes at.
func Legible(row map[string]any) map[string]any {
	out := make(map[string]any, len(row))
	for name, v := range row {
		ms, instant := v.(int64)
		short, isMS := strings.CutSuffix(name, "_ms")
		switch {
		case isMS && instant && ms == 0:
			// has not happened
		case isMS && instant:
			out[short] = clock.At(ms).In(civil.Zone).Format(time.RFC3339)
		default:
			out[name] = v
		}
	}
	return out
}

// Sharing is that something about a worker was given to somebody outside.
type Sharing struct {
	To      string    `json:"to" doc:"bank, an insurer, or an employer's id"`
	Kinds   []string  `json:"kinds"`
	Purpose Purpose   `json:"purpose"`
	Ref     string    `json:"ref" doc:"the payout, cover or contract"`
	At      time.Time `json:"at"`
}

// AmendmentState is where a request to put something right stands.
type AmendmentState string

// The states: asked ──a clerk who has seen the ID card──▶ granted or denied.
const (
	AmendmentAsked   AmendmentState = "asked"
	AmendmentDenied  AmendmentState = "denied"
	AmendmentGranted AmendmentState = "granted"
)

// amendment is a request to put a worker's name or ID number right.
type amendment struct {
	ID, WorkerID, Field, Masked, Reason, Answer string

	State               AmendmentState
	sealed              []byte
	AskedAt, AnsweredAt time.Time
}

// closure is a closed account.
type closure struct {
	WorkerID, AccountID string
	Rule                string // the number of policy that keeps it longest
	ClosedAt            time.Time
	EraseOn             civil.Date
}

// retentions are the numbers of policy that may keep a worker's data after the account is closed;
// the longest counts, the first of equals. The days are counted from the closing, which lies after
// everything they count from.
var retentions = []string{
	"people.keep_wage_months",
	"people.keep_contract_months",
	"people.keep_service_months",
	"people.keep_sharing_months",
	"people.keep_log_months",
}

// monthsLater gives the day so many months later; the 31st of a shorter month is its last day.
func monthsLater(day civil.Date, months int) civil.Date {
	t := day.Midnight().In(civil.Zone)
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, civil.Zone)
	last := first.AddDate(0, 1, -1).Day()
	return civil.DateOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}
