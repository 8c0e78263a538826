package people

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/gongyi/gongyi/internal/fault"
)

// Purpose is what a worker may agree to. Each is asked for by itself.
type Purpose string

// The purposes; the list is closed. A plan of insurance is agreed to by itself, in its own version
// and with its sums (insurance.Consent).
const (
	PurposeIdentity      Purpose = "identity"       // name and ID number: to sign, insure, pay
	PurposeLocation      Purpose = "location"       // the position at clocking
	PurposePrivacy       Purpose = "privacy"        // the privacy notice
	PurposeRecommend     Purpose = "recommend"      // work is proposed by what one did and wants
	PurposeShareBank     Purpose = "share_bank"     // name and card to the bank that pays
	PurposeShareEmployer Purpose = "share_employer" // name, phone and skills to the employer
	PurposeShareInsurer  Purpose = "share_insurer"  // the insured person and times to the insurer
)

// stance is what holds for a purpose while its worker has said nothing.
type stance string

const (
	// told: the work cannot be done without it (个人信息保护法 13 (1) 2, 3), so the worker is told and
	// confirms. Saying no ends what needs it.
	told stance = "told"
	// asked: sensitive and not needed (28, 29), or for somebody outside (23). Nothing happens before a
	// yes to the present words.
	asked stance = "asked"
	// agreed: as asked, and work on the platform cannot begin without it.
	agreed stance = "agreed"
	// on: a service that works until it is switched off (24; 网络数据安全管理条例 42).
	on stance = "on"
)

// consentText is a purpose in its present version. Whoever changes the words of consent.<purpose>
// in the texts raises the version; testdata/consents.txt holds the digests and a test compares.
type consentText struct {
	Purpose Purpose
	Version string
	stance  stance
}

// consentTexts are all of them, in the order in which they are shown.
var consentTexts = []consentText{
	{PurposePrivacy, "1", told},
	{PurposeIdentity, "1", told},
	{PurposeShareBank, "1", told},
	{PurposeShareEmployer, "2", asked},
	{PurposeShareInsurer, "2", agreed},
	{PurposeLocation, "1", asked},
	{PurposeRecommend, "1", on},
}

// textOf gives a purpose's present text. Faults: people.purpose_unknown (invalid, field purpose).
func textOf(p Purpose) (consentText, error) {
	i := slices.IndexFunc(consentTexts, func(c consentText) bool { return c.Purpose == p })
	if i < 0 {
		return consentText{}, fault.New(fault.Invalid, "people.purpose_unknown").OnField("purpose")
	}
	return consentTexts[i], nil
}

// PresentVersion gives the version of a purpose's present words, "" for no purpose.
func PresentVersion(p Purpose) string {
	text, err := textOf(p)
	if err != nil {
		return ""
	}
	return text.Version
}

// consentHash is the digest of both languages' words of a version.
func consentHash(p Purpose, version, zh, en string) string {
	sum := sha256.Sum256([]byte(string(p) + "\n" + version + "\n" + zh + "\n" + en))
	return hex.EncodeToString(sum[:])
}

// answer is what a worker last said of a purpose; the zero answer is nothing.
type answer struct {
	Said, Given bool
	Version     string
	At          time.Time
}

// asks tells a purpose that waits for a yes.
func (c consentText) asks() bool { return c.stance == asked || c.stance == agreed }

// allows judges whether what needs the purpose may be done now. A worker who was told keeps to an
// older version until they say no; who was asked has to be asked again when the words change.
// Faults (conflict, field purpose): people.no_consent, people.consent_withdrawn,
// people.consent_outdated.
func (c consentText) allows(a answer) error {
	switch {
	case a.Said && !a.Given:
		return fault.New(fault.Conflict, "people.consent_withdrawn", "purpose", c.Purpose).
			OnField("purpose")
	case c.asks() && !a.Said:
		return noConsent(c.Purpose)
	case c.asks() && a.Version != c.Version:
		return fault.New(fault.Conflict, "people.consent_outdated", "purpose", c.Purpose).
			OnField("purpose")
	}
	return nil
}

func noConsent(p Purpose) error {
	return fault.New(fault.Conflict, "people.no_consent", "purpose", p).OnField("purpose")
}
