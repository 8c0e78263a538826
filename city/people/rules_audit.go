package people

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
)

// audit is a row of the audit log. N counts the rows of its subject; Hash stands on the hash of the
// row before, so that a row cannot be changed, removed or slipped in without the next one telling.
type audit struct {
	ID, AccountID, What, Subject, Reason string
	AtMS, N                              int64
	Hash                                 string
}

// chained gives the row as the one behind a row with that number and hash (0 and "" for the first).
func (a audit) chained(n int64, prev string) audit {
	a.N = n + 1
	a.Hash = a.digest(prev)
	return a
}

// digest is over the hash before and everything that the row says. JSON keeps the parts apart.
func (a audit) digest(prev string) string {
	text, err := json.Marshal([]any{prev, a.N, a.Subject, a.ID, a.AccountID, a.What, a.Reason, a.AtMS})
	if err != nil {
		panic("people: an audit row that JSON cannot hold: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// seal closes the audit log up to an instant.
type seal struct {
	N, UntilMS, Rows int64
	Hash             string
}

// sealing makes a seal of the hashes added to it, in order of time and id.
type sealing struct {
	sum  hash.Hash
	rows int64
}

func newSealing() *sealing { return &sealing{sum: sha256.New()} }

func (s *sealing) add(hash string) {
	fmt.Fprintf(s.sum, "%s\n", hash)
	s.rows++
}

// upon gives the seal that follows another.
func (s *sealing) upon(before seal, untilMS int64) seal {
	next := seal{N: before.N + 1, UntilMS: untilMS, Rows: s.rows}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%d\n%x", before.Hash, next.N, next.UntilMS,
		next.Rows, s.sum.Sum(nil)))
	next.Hash = hex.EncodeToString(sum[:])
	return next
}
