package complaint

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

func noComplaint() error {
	return fault.New(fault.NotFound, "complaint.not_found").OnField("complaint_id")
}

func noSubject() error {
	return fault.New(fault.NotFound, "complaint.subject_not_found").OnField("subject_id")
}

// employerOfVacancy gives who offers a vacancy, whatever has become of it.
func employerOfVacancy(ctx context.Context, r db.Reader, vacancyID string) (string, error) {
	return orNoSubject(db.Get[string](ctx, r,
		`SELECT employer_id FROM vacancies WHERE id = $1`, vacancyID))
}

// rolesOfAccount gives the roles of somebody who is complained of.
func rolesOfAccount(ctx context.Context, r db.Reader, accountID string) (string, error) {
	return orNoSubject(db.Get[string](ctx, r, `SELECT roles FROM accounts WHERE id = $1`, accountID))
}

func orNoSubject(v string, err error) (string, error) {
	if errors.Is(err, db.ErrNone) {
		err = noSubject()
	}
	return v, err
}

func insertComplaint(ctx context.Context, tx *db.Tx, c Complaint) error {
	_, err := tx.Exec(ctx, `INSERT INTO complaints(id, kind, subject, subject_id, employer_id,
		anonymous, account_id, contact_sealed, contact_blind, words, state, decision, owner_id, reason,
		answer, reopened, steps, received_ms, due_on, legal_on, answered_ms, answer_days)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', '', FALSE, 0, $12, $13, $14,
		0, 0)`, c.ID, string(c.Kind), string(c.Subject), c.SubjectID, c.EmployerID, c.Anonymous,
		c.AccountID, c.contact, c.blind, c.Words, string(c.State), clock.MS(c.ReceivedAt),
		string(c.DueOn), string(c.LegalOn))
	return err
}

const columns = `id, kind, subject, subject_id, employer_id, anonymous, account_id, contact_sealed,
	contact_blind, words, state, decision, owner_id, reason, answer, reopened, steps, received_ms,
	due_on, legal_on, answered_ms, answer_days`

func scanComplaint(scan func(...any) error) (Complaint, error) {
	var c Complaint
	var received, answered int64
	err := scan(&c.ID, (*string)(&c.Kind), (*string)(&c.Subject), &c.SubjectID, &c.EmployerID,
		&c.Anonymous, &c.AccountID, &c.contact, &c.blind, &c.Words, (*string)(&c.State),
		(*string)(&c.Decision), &c.OwnerID, &c.Reason, &c.Answer, &c.Reopened, &c.Steps, &received,
		(*string)(&c.DueOn), (*string)(&c.LegalOn), &answered, &c.AnswerDays)
	c.ReceivedAt = clock.At(received)
	if answered > 0 {
		c.AnsweredAt = clock.At(answered)
	}
	return c, err
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Complaint, error) {
	all := []Complaint{}
	err := db.Each(ctx, r, `SELECT `+columns+` FROM complaints WHERE `+where, args,
		func(scan func(...any) error) error {
			c, err := scanComplaint(scan)
			all = append(all, c)
			return err
		})
	return all, err
}

func getComplaint(ctx context.Context, r db.Reader, id string) (Complaint, error) {
	all, err := list(ctx, r, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = noComplaint()
	}
	if err != nil {
		return Complaint{}, err
	}
	return all[0], nil
}

// openOnes lists what waits for staff, the first due first.
func openOnes(
	ctx context.Context, r db.Reader, behind db.Mark, limit int,
) ([]Complaint, error) {
	return list(ctx, r, `due_on <> '' AND due_on >= $1 AND (due_on > $1 OR id > $2)
		ORDER BY due_on, id LIMIT $3`, string(civil.DateOf(clock.At(behind.MS))), behind.ID, limit)
}

// ofAccount lists somebody's own complaints, newest first.
func ofAccount(ctx context.Context, r db.Reader, blind string) ([]Complaint, error) {
	return list(ctx, r, `contact_blind = $1 ORDER BY id DESC LIMIT $2`, blind, listMax)
}

// answeredBefore lists complaints whose answer lies long enough back.
func answeredBefore(
	ctx context.Context, r db.Reader, before time.Time, limit int,
) ([]Complaint, error) {
	return list(ctx, r, `state = 'answered' AND answered_ms > 0 AND answered_ms < $1
		ORDER BY answered_ms, id LIMIT $2`, clock.MS(before), limit)
}

// openCases counts what is accepted against an employer and not yet decided.
func openCases(ctx context.Context, r db.Reader, employerID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM complaints WHERE employer_id = $1
		AND state IN ('accepted', 'investigating')`, employerID)
}

// change writes what became of a complaint, and the step. It is guarded by the number of steps, so
// that of two at once one finds another state.
func change(ctx context.Context, tx *db.Tx, c Complaint, accountID, words string) error {
	n, err := tx.Exec(ctx, `UPDATE complaints SET state = $1, decision = $2, owner_id = $3,
		reason = $4, answer = $5, reopened = $6, steps = steps + 1, due_on = $7, legal_on = $8,
		answered_ms = $9, answer_days = $10 WHERE id = $11 AND steps = $12`,
		string(c.State), string(c.Decision), c.OwnerID, c.Reason, c.Answer, c.Reopened,
		string(c.DueOn), string(c.LegalOn), msOrZero(c.AnsweredAt), c.AnswerDays, c.ID, c.Steps)
	if err != nil {
		return err
	}
	if n == 0 {
		return c.mustBe()
	}
	return insertStep(ctx, tx, c, c.Steps+1, accountID, words)
}

func msOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.MS(t)
}

func insertStep(
	ctx context.Context, tx *db.Tx, c Complaint, n int64, accountID, words string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO complaint_steps(complaint_id, n, state, account_id, words,
		at_ms) VALUES ($1, $2, $3, $4, $5, $6)`, c.ID, n, string(c.State), accountID, words,
		clock.MS(tx.Now))
	return err
}

func stepsOf(ctx context.Context, r db.Reader, id string) ([]StepView, error) {
	steps := []StepView{}
	err := db.Each(ctx, r, `SELECT state, words, at_ms FROM complaint_steps WHERE complaint_id = $1
		ORDER BY n`, []any{id}, func(scan func(...any) error) error {
		var s StepView
		var at int64
		err := scan((*string)(&s.State), &s.Words, &at)
		s.At = clock.At(at)
		steps = append(steps, s)
		return err
	})
	return steps, err
}

// insertNote adds evidence; a complaint holds notesMax pieces.
func insertNote(ctx context.Context, tx *db.Tx, id string, n NoteView, accountID string) error {
	rows, err := tx.Exec(ctx, `INSERT INTO complaint_notes(complaint_id, n, side, account_id, words,
		digest, at_ms) SELECT c.id, (SELECT COUNT(*) FROM complaint_notes x WHERE x.complaint_id = c.id)
		+ 1, $2, $3, $4, $5, $6 FROM complaints c WHERE c.id = $1
		AND (SELECT COUNT(*) FROM complaint_notes x WHERE x.complaint_id = c.id) < $7`,
		id, n.Side, accountID, n.Words, n.Digest, clock.MS(tx.Now), notesMax)
	if err == nil && rows == 0 {
		err = fault.New(fault.Conflict, "complaint.notes_full", "max", notesMax).OnField("complaint_id")
	}
	return err
}

func notesOf(ctx context.Context, r db.Reader, id string) ([]NoteView, error) {
	notes := []NoteView{}
	err := db.Each(ctx, r, `SELECT side, words, digest, at_ms FROM complaint_notes
		WHERE complaint_id = $1 ORDER BY n`, []any{id}, func(scan func(...any) error) error {
		var n NoteView
		var at int64
		err := scan(&n.Side, &n.Words, &n.Digest, &at)
		n.At = clock.At(at)
		notes = append(notes, n)
		return err
	})
	return notes, err
}

// toWarn lists complaints due on or before a day that have no such warning for this stage yet.
func toWarn(
	ctx context.Context, r db.Reader, kind string, day civil.Date, limit int,
) ([]Complaint, error) {
	return list(ctx, r, `due_on <> '' AND due_on <= $1 AND NOT EXISTS (SELECT 1
		FROM complaint_warnings w WHERE w.complaint_id = complaints.id
		AND w.due_on = complaints.due_on AND w.kind = $2) ORDER BY due_on, id LIMIT $3`,
		string(day), kind, limit)
}

// insertWarning tells whether the warning is new.
func insertWarning(ctx context.Context, tx *db.Tx, c Complaint, kind string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO complaint_warnings(complaint_id, due_on, kind, owner_id, at_ms)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, c.ID, string(c.DueOn), kind, c.OwnerID,
		clock.MS(tx.Now))
	return n == 1, err
}

func overOf(ctx context.Context, r db.Reader, ids []string) (map[string]Over, error) {
	in, args := db.InList(ids)
	out := map[string]Over{}
	err := db.Each(ctx, r, `SELECT c.id, c.state, s.at_ms FROM complaints c
		JOIN complaint_steps s ON s.complaint_id = c.id AND s.n = c.steps
		WHERE c.state IN ('closed', 'not_accepted') AND c.id IN (`+in+`) ORDER BY c.id`, args,
		func(scan func(...any) error) error {
			var id string
			var o Over
			var at int64
			err := scan(&id, (*string)(&o.State), &at)
			o.At = clock.At(at)
			out[id] = o
			return err
		})
	return out, err
}
