package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	listMax = 100 // contracts a list shows at once
	pageMax = 500 // contracts that Check holds at once: with their texts about 3 MB
)

func noContract() error {
	return fault.New(fault.NotFound, "contract.not_found").OnField("contract_id")
}

func insertOffer(ctx context.Context, tx *db.Tx, o Offer) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO contract_offers(id, shift_id, employer_id, employer_name,
		account_id, heads, signed_at_ms, terms, text, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		o.ID, o.ShiftID, o.EmployerID, o.EmployerName, o.AccountID, o.Heads, clock.MS(o.SignedAt),
		o.Terms, o.Text, o.Hash)
	return n == 1, err
}

const offerColumns = `o.id, o.shift_id, o.employer_id, o.employer_name, o.account_id, o.heads,
	o.signed_at_ms, o.terms, o.text, o.hash`

func offerDests(o *Offer) []any {
	return []any{&o.ID, &o.ShiftID, &o.EmployerID, &o.EmployerName, &o.AccountID, &o.Heads,
		ms{&o.SignedAt}, &o.Terms, &o.Text, &o.Hash}
}

func offerOfShift(ctx context.Context, r db.Reader, shiftID string) (Offer, error) {
	var o Offer
	err := db.Row(ctx, r, offerDests(&o), `SELECT `+offerColumns+`
		FROM contract_offers o WHERE o.shift_id = $1`, shiftID)
	if errors.Is(err, db.ErrNone) {
		return o, fault.New(fault.Conflict, "contract.not_offered").OnField("shift_id")
	}
	return o, err
}

func insertContract(ctx context.Context, tx *db.Tx, c Contract) error {
	n, err := tx.Exec(ctx, `INSERT INTO contracts(placement_id, id, state, signed_at_ms, offer_id,
		worker_id, account_id, employer_id, person, template, starts_at_ms, planned_min, drafted_at_ms,
		evidence_n, evidence_hash, text_hash)
		VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT DO NOTHING`,
		c.PlacementID, c.ID, string(c.State), c.OfferID, c.WorkerID, c.AccountID, c.EmployerID, c.Person,
		string(c.Template), clock.MS(c.StartsAt), c.PlannedMin, clock.MS(c.DraftedAt), c.Head.N,
		c.Head.Hash, c.TextHash)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "contract.already_drafted").OnField("placement_id")
	}
	return err
}

const contractColumns = `c.placement_id, c.id, c.state, c.signed_at_ms, c.offer_id, c.worker_id,
	c.account_id, c.employer_id, c.person, c.template, c.starts_at_ms, c.planned_min, c.drafted_at_ms,
	c.evidence_n, c.evidence_hash, c.text_hash`

func contractDests(c *Contract) []any {
	return []any{&c.PlacementID, &c.ID, (*string)(&c.State), ms{&c.SignedAt}, &c.OfferID, &c.WorkerID,
		&c.AccountID, &c.EmployerID, &c.Person, (*string)(&c.Template), ms{&c.StartsAt}, &c.PlannedMin,
		ms{&c.DraftedAt}, &c.Head.N, &c.Head.Hash, &c.TextHash}
}

// getWhole reads a contract with all that stands behind it, in one statement: one moment.
func getWhole(ctx context.Context, r db.Reader, id string) (Contract, Offer, []Evidence, error) {
	var c Contract
	var o Offer
	var chain []Evidence
	err := db.Each(ctx, r, `SELECT `+contractColumns+`, `+offerColumns+`, `+evidenceColumns+`
		FROM contracts c JOIN contract_offers o ON o.id = c.offer_id
		JOIN contract_evidence e ON e.contract_id = c.id WHERE c.id = $1 ORDER BY e.n`, []any{id},
		func(scan func(...any) error) error {
			var e Evidence
			chain = append(chain, e)
			last := &chain[len(chain)-1]
			return scan(slices.Concat(contractDests(&c), offerDests(&o), evidenceDests(last))...)
		})
	if err == nil && len(chain) == 0 {
		err = noContract()
	}
	return c, o, chain, err
}

// toSign is what a signature needs of a contract.
type toSign struct {
	ID, PlacementID, WorkerID, AccountID, EmployerID string
	TextHash                                         string
	State                                            State
	SignedAt                                         time.Time
	Head                                             Head
}

func getToSign(ctx context.Context, r db.Reader, where, id string) (toSign, error) {
	var c toSign
	err := db.Row(ctx, r, []any{&c.ID, &c.PlacementID, &c.WorkerID, &c.AccountID, &c.EmployerID,
		&c.TextHash, (*string)(&c.State), ms{&c.SignedAt}, &c.Head.N, &c.Head.Hash},
		`SELECT id, placement_id, worker_id, account_id, employer_id, text_hash, state, signed_at_ms,
		evidence_n, evidence_hash FROM contracts WHERE `+where, id)
	if errors.Is(err, db.ErrNone) {
		err = noContract()
	}
	return c, err
}

func contractToSign(ctx context.Context, r db.Reader, id string) (toSign, error) {
	return getToSign(ctx, r, `id = $1`, id)
}

func contractOfPlacement(ctx context.Context, r db.Reader, placementID string) (toSign, error) {
	return getToSign(ctx, r, `placement_id = $1`, placementID)
}

func signedOfPlacement(
	ctx context.Context, r db.Reader, placementID string,
) (SignedRef, State, error) {
	var ref SignedRef
	var state State
	err := db.Row(ctx, r, []any{&ref.ContractID, (*string)(&state), ms{&ref.SignedAt}},
		`SELECT id, state, signed_at_ms FROM contracts WHERE placement_id = $1`, placementID)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return ref, state, err
}

// advance stores a contract's state and head, if its chain still ends where it was read.
func advance(ctx context.Context, tx *db.Tx, c toSign, before Head) error {
	n, err := tx.Exec(ctx, `UPDATE contracts SET state = $1, signed_at_ms = $2, evidence_n = $3,
		evidence_hash = $4 WHERE id = $5 AND evidence_hash = $6`,
		string(c.State), clock.MS(c.SignedAt), c.Head.N, c.Head.Hash, c.ID, before.Hash)
	if err == nil && n == 0 {
		return fmt.Errorf("contract %s moved on inside a deed", c.ID)
	}
	return err
}

func insertEvidence(ctx context.Context, tx *db.Tx, rows []Evidence) error {
	args := make([]any, 0, 7*len(rows))
	for _, e := range rows {
		args = append(args, e.ContractID, e.N, string(e.Kind), clock.MS(e.At), e.Body, e.Prev, e.Hash)
	}
	_, err := tx.ExecRows(ctx, `INSERT INTO contract_evidence(contract_id, n, kind, at_ms, body,
		prev_hash, hash) VALUES `, `(?, ?, ?, ?, ?, ?, ?)`, ``, args)
	return err
}

const evidenceColumns = `e.contract_id, e.n, e.kind, e.at_ms, e.body, e.prev_hash, e.hash`

func evidenceDests(e *Evidence) []any {
	return []any{&e.ContractID, &e.N, (*string)(&e.Kind), ms{&e.At}, &e.Body, &e.Prev, &e.Hash}
}

// minutesWith sums a worker's planned minutes with one employer whose work begins in [from, to).
func minutesWith(
	ctx context.Context, r db.Reader, workerID, employerID string, from, to time.Time,
) (int64, error) {
	var minutes int64
	err := db.Row(ctx, r, []any{&minutes}, `SELECT CAST(COALESCE(SUM(planned_min), 0) AS BIGINT)
		FROM contracts WHERE worker_id = $1 AND starts_at_ms >= $2 AND starts_at_ms < $3
		AND employer_id = $4 AND state <> 'void'`, workerID, clock.MS(from), clock.MS(to), employerID)
	return minutes, err
}

func contractsOf(ctx context.Context, r db.Reader, workerID string) ([]Line, error) {
	lines := []Line{}
	err := db.Each(ctx, r, `SELECT c.id, c.placement_id, o.employer_name, c.state, c.starts_at_ms
		FROM contracts c JOIN contract_offers o ON o.id = c.offer_id WHERE c.worker_id = $1
		ORDER BY c.starts_at_ms DESC, c.id LIMIT $2`, []any{workerID, listMax},
		func(scan func(...any) error) error {
			var l Line
			err := scan(&l.ID, &l.PlacementID, &l.EmployerName, (*string)(&l.State), ms{&l.StartsAt})
			lines = append(lines, l)
			return err
		})
	return lines, err
}

// countContracts counts what was signed in [from, to) and stands, and of the pairs of worker and
// employer whose work begins then, those with a signed contract and all.
func countContracts(
	ctx context.Context, r db.Reader, from, to time.Time,
) (signed, covered, pairs int64, err error) {
	a, b := clock.MS(from), clock.MS(to)
	if signed, err = countSigned(ctx, r, a, b); err != nil {
		return 0, 0, 0, err
	}
	err = db.Row(ctx, r, []any{&covered, &pairs}, `SELECT
		COUNT(DISTINCT CASE WHEN state = 'signed' THEN worker_id || ' ' || employer_id END),
		COUNT(DISTINCT worker_id || ' ' || employer_id)
		FROM contracts WHERE starts_at_ms >= $1 AND starts_at_ms < $2 AND state <> 'void'`, a, b)
	return signed, covered, pairs, err
}

// page is a stretch of contracts with all that stands behind them.
type page struct {
	contracts []Contract
	offers    map[string]Offer
	chains    map[string][]Evidence
}

// contractsAfter reads the pageMax contracts that follow an id.
func contractsAfter(ctx context.Context, r db.Reader, after string) (page, error) {
	p := page{offers: map[string]Offer{}, chains: map[string][]Evidence{}}
	err := db.Each(ctx, r, `SELECT `+contractColumns+` FROM contracts c WHERE c.id > $1
		ORDER BY c.id LIMIT $2`, []any{after, pageMax}, func(scan func(...any) error) error {
		var c Contract
		err := scan(contractDests(&c)...)
		p.contracts = append(p.contracts, c)
		return err
	})
	if err != nil || len(p.contracts) == 0 {
		return p, err
	}
	span := []any{after, p.contracts[len(p.contracts)-1].ID}
	err = db.Each(ctx, r, `SELECT `+offerColumns+` FROM contract_offers o WHERE o.id IN
		(SELECT offer_id FROM contracts WHERE id > $1 AND id <= $2)`, span,
		func(scan func(...any) error) error {
			var o Offer
			err := scan(offerDests(&o)...)
			p.offers[o.ID] = o
			return err
		})
	if err != nil {
		return p, err
	}
	return p, db.Each(ctx, r, `SELECT `+evidenceColumns+` FROM contract_evidence e
		WHERE e.contract_id > $1 AND e.contract_id <= $2 ORDER BY e.contract_id, e.n`, span,
		func(scan func(...any) error) error {
			var e Evidence
			err := scan(evidenceDests(&e)...)
			p.chains[e.ContractID] = append(p.chains[e.ContractID], e)
			return err
		})
}

// ms scans a stored instant.
type ms struct{ to *time.Time }

// Scan is asked for by database/sql.
func (m ms) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("contract: an instant is not a number")
	}
	*m.to = clock.At(n)
	return nil
}
