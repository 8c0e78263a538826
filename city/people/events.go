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
