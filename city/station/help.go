package station

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
)

// help is a worker's authority for a member of the staff.
type help struct {
	ID, PlaceID, WorkerID, StaffID, Proof, Words string
	At, Until, EndedAt                           time.Time
}

// stands refuses an authority that has ended.
// Faults: station.help_ended (conflict).
func (h help) stands(now time.Time) error {
	if !h.EndedAt.IsZero() || !now.Before(h.Until) {
		return fault.New(fault.Conflict, "station.help_ended").OnField("help_id")
	}
	return nil
}

// The proofs of an authority.
const (
	byCode   = "code"    // the worker read the code of the own phone out
	byIDCard = "id_card" // the staff saw the person and the card, and says so in words
)

// counters are the places that have staff who help.
var counters = []string{"gig_market", "relay_station", "return_station", "training_station",
	"drivers_home"}

// IsCounter tells whether a place is the city's and has staff.
func (p Place) IsCounter() bool {
	return p.EmployerID == "" && slices.Contains(counters, p.Kind)
}

// services are what may be written down by hand; register and apply write themselves down.
var servicesByHand = []string{"consult", "guidance", "policy", "training", "rights", "other"}

const wordsRunesMax = 200

// checkService refuses a kind that nobody knows and words that are too long.
// Faults (invalid): station.service_kind, station.words.
func checkService(kind, words string) error {
	if !slices.Contains(servicesByHand, kind) {
		return fault.New(fault.Invalid, "station.service_kind").OnField("kind")
	}
	return checkWords(words, false)
}

func checkWords(words string, needed bool) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(words)); n > wordsRunesMax || needed && n == 0 {
		return fault.New(fault.Invalid, "station.words", "max", wordsRunesMax).OnField("words")
	}
	return nil
}
