package attendance_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// phone signs as a worker's phone does.
type phone struct {
	id  string
	key ed25519.PrivateKey
}

func (b *bundle) phone(h hand, seed byte) phone {
	b.t.Helper()
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
	public := hex.EncodeToString(key.Public().(ed25519.PublicKey))
	d := must(b.s.RegisterDevice(h, attendance.RegisterDevice{Keyed: b.key(), WorkerID: h.id,
		PublicKey: public, Label: "旧手机"}))(b.t)
	return phone{d.ID, key}
}

func (f phone) arrival(h hand, p market.PlacementView, at time.Time, token string,
) attendance.OfflineArrival {
	text := attendance.ArrivalText(p.ID, h.id, at, token)
	return attendance.OfflineArrival{PlacementID: p.ID, WorkerID: h.id, DeviceID: f.id, DeviceAt: at,
		Token: token, Signature: hex.EncodeToString(ed25519.Sign(f.key, []byte(text)))}
}

// Goal: an arrival signed without network is evidence with its drift, once, wholly or not at all,
// and no start; a no-show recorded meanwhile is excused.
func TestUploadArrival(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		f := b.phone(h, 1)
		b.clk.Set(p.StartsAt)
		in := f.arrival(h, p, p.StartsAt.Add(3*time.Minute), b.token())
		b.sweep(time.Hour) // without network until then: a no-show
		b.want(map[string]int64{`SELECT COUNT(*) FROM placements WHERE state = 'no_show'`: 1})
		before := b.rows()
		in.Keyed = b.key()
		_, err := b.breaking().UploadArrival(h, in)
		b.unchanged("upload", err, before)
		b.race("upload", "attendance.already_arrived", func(k deed.Keyed) error {
			in := in
			in.Keyed = k
			_, err := b.s.UploadArrival(h, in)
			return err
		})
		b.want(map[string]int64{
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival' AND means = 'offline'`:      1,
			`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`:                              0,
			`SELECT COUNT(*) FROM timesheets WHERE state = 'arrived'`:                             1,
			`SELECT drift_ms FROM offline_arrivals`:                                               120_000,
			`SELECT COUNT(*) FROM placements WHERE state = 'no_show' AND reason = 'came_offline'`: 1,
			`SELECT COUNT(*) FROM changes WHERE topic = 'attendance.arrived_offline.v1'`:          1})
		if n := b.count(`SELECT arrived_at_ms FROM timesheets`); n != p.StartsAt.Add(
			time.Minute).UnixMilli() {
			b.t.Errorf("arrived at %d: the place's code says when", n)
		}
		b.lawful()
	})
}

// Goal: what is forged, too far off, too late, or another's is refused with its own sentence.
func TestUploadArrivalRefused(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		stranger := b.worker(2)
		f, g := b.phone(h, 1), b.phone(stranger, 2)
		b.clk.Set(p.StartsAt.Add(-2 * time.Hour))
		early := b.token()
		b.clk.Set(p.StartsAt)
		now := p.StartsAt
		good := f.arrival(h, p, now, b.token())
		b.clk.Add(time.Hour)
		later := good
		later.DeviceAt = now.Add(time.Millisecond)
		other := good
		other.Signature = g.arrival(h, p, now, good.Token).Signature
		notMine := good
		notMine.DeviceID = g.id
		for name, c := range map[string]struct {
			in   attendance.OfflineArrival
			want string
		}{
			"changed after signing": {later, "attendance.signature"},
			"another phone's":       {other, "attendance.signature"},
			"another's phone":       {notMine, "attendance.device_not_found"},
			"no code":               {f.arrival(h, p, now, "1.abc"), "station.qr_forged"},
			"another time's code":   {f.arrival(h, p, now, early), "attendance.clock_drift"},
			"clock far ahead": {f.arrival(h, p, now.Add(12*time.Minute), good.Token),
				"attendance.clock_drift"},
			"too early": {f.arrival(h, p, now.Add(-2*time.Hour), early), "attendance.too_early"},
		} {
			c.in.Keyed = b.key()
			if _, err := b.s.UploadArrival(h, c.in); !fault.Is(err, c.want) {
				b.t.Errorf("%s: got %v, want %s", name, err, c.want)
			}
		}
		b.clk.Add(72 * time.Hour)
		good.Keyed = b.key()
		if _, err := b.s.UploadArrival(h, good); !fault.Is(err, "attendance.upload_late") {
			b.t.Errorf("after three days: %v", err)
		}
		b.want(map[string]int64{`SELECT COUNT(*) FROM clock_events`: 0})
	})
}

// Goal: phones are registered once, few, and what a lost one signed before its end still counts.
func TestDevices(t *testing.T) {
	each(t, func(b *bundle) {
		h, p := b.placed(1)
		f := b.phone(h, 1)
		register := func(public string) error {
			_, err := b.s.RegisterDevice(h, attendance.RegisterDevice{Keyed: b.key(), WorkerID: h.id,
				PublicKey: public})
			return err
		}
		if err := register("beef"); !fault.Is(err, "attendance.device_key") {
			b.t.Errorf("no key: %v", err)
		}
		public := hex.EncodeToString(f.key.Public().(ed25519.PublicKey))
		if err := register(public); !fault.Is(err, "attendance.device_known") {
			b.t.Errorf("again: %v", err)
		}
		for seed := byte(2); seed <= 5; seed++ {
			b.phone(h, seed)
		}
		if err := register(public); !fault.Is(err, "attendance.devices_many") {
			b.t.Errorf("a sixth: %v", err)
		}
		b.clk.Set(p.StartsAt)
		in := f.arrival(h, p, b.clk.Now(), b.token())
		b.clk.Add(time.Minute)
		must(b.s.EndDevice(h, attendance.EndDevice{Keyed: b.key(), WorkerID: h.id,
			DeviceID: f.id}))(b.t)
		after := f.arrival(h, p, b.clk.Now(), b.token())
		after.Keyed = b.key()
		if _, err := b.s.UploadArrival(h, after); !fault.Is(err, "attendance.device_not_found") {
			b.t.Errorf("signed after its end: %v", err)
		}
		in.Keyed = b.key()
		must(b.s.UploadArrival(h, in))(b.t)
		list := must(b.s.FindDevices(h, attendance.FindDevices{WorkerID: h.id}))(b.t).Devices
		if len(list) != 4 {
			b.t.Errorf("%d phones left", len(list))
		}
		b.start2(h, p)
	})
}

// start2 starts after an offline arrival: the arrival is not written twice.
func (b *bundle) start2(h hand, p market.PlacementView) {
	b.t.Helper()
	must(b.s.ClockIn(h, b.at(h, p)))(b.t)
	b.want(map[string]int64{`SELECT COUNT(*) FROM clock_events WHERE kind = 'arrival'`: 1,
		`SELECT COUNT(*) FROM clock_events WHERE kind = 'start'`: 1})
	b.lawful()
}
