package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

const startsMax = 100 // starts of a page; the next one begins behind it

// CountedStarts asks for the starts that C02 counts: work that the platform settles and that began
// within some days.
type CountedStarts struct {
	From  civil.Date `json:"from,omitempty" query:"from" doc:"first day; today if left out"`
	Until civil.Date `json:"until,omitempty" query:"until" doc:"last day; today if left out"`
	After string     `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// CountedStart is a start and the cover in force at its instant; none: CoverID is left out.
type CountedStart struct {
	EventID     string    `json:"event_id"`
	PlacementID string    `json:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	WorkerName  string    `json:"worker_name"`
	EmployerID  string    `json:"employer_id"`
	Title       string    `json:"title" doc:"of the vacancy"`
	At          time.Time `json:"at"`
	Means       string    `json:"means" enum:"qr,place,supervisor,forgotten,offline"`
	CoverID     string    `json:"cover_id,omitempty"`
	CoveredAt   time.Time `json:"covered_at,omitzero"`
	Premium     string    `json:"premium,omitempty" doc:"the entry of the books by which the premium was paid"`
}

// CountedStartList is a page of starts, the newest first, and how many there are in all.
type CountedStartList struct {
	From    civil.Date     `json:"from"`
	Until   civil.Date     `json:"until"`
	Count   int64          `json:"count"`
	Covered int64          `json:"covered"`
	Starts  []CountedStart `json:"starts"`
	Next    string         `json:"next,omitempty"`
}

// FindStarts lists the starts behind the cockpit's share of insured starts.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindStarts(ctx context.Context, in CountedStarts) (CountedStartList, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedStartList{}, err
	}
	out := CountedStartList{}
	var err error
	today := civil.DateOf(s.DB.Now())
	if out.From, out.Until, err = civil.Days(in.From, in.Until, today, 1); err != nil {
		return out, err
	}
	from, to := out.From.Midnight(), out.Until.AddDays(1).Midnight()
	before, err := db.ParseMark(in.After, db.Mark{MS: clock.MS(to)})
	if err != nil {
		return out, err
	}
	if out.Covered, out.Count, err = coveredStarts(ctx, s.DB, from, to); err != nil {
		return out, err
	}
	if out.Starts, err = startsOf(ctx, s.DB, from, to, before, startsMax+1); err != nil {
		return out, err
	}
	out.Starts, out.Next = db.Page(out.Starts, startsMax, func(c CountedStart) string {
		return db.Mark{MS: clock.MS(c.At), ID: c.EventID}.String()
	})
	return out, people.NameRows(ctx, s.DB, s.People, out.Starts,
		func(c CountedStart) string { return c.WorkerID },
		func(c *CountedStart, n people.Names) {
			c.WorkerName = n.Whole
			if c.Premium != "" {
				c.Premium = insurance.PremiumEntry(c.CoverID)
			}
		})
}
