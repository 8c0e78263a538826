package credit

import (
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// Grade is how an employer stands.
type Grade string

// The grades; Unrated while too little is known.
const (
	GradeA  Grade = "A"
	GradeB  Grade = "B"
	GradeC  Grade = "C"
	Unrated Grade = "N"
)

// Kinds of marks.
const (
	markComplaint = "complaint"
	markListed    = "listed"
)

// States of an appeal.
const (
	asked   = "asked"
	granted = "granted"
	denied  = "denied"
)

// Facts are what is counted of an employer in a window.
type Facts struct {
	WagesDue   int64 `json:"wages_due"     doc:"placements whose wage was due"`
	WagesLate  int64 `json:"wages_late"    doc:"of them late by the employer's doing"`
	DaysLate   int64 `json:"days_late"     doc:"begun days, summed"`
	Hours      int64 `json:"hours"         doc:"lines whose hours were confirmed"`
	HoursClock int64 `json:"hours_clock"   doc:"of them by the clock, because nobody did"`
	Placed     int64 `json:"placed"        doc:"placements that were to begin"`
	Cancelled  int64 `json:"cancelled"     doc:"called off by the employer at short notice"`
	TurnedAway int64 `json:"turned_away"   doc:"workers who came and were not let in"`
	Vacancies  int64 `json:"vacancies"     doc:"vacancies handed in"`
	Refused    int64 `json:"refused"       doc:"of them refused at the gate"`
	Complaints int64 `json:"complaints"    doc:"upheld"`
	Listed     int64 `json:"listed"        doc:"entries in public lists that hold"`
}

// Loss is what one fact costs.
type Loss struct {
	Code   string
	Bad    int64
	Of     int64 // 0 where there is no share
	Points int64
}

// Verdict is what a rule makes of facts. Losses stand by their cost, the dearest first.
type Verdict struct {
	Grade  Grade
	Points int64
	Losses []Loss
}

// window is the time whose facts count: what became due in [from, to), as it was known at at.
type window struct{ from, to, at time.Time }

// inFlight is how far behind now a judgement looks: a deed that has begun by then is over, so that
// the rows of that instant are all there.
const inFlight = time.Minute

func (r Rules) window(now time.Time) window {
	at := now.Add(-inFlight).Truncate(time.Millisecond)
	return window{from: at.AddDate(0, 0, -int(r.WindowDays)),
		to: at.Add(-time.Duration(r.SettleMin) * time.Minute), at: at}
}

// override is a grade set by a person, and until when.
type override struct {
	Grade Grade
	Until civil.Date
}

func (o override) holds(day civil.Date) bool { return o.Grade != "" && day <= o.Until }

// checkReview refuses a decision on an appeal without words, and an override that is no grade or
// has no end within what policy allows.
func checkReview(in ReviewAppeal, today civil.Date, daysMax int64) error {
	switch {
	case in.Words == "":
		return fault.New(fault.Invalid, "credit.words_missing").OnField("words")
	case !in.Grant:
		return nil
	case in.Grade != GradeA && in.Grade != GradeB && in.Grade != GradeC:
		return fault.New(fault.Invalid, "credit.grade").OnField("grade")
	case in.Until < today || in.Until > today.AddDays(int(daysMax)):
		return fault.New(fault.Invalid, "credit.until", "max", daysMax).OnField("until")
	}
	return nil
}
