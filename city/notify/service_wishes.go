package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// grantsMax is how many subscribe messages of one template can be stored up.
const grantsMax = 50

func scope(ctx context.Context, op string) string {
	return "notify." + op + "/" + people.ActorOf(ctx).AccountID
}

// Settings asks how one's messages go.
type Settings struct{}

// SettingsView is how an account's messages go.
type SettingsView struct {
	Lang     string         `json:"lang,omitempty" enum:"zh-CN,en"`
	First    Channel        `json:"first,omitempty" enum:"sms,wechat"`
	WeChat   bool           `json:"wechat" doc:"linked"`
	Grants   []GrantView    `json:"grants" doc:"subscribe messages that may still be sent"`
	Messages []TemplateView `json:"messages" doc:"those that can be switched off"`
}

// GrantView is what is left of a template's grants.
type GrantView struct {
	Template string `json:"template"`
	Left     int64  `json:"left"`
}

// TemplateView is a kind of message and whether it is switched off.
type TemplateView struct {
	Template string `json:"template"`
	Off      bool   `json:"off"`
}

// ShowSettings shows how one's messages go, and which of them can be switched off.
func (s *Service) ShowSettings(ctx context.Context, _ Settings) (SettingsView, error) {
	if err := people.Must(ctx, people.PermSetNotices, ""); err != nil {
		return SettingsView{}, err
	}
	return s.settingsOf(ctx, s.DB, people.ActorOf(ctx).AccountID)
}

func (s *Service) settingsOf(
	ctx context.Context, r db.Reader, accountID string,
) (SettingsView, error) {
	set, err := wishesOf(ctx, r, accountID, "")
	if err != nil {
		return SettingsView{}, err
	}
	v := SettingsView{Lang: set.Lang, First: set.First, WeChat: len(set.OpenID) > 0,
		Grants: []GrantView{}}
	grants, err := grantsOf(ctx, r, accountID)
	if err != nil {
		return v, err
	}
	for _, g := range grants {
		v.Grants = append(v.Grants, GrantView{g.Template, g.Remaining})
	}
	off, err := optOutsOf(ctx, r, accountID)
	for _, t := range Templates() {
		if mannerOf(s.manners, t).OptOut {
			v.Messages = append(v.Messages, TemplateView{t, slices.Contains(off, t)})
		}
	}
	return v, err
}

// SetSettings says in which language, and where first, one wants to be told.
type SetSettings struct {
	deed.Keyed
	Lang  string  `json:"lang,omitempty" enum:"zh-CN,en" doc:"zh-CN if left out"`
	First Channel `json:"first,omitempty" enum:"sms,wechat" doc:"left out: as the message says"`
}

// SetSettings keeps them; WeChat stays linked.
func (s *Service) SetSettings(ctx context.Context, in SetSettings) (SettingsView, error) {
	return s.change(ctx, "set", in.Keyed, in,
		func(ctx context.Context, tx *db.Tx, accountID string) error {
			set, err := wishesOf(ctx, tx, accountID, "")
			if err != nil {
				return err
			}
			return upsertSetting(ctx, tx, accountID, setting{in.Lang, string(in.First),
				orEmpty(set.OpenID)})
		})
}

func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// change runs a deed on one's own settings and gives how they stand after it.
func (s *Service) change(
	ctx context.Context, op string, key deed.Keyed, in any,
	do func(ctx context.Context, tx *db.Tx, accountID string) error,
) (SettingsView, error) {
	if err := people.Must(ctx, people.PermSetNotices, ""); err != nil {
		return SettingsView{}, err
	}
	accountID := people.ActorOf(ctx).AccountID
	return deed.Once(ctx, s.DB, scope(ctx, op), key, in,
		func(ctx context.Context, tx *db.Tx) (SettingsView, error) {
			if err := do(ctx, tx, accountID); err != nil {
				return SettingsView{}, err
			}
			return s.settingsOf(ctx, tx, accountID)
		}, db.Lane("notices", accountID))
}

// Switch switches a kind of message off or on.
type Switch struct {
	deed.Keyed
	Template string `json:"template" maxLength:"40"`
	Off      bool   `json:"off"`
}

// Switch lets a kind of message stand in the inbox only, or go again. What the law wants people to
// be told, and what protects them, cannot be switched off.
// Faults: notify.template_unknown (invalid); notify.must_be_told (conflict).
func (s *Service) Switch(ctx context.Context, in Switch) (SettingsView, error) {
	return s.change(ctx, "switch", in.Keyed, in,
		func(ctx context.Context, tx *db.Tx, accountID string) error {
			if _, ok := templates[in.Template]; !ok {
				return unknownTemplate()
			}
			if !mannerOf(s.manners, in.Template).OptOut {
				return fault.New(fault.Conflict, "notify.must_be_told").OnField("template")
			}
			if in.Off {
				return insertOptOut(ctx, tx, accountID, in.Template)
			}
			return deleteOptOut(ctx, tx, accountID, in.Template)
		})
}

func unknownTemplate() error {
	return fault.New(fault.Invalid, "notify.template_unknown").OnField("template")
}

// LinkWeChat is the log-in code that the mini program got from WeChat.
type LinkWeChat struct {
	deed.Keyed
	Code string `json:"code" minLength:"1" maxLength:"200"`
}

// LinkWeChat links the WeChat account of whoever's phone made the code.
// Faults: notify.wechat_code (invalid); notify.no_wechat (conflict); notify.gateway_unavailable.
func (s *Service) LinkWeChat(ctx context.Context, in LinkWeChat) (SettingsView, error) {
	if err := people.Must(ctx, people.PermSetNotices, ""); err != nil {
		return SettingsView{}, err
	}
	if s.WeChat == nil {
		return SettingsView{}, fault.New(fault.Conflict, "notify.no_wechat")
	}
	openID, err := s.WeChat.OpenID(ctx, in.Code)
	if err != nil {
		return SettingsView{}, err
	}
	sealed, err := s.Box.Seal(domainOpenID, openID)
	if err != nil {
		return SettingsView{}, fmt.Errorf("seal a WeChat id: %w", err)
	}
	in.Code = s.Box.Blind(domainOpenID, in.Code) // what is hashed
	return s.change(ctx, "link_wechat", in.Keyed, in,
		func(ctx context.Context, tx *db.Tx, accountID string) error {
			set, err := wishesOf(ctx, tx, accountID, "")
			if err != nil {
				return err
			}
			return upsertSetting(ctx, tx, accountID, setting{set.Lang, string(set.First), sealed})
		})
}

// Grant says that a person tapped yes in WeChat to one message of a template.
type Grant struct {
	deed.Keyed
	Template string `json:"template" maxLength:"40"`
}

// Grant counts one subscribe message of the template, up to grantsMax.
// Faults: notify.template_unknown (invalid), also for one that does not go by WeChat.
func (s *Service) Grant(ctx context.Context, in Grant) (SettingsView, error) {
	return s.change(ctx, "grant", in.Keyed, in,
		func(ctx context.Context, tx *db.Tx, accountID string) error {
			if mannerOf(s.manners, in.Template).WeChat == nil {
				return unknownTemplate()
			}
			return addGrant(ctx, tx, accountID, in.Template, grantsMax)
		})
}

// DeliveriesOf asks what became of a message.
type DeliveriesOf struct {
	MessageID string `json:"message_id" path:"message_id"`
}

// DeliveriesView is every attempt to hand a message over.
type DeliveriesView struct {
	Deliveries []DeliveryView `json:"deliveries"`
}

// FindDeliveries lists the attempts of a message to its reader, or to a clerk who is asked why it
// did not come.
// Faults: notify.message_not_found; people.not_allowed for another's message.
func (s *Service) FindDeliveries(ctx context.Context, in DeliveriesOf) (DeliveriesView, error) {
	if err := people.Must(ctx, people.PermSeeInbox, ""); err != nil {
		return DeliveriesView{}, err
	}
	accountID, err := accountOf(ctx, s.DB, in.MessageID)
	if err != nil {
		return DeliveriesView{}, err
	}
	asker := people.ActorOf(ctx)
	if accountID != asker.AccountID && !asker.Has(people.RoleClerk) {
		return DeliveriesView{}, notYours()
	}
	list, err := deliveriesOf(ctx, s.DB, in.MessageID)
	return DeliveriesView{list}, err
}
