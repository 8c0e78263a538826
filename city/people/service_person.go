package people

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/internal/db"
)

// Person is what an employer's list says of somebody who works for it: the whole name, which the
// contract has too, and numbers masked. Of whom was erased there are no numbers.
type Person struct {
	Name        string
	Sex         Sex
	IDMasked    string
	PhoneMasked string
	Region      string // of the county lived in
}

// personRow is a person with the numbers sealed.
type personRow struct {
	Person
	ID                    string
	idSealed, phoneSealed []byte
}

// PersonsTx gives workers as their employer's list shows them, by id. At most 1 000.
func (s *Service) PersonsTx(
	ctx context.Context, r db.Reader, workerIDs []string,
) (map[string]Person, error) {
	if len(workerIDs) == 0 {
		return nil, nil
	}
	rows, err := personsIn(ctx, r, workerIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Person, len(rows))
	for _, row := range rows {
		id, err := s.Box.Open(domainID, row.idSealed)
		if err != nil {
			return nil, fmt.Errorf("open ID number of %s: %w", row.ID, err)
		}
		if id != "" {
			row.IDMasked = IDNumber(id).String()
		}
		if len(row.phoneSealed) > 0 {
			phone, err := s.Box.Open(domainPhone, row.phoneSealed)
			if err != nil {
				return nil, fmt.Errorf("open phone of %s: %w", row.ID, err)
			}
			row.PhoneMasked = Phone(phone).String()
		}
		out[row.ID] = row.Person
	}
	return out, nil
}
