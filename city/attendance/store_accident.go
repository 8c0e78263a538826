package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// overrun moves the end of a started sheet, and keeps who said so.
func overrun(
	ctx context.Context, tx *db.Tx, placementID string, until time.Time, reason, accountID string,
) error {
	_, err := tx.Exec(ctx, `UPDATE timesheets SET ends_at_ms = $1
		WHERE placement_id = $2 AND state = 'started'`, clock.MS(until), placementID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO overruns(id, placement_id, until_ms, reason, account_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6)`, tx.ID("ovr"), placementID, clock.MS(until), reason, accountID,
		clock.MS(tx.Now))
	return err
}

// insertTurnedAway keeps the outcome; one a placement.
func insertTurnedAway(ctx context.Context, tx *db.Tx, o outcome) error {
	_, err := tx.Exec(ctx, `INSERT INTO turned_away(placement_id, event_id, worker_id, employer_id,
		reason, blame, words, waiting_min, pay_fen, line_id, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		o.event.PlacementID, o.event.ID, o.event.WorkerID, o.employerID, o.event.Reason, string(o.blame),
		o.words, o.waitingMin, int64(o.payFen), o.lineID, clock.MS(tx.Now))
	return err
}

func insertDevice(ctx context.Context, tx *db.Tx, d DeviceView, accountID string) error {
	n, err := tx.Exec(ctx, `INSERT INTO device_keys(id, worker_id, public_key, label, account_id,
		made_at_ms, ended_ms) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT DO NOTHING`,
		d.ID, d.WorkerID, d.PublicKey, d.Label, accountID, clock.MS(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "attendance.device_known").OnField("public_key")
	}
	return err
}

func devicesOf(ctx context.Context, r db.Reader, workerID string) ([]DeviceView, error) {
	return listDevices(ctx, r, `worker_id = $1 AND ended_ms = 0 ORDER BY made_at_ms, id LIMIT $2`,
		workerID, devicesMax)
}

// getDevice reads a worker's phone that was not ended when the arrival was signed.
func getDevice(
	ctx context.Context, r db.Reader, id, workerID string, at time.Time,
) (DeviceView, error) {
	list, err := listDevices(ctx, r, `id = $1 AND worker_id = $2 AND (ended_ms = 0 OR ended_ms > $3)`,
		id, workerID, clock.MS(at))
	if err == nil && len(list) == 0 {
		return DeviceView{}, noDevice()
	}
	if err != nil {
		return DeviceView{}, err
	}
	return list[0], nil
}

func noDevice() error {
	return fault.New(fault.NotFound, "attendance.device_not_found").OnField("device_id")
}

func listDevices(
	ctx context.Context, r db.Reader, where string, args ...any,
) ([]DeviceView, error) {
	list := []DeviceView{}
	err := db.Each(ctx, r, `SELECT id, worker_id, public_key, label, made_at_ms FROM device_keys
		WHERE `+where, args, func(scan func(...any) error) error {
		var d DeviceView
		var made int64
		err := scan(&d.ID, &d.WorkerID, &d.PublicKey, &d.Label, &made)
		d.MadeAt = clock.At(made)
		list = append(list, d)
		return err
	})
	return list, err
}

func endDevice(ctx context.Context, tx *db.Tx, id, workerID string) error {
	n, err := tx.Exec(ctx, `UPDATE device_keys SET ended_ms = $1
		WHERE id = $2 AND worker_id = $3 AND ended_ms = 0`, clock.MS(tx.Now), id, workerID)
	if err == nil && n == 0 {
		return noDevice()
	}
	return err
}

// insertOffline keeps what the phone signed; one a placement.
func insertOffline(ctx context.Context, tx *db.Tx, a OfflineArrival, e Event) error {
	n, err := tx.Exec(ctx, `INSERT INTO offline_arrivals(placement_id, worker_id, device_id, event_id,
		device_at_ms, arrived_at_ms, drift_ms, signature, uploaded_at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		a.PlacementID, a.WorkerID, a.DeviceID, e.ID, clock.MS(a.DeviceAt), clock.MS(e.At),
		a.DeviceAt.Sub(e.At).Milliseconds(), a.Signature, clock.MS(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "attendance.already_arrived").OnField("placement_id")
	}
	return err
}
