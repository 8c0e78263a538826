package notify

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
)

// copyMax bounds the messages of an access copy: some years of daily work.
const copyMax = 5000

// Copy gives what the slice holds of a worker: the messages to their account, in words. Private
// ones are in it when the worker asks, and not when staff do it for them: a message about an
// anonymous complaint would say whose it is.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	rows, err := messagesOf(ctx, r, workerID, copyMax+1)
	if err != nil {
		return nil, err
	}
	h := people.Holding{Name: "messages", More: len(rows) > copyMax, Rows: []map[string]any{}}
	own := people.ActorOf(ctx).WorkerID == workerID
	for _, m := range rows[:min(len(rows), copyMax)] {
		if mannerOf(s.manners, m.Template).Private && !own {
			continue
		}
		text, err := s.say(i18n.Chinese, m.Template, m.Args)
		if err != nil {
			return nil, err
		}
		h.Rows = append(h.Rows, people.Legible(map[string]any{"id": m.ID, "template": m.Template,
			"text": text, "state": m.State, "at_ms": m.PutAtMS}))
	}
	return []people.Holding{h}, nil
}

// EraseTx forgets messages and settings of an account whose time of keeping is over.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, accountID string) error {
	return deleteNoticesOf(ctx, tx, accountID)
}
