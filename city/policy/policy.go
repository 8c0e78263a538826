package policy

import (
	"maps"
	"slices"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Number is a value as it holds on a day in a region.
type Number struct {
	Code    string
	Value   int64
	Unit    string
	Region  string // for which it was set: "" is anywhere
	Source  string
	From    civil.Date // the first day
	Assumed bool       // set for the demo, not found in a source: screens say so
}

// Book is all numbers. It does not change after loading and is safe for concurrent use.
type Book struct {
	about   map[string]string              // code → what it is, 中文 · English
	numbers map[string]map[string][]period // code → region → by first day, latest first
}

// Entry is a number with what it is and until when it holds.
type Entry struct {
	Number
	About string     // 中文 · English
	Until civil.Date // the last day; "" is open
}

// Entries lists every number of every time and region, by code, region and first day.
func (b *Book) Entries() []Entry {
	var all []Entry
	for _, code := range slices.Sorted(maps.Keys(b.numbers)) {
		for _, region := range slices.Sorted(maps.Keys(b.numbers[code])) {
			for _, p := range slices.Backward(b.numbers[code][region]) {
				all = append(all, Entry{p.Number, b.about[code], p.until})
			}
		}
	}
	return all
}

// period is a value of one code and region. An open end is "".
type period struct {
	Number
	until civil.Date // the last day on which it holds
}

func (p period) covers(day civil.Date) bool {
	return p.From <= day && (p.until == "" || day <= p.until)
}

// At gives the number that holds in the region on that day: the one set for the longest prefix of
// the region's code.
// Faults: policy.unknown (conflict) with code and region, when nobody has set one.
func (b *Book) At(code, region string, day civil.Date) (Number, error) {
	regions := b.numbers[code]
	for n := len(region); n >= 0; n-- {
		for _, p := range regions[region[:n]] {
			if p.covers(day) {
				return p.Number, nil
			}
		}
	}
	return Number{}, fault.New(fault.Conflict, "policy.unknown", "code", code, "region", region)
}
