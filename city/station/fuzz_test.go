package station

import (
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/fault"
)

// Goal: of all texts that somebody may show at a door, only the code of that door, of this half
// minute or the last, opens it; a code reads the same whatever place or window it is of.
func FuzzToken(f *testing.F) {
	key := []byte("key of the place")
	for _, now := range []int64{0, 1, 2, 31, 32, 59_000_000, -1, 1<<63 - 1, -1 << 63} {
		for _, shown := range []string{"", ".", token(key, "plc_1", now), token(key, "plc_1", now-1),
			token(key, "plc_1", now-2), strings.ToUpper(token(key, "plc_1", now)), "０.x", "\xff\x00"} {
			f.Add("plc_1", shown, now)
		}
	}
	f.Fuzz(func(t *testing.T, place, shown string, now int64) {
		is := token(key, place, now)
		opens := shown == is || shown == token(key, place, now-1)
		err := checkToken(key, place, shown, now)
		if (err == nil) != opens {
			t.Errorf("%q at %q in window %d: %v", shown, place, now, err)
		}
		if err != nil && !fault.Is(err, "station.qr_stale") && !fault.Is(err, "station.qr_forged") {
			t.Errorf("%q is refused with %v", shown, err)
		}
		for _, c := range []struct {
			place string
			later int64
			want  string
		}{{place, 0, ""}, {place, 1, ""}, {place, 2, "station.qr_stale"},
			{place, staleWindows, "station.qr_stale"}, {place, staleWindows + 1, "station.qr_forged"},
			{place, -1, "station.qr_forged"}, {place + "x", 0, "station.qr_forged"}} {
			if got := fault.CodeOf(checkToken(key, c.place, is, now+c.later)); got != c.want {
				t.Errorf("the code of %q in window %d, %d windows later at %q: %q, want %q", place, now,
					c.later, c.place, got, c.want)
			}
		}
		if stamp, tag, _ := strings.Cut(is, "."); len(tag) != tagChars ||
			strings.Trim(stamp+tag, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
			t.Errorf("the code %q cannot be typed", is)
		}
	})
}
