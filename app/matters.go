package app

import (
	"context"
	"slices"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// lateMost is how many late wages are searched for the one that a matter is about.
const lateMost = 10_000

// matterTitle reads what a matter is about as whoever assigns it, and gives its title: whose late
// wage, which employer, what is complained of.
// Faults: oversight.subject_not_found; complaint.not_found; people.employer_not_found.
func (c *City) matterTitle(
	ctx context.Context, k oversight.Kind, subjectID string,
) (string, error) {
	switch k {
	case oversight.AboutEmployer:
		e, err := c.People.ShowEmployer(ctx, people.GetEmployer{EmployerID: subjectID})
		return e.Name, err
	case oversight.AboutComplaint:
		v, err := c.Complaints.ShowComplaint(ctx, complaint.Get{ComplaintID: subjectID})
		return v.Words, err
	case oversight.AboutWage:
		late, _, err := db.Walk(lateMost, func(after string) ([]wage.LateLineView, string, error) {
			page, err := c.Wages.FindLateLines(ctx, wage.LateLines{After: after})
			return page.Lines, page.Next, err
		})
		if err != nil {
			return "", err
		}
		n := slices.IndexFunc(late,
			func(l wage.LateLineView) bool { return l.LineID == subjectID })
		if n < 0 {
			break
		}
		l := late[n]
		e, err := c.People.ShowEmployer(ctx, people.GetEmployer{EmployerID: l.EmployerID})
		if err != nil {
			return "", err
		}
		w, err := c.People.ShowWorker(ctx, people.Get{WorkerID: l.WorkerID})
		return w.Name + " · " + e.Name + " · " + l.AmountFen.String(), err
	}
	return "", fault.New(fault.NotFound, "oversight.subject_not_found").OnField("subject_id")
}

// matterSettled reads which wages are paid, or reversed without another in their place, and which
// complaints are closed. What a matter says of an employer, or in words alone, no program knows.
func (c *City) matterSettled(
	ctx context.Context, r db.Reader, k oversight.Kind, ids []string,
) (map[string]oversight.Settlement, error) {
	out := map[string]oversight.Settlement{}
	switch k {
	case oversight.AboutWage:
		over, err := c.Wages.OverTx(ctx, r, ids)
		for id, o := range over {
			out[id] = oversight.Settlement{How: string(o.State), Of: o.Entry, At: o.At}
		}
		return out, err
	case oversight.AboutComplaint:
		over, err := c.Complaints.OverTx(ctx, r, ids)
		for id, o := range over {
			out[id] = oversight.Settlement{How: string(o.State), Of: id, At: o.At}
		}
		return out, err
	}
	return out, nil
}
