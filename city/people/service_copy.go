package people

import (
	"cmp"
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const copyRowsMax = 5000 // rows of one list of an access copy: some years of daily work

// Copier is a slice that holds something of a worker and gives it for the access copy.
type Copier interface {
	Copy(ctx context.Context, r db.Reader, workerID string) ([]Holding, error)
}

// Sharer is a slice that gives something of a worker to somebody outside, and knows what it gave.
// The log is read from what was really sent, so it cannot tell anything else.
type Sharer interface {
	Shared(ctx context.Context, r db.Reader, workerID string) ([]Sharing, error)
}

// Rights are what the slices above do for a person's rights; app hands them in, because people
// knows none of them. Without them there is nothing to copy, to share or to erase.
type Rights struct {
	Copies  func() []Copier
	Sharers func() []Sharer
	// MayClose refuses to close the account of somebody who is owed something or expected somewhere,
	// and gives back what others can have in their place.
	MayClose func(ctx context.Context, tx *db.Tx, workerID string) error
	// Erase forgets what the slices hold of somebody whose time of keeping is over.
	Erase func(ctx context.Context, tx *db.Tx, accountID, workerID string) error
}

// HoldingsOf lists what a slice's queries find of a worker, who is their $1.
func HoldingsOf(
	ctx context.Context, r db.Reader, workerID string, queries []db.Named,
) ([]Holding, error) {
	out := make([]Holding, 0, len(queries))
	for _, q := range queries {
		rows, err := db.Maps(ctx, r, copyRowsMax+1, q.SQL, workerID)
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", q.Name, err)
		}
		h := Holding{Name: q.Name, Rows: rows}
		if h.More = len(rows) > copyRowsMax; h.More {
			h.Rows = rows[:copyRowsMax]
		}
		for i, row := range h.Rows {
			h.Rows[i] = Legible(row)
		}
		out = append(out, h)
	}
	return out, nil
}

// SharingsOf lists what a slice's query finds (party, ref and at_ms of what was given of worker
// $1), each told like the pattern.
func SharingsOf(
	ctx context.Context, r db.Reader, workerID string, pattern Sharing, query string,
) ([]Sharing, error) {
	rows, err := db.List[struct {
		Party string `db:"party"`
		Ref   string `db:"ref"`
		AtMS  int64  `db:"at_ms"`
	}](ctx, r, query, workerID)
	out := make([]Sharing, len(rows))
	for i, row := range rows {
		out[i] = pattern
		out[i].To, out[i].Ref, out[i].At = row.Party, row.Ref, clock.At(row.AtMS)
	}
	return out, err
}

// DownloadCopy asks for everything that the city holds of a worker.
type DownloadCopy struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
	Reason   string `json:"reason,omitempty" maxLength:"100" doc:"required of staff"`
}

// CopyView is everything that the city holds of a worker, for people to read and for another
// platform to take over. The numbers are clear: they are the worker's own.
type CopyView struct {
	WorkerID   string        `json:"worker_id"`
	MadeAt     time.Time     `json:"made_at"`
	Name       string        `json:"name"`
	Sex        Sex           `json:"sex"`
	BirthDate  string        `json:"birth_date"`
	Region     string        `json:"region"`
	IDNumber   string        `json:"id_number"`
	Phone      string        `json:"phone"`
	CardNumber string        `json:"card_number,omitempty"`
	Consents   []ConsentView `json:"consents"`
	Sharings   []Sharing     `json:"sharings"`
	Audits     []AuditView   `json:"audits"`
	Holdings   []Holding     `json:"holdings"`
}

// DownloadCopy gives a worker, or a clerk at the counter for one, everything that the city holds of
// them. That it was made stands in the audit log before anything is read. It has no key and its
// answer is stored nowhere.
// Faults: people.worker_not_found; people.reason_missing, people.text_form, people.text_number
// (invalid). Source: 个人信息保护法 45 (copy, portability).
func (s *Service) DownloadCopy(ctx context.Context, in DownloadCopy) (CopyView, error) {
	if err := Must(ctx, PermCopyWorker, in.WorkerID); err != nil {
		return CopyView{}, err
	}
	reason, err := parseReason(ctx, in.Reason, in.WorkerID)
	if err != nil {
		return CopyView{}, err
	}
	w, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Worker, error) {
		w, err := getWorker(ctx, tx, in.WorkerID)
		if err != nil {
			return Worker{}, err
		}
		return w, record(ctx, tx, whatCopy, in.WorkerID, reason)
	}, db.Lane("worker", in.WorkerID))
	if err != nil {
		return CopyView{}, err
	}
	view := CopyView{WorkerID: w.ID, MadeAt: s.DB.Now(), Name: w.Name, Sex: w.Sex,
		BirthDate: string(w.BirthDate), Region: w.Region}
	for _, n := range []struct {
		what string
		to   *string
	}{{"id_number", &view.IDNumber}, {"phone", &view.Phone}, {"card", &view.CardNumber}} {
		*n.to, err = s.clear(ctx, s.DB, w.ID, n.what)
		if err != nil && !fault.Is(err, "people.no_bank_card") {
			return CopyView{}, err
		}
	}
	return view, s.fill(ctx, &view)
}

// whatCopy is what the audit log calls an access copy.
const whatCopy = "access copy"

// fill adds the lists to an access copy.
func (s *Service) fill(ctx context.Context, view *CopyView) error {
	var err error
	if view.Consents, err = consentsOf(ctx, s.DB, view.WorkerID); err != nil {
		return err
	}
	if view.Audits, err = auditOf(ctx, s.DB, view.WorkerID, copyRowsMax); err != nil {
		return err
	}
	if view.Sharings, err = s.sharings(ctx, view.WorkerID); err != nil {
		return err
	}
	if view.Holdings, err = HoldingsOf(ctx, s.DB, view.WorkerID, copied); err != nil {
		return err
	}
	if s.Copies == nil {
		return nil
	}
	for _, c := range s.Copies() {
		held, err := c.Copy(ctx, s.DB, view.WorkerID)
		if err != nil {
			return err
		}
		view.Holdings = append(view.Holdings, held...)
	}
	return nil
}

// Sharings is to whom something about a worker was given, newest first.
type Sharings struct {
	Sharings []Sharing `json:"sharings"`
}

const sharingsMax = 500

// FindSharings lists to whom which kinds of a worker's data went, and for what: the worker's right
// to know.
// Source: 个人信息保护法 23, 44; 网络数据安全管理条例 12 (kept for three years).
func (s *Service) FindSharings(ctx context.Context, in Get) (Sharings, error) {
	if err := Must(ctx, PermSeeWorker, in.WorkerID); err != nil {
		return Sharings{}, err
	}
	list, err := s.sharings(ctx, in.WorkerID)
	return Sharings{list[:min(len(list), sharingsMax)]}, err
}

func (s *Service) sharings(ctx context.Context, workerID string) ([]Sharing, error) {
	all := []Sharing{}
	if s.Sharers == nil {
		return all, nil
	}
	for _, sharer := range s.Sharers() {
		list, err := sharer.Shared(ctx, s.DB, workerID)
		if err != nil {
			return all, err
		}
		all = append(all, list...)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Ref, b.Ref)) < 0
	})
	return all, nil
}
