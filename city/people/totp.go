package people

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	totpSeconds   = 30 // Source: RFC 6238, 5.2
	totpDigits    = 6
	totpBytes     = 20 // of a secret. Source: RFC 4226, 4
	totpDrift     = 1  // steps before and after now: a phone's clock
	secondTries   = 5  // wrong codes in a row
	secondLock    = 15 * time.Minute
	recoveryCodes = 8
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// hotp is the code of a counter. Source: RFC 4226, 5.3.
func hotp(secret []byte, counter uint64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], counter)
	mac.Write(text[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%mod)
}

// stepOf is the number of the 30 seconds that an instant is in. Source: RFC 6238, 4.2.
func stepOf(at time.Time) int64 { return at.Unix() / totpSeconds }

// totpStep gives the step whose code this is, near now and later than after; 0 for none.
func totpStep(secret []byte, code string, now time.Time, after int64) int64 {
	found := int64(0)
	for step := stepOf(now) - totpDrift; step <= stepOf(now)+totpDrift; step++ {
		same := subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(step), totpDigits)), []byte(code))
		if same == 1 && step > after {
			found = step
		}
	}
	return found
}

// totpURI is what an authenticator scans. Source: the key URI format that authenticators share.
func totpURI(secret []byte, issuer, account string) string {
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + url.Values{
		"secret": {base32Plain.EncodeToString(secret)}, "issuer": {issuer}}.Encode()
}

// recoveryCode makes of ten random bytes a code that a person can write down: 4 × 4 characters.
func recoveryCode(random []byte) string {
	text := base32Plain.EncodeToString(random)
	var parts []string
	for i := 0; i+4 <= len(text); i += 4 {
		parts = append(parts, text[i:i+4])
	}
	return strings.Join(parts, "-")
}

// plainCode is a code as it was typed, without what only helps to read it.
func plainCode(text string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed(text)))
}
