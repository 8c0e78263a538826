package sim

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// monthlyVacancies lists the vacancies by the month that can still be applied for.
func monthlyVacancies(ctx context.Context, r db.Reader, now time.Time) ([]string, error) {
	return db.List[string](ctx, r, `SELECT v.id FROM vacancies v WHERE v.state = 'published'
		AND v.settlement = 'employer' AND v.hire = 'offer' AND EXISTS (SELECT 1 FROM shifts s
		WHERE s.vacancy_id = v.id AND s.state = 'open' AND s.starts_at_ms > $1) ORDER BY v.id`,
		clock.MS(now))
}

// applicant is an application that waits for somebody, and what to do it with.
type applicant struct {
	ID          string `db:"id"`
	VacancyID   string `db:"vacancy_id"`
	WorkerID    string `db:"worker_id"`
	EmployerID  string `db:"employer_id"`
	InterviewID string `db:"interview_id"`
	ShiftID     string `db:"shift_id"`
}

// applicants lists applications in a state: of an employer, or of all.
func applicants(
	ctx context.Context, r db.Reader, employerID, state string,
) ([]applicant, error) {
	return db.List[applicant](ctx, r, `SELECT id, vacancy_id, worker_id, employer_id,
		'' AS interview_id, shift_id FROM applications
		WHERE state = $1 AND ($2 = '' OR employer_id = $2) ORDER BY id`, state, employerID)
}

// interviewed lists interviews that are over and have no outcome, each with the first shift of its
// vacancy.
func interviewed(ctx context.Context, r db.Reader, now time.Time) ([]applicant, error) {
	return db.List[applicant](ctx, r, `SELECT a.id, a.vacancy_id, a.worker_id, a.employer_id,
		i.id AS interview_id, (SELECT MIN(s.id) FROM shifts s WHERE s.vacancy_id = a.vacancy_id)
		AS shift_id FROM interviews i JOIN applications a ON a.id = i.application_id
		WHERE i.state = 'booked' AND i.ends_at_ms <= $1 AND a.state = 'interview' ORDER BY i.id`,
		clock.MS(now))
}

// slotsOfDay lists the interview slots of the next 24 hours that still stand.
func slotsOfDay(ctx context.Context, r db.Reader, now time.Time) ([]applicant, error) {
	return db.List[applicant](ctx, r, `SELECT id, vacancy_id, '' AS worker_id, employer_id,
		'' AS interview_id, '' AS shift_id FROM interview_slots
		WHERE NOT cancelled AND starts_at_ms > $1 AND starts_at_ms <= $2 ORDER BY id`,
		clock.MS(now), clock.MS(now.Add(24*time.Hour)))
}
