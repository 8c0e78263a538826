package people

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/i18n"
)

// ConsentTexts asks for what can be agreed to.
type ConsentTexts struct {
	Lang string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"zh-CN if left out"`
}

// ConsentTextView is a purpose with the words of its present version.
type ConsentTextView struct {
	Purpose Purpose `json:"purpose"`
	Version string  `json:"version"`
	Text    string  `json:"text"`
	Hash    string  `json:"hash" doc:"SHA-256 of purpose, version and both languages' words"`
	Needed  bool    `json:"needed" doc:"without it the work itself cannot be done"`
	OptOut  bool    `json:"opt_out" doc:"holds until it is switched off"`
}

// ConsentTextsView is all purposes, in the order in which they are shown.
type ConsentTextsView struct {
	Texts []ConsentTextView `json:"texts"`
}

// FindConsentTexts shows what can be agreed to, before anybody logs in.
func (s *Service) FindConsentTexts(
	ctx context.Context, in ConsentTexts,
) (ConsentTextsView, error) {
	if err := Must(ctx, PermLogIn, ""); err != nil {
		return ConsentTextsView{}, err
	}
	var view ConsentTextsView
	for _, c := range consentTexts {
		zh, en := s.words(c.Purpose)
		text := zh
		if in.Lang == i18n.English {
			text = en
		}
		view.Texts = append(view.Texts, ConsentTextView{Purpose: c.Purpose, Version: c.Version,
			Text: text, Hash: consentHash(c.Purpose, c.Version, zh, en),
			Needed: c.stance == told || c.stance == agreed, OptOut: c.stance == on})
	}
	return view, nil
}

func (s *Service) words(p Purpose) (zh, en string) {
	key := "consent." + string(p)
	return s.Text.Say(i18n.Chinese, key, nil), s.Text.Say(i18n.English, key, nil)
}

// GiveConsent agrees to one purpose, in the words of one version.
type GiveConsent struct {
	deed.Keyed
	WorkerID string  `json:"worker_id" path:"worker_id"`
	Purpose  Purpose `json:"purpose"`
	Version  string  `json:"version" minLength:"1" maxLength:"40" doc:"of the text agreed to"`
}

// WithdrawConsent takes it back, or says no before anybody said yes.
type WithdrawConsent struct {
	deed.Keyed
	WorkerID string  `json:"worker_id" path:"worker_id"`
	Purpose  Purpose `json:"purpose"`
}

// ConsentView is what holds for a purpose.
type ConsentView struct {
	WorkerID string    `json:"worker_id"`
	Purpose  Purpose   `json:"purpose"`
	Version  string    `json:"version"`
	Given    bool      `json:"given"`
	Outdated bool      `json:"outdated,omitempty" doc:"the words have changed since"`
	At       time.Time `json:"at"`
}

// GiveConsent records that the worker, and nobody for them, agrees to the present words; those are
// kept beside it, so that what was agreed to can be read when they have changed.
// Faults: people.purpose_unknown (invalid); people.consent_version (conflict, field version): the
// words are no longer those; people.worker_not_found.
func (s *Service) GiveConsent(ctx context.Context, in GiveConsent) (ConsentView, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return ConsentView{}, err
	}
	text, err := textOf(in.Purpose)
	if err != nil {
		return ConsentView{}, err
	}
	c := ConsentView{WorkerID: in.WorkerID, Purpose: in.Purpose, Version: text.Version, Given: true}
	return answerConsent(ctx, s, scope(ctx, "give_consent"), in.Keyed, in, c,
		func(ctx context.Context, tx *db.Tx, _ consentRow) error {
			return s.agreeTx(ctx, tx, text, in.Version)
		})
}

// agreeTx lets nobody agree to words that are no longer those, and keeps them.
func (s *Service) agreeTx(
	ctx context.Context, tx *db.Tx, text consentText, version string,
) error {
	if version != text.Version {
		return fault.New(fault.Conflict, "people.consent_version", "version", text.Version).
			OnField("version")
	}
	zh, en := s.words(text.Purpose)
	return keepWords(ctx, tx, keptWords{text.Purpose, text.Version, zh, en})
}

// GiveConsentTx records a yes that a worker gave beside another one, each by itself, in the deed
// of that other; a yes that stands is left as it is. The caller has proved that the worker asks.
// Faults: people.consent_version (conflict, field version).
func (s *Service) GiveConsentTx(
	ctx context.Context, tx *db.Tx, workerID string, p Purpose, version string,
) error {
	text, err := textOf(p)
	if err != nil {
		panic("people: a purpose without words: " + string(p))
	}
	was, err := latestConsent(ctx, tx, workerID, p)
	if err == nil {
		err = s.agreeTx(ctx, tx, text, version)
	}
	if err != nil || was.Given && was.Version == version {
		return err
	}
	return insertConsent(ctx, tx, was.N+1, ActorOf(ctx).AccountID, ConsentView{WorkerID: workerID,
		Purpose: p, Version: version, Given: true, At: tx.Now})
}

// WithdrawConsent takes a consent back, with effect from now on. A purpose that holds unless
// somebody says no is refused in the same way.
// Faults: people.purpose_unknown (invalid); people.no_consent (conflict): there is nothing to take
// back.
func (s *Service) WithdrawConsent(ctx context.Context, in WithdrawConsent) (ConsentView, error) {
	if err := Must(ctx, PermConsent, in.WorkerID); err != nil {
		return ConsentView{}, err
	}
	text, err := textOf(in.Purpose)
	if err != nil {
		return ConsentView{}, err
	}
	c := ConsentView{WorkerID: in.WorkerID, Purpose: in.Purpose, Version: text.Version}
	return answerConsent(ctx, s, scope(ctx, "withdraw_consent"), in.Keyed, in, c,
		func(_ context.Context, _ *db.Tx, was consentRow) error {
			if was.N > 0 && !was.Given || was.N == 0 && text.asks() {
				return noConsent(in.Purpose)
			}
			return nil
		})
}

// answerConsent writes the next answer of a worker to a purpose, unless the deed's own check
// refuses it.
func answerConsent[In any](
	ctx context.Context, s *Service, scope string, key deed.Keyed, in In, c ConsentView,
	check func(context.Context, *db.Tx, consentRow) error,
) (ConsentView, error) {
	return deed.Once(ctx, s.DB, scope, key, in,
		func(ctx context.Context, tx *db.Tx) (ConsentView, error) {
			if _, err := getWorker(ctx, tx, c.WorkerID); err != nil {
				return ConsentView{}, err
			}
			was, err := latestConsent(ctx, tx, c.WorkerID, c.Purpose)
			if err == nil {
				err = check(ctx, tx, was)
			}
			if err != nil {
				return ConsentView{}, err
			}
			c := c
			if !c.Given && was.Given {
				c.Version = was.Version
			}
			c.At = tx.Now
			if err := insertConsent(ctx, tx, was.N+1, ActorOf(ctx).AccountID, c); err != nil {
				return ConsentView{}, err
			}
			return c, feed.PutTx(ctx, tx, ConsentAnswered{c.WorkerID, c.Purpose, c.Given})
		}, db.Lane("worker", c.WorkerID))
}

// ConsentTx gives the consent that a worker gave to a purpose and that stands.
// Faults: people.no_consent (conflict) when none was given, or it was taken back.
func (s *Service) ConsentTx(
	ctx context.Context, r db.Reader, workerID string, p Purpose,
) (ConsentView, error) {
	row, err := latestConsent(ctx, r, workerID, p)
	if err == nil && !row.Given {
		err = noConsent(p)
	}
	return row.view(workerID), err
}

// AllowedTx refuses what needs a purpose when the worker's word for it does not stand: it was taken
// back, or it has to be asked for and was not given in the present words.
// Faults (conflict, field purpose): people.no_consent, people.consent_withdrawn,
// people.consent_outdated.
func (s *Service) AllowedTx(
	ctx context.Context, r db.Reader, workerID string, p Purpose,
) error {
	text, err := textOf(p)
	if err != nil {
		panic("people: a purpose without words: " + string(p))
	}
	row, err := latestConsent(ctx, r, workerID, p)
	if err != nil {
		return fmt.Errorf("consent of %s to %s: %w", workerID, p, err)
	}
	return text.allows(row.answer())
}

// Consents is what a worker agreed to and took back.
type Consents struct {
	Consents []ConsentView `json:"consents"`
}

// FindConsents lists what holds for each purpose the worker has answered.
func (s *Service) FindConsents(ctx context.Context, in Get) (Consents, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Consents{}, err
	}
	list, err := consentsOf(ctx, s.DB, in.WorkerID)
	for i, c := range list {
		text, err := textOf(c.Purpose)
		list[i].Outdated = err == nil && c.Given && c.Version != text.Version
	}
	return Consents{list}, err
}
