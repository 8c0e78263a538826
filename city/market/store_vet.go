package market

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// vetting is the decision that stands.
type vetting struct {
	State      string       `db:"state"`
	Agency     bool         `db:"agency"`
	ValidUntil civil.Date   `db:"valid_until"`
	Lapses     DocumentKind `db:"lapses"` // the paper that ends first
}

// vettingOf gives the standing decision; the zero vetting where nobody has decided.
func vettingOf(ctx context.Context, r db.Reader, employerID string) (vetting, error) {
	v, err := db.Get[vetting](ctx, r, `SELECT state, agency, valid_until, lapses FROM vettings
		WHERE employer_id = $1`, employerID)
	if errors.Is(err, db.ErrNone) {
		return vetting{}, nil
	}
	return v, err
}

func upsertVetting(ctx context.Context, tx *db.Tx, in Vet, v vetting, reviewerID string) error {
	_, err := tx.Exec(ctx, `INSERT INTO vettings(employer_id, state, agency, valid_until, lapses,
		reason, reviewer_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (employer_id) DO UPDATE SET state = excluded.state, agency = excluded.agency,
		valid_until = excluded.valid_until, lapses = excluded.lapses, reason = excluded.reason,
		reviewer_id = excluded.reviewer_id, at_ms = excluded.at_ms`,
		in.EmployerID, v.State, v.Agency, string(v.ValidUntil), string(v.Lapses), in.Reason, reviewerID,
		clock.MS(tx.Now))
	return err
}

func insertDecision(
	ctx context.Context, tx *db.Tx, id string, in Vet, v vetting, facts, reviewerID string,
) error {
	_, err := tx.Exec(ctx, `INSERT INTO vetting_decisions(id, employer_id, decision, agency, reason,
		facts, valid_until, reviewer_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, in.EmployerID, v.State, v.Agency, in.Reason, facts, string(v.ValidUntil), reviewerID,
		clock.MS(tx.Now))
	return err
}

func decisionsOf(ctx context.Context, r db.Reader, employerID string) ([]DecisionView, error) {
	list, err := db.List[DecisionView](ctx, r, `SELECT decision, agency, reason, reviewer_id, facts
		FROM vetting_decisions WHERE employer_id = $1 ORDER BY at_ms DESC, id DESC LIMIT $2`,
		employerID, listMax)
	if err != nil || list == nil {
		return []DecisionView{}, err
	}
	for i := range list {
		if err := json.Unmarshal([]byte(list[i].FactsText), &list[i].Facts); err != nil {
			return nil, fmt.Errorf("facts of a vetting of %s: %w", employerID, err)
		}
	}
	return list, nil
}

func insertDocument(ctx context.Context, tx *db.Tx, d Document, by string) error {
	var n int64
	err := db.Row(ctx, tx, []any{&n}, `SELECT COUNT(*) FROM employer_documents
		WHERE employer_id = $1`, d.EmployerID)
	if err != nil {
		return err
	}
	if n >= documentsMax {
		return fault.New(fault.Conflict, "market.documents_full", "max", documentsMax).
			OnField("employer_id")
	}
	_, err = tx.Exec(ctx, `INSERT INTO employer_documents(id, employer_id, n, kind, number,
		holder, digest, media, valid_until, added_by, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		d.ID, d.EmployerID, n+1, string(d.Kind), d.Number, d.Holder, d.Digest, d.Media,
		string(d.ValidUntil), by,
		clock.MS(tx.Now))
	return err
}

// dossierOf reads the last document of each kind.
func dossierOf(ctx context.Context, r db.Reader, employerID string) (Dossier, error) {
	d := Dossier{}
	err := db.Each(ctx, r, `SELECT id, employer_id, kind, number, holder, digest, media, valid_until
		FROM employer_documents WHERE employer_id = $1 ORDER BY n, id LIMIT $2`,
		[]any{employerID, documentsMax}, func(scan func(...any) error) error {
			var doc Document
			err := scan(&doc.ID, &doc.EmployerID, &doc.Kind, &doc.Number, &doc.Holder, &doc.Digest,
				&doc.Media, &doc.ValidUntil)
			d[doc.Kind] = doc // the last one stands
			return err
		})
	return d, err
}

// getDocument reads a document of the employer.
// Faults: market.document_not_found.
func getDocument(ctx context.Context, r db.Reader, id, employerID string) (Document, error) {
	d := Document{ID: id, EmployerID: employerID}
	err := db.Row(ctx, r, []any{&d.Kind, &d.Digest, &d.Media}, `SELECT kind, digest, media
		FROM employer_documents WHERE id = $1 AND employer_id = $2`, id, employerID)
	if errors.Is(err, db.ErrNone) {
		err = fault.New(fault.NotFound, "market.document_not_found").OnField("document_id")
	}
	return d, err
}
