package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
)

// Kind is a step that the evidence proves.
type Kind string

// The kinds of evidence; see the package comment for their order.
const (
	KindOffered      Kind = "offered"       // the employer's signature on the offer
	KindDrafted      Kind = "drafted"       // the worker's text, hashed
	KindShown        Kind = "shown"         // the worker's device had this text
	KindCodeSent     Kind = "code_sent"     // to the worker's phone, for this contract only
	KindSignedWorker Kind = "signed_worker" // the code came back
	KindCompleted    Kind = "completed"     // both have signed: in force
	KindVoided       Kind = "voided"
)

// follows says which kind may come after which; "" is before the first.
var follows = map[Kind][]Kind{
	"":               {KindOffered},
	KindOffered:      {KindDrafted},
	KindDrafted:      {KindShown, KindVoided},
	KindShown:        {KindCodeSent},
	KindCodeSent:     {KindCodeSent, KindSignedWorker, KindVoided},
	KindSignedWorker: {KindCompleted},
	KindCompleted:    {KindVoided},
}

// draftedRows is the length of a chain just drafted; its last row holds the page.
const draftedRows = 2

// stateAfter says which state a contract has when its chain ends so; a chain never ends otherwise.
var stateAfter = map[Kind]State{KindDrafted: Drafted, KindCodeSent: Drafted,
	KindCompleted: Signed, KindVoided: Void}

// Evidence is one row of a contract's chain. Its Hash covers all its other fields.
type Evidence struct {
	ContractID string
	N          int64 // 1, 2, 3 …
	Kind       Kind
	At         time.Time
	Body       string // one line of JSON; after drafted's line follows the worker's page
	Prev       string // the hash of the row before; "" for the first
	Hash       string
}

// What the kinds say. Personal numbers never stand in a body.
type (
	offeredBody struct {
		OfferID    string `json:"offer_id"`
		OfferHash  string `json:"offer_hash"`
		EmployerID string `json:"employer_id"`
		AccountID  string `json:"account_id"`
		SignedAtMS int64  `json:"signed_at_ms"`
	}
	draftedBody struct {
		PlacementID string   `json:"placement_id"`
		OfferID     string   `json:"offer_id"`
		WorkerID    string   `json:"worker_id"`
		AccountID   string   `json:"account_id"`
		EmployerID  string   `json:"employer_id"`
		Person      string   `json:"person"`
		Template    Template `json:"template"`
		StartsAtMS  int64    `json:"starts_at_ms"`
		PlannedMin  int64    `json:"planned_min"`
		DraftedAtMS int64    `json:"drafted_at_ms"`
		TextHash    string   `json:"text_hash"`
	}
	shownBody struct {
		AccountID string `json:"account_id"`
		TextHash  string `json:"text_hash"`
	}
	codeSentBody struct {
		AccountID string `json:"account_id"`
		Purpose   string `json:"purpose"`
	}
	signedBody struct {
		AccountID string `json:"account_id"`
		Method    string `json:"method"`
		CodeHash  string `json:"code_hash"` // of a code that is spent
		TextHash  string `json:"text_hash"`
	}
	completedBody struct { // the worker's signature is its row's prev_hash, the employer's in row 1
		TextHash string `json:"text_hash"`
	}
	voidedBody struct {
		AccountID string `json:"account_id"`
		Reason    string `json:"reason"`
	}
)

func offeredOf(o Offer) offeredBody {
	return offeredBody{o.ID, o.Hash, o.EmployerID, o.AccountID, clock.MS(o.SignedAt)}
}

func draftedOf(c Contract) draftedBody {
	return draftedBody{PlacementID: c.PlacementID, OfferID: c.OfferID, WorkerID: c.WorkerID,
		AccountID: c.AccountID, EmployerID: c.EmployerID, Person: c.Person, Template: c.Template,
		StartsAtMS: clock.MS(c.StartsAt), PlannedMin: c.PlannedMin,
		DraftedAtMS: clock.MS(c.DraftedAt), TextHash: c.TextHash}
}

// line writes a body; the bodies are flat, so it cannot fail.
func line(body any) string {
	b, err := json.Marshal(body)
	if err != nil {
		panic("contract: " + err.Error())
	}
	return string(b)
}

// step is a row to be.
type step struct {
	kind Kind
	body string
}

// chain makes the rows after the head, and gives the head behind them.
func (h Head) chain(contractID string, at time.Time, steps ...step) ([]Evidence, Head) {
	rows := make([]Evidence, len(steps))
	for i, s := range steps {
		e := Evidence{ContractID: contractID, N: h.N + 1, Kind: s.kind, At: at, Body: s.body,
			Prev: h.Hash}
		e.Hash = e.digest()
		rows[i], h = e, Head{e.N, e.Hash}
	}
	return rows, h
}

func (e Evidence) digest() string {
	return digest(e.ContractID, strconv.FormatInt(e.N, 10), string(e.Kind),
		strconv.FormatInt(clock.MS(e.At), 10), e.Body, e.Prev)
}

func (o Offer) digest() string {
	return digest(o.ID, o.ShiftID, o.EmployerID, o.EmployerName, o.AccountID,
		strconv.FormatInt(o.Heads, 10), strconv.FormatInt(clock.MS(o.SignedAt), 10), o.Terms, o.Text)
}

// digest is the SHA-256 of the fields as netstrings (length:bytes,), so that none can borrow a
// byte from its neighbour.
func digest(fields ...string) string {
	var b []byte
	for _, f := range fields {
		b = strconv.AppendInt(b, int64(len(f)), 10)
		b = append(append(append(b, ':'), f...), ',')
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Flaw names the first row that is not what was recorded, and its column.
type Flaw struct{ Row, Column string }

// Error is the finding as a sentence.
func (f *Flaw) Error() string { return f.Row + " is not as recorded: " + f.Column }

// Verify recomputes a contract from its rows: every link of the chain, the contract's own columns,
// the employer's offer, the text, the head and the state. It gives a *Flaw or nil.
func Verify(c Contract, o Offer, chain []Evidence) error {
	if err := verifyChain(c, chain); err != nil {
		return err
	}
	row, last := "contracts "+c.ID, chain[len(chain)-1]
	drafted, page, _ := strings.Cut(chain[draftedRows-1].Body, "\n")
	if column := differs(drafted, draftedOf(c)); column != "" {
		return &Flaw{row, column}
	}
	if o.digest() != o.Hash {
		return &Flaw{"contract_offers " + o.ID, "hash"}
	}
	if column := differs(chain[0].Body, offeredOf(o)); column != "" {
		return &Flaw{"contract_offers " + o.ID, column}
	}
	switch {
	case textHash(Text(page, o)) != c.TextHash:
		return &Flaw{row, "text_hash"}
	case c.Head.N != last.N:
		return &Flaw{row, "evidence_n"}
	case c.Head.Hash != last.Hash:
		return &Flaw{row, "evidence_hash"}
	case c.State != stateAfter[last.Kind]:
		return &Flaw{row, "state"}
	case clock.MS(c.SignedAt) != completedAtMS(chain):
		return &Flaw{row, "signed_at_ms"}
	}
	return nil
}

func verifyChain(c Contract, chain []Evidence) error {
	var head Head
	var before Kind
	for _, e := range chain {
		row := "contract_evidence " + c.ID + "/" + strconv.FormatInt(head.N+1, 10)
		switch {
		case e.N != head.N+1:
			return &Flaw{row, "n"}
		case e.digest() != e.Hash:
			return &Flaw{row, "hash"}
		case e.ContractID != c.ID:
			return &Flaw{"contracts " + c.ID, "id"}
		case e.Prev != head.Hash:
			return &Flaw{row, "prev_hash"}
		case !slices.Contains(follows[before], e.Kind):
			return &Flaw{row, "kind"}
		}
		head, before = Head{e.N, e.Hash}, e.Kind
	}
	if len(chain) < draftedRows || stateAfter[before] == "" {
		return &Flaw{"contract_evidence " + c.ID + "/" + strconv.FormatInt(head.N+1, 10), "missing"}
	}
	return nil
}

func completedAtMS(chain []Evidence) int64 {
	for _, e := range chain {
		if e.Kind == KindCompleted {
			return clock.MS(e.At)
		}
	}
	return 0
}

// differs names the first key in which the recorded body is not the one the row asks for, "" when
// they are the same bytes.
func differs(recorded string, row any) string {
	want := line(row)
	if want == recorded {
		return ""
	}
	var a, b map[string]any
	if json.Unmarshal([]byte(recorded), &a) != nil || json.Unmarshal([]byte(want), &b) != nil {
		return "body"
	}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if a[key] != b[key] {
			return key
		}
	}
	return "body"
}

// TextOf gives what both sides agree to, from the rows that hold it.
func TextOf(o Offer, chain []Evidence) string {
	if len(chain) < draftedRows {
		return ""
	}
	_, page, _ := strings.Cut(chain[draftedRows-1].Body, "\n")
	return Text(page, o)
}
