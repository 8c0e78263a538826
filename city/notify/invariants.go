package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/db"
)

// Check proves the slice's part of law 9: phones and words are sealed, a phone is forgotten when
// its message has ended, and a code with it.
func (s *Service) Check(ctx context.Context, r db.Reader, _ time.Time) error {
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
