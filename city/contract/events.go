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
