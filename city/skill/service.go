package skill

import (
	"context"
	"fmt"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// numberDomain binds sealed numbers to their column.
const numberDomain = "certificate.number"

// looksSealed is what a check without a key can see of a sealed number.
func looksSealed(field []byte) bool { return crypt.LooksSealed(field) }

// Workers says whether there is such a worker; people.Service does.
type Workers interface {
	GetWorkerTx(ctx context.Context, r db.Reader, id string) (people.Worker, error)
}

// Deps are what the service needs. Catalogue nil means the starter catalogue.
type Deps struct {
	DB        *db.DB
	Box       crypt.Box
	Workers   Workers
	Catalogue *Catalogue
}

// Service is what people can do with skills and certificates.
type Service struct {
	db        *db.DB
	box       crypt.Box
	workers   Workers
	catalogue *Catalogue
	known     known
}

// New returns the service; it panics when the starter catalogue that comes with the program is
// broken, which its test refuses.
func New(d Deps) *Service {
	if d.Catalogue == nil {
		c, err := Starter()
		if err != nil {
			panic(err)
		}
		d.Catalogue = c
	}
	return &Service{db: d.DB, box: d.Box, workers: d.Workers, catalogue: d.Catalogue}
}

// Required gives the certificates that the catalogue asks for an occupation (key or code).
func (s *Service) Required(occupation string) []string { return s.catalogue.Required(occupation) }

// AdultsOnly tells whether the catalogue closes an occupation (key or code) to minors.
func (s *Service) AdultsOnly(occupation string) bool { return s.catalogue.AdultsOnly(occupation) }

// Knows tells whether the catalogue has that skill or certificate.
func (s *Service) Knows(key string) bool { return s.catalogue.Knows(key) }

// ShowCatalogue asks for the catalogue.
type ShowCatalogue struct{}

// Catalogue shows the whole catalogue, to anyone: it holds nothing about people.
func (s *Service) Catalogue(ctx context.Context, _ ShowCatalogue) (Catalogue, error) {
	if err := people.Must(ctx, people.PermSeeIndicators, ""); err != nil {
		return Catalogue{}, err
	}
	return Catalogue{Version: s.catalogue.Version, Certificates: s.catalogue.Certificates,
		Skills: s.catalogue.Skills, Occupations: s.catalogue.Occupations}, nil
}

// AddSkill says that a worker can do something.
type AddSkill struct {
	deed.Keyed
	WorkerID string `json:"worker_id" path:"worker_id"`
	Skill    string `json:"skill" maxLength:"60" doc:"key of the catalogue"`
}

// SkillView is one skill of a worker.
type SkillView struct {
	WorkerID string `json:"worker_id"`
	Skill    string `json:"skill"`
}

// AddSkill notes a skill that the worker says he has; the same again changes nothing.
// Faults: skill.unknown_skill (invalid, field "skill"), and people's for a worker who is not there.
func (s *Service) AddSkill(ctx context.Context, in AddSkill) (SkillView, error) {
	if err := people.Must(ctx, people.PermChangeSkills, in.WorkerID); err != nil {
		return SkillView{}, err
	}
	if !s.catalogue.skills[in.Skill] {
		return SkillView{}, fault.New(fault.Invalid, "skill.unknown_skill", "skill", in.Skill).
			OnField("skill")
	}
	return deed.Once(ctx, s.db, scope(ctx, "add_skill"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SkillView, error) {
			view := SkillView{WorkerID: in.WorkerID, Skill: in.Skill}
			if _, err := s.workers.GetWorkerTx(ctx, tx, in.WorkerID); err != nil {
				return view, err
			}
			isNew, err := insertSkill(ctx, tx, in.WorkerID, in.Skill)
			if err != nil || !isNew {
				return view, err
			}
			return view, feed.PutTx(ctx, tx, Added{WorkerID: in.WorkerID, Skill: in.Skill})
		})
}

// AddCertificate enters a worker's paper.
type AddCertificate struct {
	deed.Keyed
	WorkerID  string     `json:"worker_id" path:"worker_id"`
	Kind      string     `json:"kind" maxLength:"60" doc:"key of the catalogue, such as cert.health"`
	Number    string     `json:"number" maxLength:"60"`
	IssuedOn  civil.Date `json:"issued_on"`
	ExpiresOn civil.Date `json:"expires_on,omitempty" doc:"last day; empty: as its kind says"`
	Evidence  string     `json:"evidence" doc:"SHA-256 of the paper's picture, in hex"`
}

// CertificateView is a certificate as its worker and the clerk see it.
type CertificateView struct {
	ID         string     `json:"id"`
	WorkerID   string     `json:"worker_id"`
	Kind       string     `json:"kind"`
	NumberTail string     `json:"number_tail,omitempty" doc:"the last characters"`
	NumberFits bool       `json:"number_fits" doc:"false: the clerk looks twice"`
	IssuedOn   civil.Date `json:"issued_on"`
	ExpiresOn  civil.Date `json:"expires_on,omitempty"`
	Evidence   string     `json:"evidence"`
	State      State      `json:"state"`
	Reason     string     `json:"reason,omitempty"`
	InForce    bool       `json:"in_force" doc:"today"`
}

func viewOf(c Certificate, today civil.Date) CertificateView {
	return CertificateView{ID: c.ID, WorkerID: c.WorkerID, Kind: c.Kind, NumberTail: c.NumberTail,
		NumberFits: c.NumberFits, IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn,
		Evidence: c.Evidence, State: c.State, Reason: c.Reason, InForce: c.InForce(today)}
}

// AddCertificate enters a certificate, which counts once a clerk has verified it.
// Faults: those of newCertificate (invalid); skill.certificate_there, skill.too_many_certificates
// (conflict); people's for a worker who is not there.
func (s *Service) AddCertificate(ctx context.Context, in AddCertificate) (CertificateView, error) {
	if err := people.Must(ctx, people.PermChangeSkills, in.WorkerID); err != nil {
		return CertificateView{}, err
	}
	c, number, err := newCertificate(s.catalogue, in, civil.DateOf(s.db.Now()))
	if err != nil {
		return CertificateView{}, err
	}
	sealed, err := s.box.Seal(numberDomain, number)
	if err != nil {
		return CertificateView{}, fmt.Errorf("seal certificate number: %w", err)
	}
	blind := s.box.Blind(numberDomain, number)
	in.Number = blind // what is hashed for the key: a plain digest of an ID number can be tried out
	return deed.Once(ctx, s.db, scope(ctx, "add_certificate"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CertificateView, error) {
			return s.addCertificateTx(ctx, tx, c, sealed, blind)
		})
}

func (s *Service) addCertificateTx(
	ctx context.Context, tx *db.Tx, c Certificate, sealed []byte, blind string,
) (CertificateView, error) {
	if _, err := s.workers.GetWorkerTx(ctx, tx, c.WorkerID); err != nil {
		return CertificateView{}, err
	}
	n, err := countCertificates(ctx, tx, c.WorkerID)
	if err != nil {
		return CertificateView{}, err
	}
	if n >= perWorkerMax {
		return CertificateView{}, fault.New(fault.Conflict, "skill.too_many_certificates",
			"max", perWorkerMax)
	}
	c.ID = tx.ID("crt")
	if err := insertCertificate(ctx, tx, c, sealed, blind); err != nil {
		return CertificateView{}, err
	}
	err = feed.PutTx(ctx, tx,
		CertificateAdded{CertificateID: c.ID, WorkerID: c.WorkerID, Kind: c.Kind})
	return viewOf(c, civil.DateOf(tx.Now)), err
}

// VerifyCertificate is a clerk's decision on a certificate.
type VerifyCertificate struct {
	deed.Keyed
	CertificateID string `json:"certificate_id" path:"certificate_id"`
	Decision      State  `json:"decision" enum:"verified,refused,revoked"`
	Reason        string `json:"reason,omitempty" maxLength:"200" doc:"needed to refuse or revoke"`
}

// VerifyCertificate notes that a clerk saw the evidence, refuses it, or revokes what was verified.
// Faults: skill.decision (invalid), skill.reason_missing (invalid), skill.certificate_not_found,
// skill.certificate_state, skill.number_taken (conflict).
func (s *Service) VerifyCertificate(
	ctx context.Context, in VerifyCertificate,
) (CertificateView, error) {
	if err := people.Must(ctx, people.PermVerifySkill, ""); err != nil {
		return CertificateView{}, err
	}
	if in.Decision != Verified && in.Decision != Refused && in.Decision != Revoked {
		return CertificateView{}, fault.New(fault.Invalid, "skill.decision").OnField("decision")
	}
	view, err := deed.Once(ctx, s.db, scope(ctx, "verify"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (CertificateView, error) {
			return decideTx(ctx, tx, in)
		}, db.Lane("skill", "verify")) // one after the other: each sees the numbers of the last
	if db.IsUnique(err) { // another process verified this number for another worker just now
		return CertificateView{}, numberTaken()
	}
	return view, err
}

func decideTx(ctx context.Context, tx *db.Tx, in VerifyCertificate) (CertificateView, error) {
	old, err := certificate(ctx, tx, in.CertificateID)
	if err != nil {
		return CertificateView{}, err
	}
	c, err := old.decide(in.Decision, in.Reason, people.ActorOf(ctx).AccountID)
	if err != nil {
		return CertificateView{}, err
	}
	if err := changeState(ctx, tx, old.State, c); err != nil {
		return CertificateView{}, err
	}
	err = feed.PutTx(ctx, tx, CertificateDecided{CertificateID: c.ID, WorkerID: c.WorkerID,
		Kind: c.Kind, State: c.State})
	return viewOf(c, civil.DateOf(tx.Now)), err
}

// ShowWorkerSkills asks what a worker can do.
type ShowWorkerSkills struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// WorkerSkills is what a worker can do and which papers he has.
type WorkerSkills struct {
	WorkerID     string            `json:"worker_id"`
	Skills       []string          `json:"skills"`
	Assessed     []string          `json:"assessed,omitempty" doc:"those of skills that a class has assessed"`
	Certificates []CertificateView `json:"certificates" doc:"newest first"`
}

// ShowWorkerSkills shows a worker's skills and certificates, to himself and to clerks.
func (s *Service) ShowWorkerSkills(ctx context.Context, in ShowWorkerSkills) (WorkerSkills, error) {
	if err := people.Must(ctx, people.PermChangeSkills, in.WorkerID); err != nil {
		return WorkerSkills{}, err
	}
	if _, err := s.workers.GetWorkerTx(ctx, s.db, in.WorkerID); err != nil {
		return WorkerSkills{}, err
	}
	out := WorkerSkills{WorkerID: in.WorkerID}
	var err error
	if out.Skills, err = skillsOf(ctx, s.db, in.WorkerID); err != nil {
		return WorkerSkills{}, err
	}
	if out.Assessed, err = assessedOf(ctx, s.db, in.WorkerID); err != nil {
		return WorkerSkills{}, err
	}
	cs, err := certificatesOf(ctx, s.db, in.WorkerID)
	if err != nil {
		return WorkerSkills{}, err
	}
	out.Certificates = viewsOf(cs, civil.DateOf(s.db.Now()))
	return out, nil
}

// FindWaiting asks for the clerk's queue.
type FindWaiting struct {
	After string `json:"after,omitempty" query:"after" maxLength:"90" doc:"next of the page before"`
}

// Waiting is a page of the clerk's queue, the oldest first.
type Waiting struct {
	Certificates []CertificateView `json:"certificates"`
	Next         string            `json:"next,omitempty" doc:"ask with it for the next page"`
}

// FindWaiting lists the certificates that wait for a clerk, listMax at a time.
// Faults: db.mark (invalid).
func (s *Service) FindWaiting(ctx context.Context, in FindWaiting) (Waiting, error) {
	if err := people.Must(ctx, people.PermVerifySkill, ""); err != nil {
		return Waiting{}, err
	}
	behind, err := db.ParseMark(in.After, db.Mark{})
	if err != nil {
		return Waiting{}, err
	}
	cs, err := waiting(ctx, s.db, behind, listMax+1)
	cs, next := db.Page(cs, listMax, func(c Certificate) string {
		return db.Mark{MS: clock.MS(c.AddedAt), ID: c.ID}.String()
	})
	return Waiting{viewsOf(cs, civil.DateOf(s.db.Now())), next}, err
}

func viewsOf(cs []Certificate, today civil.Date) []CertificateView {
	views := make([]CertificateView, len(cs))
	for i, c := range cs {
		views[i] = viewOf(c, today)
	}
	return views
}

// MissingTx gives those of the required skills and certificates that the worker does not have on
// that day, in the order asked: a skill he said, a certificate verified and in force. What the
// catalogue does not know is missing.
func (s *Service) MissingTx(
	ctx context.Context, r db.Reader, workerID string, required []string, day civil.Date,
) ([]string, error) {
	if len(required) == 0 {
		return nil, nil
	}
	has, err := heldOn(ctx, r, workerID, day)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, key := range required {
		if !has[key] {
			missing = append(missing, key)
		}
	}
	return missing, nil
}

func scope(ctx context.Context, op string) string {
	return "skill." + op + "/" + people.ActorOf(ctx).AccountID
}
