package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// readChunk is how many things one statement of the live index names; db.InList takes no more.
const readChunk = 512

// chunks calls fn with at most readChunk ids at a time.
func chunks(ids []string, fn func(part []string) error) error {
	for len(ids) > 0 {
		n := min(len(ids), readChunk)
		if err := fn(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// The live index reads names of places and employers along: they stand on lower floors, and a
// vacancy is shown with them.
const openingSQL = `SELECT v.id, v.employer_id, e.name, v.place_id, p.name, p.address, v.region,
	v.title, v.occupation, v.work_type, v.pay_unit, v.plan_id, v.hire, v.source, v.settlement,
	v.rate_fen, v.required, v.conditions, v.minor_ok, s.lon_e6, s.lat_e6, s.id, s.starts_at_ms,
	s.ends_at_ms, s.break_min, s.pieces, s.heads - s.taken
	FROM shifts s JOIN vacancies v ON v.id = s.vacancy_id JOIN places p ON p.id = v.place_id
	JOIN employers e ON e.id = v.employer_id
	WHERE s.state = 'open' AND s.taken < s.heads AND s.starts_at_ms > $1`

// openingsOf reads the openings of some vacancies, of all where none is named, by the id of the
// vacancy: what is public, has heads left and begins later than now.
func openingsOf(
	ctx context.Context, r db.Reader, ids []string, now time.Time, fn func(*opening),
) error {
	if ids == nil {
		return readOpenings(ctx, r, openingSQL+` ORDER BY v.id, s.starts_at_ms, s.id`,
			[]any{clock.MS(now)}, fn)
	}
	return chunks(ids, func(part []string) error {
		in, args := db.InList(part, clock.MS(now))
		return readOpenings(ctx, r, openingSQL+` AND s.vacancy_id IN (`+in+`)
			ORDER BY v.id, s.starts_at_ms, s.id`, args, fn)
	})
}

func readOpenings(
	ctx context.Context, r db.Reader, q string, args []any, fn func(*opening),
) error {
	var last *opening
	err := db.Each(ctx, r, q, args, func(scan func(...any) error) error {
		var o opening
		var s slot
		var required, conditions string
		var breakMin int64
		err := scan(&o.VacancyID, &o.EmployerID, &o.EmployerName, &o.PlaceID, &o.PlaceName, &o.Address,
			&o.Region, &o.Title, &o.Occupation, &o.WorkType, &o.PayUnit, &o.PlanID, &o.Hire, &o.Source,
			(*string)(&o.Settlement), (*int64)(&o.RateFen), &required, &conditions, &o.MinorOK,
			&o.LonE6, &o.LatE6, &s.ID, &s.StartMS, &s.EndMS, &breakMin, &s.Pieces, &s.HeadsLeft)
		if err != nil {
			return err
		}
		from, to := clock.At(s.StartMS), clock.At(s.EndMS)
		s.PlannedMin, s.Day = plannedMin(from, to, breakMin), civil.DateOf(from)
		s.Night = atNight(from, to)
		if last != nil && last.VacancyID == o.VacancyID {
			last.Slots = append(last.Slots, s)
			return nil
		}
		if last != nil {
			fn(last)
		}
		if o.Required, err = requirements(s.ID, required); err != nil {
			return err
		}
		o.Conditions, o.Slots = split[Condition](conditions), []slot{s}
		last = &o
		return nil
	})
	if last != nil && err == nil {
		fn(last)
	}
	return err
}

// postedVacancies gives the vacancies of some shifts.
func postedVacancies(ctx context.Context, r db.Reader, shiftIDs []string) ([]string, error) {
	var all []string
	err := chunks(shiftIDs, func(part []string) error {
		in, args := db.InList(part)
		list, err := db.List[string](ctx, r,
			`SELECT DISTINCT vacancy_id FROM shifts WHERE id IN (`+in+`)`, args...)
		all = append(all, list...)
		return err
	})
	return all, err
}

// seekerSQL lists who is ready to work: said so, has not closed the account, and has not switched
// off being recommended; with whether employers may be told of them, which takes a yes to the
// present words ($2). The last answer to a purpose counts, as in people.
const seekerSQL = `SELECT a.worker_id, w.birth_date, w.region, a.lon_e6, a.lat_e6, a.reach_m,
	a.floor_fen, a.no_night, a.free, a.crafts, a.words, a.until_on,
	EXISTS (SELECT 1 FROM consents c WHERE c.worker_id = a.worker_id
		AND c.purpose = 'share_employer' AND c.given AND c.version = $2
		AND c.n = (SELECT MAX(d.n) FROM consents d WHERE d.worker_id = c.worker_id
			AND d.purpose = c.purpose))
	FROM availabilities a JOIN workers w ON w.id = a.worker_id
	WHERE a.open AND a.until_on >= $1
	AND NOT EXISTS (SELECT 1 FROM closures c WHERE c.worker_id = a.worker_id)
	AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.worker_id = a.worker_id
		AND c.purpose = 'recommend' AND NOT c.given
		AND c.n = (SELECT MAX(d.n) FROM consents d WHERE d.worker_id = c.worker_id
			AND d.purpose = c.purpose))`

// seekersOf reads some workers who are ready to work, all of them where none is named, by id.
func seekersOf(
	ctx context.Context, r db.Reader, ids []string, shareVersion string, now time.Time,
) ([]*seeker, error) {
	var list []*seeker
	first := []any{string(civil.DateOf(now)), shareVersion}
	read := func(q string, args []any) error {
		return db.Each(ctx, r, q, args, func(scan func(...any) error) error {
			s, err := scanSeeker(scan)
			list = append(list, s)
			return err
		})
	}
	var err error
	if ids == nil {
		err = read(seekerSQL+` ORDER BY a.worker_id`, first)
	} else {
		err = chunks(ids, func(part []string) error {
			in, args := db.InList(part, first...)
			return read(seekerSQL+` AND a.worker_id IN (`+in+`) ORDER BY a.worker_id`, args)
		})
	}
	if err != nil {
		return nil, err
	}
	return list, fillSeekers(ctx, r, list, ids == nil, now)
}

func scanSeeker(scan func(...any) error) (*seeker, error) {
	s := &seeker{}
	var free, crafts string
	err := scan(&s.WorkerID, (*string)(&s.Born), &s.Region, &s.LonE6, &s.LatE6, &s.ReachM,
		(*int64)(&s.FloorFen), &s.NoNight, &free, &crafts, &s.Words, (*string)(&s.Until), &s.Shared)
	if err != nil {
		return nil, err
	}
	s.Open = true
	return s, s.unpack(free, crafts)
}

// unpack reads the lists of an availability.
func (a *Availability) unpack(free, crafts string) error {
	err := json.Unmarshal([]byte(free), &a.Free)
	if err == nil {
		err = json.Unmarshal([]byte(crafts), &a.Crafts)
	}
	if err != nil {
		return fmt.Errorf("an availability's lists: %w", err)
	}
	return nil
}

// fillSeekers reads what else is known of them: what they can do, when they are taken, how they
// kept their word.
func fillSeekers(
	ctx context.Context, r db.Reader, list []*seeker, all bool, now time.Time,
) error {
	byID := make(map[string]*seeker, len(list))
	ids := make([]string, len(list))
	for i, s := range list {
		byID[s.WorkerID], ids[i] = s, s.WorkerID
	}
	done, gone := map[string]int64{}, map[string]int64{}
	read := func(only string, args func(first ...any) []any) error {
		if err := readSkills(ctx, r, only, args, civil.DateOf(now), byID); err != nil {
			return err
		}
		return readPlacements(ctx, r, only, args, now, byID, done, gone)
	}
	var err error
	if all {
		err = read("", func(first ...any) []any { return first })
	} else {
		err = chunks(ids, func(part []string) error {
			in, _ := db.InList(part, nil)
			return read(` AND worker_id IN (`+in+`)`, func(first ...any) []any {
				_, args := db.InList(part, first...)
				return args
			})
		})
	}
	for _, s := range list {
		s.settle(done[s.WorkerID], gone[s.WorkerID])
	}
	return err
}

// readSkills reads skills, and certificates in force today with their last day. Both statements
// have one argument before the ids.
func readSkills(ctx context.Context, r db.Reader, only string, args func(...any) []any,
	today civil.Date, byID map[string]*seeker) error {
	err := db.Each(ctx, r, `SELECT worker_id, skill FROM worker_skills WHERE added_at_ms >= $1`+
		only+` ORDER BY worker_id, skill`, args(int64(0)), func(scan func(...any) error) error {
		var id, key string
		err := scan(&id, &key)
		if s := byID[id]; s != nil {
			s.Skills = append(s.Skills, key)
		}
		return err
	})
	if err != nil {
		return err
	}
	return db.Each(ctx, r, `SELECT worker_id, kind, MAX(CASE WHEN expires_on = '' THEN '9999-12-31'
		ELSE expires_on END) FROM certificates WHERE state = 'verified' AND issued_on <= $1
		AND (expires_on = '' OR expires_on >= $1)`+only+`
		GROUP BY worker_id, kind ORDER BY worker_id, kind`, args(string(today)),
		func(scan func(...any) error) error {
			var id, key, until string
			err := scan(&id, &key, &until)
			if s := byID[id]; s != nil {
				s.Skills = append(s.Skills, key)
				if until < "9999" {
					s.Lapses = append(s.Lapses, lapse{key, civil.Date(until)})
				}
			}
			return err
		})
}

// readPlacements reads when they are taken from now on, and counts what was done and missed.
func readPlacements(ctx context.Context, r db.Reader, only string, args func(...any) []any,
	now time.Time, byID map[string]*seeker, done, gone map[string]int64) error {
	err := db.Each(ctx, r, `SELECT worker_id, starts_at_ms, ends_at_ms FROM placements
		WHERE state IN ('accepted', 'started', 'done') AND ends_at_ms > $1`+only+`
		ORDER BY worker_id, starts_at_ms, id`, args(clock.MS(now)),
		func(scan func(...any) error) error {
			var id string
			var b busyTime
			err := scan(&id, &b.FromMS, &b.ToMS)
			if s := byID[id]; s != nil {
				s.Busy = append(s.Busy, b)
			}
			return err
		})
	if err != nil {
		return err
	}
	return db.Each(ctx, r, `SELECT worker_id, COUNT(CASE WHEN state = 'done' THEN 1 END),
		COUNT(CASE WHEN state = 'no_show' AND reason <> 'came_offline' THEN 1 END)
		FROM placements WHERE state IN ('done', 'no_show') AND starts_at_ms >= $1`+only+`
		GROUP BY worker_id`, args(int64(0)), func(scan func(...any) error) error {
		var id string
		var worked, missed int64
		err := scan(&id, &worked, &missed)
		done[id], gone[id] = worked, missed
		return err
	})
}

// profileOf reads one worker as a seeker, whether or not they are ready to work: what they said,
// where they said something, and what the city knows.
// Faults: people.worker_not_found is for the caller to find.
func profileOf(
	ctx context.Context, r db.Reader, workerID string, now time.Time,
) (*seeker, error) {
	s := &seeker{WorkerID: workerID}
	var free, crafts string
	err := db.Row(ctx, r, []any{(*string)(&s.Born), &s.Region},
		`SELECT birth_date, region FROM workers WHERE id = $1`, workerID)
	if err == nil {
		err = db.Row(ctx, r, []any{&s.LonE6, &s.LatE6, &s.ReachM, (*int64)(&s.FloorFen), &s.NoNight,
			&free, &crafts, &s.Words, (*string)(&s.Until), &s.Open}, availabilitySQL, workerID)
		if err == nil {
			err = s.unpack(free, crafts)
		} else if errors.Is(err, db.ErrNone) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	return s, fillSeekers(ctx, r, []*seeker{s}, false, now)
}

const availabilitySQL = `SELECT lon_e6, lat_e6, reach_m, floor_fen, no_night, free, crafts, words,
	until_on, open FROM availabilities WHERE worker_id = $1`

// availabilityOf gives what a worker last said; db.ErrNone when that is nothing.
func availabilityOf(ctx context.Context, r db.Reader, workerID string) (Availability, error) {
	var a Availability
	var free, crafts string
	err := db.Row(ctx, r, []any{&a.LonE6, &a.LatE6, &a.ReachM, (*int64)(&a.FloorFen), &a.NoNight,
		&free, &crafts, &a.Words, (*string)(&a.Until), &a.Open}, availabilitySQL, workerID)
	if err == nil {
		err = a.unpack(free, crafts)
	}
	return a, err
}

func upsertAvailability(
	ctx context.Context, tx *db.Tx, workerID string, a Availability,
) error {
	free, err := json.Marshal(a.Free)
	if err != nil {
		return fmt.Errorf("free hours: %w", err)
	}
	crafts, err := json.Marshal(a.Crafts)
	if err != nil {
		return fmt.Errorf("crafts: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO availabilities(worker_id, lon_e6, lat_e6, reach_m, floor_fen,
		no_night, free, crafts, words, until_on, open, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (worker_id) DO UPDATE SET lon_e6 = excluded.lon_e6, lat_e6 = excluded.lat_e6,
		reach_m = excluded.reach_m, floor_fen = excluded.floor_fen, no_night = excluded.no_night,
		free = excluded.free, crafts = excluded.crafts, words = excluded.words,
		until_on = excluded.until_on, open = excluded.open, at_ms = excluded.at_ms`,
		workerID, a.LonE6, a.LatE6, a.ReachM, int64(a.FloorFen), a.NoNight, string(free),
		string(crafts), a.Words, string(a.Until), a.Open, clock.MS(tx.Now))
	return err
}

// eraseAvailability forgets what a worker said, for somebody whose time of keeping is over.
func eraseAvailability(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM availabilities WHERE worker_id = $1`, workerID)
	return err
}

// firstPlace gives the first place of the city, by which its plane is laid; db.ErrNone when there
// is none.
func firstPlace(ctx context.Context, r db.Reader) (point, error) {
	var p point
	err := db.Row(ctx, r, []any{&p.lonE6, &p.latE6},
		`SELECT lon_e6, lat_e6 FROM places ORDER BY id LIMIT 1`)
	return p, err
}

// middleOf gives the middle of the places of a region; db.ErrNone when there is none.
func middleOf(ctx context.Context, r db.Reader, region string) (point, error) {
	var p point
	var n int64
	err := db.Row(ctx, r, []any{&n, &p.lonE6, &p.latE6}, `SELECT COUNT(*),
		CAST(COALESCE(SUM(lon_e6), 0) AS BIGINT), CAST(COALESCE(SUM(lat_e6), 0) AS BIGINT)
		FROM places WHERE region BETWEEN $1 AND $2`, region, region+"999999")
	if err == nil && n == 0 {
		err = db.ErrNone
	}
	if err != nil {
		return point{}, err
	}
	return point{p.lonE6 / n, p.latE6 / n}, nil
}

// vacancyStateOf gives a vacancy's state; db.ErrNone when there is none.
func vacancyStateOf(ctx context.Context, r db.Reader, id string) (string, error) {
	return db.Get[string](ctx, r, `SELECT state FROM vacancies WHERE id = $1`, id)
}

// engagedOn lists who is placed on a shift or was offered it.
func engagedOn(ctx context.Context, r db.Reader, shiftID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT worker_id FROM placements WHERE shift_id = $1`+live+
		` ORDER BY worker_id LIMIT 10000`, shiftID)
}

// wantedSkills lists what an employer's public vacancies require, as stored, newest first.
func wantedSkills(ctx context.Context, r db.Reader, employerID string) ([]string, error) {
	return db.List[string](ctx, r, `SELECT required FROM vacancies WHERE employer_id = $1
		AND state = 'published' AND required NOT IN ('null', '[]')
		ORDER BY created_at_ms DESC, id LIMIT 100`, employerID)
}

// placeOfEmployer gives the place of an employer's newest vacancy; db.ErrNone when there is none.
func placeOfEmployer(ctx context.Context, r db.Reader, employerID string) (string, error) {
	return db.Get[string](ctx, r, `SELECT place_id FROM vacancies WHERE employer_id = $1
		ORDER BY created_at_ms DESC, id DESC LIMIT 1`, employerID)
}

// likeness is what is like a vacancy: its kind of work and where it is.
type likeness struct{ placeID, occupation string }

// publicVacancy gives a vacancy that is or was public; db.ErrNone for another.
func publicVacancy(ctx context.Context, r db.Reader, id string) (likeness, error) {
	var p likeness
	err := db.Row(ctx, r, []any{&p.placeID, &p.occupation}, `SELECT place_id, occupation
		FROM vacancies WHERE id = $1 AND state IN ('published', 'closed')`, id)
	return p, err
}

// offersOn counts the offers of a shift that wait for an answer.
func offersOn(ctx context.Context, r db.Reader, shiftID string) (int64, error) {
	return db.Get[int64](ctx, r, `SELECT COUNT(*) FROM placements
		WHERE shift_id = $1 AND state = 'offered'`+live, shiftID)
}
