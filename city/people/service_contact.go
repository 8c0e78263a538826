package people

import (
	"context"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// Contact is how an employer reaches a worker who agreed to that.
type Contact struct {
	Name  string
	Phone Phone
}

// ContactTx opens a worker's name and phone for an employer, with an audit row in the caller's
// deed. Whether the two have to do with each other is the caller's to prove.
// Faults: people.worker_not_found; people.no_consent, people.consent_withdrawn,
// people.consent_outdated (conflict). Source: 个人信息保护法 23.
func (s *Service) ContactTx(ctx context.Context, tx *db.Tx, workerID string) (Contact, error) {
	w, err := getWorker(ctx, tx, workerID)
	if err != nil {
		return Contact{}, err
	}
	if err := s.AllowedTx(ctx, tx, workerID, PurposeShareEmployer); err != nil {
		return Contact{}, err
	}
	number, err := s.clear(ctx, tx, workerID, "phone")
	if err != nil {
		return Contact{}, err
	}
	return Contact{w.Name, Phone(number)}, record(ctx, tx, "phone", workerID, reasonEmployer)
}

// Names are a worker's name as an employer may read it: whole in a contract that there is, and
// before it the whole one with the worker's yes, else the surname (one character) and two stars.
type Names struct{ Whole, Shown string }

// NamesForTx gives the names that an employer may read, by worker. At most 1 000 workers.
func (s *Service) NamesForTx(
	ctx context.Context, r db.Reader, workerIDs []string,
) (map[string]Names, error) {
	if len(workerIDs) == 0 {
		return nil, nil
	}
	text, err := textOf(PurposeShareEmployer)
	if err != nil {
		return nil, err
	}
	list, err := namesOf(ctx, r, workerIDs, PurposeShareEmployer)
	names := make(map[string]Names, len(list))
	for _, row := range list {
		n := Names{row.Name, row.Name}
		a := answer{Said: row.N > 0, Given: row.Given, Version: row.Version}
		if fault.As(text.allows(a)) != nil {
			n.Shown = surname(row.Name)
		}
		names[row.ID] = n
	}
	return names, err
}

// Namer gives the names that an employer may read; Service is one.
type Namer interface {
	NamesForTx(ctx context.Context, r db.Reader, workerIDs []string) (map[string]Names, error)
}

// NameRows writes the names of the workers whom rows are about into the rows.
func NameRows[T any](
	ctx context.Context, r db.Reader, from Namer, rows []T, workerID func(T) string,
	write func(*T, Names),
) error {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = workerID(row)
	}
	names, err := from.NamesForTx(ctx, r, ids)
	for i, id := range ids {
		write(&rows[i], names[id])
	}
	return err
}

// surname keeps the first character of a name.
func surname(name string) string {
	_, n := utf8.DecodeRuneInString(name)
	return name[:n] + "**"
}
