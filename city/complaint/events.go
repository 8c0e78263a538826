package complaint

// Moved says that a complaint is in another state. It does not say whose it is.
type Moved struct {
	ComplaintID string `json:"complaint_id"`
	Kind        Kind   `json:"kind"`
	State       State  `json:"state"`
	EmployerID  string `json:"employer_id,omitempty"`
}

// Topic names the event.
func (Moved) Topic() string { return "complaint.moved.v1" }

// Subject is the complaint.
func (e Moved) Subject() string { return e.ComplaintID }
