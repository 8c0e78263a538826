package sim

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
)

// heedCredit is what employers and the bureau do about grades: an employer that was graded C (some
// that were graded B too) appeals in the morning; a clerk answers in the afternoon.
func (w *world) heedCredit(ctx context.Context, now int) error {
	for n, e := range w.employers {
		if !e.known() || !w.due(9*60+w.n(120, "reads grade", n), now) {
			continue
		}
		v, err := w.city.Credit.ShowCredit(e.as(ctx), credit.CreditOf{EmployerID: e.EmployerID})
		if err != nil {
			return err
		}
		if v.Grade != credit.GradeC && (v.Grade != credit.GradeB ||
			!w.chance(4000, "appeals", v.GradeID)) {
			continue
		}
		_, err = w.city.Credit.AppealGrade(e.as(ctx), credit.Appeal{EmployerID: e.EmployerID,
			Keyed: deed.Key("sim/appeal/" + v.GradeID), Words: "工资晚到是银行的原因（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	if !w.due(15*60, now) {
		return nil
	}
	if err := w.answerFeedback(ctx); err != nil {
		return err
	}
	return w.answerAppeals(ctx)
}

func (w *world) answerAppeals(ctx context.Context) error {
	open, err := w.city.Credit.FindAppeals(w.clerk.as(ctx), credit.AppealQueue{})
	if err != nil {
		return err
	}
	for _, a := range open.Appeals {
		in := credit.ReviewAppeal{Keyed: deed.Key("sim/appeal_review/" + a.ID), AppealID: a.ID,
			Words: "已核对工资记录（演示）"}
		if w.chance(3000, "appeal granted", a.ID) {
			in.Grant, in.Grade = true, credit.GradeB
			in.Until = civil.DateOf(w.clk.Now()).AddDays(7)
		}
		_, err := w.city.Credit.ReviewAppeal(w.clerk.as(ctx), in)
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// speak is both sides in the evening about work that was done that day: one worker of five answers,
// one employer of seven thanks; now and then an employer has an answer looked at.
func (w *world) speak(ctx context.Context, now int) error {
	if !w.due(22*60, now) {
		return nil
	}
	day := civil.DateOf(w.clk.Now())
	done, err := doneBetween(ctx, w.city.DB, day.Midnight(), w.clk.Now())
	if err != nil {
		return err
	}
	for _, t := range done {
		if w.chance(2000, "speaks", t.ID) {
			said, err := w.city.Credit.GiveFeedback(w.workerOf(t.WorkerID).as(ctx), credit.Feedback{
				Keyed: deed.Key("sim/feedback/" + t.ID), PlacementID: t.ID, WorkerID: t.WorkerID,
				Paid: !w.chance(w.cfg.FaultsBP, "underpaid", t.ID), Safe: true,
				TreatedWell: !w.chance(2*w.cfg.FaultsBP, "shouted at", t.ID)})
			ok, err := w.did(err)
			if err != nil {
				return err
			}
			if ok && said.Paid == "no" {
				_, err = w.city.Credit.AppealFeedback(w.employerOf(t.EmployerID).as(ctx),
					credit.AppealFeedback{Keyed: deed.Key("sim/feedback_appeal/" + said.ID),
						FeedbackID: said.ID, EmployerID: t.EmployerID, Words: "工资已付（演示）"})
				if _, err := w.did(err); err != nil {
					return err
				}
			}
		}
		if !w.chance(1500, "thanks", t.ID) {
			continue
		}
		_, err := w.city.Credit.ThankWorker(w.employerOf(t.EmployerID).as(ctx), credit.Thanks{
			Keyed: deed.Key("sim/thanks/" + t.ID), PlacementID: t.ID, EmployerID: t.EmployerID,
			Thanks: []string{"punctual", "careful", "skilled", "helpful"}[w.n(4, "thanks for", t.ID)]})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// doneBetween lists placements worked to an end between two instants.
func doneBetween(ctx context.Context, r db.Reader, from, to time.Time) ([]task, error) {
	return tasks(ctx, r, `SELECT p.id, p.id, p.shift_id, p.worker_id, p.employer_id, '',
		p.starts_at_ms, p.ends_at_ms, t.ended_at_ms FROM timesheets t
		JOIN placements p ON p.id = t.placement_id AND p.state = 'done'
		WHERE t.state = 'ended' AND t.ended_at_ms >= $1 AND t.ended_at_ms < $2
		ORDER BY t.ended_at_ms, p.id`, clock.MS(from), clock.MS(to))
}

// answerFeedback is the clerk who looks at feedback that an employer appealed against.
func (w *world) answerFeedback(ctx context.Context) error {
	open, err := w.city.Credit.FindFeedbackAppeals(w.clerk.as(ctx), credit.FeedbackAppeals{})
	if err != nil {
		return err
	}
	for _, f := range open.Feedback {
		_, err := w.city.Credit.ReviewFeedback(w.clerk.as(ctx), credit.ReviewFeedback{FeedbackID: f.ID,
			Keyed: deed.Key("sim/feedback_review/" + f.ID), Strike: w.chance(5000, "struck", f.ID),
			Words: "已核对工资记录（演示）"})
		if _, err := w.did(err); err != nil {
			return err
		}
	}
	return nil
}

// countCredit fills the figures of credit: how many employers have which grade today.
func (r *Report) countCredit(ctx context.Context, d *db.DB) error {
	r.CreditGrades = map[string]int64{}
	err := db.Each(ctx, d, `SELECT g.grade, COUNT(*) FROM credit_standings c
		JOIN credit_grades g ON g.id = c.grade_id GROUP BY g.grade ORDER BY g.grade`, nil,
		func(scan func(...any) error) error {
			var grade string
			var n int64
			err := scan(&grade, &n)
			r.CreditGrades[grade] = n
			return err
		})
	if err != nil {
		return err
	}
	return db.Row(ctx, d, []any{&r.CreditAppeals}, `SELECT COUNT(*) FROM credit_appeals`)
}
