package skill

// Added says that a worker named a skill.
type Added struct {
	WorkerID string `json:"worker_id"`
	Skill    string `json:"skill"`
}

// Topic names the event.
func (Added) Topic() string { return "skill.added.v1" }

// Subject is the worker.
func (e Added) Subject() string { return e.WorkerID }

// CertificateAdded says that a certificate waits for a clerk.
type CertificateAdded struct {
	CertificateID string `json:"certificate_id"`
	WorkerID      string `json:"worker_id"`
	Kind          string `json:"kind"`
}

// Topic names the event.
func (CertificateAdded) Topic() string { return "skill.certificate_added.v1" }

// Subject is the worker.
func (e CertificateAdded) Subject() string { return e.WorkerID }

// CertificateDecided says that a clerk verified, refused or revoked a certificate.
type CertificateDecided struct {
	CertificateID string `json:"certificate_id"`
	WorkerID      string `json:"worker_id"`
	Kind          string `json:"kind"`
	State         State  `json:"state"`
}

// Topic names the event.
func (CertificateDecided) Topic() string { return "skill.certificate_decided.v1" }

// Subject is the worker.
func (e CertificateDecided) Subject() string { return e.WorkerID }

// OccupationsImported says that the classification of occupations has changed.
type OccupationsImported struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
}

// Topic names the event.
func (OccupationsImported) Topic() string { return TopicOccupations }

// TopicOccupations is that of OccupationsImported.
const TopicOccupations = "skill.occupations_imported.v1"

// Subject is the classification: there is one.
func (OccupationsImported) Subject() string { return "occupations" }
