package station

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// listMax is how many rows a list has at once.
const listMax = 200

func insertPlace(ctx context.Context, tx *db.Tx, p Place, sealedKey []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO places(id, kind, employer_id, name, address, region, lon_e6,
		lat_e6, radius_m, qr_key, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Kind, p.EmployerID, p.Name, p.Address, p.Region, p.LonE6, p.LatE6, p.RadiusM,
		sealedKey, clock.MS(tx.Now))
	return err
}

func noPlace() error {
	return fault.New(fault.NotFound, "station.place_not_found").OnField("place_id")
}

func getPlace(ctx context.Context, r db.Reader, id string) (Place, error) {
	var p Place
	err := db.Row(ctx, r, []any{&p.ID, &p.Kind, &p.EmployerID, &p.Name, &p.Address, &p.Region,
		&p.LonE6, &p.LatE6, &p.RadiusM}, `SELECT id, kind, employer_id, name, address, region, lon_e6,
		lat_e6, radius_m FROM places WHERE id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return p, noPlace()
	}
	return p, err
}

func getKey(ctx context.Context, r db.Reader, placeID string) ([]byte, error) {
	var sealed []byte
	err := db.Row(ctx, r, []any{&sealed}, `SELECT qr_key FROM places WHERE id = $1`, placeID)
	if errors.Is(err, db.ErrNone) {
		return nil, noPlace()
	}
	return sealed, err
}

func findPlaces(
	ctx context.Context, r db.Reader, in FindPlaces, limit int,
) ([]PlaceView, error) {
	where := ``
	if in.Public { // in so many words, for the index
		where = ` AND kind <> 'workplace'`
	}
	return db.List[PlaceView](ctx, r, `SELECT id, kind, employer_id, name, address, region,
		lon_e6, lat_e6, radius_m FROM places
		WHERE ($1 = '' OR substr(region, 1, length($1)) = $1) AND ($2 = '' OR employer_id = $2)
		AND ($3 = '' OR kind = $3) AND id > $4`+where+` ORDER BY id LIMIT $5`, in.Region,
		in.EmployerID, in.Kind, in.After, limit)
}

func countPlaces(ctx context.Context, r db.Reader, before int64) (places, public int64, err error) {
	err = db.Row(ctx, r, []any{&places, &public}, `SELECT COUNT(*),
		CAST(COALESCE(SUM(CASE WHEN kind <> 'workplace' THEN 1 ELSE 0 END), 0) AS BIGINT)
		FROM places WHERE created_at_ms < $1`, before)
	return places, public, err
}
