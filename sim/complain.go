package sim

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
)

// complain is workers in the evening: some of those who were turned away that day complain of the
// employer, and now and then somebody says that a vacancy is false.
func (w *world) complain(ctx context.Context, now int) error {
	if !w.due(20*60, now) {
		return nil
	}
	day := civil.DateOf(w.clk.Now())
	away, err := turnedAway(ctx, w.city.DB, clock.MS(day.Midnight()), clock.MS(w.clk.Now()))
	if err != nil {
		return err
	}
	for _, t := range away {
		if !w.chance(6000, "complains", t.PlacementID) {
			continue
		}
		err := w.file(ctx, w.workerOf(t.WorkerID), "away/"+t.PlacementID, complaint.File{
			Kind: complaint.TurnedAway, Subject: complaint.OnEmployer, SubjectID: t.EmployerID,
			Words: "到了门口不让进，白跑一趟（演示）"})
		if err != nil {
			return err
		}
	}
	shifts, err := upcoming(ctx, w.city.DB, day.AddDays(1).Midnight(), day.AddDays(3).Midnight())
	if err != nil {
		return err
	}
	for _, t := range shifts {
		a := w.workers[w.n(len(w.workers), "doubts", t.ShiftID)]
		if !a.known() || !w.chance(2*w.cfg.FaultsBP, "false", t.ShiftID) {
			continue
		}
		vacancyID, err := db.Get[string](ctx, w.city.DB,
			`SELECT vacancy_id FROM shifts WHERE id = $1`, t.ShiftID)
		if err != nil {
			return err
		}
		err = w.file(ctx, a, "false/"+t.ShiftID, complaint.File{Kind: complaint.FalseVacancy,
			Subject: complaint.OnVacancy, SubjectID: vacancyID, Words: "打电话过去说没有这个活（演示）"})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) file(ctx context.Context, a actor, key string, in complaint.File) error {
	in.Keyed = deed.Key("sim/complain/" + key)
	in.Anonymous = w.chance(3000, "anonymous", key)
	_, err := w.city.Complaints.FileComplaint(a.as(ctx), in)
	_, err = w.did(err)
	return err
}

// handleComplaints is the clerk in the morning and in the afternoon: each open complaint moves one
// step, unless nobody finds the time that day.
func (w *world) handleComplaints(ctx context.Context, now int) error {
	if !w.due(10*60+30, now) && !w.due(15*60+30, now) {
		return nil
	}
	open, err := w.city.Complaints.FindOpen(w.clerk.as(ctx), complaint.Queue{})
	if err != nil {
		return err
	}
	for _, c := range open.Complaints {
		if w.chance(2500+4*w.cfg.FaultsBP, "lies", c.ID, w.day) {
			continue
		}
		if _, err := w.did(w.moveComplaint(w.clerk.as(ctx), c)); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) moveComplaint(ctx context.Context, c complaint.View) error {
	key := deed.Key(fmt.Sprintf("sim/complaint/%s/%s/%t", c.ID, c.State, c.Reopened))
	var err error
	switch c.State {
	case complaint.Received:
		in := complaint.Accept{Keyed: key, ComplaintID: c.ID, Accept: w.chance(9000, "accepted", c.ID)}
		if !in.Accept {
			in.Reason = "不属于本平台受理范围（演示）"
		}
		_, err = w.city.Complaints.AcceptComplaint(ctx, in)
	case complaint.Accepted:
		_, err = w.city.Complaints.Investigate(ctx, complaint.Step{Keyed: key, ComplaintID: c.ID})
	case complaint.Investigating:
		_, err = w.city.Complaints.DecideComplaint(ctx, complaint.Decide{Keyed: key, ComplaintID: c.ID,
			Uphold: w.chance(5000, "upheld", c.ID), Finding: "核对打卡和岗位记录（演示）"})
	case complaint.Upheld, complaint.NotUpheld:
		_, err = w.city.Complaints.AnswerComplaint(ctx, complaint.Reply{Keyed: key, ComplaintID: c.ID,
			Words: "已核实并处理，谢谢您的反映（演示）"})
	}
	return err
}

// reopen is a complainant in the evening who is not content with an answer.
func (w *world) reopen(ctx context.Context, now int) error {
	if !w.due(21*60, now) {
		return nil
	}
	for n, a := range w.workers {
		if !a.known() || !w.chance(500, "looks at complaints", n, w.day) {
			continue
		}
		own, err := w.city.Complaints.FindMine(a.as(ctx), complaint.Mine{})
		if err != nil {
			return err
		}
		for _, c := range own.Complaints {
			if c.Reopened || c.Decision != complaint.NotUpheld || c.State != complaint.Answered {
				continue
			}
			_, err := w.city.Complaints.ReopenComplaint(a.as(ctx), complaint.Reopen{ComplaintID: c.ID,
				Keyed: deed.Key("sim/reopen/" + c.ID), Words: "还有工友可以作证（演示）"})
			if _, err := w.did(err); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnedAway lists who came and was not let in, of shifts that began between two instants.
func turnedAway(ctx context.Context, r db.Reader, from, to int64) ([]task, error) {
	return tasks(ctx, r, `SELECT id, id, shift_id, worker_id, employer_id, '', starts_at_ms,
		ends_at_ms, 0 FROM placements WHERE starts_at_ms >= $1 AND starts_at_ms < $2
		AND state = 'cancelled_by_employer' AND substr(reason, 1, 12) = 'not_admitted'
		ORDER BY starts_at_ms, id`, from, to)
}

// countComplaints fills the figures of complaints; overdue by the clocks of the city's last day.
func (r *Report) countComplaints(ctx context.Context, d *db.DB, today civil.Date) error {
	return db.Row(ctx, d, []any{&r.Complaints, &r.ComplaintsUpheld, &r.ComplaintsOverdue},
		`SELECT COUNT(*), COUNT(CASE WHEN decision = 'upheld' THEN 1 END),
		COUNT(CASE WHEN due_on <> '' AND due_on < $1 THEN 1 END) FROM complaints`, string(today))
}
