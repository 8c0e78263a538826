package credit

import "github.com/gongyi/gongyi/internal/civil"

// Judged says that an employer's grade is another now.
type Judged struct {
	EmployerID string `json:"employer_id"`
	GradeID    string `json:"grade_id"`
	Grade      Grade  `json:"grade"`
	Points     int64  `json:"points"`
}

// Topic names the event.
func (Judged) Topic() string { return "credit.judged.v1" }

// Subject is the employer.
func (e Judged) Subject() string { return e.EmployerID }

// AppealAnswered says what a person decided on an appeal.
type AppealAnswered struct {
	EmployerID string     `json:"employer_id"`
	AppealID   string     `json:"appeal_id"`
	State      string     `json:"state"`
	Grade      Grade      `json:"grade,omitempty"`
	Until      civil.Date `json:"until,omitempty"`
}

// Topic names the event.
func (AppealAnswered) Topic() string { return "credit.appeal_answered.v1" }

// Subject is the employer.
func (e AppealAnswered) Subject() string { return e.EmployerID }

// Listed says that an employer was entered as one of a public list, or that an entry was lifted.
type Listed struct {
	EmployerID string `json:"employer_id"`
	MarkID     string `json:"mark_id"`
	Lifted     bool   `json:"lifted"`
}

// Topic names the event.
func (Listed) Topic() string { return "credit.listed.v1" }

// Subject is the employer.
func (e Listed) Subject() string { return e.EmployerID }
