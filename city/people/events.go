package people

// WorkerRegistered says that somebody has become a worker. It carries no name and no number.
type WorkerRegistered struct {
	WorkerID string `json:"worker_id"`
	Region   string `json:"region"`
}

// Topic names the event.
func (WorkerRegistered) Topic() string { return "people.worker_registered.v1" }

// Subject is the worker.
func (e WorkerRegistered) Subject() string { return e.WorkerID }

// EmployerRegistered says that an employer has come and waits to be vetted.
type EmployerRegistered struct {
	EmployerID string `json:"employer_id"`
	Region     string `json:"region"`
}

// Topic names the event.
func (EmployerRegistered) Topic() string { return "people.employer_registered.v1" }

// Subject is the employer.
func (e EmployerRegistered) Subject() string { return e.EmployerID }

// ConsentAnswered says that a worker agreed to a purpose, or took it back.
type ConsentAnswered struct {
	WorkerID string  `json:"worker_id"`
	Purpose  Purpose `json:"purpose"`
	Given    bool    `json:"given"`
}

// Topic names the event.
func (ConsentAnswered) Topic() string { return "people.consent_answered.v1" }

// Subject is the worker.
func (e ConsentAnswered) Subject() string { return e.WorkerID }

// AccountClosed says that a worker has left the register.
type AccountClosed struct {
	WorkerID string `json:"worker_id"`
}

// Topic names the event.
func (AccountClosed) Topic() string { return "people.account_closed.v1" }

// Subject is the worker.
func (e AccountClosed) Subject() string { return e.WorkerID }

// AuditSealed says how the audit log stood. Who keeps these events elsewhere can tell a log that
// was written anew.
type AuditSealed struct {
	N       int64  `json:"n"`
	UntilMS int64  `json:"until_ms"`
	Rows    int64  `json:"rows"`
	Hash    string `json:"hash"`
}

// Topic names the event.
func (AuditSealed) Topic() string { return "people.audit_sealed.v1" }

// Subject is the log itself: its seals are in order.
func (AuditSealed) Subject() string { return "audit" }
