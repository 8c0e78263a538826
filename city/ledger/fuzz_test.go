package ledger

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// Goal: a page of credits is refused whole, or every credit on it can be posted once: numbers that
// rise, amounts within their bound, ids and words that both engines keep.
func FuzzCredits(f *testing.F) {
	for _, s := range []string{
		`{"credits":[{"n":8,"id":"c1","account":"emp_1","amount_fen":100,"at_ms":1772409600000}]}`,
		`{"credits":[{"n":8,"id":"a\u0000","account":"emp_1","amount_fen":1}]}`,
		`{"credits":[{"n":8,"id":"c1","account":"emp_1/x","amount_fen":1}]}`,
		`{"credits":[{"n":9,"id":"a","account":"b","amount_fen":1},
			{"n":8,"id":"c","account":"d","amount_fen":1}]}`,
		`{"credits":[{"n":9223372036854775807,"id":"a","account":"b","amount_fen":1000000000000}]}`,
		`{"credits":[{"n":8,"id":"a","account":"b","amount_fen":-1}]}`, `{"credits":[null]}`,
		`null`, `[]`,
	} {
		f.Add(s, int64(7))
	}
	f.Fuzz(func(t *testing.T, body string, after int64) {
		page, err := clientOf(200, body).Credits(context.Background(), after, batch)
		if err != nil {
			if page != nil || !fault.Is(err, "ledger.bank_unavailable") {
				t.Errorf("%q: %+v, %v", body, page, err)
			}
			return
		}
		for _, c := range page {
			if c.N <= after || c.AmountFen <= 0 || c.AmountFen > money.MaxFen {
				t.Errorf("after %d: %+v", after, c)
			}
			after = c.N
			if c.ID == "" || strings.Contains(c.ID+c.Account, "\x00") ||
				!utf8.ValidString(c.Account) || utf8.RuneCountInString(c.Account) > reasonRunesMax {
				t.Errorf("%+v cannot be kept", c)
			}
		}
	})
}
