-- +goose Up
-- Who acts for the city is found without reading everybody's account.
CREATE INDEX accounts_staff ON accounts (id) WHERE roles <> '' AND roles <> 'worker'
    AND roles <> 'employer' AND roles <> 'supervisor';
