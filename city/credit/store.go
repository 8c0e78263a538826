package credit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// judgement is a row of credit_grades.
type judgement struct {
	ID         string
	EmployerID string
	Grade      Grade
	Points     int64
	Rules      Rules
	Facts      Facts
	window
}

func insertGrade(ctx context.Context, tx *db.Tx, j judgement) error {
	rules, err := json.Marshal(j.Rules)
	if err != nil {
		return fmt.Errorf("write the rule of a grade: %w", err)
	}
	facts, err := json.Marshal(j.Facts)
	if err != nil {
		return fmt.Errorf("write the facts of a grade: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO credit_grades(id, employer_id, grade, points, version, rules,
		facts, from_ms, to_ms, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		j.ID, j.EmployerID, string(j.Grade), j.Points, j.Rules.Version, string(rules), string(facts),
		clock.MS(j.from), clock.MS(j.to), clock.MS(j.at))
	return err
}

func upsertStanding(
	ctx context.Context, tx *db.Tx, employerID, gradeID string, day civil.Date,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO credit_standings(employer_id, grade_id, judged_on)
		VALUES ($1, $2, $3) ON CONFLICT (employer_id) DO UPDATE SET grade_id = excluded.grade_id,
		judged_on = excluded.judged_on`, employerID, gradeID, string(day))
	return err
}

// employersToJudge lists vetted employers that were not looked at on that day.
func employersToJudge(
	ctx context.Context, r db.Reader, day civil.Date, limit int,
) ([]string, error) {
	return db.List[string](ctx, r, `SELECT v.employer_id FROM vettings v
		LEFT JOIN credit_standings c ON c.employer_id = v.employer_id
		WHERE COALESCE(c.judged_on, '') < $1 ORDER BY v.employer_id LIMIT $2`, string(day), limit)
}

const gradeColumns = `g.id, g.employer_id, g.grade, g.points, g.rules, g.facts, g.from_ms, g.to_ms,
	g.at_ms`

func scanGrade(scan func(...any) error) (judgement, error) {
	var j judgement
	var rules, facts string
	var from, to, at int64
	err := scan(&j.ID, &j.EmployerID, (*string)(&j.Grade), &j.Points, &rules, &facts, &from, &to, &at)
	if err != nil {
		return j, err
	}
	j.window = window{clock.At(from), clock.At(to), clock.At(at)}
	if err := json.Unmarshal([]byte(rules), &j.Rules); err != nil {
		return j, fmt.Errorf("read the rule of grade %s: %w", j.ID, err)
	}
	if err := json.Unmarshal([]byte(facts), &j.Facts); err != nil {
		return j, fmt.Errorf("read the facts of grade %s: %w", j.ID, err)
	}
	return j, nil
}

// newestGrade gives the employer's newest judgement, and one without an id when there is none yet.
func newestGrade(ctx context.Context, r db.Reader, employerID string) (judgement, error) {
	j := judgement{EmployerID: employerID, Grade: Unrated}
	err := db.Each(ctx, r, `SELECT `+gradeColumns+` FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id WHERE c.employer_id = $1`, []any{employerID},
		func(scan func(...any) error) error {
			var err error
			j, err = scanGrade(scan)
			return err
		})
	return j, err
}

// allNewest lists the judgements that count today, one for each employer.
func allNewest(ctx context.Context, r db.Reader) ([]judgement, error) {
	var all []judgement
	err := db.Each(ctx, r, `SELECT `+gradeColumns+` FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id ORDER BY c.employer_id`, nil,
		func(scan func(...any) error) error {
			j, err := scanGrade(scan)
			all = append(all, j)
			return err
		})
	return all, err
}

// newestOverride gives the override set last, or none.
func newestOverride(ctx context.Context, r db.Reader, employerID string) (override, error) {
	var o override
	err := db.Row(ctx, r, []any{(*string)(&o.Grade), (*string)(&o.Until)}, `SELECT grade, until_on
		FROM credit_appeals WHERE employer_id = $1 AND state = 'granted'
		ORDER BY answered_ms DESC, id DESC LIMIT 1`, employerID)
	if errors.Is(err, db.ErrNone) {
		return override{}, nil
	}
	return o, err
}

// gradeNow reads an employer's region and standing in one look, for every acceptance asks for it.
func gradeNow(ctx context.Context, r db.Reader, employerID string) (string, standing, error) {
	var region string
	st := standing{judgement: judgement{EmployerID: employerID, Grade: Unrated}}
	err := db.Row(ctx, r, []any{&region, (*string)(&st.Grade), (*string)(&st.over.Grade),
		(*string)(&st.over.Until)}, `SELECT e.region, COALESCE(g.grade, 'N'), COALESCE(a.grade, ''),
		COALESCE(a.until_on, '') FROM employers e
		LEFT JOIN credit_standings c ON c.employer_id = e.id
		LEFT JOIN credit_grades g ON g.id = c.grade_id
		LEFT JOIN credit_appeals a ON a.id = (SELECT b.id FROM credit_appeals b
			WHERE b.employer_id = e.id AND b.state = 'granted'
			ORDER BY b.answered_ms DESC, b.id DESC LIMIT 1)
		WHERE e.id = $1`, employerID)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return region, st, err
}

// gradeASince tells from when on an employer has had grade A by rule without a break; the zero time
// when it has another now.
func gradeASince(ctx context.Context, r db.Reader, employerID string) (time.Time, error) {
	ms, err := db.Get[int64](ctx, r, `SELECT COALESCE(MIN(g.at_ms), 0) FROM credit_grades g
		WHERE g.employer_id = $1 AND g.grade = 'A' AND g.at_ms > COALESCE((SELECT MAX(o.at_ms)
		FROM credit_grades o WHERE o.employer_id = $1 AND o.grade <> 'A'), 0)`, employerID)
	if err != nil || ms == 0 {
		return time.Time{}, err
	}
	return clock.At(ms), nil
}

// unfundedSince tells whether a wage whose work ended by then has no money yet.
func unfundedSince(
	ctx context.Context, r db.Reader, employerID string, ended time.Time,
) (bool, error) {
	var n int64
	err := db.Row(ctx, r, []any{&n}, `SELECT COUNT(*) FROM wage_lines
		WHERE employer_id = $1 AND unfunded_fen > 0 AND end_at_ms <= $2
		AND state <> 'paid' AND state <> 'reversed'`, employerID, clock.MS(ended))
	return n > 0, err
}

// listedNow gives the source of an entry in a public list that holds, "" for none.
func listedNow(
	ctx context.Context, r db.Reader, employerID string, now time.Time,
) (string, error) {
	var source string
	err := db.Row(ctx, r, []any{&source}, `SELECT source FROM credit_marks WHERE employer_id = $1
		AND kind = 'listed' AND lifted_ms = 0 AND until_ms > $2 ORDER BY until_ms DESC, id DESC
		LIMIT 1`, employerID, clock.MS(now))
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return source, err
}

// employerOfVacancy gives who offers a vacancy that is or was public.
func employerOfVacancy(ctx context.Context, r db.Reader, vacancyID string) (string, error) {
	var id string
	err := db.Row(ctx, r, []any{&id}, `SELECT employer_id FROM vacancies WHERE id = $1
		AND state IN ('published', 'closed')`, vacancyID)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "credit.vacancy_not_found").OnField("vacancy_id")
	}
	return id, err
}

// mark is a row of credit_marks.
type mark struct {
	ID, EmployerID, Kind, Source, Words, AccountID string
	Until                                          time.Time
}

// insertMark writes a mark; it tells whether it is new: one source counts once.
func insertMark(ctx context.Context, tx *db.Tx, m mark) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO credit_marks(id, employer_id, kind, source, words, account_id,
		at_ms, until_ms, lifted_ms, lifted_why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')
		ON CONFLICT DO NOTHING`, m.ID, m.EmployerID, m.Kind, m.Source, m.Words, m.AccountID,
		clock.MS(tx.Now), clock.MS(m.Until))
	return n == 1, err
}

// liftMark ends an entry of a public list with a reason; it gives whose it was.
func liftMark(ctx context.Context, tx *db.Tx, id, why string) (string, error) {
	var employerID string
	err := db.Row(ctx, tx, []any{&employerID}, `UPDATE credit_marks SET lifted_ms = $1,
		lifted_why = $2 WHERE id = $3 AND kind = 'listed' AND lifted_ms = 0 RETURNING employer_id`,
		clock.MS(tx.Now), why, id)
	if !errors.Is(err, db.ErrNone) {
		return employerID, err
	}
	err = db.Row(ctx, tx, []any{&employerID}, `SELECT employer_id FROM credit_marks
		WHERE id = $1 AND kind = 'listed'`, id)
	if errors.Is(err, db.ErrNone) {
		return "", fault.New(fault.NotFound, "credit.mark_not_found").OnField("mark_id")
	}
	if err != nil {
		return "", err
	}
	return "", fault.New(fault.Conflict, "credit.mark_lifted").OnField("mark_id")
}

// liftComplaint takes a complaint's mark back when the decision behind it fell.
func liftComplaint(ctx context.Context, tx *db.Tx, source, why string) error {
	_, err := tx.Exec(ctx, `UPDATE credit_marks SET lifted_ms = $1, lifted_why = $2
		WHERE kind = 'complaint' AND source = $3 AND lifted_ms = 0`, clock.MS(tx.Now), why, source)
	return err
}

func insertAppeal(ctx context.Context, tx *db.Tx, a AppealView) error {
	n, err := tx.Exec(ctx, `INSERT INTO credit_appeals(id, employer_id, grade_id, words, state, due_on,
		asked_at_ms, answer, reviewer_id, grade, until_on, answered_ms)
		VALUES ($1, $2, $3, $4, 'asked', $5, $6, '', '', '', '', 0) ON CONFLICT DO NOTHING`,
		a.ID, a.EmployerID, a.GradeID, a.Words, string(a.DueOn), clock.MS(tx.Now))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "credit.appeal_open").OnField("employer_id")
	}
	return err
}

const appealColumns = `id, employer_id, grade_id, words, state, due_on, asked_at_ms, answer, grade,
	until_on`

func scanAppeal(scan func(...any) error) (AppealView, error) {
	var a AppealView
	var at int64
	err := scan(&a.ID, &a.EmployerID, &a.GradeID, &a.Words, &a.State, (*string)(&a.DueOn), &at,
		&a.Answer, (*string)(&a.Grade), (*string)(&a.Until))
	a.AskedAt = clock.At(at)
	return a, err
}

func listAppeals(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]AppealView, error) {
	list := []AppealView{}
	err := db.Each(ctx, r, `SELECT `+appealColumns+` FROM credit_appeals WHERE `+where, args,
		func(scan func(...any) error) error {
			a, err := scanAppeal(scan)
			list = append(list, a)
			return err
		})
	return list, err
}

// openAppeals lists what waits for a clerk, the first due first.
func openAppeals(ctx context.Context, r db.Reader, today civil.Date) ([]AppealView, error) {
	list, err := listAppeals(ctx, r, `state = 'asked' ORDER BY due_on, id LIMIT $1`, listMax)
	for i := range list {
		list[i].Overdue = list[i].DueOn < today
	}
	return list, err
}

// answerAppeal writes a clerk's decision over an open appeal and gives the whole.
func answerAppeal(
	ctx context.Context, tx *db.Tx, a AppealView, reviewerID string,
) (AppealView, error) {
	n, err := tx.Exec(ctx, `UPDATE credit_appeals SET state = $1, answer = $2, reviewer_id = $3,
		grade = $4, until_on = $5, answered_ms = $6 WHERE id = $7 AND state = 'asked'`,
		a.State, a.Answer, reviewerID, string(a.Grade), string(a.Until), clock.MS(tx.Now), a.ID)
	if err != nil {
		return AppealView{}, err
	}
	list, err := listAppeals(ctx, tx, `id = $1`, a.ID)
	switch {
	case err != nil:
		return AppealView{}, err
	case len(list) == 0:
		return AppealView{}, fault.New(fault.NotFound, "credit.appeal_not_found").OnField("appeal_id")
	case n == 0:
		return AppealView{}, fault.New(fault.Conflict, "credit.appeal_answered").OnField("appeal_id")
	}
	return list[0], nil
}
