package ledger

import (
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/money"
)

// LimitGranted says that a clerk has set what an employer's holds may draw on.
type LimitGranted struct {
	EmployerID string     `json:"employer_id"`
	Kind       LimitKind  `json:"kind"`
	LimitFen   money.Fen  `json:"limit_fen"`
	Until      civil.Date `json:"until"`
	GrantedBy  string     `json:"granted_by"`
}

// Topic names the event.
func (LimitGranted) Topic() string { return "ledger.limit_granted.v1" }

// Subject is the employer.
func (e LimitGranted) Subject() string { return e.EmployerID }

// EmployerInsolvent says that an employer cannot pay any more, by a clerk's word.
type EmployerInsolvent struct {
	EmployerID string `json:"employer_id"`
	DeclaredBy string `json:"declared_by"`
}

// Topic names the event.
func (EmployerInsolvent) Topic() string { return "ledger.employer_insolvent.v1" }

// Subject is the employer.
func (e EmployerInsolvent) Subject() string { return e.EmployerID }
