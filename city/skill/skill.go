package skill

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	numberRunesMax = 40
	tailRunes      = 4  // shown of a number; a shorter number shows nothing
	perWorkerMax   = 50 // certificates of one worker, with refused ones: nobody has more
	listMax        = 200
	reasonRunesMax = 200
	evidenceDigits = 64 // a SHA-256 in hex
)

// State is where a certificate stands.
type State string

// The states; see the drawing in doc.go.
const (
	Claimed  State = "claimed"
	Verified State = "verified"
	Refused  State = "refused"
	Revoked  State = "revoked"
)

// Certificate is a worker's paper. The number is not in it: it is sealed beside it.
type Certificate struct {
	ID         string
	WorkerID   string
	Kind       string
	NumberTail string // the last characters, for people to tell papers apart
	NumberFits bool   // has the form of its kind; if not, the clerk looks twice
	IssuedOn   civil.Date
	ExpiresOn  civil.Date // the last day; "" never
	Evidence   string
	State      State
	Reason     string
	VerifierID string
	AddedAt    time.Time
}

// InForce tells whether the certificate counts on a day.
func (c Certificate) InForce(day civil.Date) bool {
	return c.State == Verified && c.IssuedOn <= day && (c.ExpiresOn == "" || day <= c.ExpiresOn)
}

// decide gives the certificate after a clerk's decision.
// Faults: skill.reason_missing (invalid), skill.certificate_state (conflict).
func (c Certificate) decide(decision State, reason, verifierID string) (Certificate, error) {
	if decision != Verified && strings.TrimSpace(reason) == "" {
		return c, fault.New(fault.Invalid, "skill.reason_missing").OnField("reason")
	}
	if utf8.RuneCountInString(reason) > reasonRunesMax {
		return c, fault.New(fault.Invalid, "skill.reason_long", "max", reasonRunesMax).OnField("reason")
	}
	from := Claimed
	if decision == Revoked {
		from = Verified
	}
	if c.State != from {
		return c, fault.New(fault.Conflict, "skill.certificate_state", "state", string(c.State)).
			OnField("decision")
	}
	c.State, c.Reason, c.VerifierID = decision, reason, verifierID
	return c, nil
}

// newCertificate gives the claimed certificate and its cleaned number. It refuses what no paper of
// its kind can say; today is the day on which it is entered.
// Faults (invalid): skill.unknown_certificate, skill.number_missing, skill.number_long,
// skill.bad_day, skill.issued_later, skill.expired, skill.valid_too_long, skill.evidence_missing.
func newCertificate(
	cat *Catalogue, in AddCertificate, today civil.Date,
) (Certificate, string, error) {
	c := Certificate{WorkerID: in.WorkerID, Kind: in.Kind, IssuedOn: in.IssuedOn,
		ExpiresOn: in.ExpiresOn, Evidence: in.Evidence, State: Claimed}
	kind, ok := cat.kinds[in.Kind]
	if !ok {
		return c, "", fault.New(fault.Invalid, "skill.unknown_certificate", "kind", in.Kind).
			OnField("kind")
	}
	number := cleanNumber(in.Number)
	switch n := utf8.RuneCountInString(number); {
	case n == 0:
		return c, "", fault.New(fault.Invalid, "skill.number_missing").OnField("number")
	case n > numberRunesMax:
		return c, "", fault.New(fault.Invalid, "skill.number_long", "max", numberRunesMax).
			OnField("number")
	}
	if len(in.Evidence) != evidenceDigits || strings.Trim(in.Evidence, "0123456789abcdef") != "" {
		return c, "", fault.New(fault.Invalid, "skill.evidence_missing").OnField("evidence")
	}
	c.NumberTail, c.NumberFits = tail(number), cat.fits(in.Kind, number)
	err := c.checkDays(kind, today)
	return c, number, err
}

// checkDays also fills the last day that follows from the kind when the paper does not say it.
func (c *Certificate) checkDays(kind Kind, today civil.Date) error {
	if _, err := civil.ParseDate(string(c.IssuedOn)); err != nil {
		return fault.New(fault.Invalid, "skill.bad_day").OnField("issued_on")
	}
	if c.IssuedOn > today {
		return fault.New(fault.Invalid, "skill.issued_later", "today", string(today)).
			OnField("issued_on")
	}
	longest := civil.Date("")
	if kind.ValidMonths > 0 {
		issued := c.IssuedOn.Midnight().In(civil.Zone)
		longest = civil.DateOf(issued.AddDate(0, kind.ValidMonths, 0))
	}
	if c.ExpiresOn == "" {
		if longest == "" {
			return nil
		}
		c.ExpiresOn = longest.AddDays(-1)
	}
	if _, err := civil.ParseDate(string(c.ExpiresOn)); err != nil {
		return fault.New(fault.Invalid, "skill.bad_day").OnField("expires_on")
	}
	if longest != "" && c.ExpiresOn > longest {
		return fault.New(fault.Invalid, "skill.valid_too_long", "months", kind.ValidMonths,
			"latest", string(longest)).OnField("expires_on")
	}
	if c.ExpiresOn < today || c.ExpiresOn < c.IssuedOn {
		return fault.New(fault.Invalid, "skill.expired", "day", string(c.ExpiresOn)).
			OnField("expires_on")
	}
	return nil
}

// cleanNumber writes a number the way it is compared: half width, upper case, no spaces.
func cleanNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == ' ', r == '\u3000', r == '\t':
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

func tail(number string) string {
	runes := []rune(number)
	if len(runes) < 2*tailRunes {
		return ""
	}
	return string(runes[len(runes)-tailRunes:])
}
