package sim

import (
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/deed"
)

// Dossier gives the papers with which an employer is let in: made up, complete, and 长期 but for
// the letter of authority. key makes the idempotency key of each.
func Dossier(e people.EmployerView, key func(op string) deed.Keyed) []market.AddDocument {
	_, idNumber, _, _ := MadeUp(1, 1, e.Region)
	papers := []market.AddDocument{
		{Kind: market.DocLicence, Number: e.USCC},
		{Kind: market.DocBrief},
		{Kind: market.DocHandler, Number: idNumber, Holder: "演示经办人"},
		{Kind: market.DocAuthority, Holder: "演示经办人", ValidUntil: "2099-12-31"},
	}
	for i := range papers {
		p := &papers[i]
		p.Keyed, p.EmployerID = key("paper/"+string(p.Kind)), e.ID
		p.Digest = strings.Repeat(fmt.Sprintf("%02x", i+1), 32)
	}
	return papers
}
