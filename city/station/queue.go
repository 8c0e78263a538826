package station

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// The states of a turn.
const (
	Waiting = "waiting"
	Called  = "called"
	Served  = "served"
	Gone    = "gone" // was called and did not come
)

// Turn is a number in the queue of a counter.
type Turn struct {
	ID       string     `json:"id"`
	PlaceID  string     `json:"place_id"`
	Day      civil.Date `json:"day"`
	N        int64      `json:"n"`
	Kind     string     `json:"kind" enum:"work,consult,guidance,policy,training,rights,other"`
	State    string     `json:"state" enum:"waiting,called,served,gone"`
	Ahead    int64      `json:"ahead,omitempty" doc:"turns that wait before it"`
	At       time.Time  `json:"at"`
	CalledAt time.Time  `json:"called_at,omitzero"`
	EndedAt  time.Time  `json:"ended_at,omitzero"`
	line     int64      // where it stands in the day's line, as turnsOf has it
}

// purposes are what people come for.
var purposes = append([]string{"work"}, servicesByHand...)

// checkPurpose refuses a purpose that nobody knows.
// Faults: station.service_kind (invalid).
func checkPurpose(kind string) error {
	if slices.Contains(purposes, kind) {
		return nil
	}
	return fault.New(fault.Invalid, "station.service_kind").OnField("kind")
}
