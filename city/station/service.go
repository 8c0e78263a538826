package station

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/region"
)

// Deps are what the places stand on.
type Deps struct {
	DB     *db.DB
	Policy *policy.Book
	Box    crypt.Box
	People *people.Service
	// Tell writes a message to an account; app hands in notify's.
	Tell func(ctx context.Context, tx *db.Tx, m people.Message) error
}

// Service is the places.
type Service struct {
	Deps
	// keys and places hold both by a place's id: they never change, opening a key costs more than a
	// clock-in, and every acceptance asks for the place.
	keys, places sync.Map
}

// New returns the places.
func New(d Deps) *Service { return &Service{Deps: d} }

// CreatePlace asks for a new place.
type CreatePlace struct {
	deed.Keyed
	EmployerID string `json:"employer_id,omitempty" doc:"whose workplace; empty for a public place"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Address    string `json:"address"`
	Region     string `json:"region"                doc:"GB/T 2260, six digits"`
	LonE6      int64  `json:"lon_e6"                doc:"millionths of a degree, WGS-84"`
	LatE6      int64  `json:"lat_e6"`
	RadiusM    int64  `json:"radius_m"`
}

// PlaceView is a place as everybody may see it.
type PlaceView struct {
	ID         string `json:"id"                    db:"id"`
	Kind       string `json:"kind"                  db:"kind"`
	EmployerID string `json:"employer_id,omitempty" db:"employer_id"`
	Name       string `json:"name"                  db:"name"`
	Address    string `json:"address"               db:"address"`
	Region     string `json:"region"                db:"region"`
	LonE6      int64  `json:"lon_e6"                db:"lon_e6"`
	LatE6      int64  `json:"lat_e6"                db:"lat_e6"`
	RadiusM    int64  `json:"radius_m"              db:"radius_m"`
}

// CreatePlace makes a place and its QR key.
// Faults: station.kind, .name, .address, .region, .position, .radius (invalid, on their field).
func (s *Service) CreatePlace(ctx context.Context, in CreatePlace) (PlaceView, error) {
	if err := people.Must(ctx, people.PermChangePlace, in.EmployerID); err != nil {
		return PlaceView{}, err
	}
	p := Place{Kind: in.Kind, EmployerID: in.EmployerID, Name: in.Name, Address: in.Address,
		Region: in.Region, LonE6: in.LonE6, LatE6: in.LatE6, RadiusM: in.RadiusM}
	if err := p.check(); err != nil {
		return PlaceView{}, err
	}
	if !region.Valid(in.Region) {
		return PlaceView{}, fault.New(fault.Invalid, "station.region").OnField("region")
	}
	sealed, err := s.Box.Seal(keyDomain, newKey())
	if err != nil {
		return PlaceView{}, fmt.Errorf("seal a place's key: %w", err)
	}
	return deed.Once(ctx, s.DB, "station.create_place/"+people.ActorOf(ctx).AccountID, in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (PlaceView, error) {
			p.ID = tx.ID("plc")
			return viewOf(p), insertPlace(ctx, tx, p, sealed)
		})
}

const (
	keyDomain = "station.qr_key"
	keyBytes  = 32
)

func newKey() string {
	var key [keyBytes]byte
	rand.Read(key[:]) // never fails (crypto/rand)
	return hex.EncodeToString(key[:])
}

func viewOf(p Place) PlaceView { return PlaceView(p) }

// FindPlaces asks for places of a region, or of an employer.
type FindPlaces struct {
	Region     string `json:"region,omitempty"      query:"region"      maxLength:"12"`
	EmployerID string `json:"employer_id,omitempty" query:"employer_id"`
	Kind       string `json:"kind,omitempty"        query:"kind"`
	Public     bool   `json:"public,omitempty"      query:"public"      doc:"only stations: no workplaces"`
	After      string `json:"after,omitempty"       query:"after"       maxLength:"60" doc:"next of the page before"`
}

// PlaceList is a page of places in the order in which they were made.
type PlaceList struct {
	Places []PlaceView `json:"places"`
	Next   string      `json:"next,omitempty" doc:"ask with it for the next page"`
}

// PlacesMax bounds a list of places that is read whole, page after page, for a choice or a map.
const PlacesMax = 5_000

// FindPlaces lists places, listMax at a time.
func (s *Service) FindPlaces(ctx context.Context, in FindPlaces) (PlaceList, error) {
	if err := people.Must(ctx, people.PermSeePlace, ""); err != nil {
		return PlaceList{}, err
	}
	list, err := findPlaces(ctx, s.DB, in, listMax+1)
	list, next := db.Page(list, listMax, func(p PlaceView) string { return p.ID })
	return PlaceList{list, next}, err
}

// AllPlaces reads the pages of FindPlaces to the end, PlacesMax places at most.
func (s *Service) AllPlaces(ctx context.Context, in FindPlaces) ([]PlaceView, error) {
	all, _, err := db.Walk(PlacesMax, func(after string) ([]PlaceView, string, error) {
		in.After = after
		page, err := s.FindPlaces(ctx, in)
		return page.Places, page.Next, err
	})
	return all, err
}

// ShowQR asks for a place's code of this moment.
type ShowQR struct {
	PlaceID string `json:"place_id" path:"place_id"`
}

// QR is the code that a place shows now. URL is what the code encodes, so that any scanner works.
type QR struct {
	Token      string    `json:"token"`
	URL        string    `json:"url"`
	ValidUntil time.Time `json:"valid_until"`
}

// ShowQR gives the code to whoever runs the place.
// Faults: station.place_not_found.
func (s *Service) ShowQR(ctx context.Context, in ShowQR) (QR, error) {
	if err := people.Must(ctx, people.PermShowQR, ""); err != nil {
		return QR{}, err
	}
	place, err := s.PlaceTx(ctx, s.DB, in.PlaceID)
	if err != nil {
		return QR{}, err
	}
	if err := people.Must(ctx, people.PermShowQR, place.owner()); err != nil {
		return QR{}, err
	}
	key, err := s.keyOf(ctx, s.DB, place.ID)
	if err != nil {
		return QR{}, err
	}
	now := s.DB.Now()
	seconds, err := s.windowSeconds(now)
	if err != nil {
		return QR{}, err
	}
	w := window(now, seconds)
	code := token(key, place.ID, w)
	return QR{Token: code, URL: "/gate/" + place.ID + "?t=" + code,
		ValidUntil: time.Unix((w+2)*seconds, 0).UTC()}, nil
}

// PlaceTx gives a place, read once in the life of the process. Not for the transaction that makes
// the place: it may still be undone. Faults: station.place_not_found.
func (s *Service) PlaceTx(ctx context.Context, r db.Reader, id string) (Place, error) {
	if place, ok := s.places.Load(id); ok {
		return place.(Place), nil
	}
	place, err := getPlace(ctx, r, id)
	if err == nil {
		s.places.Store(id, place)
	}
	return place, err
}

// VerifyTx checks that the proof shows somebody at the place at that instant.
// Faults: station.qr_forged, station.qr_stale, station.too_far, station.no_proof (forbidden);
// station.place_not_found.
func (s *Service) VerifyTx(
	ctx context.Context, r db.Reader, placeID string, p Proof, at time.Time,
) error {
	if p.Token != "" {
		key, err := s.keyOf(ctx, r, placeID)
		if err != nil {
			return err
		}
		seconds, err := s.windowSeconds(at)
		if err != nil {
			return err
		}
		return checkToken(key, placeID, p.Token, window(at, seconds))
	}
	if p.LonE6 == 0 && p.LatE6 == 0 {
		return fault.New(fault.Forbidden, "station.no_proof").OnField("token")
	}
	place, err := s.PlaceTx(ctx, r, placeID)
	if err != nil {
		return err
	}
	away := geo.DistanceM(p.LonE6, p.LatE6, place.LonE6, place.LatE6)
	if reach := place.RadiusM + min(max(p.AccuracyM, 0), accuracyMMax); away > reach {
		return fault.New(fault.Forbidden, "station.too_far", "away_m", away, "reach_m", reach).
			OnField("lon_e6")
	}
	return nil
}

// ShownTx tells from when until when a place showed a code: its window and the one after, in which
// it is still taken. For a code that was scanned without network and is told later.
// Faults: station.qr_forged (forbidden) also for a code of the future; station.place_not_found.
func (s *Service) ShownTx(
	ctx context.Context, r db.Reader, placeID, shown string, now time.Time,
) (from, until time.Time, err error) {
	key, err := s.keyOf(ctx, r, placeID)
	if err != nil {
		return from, until, err
	}
	seconds, err := s.windowSeconds(now)
	if err != nil {
		return from, until, err
	}
	w, err := windowOf(key, placeID, shown, window(now, seconds))
	return time.Unix(w*seconds, 0).UTC(), time.Unix((w+2)*seconds, 0).UTC(), err
}

func (s *Service) windowSeconds(at time.Time) (int64, error) {
	n, err := s.Policy.At("station.qr_window_s", "", civil.DateOf(at))
	return n.Value, err
}

// keyOf opens a place's key, once in the life of the process.
func (s *Service) keyOf(ctx context.Context, r db.Reader, placeID string) ([]byte, error) {
	if key, ok := s.keys.Load(placeID); ok {
		return key.([]byte), nil
	}
	sealed, err := getKey(ctx, r, placeID)
	if err != nil {
		return nil, err
	}
	text, err := s.Box.Open(keyDomain, sealed)
	if err != nil {
		return nil, fmt.Errorf("open the key of place %s: %w", placeID, err)
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read the key of place %s: %w", placeID, err)
	}
	s.keys.Store(placeID, key)
	return key, nil
}
