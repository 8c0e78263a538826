package people

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// ticketFor is how long the way from the mini program into its web-view may take.
const ticketFor = time.Minute

// WeChat is what the mini program's codes are exchanged with; notify's client, handed in by app.
type WeChat interface {
	OpenID(ctx context.Context, code string) (string, error)
	PhoneNumber(ctx context.Context, code string) (string, error)
}

// LogInWeChat is the log-in code that the mini program got from WeChat.
type LogInWeChat struct {
	Code string `json:"code" minLength:"1" maxLength:"200"`
}

// LogInWeChat opens a session for the account to which whoever's WeChat account made the code is
// linked. It has no key: WeChat takes a code once. Staff log in with code and second step.
// Faults: people.no_wechat (conflict); notify.wechat_code (invalid); notify.gateway_unavailable;
// people.wechat_unlinked (not found): ask for the phone; people.wechat_staff (forbidden).
func (s *Service) LogInWeChat(ctx context.Context, in LogInWeChat) (Session, error) {
	blind, err := s.wechatID(ctx, in.Code)
	if err != nil {
		return Session{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Session, error) {
		id, err := accountOfOpenID(ctx, tx, blind)
		if err != nil {
			return Session{}, err
		}
		if id == "" {
			return Session{}, fault.New(fault.NotFound, "people.wechat_unlinked")
		}
		if _, err := s.PhoneTx(ctx, tx, id); err != nil { // closed meanwhile
			return Session{}, err
		}
		a, err := accountByID(ctx, tx, id)
		if err != nil {
			return Session{}, err
		}
		return s.wechatSessionTx(ctx, tx, a)
	}, db.Lane("wechat", blind))
}

// LogInWeChatPhone is a log-in code and the code of the phone number button.
type LogInWeChatPhone struct {
	Code      string `json:"code" minLength:"1" maxLength:"200"`
	PhoneCode string `json:"phone_code" minLength:"1" maxLength:"200"`
}

// LogInWeChatPhone opens a session for the account of the phone that WeChat has verified, and one
// where the phone has none yet, and links the WeChat account to it: the next log-in needs the code
// alone. It has no key: WeChat takes a code once.
// Faults: those of LogInWeChat but people.wechat_unlinked; people.phone_form (invalid).
func (s *Service) LogInWeChatPhone(ctx context.Context, in LogInWeChatPhone) (Session, error) {
	blind, err := s.wechatID(ctx, in.Code)
	if err != nil {
		return Session{}, err
	}
	number, err := s.WeChat.PhoneNumber(ctx, in.PhoneCode)
	if err != nil {
		return Session{}, err
	}
	phone, err := ParsePhone(number)
	if err != nil {
		return Session{}, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Session, error) {
		a, err := s.accountTx(ctx, tx, phone, s.Box.Blind(domainPhone, string(phone)))
		if err != nil {
			return Session{}, err
		}
		v, err := s.wechatSessionTx(ctx, tx, a)
		if err != nil {
			return Session{}, err
		}
		return v, upsertOpenID(ctx, tx, blind, a.ID)
	}, db.Lane("wechat", blind))
}

// wechatID asks WeChat whose code it is, before any transaction, and gives the digest.
func (s *Service) wechatID(ctx context.Context, code string) (string, error) {
	if err := Must(ctx, PermLogIn, ""); err != nil {
		return "", err
	}
	if s.WeChat == nil {
		return "", fault.New(fault.Conflict, "people.no_wechat")
	}
	id, err := s.WeChat.OpenID(ctx, code)
	if err != nil {
		return "", err
	}
	return s.Box.Blind(domainOpenID, id), nil
}

func (s *Service) wechatSessionTx(ctx context.Context, tx *db.Tx, a Account) (Session, error) {
	if isStaff(a.Roles) {
		return Session{}, fault.New(fault.Forbidden, "people.wechat_staff")
	}
	return s.sessionTx(ctx, tx, a)
}

// MakeTicket asks for a ticket into the mini program's web-view.
type MakeTicket struct{}

// Ticket opens a session once, until then. It is shown here once and stored nowhere.
type Ticket struct {
	Ticket string    `json:"ticket"`
	Until  time.Time `json:"until"`
}

// MakeTicket makes a ticket for one's own account. It has no key: made twice, both are good.
func (s *Service) MakeTicket(ctx context.Context, _ MakeTicket) (Ticket, error) {
	if err := Must(ctx, PermSeeSelf, ""); err != nil {
		return Ticket{}, err
	}
	accountID := ActorOf(ctx).AccountID
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Ticket, error) {
		v := Ticket{s.NewToken(), tx.Now.Add(ticketFor)}
		return v, insertTicket(ctx, tx, tokenHash(v.Ticket), accountID, v.Until)
	})
}

// UseTicket is a ticket that is shown at the web-view's door.
type UseTicket struct {
	Ticket string `json:"ticket" minLength:"1" maxLength:"100"`
}

// UseTicket opens a session for a ticket, which is used up. It has no key for that reason.
// Faults: people.ticket_none (invalid, field ticket).
func (s *Service) UseTicket(ctx context.Context, in UseTicket) (Session, error) {
	if err := Must(ctx, PermLogIn, ""); err != nil {
		return Session{}, err
	}
	hash := tokenHash(in.Ticket)
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Session, error) {
		id, err := takeTicket(ctx, tx, hash)
		if errors.Is(err, db.ErrNone) {
			return Session{}, fault.New(fault.Invalid, "people.ticket_none").OnField("ticket")
		}
		if err != nil {
			return Session{}, err
		}
		a, err := accountByID(ctx, tx, id)
		if err != nil {
			return Session{}, err
		}
		return s.wechatSessionTx(ctx, tx, a)
	}, db.Lane("ticket", hash))
}
