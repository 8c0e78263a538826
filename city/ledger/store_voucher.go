package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/money"
)

// getVoucher reads an entry with its postings and digests it as it stands.
func getVoucher(ctx context.Context, r db.Reader, id string) (VoucherView, error) {
	v := VoucherView{ID: id}
	sum := sha256.New()
	err := db.Each(ctx, r, `SELECT n, account, amount_fen, at_ms, employer_id FROM postings
		WHERE entry_id = $1 ORDER BY n`, []any{id}, func(scan func(...any) error) error {
		var n, at int64
		var account string
		var fen money.Fen
		if err := scan(&n, &account, &fen, &at, &v.EmployerID); err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d %s %d %d\n", id, n, account, int64(fen), at)
		kind, _, _ := strings.Cut(account, "/")
		v.Postings = append(v.Postings, VoucherPosting{kind, fen})
		v.At = clock.At(at)
		return nil
	})
	if err == nil && len(v.Postings) == 0 {
		err = noVoucher()
	}
	v.What = lineOf(id, v.At).What
	v.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return v, err
}
