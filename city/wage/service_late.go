package wage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/money"
)

const lateLinesMax = 200

// reasonTx says why a line is not paid yet.
func (s *Service) reasonTx(ctx context.Context, r db.Reader, l Line) (string, error) {
	reason := l.lateReason()
	if reason != lateFunds {
		return reason, nil
	}
	insolvent, err := s.Ledger.InsolventTx(ctx, r, l.EmployerID)
	if insolvent {
		reason = lateInsolvent
	}
	return reason, err
}

// warnTx warns of a line, once: worker and employer are told, and somebody owns it from now on. A
// line that was paid late and whose money then came back has another reason and another owner.
func (s *Service) warnTx(ctx context.Context, tx *db.Tx, l Line, reason string) error {
	w := warning{LineID: l.ID, Reason: reason, At: tx.Now, Rung: rungParties}
	steps, err := s.ladder(l)
	if err != nil {
		return err
	}
	w.NextAt = steps.next(w.Rung, l.EndAt)
	if w.OwnerRole, w.OwnerID, err = s.ownerTx(ctx, tx, l, owner(reason)); err != nil {
		return err
	}
	isNew, err := insertWarning(ctx, tx, w)
	if err != nil {
		return err
	}
	if !isNew {
		if reason != lateReturned {
			return nil
		}
		return changeWarning(ctx, tx, w)
	}
	if err := s.tellPartiesTx(ctx, tx, l); err != nil {
		return err
	}
	return feed.PutTx(ctx, tx, LineLate{about(l), reason})
}

func (s *Service) ladder(l Line) (ladder, error) {
	day := civil.DateOf(l.StartAt)
	clerk, err := s.Policy.At("wage.late_clerk_min", l.Region, day)
	if err != nil {
		return ladder{}, err
	}
	director, err := s.Policy.At("wage.late_director_min", l.Region, day)
	return ladder{time.Duration(clerk.Value) * time.Minute,
		time.Duration(director.Value) * time.Minute}, err
}

// ownerTx names the account that owns a late line in a role. Where the city has nobody in the role,
// the employer owns it: its debt it is.
func (s *Service) ownerTx(
	ctx context.Context, r db.Reader, l Line, role string,
) (string, string, error) {
	switch role {
	case ownerWorker:
		w, err := s.People.GetWorkerTx(ctx, r, l.WorkerID)
		return role, w.AccountID, err
	case ownerClerk, ownerDirector:
		staff, err := s.People.StaffTx(ctx, r, people.Role(role))
		if err != nil {
			return "", "", err
		}
		if len(staff) > 0 {
			return role, staff[pick(l.EmployerID, len(staff))].AccountID, nil
		}
	}
	e, err := s.People.GetEmployerTx(ctx, r, l.EmployerID)
	return ownerEmployer, e.AccountID, err
}

// tellPartiesTx tells the worker of the line, and the employer once a day that it has late ones.
func (s *Service) tellPartiesTx(ctx context.Context, tx *db.Tx, l Line) error {
	if err := s.tellWorkerTx(ctx, tx, l, "wage_late", ""); err != nil {
		return err
	}
	w, err := s.People.GetWorkerTx(ctx, tx, l.WorkerID)
	if err == nil {
		err = insertTell(ctx, tx, l.ID, rungParties, ownerWorker, w.AccountID)
	}
	if err != nil {
		return err
	}
	e, err := s.People.GetEmployerTx(ctx, tx, l.EmployerID)
	if err != nil {
		return err
	}
	return s.tellDailyTx(ctx, tx, l, rungParties, ownerEmployer, e.AccountID)
}

// tellDailyTx tells an account that lines are late: one message a day, however many they are.
func (s *Service) tellDailyTx(
	ctx context.Context, tx *db.Tx, l Line, rung int64, role, accountID string,
) error {
	day := string(civil.DateOf(tx.Now))
	template := "wage_late_staff"
	if role == ownerEmployer {
		template = "wage_late_employer"
	}
	err := s.Notify.PutTx(ctx, tx, notify.Message{AccountID: accountID, Template: template,
		Args: map[string]string{"day": day}, Key: template + "/" + accountID + "/" + day})
	if err != nil {
		return err
	}
	return insertTell(ctx, tx, l.ID, rung, role, accountID)
}

func (s *Service) tellWorkerTx(
	ctx context.Context, tx *db.Tx, l Line, template, suffix string,
) error {
	w, err := s.People.GetWorkerTx(ctx, tx, l.WorkerID)
	if err != nil {
		return err
	}
	return s.Notify.PutTx(ctx, tx, notify.Message{AccountID: w.AccountID, Template: template,
		Args: map[string]string{"day": string(civil.DateOf(l.StartAt)), "yuan": l.AmountFen.String()},
		Key:  template + "/" + l.ID + "/" + suffix})
}

// escalate lets late lines climb the ladder: to a clerk, then to a director. The reason is looked
// at anew on each rung, because money may have come and the bank refused it since.
func (s *Service) escalate(ctx context.Context, now time.Time) (int, error) {
	ids, err := dueToClimb(ctx, s.DB, now, batch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (int, error) {
		warnings, err := warningsOf(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		lines, err := linesIn(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		for _, l := range lines {
			if w := warnings[l.ID]; !w.NextAt.After(now) {
				if err := s.climbTx(ctx, tx, l, w); err != nil {
					return 0, err
				}
			}
		}
		return len(ids), nil
	})
}

func (s *Service) climbTx(ctx context.Context, tx *db.Tx, l Line, w warning) error {
	if l.State == Paid || l.State == Reversed {
		w.NextAt = never
		return changeWarning(ctx, tx, w)
	}
	steps, err := s.ladder(l)
	if err != nil {
		return err
	}
	w.Rung++
	w.NextAt = steps.next(w.Rung, l.EndAt)
	if w.Reason, err = s.reasonTx(ctx, tx, l); err != nil {
		return err
	}
	role := ownerClerk
	if w.Rung == rungDirector {
		role = ownerDirector
	}
	found, account, err := s.ownerTx(ctx, tx, l, role)
	if err != nil {
		return err
	}
	if found == role { // else the city has none: who owned it keeps it
		w.OwnerRole, w.OwnerID = role, account
		if err := s.tellDailyTx(ctx, tx, l, w.Rung, role, account); err != nil {
			return err
		}
	}
	return changeWarning(ctx, tx, w)
}

// LateLines asks for the lines that are late and not paid.
type LateLines struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// LateLineView is a late line with its reason and its owner.
type LateLineView struct {
	LineID     string    `json:"line_id"`
	WorkerID   string    `json:"worker_id"`
	EmployerID string    `json:"employer_id"`
	AmountFen  money.Fen `json:"amount_fen"`
	EndAt      time.Time `json:"end_at"`
	DueAt      time.Time `json:"due_at"`
	Reason     string    `json:"reason" enum:"hours,dispute,funds,insolvent,bank,refused,returned"`
	Rung       int64     `json:"rung" doc:"1: worker and employer were told; 2: a clerk; 3: a director"`
	OwnerRole  string    `json:"owner_role" enum:"worker,employer,clerk,director"`
	OwnerID    string    `json:"owner_id" doc:"the account that must act"`
	OwnerName  string    `json:"owner_name"`
	Accrual    string    `json:"accrual" doc:"the entry of the books by which it was earned"`
}

// LateLineList is a page of late lines, the oldest first, and how many there are by reason and in
// all.
type LateLineList struct {
	Count   int64            `json:"count"`
	Reasons map[string]int64 `json:"reasons"`
	Lines   []LateLineView   `json:"lines"`
	Next    string           `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindLateLines lists what is late and not paid, each with its reason and its owner, lateLinesMax
// at a time.
// Faults: db.mark (invalid).
func (s *Service) FindLateLines(ctx context.Context, in LateLines) (LateLineList, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return LateLineList{}, err
	}
	out := LateLineList{Lines: []LateLineView{}}
	var err error
	if out.Reasons, err = openReasons(ctx, s.DB); err != nil {
		return out, err
	}
	for _, n := range out.Reasons {
		out.Count += n
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return out, err
	}
	marks, err := lateUnpaid(ctx, s.DB, behind, lateLinesMax+1)
	if err != nil || len(marks) == 0 {
		return out, err
	}
	marks, out.Next = db.Page(marks, lateLinesMax, db.Mark.String)
	ids := make([]string, len(marks))
	for i, m := range marks {
		ids[i] = m.ID
	}
	warnings, err := warningsOf(ctx, s.DB, ids)
	if err != nil {
		return out, err
	}
	lines, err := linesIn(ctx, s.DB, ids)
	if err != nil {
		return out, err
	}
	names := map[string]string{}
	slices.SortFunc(lines, func(a, b Line) int { // as they were found
		return cmp.Or(a.WarnAt.Compare(b.WarnAt), cmp.Compare(a.ID, b.ID))
	})
	for _, l := range lines {
		w := warnings[l.ID]
		if _, known := names[w.OwnerID]; !known {
			if names[w.OwnerID], err = s.People.NameTx(ctx, s.DB, w.OwnerID); err != nil {
				return out, err
			}
		}
		out.Lines = append(out.Lines, LateLineView{l.ID, l.WorkerID, l.EmployerID, l.AmountFen, l.EndAt,
			l.DueAt, w.Reason, w.Rung, w.OwnerRole, w.OwnerID, names[w.OwnerID],
			accrualOf(l)})
	}
	return out, nil
}

// LateReasons counts the lines that were due by then and came late, or have not come, by reason.
func (s *Service) LateReasons(
	ctx context.Context, r db.Reader, until time.Time,
) (map[string]int64, error) {
	return lateReasons(ctx, r, until)
}

// ReturnedPayments counts wages that were paid and came back, in the city's life.
func (s *Service) ReturnedPayments(ctx context.Context, r db.Reader) (int64, error) {
	return s.Ledger.ReturnedTx(ctx, r)
}
