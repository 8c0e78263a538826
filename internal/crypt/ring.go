package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	keyBytes   = 32
	keyIDBytes = 4
	nonceBytes = 12
	tagBytes   = 16
	version    = 1

	headBytes = 1 + keyIDBytes
	leastSize = headBytes + nonceBytes + tagBytes
)

// Key is one secret of a ring. It shows itself by its id only.
type Key struct {
	id     [keyIDBytes]byte
	secret [keyBytes]byte
}

// NewKey makes a key from the machine's entropy.
func NewKey() Key {
	var secret [keyBytes]byte
	rand.Read(secret[:]) // never fails (crypto/rand)
	return keyOf(secret)
}

// KeyFromSeed gives the same key for the same seed; for simulated cities and tests only, since
// whoever knows the seed can read all.
func KeyFromSeed(seed uint64) Key {
	var s [8]byte
	binary.BigEndian.PutUint64(s[:], seed)
	return keyOf([keyBytes]byte(expand(s[:], "simulated city")))
}

func keyOf(secret [keyBytes]byte) Key {
	return Key{[keyIDBytes]byte(expand(secret[:], "key id")), secret}
}

// GoString shows the id.
func (k Key) GoString() string { return k.String() }

// String shows the id.
func (k Key) String() string { return "key " + hex.EncodeToString(k.id[:]) }

// Ring is the Box made of software keys: AES-256-GCM fields, HMAC-SHA-256 digests, HKDF-SHA-256
// between the uses of one secret. It is safe for concurrent use.
//
// A sealed field is: version (1 byte), key id (4), nonce (12, random), ciphertext, tag (16). The
// field's domain and everything before the nonce are authenticated. One key is good for 2³² fields
// (NIST SP 800-38D 8.3), far more than the numbers of a city.
type Ring struct {
	aeads map[[keyIDBytes]byte]cipher.AEAD
	blind []byte // of the first key
	root  []byte // of the first key
	seal  [keyIDBytes]byte
}

var _ Box = (*Ring)(nil)

// NewRing returns a ring of keys, oldest first. The last one seals; all of them open. The first
// makes the digests and the derived keys, which must not change while the database lives: a new
// key is added after the others and the first is kept.
func NewRing(keys ...Key) (*Ring, error) {
	if len(keys) == 0 {
		return nil, errors.New("crypt: a ring needs a key")
	}
	r := &Ring{aeads: make(map[[keyIDBytes]byte]cipher.AEAD, len(keys)),
		blind: expand(keys[0].secret[:], "blind"), root: expand(keys[0].secret[:], "derive")}
	for _, k := range keys {
		if _, twice := r.aeads[k.id]; twice {
			return nil, fmt.Errorf("crypt: %s stands in the ring twice", k)
		}
		block, err := aes.NewCipher(expand(k.secret[:], "seal"))
		if err != nil {
			return nil, fmt.Errorf("crypt: %s: %w", k, err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("crypt: %s: %w", k, err)
		}
		r.aeads[k.id], r.seal = aead, k.id
	}
	return r, nil
}

// Seal encrypts with the newest key.
func (r *Ring) Seal(domain, plain string) ([]byte, error) {
	out := make([]byte, headBytes+nonceBytes, leastSize+len(plain))
	out[0] = version
	copy(out[1:], r.seal[:])
	nonce := out[headBytes:]
	rand.Read(nonce) // never fails (crypto/rand)
	return r.aeads[r.seal].Seal(out, nonce, []byte(plain), bound(out, domain)), nil
}

// Open decrypts with the key that sealed. Its error names the domain, never the content.
func (r *Ring) Open(domain string, sealed []byte) (string, error) {
	if !LooksSealed(sealed) {
		return "", fmt.Errorf("crypt: a field of %s is not sealed", domain)
	}
	id := [keyIDBytes]byte(sealed[1:headBytes])
	aead, ok := r.aeads[id]
	if !ok {
		return "", fmt.Errorf("crypt: a field of %s needs key %x, which is not here", domain, id)
	}
	nonce, text := sealed[headBytes:headBytes+nonceBytes], sealed[headBytes+nonceBytes:]
	plain, err := aead.Open(nil, nonce, text, bound(sealed, domain))
	if err != nil {
		return "", fmt.Errorf("crypt: a field of %s was changed or belongs elsewhere: %w", domain, err)
	}
	return string(plain), nil
}

// Blind gives HMAC-SHA-256 of domain and text under the first key.
func (r *Ring) Blind(domain, plain string) string {
	mac := hmac.New(sha256.New, r.blind)
	mac.Write([]byte(domain))
	mac.Write([]byte{0}) // so that ("ab","c") is not ("a","bc")
	mac.Write([]byte(plain))
	return hex.EncodeToString(mac.Sum(nil))
}

// Derive gives a key for the purpose, made from the first key.
func (r *Ring) Derive(purpose string) []byte { return expand(r.root, purpose) }

// LooksSealed tells, without a key, whether a field has the form that Seal gives it.
func LooksSealed(field []byte) bool { return len(field) >= leastSize && field[0] == version }

// bound is what a field is authenticated with besides its text.
func bound(sealed []byte, domain string) []byte {
	return append(append(make([]byte, 0, headBytes+len(domain)), sealed[:headBytes]...), domain...)
}

// expand derives 32 bytes for one use of a secret.
func expand(secret []byte, use string) []byte {
	b, err := hkdf.Key(sha256.New, secret, nil, "gongyi/"+use, keyBytes)
	if err != nil {
		panic("crypt: hkdf refuses its fixed length: " + err.Error())
	}
	return b
}
