package market

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

const (
	reachMMax      = 200_000 // nobody travels farther to a shift and back
	freeMax        = 21      // three stretches a day
	craftsMax      = 10
	craftRunesMax  = 60
	craftDigitsMax = 5  // more in a row are a phone number or an account
	openDays       = 30 // an availability without a last day
	openDaysMax    = 90 // then somebody has forgotten it
	dayMin         = 24 * 60
	halfHour       = 30
	weekHalves     = 7 * dayMin / halfHour
)

// FreeHours is a stretch of the day, on some days of the week, in which a worker can work.
type FreeHours struct {
	Days    []int `json:"days"     minItems:"1" maxItems:"7" doc:"1 Monday … 7 Sunday"`
	FromMin int64 `json:"from_min"              minimum:"0"  doc:"minutes after midnight"`
	ToMin   int64 `json:"to_min"                             doc:"later than from_min; over 1440 is the next day"`
}

// Availability is where from, how far, when and for how much a worker is ready to work.
type Availability struct {
	LonE6, LatE6 int64
	ReachM       int64
	FloorFen     money.Fen // an hour
	NoNight      bool
	Free         []FreeHours // empty: at any time
	Crafts       []string    // skills that employers are shown: 我有手艺
	Words        string
	Until        civil.Date
	Open         bool
}

// check refuses an availability that cannot be.
// Faults (invalid, on their field): market.reach, market.floor, market.free_hours, market.crafts,
// market.craft_words, market.open_until.
func (a Availability) check(today civil.Date) error {
	switch {
	case a.ReachM < 1 || a.ReachM > reachMMax:
		return fault.New(fault.Invalid, "market.reach", "max", reachMMax/1000).OnField("reach_m")
	case a.FloorFen < 0 || a.FloorFen > money.MaxFen/1000:
		return fault.New(fault.Invalid, "market.floor").OnField("floor_fen")
	case len(a.Crafts) > craftsMax:
		return fault.New(fault.Invalid, "market.crafts", "max", craftsMax).OnField("crafts")
	case utf8.RuneCountInString(a.Words) > craftRunesMax || hasNumber(a.Words):
		return fault.New(fault.Invalid, "market.craft_words", "max", craftRunesMax).OnField("words")
	case a.Until < today || a.Until > today.AddDays(openDaysMax):
		return fault.New(fault.Invalid, "market.open_until", "days", openDaysMax).OnField("until")
	}
	_, err := weekOf(a.Free)
	return err
}

// hasNumber tells whether more digits stand in a row than a text about skills needs.
func hasNumber(text string) bool {
	row := 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			row++
		case !strings.ContainsRune(" -—.·", r):
			row = 0
		}
		if row > craftDigitsMax {
			return true
		}
	}
	return false
}

// week is the free half hours of a week; a week without one is free all through.
type week [(weekHalves + 63) / 64]uint64

// weekOf fills a week. Faults: market.free_hours (invalid, field free).
func weekOf(free []FreeHours) (week, error) {
	var w week
	bad := fault.New(fault.Invalid, "market.free_hours", "max", freeMax).OnField("free")
	if len(free) > freeMax {
		return w, bad
	}
	for _, f := range free {
		whole := f.FromMin%halfHour == 0 && f.ToMin%halfHour == 0
		if f.FromMin < 0 || f.FromMin >= dayMin || f.ToMin <= f.FromMin || f.ToMin > 2*dayMin ||
			!whole || len(f.Days) == 0 {
			return w, bad
		}
		for _, day := range f.Days {
			if day < 1 || day > 7 {
				return w, bad
			}
			first := (int64(day-1)*dayMin + f.FromMin) / halfHour
			for h := first; h < first+(f.ToMin-f.FromMin)/halfHour; h++ {
				w.add(int(h % weekHalves))
			}
		}
	}
	return w, nil
}

func (w *week) add(half int) { w[half/64] |= 1 << (half % 64) }

func (w *week) has(half int) bool { return w[half/64]&(1<<(half%64)) != 0 }

// holds tells whether a stretch of time, no longer than shiftMax, is free throughout.
func (w *week) holds(fromMS, toMS int64) bool {
	if *w == (week{}) {
		return true
	}
	half := time.Duration(halfHour * time.Minute).Milliseconds()
	for h := (fromMS + mondayMS) / half; h*half < toMS+mondayMS; h++ {
		if !w.has(int(h % weekHalves)) {
			return false
		}
	}
	return true
}

// mondayMS, added to an instant, counts from a Monday's midnight in China: 1970-01-01 was a
// Thursday, and China is eight hours ahead.
const mondayMS = (3*24 + 8) * 3_600_000
