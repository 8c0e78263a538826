package station

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: a code is good in its window and the next, then stale, and never good elsewhere.
func TestToken(t *testing.T) {
	t.Parallel()
	key, other := []byte("key of the place"), []byte("another key")
	shown := token(key, "plc_1", 1000)
	for name, c := range map[string]struct {
		key   []byte
		place string
		shown string
		now   int64
		want  string
	}{
		"now":           {key, "plc_1", shown, 1000, ""},
		"next window":   {key, "plc_1", shown, 1001, ""},
		"two later":     {key, "plc_1", shown, 1002, "station.qr_stale"},
		"an hour later": {key, "plc_1", shown, 1120, "station.qr_stale"},
		"long ago":      {key, "plc_1", shown, 1121, "station.qr_forged"},
		"before it was": {key, "plc_1", shown, 999, "station.qr_forged"},
		"other place":   {key, "plc_2", shown, 1000, "station.qr_forged"},
		"other key":     {other, "plc_1", shown, 1000, "station.qr_forged"},
		"one char off":  {key, "plc_1", shown[:len(shown)-1] + "x", 1000, "station.qr_forged"},
		"rubbish":       {key, "plc_1", "FORGED", 1000, "station.qr_forged"},
	} {
		if got := fault.CodeOf(checkToken(c.key, c.place, c.shown, c.now)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func setup(t *testing.T, d *db.DB) (*Service, context.Context, PlaceView) {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	ring, err := crypt.NewRing(crypt.KeyFromSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	s := New(Deps{DB: d, Policy: book, Box: ring})
	ctx := people.WithActor(context.Background(), people.Actor{AccountID: "acc_1", EmployerID: "emp_1",
		Roles: []people.Role{people.RoleEmployer}})
	p, err := s.CreatePlace(ctx, good())
	if err != nil {
		t.Fatal(err)
	}
	return s, ctx, p
}

func good() CreatePlace {
	return CreatePlace{Keyed: deed.Key("k"), EmployerID: "emp_1", Kind: "workplace", Name: "分拣中心",
		Address: "演示路1号", Region: "500103", LonE6: 106_562_880, LatE6: 29_556_742, RadiusM: 300}
}

var schema = []fs.FS{Migrations}

// Goal: whoever is at the place passes, by code or position; nobody else does.
func TestVerify(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		s, ctx, p := setup(t, d)
		qr, err := s.ShowQR(ctx, ShowQR{PlaceID: p.ID})
		if err != nil || !strings.Contains(qr.URL, qr.Token) {
			t.Fatalf("qr %+v, %v", qr, err)
		}
		now := clk.Now()
		for name, c := range map[string]struct {
			proof Proof
			at    time.Time
			want  string
		}{
			"code":           {Proof{Token: qr.Token}, now, ""},
			"last moment":    {Proof{Token: qr.Token}, qr.ValidUntil.Add(-time.Millisecond), ""},
			"too late":       {Proof{Token: qr.Token}, qr.ValidUntil, "station.qr_stale"},
			"forged":         {Proof{Token: "FORGED"}, now, "station.qr_forged"},
			"there":          {Proof{LonE6: p.LonE6, LatE6: p.LatE6}, now, ""},
			"290 m away":     {Proof{LonE6: p.LonE6, LatE6: p.LatE6 + 2_600}, now, ""},
			"389 m, 100 off": {Proof{LonE6: p.LonE6, LatE6: p.LatE6 + 3_500, AccuracyM: 100}, now, ""},
			"411 m, 1 km off": {Proof{LonE6: p.LonE6, LatE6: p.LatE6 + 3_700, AccuracyM: 1000}, now,
				"station.too_far"},
			"nothing": {Proof{}, now, "station.no_proof"},
		} {
			if got := fault.CodeOf(s.VerifyTx(ctx, d, p.ID, c.proof, c.at)); got != c.want {
				t.Errorf("%s: got %q, want %q", name, got, c.want)
			}
		}
	})
}

// Goal: a place is refused with its field, made once a key, and shown only by whoever runs it.
func TestCreatePlace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *clock.Fake) {
		s, ctx, p := setup(t, d)
		again, err := s.CreatePlace(ctx, good())
		if err != nil || again != p {
			t.Errorf("same key: %+v, %v", again, err)
		}
		for field, change := range map[string]func(*CreatePlace){
			"kind":     func(c *CreatePlace) { c.Kind = "bar" },
			"name":     func(c *CreatePlace) { c.Name = " " },
			"address":  func(c *CreatePlace) { c.Address = "" },
			"region":   func(c *CreatePlace) { c.Region = "999999" },
			"lon_e6":   func(c *CreatePlace) { c.LonE6 = 0 },
			"lat_e6":   func(c *CreatePlace) { c.LatE6 = 90_000_000 },
			"radius_m": func(c *CreatePlace) { c.RadiusM = 2001 },
		} {
			in := good()
			in.Keyed = deed.Key(field)
			change(&in)
			_, err := s.CreatePlace(ctx, in)
			if f := fault.As(err); f == nil || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		list, err := s.FindPlaces(ctx, FindPlaces{Region: "50"})
		if err != nil || len(list.Places) != 1 {
			t.Errorf("list: %+v, %v", list, err)
		}
		stranger := people.WithActor(context.Background(), people.Actor{AccountID: "acc_2",
			EmployerID: "emp_2", Roles: []people.Role{people.RoleEmployer}})
		if _, err := s.ShowQR(stranger, ShowQR{PlaceID: p.ID}); !fault.Is(err, "people.not_allowed") {
			t.Errorf("a stranger sees the code: %v", err)
		}
		if _, err := s.CreatePlace(stranger, good()); !fault.Is(err, "people.not_allowed") {
			t.Errorf("a stranger makes a place: %v", err)
		}
		public := good()
		public.Keyed, public.EmployerID, public.Kind = deed.Key("public"), "", "relay_station"
		if _, err := s.CreatePlace(ctx, public); !fault.Is(err, "people.not_allowed") {
			t.Errorf("an employer makes a public place: %v", err)
		}
		clerk := people.WithActor(context.Background(), people.Actor{AccountID: "acc_3",
			Roles: []people.Role{people.RoleClerk}})
		station, err := s.CreatePlace(clerk, public)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.ShowQR(clerk, ShowQR{PlaceID: station.ID}); err != nil {
			t.Errorf("the clerk does not see the city's code: %v", err)
		}
		if _, err := s.ShowQR(ctx, ShowQR{PlaceID: station.ID}); !fault.Is(err, "people.not_allowed") {
			t.Errorf("an employer sees the city's code: %v", err)
		}
	})
}
