package station

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// copied is what an access copy lists of the stations.
var copied = []db.Named{
	{Name: "helps", SQL: `SELECT id, place_id, proof, words, at_ms, until_ms, ended_at_ms FROM helps
		WHERE worker_id = $1 ORDER BY at_ms DESC, id`},
	{Name: "services", SQL: `SELECT id, place_id, kind, ref, words, at_ms FROM services
		WHERE worker_id = $1 ORDER BY id DESC`},
}

func assignStaff(ctx context.Context, tx *db.Tx, in AssignStaff, byID string) error {
	ended := int64(0)
	if in.End {
		ended = clock.MS(tx.Now)
	}
	_, err := tx.Exec(ctx, `INSERT INTO station_staff(place_id, account_id, added_by, at_ms,
		ended_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (place_id, account_id)
		DO UPDATE SET added_by = excluded.added_by, ended_at_ms = excluded.ended_at_ms`, in.PlaceID,
		in.AccountID, byID, clock.MS(tx.Now), ended)
	return err
}

func isStaffOf(ctx context.Context, r db.Reader, placeID, accountID string) (bool, error) {
	n, err := db.Get[int64](ctx, r, `SELECT COUNT(*) FROM station_staff WHERE place_id = $1
		AND account_id = $2 AND ended_at_ms = 0`, placeID, accountID)
	return n > 0, err
}

func noHelp() error {
	return fault.New(fault.NotFound, "station.help_not_found").OnField("help_id")
}

func insertHelp(ctx context.Context, tx *db.Tx, h help) error {
	_, err := tx.Exec(ctx, `INSERT INTO helps(id, place_id, worker_id, staff_id, proof, words, at_ms,
		until_ms, ended_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`, h.ID, h.PlaceID,
		h.WorkerID, h.StaffID, h.Proof, h.Words, clock.MS(h.At), clock.MS(h.Until))
	return err
}

func endHelp(ctx context.Context, tx *db.Tx, h help) error {
	_, err := tx.Exec(ctx, `UPDATE helps SET ended_at_ms = $2 WHERE id = $1`, h.ID,
		clock.MS(h.EndedAt))
	return err
}

const helpColumns = `id, place_id, worker_id, staff_id, proof, words, at_ms, until_ms, ended_at_ms`

func scanHelp(scan func(...any) error) (help, error) {
	var h help
	var at, until, ended int64
	err := scan(&h.ID, &h.PlaceID, &h.WorkerID, &h.StaffID, &h.Proof, &h.Words, &at, &until, &ended)
	h.At, h.Until, h.EndedAt = clock.At(at), clock.At(until), time.Time{}
	if ended > 0 {
		h.EndedAt = clock.At(ended)
	}
	return h, err
}

func getHelp(ctx context.Context, r db.Reader, id string) (help, error) {
	h, err := scanHelp(func(dests ...any) error {
		return db.Row(ctx, r, dests, `SELECT `+helpColumns+` FROM helps WHERE id = $1`, id)
	})
	if errors.Is(err, db.ErrNone) {
		err = noHelp()
	}
	return h, err
}

func helpsOf(ctx context.Context, r db.Reader, workerID string) ([]HelpView, error) {
	list := []HelpView{}
	err := db.Each(ctx, r, `SELECT `+helpColumns+` FROM helps WHERE worker_id = $1
		ORDER BY at_ms DESC, id LIMIT $2`, []any{workerID, listMax}, func(scan func(...any) error) error {
		h, err := scanHelp(scan)
		list = append(list, h.view())
		return err
	})
	return list, err
}

func insertService(ctx context.Context, tx *db.Tx, v ServiceView, staffID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO services(id, place_id, staff_id, worker_id, kind, ref, words,
		at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, v.ID, v.PlaceID, staffID, v.WorkerID, v.Kind,
		v.Ref, v.Words, clock.MS(tx.Now))
	return err
}

func servicesAt(
	ctx context.Context, r db.Reader, placeID, after string, limit int,
) ([]ServiceView, error) {
	return listServices(ctx, r, `place_id = $1 AND (id < $2 OR $2 = '') ORDER BY id DESC LIMIT $3`,
		placeID, after, limit)
}

func servicesOf(ctx context.Context, r db.Reader, workerID string) ([]ServiceView, error) {
	return listServices(ctx, r, `worker_id = $1 ORDER BY id DESC LIMIT $2`, workerID, listMax)
}

func listServices(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]ServiceView, error) {
	list := []ServiceView{}
	err := db.Each(ctx, r, `SELECT id, place_id, worker_id, kind, ref, words, at_ms FROM services
		WHERE `+where, args, func(scan func(...any) error) error {
		var v ServiceView
		var at int64
		err := scan(&v.ID, &v.PlaceID, &v.WorkerID, &v.Kind, &v.Ref, &v.Words, &at)
		v.At = clock.At(at)
		list = append(list, v)
		return err
	})
	return list, err
}

// eraseWords empties what was written in words.
func eraseWords(ctx context.Context, tx *db.Tx, workerID string) error {
	if _, err := tx.Exec(ctx, `UPDATE helps SET words = '-' WHERE worker_id = $1 AND words <> ''`,
		workerID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE services SET words = '' WHERE worker_id = $1`, workerID)
	return err
}
