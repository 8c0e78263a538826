package market

import (
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// States that an application has beside those it shares with its placement:
//
//	applied ──▶ shortlisted ──▶ interview ──▶ offered ──▶ accepted ──▶ arrived ──▶ started ──▶ done
//	   any before accepted ──▶ withdrawn / refused (coded) / expired
//	   offered, accepted ──▶ cancelled_by_employer; accepted, arrived ──▶ withdrawn / no_show
//	   offered, no_show ──▶ replaced (the head was offered to another applicant)
//
// From offered on it follows its placement, in the same transaction. Done is when nothing is left
// to follow: the worker is known to have left, or the last retention check is closed.
const (
	Applied      State = "applied"
	Shortlisted  State = "shortlisted"
	Interviewing State = "interview"
	Arrived      State = "arrived"
	Expired      State = "expired"
	Replaced     State = "replaced"
)

// onward says which steps an application may take.
var onward = map[State][]State{
	Applied:     {Shortlisted, Offered, Refused, Withdrawn, Expired},
	Shortlisted: {Interviewing, Offered, Refused, Withdrawn, Expired},
	Interviewing: {Interviewing, Shortlisted, Offered, Refused, Withdrawn,
		Expired},
	Offered:  {Accepted, Refused, Withdrawn, Expired, CancelledByEmployer, Replaced},
	Accepted: {Arrived, Started, Withdrawn, NoShow, CancelledByEmployer},
	Arrived:  {Started, Withdrawn, NoShow, CancelledByEmployer},
	Started:  {Done},
	NoShow:   {Replaced},
}

// before lists, in order, the states from which an application may come to this one.
func before(to State) []State {
	var from []State
	for state, next := range onward {
		if slices.Contains(next, to) {
			from = append(from, state)
		}
	}
	slices.Sort(from)
	return from
}

// Application is one worker's wish for one vacancy: 意向.
type Application struct {
	ID, VacancyID, WorkerID, EmployerID string
	ShiftID, PlacementID                string
	State                               State
	Reason                              string // a refusal's code, or why it ended
	RecommendedBy                       string // the clerk's account
	Note                                string
	AppliedAt, ExpiresAt                time.Time // ExpiresAt is zero when time does not end it
}

// mayBecome refuses a step that the drawing does not have.
func (a Application) mayBecome(to State) error {
	if slices.Contains(onward[a.State], to) {
		return nil
	}
	return wrongState(a.State)
}

func wrongState(s State) error {
	return fault.New(fault.Conflict, "market.application_state", "state", string(s)).
		OnField("application_id")
}

// applicable is a public vacancy as somebody who applies for it must know it.
type applicable struct {
	ID, EmployerID, Region, Title, Hire string
	Settlement                          Settlement
	MinorOK                             bool
	ValidUntil                          civil.Date
	FirstStart                          time.Time // of its next open shift; 1970: none
}

// mayApply refuses a vacancy that is not filled by application, or is closed to new ones.
func (v applicable) mayApply(now time.Time) error {
	if v.Settlement != Employer || v.Hire != "offer" {
		return fault.New(fault.Conflict, "market.not_by_application").OnField("vacancy_id")
	}
	if v.ValidUntil != "" && v.ValidUntil < civil.DateOf(now) || !v.FirstStart.After(now) {
		return fault.New(fault.Conflict, "market.applications_closed").OnField("vacancy_id")
	}
	return nil
}

// refusals are the grounds an employer may refuse an applicant on: the closed set of what has to do
// with the work. Their plain words are the texts market.refusal.<code>.
// Source: 就业促进法 3, 26–31 (no refusal for who somebody is); the set is a product choice.
var refusals = []string{"filled", "experience", "certificate", "interview", "hours", "unreachable"}

// leaveReasons are why a worker is no longer there; texts market.left.<code>. Product choice.
var leaveReasons = []string{"pay", "hours", "conditions", "distance", "family", "other_work",
	"dismissed", "contract_end", "other"}

func refusalCode(code string) error {
	if slices.Contains(refusals, code) {
		return nil
	}
	return fault.New(fault.Invalid, "market.refusal_code").OnField("reason")
}

// InterviewSlot is a time at which an employer sees some applicants of a vacancy.
type InterviewSlot struct {
	ID, VacancyID, EmployerID, Address string
	StartsAt, EndsAt                   time.Time
	Capacity, Taken                    int64
	Cancelled                          bool
}

// States of an interview. A booked one is cancelled by its worker or gets an outcome: came (the
// decision is open), not_come, passed or refused; came still becomes passed or refused.
const (
	Booked    = "booked"
	Cancelled = "cancelled"
	Came      = "came"
	NotCome   = "not_come"
	Passed    = "passed"
)

const slotHeadsMax = 200 // a hall of applicants; product choice

// checkSlot refuses a slot in the past, without length, longer than a day, or without room.
func checkSlot(from, to time.Time, capacity int64, now time.Time) error {
	switch {
	case !from.After(now):
		return fault.New(fault.Invalid, "market.slot_past").OnField("starts_at")
	case !to.After(from) || to.Sub(from) > 24*time.Hour:
		return fault.New(fault.Invalid, "market.slot_times").OnField("ends_at")
	case capacity < 1 || capacity > slotHeadsMax:
		return fault.New(fault.Invalid, "market.slot_capacity", "max", slotHeadsMax).
			OnField("capacity")
	}
	return nil
}

// mayRecord refuses an outcome that the interview cannot have, or not yet.
func mayRecord(state, outcome string, startsAt, now time.Time) error {
	switch {
	case now.Before(startsAt):
		return fault.New(fault.Conflict, "market.interview_early").OnField("interview_id")
	case state == Booked, state == Came && (outcome == Passed || outcome == string(Refused)):
		return nil
	}
	return fault.New(fault.Conflict, "market.interview_state", "state", state).
		OnField("interview_id")
}

// retentionDays are when it is asked whether the worker is still there: they define indicator X01.
// Source: DOMAIN's indicator dictionary (稳岗率: 30/60/90 day retention).
var retentionDays = []int64{30, 60, 90}

// nextCheck gives the day of the check that follows one, 0 after the last, and when it is due: at
// the beginning of that day after the start.
func nextCheck(started time.Time, after int64) (int64, time.Time) {
	for _, day := range retentionDays {
		if day > after {
			return day, civil.DateOf(started).AddDays(int(day)).Midnight()
		}
	}
	return 0, time.Time{}
}

// Verdict is what is known at a retention check.
type Verdict string

// The verdicts. Silence is Unknown and never counted as There.
const (
	Unknown Verdict = "unknown"
	There   Verdict = "there"
	Left    Verdict = "left"
)

// The sides that may answer a retention check.
const (
	SideWorker   = "worker"
	SideEmployer = "employer"
	SideStaff    = "staff"
)

// judge gives the verdict on what the sides said (true: still there). The city's staff, who have
// asked both, decide; without them worker and employer must not contradict each other.
func judge(said map[string]bool) Verdict {
	verdict := func(there bool) Verdict {
		if there {
			return There
		}
		return Left
	}
	if there, ok := said[SideStaff]; ok {
		return verdict(there)
	}
	worker, w := said[SideWorker]
	employer, e := said[SideEmployer]
	switch {
	case w && e && worker != employer, !w && !e:
		return Unknown
	case w:
		return verdict(worker)
	}
	return verdict(employer)
}
