package insurance

import (
	"slices"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// The modes of a plan. Declared: a master policy binds cover at the start of work, and the insurer
// is told in batches. Confirmed: the insurer must say yes to each placement before its start.
const (
	Declared  = "declared"
	Confirmed = "confirmed"
)

// PlanState says whether a plan's newest version insures anybody.
type PlanState string

// The states of a plan.
const (
	Open   PlanState = "open"
	Closed PlanState = "closed"
)

// Sums are what the insurer pays: what a worker must accept.
type Sums struct {
	DeathFen         money.Fen `json:"death_fen" db:"death_fen" minimum:"1" doc:"death and disability"`
	MedicalFen       money.Fen `json:"medical_fen,omitempty" db:"medical_fen" minimum:"0"`
	LostIncomeDayFen money.Fen `json:"lost_income_day_fen,omitempty" db:"lost_income_day_fen"`
}

// PlanText is what a plan says.
type PlanText struct {
	Name       string `json:"name" db:"name" maxLength:"60"`
	Insurer    string `json:"insurer" db:"insurer" maxLength:"40" doc:"the insurer's short code"`
	PolicyNo   string `json:"policy_no,omitempty" db:"policy_no" maxLength:"60" doc:"master policy"`
	Mode       string `json:"mode,omitempty" db:"mode" enum:"declared,confirmed" doc:"declared if left out"`
	Exclusions string `json:"exclusions,omitempty" db:"exclusions" maxLength:"2000"`
	Sums
	PremiumDayFen money.Fen `json:"premium_day_fen" db:"premium_day_fen" minimum:"0"`
	AgeMin        int64     `json:"age_min" db:"age_min" minimum:"16" maximum:"100"`
	AgeMax        int64     `json:"age_max" db:"age_max" minimum:"16" maximum:"100"`
}

// Plan is one version of what can be insured.
type Plan struct {
	ID      string    `json:"id" db:"id"`
	Version int64     `json:"version" db:"version"`
	State   PlanState `json:"state" db:"state" doc:"open or closed"`
	PlanText
}

const (
	ageYoungest = 16                // nobody under 16 works: 禁止使用童工规定 2
	ageOldest   = 100               // a typing error lies beyond
	sumMax      = money.MaxFen / 10 // a billion yuan
)

// check refuses a plan that cannot be meant.
// Faults: insurance.plan_item (invalid) on the field.
func (p PlanText) check() error {
	for _, item := range []struct {
		field string
		ok    bool
	}{
		{"name", strings.TrimSpace(p.Name) != ""},
		{"insurer", p.Insurer != "" && strings.Trim(p.Insurer, codeLetters) == ""},
		{"mode", p.Mode == Declared || p.Mode == Confirmed},
		{"death_fen", p.DeathFen > 0 && p.DeathFen <= sumMax},
		{"medical_fen", p.MedicalFen >= 0 && p.MedicalFen <= sumMax},
		{"lost_income_day_fen", p.LostIncomeDayFen >= 0 && p.LostIncomeDayFen <= sumMax},
		{"premium_day_fen", p.PremiumDayFen >= 0 && p.PremiumDayFen < p.DeathFen},
		{"age_min", p.AgeMin >= ageYoungest && p.AgeMin <= ageOldest},
		{"age_max", p.AgeMax >= p.AgeMin && p.AgeMax <= ageOldest},
	} {
		if !item.ok {
			return fault.New(fault.Invalid, "insurance.plan_item", "field", item.field).
				OnField(item.field)
		}
	}
	return nil
}

// codeLetters are those of an insurer's short code, which is part of an account's name.
const codeLetters = "abcdefghijklmnopqrstuvwxyz0123456789_"

// mustBeOpen refuses a closed plan.
// Faults: insurance.plan_closed (conflict).
func (s PlanState) mustBeOpen() error {
	if s != Open {
		return fault.New(fault.Conflict, "insurance.plan_closed").OnField("plan_id")
	}
	return nil
}

// mustFit refuses an age outside the plan's.
// Faults: insurance.age (forbidden).
// Source: 保险法 32 (a wrong age lets the insurer cancel, so the age is the ID's).
func (p Plan) mustFit(birth, day civil.Date) error {
	if age := int64(birth.AgeOn(day)); age < p.AgeMin || age > p.AgeMax {
		return fault.New(fault.Forbidden, "insurance.age", "age", age, "age_min", p.AgeMin,
			"age_max", p.AgeMax).OnField("worker_id")
	}
	return nil
}

// beneficiaries are who may be named: relation to the insured, never a name of one's own choosing.
// Source: 保险法 39; 42 (without a name, the legal heirs).
var beneficiaries = []string{"heirs", "spouse", "children", "parents"}

func checkBeneficiary(b string) error {
	if !slices.Contains(beneficiaries, b) {
		return fault.New(fault.Invalid, "insurance.beneficiary").OnField("beneficiary")
	}
	return nil
}

// agreed is a standing consent as a cover needs it.
type agreed struct {
	ID        string
	BirthDate civil.Date
	GivenAt   time.Time
}

// mustPrecede refuses cover without a consent given before it.
// Faults: insurance.no_consent (forbidden). Source: 保险法 31, 34.
func (a agreed) mustPrecede(at time.Time) error {
	if a.ID == "" || a.GivenAt.After(at) {
		return noConsent()
	}
	return nil
}

func noConsent() error {
	return fault.New(fault.Forbidden, "insurance.no_consent").OnField("plan_id")
}

// Cover is one worker's insurance for one placement.
type Cover struct {
	ID, PlacementID, WorkerID, EmployerID string
	PlanID                                string
	Version                               int64
	ConsentID, Insurer                    string
	PremiumFen                            money.Fen
	EffectiveAt, PlannedUntil             time.Time // the way home included
	Commute                               time.Duration
}

// BordereauState is where a bordereau stands; see the package comment for the drawing.
type BordereauState string

// The states of a bordereau.
const (
	Wanted   BordereauState = "wanted"
	Sent     BordereauState = "sent"    // told, or about to be: asked about before anything else
	Unknown  BordereauState = "unknown" // the answer was lost
	Reported BordereauState = "reported"
	Refused  BordereauState = "refused"
)

// Bordereau is one batch of covers told to one insurer.
type Bordereau struct {
	ID       string
	Insurer  string
	State    BordereauState
	Attempts int64
	NextAt   time.Time // when the sweep may touch it again
	Reason   string    // of a refusal, in the insurer's words
	EndedAt  time.Time // 1970 while it is open
}

const (
	attemptsMax = 60 // over a day at waitMax: then a clerk looks at it
	waitFirst   = 30 * time.Second
	waitMax     = 30 * time.Minute
	askAfter    = time.Minute // the answer to a call that is still under way comes first
)

// never is when nothing will happen by itself.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// What the insurer says; anything else counts as no answer.
const (
	insurerAccepted  = "accepted"
	insurerRejected  = "rejected"
	insurerNeverSeen = "never_seen"
)

// stuck tells whether nobody will ask about the bordereau any more.
func (b Bordereau) stuck() bool {
	return b.State != Refused && b.State != Reported && b.NextAt.Equal(never)
}

// claimed is the bordereau just before the insurer is called.
func (b Bordereau) claimed(now time.Time) Bordereau {
	b.State, b.NextAt = Sent, now.Add(askAfter)
	return b
}

// answered is the bordereau after the insurer's answer, or after none.
func (b Bordereau) answered(a Answer, now time.Time) Bordereau {
	switch a.State {
	case insurerAccepted:
		b.State, b.EndedAt, b.NextAt = Reported, now, never
		return b
	case insurerRejected:
		b.State, b.Reason, b.EndedAt, b.NextAt = Refused, a.Reason, now, never
		return b
	case insurerNeverSeen:
		b.State = Wanted
	default:
		b.State = Unknown
	}
	b.Attempts++
	b.NextAt = now.Add(wait(b.Attempts))
	if b.Attempts >= attemptsMax {
		b.NextAt = never
	}
	return b
}

// wait doubles from waitFirst to waitMax.
func wait(attempts int64) time.Duration {
	d := waitFirst
	for ; attempts > 1 && d < waitMax; attempts-- {
		d *= 2
	}
	return min(d, waitMax)
}
