package people

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

const (
	auditMax = 200 // rows of one answer; an auditor who needs more asks the database

	reasonRunesMax = 100

	// sealBehind is how old an audit row is before it is sealed. A deed's time is fixed at its
	// beginning and no deed lasts longer than 20 s, so nothing older can still appear.
	sealBehind = time.Minute
	sealMax    = 2000 // rows of one seal, and those of the same instant
)

// Why numbers are opened for the outside world.
const (
	reasonContract = "contract"
	reasonEmployer = "employer reaches the worker"
	reasonPayout   = "payout"
	reasonRecord   = "record asked for by law"
)

// record writes who did what to a person's numbers, and why, into the caller's deed.
func record(ctx context.Context, tx *db.Tx, what, subject, reason string) error {
	return insertAudit(ctx, tx, audit{AccountID: ActorOf(ctx).AccountID, What: what,
		Subject: subject, Reason: reason})
}

// parseReason wants a reason of who acts for somebody else; a worker's own look needs none.
// Faults (invalid, field reason): people.reason_missing, people.text_form, people.text_number.
func parseReason(ctx context.Context, text, workerID string) (string, error) {
	if strings.TrimSpace(text) == "" {
		if workerID != "" && ActorOf(ctx).WorkerID == workerID {
			return "", nil
		}
		return "", fault.New(fault.Invalid, "people.reason_missing").OnField("reason")
	}
	return parseText(text, "reason", reasonRunesMax)
}

// AuditView is one look at a number, or one change of it.
type AuditView struct {
	AccountID string    `json:"account_id" doc:"an account, or a sweep"`
	What      string    `json:"what"`
	Reason    string    `json:"reason,omitempty"`
	At        time.Time `json:"at"`
	N         int64     `json:"n" doc:"counts the rows of this worker"`
	Hash      string    `json:"hash" doc:"over this row and the hash of the row before"`
}

// Audits is what happened to a worker's numbers, newest first.
type Audits struct {
	Audits []AuditView `json:"audits"`
}

// FindAudits lists who saw or changed a worker's numbers: the worker's right to know.
// Source: 个人信息保护法 44.
func (s *Service) FindAudits(ctx context.Context, in Get) (Audits, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Audits{}, err
	}
	list, err := auditOf(ctx, s.DB, in.WorkerID, auditMax)
	return Audits{list}, err
}

// sealAudit seals what the audit log has got since the last seal. It reads outside a deed, so that
// no deed that writes an audit row ever waits for it or loses a race against it.
func (s *Service) sealAudit(ctx context.Context, now time.Time, limit int) (int, error) {
	before, err := latestSeal(ctx, s.DB)
	if err != nil {
		return 0, err
	}
	next, err := sealAfter(ctx, s.DB, before, now.Add(-sealBehind), limit)
	if err != nil || next.Rows == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		if err := insertSeal(ctx, tx, next); err != nil {
			return 0, fmt.Errorf("seal the audit log: %w", err)
		}
		return int(next.Rows), feed.PutTx(ctx, tx, AuditSealed(next))
	})
}
