package sandbox

import (
	"cmp"
	"hash/fnv"
	"mime"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Fault is what befalls a call.
type Fault string

// The faults.
const (
	None Fault = ""
	// Delay does the deed, but its outcome comes later by the clock (a payout is paid LateBy later);
	// the answer waits AnswerDelay.
	Delay Fault = "delay"
	// Error does nothing and says so (503); at a *.decide call the party says no.
	Error Fault = "error"
	// Duplicate delivers the call twice; at bank.credit the bank lists the credit twice.
	Duplicate Fault = "duplicate"
	// LostAnswer does the deed and breaks the connection.
	LostAnswer Fault = "lost_answer"
)

// FaultFunc says what befalls the attempt-th arrival (from 1) of a call with that key. It must give
// the same for the same arguments and must not call the Server.
type FaultFunc func(call, key string, attempt int) Fault

// Call is a place where faults can happen, and those that mean something there; others are ignored.
type Call struct {
	Name   string
	Faults []Fault
}

var transport = []Fault{Delay, Error, Duplicate, LostAnswer}

// Calls lists the places. The key is that of the payout, bordereau or message; of the first payout
// of a request; of a credit, its id; of a page of credits, where it starts.
func Calls() []Call {
	return []Call{
		{"bank.payouts", transport},
		{"bank.decide", []Fault{Delay, Error}}, // on one payout, when it first comes
		{"bank.return", []Fault{Error}},        // on one payout: paid, it comes back BackAfter later
		{"bank.ask", transport},
		{"bank.credit", []Fault{Duplicate}},
		{"bank.credits", transport},
		{"bank.statement", transport},
		{"insurer.bordereaux", transport},
		{"insurer.decide", []Fault{Error}}, // on one bordereau, when it first comes
		{"insurer.ask", transport},
		{"sms.send", transport},
		{"sms.decide", []Fault{Error}}, // on one message, when it first comes
		{"number.bind", transport},
		{"wechat.openid", transport},
		{"wechat.phone", transport},
		{"wechat.send", []Fault{Delay, Error, LostAnswer}}, // it would send a duplicate twice
		{"wechat.decide", []Fault{Error}},                  // the reader has refused: 43101
	}
}

// Means tells whether a fault means something at a call; one that does not is ignored.
func Means(call string, f Fault) bool {
	for _, c := range Calls() {
		if c.Name == call {
			return slices.Contains(c.Faults, f)
		}
	}
	return false
}

// Rule makes a call fail at a rate. One rule a call; it stands before Options.Faults.
type Rule struct {
	Call   string `json:"call"`
	Kind   Fault  `json:"kind"`
	RateBP int64  `json:"rate_bp"` // of 10 000 arrivals
}

const attemptsKept = 50_000 // pairs of call and key whose arrivals are counted; twice that in all

type faults struct {
	rules    map[string]Rule
	attempts recent[int]
}

func newFaults() faults {
	return faults{rules: map[string]Rule{}, attempts: newRecent[int](attemptsKept)}
}

// befalls counts an arrival and says what befalls it. The caller holds the lock.
func (s *Server) befalls(call, key string) Fault {
	id := call + " " + key
	n, _ := s.faults.attempts.get(id)
	n++
	s.faults.attempts.put(id, n)
	f := s.opts.Faults(call, key, n)
	if rule, ok := s.faults.rules[call]; ok {
		f = rule.at(key, n)
	}
	if !Means(call, f) {
		return None
	}
	return f
}

// at decides by a digest, so that a rule does the same to the same calls.
func (r Rule) at(key string, attempt int) Fault {
	h := fnv.New64a()
	h.Write([]byte(r.Call + "\x1f" + key + "\x1f" + strconv.Itoa(attempt)))
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd // FNV leaves the last letters in the low bits
	x ^= x >> 33
	if int64(x%10_000) < r.RateBP {
		return r.Kind
	}
	return None
}

// SetFault makes a call fail from now on; the kind None, or a rate of zero, ends it.
func (s *Server) SetFault(rule Rule) error {
	off := rule.Kind == None || rule.RateBP == 0
	switch {
	case rule.RateBP < 0 || rule.RateBP > 10_000:
		return refuse(http.StatusUnprocessableEntity,
			"a rate lies between 0 and 10000, not %d", rule.RateBP)
	case !off && !Means(rule.Call, rule.Kind):
		return refuse(http.StatusUnprocessableEntity,
			"%q means nothing at the call %q", rule.Kind, rule.Call)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if off {
		delete(s.faults.rules, rule.Call)
	} else {
		s.faults.rules[rule.Call] = rule
	}
	return nil
}

// Rules lists the rules in force by call.
func (s *Server) Rules() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := make([]Rule, 0, len(s.faults.rules))
	for _, r := range s.faults.rules {
		rules = append(rules, r)
	}
	sort.Slice(rules, func(i, j int) bool { return rules[i].Call < rules[j].Call })
	return rules
}

func (s *Server) faultRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			s.faultPage(w, r)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"rules": s.Rules(), "calls": callNames()})
	})
	mux.HandleFunc("POST /faults", s.postFault)
}

func callNames() []string {
	var names []string
	for _, c := range Calls() {
		names = append(names, c.Name)
	}
	return names
}

// postFault takes a rule as JSON, or from the page's form, where the rate is in percent.
func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	var rule Rule
	form := isForm(r)
	err := error(nil)
	if form {
		rule, err = formRule(r)
	} else if err = read(r, &rule); err == nil && !slices.Contains(callNames(), rule.Call) {
		err = refuse(http.StatusUnprocessableEntity, "there is no call %q", rule.Call)
	}
	if err == nil {
		err = s.SetFault(rule)
	}
	switch {
	case err != nil:
		writeError(w, err)
	case form:
		// Relative, because the sandbox may be mounted below a prefix.
		w.Header().Set("Location", "faults"+query(r.PostFormValue("lang"), ""))
		w.WriteHeader(http.StatusSeeOther)
	default:
		writeJSON(w, http.StatusOK, map[string]any{"rules": s.Rules(), "calls": callNames()})
	}
}

func isForm(r *http.Request) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == "application/x-www-form-urlencoded"
}

func formRule(r *http.Request) (Rule, error) {
	rule := Rule{Call: r.PostFormValue("call"), Kind: Fault(r.PostFormValue("kind"))}
	percent, err := strconv.ParseInt(cmp.Or(r.PostFormValue("percent"), "0"), 10, 64)
	if err != nil || percent < 0 || percent > 100 {
		return rule, refuse(http.StatusUnprocessableEntity, "a rate is a whole number from 0 to 100")
	}
	rule.RateBP = percent * 100
	return rule, nil
}
