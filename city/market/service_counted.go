package market

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

const countedMax = 100 // rows of a page behind a figure; the next one begins behind it

// Counted asks for what a figure of the cockpit counts within some days.
type Counted struct {
	From  civil.Date `json:"from,omitempty" query:"from" doc:"first day; today if left out"`
	Until civil.Date `json:"until,omitempty" query:"until" doc:"last day; today if left out"`
	After string     `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// stretch is the days of a figure, and behind which row its page begins: the newest come first.
type stretch struct {
	from, until civil.Date
	a, b        int64 // [a, b) in milliseconds
	before      db.Mark
}

// Faults: civil.days, db.mark (invalid).
func (s *Service) stretchOf(in Counted) (w stretch, err error) {
	today := civil.DateOf(s.DB.Now())
	if w.from, w.until, err = civil.Days(in.From, in.Until, today, 1); err != nil {
		return w, err
	}
	w.a, w.b = clock.MS(w.from.Midnight()), clock.MS(w.until.AddDays(1).Midnight())
	w.before, err = db.ParseMark(in.After, db.Mark{MS: w.b})
	return w, err
}

// CountedVacancy is a vacancy that M02 counts.
type CountedVacancy struct {
	ID         string    `json:"id"`
	EmployerID string    `json:"employer_id"`
	Employer   string    `json:"employer" doc:"its name"`
	Title      string    `json:"title"`
	Place      string    `json:"place" doc:"its name"`
	PlaceID    string    `json:"place_id"`
	Region     string    `json:"region"`
	State      string    `json:"state" enum:"published,closed"`
	PayUnit    string    `json:"pay_unit"`
	RateFen    money.Fen `json:"rate_fen"`
	Heads      int64     `json:"heads" doc:"of its shifts that were not called off"`
	Taken      int64     `json:"taken"`
	CreatedAt  time.Time `json:"created_at"`
}

// CountedVacancies is a page of vacancies, the newest first, and how many there are in all.
type CountedVacancies struct {
	From      civil.Date       `json:"from"`
	Until     civil.Date       `json:"until"`
	Count     int64            `json:"count"`
	Heads     int64            `json:"heads"`
	Vacancies []CountedVacancy `json:"vacancies"`
	Next      string           `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindCountedVacancies lists the vacancies behind M02: Count and Heads are its numbers.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindCountedVacancies(
	ctx context.Context, in Counted,
) (CountedVacancies, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedVacancies{}, err
	}
	w, err := s.stretchOf(in)
	if err != nil {
		return CountedVacancies{}, err
	}
	out := CountedVacancies{From: w.from, Until: w.until}
	if out.Count, out.Heads, err = countPublished(ctx, s.DB, w.a, w.b); err != nil {
		return out, err
	}
	list, err := publishedWithin(ctx, s.DB, w, countedMax+1)
	out.Vacancies, out.Next = db.Page(list, countedMax, func(v CountedVacancy) string {
		return db.Mark{MS: clock.MS(v.CreatedAt), ID: v.ID}.String()
	})
	for i, v := range out.Vacancies {
		place, err := s.Stations.PlaceTx(ctx, s.DB, v.PlaceID)
		if err != nil {
			return out, err
		}
		out.Vacancies[i].Place = place.Name
	}
	return out, err
}

// GetCounted asks for a vacancy that stands behind a figure.
type GetCounted struct {
	VacancyID string `json:"vacancy_id" path:"vacancy_id"`
}

// CountedText is all that a vacancy says, and whose it is.
type CountedText struct {
	EmployerID string `json:"employer_id"`
	Employer   string `json:"employer" doc:"its name"`
	VacancyText
}

// ShowCountedVacancy shows a vacancy whole to who sees what the figures count.
// Faults: market.vacancy_not_found.
func (s *Service) ShowCountedVacancy(ctx context.Context, in GetCounted) (CountedText, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedText{}, err
	}
	employerID, err := offererOf(ctx, s.DB, in.VacancyID)
	if err != nil {
		return CountedText{}, err
	}
	e, err := s.People.GetEmployerTx(ctx, s.DB, employerID)
	if err != nil {
		return CountedText{}, err
	}
	v, err := s.wholeVacancy(ctx, GetVacancy{EmployerID: employerID, VacancyID: in.VacancyID})
	return CountedText{employerID, e.Name, v}, err
}

// CountedPlacement is a placement that M03 counts as matched; its state says whether somebody came.
type CountedPlacement struct {
	ID         string    `json:"id"`
	VacancyID  string    `json:"vacancy_id"`
	Title      string    `json:"title" doc:"of the vacancy"`
	WorkerID   string    `json:"worker_id"`
	WorkerName string    `json:"worker_name"`
	EmployerID string    `json:"employer_id"`
	Employer   string    `json:"employer" doc:"its name"`
	State      State     `json:"state"`
	StartsAt   time.Time `json:"starts_at"`
	EndsAt     time.Time `json:"ends_at"`
	MadeAt     time.Time `json:"made_at"`
	ContractID string    `json:"contract_id,omitempty"`
	Signed     bool      `json:"signed,omitempty" doc:"the contract, by both"`
}

// CountedPlacements is a page of placements, the newest first, and how many there are in all.
type CountedPlacements struct {
	From       civil.Date         `json:"from"`
	Until      civil.Date         `json:"until"`
	Count      int64              `json:"count"`
	Started    int64              `json:"started"`
	Placements []CountedPlacement `json:"placements"`
	Next       string             `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindCountedPlacements lists the placements behind M03: Count and Started are its numbers.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindCountedPlacements(
	ctx context.Context, in Counted,
) (CountedPlacements, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedPlacements{}, err
	}
	w, err := s.stretchOf(in)
	if err != nil {
		return CountedPlacements{}, err
	}
	out := CountedPlacements{From: w.from, Until: w.until}
	if out.Count, out.Started, err = countPlaced(ctx, s.DB, w.a, w.b); err != nil {
		return out, err
	}
	list, err := placedWithin(ctx, s.DB, w, countedMax+1)
	if err != nil {
		return out, err
	}
	out.Placements, out.Next = db.Page(list, countedMax, func(p CountedPlacement) string {
		return db.Mark{MS: clock.MS(p.MadeAt), ID: p.ID}.String()
	})
	return out, people.NameRows(ctx, s.DB, s.People, out.Placements,
		func(p CountedPlacement) string { return p.WorkerID },
		func(p *CountedPlacement, n people.Names) { p.WorkerName = n.Whole })
}

// CountedIntent is a wish that M04 counts: a worker and a vacancy, once, however often it was said.
type CountedIntent struct {
	VacancyID  string    `json:"vacancy_id"`
	Title      string    `json:"title" doc:"of the vacancy"`
	WorkerID   string    `json:"worker_id"`
	WorkerName string    `json:"worker_name"`
	EmployerID string    `json:"employer_id"`
	Employer   string    `json:"employer" doc:"its name"`
	At         time.Time `json:"at" doc:"of the first wish within the days"`
	Placed     bool      `json:"placed,omitempty" doc:"within the days"`
}

// CountedIntents is a page of wishes, the newest first, and how many there are in all.
type CountedIntents struct {
	From    civil.Date      `json:"from"`
	Until   civil.Date      `json:"until"`
	Count   int64           `json:"count"`
	Intents []CountedIntent `json:"intents"`
	Next    string          `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindCountedIntents lists the wishes behind M04: Count is its number.
// Faults: civil.days, db.mark (invalid).
func (s *Service) FindCountedIntents(ctx context.Context, in Counted) (CountedIntents, error) {
	if err := people.Must(ctx, people.PermSeeCounted, ""); err != nil {
		return CountedIntents{}, err
	}
	w, err := s.stretchOf(in)
	if err != nil {
		return CountedIntents{}, err
	}
	out := CountedIntents{From: w.from, Until: w.until}
	if out.Count, err = countIntents(ctx, s.DB, w.a, w.b); err != nil {
		return out, err
	}
	list, err := intendedWithin(ctx, s.DB, w, countedMax+1)
	if err != nil {
		return out, err
	}
	out.Intents, out.Next = db.Page(list, countedMax, func(i CountedIntent) string {
		return db.Mark{MS: clock.MS(i.At), ID: i.WorkerID + i.VacancyID}.String()
	})
	return out, people.NameRows(ctx, s.DB, s.People, out.Intents,
		func(i CountedIntent) string { return i.WorkerID },
		func(i *CountedIntent, n people.Names) { i.WorkerName = n.Whole })
}
