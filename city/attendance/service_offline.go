package attendance

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// RegisterDevice is a worker's phone telling its public key. The private key never leaves it.
type RegisterDevice struct {
	deed.Keyed
	WorkerID  string `json:"worker_id" path:"worker_id"`
	PublicKey string `json:"public_key" maxLength:"64" doc:"Ed25519, 32 bytes in hex"`
	Label     string `json:"label,omitempty" maxLength:"40" doc:"so that the worker knows it again"`
}

// DeviceView is a phone as its worker sees it.
type DeviceView struct {
	ID        string    `json:"id"`
	WorkerID  string    `json:"worker_id"`
	PublicKey string    `json:"public_key"`
	Label     string    `json:"label,omitempty"`
	MadeAt    time.Time `json:"made_at"`
}

// RegisterDevice lets a phone sign arrivals without network from now on.
// Faults: attendance.device_key (invalid); attendance.device_known, attendance.devices_many
// (conflict).
func (s *Service) RegisterDevice(ctx context.Context, in RegisterDevice) (DeviceView, error) {
	if err := people.Must(ctx, people.PermClockIn, in.WorkerID); err != nil {
		return DeviceView{}, err
	}
	if err := checkKey(in.PublicKey); err != nil {
		return DeviceView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "register_device"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (DeviceView, error) {
			list, err := devicesOf(ctx, tx, in.WorkerID)
			if err != nil {
				return DeviceView{}, err
			}
			if len(list) >= devicesMax {
				return DeviceView{}, fault.New(fault.Conflict, "attendance.devices_many",
					"max", devicesMax).OnField("public_key")
			}
			d := DeviceView{tx.ID("dev"), in.WorkerID, in.PublicKey, in.Label, tx.Now}
			return d, insertDevice(ctx, tx, d, people.ActorOf(ctx).AccountID)
		}, db.Lane("worker", in.WorkerID))
}

// EndDevice is a worker who has lost a phone, or given it away.
type EndDevice struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	DeviceID string `json:"device_id" path:"device_id"`
}

// DeviceEnded says from when on a phone signs nothing more.
type DeviceEnded struct {
	DeviceID string    `json:"device_id"`
	EndedAt  time.Time `json:"ended_at"`
}

// EndDevice ends a phone's key; what it signed before is still taken.
// Faults: attendance.device_not_found.
func (s *Service) EndDevice(ctx context.Context, in EndDevice) (DeviceEnded, error) {
	if err := people.Must(ctx, people.PermClockIn, in.WorkerID); err != nil {
		return DeviceEnded{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "end_device"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (DeviceEnded, error) {
			return DeviceEnded{in.DeviceID, tx.Now}, endDevice(ctx, tx, in.DeviceID, in.WorkerID)
		})
}

// FindDevices asks for a worker's phones.
type FindDevices struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// DeviceList is a worker's phones, oldest first.
type DeviceList struct {
	Devices []DeviceView `json:"devices"`
}

// FindDevices lists the phones that may sign for the worker.
func (s *Service) FindDevices(ctx context.Context, in FindDevices) (DeviceList, error) {
	if err := people.Must(ctx, people.PermClockIn, in.WorkerID); err != nil {
		return DeviceList{}, err
	}
	list, err := devicesOf(ctx, s.DB, in.WorkerID)
	return DeviceList{list}, err
}

// OfflineArrival is an arrival that a phone signed without network.
type OfflineArrival struct {
	deed.Keyed
	PlacementID string    `json:"placement_id" path:"placement_id"`
	WorkerID    string    `json:"worker_id"`
	DeviceID    string    `json:"device_id"`
	DeviceAt    time.Time `json:"device_at" doc:"by the phone's clock, whole milliseconds"`
	Token       string    `json:"token" maxLength:"100" doc:"what the QR code at the place said"`
	Signature   string    `json:"signature" maxLength:"128" doc:"Ed25519 over the arrival text, in hex"`
}

// UploadArrival records an arrival that was signed without network: evidence, marked offline, and
// never a start. The place's code says when it was; the phone's clock may be off within the
// policy's bound, and by how much is on record. A no-show that was recorded meanwhile is marked as
// excused.
// Faults: market.placement_not_found; attendance.device_not_found; attendance.signature,
// station.qr_forged (forbidden); attendance.clock_drift, attendance.upload_late,
// attendance.too_early, attendance.too_late, attendance.already_arrived (conflict).
func (s *Service) UploadArrival(ctx context.Context, in OfflineArrival) (Receipt, error) {
	if err := people.Must(ctx, people.PermClockIn, in.WorkerID); err != nil {
		return Receipt{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "upload_arrival"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			job, err := s.jobFor(ctx, tx, in.PlacementID, in.WorkerID)
			if err != nil {
				return Receipt{}, err
			}
			at, err := s.signedAt(ctx, tx, job, in)
			if err != nil {
				return Receipt{}, err
			}
			if err := s.mayEnter(job, at); err != nil {
				return Receipt{}, err
			}
			return s.arriveOfflineTx(ctx, tx, job, in, at)
		}, db.Lane("worker", in.WorkerID))
}

// signedAt proves the upload and gives when the worker was at the place.
func (s *Service) signedAt(
	ctx context.Context, tx *db.Tx, job market.Job, in OfflineArrival,
) (time.Time, error) {
	device, err := getDevice(ctx, tx, in.DeviceID, in.WorkerID, in.DeviceAt)
	if err != nil {
		return time.Time{}, err
	}
	text := ArrivalText(in.PlacementID, in.WorkerID, in.DeviceAt, in.Token)
	if err := verify(device.PublicKey, text, in.Signature); err != nil {
		return time.Time{}, err
	}
	from, until, err := s.Stations.ShownTx(ctx, tx, job.PlaceID, in.Token, tx.Now)
	if err != nil {
		return time.Time{}, err
	}
	drift, err := s.number("attendance.offline_drift_s_max", job)
	if err != nil {
		return time.Time{}, err
	}
	at, err := placeTime(in.DeviceAt, from, until, time.Duration(drift)*time.Second)
	if err != nil {
		return at, err
	}
	within, err := s.minutes("attendance.offline_upload_min_max", job)
	if err == nil && tx.Now.After(at.Add(within)) {
		err = fault.New(fault.Conflict, "attendance.upload_late", "hours", int64(within/time.Hour)).
			OnField("device_at")
	}
	return at, err
}

func (s *Service) arriveOfflineTx(
	ctx context.Context, tx *db.Tx, job market.Job, in OfflineArrival, at time.Time,
) (Receipt, error) {
	e := s.event(ctx, tx, job, arrival, at, Offline)
	if err := insertOffline(ctx, tx, in, e); err != nil {
		return Receipt{}, err
	}
	if err := s.arrivedTx(ctx, tx, job, e); err != nil {
		return Receipt{}, err
	}
	if err := s.Market.CameTx(ctx, tx, job.ID); err != nil {
		return Receipt{}, err
	}
	drift := in.DeviceAt.Sub(at).Milliseconds()
	return receipt(e), feed.PutTx(ctx, tx, ArrivedOffline{stamp(e), drift})
}
