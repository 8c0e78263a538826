-- +goose Up
CREATE TABLE places (
    id            TEXT   PRIMARY KEY,
    kind          TEXT   NOT NULL CHECK (kind IN ('workplace', 'gig_market', 'relay_station',
        'return_station', 'training_station', 'drivers_home')),
    employer_id   TEXT   NOT NULL, -- '' for a public place
    name          TEXT   NOT NULL,
    address       TEXT   NOT NULL,
    region        TEXT   NOT NULL,
    lon_e6        BIGINT NOT NULL,
    lat_e6        BIGINT NOT NULL,
    radius_m      BIGINT NOT NULL CHECK (radius_m BETWEEN 20 AND 2000),
    qr_key        BYTEA  NOT NULL,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX places_by_employer ON places (employer_id, id);
CREATE INDEX places_by_region ON places (region, id);
CREATE INDEX places_public ON places (id) WHERE kind <> 'workplace';
