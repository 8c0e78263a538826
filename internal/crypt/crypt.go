// Package crypt encrypts the fields that must not be readable in a copy of the database.
package crypt

// Box seals and opens single fields. A sealed field carries the id of its key, so keys can be
// changed; the interface lets a certified module replace the software keys.
type Box interface {
	// Seal encrypts; domain ("worker.id_number") is authenticated with it, so that a field
	// cannot be moved to another column.
	Seal(domain string, plain string) ([]byte, error)
	// Open decrypts what Seal made for the same domain.
	Open(domain string, sealed []byte) (string, error)
	// Blind gives a keyed digest for equality look-ups, in hex; the same for the same domain and text.
	Blind(domain string, plain string) string
	// Derive gives 32 bytes of key material for a named purpose.
	Derive(purpose string) []byte
}
