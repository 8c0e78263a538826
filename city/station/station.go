package station

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/geo"
)

// Place is somewhere people come to.
type Place struct {
	ID           string
	Kind         string // one of kinds
	EmployerID   string // "" for a public place
	Name         string
	Address      string
	Region       string // GB/T 2260
	LonE6, LatE6 int64  // millionths of a degree, WGS-84
	RadiusM      int64
}

// owner names who runs the place. A public one is the city's: no employer's id is that, while an
// empty owner would let every employer pass.
func (p Place) owner() string {
	if p.EmployerID == "" {
		return "the city"
	}
	return p.EmployerID
}

// Proof is what somebody shows to prove to be at a place: the code, or a position.
type Proof struct {
	Token        string
	LonE6, LatE6 int64
	AccuracyM    int64 // as the phone claims
}

const (
	nameRunesMax    = 60
	addressRunesMax = 120
	radiusMMin      = 20
	radiusMMax      = 2000
	// accuracyMMax bounds by how much a phone may widen the place; beyond it a position says nothing.
	accuracyMMax = 100
	tagChars     = 13 // 65 bits of the HMAC: not to be guessed within a window
)

var kinds = []string{"workplace", "gig_market", "relay_station", "return_station",
	"training_station", "drivers_home"}

var tagText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// window numbers the stretch of seconds in which a code is shown.
func window(at time.Time, seconds int64) int64 { return at.Unix() / seconds }

// token writes the code of a place in a window: "<window>.<tag>".
func token(key []byte, placeID string, window int64) string {
	var w [8]byte
	binary.BigEndian.PutUint64(w[:], uint64(window))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(placeID))
	mac.Write(w[:])
	return number(window) + "." + tagText.EncodeToString(mac.Sum(nil))[:tagChars]
}

func number(n int64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	return strings.TrimLeft(tagText.EncodeToString(b[:]), "0")
}

// checkToken tells a good code from a stale and a forged one. It compares in constant time.
func checkToken(key []byte, placeID, shown string, now int64) error {
	for _, w := range []int64{now, now - 1} {
		if hmac.Equal([]byte(shown), []byte(token(key, placeID, w))) {
			return nil
		}
	}
	stamp, _, _ := strings.Cut(shown, ".")
	for back := int64(2); back <= staleWindows; back++ {
		if stamp == number(now-back) && hmac.Equal([]byte(shown), []byte(token(key, placeID, now-back))) {
			return fault.New(fault.Forbidden, "station.qr_stale").OnField("token")
		}
	}
	return fault.New(fault.Forbidden, "station.qr_forged").OnField("token")
}

// windowOf reads the window out of a code that is not later than now, and proves it.
func windowOf(key []byte, placeID, shown string, now int64) (int64, error) {
	stamp, _, _ := strings.Cut(shown, ".")
	w, ok := readNumber(stamp)
	if !ok || w > now || !hmac.Equal([]byte(shown), []byte(token(key, placeID, w))) {
		return 0, fault.New(fault.Forbidden, "station.qr_forged").OnField("token")
	}
	return w, nil
}

// readNumber reads what number wrote.
func readNumber(text string) (int64, bool) {
	const chars = 13 // of eight bytes
	if len(text) > chars {
		return 0, false
	}
	b, err := tagText.DecodeString(strings.Repeat("0", chars-len(text)) + text)
	if err != nil || len(b) != 8 {
		return 0, false
	}
	n := binary.BigEndian.Uint64(b)
	return int64(n), n <= 1<<62
}

// staleWindows is how far back a code is recognised as merely old: an hour of half minutes.
const staleWindows = 120

// check refuses a place that cannot be.
func (p Place) check() error {
	known := false
	for _, k := range kinds {
		known = known || k == p.Kind
	}
	switch {
	case !known:
		return fault.New(fault.Invalid, "station.kind").OnField("kind")
	case strings.TrimSpace(p.Name) == "" || utf8.RuneCountInString(p.Name) > nameRunesMax:
		return fault.New(fault.Invalid, "station.name", "max", nameRunesMax).OnField("name")
	case strings.TrimSpace(p.Address) == "" || utf8.RuneCountInString(p.Address) > addressRunesMax:
		return fault.New(fault.Invalid, "station.address", "max", addressRunesMax).OnField("address")
	case geo.OutOfChina(p.LonE6, p.LatE6) != "":
		return fault.New(fault.Invalid, "station.position").OnField(geo.OutOfChina(p.LonE6, p.LatE6))
	case p.RadiusM < radiusMMin || p.RadiusM > radiusMMax:
		return fault.New(fault.Invalid, "station.radius", "least", radiusMMin, "most", radiusMMax).
			OnField("radius_m")
	}
	return nil
}
