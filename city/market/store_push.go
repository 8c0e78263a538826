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
	"github.com/gongyi/gongyi/internal/fault"
)

const pushRunColumns = `SELECT id, kind, day, by_id, state, week_max, place, people, seen, told,
	sated, started_at_ms, ended_at_ms FROM push_runs `

func pushRunsWhere(ctx context.Context, r db.Reader, q string, args ...any) ([]pushRun, error) {
	var list []pushRun
	err := db.Each(ctx, r, pushRunColumns+q, args, func(scan func(...any) error) error {
		var p pushRun
		err := scan(&p.ID, &p.Kind, &p.Day, &p.ByID, &p.State, &p.WeekMax, &p.Place, &p.People,
			&p.Seen, &p.Told, &p.Sated, &p.StartedAtMS, &p.EndedAtMS)
		list = append(list, p)
		return err
	})
	return list, err
}

// runningPushRun gives the run that is not done; db.ErrNone when there is none.
func runningPushRun(ctx context.Context, r db.Reader) (pushRun, error) {
	return onlyRun(pushRunsWhere(ctx, r, `WHERE state = 'running'`))
}

// getPushRun gives a run. Faults: market.push_run_not_found.
func getPushRun(ctx context.Context, r db.Reader, id string) (pushRun, error) {
	p, err := onlyRun(pushRunsWhere(ctx, r, `WHERE id = $1`, id))
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "market.push_run_not_found").OnField("run_id")
	}
	return p, err
}

func onlyRun(list []pushRun, err error) (pushRun, error) {
	if err == nil && len(list) == 0 {
		err = db.ErrNone
	}
	if err != nil {
		return pushRun{}, err
	}
	return list[0], nil
}

func pushedOn(ctx context.Context, r db.Reader, day civil.Date) (bool, error) {
	n, err := db.Get[int64](ctx, r, `SELECT COUNT(*) FROM push_runs
		WHERE kind = 'nightly' AND day = $1`, string(day))
	return n > 0, err
}

// insertPushRun tells whether the run could begin: one runs at a time, and one nightly a day.
func insertPushRun(ctx context.Context, tx *db.Tx, p pushRun) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO push_runs(id, kind, day, by_id, state, week_max, place,
		people, seen, told, sated, started_at_ms, ended_at_ms)
		VALUES ($1, $2, $3, $4, 'running', $5, '', 0, 0, 0, 0, $6, 0) ON CONFLICT DO NOTHING`, p.ID,
		p.Kind, p.Day, p.ByID, p.WeekMax, p.StartedAtMS)
	return n == 1, err
}

// movePushRun moves a run on, if nobody else has.
func movePushRun(ctx context.Context, tx *db.Tx, from, to pushRun) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE push_runs SET state = $1, place = $2, people = $3, seen = $4,
		sated = $5, ended_at_ms = $6 WHERE id = $7 AND state = 'running' AND place = $8`, to.State,
		to.Place, to.People, to.Seen, to.Sated, to.EndedAtMS, from.ID, from.Place)
	return n == 1, err
}

func addTold(ctx context.Context, tx *db.Tx, runID string, n int64) error {
	_, err := tx.Exec(ctx, `UPDATE push_runs SET told = told + $1 WHERE id = $2`, n, runID)
	return err
}

// insertPush tells whether the worker had not been told of the vacancy.
func insertPush(ctx context.Context, tx *db.Tx, p push) (bool, error) {
	parts, err := json.Marshal(p.Parts)
	if err != nil {
		return false, fmt.Errorf("parts of a push: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO pushes(id, run_id, worker_id, vacancy_id, shift_id, score,
		price, distance_m, hour_fen, parts, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`, p.ID, p.RunID,
		p.WorkerID, p.VacancyID, p.ShiftID, p.Score, p.Price, p.DistanceM, int64(p.HourFen),
		string(parts), p.AtMS)
	return n == 1, err
}

// toldPerVacancy counts how many were told of each vacancy since.
func toldPerVacancy(ctx context.Context, r db.Reader, since time.Time) (map[string]int64, error) {
	told := map[string]int64{}
	err := db.Each(ctx, r, `SELECT vacancy_id, COUNT(*) FROM pushes WHERE at_ms > $1
		GROUP BY vacancy_id`, []any{clock.MS(since)}, func(scan func(...any) error) error {
		var id string
		var n int64
		err := scan(&id, &n)
		told[id] = n
		return err
	})
	return told, err
}

// knownWork is what some workers know already: vacancies that they were told of, asked for or have
// been placed on; and how many pushes each had since the week began.
func knownWork(ctx context.Context, r db.Reader, ids []string, week time.Time,
	known map[string][]string, had map[string]int64) error {
	return chunks(ids, func(part []string) error {
		in, args := db.InList(part, clock.MS(week))
		return db.Each(ctx, r, `SELECT worker_id, vacancy_id, CASE WHEN at_ms > $1 THEN 1 ELSE 0 END
			FROM pushes WHERE worker_id IN (`+in+`)
			UNION ALL SELECT worker_id, vacancy_id, 0 FROM placements WHERE worker_id IN (`+in+`)
			AND state IN ('offered', 'accepted', 'started', 'done', 'cancelled_by_worker', 'declined')
			UNION ALL SELECT worker_id, vacancy_id, 0 FROM applications WHERE worker_id IN (`+in+`)
			ORDER BY 1, 2, 3`, args, func(scan func(...any) error) error {
			var worker, vacancy string
			var late int64
			err := scan(&worker, &vacancy, &late)
			known[worker] = append(known[worker], vacancy)
			had[worker] += late
			return err
		})
	})
}

// accountsReady gives the accounts of those of some workers who are still ready to work and may be
// recommended something.
func accountsReady(
	ctx context.Context, r db.Reader, ids []string, now time.Time,
) (map[string]string, error) {
	ready := map[string]string{}
	err := chunks(ids, func(part []string) error {
		in, args := db.InList(part, string(civil.DateOf(now)), shareVersion)
		return db.Each(ctx, r, `SELECT q.worker_id, x.account_id FROM (`+seekerSQL+`
			AND a.worker_id IN (`+in+`)) q JOIN workers x ON x.id = q.worker_id`, args,
			func(scan func(...any) error) error {
				var id, account string
				err := scan(&id, &account)
				ready[id] = account
				return err
			})
	})
	return ready, err
}

// shiftsOpen gives those of some shifts that can still be taken.
func shiftsOpen(
	ctx context.Context, r db.Reader, ids []string, now time.Time,
) (map[string]bool, error) {
	open := map[string]bool{}
	err := chunks(ids, func(part []string) error {
		in, args := db.InList(part, clock.MS(now))
		list, err := db.List[string](ctx, r, `SELECT id FROM shifts WHERE state = 'open'
			AND taken < heads AND starts_at_ms > $1 AND id IN (`+in+`)`, args...)
		for _, id := range list {
			open[id] = true
		}
		return err
	})
	return open, err
}

// pushesOf lists a worker's pushes, newest first, with the title of each vacancy.
func pushesOf(ctx context.Context, r db.Reader, workerID string) ([]PushView, []push, error) {
	var views []PushView
	var list []push
	err := db.Each(ctx, r, `SELECT p.id, p.run_id, p.vacancy_id, p.shift_id, v.title, p.score, p.price,
		p.distance_m, p.hour_fen, p.parts, p.at_ms FROM pushes p JOIN vacancies v ON v.id = p.vacancy_id
		WHERE p.worker_id = $1 ORDER BY p.at_ms DESC, p.id LIMIT $2`, []any{workerID, listMax},
		func(scan func(...any) error) error {
			var p push
			var parts, title string
			err := scan(&p.ID, &p.RunID, &p.VacancyID, &p.ShiftID, &title, &p.Score, &p.Price, &p.DistanceM,
				(*int64)(&p.HourFen), &parts, &p.AtMS)
			if err == nil {
				err = json.Unmarshal([]byte(parts), &p.Parts)
			}
			views, list = append(views, PushView{Title: title}), append(list, p)
			return err
		})
	return views, list, err
}

// forgetPushes deletes old pushes, a few at a time.
func forgetPushes(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM pushes WHERE id IN (SELECT id FROM pushes WHERE at_ms < $1
		ORDER BY at_ms, id LIMIT $2)`, clock.MS(before), sweepMax)
}

func erasePushes(ctx context.Context, tx *db.Tx, workerID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM pushes WHERE worker_id = $1`, workerID)
	return err
}
