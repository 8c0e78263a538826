package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/sandbox"
)

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// world is an outside world and a client that reaches it without a socket.
type world struct {
	*sandbox.Server
	clk    *clock.Fake
	client *http.Client
	faults map[string]sandbox.Fault // "call attempt" or "call"
}

func setup(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	w := &world{clk: clock.NewFake(start), faults: map[string]sandbox.Fault{}}
	if o.Clock == nil {
		o.Clock = w.clk
	}
	o.Faults = func(call, key string, attempt int) sandbox.Fault {
		if f, ok := w.faults[fmt.Sprintf("%s %d", call, attempt)]; ok {
			return f
		}
		return w.faults[call]
	}
	var err error
	if w.Server, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	w.client = &http.Client{Transport: sandbox.Transport(w.Server)}
	return w
}

// call sends JSON and gives status and answer; status 0: the answer was lost.
func (w *world) call(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, "http://outside.invalid"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := w.client.Do(req)
	if errors.Is(err, sandbox.ErrAnswerLost) {
		return 0, ""
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// want calls and compares the whole answer.
func (w *world) want(t *testing.T, method, path, body string, status int, answer string) {
	t.Helper()
	gotStatus, got := w.call(t, method, path, body)
	if gotStatus != status || !strings.Contains(got, answer) {
		t.Errorf("%s %s %s:\n got %d %s\nwant %d %s", method, path, body, gotStatus, got, status, answer)
	}
}

const (
	pay = `{"lines":[{"key":"p1","amount_fen":12345,"card":"6222021234567890123",` +
		`"name":"王小明","account":"emp_1"}]}`
	paySame   = `{"lines":[{"key":"%s","amount_fen":100,"card":"62","name":"王","account":"e"}]}`
	bordereau = `{"key":"b1","rows":[{"cover_id":"c1","plan_id":"pl","person":"ab",` +
		`"premium_fen":300,"effective_at_ms":1000,"expires_at_ms":2000}]}`
	sms = `{"key":"m1","phone":"13800000001","text":"验证码 123456。"}`
)

func at(t time.Time) string { return fmt.Sprintf(`"at_ms":%d`, clock.MS(t)) }

// Goal: a payout is accepted, then paid by the clock; the same key is the same payout; a stranger's
// key was never seen.
func TestPayouts(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{SettleAfter: time.Minute})
	ask := `{"keys":["p1","p2"]}`
	w.want(t, "POST", "/bank/payouts/ask", ask, 200, `{"lines":[`+
		`{"key":"p1","state":"never_seen","reason":"",`+at(start)+`},`+
		`{"key":"p2","state":"never_seen","reason":"",`+at(start)+`}]}`)
	took := `{"lines":[{"key":"p1","state":"accepted","reason":"",` + at(start) + `}]}`
	w.want(t, "POST", "/bank/payouts", pay, 200, took)
	w.clk.Add(time.Minute - time.Millisecond)
	w.want(t, "POST", "/bank/payouts", pay, 200, took)
	w.clk.Add(time.Millisecond)
	settled := `{"key":"p1","state":"paid","reason":"",` + at(start.Add(time.Minute)) + `}`
	w.want(t, "POST", "/bank/payouts/ask", ask, 200, settled)
	w.want(t, "POST", "/bank/payouts", pay, 200, settled)
}

// Goal: a key that comes back with other content spoils its whole request and changes nothing.
func TestPayoutKeyReused(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	w.want(t, "POST", "/bank/payouts", pay, 200, `"accepted"`)
	for _, change := range [][2]string{{"12345", "12346"}, {"0123", "0124"}, {"王小明", "王大明"},
		{"emp_1", "emp_2"}} {
		other := strings.Replace(pay, change[0], change[1], 1)
		both := strings.Replace(other, `[{`, `[{"key":"p2","amount_fen":1,"card":"1","name":"n",`+
			`"account":"a"},{`, 1)
		w.want(t, "POST", "/bank/payouts", both, 409, "p1 came before")
	}
	twice := strings.Replace(pay, `[{`, `[{"key":"p1","amount_fen":1,"card":"1","name":"n",`+
		`"account":"a"},{`, 1)
	w.want(t, "POST", "/bank/payouts", strings.ReplaceAll(twice, "p1", "p3"), 409, "p3 came before")
	w.want(t, "POST", "/bank/payouts/ask", `{"keys":["p2","p3"]}`, 200,
		`"key":"p3","state":"never_seen"`)
}

// Goal: what no bank, insurer or gateway would take is refused with a reason, and nothing is done.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	many := strings.TrimSuffix(strings.Repeat(`"k",`, 1001), ",")
	for _, c := range []struct {
		path, body string
		status     int
		words      string
	}{
		{"/bank/payouts", `{`, 400, "not the JSON"},
		{"/bank/payouts", `{"lines":[]}`, 422, "1 to 1000 lines"},
		{"/bank/payouts", `{"lines":[{"key":""}]}`, 422, "a key has 1 to 200"},
		{"/bank/payouts", strings.Replace(pay, "12345,", "0,", 1), 422, "amount above zero"},
		{"/bank/payouts", strings.Replace(pay, "12345,", "-1,", 1), 422, "amount above zero"},
		{"/bank/payouts", strings.Replace(pay, "12345,", "1.5,", 1), 400, "not the JSON"},
		{"/bank/payouts", strings.Replace(pay, "6222021234567890123", "", 1), 422, "card"},
		{"/bank/payouts", `{"lines":[` + strings.Repeat(" ", 5<<20), 413, "larger than"},
		{"/bank/payouts/ask", `{"keys":[` + many + `]}`, 422, "not 1001"},
		{"/bank/payouts/ask", `{"keys":["` + strings.Repeat("k", 201) + `"]}`, 422, "a key has"},
		{"/bank/credits", `{"id":"c","account":"","amount_fen":5}`, 422, "account"},
		{"/bank/credits", `{"id":"c","account":"e","amount_fen":0}`, 422, "amount"},
		{"/insurer/bordereaux", `{"key":"b","rows":[]}`, 422, "1 to 1000"},
		{"/insurer/bordereaux", strings.Replace(bordereau, "2000", "1000", 1), 422, "end after"},
		{"/sms", `{"key":"m","phone":"","text":"x"}`, 422, "phone"},
		{"/sms", `{"key":"m","phone":"1","text":"` + strings.Repeat("字", 1001) + `"}`, 422, "text"},
		{"/faults", `{"call":"bank.payout","kind":"error","rate_bp":1}`, 422, "bank.payout"},
		{"/faults", `{"call":"bank.credit","kind":"error","rate_bp":1}`, 422, "means nothing"},
		{"/faults", `{"call":"bank.ask","kind":"error","rate_bp":10001}`, 422, "10000"},
	} {
		w.want(t, "POST", c.path, c.body, c.status, c.words)
	}
	for _, path := range []string{"/bank/credits?after=-1", "/bank/credits?limit=0",
		"/bank/credits?limit=1001", "/bank/credits?after=x", "/sms?limit=501"} {
		w.want(t, "GET", path, "", 422, "is a number from")
	}
	w.want(t, "GET", "/bank/credits", "", 200, `{"credits":[]}`)
	w.want(t, "GET", "/sms", "", 200, `{"messages":[]}`)
}

// Goal: an employer's money appears once, in order, page by page; the same id is one credit.
func TestCredits(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	for i, id := range []string{"a", "b", "a", "c"} {
		n := strings.Index("abc", id) + 1
		w.want(t, "POST", "/bank/credits", fmt.Sprintf(`{"id":"%s","account":"emp","amount_fen":%d}`,
			id, n*100), 200, fmt.Sprintf(`{"id":"%s","n":%d}`, id, n))
		w.clk.Add(time.Duration(i) * time.Hour)
	}
	for _, other := range []string{`"emp","amount_fen":101`, `"epm","amount_fen":100`} {
		w.want(t, "POST", "/bank/credits", `{"id":"a","account":`+other+`}`, 409, "a came before")
	}
	w.want(t, "GET", "/bank/credits?after=0&limit=2", "", 200, `{"credits":[`+
		`{"n":1,"id":"a","account":"emp","amount_fen":100,`+at(start)+`},`+
		`{"n":2,"id":"b","account":"emp","amount_fen":200,`+at(start)+`}]}`)
	w.want(t, "GET", "/bank/credits?after=2&limit=2", "", 200, `{"credits":[{"n":3,"id":"c",`)
	w.want(t, "GET", "/bank/credits?after=3", "", 200, `{"credits":[]}`)
	w.faults["bank.credit"] = sandbox.Duplicate
	if err := w.Credit(context.Background(), "d", "emp", 400); err != nil {
		t.Fatal(err)
	}
	w.want(t, "GET", "/bank/credits?after=3", "", 200, `{"credits":[`+
		`{"n":4,"id":"d","account":"emp","amount_fen":400,`+at(w.clk.Now())+`},`+
		`{"n":5,"id":"d","account":"emp","amount_fen":400,`+at(w.clk.Now())+`}]}`)
}

// Goal: a bordereau is taken once; other rows under its key are refused; asking tells its state.
func TestBordereaux(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	w.want(t, "GET", "/insurer/bordereaux/b1", "", 200, `{"state":"never_seen","reason":""}`)
	for range 2 {
		w.want(t, "POST", "/insurer/bordereaux", bordereau, 200, `{"state":"accepted","reason":""}`)
	}
	other := strings.Replace(bordereau, "300", "301", 1)
	w.want(t, "POST", "/insurer/bordereaux", other, 409, "b1 came")
	w.want(t, "GET", "/insurer/bordereaux/b1", "", 200, `{"state":"accepted","reason":""}`)
}

// Goal: messages are shown newest first, by phone or its end, at most as many as asked for; a key
// is one message, whoever repeats it.
func TestSMS(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	for i := range 5 {
		w.want(t, "POST", "/sms", fmt.Sprintf(`{"key":"m%d","phone":"1380000000%d","text":"text %d"}`,
			i, i%2, i), 200, `{"state":"sent","reason":""}`)
	}
	w.want(t, "POST", "/sms", `{"key":"m0","phone":"13900000000","text":"moved"}`, 200, `"sent"`)
	texts := func(ms []sandbox.Message) (s string) {
		for _, m := range ms {
			s += strings.TrimPrefix(m.Text, "text ")
		}
		return s
	}
	for phone, want := range map[string]string{"13800000000": "420", "13800000001": "31",
		"13900000000": "", "0": ""} {
		if got := texts(w.SMS(phone)); got != want {
			t.Errorf("phone %s: messages %s, want %s", phone, got, want)
		}
	}
	for query, want := range map[string][]string{
		"":                   {"text 4", "text 3", "text 2", "text 1", "text 0"},
		"?limit=2":           {"text 4", "text 3"},
		"?phone=13800000001": {"text 3", "text 1"},
		"?phone=01&limit=1":  {"text 3"},
		"?phone=77":          {},
	} {
		_, body := w.call(t, "GET", "/sms"+query, "")
		var out struct{ Messages []struct{ Text string } }
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, m := range out.Messages {
			got = append(got, m.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

// Goal: the inbox is bounded: the oldest messages go, those that stay can all be found.
func TestSMSBounded(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	const n = 5_003
	for i := range n {
		w.want(t, "POST", "/sms", fmt.Sprintf(`{"key":"m%d","phone":"%d","text":"text %d"}`, i, i/2, i),
			200, "sent")
	}
	for phone, want := range map[string]int{"0": 0, "1": 1, "2": 2, "2500": 2, "2501": 1} {
		if got := w.SMS(phone); len(got) != want {
			t.Errorf("phone %s has %d messages, want %d", phone, len(got), want)
		}
	}
	w.want(t, "POST", "/sms", `{"key":"m0","phone":"0","text":"again"}`, 200, "sent")
	if got := w.SMS("0"); len(got) != 0 {
		t.Errorf("a forgotten text came again: %v", got)
	}
}

// Goal: twenty who send one key at once make one message.
func TestSMSRace(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			resp, err := w.client.Post("http://x.invalid/sms", "", strings.NewReader(sms))
			if err != nil || resp.StatusCode != 200 {
				t.Errorf("%v, %v", resp, err)
			}
		})
	}
	wg.Wait()
	if got := w.SMS("13800000001"); len(got) != 1 {
		t.Errorf("%d messages", len(got))
	}
}

// Goal: each fault of each call does what it says, and the caller who comes back with the same key
// ends where it would have been without the fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		call                   string
		method, path, body     string
		done, askPath, askBody string
	}{
		{"bank.payouts", "POST", "/bank/payouts", pay,
			`"state":"accepted"`, "/bank/payouts/ask", `{"keys":["p1"]}`},
		{"insurer.bordereaux", "POST", "/insurer/bordereaux", bordereau,
			`"state":"accepted"`, "/insurer/bordereaux/b1", ""},
		{"sms.send", "POST", "/sms", sms, `"key":"m1"`, "/sms", ""},
	} {
		asked := func(w *world) string {
			method := "GET"
			if c.askBody != "" {
				method = "POST"
			}
			_, answer := w.call(t, method, c.askPath, c.askBody)
			return answer
		}
		for fault, want := range map[sandbox.Fault]struct {
			status int
			done   bool
		}{
			sandbox.None: {200, true}, sandbox.Delay: {200, true}, sandbox.Duplicate: {200, true},
			sandbox.Error: {503, false}, sandbox.LostAnswer: {0, true},
		} {
			w := setup(t, sandbox.Options{})
			w.faults[c.call+" 1"] = fault
			status, _ := w.call(t, c.method, c.path, c.body)
			done := strings.Count(asked(w), c.done)
			if status != want.status || done > 1 || (done == 1) != want.done {
				t.Errorf("%s at %s: status %d, done %d times", fault, c.call, status, done)
			}
			if status, _ := w.call(t, c.method, c.path, c.body); status != 200 {
				t.Errorf("%s at %s: the second attempt got %d", fault, c.call, status)
			}
			if done := strings.Count(asked(w), c.done); done != 1 {
				t.Errorf("%s at %s: done %d times in the end", fault, c.call, done)
			}
		}
	}
}

// Goal: asking can fail as well, and changes nothing.
func TestFaultsOfAsking(t *testing.T) {
	t.Parallel()
	for call, req := range map[string][3]string{
		"bank.ask":     {"POST", "/bank/payouts/ask", `{"keys":["p1"]}`},
		"bank.credits": {"GET", "/bank/credits?after=0", ""},
		"insurer.ask":  {"GET", "/insurer/bordereaux/b1", ""},
	} {
		w := setup(t, sandbox.Options{})
		w.faults[call+" 1"], w.faults[call+" 2"] = sandbox.LostAnswer, sandbox.Error
		for _, want := range []int{0, 503, 200} {
			if status, _ := w.call(t, req[0], req[1], req[2]); status != want {
				t.Errorf("%s: %d, want %d", call, status, want)
			}
		}
	}
}

// Goal: a delay makes the money come later by the clock, and holds nobody up.
func TestDelay(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"bank.payouts", "bank.decide"} {
		w := setup(t, sandbox.Options{SettleAfter: time.Minute, LateBy: time.Hour})
		w.faults[call] = sandbox.Delay
		w.want(t, "POST", "/bank/payouts", pay, 200, `"accepted"`)
		w.clk.Add(time.Hour)
		w.want(t, "POST", "/bank/payouts/ask", `{"keys":["p1"]}`, 200, `"accepted"`)
		w.clk.Add(time.Minute)
		w.want(t, "POST", "/bank/payouts/ask", `{"keys":["p1"]}`, 200,
			`"paid","reason":"",`+at(start.Add(time.Hour+time.Minute)))
	}
}

// Goal: a party that says no says so for good, and why.
func TestDecide(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{})
	for _, call := range []string{"bank.decide 1", "insurer.decide 1", "sms.decide 1"} {
		w.faults[call] = sandbox.Error
	}
	for range 2 {
		w.want(t, "POST", "/bank/payouts", pay, 200, `"rejected","reason":"account closed",`+at(start))
		w.want(t, "POST", "/insurer/bordereaux", bordereau, 200, `"rejected","reason":"the master`)
		w.want(t, "POST", "/sms", sms, 200, `"rejected","reason":"the number`)
		w.clk.Add(time.Hour)
	}
	w.want(t, "GET", "/insurer/bordereaux/b1", "", 200, `"rejected"`)
	if got := w.SMS("13800000001"); len(got) != 0 {
		t.Errorf("a rejected message arrived: %v", got)
	}
}

// Goal: a real delay ends when its caller leaves, and then nothing was done.
func TestAnswerDelay(t *testing.T) {
	t.Parallel()
	w := setup(t, sandbox.Options{AnswerDelay: time.Hour})
	w.faults["sms.send 1"] = sandbox.Delay
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://x.invalid/sms", strings.NewReader(sms))
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := w.client.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", resp, err)
	}
	if got := w.SMS("13800000001"); len(got) != 0 {
		t.Errorf("done for a caller who had left: %v", got)
	}
	short := setup(t, sandbox.Options{AnswerDelay: time.Millisecond})
	short.faults["sms.send"] = sandbox.Delay
	short.want(t, "POST", "/sms", sms, 200, "sent")
}

// Goal: rules set while it runs stand before the given faults, hit about as often as they say, hit
// the same calls again, and end when told so.
func TestRules(t *testing.T) {
	t.Parallel()
	hits := func(bp int64) (n int, pattern string) {
		w := setup(t, sandbox.Options{})
		rule := fmt.Sprintf(`{"call":"bank.payouts","kind":"error","rate_bp":%d}`, bp)
		w.want(t, "POST", "/faults", rule, 200, `"bank.payouts"`)
		for i := range 1000 {
			status, _ := w.call(t, "POST", "/bank/payouts", fmt.Sprintf(paySame, fmt.Sprint("p", i)))
			if status == 503 {
				n++
			}
			pattern += fmt.Sprint(status/500, "")
		}
		return n, pattern
	}
	for bp, bounds := range map[int64][2]int{1: {0, 5}, 3000: {250, 350}, 9999: {990, 1000},
		10_000: {1000, 1000}} {
		if n, _ := hits(bp); n < bounds[0] || n > bounds[1] {
			t.Errorf("%d of 10000: %d of 1000 failed", bp, n)
		}
	}
	_, first := hits(3000)
	if _, again := hits(3000); again != first {
		t.Error("the same calls failed differently")
	}
	w := setup(t, sandbox.Options{})
	w.faults["sms.send"] = sandbox.Error
	err := w.SetFault(sandbox.Rule{Call: "sms.send", Kind: sandbox.LostAnswer, RateBP: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	w.want(t, "POST", "/sms", sms, 0, "")
	w.want(t, "GET", "/faults", "", 200,
		`"rules":[{"call":"sms.send","kind":"lost_answer","rate_bp":10000}]`)
	w.want(t, "POST", "/faults", `{"call":"sms.send","kind":""}`, 200, `"rules":[]`)
	w.want(t, "POST", "/sms", sms, 503, "out of order")
	delete(w.faults, "sms.send")
	w.want(t, "POST", "/sms", sms, 200, "sent")
	if got := w.SMS("13800000001"); len(got) != 1 {
		t.Errorf("%d messages", len(got))
	}
}

// Goal: a fault sees how often its key has come, each call and key by itself.
func TestAttempts(t *testing.T) {
	t.Parallel()
	var seen bytes.Buffer
	s, err := sandbox.New(sandbox.Options{Clock: clock.NewFake(start),
		Faults: func(call, key string, attempt int) sandbox.Fault {
			fmt.Fprintf(&seen, "%s %s %d\n", call, key, attempt)
			return sandbox.None
		}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: s, client: &http.Client{Transport: sandbox.Transport(s)}}
	for _, key := range []string{"p1", "p2", "p1"} {
		w.want(t, "POST", "/bank/payouts", fmt.Sprintf(paySame, key), 200, "accepted")
	}
	w.want(t, "POST", "/bank/payouts/ask", `{"keys":["p1"]}`, 200, "accepted")
	want := "bank.payouts p1 1\nbank.decide p1 1\nbank.return p1 1\n" +
		"bank.payouts p2 1\nbank.decide p2 1\nbank.return p2 1\n" +
		"bank.payouts p1 2\nbank.ask p1 1\n"
	if seen.String() != want {
		t.Errorf("got\n%swant\n%s", seen.String(), want)
	}
}
