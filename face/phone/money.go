package phone

import (
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/web"
)

// wagesView is what was earned, what has arrived, and each line.
type wagesView struct {
	wage.WagesView
	TodayFen, MonthFen money.Fen // earned
	HasCard            bool
}

func (s *site) wages(v *web.Visit, workerID string) error {
	list, err := s.Wages.GetMyWages(v.Ctx, wage.MyWages{WorkerID: workerID})
	if err != nil {
		return err
	}
	w, err := s.People.ShowWorker(v.Ctx, people.Get{WorkerID: workerID})
	if err != nil {
		return err
	}
	page := wagesView{WagesView: list, HasCard: w.HasCard}
	today := civil.DateOf(s.Wages.DB.Now())
	for _, l := range list.Lines {
		if l.State == wage.Reversed {
			continue
		}
		day := civil.DateOf(l.EndAt)
		if day == today {
			page.TodayFen += l.AmountFen
		}
		if day[:7] == today[:7] {
			page.MonthFen += l.AmountFen
		}
	}
	return v.Show(wagesTempl(page))
}

func (s *site) slip(v *web.Visit, _ string) error {
	slip, err := s.Wages.GetSlip(v.Ctx, wage.Slip{LineID: v.R.PathValue("line_id")})
	return or(err, func() error { return v.Show(slipTempl(slip)) })
}

// me is the worker's own page.
func (s *site) me(v *web.Visit, workerID string) error {
	w, err := s.People.ShowWorker(v.Ctx, people.Get{WorkerID: workerID})
	return or(err, func() error { return v.Show(meTempl(w, s.Links)) })
}

// cardView is the form of the bank card. Text says what the bank gets.
type cardView struct {
	Text     people.ConsentTextView
	Saved    string // masked
	Wrong    bool
	Sentence string
	Next     string
}

func (s *site) cardPage(v *web.Visit, _ string) error {
	return s.showCard(v, cardView{Next: v.Form.Get("next")}, nil)
}

func (s *site) showCard(v *web.Visit, page cardView, wrong *fault.Error) error {
	var err error
	if page.Text, err = s.consentText(v, people.PurposeShareBank); err != nil {
		return err
	}
	if wrong == nil {
		return v.Show(cardTempl(page))
	}
	page.Wrong, page.Sentence = true, v.Sentence(wrong)
	return v.ShowFault(wrong, cardTempl(page))
}

// setCard keeps the card; what it is for was read above the form and is recorded with it.
func (s *site) setCard(v *web.Visit, workerID string) error {
	page := cardView{Next: web.Take(v.Form, "next")}
	version := web.Take(v.Form, "share_version")
	if version == "" {
		return s.showCard(v, page, fault.New(fault.Invalid, "phone.not_ticked"))
	}
	yes := people.GiveConsent{WorkerID: workerID, Purpose: people.PurposeShareBank, Version: version}
	yes.SetIdempotencyKey(v.Form.Get(web.KeyField) + "-consent")
	_, err := s.People.GiveConsent(v.Ctx, yes)
	v.Form.Set("worker_id", workerID)
	var in people.SetBankCard
	if err == nil {
		err = v.Read(&in)
	}
	var card people.CardView
	if err == nil {
		card, err = s.People.SetBankCard(v.Ctx, in)
	}
	if f := fault.As(err); f != nil {
		return s.showCard(v, page, f)
	}
	if err != nil {
		return err
	}
	if page.Next != "" {
		return v.Go(page.Next)
	}
	page.Saved = card.CardMasked
	return s.showCard(v, page, nil)
}

// consentLine is a purpose, its words and what the worker said to it.
type consentLine struct {
	people.ConsentTextView
	Said, Given, Outdated bool
	At                    time.Time
}

func (s *site) consentsPage(v *web.Visit, workerID string) error {
	return s.showConsents(v, workerID, nil)
}

func (s *site) showConsents(v *web.Visit, workerID string, wrong *fault.Error) error {
	texts, err := s.People.FindConsentTexts(v.Ctx, people.ConsentTexts{Lang: v.Lang})
	if err != nil {
		return err
	}
	given, err := s.People.FindConsents(v.Ctx, people.Get{WorkerID: workerID})
	if err != nil {
		return err
	}
	lines := make([]consentLine, len(texts.Texts))
	for i, t := range texts.Texts {
		lines[i] = consentLine{ConsentTextView: t, Given: t.OptOut}
		for _, c := range given.Consents {
			if c.Purpose == t.Purpose {
				lines[i].Said, lines[i].Given, lines[i].Outdated = true, c.Given, c.Outdated
				lines[i].At = c.At
			}
		}
	}
	if wrong == nil {
		return v.Show(consentsTempl(lines, ""))
	}
	return v.ShowFault(wrong, consentsTempl(lines, v.Sentence(wrong)))
}

// consent gives a consent or takes it back, as the button said.
func (s *site) consent(v *web.Visit, workerID string) error {
	next := web.Take(v.Form, "next")
	v.Form.Set("worker_id", workerID)
	var err error
	if web.Take(v.Form, "give") == "1" {
		var in people.GiveConsent
		if err = v.Read(&in); err == nil {
			_, err = s.People.GiveConsent(v.Ctx, in)
		}
	} else {
		v.Form.Del("version")
		var in people.WithdrawConsent
		if err = v.Read(&in); err == nil {
			_, err = s.People.WithdrawConsent(v.Ctx, in)
		}
	}
	if f := fault.As(err); f != nil {
		return s.showConsents(v, workerID, f)
	}
	if next == "" {
		next = "/me/consents"
	}
	return or(err, func() error { return v.Go(next) })
}

func (s *site) messages(v *web.Visit, _ string) error {
	inbox, err := s.Notify.Inbox(v.Ctx, notify.InboxOf{Lang: v.Lang})
	return or(err, func() error { return v.Show(messagesTempl(inbox)) })
}
