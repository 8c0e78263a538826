package crypt_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
)

const id = "11010519491231002X" // the example of GB 11643

func ring(t testing.TB, keys ...crypt.Key) *crypt.Ring {
	t.Helper()
	r, err := crypt.NewRing(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func seal(t testing.TB, r *crypt.Ring, domain, plain string) []byte {
	t.Helper()
	b, err := r.Seal(domain, plain)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Goal: what was sealed opens, the same text is never sealed to the same bytes, and nothing of it
// can be seen.
func TestSealOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, crypt.KeyFromSeed(1))
	rapid.Check(t, func(rt *rapid.T) {
		domain, plain := rapid.String().Draw(rt, "domain"), rapid.String().Draw(rt, "plain")
		a, b := seal(t, r, domain, plain), seal(t, r, domain, plain)
		if bytes.Equal(a, b) {
			rt.Fatal("sealed twice to the same bytes")
		}
		if len(plain) > 3 && bytes.Contains(a, []byte(plain)) {
			rt.Fatal("the text stands in the sealed field")
		}
		if !crypt.LooksSealed(a) {
			rt.Fatal("does not look sealed")
		}
		if got, err := r.Open(domain, a); err != nil || got != plain {
			rt.Fatalf("opened %q, %v, want %q", got, err, plain)
		}
	})
}

// Goal: any changed bit, a cut, and another column's domain are refused, and the error says nothing
// of the content.
func TestTampered(t *testing.T) {
	t.Parallel()
	r := ring(t, crypt.KeyFromSeed(1))
	sealed := seal(t, r, "worker.id_number", id)
	refused := func(what, domain string, field []byte) {
		t.Helper()
		got, err := r.Open(domain, field)
		if err == nil || got != "" {
			t.Errorf("%s: opened %q", what, got)
		} else if strings.Contains(err.Error(), id[:6]) {
			t.Errorf("%s: the error shows the content: %v", what, err)
		}
	}
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			refused(fmt.Sprintf("byte %d bit %d", i, bit), "worker.id_number", bad)
		}
		refused(fmt.Sprintf("cut at %d", i), "worker.id_number", sealed[:i])
	}
	refused("longer", "worker.id_number", append(bytes.Clone(sealed), 0))
	refused("other domain", "worker.card", sealed)
	refused("in clear", "worker.id_number", []byte(id+id+id))
	refused("empty", "worker.id_number", nil)
	if crypt.LooksSealed([]byte(id + id)) {
		t.Error("a number in clear looks sealed")
	}
}

// Goal: after a key was added new fields are sealed by it, old ones open, digests and derived keys
// stay; without the new key its fields do not open, and the error names the key.
func TestKeyChange(t *testing.T) {
	t.Parallel()
	oldKey, newKey := crypt.KeyFromSeed(1), crypt.KeyFromSeed(2)
	before, after := ring(t, oldKey), ring(t, oldKey, newKey)
	old := seal(t, before, "d", id)
	if got, err := after.Open("d", old); err != nil || got != id {
		t.Errorf("old field: %q, %v", got, err)
	}
	fresh := seal(t, after, "d", id)
	if got, err := after.Open("d", fresh); err != nil || got != id {
		t.Errorf("new field: %q, %v", got, err)
	}
	if bytes.Equal(old[1:5], fresh[1:5]) {
		t.Error("the new key is not the one that seals")
	}
	_, err := before.Open("d", fresh)
	if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(newKey.String(), "key ")) {
		t.Errorf("without the new key: %v", err)
	}
	if before.Blind("d", id) != after.Blind("d", id) {
		t.Error("the digest changed with the key")
	}
	if !bytes.Equal(before.Derive("p"), after.Derive("p")) {
		t.Error("the derived key changed with the key")
	}
	if _, err := crypt.NewRing(oldKey, oldKey); err == nil {
		t.Error("one key twice was taken")
	}
	if _, err := crypt.NewRing(); err == nil {
		t.Error("a ring without keys was made")
	}
}

// Goal: digests and derived keys depend on key, domain and text, and on where one ends and the
// other begins.
func TestBlindAndDerive(t *testing.T) {
	t.Parallel()
	a, b := ring(t, crypt.KeyFromSeed(1)), ring(t, crypt.KeyFromSeed(2))
	digests := map[string]string{}
	for name, d := range map[string]string{
		"a":            a.Blind("phone", "13800138000"),
		"other key":    b.Blind("phone", "13800138000"),
		"other domain": a.Blind("id", "13800138000"),
		"other text":   a.Blind("phone", "13800138001"),
		"moved border": a.Blind("phone1", "3800138000"),
	} {
		if len(d) != 64 || strings.Trim(d, "0123456789abcdef") != "" {
			t.Errorf("%s: %q is not 64 hex digits", name, d)
		}
		if other, twice := digests[d]; twice {
			t.Errorf("%s and %s have one digest", name, other)
		}
		digests[d] = name
	}
	if a.Blind("phone", "13800138000") != ring(t, crypt.KeyFromSeed(1)).Blind("phone", "13800138000") {
		t.Error("the digest is not the same twice")
	}
	k := a.Derive("qr")
	if len(k) != 32 || bytes.Equal(k, a.Derive("other")) || bytes.Equal(k, b.Derive("qr")) {
		t.Errorf("derived keys: %d bytes, or not apart", len(k))
	}
}

// Goal: a key never shows its secret when it is printed.
func TestKeyMasks(t *testing.T) {
	t.Parallel()
	k := crypt.KeyFromSeed(7)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, k); len(got) > len(`"key 01234567"`) {
			t.Errorf("%s shows %s", verb, got)
		}
	}
}

// Goal: the first start makes one key file for the owner's eyes, whoever of eight is first; every
// later start reads the same key, and no draft stays behind.
func TestLoadOrMake(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "city.db.key")
	if _, err := crypt.LoadKeyFile(path); !fault.Is(err, "crypt.key_missing") {
		t.Errorf("before: %v", err)
	}
	var wg sync.WaitGroup
	digests := make([]string, 8)
	for i := range digests {
		wg.Go(func() {
			keys, err := crypt.LoadOrMakeKeyFile(path)
			if err != nil || len(keys) != 1 {
				t.Errorf("%d keys, %v", len(keys), err)
				return
			}
			digests[i] = ring(t, keys...).Blind("d", id)
		})
	}
	wg.Wait()
	for _, d := range digests {
		if d != digests[0] {
			t.Error("two starts have two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// Goal: a file with several keys gives them in order; a damaged or exposed one is refused with the
// line, without showing what it holds.
func TestKeyFile(t *testing.T) {
	t.Parallel()
	line := func(b byte) string {
		return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32))
	}
	write := func(text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys, err := crypt.LoadKeyFile(write("# c\n"+line(1)+"\n\n  "+line(2)+"\r\n", 0o600))
	if err != nil || len(keys) != 2 || keys[0].String() == keys[1].String() {
		t.Errorf("two keys: %v, %v", keys, err)
	}
	for _, c := range []struct {
		name, text, want string
		mode             os.FileMode
		line             int
	}{
		{"empty", "", "crypt.key_bad", 0o600, 0},
		{"only comments", "# a\n", "crypt.key_bad", 0o600, 1},
		{"short key", "# a\n" + line(1)[:40] + "\n", "crypt.key_bad", 0o600, 2},
		{"not base64", line(1) + "\nsecret!\n", "crypt.key_bad", 0o600, 2},
		{"huge", strings.Repeat("#", 70_000), "crypt.key_bad", 0o600, 1},
		{"group may read", line(1), "crypt.key_exposed", 0o640, 0},
		{"all may read", line(1), "crypt.key_exposed", 0o604, 0},
	} {
		_, err := crypt.LoadOrMakeKeyFile(write(c.text, c.mode))
		f := fault.As(err)
		if f == nil || f.Code != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
			continue
		}
		if c.want == "crypt.key_bad" && f.Args["line"] != c.line {
			t.Errorf("%s: line %v, want %d", c.name, f.Args["line"], c.line)
		}
		if strings.Contains(err.Error(), "secret!") || strings.Contains(err.Error(), line(1)[:8]) {
			t.Errorf("%s: shows the key: %v", c.name, err)
		}
	}
	_, err = crypt.LoadOrMakeKeyFile(filepath.Join(t.TempDir(), "no", "k"))
	if !fault.Is(err, "crypt.key_unwritable") {
		t.Errorf("no folder: %v", err)
	}
}

func BenchmarkSeal(b *testing.B) {
	r := ring(b, crypt.KeyFromSeed(1))
	for b.Loop() {
		seal(b, r, "worker.id_number", id)
	}
}

func BenchmarkBlind(b *testing.B) {
	r := ring(b, crypt.KeyFromSeed(1))
	for b.Loop() {
		r.Blind("worker.id_number", id)
	}
}
