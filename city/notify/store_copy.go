package notify

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// messagesOf lists the messages of a worker's account, newest first; codes are not among them.
func messagesOf(
	ctx context.Context, r db.Reader, workerID string, limit int,
) ([]inboxRow, error) {
	return db.List[inboxRow](ctx, r, `SELECT m.id, m.template, m.state, m.args, m.put_at_ms
		FROM messages m JOIN accounts a ON a.id = m.account_id
		WHERE a.worker_id = $1 AND NOT m.code ORDER BY m.put_at_ms DESC, m.id DESC LIMIT $2`,
		workerID, limit)
}
