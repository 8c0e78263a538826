package contract

import (
	"context"
	"errors"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
)

// Show asks for one contract.
type Show struct {
	ContractID string `json:"contract_id" path:"contract_id"`
	Full       bool   `json:"full,omitempty" query:"full" doc:"with the ID number in clear; audited"`
}

// View is a contract as its two sides and the city's staff see it: whole, free of charge, at any
// time. The text holds the masked ID number, because it is what was signed.
type View struct {
	ID          string         `json:"id"`
	PlacementID string         `json:"placement_id"`
	WorkerID    string         `json:"worker_id"`
	EmployerID  string         `json:"employer_id"`
	Template    Template       `json:"template"`
	State       State          `json:"state" doc:"drafted, signed or void"`
	DraftedAt   time.Time      `json:"drafted_at"`
	SignedAt    time.Time      `json:"signed_at,omitzero"`
	Text        string         `json:"text"`
	TextHash    string         `json:"text_hash" doc:"SHA-256 of the text in UTF-8"`
	IDNumber    string         `json:"id_number,omitempty"`
	Evidence    []EvidenceView `json:"evidence"`
	Intact      bool           `json:"intact" doc:"all evidence recomputed just now"`
	Flaw        string         `json:"flaw,omitempty" doc:"the first row that is not as recorded"`
}

// EvidenceView is one step of the chain.
type EvidenceView struct {
	N    int64     `json:"n"`
	Kind Kind      `json:"kind"`
	At   time.Time `json:"at"`
	Body string    `json:"body"`
	Hash string    `json:"hash"`
}

// Show gives the text and recomputes the evidence behind it.
// Faults: contract.not_found; people.not_allowed (forbidden), for Full also without
// people.PermShowNumber. Source: 电子劳动合同订立指引 (view and download at any time, free).
func (s *Service) Show(ctx context.Context, in Show) (View, error) {
	if err := people.Must(ctx, people.PermSeeContract, ""); err != nil {
		return View{}, err
	}
	c, o, chain, err := getWhole(ctx, s.DB, in.ContractID)
	if err != nil {
		return View{}, err
	}
	if people.Must(ctx, people.PermSeeContract, c.WorkerID) != nil &&
		people.Must(ctx, people.PermSeeContract, c.EmployerID) != nil {
		return View{}, noContract()
	}
	v := viewOf(c, o, chain)
	if in.Full {
		v.IDNumber, err = s.numberOf(ctx, c.WorkerID)
	}
	return v, err
}

// numberOf opens the worker's ID number for the asker's eyes; people writes the audit row.
func (s *Service) numberOf(ctx context.Context, workerID string) (string, error) {
	if err := people.Must(ctx, people.PermShowNumber, workerID); err != nil {
		return "", err
	}
	return db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (string, error) {
		id, err := s.People.IDNumberTx(ctx, tx, workerID)
		return string(id), err
	})
}

func viewOf(c Contract, o Offer, chain []Evidence) View {
	v := View{ID: c.ID, PlacementID: c.PlacementID, WorkerID: c.WorkerID, EmployerID: c.EmployerID,
		Template: c.Template, State: c.State, DraftedAt: c.DraftedAt, Text: TextOf(o, chain),
		TextHash: c.TextHash}
	if c.State == Signed {
		v.SignedAt = c.SignedAt
	}
	for _, e := range chain {
		v.Evidence = append(v.Evidence, EvidenceView{e.N, e.Kind, e.At, e.Body, e.Hash})
	}
	err := Verify(c, o, chain)
	v.Intact = err == nil
	var flaw *Flaw
	if errors.As(err, &flaw) {
		v.Flaw = flaw.Error()
	}
	return v
}

// FindContracts asks for a worker's contracts.
type FindContracts struct {
	WorkerID string `json:"worker_id" path:"worker_id"`
}

// Found is a worker's contracts, the latest work first.
type Found struct {
	Contracts []Line `json:"contracts"`
}

// Line is a contract in a list.
type Line struct {
	ID           string    `json:"id"`
	PlacementID  string    `json:"placement_id"`
	EmployerName string    `json:"employer_name"`
	State        State     `json:"state"`
	StartsAt     time.Time `json:"starts_at"`
}

// FindContracts lists a worker's latest contracts, at most listMax.
func (s *Service) FindContracts(ctx context.Context, in FindContracts) (Found, error) {
	if err := people.Must(ctx, people.PermSeeContract, in.WorkerID); err != nil {
		return Found{}, err
	}
	lines, err := contractsOf(ctx, s.DB, in.WorkerID)
	return Found{lines}, err
}
