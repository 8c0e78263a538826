package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
)

// Deps are what the slice stands on.
type Deps struct {
	DB     *db.DB
	Policy *policy.Book
	People *people.Service
	// Tell writes a message to an account; app hands in notify's.
	Tell func(ctx context.Context, tx *db.Tx, m people.Message) error
}

// Service offers, drafts, signs and verifies contracts.
type Service struct{ Deps }

// New returns the slice's service.
func New(d Deps) *Service { return &Service{d} }

func scope(ctx context.Context, op string) string {
	return "contract." + op + "/" + people.ActorOf(ctx).AccountID
}

// OfferCmd is an employer binding itself to the terms of a shift, for so many workers.
type OfferCmd struct {
	ShiftID    string
	EmployerID string
	Heads      int
	Terms      Terms
}

// OfferTx writes the employer's standing offer, signed by the account that asks, which must be the
// employer's own: nobody else can bind it. Gives the offer's id; the same id for the same offer.
// Faults: contract.clause_missing, contract.work_type (invalid); contract.not_the_employer
// (forbidden); contract.offered_otherwise (conflict); people.employer_not_found.
// Source: 劳动合同法 17; 电子签名法 13; 民法典 472, 476 (an offer binds).
func (s *Service) OfferTx(ctx context.Context, tx *db.Tx, cmd OfferCmd) (string, error) {
	actor := people.ActorOf(ctx)
	if !actor.Has(people.RoleEmployer) || actor.EmployerID != cmd.EmployerID {
		return "", fault.New(fault.Forbidden, "contract.not_the_employer").OnField("employer_id")
	}
	registered, err := s.People.GetEmployerTx(ctx, tx, cmd.EmployerID)
	if err != nil {
		return "", err
	}
	e := Employer{registered.Name, registered.USCC, registered.Address, registered.Principal}
	if err := CheckOffer(e, cmd.Terms); err != nil {
		return "", err
	}
	var p Promise
	err = s.numbers(cmd.Terms, want{"wage.pay_within_min", &p.PayWithinMin},
		want{"wage.auto_confirm_min", &p.AutoConfirmMin})
	if err != nil {
		return "", err
	}
	o, err := newOffer(e, cmd.Terms, int64(cmd.Heads), p)
	if err != nil {
		return "", err
	}
	o.ID, o.ShiftID, o.EmployerID = tx.ID("ofr"), cmd.ShiftID, cmd.EmployerID
	o.AccountID, o.SignedAt = actor.AccountID, tx.Now
	o.Hash = o.digest()
	if fresh, err := insertOffer(ctx, tx, o); err != nil || fresh {
		return o.ID, err
	}
	first, err := offerOfShift(ctx, tx, cmd.ShiftID)
	if err != nil {
		return "", err
	}
	if first.EmployerID != o.EmployerID || first.Terms != o.Terms || first.Heads != o.Heads {
		return "", fault.New(fault.Conflict, "contract.offered_otherwise").OnField("shift_id")
	}
	return first.ID, nil
}

// DraftCmd is one worker placed on an offered shift. Worker is as the placing transaction has read
// it; Terms are those shown to the worker.
type DraftCmd struct {
	PlacementID string
	ShiftID     string
	Worker      people.Worker
	Terms       Terms
}

// DraftTx writes the worker's contract on the shift's offer, ready to be signed. The employer is
// bound to what it signed, so other terms are refused. Gives the contract's id.
// Faults: contract.not_offered, contract.terms_differ, contract.already_drafted (conflict);
// contract.too_young (forbidden); contract.clause_missing (invalid); people.worker_not_found.
// Must run in the transaction that places the worker.
func (s *Service) DraftTx(ctx context.Context, tx *db.Tx, cmd DraftCmd) (string, error) {
	offer, err := offerOfShift(ctx, tx, cmd.ShiftID)
	if err != nil {
		return "", err
	}
	terms, err := cmd.Terms.canonical()
	if err != nil {
		return "", err
	}
	if terms != offer.Terms {
		return "", fault.New(fault.Conflict, "contract.terms_differ").OnField("shift_id")
	}
	worker := cmd.Worker
	who, err := s.People.IdentityTx(ctx, tx, worker.ID)
	if err != nil {
		return "", err
	}
	tpl, bounds, err := s.chooseTx(ctx, tx, offer.EmployerID, worker, cmd.Terms)
	if err != nil {
		return "", err
	}
	c := Contract{ID: tx.ID("ctr"), PlacementID: cmd.PlacementID, OfferID: offer.ID,
		WorkerID: worker.ID, AccountID: worker.AccountID, EmployerID: offer.EmployerID,
		Person: who.Digest, Template: tpl, StartsAt: clock.At(clock.MS(cmd.Terms.StartsAt)),
		PlannedMin: cmd.Terms.PlannedMin(), State: Drafted, DraftedAt: tx.Now}
	address := region.FullName(worker.Region)
	if address == "" {
		address = worker.Region // a code that was abolished lives on in people's papers
	}
	return c.ID, draftTx(ctx, tx, c, offer, Worker{worker.Name, address, who.Masked}, bounds)
}

func draftTx(ctx context.Context, tx *db.Tx, c Contract, o Offer, w Worker, b Bounds) error {
	if err := CheckWorker(w); err != nil {
		return err
	}
	page, err := renderPage(c.Template, o.EmployerName, w, b)
	if err != nil {
		return err
	}
	c.TextHash = textHash(Text(page, o))
	rows, head := Head{}.chain(c.ID, tx.Now, step{KindOffered, line(offeredOf(o))},
		step{KindDrafted, line(draftedOf(c)) + "\n" + page})
	c.Head = head
	if err := insertContract(ctx, tx, c); err != nil {
		return err
	}
	return insertEvidence(ctx, tx, rows)
}

// chooseTx finds the template for this worker on this shift.
func (s *Service) chooseTx(
	ctx context.Context, tx *db.Tx, employerID string, w people.Worker, t Terms,
) (Template, Bounds, error) {
	facts, err := factsOf(t)
	if err != nil {
		return "", Bounds{}, err
	}
	day := civil.DateOf(t.StartsAt)
	var ageMin int64
	var b Bounds
	err = s.numbers(t, want{"people.age_minimum", &ageMin},
		want{"contract.parttime_day_min", &b.DayMin}, want{"contract.parttime_week_min", &b.WeekMin})
	if err != nil {
		return "", b, err
	}
	if int64(policy.FullAge(w.BirthDate, day)) < ageMin {
		return "", b, fault.New(fault.Forbidden, "contract.too_young", "age_min", ageMin).
			OnField("worker_id")
	}
	facts.OverAge = policy.OverStatutoryAge(track(w.Sex), w.BirthDate, day)
	if facts.DayMin <= b.DayMin { // longer days are not part-time whatever the week says
		from, to := week(day)
		other, err := minutesWith(ctx, tx, w.ID, employerID, from, to)
		if err != nil {
			return "", b, err
		}
		facts.WeekMin += other
	}
	return Choose(facts, b), b, nil
}

// want is a number of policy and where it goes.
type want struct {
	code string
	to   *int64
}

// numbers asks policy as of the first day of the work, at its place.
func (s *Service) numbers(t Terms, wanted ...want) error {
	for _, w := range wanted {
		n, err := s.Policy.At(w.code, t.Region, civil.DateOf(t.StartsAt))
		if err != nil {
			return err
		}
		*w.to = n.Value
	}
	return nil
}

// track is the retirement track of people who work by the shift: for women that of flexible
// workers, the later one, because being over the age takes protection away.
func track(sex people.Sex) policy.Track {
	if sex == people.Female {
		return policy.Female55
	}
	return policy.Male60
}

// week gives the Monday before or on the day, and the next, as instants.
func week(day civil.Date) (from, to time.Time) {
	sinceMonday := (int(day.Midnight().In(civil.Zone).Weekday()) + 6) % 7
	monday := day.AddDays(-sinceMonday)
	return monday.Midnight(), monday.AddDays(7).Midnight()
}

// SignedRef says which contract a placement works under, and since when both have signed.
type SignedRef struct {
	ContractID string
	SignedAt   time.Time
}

// SignedTx proves, by one look-up, that both sides have signed the placement's contract and that
// it is not void. That the chain behind it verifies is Check's to say.
// Faults: contract.not_signed (conflict).
func (s *Service) SignedTx(
	ctx context.Context, r db.Reader, placementID string,
) (SignedRef, error) {
	ref, state, err := signedOfPlacement(ctx, r, placementID)
	if err != nil {
		return SignedRef{}, err
	}
	if state != Signed {
		return SignedRef{}, fault.New(fault.Conflict, "contract.not_signed").OnField("placement_id")
	}
	return ref, nil
}

// VoidTx ends the placement's contract, signed or not, because its work will not begin; reason is
// the market's word for why. Without a contract, or with one that is void, it does nothing.
func (s *Service) VoidTx(ctx context.Context, tx *db.Tx, placementID, reason string) error {
	c, err := contractOfPlacement(ctx, tx, placementID)
	if fault.Is(err, "contract.not_found") || err == nil && c.State == Void {
		return nil
	}
	if err != nil {
		return err
	}
	c.State = Void
	return extendTx(ctx, tx, &c, step{KindVoided,
		line(voidedBody{people.ActorOf(ctx).AccountID, reason})})
}

// extendTx adds steps to a contract's chain and stores its state as it now is.
func extendTx(ctx context.Context, tx *db.Tx, c *toSign, steps ...step) error {
	rows, head := c.Head.chain(c.ID, tx.Now, steps...)
	before := c.Head
	c.Head = head
	if err := advance(ctx, tx, *c, before); err != nil {
		return err
	}
	return insertEvidence(ctx, tx, rows)
}
