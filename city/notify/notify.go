package notify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Message is what has to reach a person.
type Message struct {
	AccountID string // "" for a phone that has no account yet
	Phone     string // "" for the account's own
	Template  string // its sentence is the text sms.<Template>
	Args      map[string]string
	Key       string // what the message is ("offer/plc_…"): the same key is the same message
}

// String names the message without its phone and words.
func (m Message) String() string { return m.Template + " " + m.Key }

// GoString does the same.
func (m Message) GoString() string { return m.String() }

// template says how a message is treated.
type template struct {
	code     bool          // it holds a code: first in line, not in the inbox, words forgotten
	usefulIn time.Duration // later the gateway is not called any more
}

const (
	codeUsefulIn = 5 * time.Minute // people.code_valid_min; product choice
	newsUsefulIn = 24 * time.Hour
)

// templates are all messages there are. Their words: internal/i18n/text/notify.yaml.
var templates = map[string]template{
	"accepted":            {false, newsUsefulIn},
	"account_closed":      {false, newsUsefulIn},
	"amendment_denied":    {false, newsUsefulIn},
	"amendment_granted":   {false, newsUsefulIn},
	"application_refused": {false, newsUsefulIn},
	"called_off_late":     {false, newsUsefulIn},
	"card_refused":        {false, newsUsefulIn},
	"class_called_off":    {false, newsUsefulIn},
	"class_enrolled":      {false, newsUsefulIn},
	"class_passed":        {false, newsUsefulIn},
	"code":                {true, codeUsefulIn},
	"code_login":          {true, codeUsefulIn},
	"code_sign":           {true, codeUsefulIn},
	"complaint_accepted":  {false, newsUsefulIn},
	"complaint_answered":  {false, newsUsefulIn},
	"complaint_due":       {false, newsUsefulIn},
	"complaint_refused":   {false, newsUsefulIn},
	"contract_due":        {false, newsUsefulIn},
	"contract_late":       {false, newsUsefulIn},
	"correction_denied":   {false, newsUsefulIn},
	"correction_granted":  {false, newsUsefulIn},
	"cover_refused":       {false, newsUsefulIn},
	"credit_answered":     {false, newsUsefulIn},
	"credit_changed":      {false, newsUsefulIn},
	"hours_disputed":      {false, newsUsefulIn},
	"interview":           {false, newsUsefulIn},
	"interview_off":       {false, newsUsefulIn},
	"new_work":            {false, newsUsefulIn},
	"matter_assigned":     {false, newsUsefulIn},
	"matter_returned":     {false, newsUsefulIn},
	"not_admitted":        {false, newsUsefulIn},
	"offer":               {false, newsUsefulIn},
	"phone_changed":       {false, newsUsefulIn},
	"on_roster":           {false, newsUsefulIn},
	"help_open":           {false, newsUsefulIn},
	"recommended":         {false, newsUsefulIn},
	"retention":           {false, newsUsefulIn},
	"second_reset":        {false, newsUsefulIn},
	"shift_cancelled":     {false, newsUsefulIn},
	"shortlisted":         {false, newsUsefulIn},
	"turned_away":         {false, newsUsefulIn},
	"vacancy_changed":     {false, newsUsefulIn},
	"wage_late":           {false, newsUsefulIn},
	"wage_late_employer":  {false, newsUsefulIn},
	"wage_late_staff":     {false, newsUsefulIn},
	"wage_paid":           {false, newsUsefulIn},
}

// Templates names all messages, in order.
func Templates() []string { return slices.Sorted(maps.Keys(templates)) }

const keyBytesMax = 200

// check refuses what only a programmer can do wrong. wants are the words that the sentence misses
// without an arg of that name.
func (m Message) check(wants []string) error {
	if _, ok := templates[m.Template]; !ok {
		return fmt.Errorf("notify: there is no template %q", m.Template)
	}
	if m.Key == "" || len(m.Key) > keyBytesMax {
		return fmt.Errorf("notify: message %s needs a key of at most %d bytes", m, keyBytesMax)
	}
	if m.AccountID == "" && m.Phone == "" {
		return fmt.Errorf("notify: message %s goes to nobody", m)
	}
	for _, name := range wants {
		if _, ok := m.Args[name]; !ok {
			return fmt.Errorf("notify: message %s lacks the arg %s", m, name)
		}
	}
	return nil
}

// State is where a message stands; see the drawing in doc.go.
type State string

// The states of a message.
const (
	Wanted    State = "wanted"
	Sent      State = "sent"    // handed to the gateway, or about to be
	Unknown   State = "unknown" // the answer was lost
	Delivered State = "delivered"
	Failed    State = "failed"
	Withheld  State = "withheld" // switched off by its reader: it stands in the inbox only
)

const (
	attemptsMax = 20
	waitFirst   = 15 * time.Second // a code is waited for
	waitMax     = 30 * time.Minute
	againAfter  = time.Minute // of a claim whose process died
)

// Why a message ended without the gateway saying so.
const (
	reasonGivenUp = "given_up"
	reasonStale   = "stale"
	reasonLost    = "answer_lost" // of WeChat, which takes no key: asking again would send again
	reasonOptOut  = "opted_out"
)

// parcel is a message on its way.
type parcel struct {
	ID       string
	Template string
	Channel  Channel // "" until one was chosen
	Quiet    bool    // has waited through quiet hours
	State    State
	Attempts int64
	NextAt   time.Time
	PutAt    time.Time
	EndedAt  time.Time // zero while open
	Reason   string
}

// claimed is the parcel just before the gateway is called; or its end, when it is too old.
func (p parcel) claimed(now time.Time) parcel {
	if now.Sub(p.PutAt) >= templates[p.Template].usefulIn || p.Attempts >= attemptsMax {
		return p.givenUp(now)
	}
	p.State, p.Attempts, p.NextAt = Sent, p.Attempts+1, now.Add(againAfter)
	return p
}

// givenUp ends a parcel. One that was never handed over has failed; of another nobody knows.
func (p parcel) givenUp(now time.Time) parcel {
	p.State, p.Reason, p.EndedAt = Unknown, reasonGivenUp, now
	if p.Attempts == 0 {
		p.State, p.Reason = Failed, reasonStale
	}
	return p
}

// withheld ends a parcel whose reader does not want to be told.
func (p parcel) withheld(now time.Time) parcel {
	p.State, p.Reason, p.EndedAt = Withheld, reasonOptOut, now
	return p
}

// quieted lets a parcel wait for the end of the quiet hours.
func (p parcel) quieted(until time.Time) parcel {
	p.Quiet, p.NextAt = true, until
	return p
}

// lost is a parcel that WeChat may have and did not confirm. It is never given to WeChat again.
// What has to be told goes by another way: better twice than never.
func (p parcel) lost(m manner, now time.Time) parcel {
	if next := m.after(p.Channel); next != "" && !m.OptOut {
		return p.onTo(next, reasonLost, now)
	}
	p.State, p.Reason, p.EndedAt = Unknown, reasonLost, now
	return p
}

// onTo lets a parcel go by another channel at once.
func (p parcel) onTo(c Channel, reason string, now time.Time) parcel {
	p.Channel, p.State, p.Reason, p.NextAt = c, Wanted, reason, now
	return p
}

// refused is a parcel that cannot be handed over at all: there is no phone.
func (p parcel) refused(reason string, now time.Time) parcel {
	p.State, p.Reason, p.EndedAt = Failed, reason, now
	return p
}

// answered is the parcel after the gateway's answer, or after none.
func (p parcel) answered(a Answer, m manner, now time.Time) parcel {
	switch {
	case a.State == gatewaySent:
		p.State, p.Reason, p.EndedAt = Delivered, "", now
	case a.State == gatewayRejected && m.after(p.Channel) != "":
		return p.onTo(m.after(p.Channel), a.Reason, now)
	case a.State == gatewayRejected:
		return p.refused(a.Reason, now)
	case p.Channel == WeChat:
		return p.lost(m, now)
	default:
		p.State, p.NextAt = Unknown, now.Add(wait(p.Attempts))
	}
	return p
}

// uncalled is the parcel as it was, when the gateway was left in peace: its turn comes later.
func (p parcel) uncalled(now time.Time) parcel {
	p.NextAt = now.Add(wait(p.Attempts + 1))
	return p
}

// wait doubles from waitFirst to waitMax.
func wait(attempts int64) time.Duration {
	d := waitFirst
	for ; attempts > 1 && d < waitMax; attempts-- {
		d *= 2
	}
	return min(d, waitMax)
}

// Answer is what the gateway says of one message.
type Answer struct{ State, Reason string }

// What the gateway says; anything else counts as no answer.
const (
	gatewaySent     = "sent"
	gatewayRejected = "rejected"
)

func notYours() error { return fault.New(fault.Forbidden, "people.not_allowed") }
