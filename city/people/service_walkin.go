package people

import (
	"context"

	"github.com/gongyi/gongyi/internal/db"
)

// Prepared is a registration whose words were checked and whose numbers are known by their digests,
// for a deed of a slice above that registers somebody at a counter.
type Prepared struct {
	IDBlind, PhoneBlind string

	worker Worker
	id     IDNumber
	who    recipient
}

// Prepare checks a registration on behalf; nothing is looked up.
// Faults: those of RegisterWorker about its fields.
func (s *Service) Prepare(in RegisterWorker) (Prepared, error) {
	w, id, err := readWorker(in)
	if err != nil {
		return Prepared{}, err
	}
	phone, err := ParsePhone(in.Phone)
	if err != nil {
		return Prepared{}, err
	}
	p := Prepared{IDBlind: s.Box.Blind(domainID, string(id)),
		PhoneBlind: s.Box.Blind(domainPhone, string(phone)), worker: w, id: id}
	p.who = recipient{phone: phone, blind: p.PhoneBlind}
	return p, nil
}

// RegisterPreparedTx registers who was prepared; permission is the caller's to ask.
// Faults: those of RegisterWorker. Must run in the lane of the ID number (IDBlind).
func (s *Service) RegisterPreparedTx(
	ctx context.Context, tx *db.Tx, p Prepared,
) (WorkerView, error) {
	return s.registerTx(ctx, tx, p.worker, p.id, p.who)
}
