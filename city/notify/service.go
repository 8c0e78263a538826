package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
)

// inboxMax bounds the inbox: some weeks of daily work.
const inboxMax = 100

const (
	domainArgs   = "notify.args"
	domainOpenID = "notify.openid"
	domainPhone  = "notify.phone"
)

// Phones gives the phone of an account; people.Service is one.
type Phones interface {
	PhoneTx(ctx context.Context, r db.Reader, accountID string) (people.Phone, error)
}

// Deps are what the slice stands on.
type Deps struct {
	DB      *db.DB
	Text    *i18n.Book
	Box     crypt.Box
	People  Phones
	Gateway Gateway
	WeChat  Subscriptions // without it nobody can link WeChat, and all goes by SMS
	Policy  *policy.Book  // default: the embedded one
}

// Service tells people what happened.
type Service struct {
	Deps
	manners map[string]manner
}

// New returns the service. It panics when a template has no words: a build without them is broken.
func New(d Deps) *Service {
	for _, t := range Templates() {
		if !d.Text.Has(i18n.Chinese, textKey(t)) {
			panic("notify: no text " + textKey(t))
		}
	}
	manners, err := loadManners(data)
	if err == nil && d.Policy == nil {
		d.Policy, err = policy.Load()
	}
	if err != nil {
		panic("notify: " + err.Error())
	}
	return &Service{d, manners}
}

// looksSealed lets the checks ask without a key.
func looksSealed(field []byte) bool { return crypt.LooksSealed(field) }

func textKey(template string) string { return "sms." + template }

// PutTx writes a message that will be sent after the deed's commit. The same key is the same
// message: what is put again under it is passed over.
// Faults: none that a person can cause; an unknown template or a missing arg is a broken build.
func (s *Service) PutTx(ctx context.Context, tx *db.Tx, m Message) error {
	if err := m.check(s.Text.Placeholders(textKey(m.Template))); err != nil {
		return err
	}
	args, err := json.Marshal(m.Args)
	if err != nil {
		return fmt.Errorf("write message %s: %w", m, err)
	}
	row := sealed{Phone: []byte{}}
	if row.Args, err = s.Box.Seal(domainArgs, string(args)); err != nil {
		return fmt.Errorf("seal message %s: %w", m, err)
	}
	if m.Phone != "" {
		if row.Phone, err = s.Box.Seal(domainPhone, m.Phone); err != nil {
			return fmt.Errorf("seal phone of message %s: %w", m, err)
		}
	}
	return insertMessage(ctx, tx, m, row)
}

// say gives the sentence of a template with sealed args.
func (s *Service) say(lang, template string, sealedArgs []byte) (string, error) {
	args, err := s.args(sealedArgs)
	if err != nil {
		return "", err
	}
	return s.Text.Say(lang, textKey(template), args), nil
}

// args opens what fills a message's placeholders.
func (s *Service) args(sealedArgs []byte) (map[string]any, error) {
	text, err := s.Box.Open(domainArgs, sealedArgs)
	if err != nil {
		return nil, fmt.Errorf("open words of a message: %w", err)
	}
	var args map[string]any
	if err := json.Unmarshal([]byte(text), &args); err != nil {
		return nil, fmt.Errorf("read words of a message: %w", err)
	}
	return args, nil
}

// InboxOf asks for an account's messages.
type InboxOf struct {
	AccountID string `json:"account_id,omitempty" query:"account_id" doc:"your own, or left out"`
	Lang      string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"left out: as set, else zh-CN"`
}

// MessageView is a message as its reader sees it.
type MessageView struct {
	ID       string    `json:"id"`
	Template string    `json:"template"`
	Text     string    `json:"text"`
	State    State     `json:"state" enum:"wanted,sent,unknown,delivered,failed,withheld"`
	At       time.Time `json:"at"`
}

// InboxView is the newest messages of an account, newest first.
type InboxView struct {
	Messages []MessageView `json:"messages"`
}

// Inbox shows an account its newest messages, at most inboxMax; codes are not among them.
// Faults: people.not_logged_in; people.not_allowed for another's inbox.
func (s *Service) Inbox(ctx context.Context, in InboxOf) (InboxView, error) {
	if err := people.Must(ctx, people.PermSeeInbox, ""); err != nil {
		return InboxView{}, err
	}
	asker := people.ActorOf(ctx).AccountID
	if in.AccountID != "" && in.AccountID != asker {
		return InboxView{}, notYours()
	}
	if in.Lang == "" {
		set, err := wishesOf(ctx, s.DB, asker, "")
		if err != nil {
			return InboxView{}, err
		}
		in.Lang = cmp.Or(set.Lang, i18n.Chinese)
	}
	rows, err := inboxOf(ctx, s.DB, asker)
	if err != nil {
		return InboxView{}, err
	}
	view := InboxView{Messages: make([]MessageView, len(rows))}
	for i, r := range rows {
		text, err := s.say(in.Lang, r.Template, r.Args)
		if err != nil {
			return InboxView{}, err
		}
		view.Messages[i] = MessageView{ID: r.ID, Template: r.Template, Text: text,
			State: State(r.State), At: clock.At(r.PutAtMS)}
	}
	return view, nil
}
