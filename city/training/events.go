package training

// Topics of the events that change which seats can be taken.
const (
	TopicOpened    = "training.class_opened.v1"
	TopicCalledOff = "training.class_called_off.v1"
	TopicEnrolled  = "training.enrolled.v1"
	TopicWithdrawn = "training.withdrawn.v1"
)

// ClassOpened says that a class can be enrolled in.
type ClassOpened struct {
	ClassID string `json:"class_id"`
	Skill   string `json:"skill"`
}

// Topic names the event.
func (ClassOpened) Topic() string { return TopicOpened }

// Subject is the class.
func (e ClassOpened) Subject() string { return e.ClassID }

// ClassCalledOff says that a class does not take place.
type ClassCalledOff struct {
	ClassID string `json:"class_id"`
	Reason  string `json:"reason"`
}

// Topic names the event.
func (ClassCalledOff) Topic() string { return TopicCalledOff }

// Subject is the class.
func (e ClassCalledOff) Subject() string { return e.ClassID }

// WorkerEnrolled says that a seat was taken.
type WorkerEnrolled struct {
	EnrolmentID string `json:"enrolment_id"`
	ClassID     string `json:"class_id"`
	WorkerID    string `json:"worker_id"`
}

// Topic names the event.
func (WorkerEnrolled) Topic() string { return TopicEnrolled }

// Subject is the class.
func (e WorkerEnrolled) Subject() string { return e.ClassID }

// WorkerWithdrew says that a seat was given back.
type WorkerWithdrew struct {
	EnrolmentID string `json:"enrolment_id"`
	ClassID     string `json:"class_id"`
	WorkerID    string `json:"worker_id"`
}

// Topic names the event.
func (WorkerWithdrew) Topic() string { return TopicWithdrawn }

// Subject is the class.
func (e WorkerWithdrew) Subject() string { return e.ClassID }

// WorkerAssessed says whether somebody passed.
type WorkerAssessed struct {
	EnrolmentID string `json:"enrolment_id"`
	ClassID     string `json:"class_id"`
	WorkerID    string `json:"worker_id"`
	Skill       string `json:"skill"`
	Passed      bool   `json:"passed"`
}

// Topic names the event.
func (WorkerAssessed) Topic() string { return "training.assessed.v1" }

// Subject is the class.
func (e WorkerAssessed) Subject() string { return e.ClassID }
