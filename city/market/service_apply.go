package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

// ApplicationView is an application as its two sides see it.
type ApplicationView struct {
	ID            string    `json:"id"`
	VacancyID     string    `json:"vacancy_id"`
	WorkerID      string    `json:"worker_id"`
	WorkerName    string    `json:"worker_name,omitempty" doc:"in an employer's list: whole with the worker's consent, else the surname"`
	EmployerID    string    `json:"employer_id"`
	Title         string    `json:"title,omitempty" doc:"of the vacancy, in a worker's list"`
	EmployerName  string    `json:"employer_name,omitempty" doc:"the same"`
	State         State     `json:"state"`
	Reason        string    `json:"reason,omitempty" doc:"of a refusal: a code of a closed set"`
	Words         string    `json:"words,omitempty" doc:"the refusal in plain words"`
	RecommendedBy string    `json:"recommended_by,omitempty" doc:"of the staff who did it by hand"`
	Note          string    `json:"note,omitempty"`
	ShiftID       string    `json:"shift_id,omitempty" doc:"what is offered"`
	PlacementID   string    `json:"placement_id,omitempty"`
	AppliedAt     time.Time `json:"applied_at"`
	ExpiresAt     time.Time `json:"expires_at,omitzero" doc:"lapses then unless it moves on"`
}

func (s *Service) applicationView(a Application, lang string) ApplicationView {
	v := ApplicationView{ID: a.ID, VacancyID: a.VacancyID, WorkerID: a.WorkerID,
		EmployerID: a.EmployerID, State: a.State, Reason: a.Reason, RecommendedBy: a.RecommendedBy,
		Note: a.Note, ShiftID: a.ShiftID, PlacementID: a.PlacementID, AppliedAt: a.AppliedAt,
		ExpiresAt: a.ExpiresAt}
	if a.State == Refused {
		v.Words = s.Text.Say(i18n.Match(lang), "market.refusal."+a.Reason, nil)
	}
	return v
}

// Apply is a worker asking for a vacancy.
type Apply struct {
	deed.Keyed
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
	WorkerID  string `json:"worker_id"`
	Note      string `json:"note,omitempty" maxLength:"200"`
}

// Apply puts the worker's wish before the employer: 意向, once for a worker and vacancy.
// Faults: market.vacancy_not_found; market.not_by_application, market.applications_closed,
// market.already_applied (conflict); market.worker_too_young, market.adults_only (forbidden).
func (s *Service) Apply(ctx context.Context, in Apply) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermApply, in.WorkerID); err != nil {
		return ApplicationView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "apply"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			a, _, err := s.applyTx(ctx, tx, in, "")
			return s.applicationView(a, ""), err
		}, db.Lane("worker", in.WorkerID))
}

// Recommend is staff at a desk putting a walk-in forward by hand.
type Recommend struct {
	deed.Keyed
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
	WorkerID  string `json:"worker_id"`
	Note      string `json:"note" maxLength:"200" doc:"what the employer should know"`
}

// RecommendWorker applies on a worker's behalf; who did is on record and the worker is told, so
// that a recommendation nobody asked for can be withdrawn. Who has switched proposals off is not
// recommended either.
// Faults: those of Apply; market.reason_missing (invalid) without a note;
// people.consent_withdrawn (conflict, field purpose). Source: 个人信息保护法 24.
func (s *Service) RecommendWorker(ctx context.Context, in Recommend) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermRecommend, ""); err != nil {
		return ApplicationView{}, err
	}
	if in.Note == "" {
		return ApplicationView{}, fault.New(fault.Invalid, "market.reason_missing").OnField("note")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "recommend"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			err := s.People.AllowedTx(ctx, tx, in.WorkerID, people.PurposeRecommend)
			if err != nil {
				return ApplicationView{}, err
			}
			a, title, err := s.applyTx(ctx, tx, Apply(in), people.ActorOf(ctx).AccountID)
			if err != nil {
				return ApplicationView{}, err
			}
			return s.applicationView(a, ""), s.tellWorker(ctx, tx, a.WorkerID, "recommended", a.ID,
				map[string]string{"title": title})
		}, db.Lane("worker", in.WorkerID))
}

// ApplyFor is staff applying at the word of a worker who stands before them.
type ApplyFor struct {
	deed.Keyed
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
	WorkerID  string `json:"worker_id"`
	HelpID    string `json:"help_id" doc:"the worker's authority"`
	Note      string `json:"note,omitempty" maxLength:"200"`
}

// ApplyFor applies for a worker under the authority that the worker gave (station.OpenHelp): it is
// the worker's own wish, so no switch of proposals stands against it. It is on record in the
// station's ledger, and the worker is told.
// Faults: those of Apply; station.help_not_found; station.help_ended (conflict).
func (s *Service) ApplyFor(ctx context.Context, in ApplyFor) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermHelp, ""); err != nil {
		return ApplicationView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "apply_for"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			h, err := s.Stations.HelpTx(ctx, tx, in.HelpID, in.WorkerID, tx.Now)
			if err != nil {
				return ApplicationView{}, err
			}
			a, title, err := s.applyTx(ctx, tx, Apply{VacancyID: in.VacancyID, WorkerID: in.WorkerID,
				Note: in.Note}, people.ActorOf(ctx).AccountID)
			if err != nil {
				return ApplicationView{}, err
			}
			if err := s.Stations.ServedTx(ctx, tx, h, "apply", a.ID); err != nil {
				return ApplicationView{}, err
			}
			return s.applicationView(a, ""), s.tellWorker(ctx, tx, a.WorkerID, "recommended", a.ID,
				map[string]string{"title": title})
		}, db.Lane("worker", in.WorkerID))
}

func (s *Service) applyTx(
	ctx context.Context, tx *db.Tx, in Apply, recommendedBy string,
) (Application, string, error) {
	v, err := getApplicable(ctx, tx, in.VacancyID)
	if err != nil {
		return Application{}, "", err
	}
	if err := v.mayApply(tx.Now); err != nil {
		return Application{}, "", err
	}
	worker, err := s.People.GetWorkerTx(ctx, tx, in.WorkerID)
	if err != nil {
		return Application{}, "", err
	}
	day := civil.DateOf(v.FirstStart)
	ageMin, err := s.Policy.At("people.age_minimum", v.Region, day)
	if err != nil {
		return Application{}, "", err
	}
	if err := mayWork(worker.BirthDate, day, v.MinorOK, ageMin.Value); err != nil {
		return Application{}, "", err
	}
	expires, err := s.after(tx, "market.application_days", v.Region)
	if err != nil {
		return Application{}, "", err
	}
	a := Application{ID: tx.ID("apl"), VacancyID: v.ID, WorkerID: in.WorkerID,
		EmployerID: v.EmployerID, State: Applied, RecommendedBy: recommendedBy, Note: in.Note,
		AppliedAt: tx.Now, ExpiresAt: expires}
	if err := insertApplication(ctx, tx, a); err != nil {
		return Application{}, "", err
	}
	return a, v.Title, feed.PutTx(ctx, tx, moved(a))
}

// after is so many days of policy from now.
func (s *Service) after(tx *db.Tx, code, region string) (time.Time, error) {
	days, err := s.Policy.At(code, region, civil.DateOf(tx.Now))
	return tx.Now.AddDate(0, 0, int(days.Value)), err
}

func (s *Service) tellWorker(ctx context.Context, tx *db.Tx, workerID, template, key string,
	args map[string]string) error {
	worker, err := s.People.GetWorkerTx(ctx, tx, workerID)
	if err != nil {
		return err
	}
	return s.Notify.PutTx(ctx, tx, notify.Message{AccountID: worker.AccountID, Template: template,
		Key: template + "/" + key, Args: args})
}

// Withdraw is a worker taking an application back.
type Withdraw struct {
	deed.Keyed
	ApplicationID string `json:"application_id" path:"application_id"`
	WorkerID      string `json:"worker_id"`
}

// WithdrawApplication ends the worker's wish before acceptance; a booked interview is cancelled and
// an offer declined with it. Later it is the placement that is cancelled.
// Faults: market.application_not_found; market.application_state (conflict).
func (s *Service) WithdrawApplication(ctx context.Context, in Withdraw) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return ApplicationView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "withdraw"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			a, err := mine(ctx, tx, in.ApplicationID, in.WorkerID)
			if err == nil && (a.State == Accepted || a.State == Arrived) {
				err = wrongState(a.State) // no wish any more: the placement is cancelled
			}
			if err != nil {
				return ApplicationView{}, err
			}
			if a, err = s.moveTx(ctx, tx, a, Withdrawn, "", time.Time{}); err != nil {
				return ApplicationView{}, err
			}
			return s.applicationView(a, ""), endOffer(ctx, tx, a, Declined)
		}, db.Lane("worker", in.WorkerID))
}

// moveTx takes an application one step further. A step out of the interview state cancels what is
// booked, so that a slot never waits for somebody who will not come.
func (s *Service) moveTx(
	ctx context.Context, tx *db.Tx, a Application, to State, reason string, expires time.Time,
) (Application, error) {
	if err := a.mayBecome(to); err != nil {
		return a, err
	}
	from := a.State
	a.State, a.Reason, a.ExpiresAt = to, reason, expires
	if err := updateApplication(ctx, tx, a, from); err != nil {
		return a, err
	}
	if from == Interviewing && to != Interviewing {
		if err := cancelBooked(ctx, tx, a.ID); err != nil {
			return a, err
		}
	}
	return a, feed.PutTx(ctx, tx, moved(a))
}

// followTx lets the application of a placement follow it. A placement without one is fine.
func followTx(ctx context.Context, tx *db.Tx, placementID string, to State, reason string) error {
	followed, err := followPlacement(ctx, tx, placementID, to, reason)
	for _, a := range followed {
		if err == nil {
			err = feed.PutTx(ctx, tx, moved(a))
		}
	}
	return err
}

// Choice is an employer's step with one applicant.
type Choice struct {
	deed.Keyed
	ApplicationID string `json:"application_id" path:"application_id"`
	EmployerID    string `json:"employer_id"`
}

// Shortlist puts an applicant among those the employer wants to see; the worker can then book an
// interview, or be offered the work without one.
// Faults: market.application_not_found; market.application_state (conflict).
func (s *Service) Shortlist(ctx context.Context, in Choice) (ApplicationView, error) {
	return s.choose(ctx, "shortlist", in, in,
		func(ctx context.Context, tx *db.Tx, a Application) (Application, error) {
			expires, err := s.after(tx, "market.application_days", "")
			if err != nil {
				return a, err
			}
			if a, err = s.moveTx(ctx, tx, a, Shortlisted, "", expires); err != nil {
				return a, err
			}
			title, err := titleOf(ctx, tx, a.VacancyID)
			if err != nil {
				return a, err
			}
			return a, s.tellWorker(ctx, tx, a.WorkerID, "shortlisted", a.ID,
				map[string]string{"title": title})
		})
}

// choose is the frame of an employer's deeds on an application of its own.
func (s *Service) choose(ctx context.Context, op string, c Choice, in any,
	fn func(context.Context, *db.Tx, Application) (Application, error),
) (ApplicationView, error) {
	if err := people.Must(ctx, people.PermOfferWork, c.EmployerID); err != nil {
		return ApplicationView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, op), c.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ApplicationView, error) {
			a, err := getApplication(ctx, tx, c.ApplicationID)
			if err == nil && a.EmployerID != c.EmployerID {
				err = noApplication()
			}
			if err == nil {
				a, err = fn(ctx, tx, a)
			}
			return s.applicationView(a, ""), err
		})
}

// RefuseApplicant is an employer saying no, on a ground that has to do with the work.
type RefuseApplicant struct {
	Choice
	Reason string `json:"reason" enum:"filled,experience,certificate,interview,hours,unreachable"`
}

// RefuseApplication says no before acceptance; an offer that stands is withdrawn. The worker is
// told, and reads the reason in plain words.
// Faults: market.application_not_found; market.application_state (conflict);
// market.refusal_code (invalid).
func (s *Service) RefuseApplication(
	ctx context.Context, in RefuseApplicant,
) (ApplicationView, error) {
	return s.choose(ctx, "refuse_application", in.Choice, in,
		func(ctx context.Context, tx *db.Tx, a Application) (Application, error) {
			return s.refuseTx(ctx, tx, a, in.Reason)
		})
}

func (s *Service) refuseTx(
	ctx context.Context, tx *db.Tx, a Application, reason string,
) (Application, error) {
	if err := refusalCode(reason); err != nil {
		return a, err
	}
	a, err := s.moveTx(ctx, tx, a, Refused, reason, time.Time{})
	if err != nil {
		return a, err
	}
	if err := endOffer(ctx, tx, a, Withdrawn); err != nil {
		return a, err
	}
	title, err := titleOf(ctx, tx, a.VacancyID)
	if err != nil {
		return a, err
	}
	return a, s.tellWorker(ctx, tx, a.WorkerID, "application_refused", a.ID,
		map[string]string{"title": title})
}

// OfferApplicant is an employer offering an applicant a head of one of the vacancy's shifts.
type OfferApplicant struct {
	Choice
	ShiftID  string `json:"shift_id"`
	Replaces string `json:"replaces,omitempty" maxLength:"60" doc:"an application whose worker did not come or has not answered"`
}

// OfferApplication offers the work; accepting the shift is the worker's answer. With Replaces, the
// offer takes the place of somebody who did not come, or whose unanswered offer ends with it.
// Faults: market.application_not_found, market.shift_not_found; market.application_state,
// market.shift_closed, market.already_placed (conflict).
func (s *Service) OfferApplication(
	ctx context.Context, in OfferApplicant,
) (ApplicationView, error) {
	return s.choose(ctx, "offer_application", in.Choice, in,
		func(ctx context.Context, tx *db.Tx, a Application) (Application, error) {
			if err := a.mayBecome(Offered); err != nil {
				return a, err
			}
			if err := s.replaceTx(ctx, tx, a, in.Replaces); err != nil {
				return a, err
			}
			p, err := s.offerTx(ctx, tx, Offer{ShiftID: in.ShiftID, EmployerID: in.EmployerID,
				WorkerID: a.WorkerID}, a.VacancyID)
			if err != nil {
				return a, err
			}
			return s.offeredTx(ctx, tx, a, p)
		})
}

// answerWishTx lets an offer that was made without looking at the applications answer the worker's
// open one for the same vacancy, so that one wish is never followed twice.
func (s *Service) answerWishTx(ctx context.Context, tx *db.Tx, p Placement) error {
	wishes, err := openApplications(ctx, tx, p.VacancyID, p.WorkerID)
	for _, a := range wishes {
		if err == nil {
			_, err = s.offeredTx(ctx, tx, a, p)
		}
	}
	return err
}

// offeredTx ties an application to the offer that answers it.
func (s *Service) offeredTx(
	ctx context.Context, tx *db.Tx, a Application, p Placement,
) (Application, error) {
	expires, err := s.after(tx, "market.offer_days", "")
	if err != nil {
		return a, err
	}
	if p.StartsAt.Before(expires) {
		expires = p.StartsAt
	}
	a.ShiftID, a.PlacementID = p.ShiftID, p.ID
	return s.moveTx(ctx, tx, a, Offered, "", expires)
}

// replaceTx ends the application whose head goes to another of the same vacancy.
func (s *Service) replaceTx(ctx context.Context, tx *db.Tx, by Application, id string) error {
	if id == "" {
		return nil
	}
	old, err := getApplication(ctx, tx, id)
	if err == nil && old.VacancyID != by.VacancyID {
		err = noApplication()
	}
	if err != nil {
		return err
	}
	if _, err := s.moveTx(ctx, tx, old, Replaced, by.ID, time.Time{}); err != nil {
		return err
	}
	return endOffer(ctx, tx, old, Withdrawn)
}

// Applications asks for the applications of a vacancy, a page at a time.
type Applications struct {
	VacancyID  string `json:"vacancy_id" path:"vacancy_id"`
	EmployerID string `json:"employer_id" query:"employer_id"`
	State      string `json:"state,omitempty" query:"state" maxLength:"30"`
	After      string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
	Lang       string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en"`
}

// ApplicationPage is a page of applications, oldest first.
type ApplicationPage struct {
	Applications []ApplicationView `json:"applications"`
	Next         string            `json:"next,omitempty" doc:"ask with it for the next page"`
}

// ListApplicationsPage lists who wants the vacancy, oldest first, listMax at a time.
func (s *Service) ListApplicationsPage(
	ctx context.Context, in Applications,
) (ApplicationPage, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return ApplicationPage{}, err
	}
	list, err := applicationsOfVacancy(ctx, s.DB, in)
	if err != nil {
		return ApplicationPage{}, err
	}
	p := s.page(list, in.Lang)
	return p, s.nameThem(ctx, s.DB, p.Applications)
}

// MyApplications asks for a worker's applications.
type MyApplications struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
	After    string `json:"after,omitempty" query:"after" maxLength:"60" doc:"next of the page before"`
	Lang     string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en"`
}

// ListMyApplicationsPage lists what became of a worker's wishes, newest first, with a refusal's
// reason in plain words.
func (s *Service) ListMyApplicationsPage(
	ctx context.Context, in MyApplications,
) (ApplicationPage, error) {
	if err := people.Must(ctx, people.PermCancelWork, in.WorkerID); err != nil {
		return ApplicationPage{}, err
	}
	list, err := applicationsOfWorker(ctx, s.DB, in.WorkerID, in.After)
	if err != nil {
		return ApplicationPage{}, err
	}
	p := s.page(list, in.Lang)
	ids := make([]string, len(p.Applications))
	for i, a := range p.Applications {
		ids[i] = a.VacancyID
	}
	titles, err := titlesOf(ctx, s.DB, ids)
	for i, a := range p.Applications {
		p.Applications[i].Title, p.Applications[i].EmployerName = titles[a.VacancyID][0],
			titles[a.VacancyID][1]
	}
	return p, err
}

// page cuts a list that was read with one row too many.
func (s *Service) page(list []Application, lang string) ApplicationPage {
	list, next := db.Page(list, listMax, func(a Application) string { return a.ID })
	p := ApplicationPage{Applications: []ApplicationView{}, Next: next}
	for _, a := range list {
		p.Applications = append(p.Applications, s.applicationView(a, lang))
	}
	return p
}

// expireStale ends applications that nobody moved on, and offers that nobody answered.
func (s *Service) expireStale(ctx context.Context, now time.Time) (int, error) {
	ids, err := staleApplications(ctx, s.DB, now, sweepMax)
	if err != nil {
		return 0, err
	}
	return eachTx(ctx, s.DB, ids, func(ctx context.Context, tx *db.Tx, id string) error {
		a, err := getApplication(ctx, tx, id)
		if err != nil || a.ExpiresAt.IsZero() || a.ExpiresAt.After(tx.Now) {
			return err // it moved on meanwhile
		}
		if a, err = s.moveTx(ctx, tx, a, Expired, "", time.Time{}); err != nil {
			return err
		}
		return endOffer(ctx, tx, a, Withdrawn)
	})
}
