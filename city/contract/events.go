package contract

// ContractSigned says that both sides have signed: from here on the contract is in force. Its
// EvidenceHash puts the chain's head in a second place.
type ContractSigned struct {
	Receipt
	WorkerID   string `json:"worker_id"`
	EmployerID string `json:"employer_id"`
}

// Topic names the event.
func (ContractSigned) Topic() string { return "contract.signed.v1" }

// Subject is the contract.
func (e ContractSigned) Subject() string { return e.ContractID }

// ContractLate says that work has gone on for a month without a contract signed by both.
type ContractLate struct {
	ContractID  string `json:"contract_id"`
	PlacementID string `json:"placement_id"`
	WorkerID    string `json:"worker_id"`
	EmployerID  string `json:"employer_id"`
}

// Topic names the event.
func (ContractLate) Topic() string { return "contract.late.v1" }

// Subject is the contract.
func (e ContractLate) Subject() string { return e.ContractID }
