package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// GetContact is an employer who wants to reach a worker: an applicant, or somebody it has hired.
type GetContact struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	WorkerID   string `json:"worker_id" path:"worker_id"`
	Lang       string `json:"lang,omitempty" enum:"zh-CN,en" doc:"zh-CN if left out"`
}

// ContactView is what the worker has agreed that the employer may know.
type ContactView struct {
	WorkerID string    `json:"worker_id"`
	Name     string    `json:"name"`
	Phone    string    `json:"phone"`
	Skills   []string  `json:"skills" doc:"as the worker says, and certificates that were verified"`
	ShownAt  time.Time `json:"shown_at" doc:"the look is on record, and the worker can read it"`
}

// GetContact shows an employer the name, the phone and the skills of a worker who applied to it or
// works for it, when the worker agreed to that (people.PurposeShareEmployer). What the contract
// needs stands in the contract, agreed or not. The look is on record in the same transaction; it
// has no key and its answer is stored nowhere.
// Faults: market.no_contact (not found): the two have nothing to do with each other;
// people.no_consent, people.consent_withdrawn, people.consent_outdated (conflict).
// Source: 个人信息保护法 23.
func (s *Service) GetContact(ctx context.Context, in GetContact) (ContactView, error) {
	if err := people.Must(ctx, people.PermOfferWork, in.EmployerID); err != nil {
		return ContactView{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (ContactView, error) {
		knows, err := knowsWorker(ctx, tx, in.EmployerID, in.WorkerID)
		if err == nil && !knows {
			err = fault.New(fault.NotFound, "market.no_contact").OnField("worker_id")
		}
		if err != nil {
			return ContactView{}, err
		}
		c, err := s.People.ContactTx(ctx, tx, in.WorkerID)
		if err != nil {
			return ContactView{}, err
		}
		v := ContactView{WorkerID: in.WorkerID, Name: c.Name, Phone: string(c.Phone),
			ShownAt: tx.Now}
		v.Skills, err = s.Skills.NamesTx(ctx, tx, in.WorkerID, civil.DateOf(tx.Now),
			i18n.Match(in.Lang))
		if err != nil {
			return ContactView{}, err
		}
		return v, insertContactShown(ctx, tx, tx.ID("cts"), in.EmployerID, in.WorkerID,
			people.ActorOf(ctx).AccountID)
	})
}

// Shared tells which employers have seen a worker's phone.
func (s *Service) Shared(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Sharing, error) {
	return people.SharingsOf(ctx, r, workerID, people.Sharing{Purpose: people.PurposeShareEmployer,
		Kinds: []string{"name", "phone", "skills"}}, sharedSQL)
}

// nameThem writes names into an employer's list of applications.
func (s *Service) nameThem(ctx context.Context, r db.Reader, list []ApplicationView) error {
	return people.NameRows(ctx, r, s.People, list,
		func(a ApplicationView) string { return a.WorkerID },
		func(a *ApplicationView, n people.Names) { a.WorkerName = n.Shown })
}

// namePlaced writes names into an employer's list of who is on a shift. Whoever has accepted has a
// contract with the whole name in it.
func (s *Service) namePlaced(ctx context.Context, r db.Reader, list []PlacementView) error {
	return people.NameRows(ctx, r, s.People, list,
		func(p PlacementView) string { return p.WorkerID },
		func(p *PlacementView, n people.Names) {
			p.WorkerName = n.Whole
			if p.State == Offered {
				p.WorkerName = n.Shown
			}
		})
}
