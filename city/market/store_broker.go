package market

import (
	"context"
	"errors"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// insertBroker: the only duplicate it can meet is the same person, attached already.
func insertBroker(ctx context.Context, tx *db.Tx, b BrokerView, blind string) error {
	var n int64
	err := db.Row(ctx, tx, []any{&n}, `SELECT COUNT(*) FROM brokers WHERE employer_id = $1`,
		b.EmployerID)
	if err != nil {
		return err
	}
	if n >= brokersMax {
		return fault.New(fault.Conflict, "market.brokers_full", "max", brokersMax).
			OnField("employer_id")
	}
	n, err = tx.Exec(ctx, `INSERT INTO brokers(id, employer_id, name, id_masked, id_blind, state,
		at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, b.ID, b.EmployerID, b.Name,
		b.IDMasked, blind, b.State, clock.MS(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "market.broker_attached").OnField("id_number")
	}
	return err
}

func detachBroker(ctx context.Context, tx *db.Tx, in DetachBroker) (BrokerView, error) {
	b, err := db.Get[BrokerView](ctx, tx, `SELECT id, employer_id, name, id_masked, state
		FROM brokers WHERE id = $1 AND employer_id = $2`, in.BrokerID, in.EmployerID)
	switch {
	case errors.Is(err, db.ErrNone):
		return b, fault.New(fault.NotFound, "market.broker_not_found").OnField("broker_id")
	case err != nil:
		return b, err
	case b.State != "attached":
		return b, fault.New(fault.Conflict, "market.broker_left").OnField("broker_id")
	}
	b.State = "left"
	_, err = tx.Exec(ctx, `UPDATE brokers SET state = 'left', at_ms = $1 WHERE id = $2`,
		clock.MS(tx.Now), b.ID)
	return b, err
}

func brokersOf(ctx context.Context, r db.Reader, employerID string) ([]BrokerView, error) {
	return db.List[BrokerView](ctx, r, `SELECT id, employer_id, name, id_masked, state FROM brokers
		WHERE employer_id = $1 AND state = 'attached' ORDER BY at_ms, id LIMIT $2`,
		employerID, brokersMax)
}
