-- +goose Up
-- Who acts for the city is found without reading everybody's account.
CREATE INDEX accounts_staff ON accounts (id) WHERE roles <> '' AND roles <> 'worker'
    AND roles <> 'employer' AND roles <> 'supervisor';
-- An employer's supervisors are found without reading everybody's account.
CREATE INDEX accounts_of_employer ON accounts (employer_id, id) WHERE employer_id <> '';
