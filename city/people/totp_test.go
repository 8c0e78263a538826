package people

import (
	"testing"
	"time"
)

// Goal: the codes are those of RFC 4226, appendix D, and RFC 6238, appendix B.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676",
		"287922", "162583", "399871", "520489"} {
		if got := hotp(secret, uint64(counter), 6); got != want {
			t.Errorf("counter %d is %s, want %s", counter, got, want)
		}
	}
	for seconds, want := range map[int64]string{59: "94287082", 1111111109: "07081804",
		1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037",
		20000000000: "65353130"} {
		if got := hotp(secret, uint64(stepOf(time.Unix(seconds, 0))), 8); got != want {
			t.Errorf("second %d is %s, want %s", seconds, got, want)
		}
	}
}

// Goal: a code is good in its own 30 seconds and those beside it, and no earlier than the last one
// that was used.
func TestTOTPStep(t *testing.T) {
	t.Parallel()
	secret, now := []byte("12345678901234567890"), time.Unix(1_234_567_890, 0)
	code := hotp(secret, uint64(stepOf(now)), 6)
	for _, row := range []struct {
		later time.Duration
		after int64
		good  bool
	}{{0, 0, true}, {30 * time.Second, 0, true}, {-30 * time.Second, 0, true},
		{60 * time.Second, 0, false}, {-60 * time.Second, 0, false}, {0, stepOf(now) - 1, true},
		{0, stepOf(now), false}} {
		if got := totpStep(secret, code, now.Add(row.later), row.after) > 0; got != row.good {
			t.Errorf("%v later, after %d: %v", row.later, row.after, got)
		}
	}
	if totpStep(secret, "12345", now, 0) > 0 || totpStep(secret, "", now, 0) > 0 {
		t.Error("a short code is good")
	}
}
