package ledger

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/money"
)

const unclaimedMax = 200

// FindUnclaimed asks for credits that came in and did not say whose they are.
type FindUnclaimed struct {
	State string `json:"state,omitempty" query:"state" enum:"waiting,ended" doc:"waiting if left out"`
}

// UnclaimedView is such a credit as the bureau sees it.
type UnclaimedView struct {
	ID           string    `json:"id"`
	CreditID     string    `json:"credit_id" doc:"the bank's number of the credit"`
	Reference    string    `json:"reference" doc:"what who paid wrote, in the bank's words"`
	AmountFen    money.Fen `json:"amount_fen"`
	At           time.Time `json:"at" doc:"when the bank had it"`
	EmployerID   string    `json:"employer_id,omitempty" doc:"whose it is; left out while it waits, and when it was sent back"`
	EmployerName string    `json:"employer_name,omitempty"`
	Words        string    `json:"words,omitempty" doc:"how one knows"`
	EndedAt      time.Time `json:"ended_at,omitzero" doc:"left out while it waits"`
}

func (u Unclaimed) view(name string) UnclaimedView {
	return UnclaimedView{u.ID, u.CreditID, u.Reference, u.AmountFen, u.At, u.EmployerID, name, u.Words,
		u.EndedAt}
}

// UnclaimedList is a bounded list: what waits the oldest first, what has ended the newest first.
type UnclaimedList struct {
	Credits []UnclaimedView `json:"credits"`
}

// FindUnclaimed lists credits whose reference names nobody.
func (s *Service) FindUnclaimed(ctx context.Context, in FindUnclaimed) (UnclaimedList, error) {
	if err := people.Must(ctx, people.PermReconcile, ""); err != nil {
		return UnclaimedList{}, err
	}
	find := waitingCredits
	if in.State == "ended" {
		find = endedCredits
	}
	list, err := find(ctx, s.DB, unclaimedMax)
	if err != nil {
		return UnclaimedList{}, err
	}
	ids := make([]string, 0, len(list))
	for _, u := range list {
		ids = append(ids, u.EmployerID)
	}
	names, err := s.Register.EmployersNamedTx(ctx, s.DB, ids)
	out := UnclaimedList{Credits: make([]UnclaimedView, len(list))}
	for i, u := range list {
		out.Credits[i] = u.view(names[u.EmployerID].Name)
	}
	return out, err
}

// AssignCredit says whose a credit is that waits.
type AssignCredit struct {
	deed.Keyed
	CreditID string `json:"credit_id" path:"credit_id"`
	USCC     string `json:"uscc" maxLength:"30" doc:"the employer's 统一社会信用代码"`
	Words    string `json:"words" doc:"how one knows"`
}

// AssignCredit books a credit that waits as a deposit of the employer whose it is. It is on the
// audit log with the credit; the words stay with it. Wages that wait for money take it at once.
// Faults: ledger.words, people.uscc_form, people.uscc_check (invalid); people.employer_not_found,
// ledger.credit_not_found; ledger.credit_ended (conflict).
func (s *Service) AssignCredit(ctx context.Context, in AssignCredit) (UnclaimedView, error) {
	if err := people.Must(ctx, people.PermAssignCredit, ""); err != nil {
		return UnclaimedView{}, err
	}
	words, err := checkWords("words", in.Words, wordsRunesMax)
	if err != nil {
		return UnclaimedView{}, err
	}
	e, err := s.Register.EmployerByUSCCTx(ctx, s.DB, in.USCC)
	if err != nil {
		return UnclaimedView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "assign_credit"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (UnclaimedView, error) {
			u, err := s.endCreditTx(ctx, tx, in.CreditID, e.ID, words, "assigned credit")
			if err != nil {
				return UnclaimedView{}, err
			}
			return u.view(e.Name), s.postBatch(ctx, tx, []Entry{u.entry()})
		}, Lane(e.ID))
}

// SendBackCredit says that a credit that waits is nobody's here, and has gone back.
type SendBackCredit struct {
	deed.Keyed
	CreditID string `json:"credit_id" path:"credit_id"`
	Words    string `json:"words" doc:"the bank's number of the return, or the bureau's letter"`
}

// SendBackCredit ends a credit that waits with the words that the bank has sent it back to who
// paid. It was never in the books, so nothing is booked; from now on nobody can be given it.
// Faults: ledger.words (invalid); ledger.credit_not_found; ledger.credit_ended (conflict).
func (s *Service) SendBackCredit(ctx context.Context, in SendBackCredit) (UnclaimedView, error) {
	if err := people.Must(ctx, people.PermAssignCredit, ""); err != nil {
		return UnclaimedView{}, err
	}
	words, err := checkWords("words", in.Words, wordsRunesMax)
	if err != nil {
		return UnclaimedView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "send_back_credit"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (UnclaimedView, error) {
			u, err := s.endCreditTx(ctx, tx, in.CreditID, "", words, "sent back credit")
			return u.view(""), err
		})
}

// endCreditTx writes what somebody says of a credit that waits, and the audit row of it.
func (s *Service) endCreditTx(
	ctx context.Context, tx *db.Tx, id, employerID, words, what string,
) (Unclaimed, error) {
	u, err := getUnclaimed(ctx, tx, id)
	if err != nil {
		return u, err
	}
	u.EmployerID, u.Words = employerID, words
	u.EndedBy, u.EndedAt = people.ActorOf(ctx).AccountID, tx.Now
	if err := endUnclaimed(ctx, tx, u); err != nil {
		return u, err
	}
	return u, s.Register.AuditTx(ctx, tx, what, u.ID)
}
