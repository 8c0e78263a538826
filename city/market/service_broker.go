package market

import (
	"context"
	"strings"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

// brokerDomain binds the digests of brokers' ID numbers to their column.
const brokerDomain = "broker.id_number"

// brokersMax bounds an agency's brokers, with those who have left.
const brokersMax = 500

// AttachBroker enters a labour broker 劳务经纪人 of an agency.
type AttachBroker struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	Name       string `json:"name" minLength:"1" maxLength:"50"`
	IDNumber   string `json:"id_number" maxLength:"30"`
}

// BrokerView is a broker with the agency that answers for him.
type BrokerView struct {
	ID         string `json:"id"          db:"id"`
	EmployerID string `json:"employer_id" db:"employer_id"`
	Name       string `json:"name"        db:"name"`
	IDMasked   string `json:"id_masked"   db:"id_masked"`
	State      string `json:"state"       db:"state"     doc:"attached or left"`
}

// AttachBroker attaches a natural person to an agency whose permit holds today: nobody brokers on
// his own, or for two at once. The ID number is not kept, only its keyed digest.
// Faults: market.not_an_agency, those of mustBeVetted (forbidden); market.broker_attached,
// market.brokers_full (conflict); those of people's ID numbers (invalid).
// Source: 人力资源市场暂行条例 18, 42 (no brokering without a permit) [T1]; attachment [M].
func (s *Service) AttachBroker(ctx context.Context, in AttachBroker) (BrokerView, error) {
	if err := people.Must(ctx, people.PermChangeEmployer, in.EmployerID); err != nil {
		return BrokerView{}, err
	}
	number, err := people.ParseIDNumber(in.IDNumber)
	if err != nil {
		return BrokerView{}, err
	}
	b := BrokerView{EmployerID: in.EmployerID, Name: strings.TrimSpace(in.Name),
		IDMasked: number.String(), State: "attached"}
	if b.Name == "" {
		return b, fault.New(fault.Invalid, "market.item_missing").OnField("name")
	}
	blind := s.Box.Blind(brokerDomain, string(number))
	in.IDNumber = blind // what is hashed for the key: a plain digest of a number can be tried out
	return deed.Once(ctx, s.DB, scope(ctx, "attach_broker"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (BrokerView, error) {
			if err := s.mustBeVetted(ctx, tx, in.EmployerID, civil.DateOf(tx.Now)); err != nil {
				return BrokerView{}, err
			}
			v, err := vettingOf(ctx, tx, in.EmployerID)
			if err != nil {
				return BrokerView{}, err
			}
			if !v.Agency {
				return BrokerView{}, fault.New(fault.Forbidden, "market.not_an_agency").
					OnField("employer_id")
			}
			b.ID = tx.ID("brk")
			return b, insertBroker(ctx, tx, b, blind)
		}, db.Lane("broker", blind))
}

// DetachBroker ends a broker's attachment.
type DetachBroker struct {
	deed.Keyed
	EmployerID string `json:"employer_id" path:"employer_id"`
	BrokerID   string `json:"broker_id" path:"broker_id"`
}

// DetachBroker lets a broker go; he may then be attached elsewhere.
// Faults: market.broker_not_found; market.broker_left (conflict).
func (s *Service) DetachBroker(ctx context.Context, in DetachBroker) (BrokerView, error) {
	if err := people.Must(ctx, people.PermChangeEmployer, in.EmployerID); err != nil {
		return BrokerView{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "detach_broker"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (BrokerView, error) {
			return detachBroker(ctx, tx, in)
		})
}
