package market

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
)

// AddDocument puts a paper into an employer's dossier.
type AddDocument struct {
	deed.Keyed
	EmployerID string       `json:"employer_id" path:"employer_id"`
	Kind       DocumentKind `json:"kind" enum:"licence,brief,handler_id,authority,hr_permit"`
	Number     string       `json:"number,omitempty" maxLength:"60" doc:"of a licence the 统一社会信用代码"`
	Holder     string       `json:"holder,omitempty" maxLength:"60" doc:"the handler's name"`
	Digest     string       `json:"digest,omitempty" doc:"SHA-256 of the file, in hex; follows from content where that is given"`
	Content    []byte       `json:"content,omitempty" doc:"the file, base64: PDF, PNG or JPEG, at most 5 MiB; needed of an agency's permit"`
	ValidUntil civil.Date   `json:"valid_until,omitempty" doc:"last day; empty is 长期"`
}

// DocumentView is a paper as employer and clerk see it.
type DocumentView struct {
	ID         string       `json:"id"`
	Kind       DocumentKind `json:"kind"`
	Number     string       `json:"number,omitempty"`
	Holder     string       `json:"holder,omitempty"`
	Digest     string       `json:"digest"`
	Media      string       `json:"media,omitempty" doc:"of the file that is kept; empty when only the digest is known"`
	ValidUntil civil.Date   `json:"valid_until,omitempty"`
}

func (d Document) view() DocumentView {
	return DocumentView{d.ID, d.Kind, d.Number, d.Holder, d.Digest, d.Media,
		d.ValidUntil}
}

// AddDocument enters a paper; a clerk's next decision sees it. A handler's ID number is checked and
// then kept masked, also in the record of the deed. The file, where it is given, is kept first,
// sealed, under its digest.
// Faults: people.employer_not_found; those of Document.check, of people's ID numbers, and
// market.licence_number for a licence of another (invalid); market.documents_full (conflict);
// market.document_file, market.document_large (invalid); blob.no_folder (unavailable).
func (s *Service) AddDocument(ctx context.Context, in AddDocument) (DocumentView, error) {
	if err := people.Must(ctx, people.PermChangeEmployer, in.EmployerID); err != nil {
		return DocumentView{}, err
	}
	in.Number, in.Holder = strings.TrimSpace(in.Number), strings.TrimSpace(in.Holder)
	if in.Kind == DocHandler {
		number, err := people.ParseIDNumber(in.Number)
		if err != nil {
			if f := fault.As(err); f != nil {
				return DocumentView{}, f.OnField("number")
			}
			return DocumentView{}, err
		}
		in.Number = number.String()
	}
	d := Document{EmployerID: in.EmployerID, Kind: in.Kind, Number: in.Number, Holder: in.Holder,
		Digest: in.Digest, ValidUntil: in.ValidUntil}
	if err := d.readFile(in.Content); err != nil {
		return DocumentView{}, err
	}
	if err := d.check(civil.DateOf(s.DB.Now())); err != nil {
		return DocumentView{}, err
	}
	if err := s.keepFile(in.Content); err != nil {
		return DocumentView{}, err
	}
	in.Digest, in.Content = d.Digest, nil // what is hashed and need not be kept again
	return deed.Once(ctx, s.DB, scope(ctx, "add_document"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (DocumentView, error) {
			employer, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID)
			if err != nil {
				return DocumentView{}, err
			}
			if d.Kind == DocLicence && d.Number != employer.USCC {
				return DocumentView{}, fault.New(fault.Invalid, "market.licence_number").OnField("number")
			}
			d.ID = tx.ID("doc")
			return d.view(), insertDocument(ctx, tx, d, people.ActorOf(ctx).AccountID)
		})
}

// ShowDossier asks for an employer's papers.
type ShowDossier struct {
	EmployerID string `json:"employer_id" path:"employer_id"`
	Agency     bool   `json:"agency,omitempty" query:"agency" doc:"judge it as an agency's"`
}

// DossierView is the papers that count, what is missing, and how it was decided before.
type DossierView struct {
	EmployerID string         `json:"employer_id"`
	State      string         `json:"state,omitempty" doc:"vetted, refused or suspended; empty: nobody has decided"`
	Agency     bool           `json:"agency,omitempty"`
	ValidUntil civil.Date     `json:"valid_until,omitempty" doc:"publishing ends after this day"`
	Documents  []DocumentView `json:"documents"`
	Lacks      []LackView     `json:"lacks"`
	Brokers    []BrokerView   `json:"brokers,omitempty" doc:"of an agency"`
	Decisions  []DecisionView `json:"decisions"`
}

// LackView says what a clerk or an employer must see to.
type LackView struct {
	Kind DocumentKind `json:"kind"`
	Flaw Flaw         `json:"flaw" doc:"missing, lapsed, no_file or handler_differs"`
	Name i18n.Both    `json:"name"`
}

// DecisionView is a decision on record, with the papers it was made on.
type DecisionView struct {
	Decision   string         `json:"decision"    db:"decision"`
	Agency     bool           `json:"agency"      db:"agency"`
	Reason     string         `json:"reason"      db:"reason"`
	ReviewerID string         `json:"reviewer_id" db:"reviewer_id"`
	Facts      []DocumentView `json:"facts"       db:"-"`
	FactsText  string         `json:"-"           db:"facts"`
}

// ShowDossier shows an employer's papers and what stands in the way of publishing today.
// Faults: people.employer_not_found.
func (s *Service) ShowDossier(ctx context.Context, in ShowDossier) (DossierView, error) {
	if err := people.Must(ctx, people.PermSeeEmployer, in.EmployerID); err != nil {
		return DossierView{}, err
	}
	if _, err := s.People.GetEmployerTx(ctx, s.DB, in.EmployerID); err != nil {
		return DossierView{}, err
	}
	v, err := vettingOf(ctx, s.DB, in.EmployerID)
	if err != nil {
		return DossierView{}, err
	}
	d, err := dossierOf(ctx, s.DB, in.EmployerID)
	if err != nil {
		return DossierView{}, err
	}
	agency := v.Agency || in.Agency
	out := DossierView{EmployerID: in.EmployerID, State: v.State, Agency: agency,
		ValidUntil: v.ValidUntil, Documents: []DocumentView{}, Lacks: []LackView{}}
	for _, kind := range asked(true) {
		if doc, ok := d[kind]; ok {
			out.Documents = append(out.Documents, doc.view())
		}
	}
	for _, l := range d.lacks(agency, civil.DateOf(s.DB.Now())) {
		name := s.both("market.document." + string(l.Kind))
		out.Lacks = append(out.Lacks, LackView{l.Kind, l.Flaw, name})
	}
	if out.Brokers, err = brokersOf(ctx, s.DB, in.EmployerID); err != nil {
		return out, err
	}
	out.Decisions, err = decisionsOf(ctx, s.DB, in.EmployerID)
	return out, err
}

func (s *Service) both(key string) i18n.Both { return s.Text.Both(key) }

// Vet is a clerk's decision on an employer.
type Vet struct {
	deed.Keyed
	EmployerID string `json:"employer_id"      path:"employer_id"`
	Decision   string `json:"decision"                            enum:"vetted,refused,suspended" doc:"vetted, refused or suspended"`
	Agency     bool   `json:"agency,omitempty"                                                    doc:"brokers work for others: 人力资源服务机构"`
	Reason     string `json:"reason"                                                                                               maxLength:"200"`
}

// Vetted is the decision on record.
type Vetted struct {
	EmployerID string     `json:"employer_id"`
	State      string     `json:"state"`
	ValidUntil civil.Date `json:"valid_until,omitempty" doc:"publishing ends after this day"`
}

// VetEmployer records whether an employer may publish: 用工方准入. It lets nobody in whose dossier
// has a flaw; the decision keeps the papers it was made on. Publishing ends with the first paper
// that lapses.
// Faults: people.employer_not_found; market.reason_missing (invalid) for a refusal without words;
// market.dossier_missing, market.dossier_lapsed, market.dossier_file,
// market.dossier_handler (conflict).
// Source: 人力资源市场暂行条例 18 (permit), 24, 29 (papers; truth and legality are checked).
func (s *Service) VetEmployer(ctx context.Context, in Vet) (Vetted, error) {
	if err := people.Must(ctx, people.PermVetEmployer, ""); err != nil {
		return Vetted{}, err
	}
	if in.Decision != "vetted" && in.Reason == "" {
		return Vetted{}, fault.New(fault.Invalid, "market.reason_missing").OnField("reason")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "vet"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Vetted, error) {
			if _, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID); err != nil {
				return Vetted{}, err
			}
			return s.vetTx(ctx, tx, in)
		})
}

func (s *Service) vetTx(ctx context.Context, tx *db.Tx, in Vet) (Vetted, error) {
	d, err := dossierOf(ctx, tx, in.EmployerID)
	if err != nil {
		return Vetted{}, err
	}
	lacks := d.lacks(in.Agency, civil.DateOf(tx.Now))
	if in.Decision == "vetted" && len(lacks) > 0 {
		return Vetted{}, s.lacking(lacks[0])
	}
	v := vetting{State: in.Decision, Agency: in.Agency}
	v.ValidUntil, v.Lapses = d.until(in.Agency)
	facts := make([]DocumentView, 0, len(d))
	for _, kind := range asked(true) {
		if doc, ok := d[kind]; ok {
			facts = append(facts, doc.view())
		}
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return Vetted{}, fmt.Errorf("facts of a vetting: %w", err)
	}
	reviewer := people.ActorOf(ctx).AccountID
	if err := upsertVetting(ctx, tx, in, v, reviewer); err != nil {
		return Vetted{}, err
	}
	return Vetted{in.EmployerID, in.Decision, v.ValidUntil},
		insertDecision(ctx, tx, tx.ID("vet"), in, v, string(text), reviewer)
}

// lacking is the sentence for the first thing that is wrong with a dossier.
func (s *Service) lacking(l Lack) error {
	name := s.both("market.document." + string(l.Kind))
	f := fault.New(fault.Conflict, "market.dossier_missing", "document", name)
	switch l.Flaw {
	case FlawNoFile:
		f = fault.New(fault.Conflict, "market.dossier_file", "document", name)
	case FlawLapsed:
		f = fault.New(fault.Conflict, "market.dossier_lapsed", "document", name)
	case FlawHandler:
		f = fault.New(fault.Conflict, "market.dossier_handler")
	}
	return f.OnField("employer_id")
}

// mustBeVetted refuses an employer that may not publish on that day, and says which paper is why.
// Faults (forbidden): market.not_vetted, market.document_expired.
func (s *Service) mustBeVetted(
	ctx context.Context, r db.Reader, employerID string, day civil.Date,
) error {
	v, err := vettingOf(ctx, r, employerID)
	switch {
	case err != nil:
		return err
	case v.State != "vetted":
		return fault.New(fault.Forbidden, "market.not_vetted").OnField("employer_id")
	case v.ValidUntil != "" && v.ValidUntil < day:
		return fault.New(fault.Forbidden, "market.document_expired", "day", string(v.ValidUntil),
			"document", s.both("market.document."+string(v.Lapses))).OnField("employer_id")
	}
	return nil
}
