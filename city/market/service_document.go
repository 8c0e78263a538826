package market

import (
	"context"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
)

// readFile takes a document's digest and kind from its file, where there is one.
// Faults (invalid): market.document_file, market.document_large (field content);
// market.document_digest (field digest): it is another file's.
func (d *Document) readFile(content []byte) error {
	if len(content) == 0 {
		return nil
	}
	if len(content) > documentBytesMax {
		return fault.New(fault.Invalid, "market.document_large", "max", documentBytesMax>>20).
			OnField("content")
	}
	if d.Media = mediaOf(content); d.Media == "" {
		return fault.New(fault.Invalid, "market.document_file").OnField("content")
	}
	hash := blob.Hash(content)
	if d.Digest != "" && d.Digest != hash {
		return fault.New(fault.Invalid, "market.document_digest").OnField("digest")
	}
	d.Digest = hash
	return nil
}

// keepFile puts a document's file away before its row is written.
// Faults: blob.no_folder (unavailable).
func (s *Service) keepFile(content []byte) error {
	if len(content) == 0 {
		return nil
	}
	if s.Files == nil {
		return fault.New(fault.Unavailable, "blob.no_folder")
	}
	_, err := s.Files.Put(content)
	return err
}

// GetDocumentFile asks for the file of a paper.
type GetDocumentFile struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	DocumentID string `json:"document_id" path:"document_id"`
}

// DocumentFile is it.
type DocumentFile struct {
	DocumentID string `json:"document_id"`
	Media      string `json:"media"`
	Digest     string `json:"digest"`
	Content    []byte `json:"content" doc:"base64"`
}

// GetDocumentFile gives the file of a paper to its employer and to clerks, checked against its
// digest, with an audit row: there is somebody's ID card among them. It has no key and its answer
// is stored nowhere.
// Faults: market.document_not_found; market.document_no_file (conflict); blob.not_found;
// blob.no_folder (unavailable).
func (s *Service) GetDocumentFile(ctx context.Context, in GetDocumentFile) (DocumentFile, error) {
	if err := people.Must(ctx, people.PermChangeEmployer, in.EmployerID); err != nil {
		return DocumentFile{}, err
	}
	d, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Document, error) {
		d, err := getDocument(ctx, tx, in.DocumentID, in.EmployerID)
		if err == nil && d.Media == "" {
			err = fault.New(fault.Conflict, "market.document_no_file").OnField("document_id")
		}
		if err != nil {
			return d, err
		}
		return d, s.People.AuditTx(ctx, tx, "document "+string(d.Kind), d.ID)
	})
	if err != nil {
		return DocumentFile{}, err
	}
	if s.Files == nil {
		return DocumentFile{}, fault.New(fault.Unavailable, "blob.no_folder")
	}
	content, err := s.Files.Get(d.Digest)
	return DocumentFile{d.ID, d.Media, d.Digest, content}, err
}
