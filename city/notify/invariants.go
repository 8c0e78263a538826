package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves the slice's part of law 9: phones and words are sealed, a phone is forgotten when
// its message has ended, and a code with it; and that nobody is told a thing twice.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
	if err := checkDeliveries(ctx, r); err != nil {
		return err
	}
	if err := checkOpenIDs(ctx, r); err != nil {
		return err
	}
	return db.Each(ctx, r, `SELECT id, args, phone, code, ended_at_ms FROM messages ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var id string
			var args, phone []byte
			var code bool
			var ended int64
			if err := scan(&id, &args, &phone, &code, &ended); err != nil {
				return fmt.Errorf("check notify: %w", err)
			}
			switch {
			case len(phone) > 0 && !looksSealed(phone):
				return fmt.Errorf("law 9: message %s holds its phone in clear", id)
			case len(args) > 0 && !looksSealed(args):
				return fmt.Errorf("law 9: message %s holds its words in clear", id)
			case ended > 0 && len(phone) > 0:
				return fmt.Errorf("law 9: message %s has ended and still knows its phone", id)
			case ended > 0 && code && len(args) > 0:
				return fmt.Errorf("law 9: message %s has ended and still knows its code", id)
			case len(args) == 0 && !(code && ended > 0):
				return fmt.Errorf("law 9: message %s has lost its words", id)
			}
			return nil
		})
}

// checkDeliveries proves that the delivery log tells of every attempt and of one delivery at most,
// and that WeChat, which takes no key, was called once at most for a message.
func checkDeliveries(ctx context.Context, r db.Reader) error {
	return db.Prove(ctx, r, []db.Law{
		{"told once: message %s was delivered twice",
			`SELECT message_id FROM deliveries WHERE answer = 'sent'
			GROUP BY message_id HAVING COUNT(*) > 1 ORDER BY message_id LIMIT 1`},
		{"told once: message %s was given to WeChat twice",
			`SELECT message_id FROM deliveries
			WHERE channel = 'wechat' GROUP BY message_id HAVING COUNT(*) > 1
			ORDER BY message_id LIMIT 1`},
		{"told once: message %s was attempted more or less often than its log says",
			`SELECT id FROM messages
			WHERE attempts <> (SELECT COUNT(*) FROM deliveries WHERE message_id = messages.id)
			ORDER BY id LIMIT 1`},
		{"told once: message %s is delivered and its log does not say so, or the other way round",
			`SELECT id FROM messages WHERE (state = 'delivered') <> EXISTS (SELECT 1 FROM deliveries
			WHERE message_id = messages.id AND answer = 'sent') ORDER BY id LIMIT 1`},
		{"told once: message %s was withheld although it cannot be switched off",
			`SELECT id FROM messages WHERE state = 'withheld' AND (code OR account_id = '')
			ORDER BY id LIMIT 1`},
	})
}

// checkOpenIDs proves that who somebody is in WeChat is sealed.
func checkOpenIDs(ctx context.Context, r db.Reader) error {
	return db.Each(ctx, r, `SELECT account_id, openid FROM notice_settings ORDER BY account_id`, nil,
		func(scan func(...any) error) error {
			var id string
			var openID []byte
			if err := scan(&id, &openID); err != nil {
				return fmt.Errorf("check notify: %w", err)
			}
			if len(openID) > 0 && !looksSealed(openID) {
				return fmt.Errorf("law 9: the WeChat id of account %s stands in clear", id)
			}
			return nil
		})
}
