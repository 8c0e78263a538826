package contract

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// RequestSignCode is a worker who has read the text asking for the code to sign it.
type RequestSignCode struct {
	deed.Keyed
	ContractID string `json:"contract_id" path:"contract_id"`
	TextHash   string `json:"text_hash" maxLength:"64" doc:"SHA-256 of the text that the device shows"`
}

// SignCodeSent says that the code is on its way.
type SignCodeSent struct {
	ContractID string `json:"contract_id"`
}

// RequestSignCode sends the code and records what the device showed: whoever has not the contract's
// very text before them gets no code for it.
// Faults: contract.not_found; contract.text_differs, contract.already_signed, contract.void
// (conflict); people.code_too_many (limited).
// Source: 电子劳动合同订立指引 (explain first, confirm intent); 电子签名法 13.
func (s *Service) RequestSignCode(ctx context.Context, in RequestSignCode) (SignCodeSent, error) {
	if err := people.Must(ctx, people.PermSignContract, ""); err != nil {
		return SignCodeSent{}, err
	}
	return deed.Once(ctx, s.DB, scope(ctx, "request_code"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (SignCodeSent, error) {
			c, err := s.mineTx(ctx, tx, in.ContractID)
			if err != nil {
				return SignCodeSent{}, err
			}
			if in.TextHash != c.TextHash {
				return SignCodeSent{}, fault.New(fault.Conflict, "contract.text_differs").
					OnField("text_hash")
			}
			purpose := CodePurpose(c.ID)
			if err := s.People.SendCodeTx(ctx, tx, c.AccountID, purpose); err != nil {
				return SignCodeSent{}, err
			}
			steps := []step{{KindShown, line(shownBody{c.AccountID, c.TextHash})},
				{KindCodeSent, line(codeSentBody{c.AccountID, purpose})}}
			if c.Head.N > draftedRows { // another code; the text was shown before the first
				steps = steps[1:]
			}
			return SignCodeSent{c.ID}, extendTx(ctx, tx, &c, steps...)
		}, db.Lane("contract", in.ContractID))
}

// Sign is a worker signing with the code from the phone.
type Sign struct {
	deed.Keyed
	ContractID string `json:"contract_id" path:"contract_id"`
	Code       string `json:"code" maxLength:"10"`
}

// Receipt is what the worker has in hand after signing.
type Receipt struct {
	ContractID   string    `json:"contract_id"`
	PlacementID  string    `json:"placement_id"`
	SignedAt     time.Time `json:"signed_at"`
	TextHash     string    `json:"text_hash"`
	EvidenceHash string    `json:"evidence_hash" doc:"the chain's head: write it down"`
}

// Sign completes a contract: the employer's signature is on the offer, the worker's is the code
// sent to the worker's own phone for this contract only. From here on it is in force.
// Faults: contract.not_found; contract.already_signed, contract.void (conflict);
// people.code_wrong (invalid); people.code_none, _locked, _expired (conflict);
// people.consent_withdrawn (conflict): without name and ID number nothing can be signed.
// Source: 电子签名法 13, 14; 劳动合同法 16.
func (s *Service) Sign(ctx context.Context, in Sign) (Receipt, error) {
	if err := people.Must(ctx, people.PermSignContract, ""); err != nil {
		return Receipt{}, err
	}
	accountID, purpose := people.ActorOf(ctx).AccountID, CodePurpose(in.ContractID)
	// The try is counted first, in a transaction of its own; whether it was wrong is said inside
	// the deed, where a repeated key still gets the first answer.
	tried := s.People.TryCode(ctx, accountID, purpose, in.Code)
	return deed.Once(ctx, s.DB, scope(ctx, "sign"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (Receipt, error) {
			c, err := s.mineTx(ctx, tx, in.ContractID)
			if err != nil {
				return Receipt{}, err
			}
			if tried != nil {
				return Receipt{}, tried
			}
			err = s.People.AllowedTx(ctx, tx, c.WorkerID, people.PurposeIdentity)
			if err != nil {
				return Receipt{}, err
			}
			if err := s.People.UseCodeTx(ctx, tx, accountID, purpose, in.Code); err != nil {
				return Receipt{}, err
			}
			return signTx(ctx, tx, c, in.Code)
		}, db.Lane("contract", in.ContractID))
}

// signTx writes the worker's signature and completes the contract with it.
func signTx(ctx context.Context, tx *db.Tx, c toSign, code string) (Receipt, error) {
	c.State, c.SignedAt = Signed, tx.Now
	err := extendTx(ctx, tx, &c,
		step{KindSignedWorker, line(signedBody{AccountID: c.AccountID, Method: "sms_code",
			CodeHash: digest(c.ID, code), TextHash: c.TextHash})},
		step{KindCompleted, line(completedBody{c.TextHash})})
	if err != nil {
		return Receipt{}, err
	}
	if err := stopClock(ctx, tx, c.PlacementID); err != nil {
		return Receipt{}, err
	}
	r := Receipt{ContractID: c.ID, PlacementID: c.PlacementID, SignedAt: tx.Now,
		TextHash: c.TextHash, EvidenceHash: c.Head.Hash}
	return r, feed.PutTx(ctx, tx, ContractSigned{r, c.WorkerID, c.EmployerID})
}

// mineTx reads a contract that its own worker can still sign. A stranger's is not found.
func (s *Service) mineTx(ctx context.Context, tx *db.Tx, contractID string) (toSign, error) {
	c, err := contractToSign(ctx, tx, contractID)
	switch {
	case err != nil:
		return c, err
	case c.WorkerID != people.ActorOf(ctx).WorkerID:
		return c, noContract()
	case c.State == Signed:
		return c, fault.New(fault.Conflict, "contract.already_signed").OnField("contract_id")
	case c.State == Void:
		return c, fault.New(fault.Conflict, "contract.void").OnField("contract_id")
	}
	return c, nil
}
