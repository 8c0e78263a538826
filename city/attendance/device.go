package attendance

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/fault"
)

// devicesMax bounds the phones of one worker.
const devicesMax = 5

// ArrivalText is what a phone signs for an arrival without network, byte for byte: a line each for
// the name of this form, the placement, the worker, the phone's time in milliseconds since 1970 and
// the place's code as scanned. No line ends after the last.
func ArrivalText(placementID, workerID string, deviceAt time.Time, token string) string {
	return fmt.Sprintf("gongyi.arrival.v1\n%s\n%s\n%d\n%s", placementID, workerID,
		clock.MS(deviceAt), token)
}

// checkKey refuses what is no Ed25519 public key in hex.
// Faults: attendance.device_key (invalid).
func checkKey(public string) error {
	if key, err := hex.DecodeString(public); err != nil || len(key) != ed25519.PublicKeySize {
		return fault.New(fault.Invalid, "attendance.device_key").OnField("public_key")
	}
	return nil
}

// verify tells whether the phone with that key signed the text.
// Faults: attendance.signature (forbidden).
func verify(public, text, signature string) error {
	key, err := hex.DecodeString(public)
	if err != nil {
		return fmt.Errorf("attendance: a stored key reads %q: %w", public, err)
	}
	sig, err := hex.DecodeString(signature)
	if err != nil || len(sig) != ed25519.SignatureSize ||
		!ed25519.Verify(key, []byte(text), sig) {
		return fault.New(fault.Forbidden, "attendance.signature").OnField("signature")
	}
	return nil
}

// placeTime gives when the phone was at the place: its own time, as far as the code allows, which
// the place showed from one instant until another. The place's clock is right.
// Faults: attendance.clock_drift (conflict) when the phone's clock is further off than the bound.
func placeTime(deviceAt, from, until time.Time, driftMax time.Duration) (time.Time, error) {
	at := deviceAt
	if at.Before(from) {
		at = from
	}
	if at.After(until) {
		at = until
	}
	if drift := deviceAt.Sub(at).Abs(); drift > driftMax {
		return at, fault.New(fault.Conflict, "attendance.clock_drift",
			"min", int64((drift+time.Minute-1)/time.Minute)).OnField("device_at")
	}
	return at, nil
}
