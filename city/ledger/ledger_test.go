package ledger

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/money"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// Goal: an entry that is out of balance, empty or nameless cannot be written.
func TestEntryCheck(t *testing.T) {
	t.Parallel()
	two := func(a, b money.Fen) []Posting {
		return []Posting{{Available("e"), a}, {Hold("p"), b}}
	}
	for _, c := range []struct {
		name string
		e    Entry
		want string
	}{
		{"OK", Entry{Kind: "k", Source: "s", Postings: two(-1, 1)}, ""},
		{"OK/Max", Entry{Kind: "k", Source: "s", Postings: two(-money.MaxFen, money.MaxFen)}, ""},
		{"NoKind", Entry{Source: "s", Postings: two(-1, 1)}, "without kind"},
		{"NoSource", Entry{Kind: "k", Postings: two(-1, 1)}, "without kind or source"},
		{"Empty", Entry{Kind: "k", Source: "s"}, "0 postings"},
		{"OneFenShort", Entry{Kind: "k", Source: "s", Postings: two(-2, 1)}, "sum to -1 fen"},
		{"Zero", Entry{Kind: "k", Source: "s", Postings: two(0, 0)}, "posts 0 fen"},
		{"TooMuch", Entry{Kind: "k", Source: "s", Postings: two(-money.MaxFen-1, money.MaxFen+1)},
			"posts"},
		{"Twice", Entry{Kind: "k", Source: "s",
			Postings: append(two(-1, 2), Posting{Available("e"), -1})},
			"posts to employer/e twice"},
		{"EndsTooMuch", Entry{Kind: "k", Source: "s", Ends: HoldView{ID: "p", LeftFen: 1},
			Postings: two(2, -2)}, "spends more than is left of hold p"},
		{"NoOwner", Entry{Kind: "k", Source: "s", Postings: []Posting{{Hold(""), -1}, {Hold("p"), 1}}},
			`account "hold/"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.e.check()
			if c.want == "" && err == nil {
				return
			}
			if c.want == "" || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Goal: an entry posts once to an account and forgets what cancels out; the kept balances change in
// order of account, but for the hold that the entry ends.
func TestEntryChanges(t *testing.T) {
	t.Parallel()
	e := Entry{Kind: "k", Source: "s"}
	e.Move(Hold("b"), Payable("l"), 5)
	e.Move(Available("e"), Payable("l"), 2)
	e.Move(Hold("b"), Available("e"), 1)
	e.Move(Hold("a"), Premium("i"), 3)
	e.Move(Hold("c"), Hold("c"), 9)
	e.Move(Hold("d"), Hold("e"), 0)
	posts := []Posting{{Hold("b"), -6}, {Payable("l"), 7}, {Available("e"), -1}, {Hold("a"), -3},
		{Premium("i"), 3}}
	if !slices.Equal(e.Postings, posts) {
		t.Fatalf("postings %v, want %v", e.Postings, posts)
	}
	want := []Posting{{Available("e"), -1}, {Hold("a"), -3}, {Hold("b"), -6}}
	if got := e.changes(); !slices.Equal(got, want) {
		t.Fatalf("changes %v, want %v", got, want)
	}
	e.Ends = HoldView{ID: "b", LeftFen: 10}
	if got := e.changes(); !slices.Equal(got, want[:2]) || e.rest() != 4 {
		t.Fatalf("ending b: changes %v, rest %d", got, e.rest())
	}
}

// Goal: every answer of the bank, and none, moves a payout as doc.go draws it.
func TestPayoutAnswered(t *testing.T) {
	t.Parallel()
	wanted := Payout{ID: "pay_1", LineID: "l", EmployerID: "e", AmountFen: 100,
		WantedAt: noon.Add(-time.Hour)}
	sent := wanted.claimed(noon)
	if sent.State != Sent || !sent.NextAt.Equal(noon.Add(askAfter)) || sent.Attempts != 0 {
		t.Fatalf("claimed: %+v", sent)
	}
	for _, c := range []struct {
		name    string
		answer  Answer
		state   State
		endedAt time.Time
		reason  string
	}{
		{"Paid", Answer{State: bankPaid, At: noon.Add(-time.Minute)}, Confirmed,
			noon.Add(-time.Minute), ""},
		{"PaidBeforeWanted", Answer{State: bankPaid, At: noon.Add(-2 * time.Hour)}, Confirmed,
			sent.WantedAt, ""},
		{"PaidInTheFuture", Answer{State: bankPaid, At: noon.Add(time.Hour)}, Confirmed, noon, ""},
		{"Rejected", Answer{State: bankRejected, Reason: "closed", At: noon}, Failed, noon, "closed"},
		{"Accepted", Answer{State: bankAccepted}, Sent, time.Time{}, ""},
		{"NeverSeen", Answer{State: bankNeverSeen}, Wanted, time.Time{}, ""},
		{"Lost", Answer{}, Unknown, time.Time{}, ""},
		{"Nonsense", Answer{State: "perhaps", Reason: "x"}, Unknown, time.Time{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := sent.answered(c.answer, noon)
			if got.State != c.state || got.Attempts != 1 || !got.EndedAt.Equal(c.endedAt) ||
				got.Reason != c.reason || got.ID != sent.ID || got.AmountFen != sent.AmountFen {
				t.Fatalf("got %+v", got)
			}
			if ended := got.ended(); got.NextAt.Equal(Never) != ended {
				t.Fatalf("next at %v", got.NextAt)
			}
		})
	}
}

// Goal: waits double between their bounds, and after attemptsMax a payout waits for a person.
func TestPayoutAttempts(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int64]time.Duration{1: waitFirst, 2: 2 * waitFirst,
		3: 4 * waitFirst, 6: 16 * time.Minute, 7: waitMax, 59: waitMax} {
		if got := wait(attempts); got != want {
			t.Errorf("wait(%d) = %v, want %v", attempts, got, want)
		}
	}
	p := Payout{State: Sent}
	for p.Attempts < attemptsMax-1 {
		if p = p.answered(Answer{}, noon); p.NextAt.Equal(Never) {
			t.Fatalf("gave up after %d attempts", p.Attempts)
		}
	}
	if p = p.answered(Answer{State: bankAccepted}, noon); !p.NextAt.Equal(Never) || p.State != Sent {
		t.Fatalf("after %d attempts: %+v", p.Attempts, p)
	}
}
