package insurance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

// Ledger posts money; ledger.Service is one.
type Ledger interface {
	PostTx(ctx context.Context, tx *db.Tx, e ledger.Entry) (string, error)
}

// Deps are what the slice stands on.
type Deps struct {
	DB      *db.DB
	Policy  *policy.Book
	People  *people.Service
	Ledger  Ledger
	Insurer Insurer
	Notify  Teller
}

// Teller writes to people; notify.Service is one.
type Teller interface {
	PutTx(ctx context.Context, tx *db.Tx, m notify.Message) error
}

// Service keeps plans and consents, binds covers and tells the insurers.
type Service struct{ Deps }

// New returns the slice's service.
func New(d Deps) *Service { return &Service{d} }

func scope(ctx context.Context, op string) string {
	return "insurance." + op + "/" + people.ActorOf(ctx).AccountID
}

// CreatePlan is a clerk entering what an insurer offers.
type CreatePlan struct {
	deed.Keyed
	PlanText
}

// CreatePlan opens a plan, version 1.
// Faults: insurance.plan_item (invalid) on the field.
func (s *Service) CreatePlan(ctx context.Context, in CreatePlan) (Plan, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return Plan{}, err
	}
	return s.writePlan(ctx, "create_plan", in.Keyed, in, in.PlanText,
		func(_ context.Context, tx *db.Tx) (Plan, error) { return Plan{ID: tx.ID("pln")}, nil })
}

// ChangePlan is a clerk entering new terms of a plan.
type ChangePlan struct {
	deed.Keyed
	PlanID string `json:"plan_id" path:"plan_id"`
	PlanText
}

// ChangePlan makes a new version, which asks every worker for a new consent; it opens a closed plan
// again. Covers that began stay as they are.
// Faults: insurance.plan_item (invalid), insurance.plan_not_found.
// Source: 保险法 34: the sum is accepted anew.
func (s *Service) ChangePlan(ctx context.Context, in ChangePlan) (Plan, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return Plan{}, err
	}
	return s.writePlan(ctx, "change_plan", in.Keyed, in, in.PlanText,
		func(ctx context.Context, tx *db.Tx) (Plan, error) { return getPlan(ctx, tx, in.PlanID) })
}

// writePlan stores the version after the one that last gives.
func (s *Service) writePlan(
	ctx context.Context, op string, key deed.Keyed, in any, text PlanText,
	last func(context.Context, *db.Tx) (Plan, error),
) (Plan, error) {
	if text.Mode == "" {
		text.Mode = Declared
	}
	if err := text.check(); err != nil {
		return Plan{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, op), key, in,
		func(ctx context.Context, tx *db.Tx) (Plan, error) {
			p, err := last(ctx, tx)
			if err != nil {
				return Plan{}, err
			}
			p.Version, p.State, p.PlanText = p.Version+1, Open, text
			return p, insertPlan(ctx, tx, p, people.ActorOf(ctx).AccountID)
		})
}

// ClosePlan is a clerk ending a plan.
type ClosePlan struct {
	deed.Keyed
	PlanID string `json:"plan_id" path:"plan_id"`
}

// ClosePlan insures nobody more under the plan; covers that began go on to their end.
// Faults: insurance.plan_not_found, insurance.plan_closed (conflict).
func (s *Service) ClosePlan(ctx context.Context, in ClosePlan) (Plan, error) {
	if err := people.Must(ctx, people.PermChangePlans, ""); err != nil {
		return Plan{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "close_plan"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Plan, error) {
			p, err := getPlan(ctx, tx, in.PlanID)
			if err != nil {
				return Plan{}, err
			}
			if err := p.State.mustBeOpen(); err != nil {
				return Plan{}, err
			}
			p.Version, p.State = p.Version+1, Closed
			return p, insertPlan(ctx, tx, p, people.ActorOf(ctx).AccountID)
		})
}

// FindPlans asks for the open plans.
type FindPlans struct{}

// PlanList is the open plans, each in its newest version.
type PlanList struct {
	Plans []Plan `json:"plans"`
}

// FindPlans lists what may be chosen and consented to, at most listMax, for whoever looks for work.
func (s *Service) FindPlans(ctx context.Context, _ FindPlans) (PlanList, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return PlanList{}, err
	}
	plans, err := openPlans(ctx, s.DB)
	return PlanList{plans}, err
}

// Consent is a worker agreeing to be insured under one version of a plan, with its sums. Without a
// word on the beneficiary it is the legal heirs.
type Consent struct {
	deed.Keyed
	WorkerID    string `json:"worker_id" path:"worker_id"`
	PlanID      string `json:"plan_id"`
	Version     int64  `json:"version" doc:"the version whose sums and exclusions were shown"`
	Beneficiary string `json:"beneficiary,omitempty" enum:"heirs,spouse,children,parents"`
	// A box of its own beside the plan's.
	ShareVersion string `json:"share_version,omitempty" maxLength:"40" doc:"also agrees, by itself, that the insurer is told: version of the words of share_insurer"`
}

// ConsentView is a consent on record, with the sums accepted.
type ConsentView struct {
	ID       string `json:"id"`
	WorkerID string `json:"worker_id"`
	PlanID   string `json:"plan_id"`
	Version  int64  `json:"version"`
	Sums
	Beneficiary string    `json:"beneficiary"`
	GivenAt     time.Time `json:"given_at"`
}

// Consent records that the insured agrees and accepts the sums. Given twice, the first one stands.
// That the insurer is told is a consent of its own (people.PurposeShareInsurer), which may be given
// in the same step; no cover begins without it.
// Faults: insurance.beneficiary (invalid); insurance.plan_not_found; insurance.plan_closed,
// insurance.plan_changed, people.consent_version (conflict); insurance.age (forbidden);
// people.worker_not_found.
// Source: 保险法 31, 34, 39; 个人信息保护法 23, 29.
func (s *Service) Consent(ctx context.Context, in Consent) (ConsentView, error) {
	if err := people.Must(ctx, people.PermConsentInsurance, in.WorkerID); err != nil {
		return ConsentView{}, err
	}
	if in.Beneficiary == "" {
		in.Beneficiary = "heirs"
	}
	if err := checkBeneficiary(in.Beneficiary); err != nil {
		return ConsentView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "consent"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ConsentView, error) { return s.consentTx(ctx, tx, in) },
		db.Lane("worker", in.WorkerID))
}

func (s *Service) consentTx(ctx context.Context, tx *db.Tx, in Consent) (ConsentView, error) {
	plan, err := getPlan(ctx, tx, in.PlanID)
	if err != nil {
		return ConsentView{}, err
	}
	if err := plan.State.mustBeOpen(); err != nil {
		return ConsentView{}, err
	}
	if in.Version != plan.Version {
		return ConsentView{}, fault.New(fault.Conflict, "insurance.plan_changed",
			"version", plan.Version).OnField("version")
	}
	worker, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID)
	if err != nil {
		return ConsentView{}, err
	}
	if err := plan.mustFit(worker.BirthDate, civil.DateOf(tx.Now)); err != nil {
		return ConsentView{}, err
	}
	if in.ShareVersion != "" {
		if err := s.People.GiveConsentTx(ctx, tx, in.WorkerID, people.PurposeShareInsurer,
			in.ShareVersion); err != nil {
			return ConsentView{}, err
		}
	}
	who, err := s.People.IdentityTx(ctx, tx, in.WorkerID)
	if err != nil {
		return ConsentView{}, err
	}
	v := ConsentView{ID: tx.ID("icn"), WorkerID: in.WorkerID, PlanID: in.PlanID, Version: in.Version,
		Sums: plan.Sums, Beneficiary: in.Beneficiary, GivenAt: tx.Now}
	fresh, err := insertConsent(ctx, tx, v, worker.BirthDate, who.Digest,
		people.ActorOf(ctx).AccountID)
	if err != nil || fresh {
		return v, err
	}
	return standingConsent(ctx, tx, in.WorkerID, in.PlanID, in.Version)
}

// WithdrawConsent is a worker taking the consent to a plan back.
type WithdrawConsent struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	PlanID   string `json:"plan_id"`
}

// ConsentWithdrawn says from when on.
type ConsentWithdrawn struct {
	PlanID      string    `json:"plan_id"`
	WithdrawnAt time.Time `json:"withdrawn_at"`
}

// WithdrawConsent lets no new cover begin under the plan; one that runs goes on to its end.
// Faults: insurance.no_consent (forbidden). Source: 个人信息保护法 15 (as easily as given).
func (s *Service) WithdrawConsent(
	ctx context.Context, in WithdrawConsent,
) (ConsentWithdrawn, error) {
	if err := people.Must(ctx, people.PermConsentInsurance, in.WorkerID); err != nil {
		return ConsentWithdrawn{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "withdraw_consent"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ConsentWithdrawn, error) {
			n, err := withdrawConsents(ctx, tx, in.WorkerID, in.PlanID)
			if err == nil && n == 0 {
				err = noConsent()
			}
			return ConsentWithdrawn{in.PlanID, tx.Now}, err
		}, db.Lane("worker", in.WorkerID))
}

// PremiumTx gives what one start of work costs under the plan's newest version.
// Faults: insurance.plan_not_found, insurance.plan_closed (conflict).
func (s *Service) PremiumTx(ctx context.Context, r db.Reader, planID string) (money.Fen, error) {
	state, premium, err := premiumOf(ctx, r, planID)
	if err == nil {
		err = state.mustBeOpen()
	}
	return premium, err
}

// CoverCmd asks for cover of one placement, from the start of work until its planned end.
type CoverCmd struct {
	PlacementID string
	WorkerID    string
	EmployerID  string
	PlanID      string
	At          time.Time
	Until       time.Time
	Region      string // of the place, for the way home; "" takes the number for anywhere
}

// CoverTx binds a cover at cmd.At and posts its premium from the placement's hold. One
// start is one person-day. Gives the cover's id.
// Faults: insurance.no_consent, insurance.not_shared, insurance.age (forbidden);
// insurance.plan_closed, insurance.already_covered, insurance.not_confirmed, insurance.refused
// (conflict);
// insurance.plan_not_found; ledger.insufficient_funds.
// Must run in the transaction that records the start. Source: 保险法 12, 31, 32, 34.
func (s *Service) CoverTx(ctx context.Context, tx *db.Tx, cmd CoverCmd) (string, error) {
	day := civil.DateOf(cmd.At)
	plan, consent, err := planAndConsent(ctx, tx, cmd.PlanID, cmd.WorkerID)
	if err != nil {
		return "", err
	}
	if err := plan.State.mustBeOpen(); err != nil {
		return "", err
	}
	if err := consent.mustPrecede(cmd.At); err != nil {
		return "", err
	}
	if err := s.mayTellTx(ctx, tx, cmd.WorkerID); err != nil {
		return "", err
	}
	if err := plan.mustFit(consent.BirthDate, day); err != nil {
		return "", err
	}
	if err := confirmedTx(ctx, tx, plan, cmd.PlacementID); err != nil {
		return "", err
	}
	commute, err := s.Policy.At("insurance.commute_min", cmd.Region, day)
	if err != nil {
		return "", err
	}
	c := Cover{ID: tx.ID("cov"), PlacementID: cmd.PlacementID, WorkerID: cmd.WorkerID,
		EmployerID: cmd.EmployerID, PlanID: plan.ID, Version: plan.Version, ConsentID: consent.ID,
		Insurer: plan.Insurer, PremiumFen: plan.PremiumDayFen, EffectiveAt: cmd.At,
		Commute: time.Duration(commute.Value) * time.Minute}
	c.PlannedUntil = cmd.Until.Add(c.Commute)
	if err := insertCover(ctx, tx, c); err != nil {
		return "", err
	}
	if err := s.payTx(ctx, tx, c); err != nil {
		return "", err
	}
	return c.ID, feed.PutTx(ctx, tx, covered(c))
}

// mayTellTx refuses cover for a worker whose yes to telling the insurer does not stand. A cover
// that has begun is told all the same: what was promised under the yes is kept.
// Source: 个人信息保护法 15, 23.
func (s *Service) mayTellTx(ctx context.Context, r db.Reader, workerID string) error {
	err := s.People.AllowedTx(ctx, r, workerID, people.PurposeShareInsurer)
	if fault.As(err) != nil {
		return fault.New(fault.Forbidden, "insurance.not_shared").OnField("worker_id")
	}
	return err
}

// PremiumEntry names the entry of the books by which a cover's premium was paid, for one that has a
// premium.
func PremiumEntry(coverID string) string {
	return ledger.Entry{Kind: "premium", Source: coverID}.ID()
}

// payTx posts the premium; a plan that the government pays for costs the employer nothing.
func (s *Service) payTx(ctx context.Context, tx *db.Tx, c Cover) error {
	if c.PremiumFen == 0 {
		return nil
	}
	e := ledger.Entry{Kind: "premium", Source: c.ID, EmployerID: c.EmployerID}
	e.Move(ledger.Hold(c.PlacementID), ledger.Premium(c.Insurer), c.PremiumFen)
	_, err := s.Ledger.PostTx(ctx, tx, e)
	return err
}

// EndTx ends the placement's cover after the way home from endAt.
// Faults: insurance.no_cover (not_found).
// Must run in the transaction that records the end of work.
func (s *Service) EndTx(ctx context.Context, tx *db.Tx, placementID string, endAt time.Time) error {
	return endCover(ctx, tx, placementID, endAt)
}

// ExtendTx lets the placement's cover reach to the way home from until, where it would end before:
// the work overruns its shift.
// Faults: insurance.no_cover (not_found).
// Must run in the transaction that records the overrun.
func (s *Service) ExtendTx(
	ctx context.Context, tx *db.Tx, placementID string, until time.Time,
) error {
	return extendCover(ctx, tx, placementID, until)
}

// FindCovers asks for a worker's covers.
type FindCovers struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// CoverList is a worker's covers, the latest first.
type CoverList struct {
	Covers []CoverView `json:"covers"`
}

// CoverView is a cover as the worker sees it.
type CoverView struct {
	ID          string    `json:"id"`
	PlacementID string    `json:"placement_id"`
	PlanID      string    `json:"plan_id"`
	Version     int64     `json:"version"`
	Insurer     string    `json:"insurer"`
	EffectiveAt time.Time `json:"effective_at"`
	ExpiresAt   time.Time `json:"expires_at" doc:"as planned until the clock-out"`
	Report      string    `json:"report" doc:"declared, then as its bordereau: wanted … reported"`
}

// FindCovers lists a worker's latest covers, at most listMax.
func (s *Service) FindCovers(ctx context.Context, in FindCovers) (CoverList, error) {
	if err := people.Must(ctx, people.PermSeeWorker, in.WorkerID); err != nil {
		return CoverList{}, err
	}
	covers, err := coversOf(ctx, s.DB, in.WorkerID)
	return CoverList{covers}, err
}
