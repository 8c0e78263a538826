package notify

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
)

// copyMax bounds the messages of an access copy: some years of daily work.
const copyMax = 5000

// Copy gives what the slice holds of a worker: the messages to their account, in words.
func (s *Service) Copy(
	ctx context.Context, r db.Reader, workerID string,
) ([]people.Holding, error) {
	rows, err := messagesOf(ctx, r, workerID, copyMax+1)
	if err != nil {
		return nil, err
	}
	h := people.Holding{Name: "messages", More: len(rows) > copyMax,
		Rows: make([]map[string]any, min(len(rows), copyMax))}
	for i := range h.Rows {
		m := rows[i]
		text, err := s.say(i18n.Chinese, m.Template, m.Args)
		if err != nil {
			return nil, err
		}
		h.Rows[i] = people.Legible(map[string]any{"id": m.ID, "template": m.Template, "text": text,
			"state": m.State, "at_ms": m.PutAtMS})
	}
	return []people.Holding{h}, nil
}

// EraseTx forgets messages and settings of an account whose time of keeping is over.
func (s *Service) EraseTx(ctx context.Context, tx *db.Tx, accountID string) error {
	return deleteNoticesOf(ctx, tx, accountID)
}
