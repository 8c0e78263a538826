package contract

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// State of a contract; see the package comment for the drawing.
type State string

// The states of a contract.
const (
	Drafted State = "drafted"
	Signed  State = "signed"
	Void    State = "void"
)

// Terms are what employer and worker agree on for one shift, as values of the market.
type Terms struct {
	WorkType      string // full_time, part_time, task (also ""), platform or personal
	Settlement    string // platform (the wage is paid from a funded hold) or employer
	Title         string
	Content       string
	PlaceName     string
	PlaceAddress  string
	Region        string
	StartsAt      time.Time
	EndsAt        time.Time
	BreakMin      int64  // unpaid
	PayUnit       string // hour, day, piece or month
	RateFen       money.Fen
	TermMonths    int64  `json:",omitempty"` // of work by the month; 0: open-ended
	InsurancePlan string // "" where the employer insures by itself
	Protection    string // "": the standard sentence of 劳动保护
}

// PlannedMin is the paid length in minutes.
func (t Terms) PlannedMin() int64 {
	return int64(t.EndsAt.Sub(t.StartsAt)/time.Minute) - t.BreakMin
}

// canonical is the one way of writing the same terms, so that bytes can be compared.
func (t Terms) canonical() (string, error) {
	t.StartsAt, t.EndsAt = clock.At(clock.MS(t.StartsAt)), clock.At(clock.MS(t.EndsAt))
	b, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("write terms: %w", err)
	}
	return string(b), nil
}

// Employer is the first party 甲方 as its registration says.
type Employer struct{ Name, USCC, Address, Principal string }

// Worker is the second party 乙方. The ID number is masked: texts hold no other.
type Worker struct{ Name, Address, IDMasked string }

// Offer is an employer's signed standing offer for the heads of one shift.
type Offer struct {
	ID, ShiftID, EmployerID string
	EmployerName            string
	AccountID               string // who signed for the employer
	Heads                   int64
	SignedAt                time.Time
	Terms                   string // canonical
	Text                    string
	Hash                    string // over all of the above
}

// Contract is one worker's contract on an offer.
type Contract struct {
	ID, PlacementID, OfferID string
	WorkerID, AccountID      string // the account whose phone gets the code
	EmployerID               string
	Person                   string // keyed digest of the worker's ID number
	Template                 Template
	StartsAt                 time.Time
	PlannedMin               int64
	State                    State
	DraftedAt, SignedAt      time.Time // SignedAt is 1970 until it is signed
	TextHash                 string    // of the whole text; its page stands in the evidence
	Head                     Head
}

// Head is the end of a contract's chain: how many rows it has and the last one's hash.
type Head struct {
	N    int64
	Hash string
}

// Text is what both sides agree to: the worker's page, then the offer as the employer signed it.
func Text(page string, o Offer) string { return page + "\n" + o.Text }

// CodePurpose is what a signing code is good for: this contract only.
func CodePurpose(contractID string) string { return "sign/" + contractID }

// clause is something that 劳动合同法 17 wants a contract to say.
type clause struct {
	item  int // of art. 17
	field string
	said  bool
}

func firstMissing(clauses []clause) error {
	for _, c := range clauses {
		if !c.said {
			return fault.New(fault.Invalid, "contract.clause_missing", "item", c.item, "field", c.field).
				OnField(c.field)
		}
	}
	return nil
}

func said(s string) bool { return strings.TrimSpace(s) != "" }

// CheckOffer refuses an offer that lacks a mandatory clause. Items 7 and 8 (social insurance,
// protection) stand in the templates' own words.
// Faults: contract.clause_missing (invalid) with the item and on the field.
// Source: 劳动合同法 17 (1), (3)-(6).
func CheckOffer(e Employer, t Terms) error {
	return firstMissing([]clause{
		{1, "employer.name", said(e.Name)}, {1, "employer.uscc", said(e.USCC)},
		{1, "employer.address", said(e.Address)}, {1, "employer.principal", said(e.Principal)},
		{3, "starts_at", !t.StartsAt.IsZero()}, {3, "ends_at", t.EndsAt.After(t.StartsAt)},
		{4, "title", said(t.Title)}, {4, "content", said(t.Content)},
		{4, "place_name", said(t.PlaceName)}, {4, "place_address", said(t.PlaceAddress)},
		{4, "region", said(t.Region)},
		{5, "break_min", t.BreakMin >= 0 && t.PlannedMin() > 0},
		{6, "settlement", t.Settlement == "platform" || t.Settlement == "employer"},
		{6, "pay_unit", payUnits[t.PayUnit] != ""}, {6, "rate_fen", t.RateFen > 0},
	})
}

// CheckWorker refuses a second party who is not fully named.
// Faults: contract.clause_missing (invalid). Source: 劳动合同法 17 (2).
func CheckWorker(w Worker) error {
	return firstMissing([]clause{{2, "worker.name", said(w.Name)},
		{2, "worker.address", said(w.Address)}, {2, "worker.id_number", said(w.IDMasked)}})
}
