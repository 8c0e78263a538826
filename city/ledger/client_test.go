package ledger

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/money"
)

// said is a bank that always says the same.
type said struct {
	status int
	body   string
}

func (s said) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Status: http.StatusText(s.status), Request: r,
		Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

func clientOf(status int, body string) *Client {
	return NewClient("http://bank", &http.Client{Transport: said{status, body}})
}

// Goal: a page of credits that would lose or repeat money, and whatever is no answer, is refused;
// nonsense for an account is taken, so that it stops nobody else's money.
func TestClientCredits(t *testing.T) {
	t.Parallel()
	credit := `{"n":%d,"id":"c","account":"e","amount_fen":%d,"at_ms":1}`
	good := fmt.Sprintf(credit, 8, 100)
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   int // credits; -1 for none, with an error
	}{
		{"OK", 200, `{"credits":[` + good + `,` + fmt.Sprintf(credit, 9, 1) + `]}`, 2},
		{"OK/Empty", 200, `{"credits":[]}`, 0},
		{"Error", 500, `{"credits":[]}`, -1},
		{"NotJSON", 200, `<html>`, -1},
		{"CutShort", 200, `{"credits":[` + good, -1},
		{"NumberAgain", 200, `{"credits":[` + good + `,` + good + `]}`, -1},
		{"NumberSeen", 200, `{"credits":[` + fmt.Sprintf(credit, 7, 100) + `]}`, -1},
		{"NoMoney", 200, `{"credits":[` + fmt.Sprintf(credit, 8, 0) + `]}`, -1},
		{"TooMuch", 200, `{"credits":[` + fmt.Sprintf(credit, 8, money.MaxFen+1) + `]}`, -1},
		{"OK/NoAccount", 200, `{"credits":[{"n":8,"id":"c","amount_fen":1}]}`, 1},
		{"NoID", 200, `{"credits":[{"n":8,"account":"e","amount_fen":1}]}`, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := clientOf(c.status, c.body).Credits(context.Background(), 7, 10)
			refused := fault.Is(err, "ledger.bank_unavailable")
			if c.want < 0 && refused && got == nil {
				return
			}
			if c.want < 0 || err != nil || len(got) != c.want {
				t.Fatalf("got %+v, %v", got, err)
			}
		})
	}
}

// Goal: an order shows no card, however it is printed.
func TestOrderMasks(t *testing.T) {
	t.Parallel()
	o := Order{Key: "pay_1", AmountFen: 19200, Card: "6222021234567890128", Name: "张三"}
	printed := []string{fmt.Sprint(o), fmt.Sprintf("%+v", o), fmt.Sprintf("%v", []Order{o})}
	for _, text := range printed {
		if strings.Contains(text, "6222") || !strings.Contains(text, "pay_1: 192.00 yuan") {
			t.Errorf("printed %s", text)
		}
	}
}

// FuzzAnswers: whatever the bank says, an answer is well formed and bounded, or there is none.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"lines":[{"key":"pay_1","state":"paid","at_ms":1772409600000}]}`)
	f.Add(`{"lines":[{"key":"pay_1","state":"rejected","reason":"` + strings.Repeat("账", 300) + `"}]}`)
	f.Add(`{"lines":[null,{}]}`)
	f.Add(`{"lines":[{"key":"pay_1","state":"rejected","reason":"a\u0000b","at_ms":-1}]}`)
	f.Add("{\"lines\":[{\"reason\":\"\xff\"}]}")
	f.Fuzz(func(t *testing.T, body string) {
		answers, err := clientOf(200, body).Ask(context.Background(), []string{"pay_1"})
		if err != nil && !fault.Is(err, "ledger.bank_unavailable") {
			t.Fatalf("%v", err)
		}
		for _, a := range answers {
			if !utf8.ValidString(a.Reason) || strings.Contains(a.Reason, "\x00") ||
				utf8.RuneCountInString(a.Reason) > reasonRunesMax {
				t.Fatalf("reason %q", a.Reason)
			}
			p := Payout{State: Sent, WantedAt: noon}.answered(a, noon)
			if p.EndedAt.After(noon) || p.State == "" {
				t.Fatalf("%+v makes %+v", a, p)
			}
		}
	})
}
