package sandbox

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
)

const (
	textsKept     = 5_000  // messages that the inbox can still show
	keysKept      = 50_000 // keys that are remembered at least
	shownMax      = 500
	shownStandard = 50
	textRunesMax  = 1000
	phoneCharsMax = 20
)

// Message is an SMS that was delivered.
type Message struct {
	Key   string
	Phone string
	Text  string
	At    time.Time
}

// sealedMessage is a message as the journal has it.
type sealedMessage struct {
	Key    string `json:"key"`
	Reason string `json:"reason,omitempty"` // why it was rejected; "": delivered
	Phone  string `json:"phone"`
	Text   string `json:"text"`
	Sealed bool   `json:"sealed,omitempty"`
	AtMS   int64  `json:"at_ms"`
}

const (
	domainPhone = "sandbox.sms.phone"
	domainText  = "sandbox.sms.text"
)

func (m sealedMessage) seal(box crypt.Box) (sealedMessage, error) {
	if box == nil {
		return m, nil
	}
	for _, f := range []struct {
		domain string
		text   *string
	}{{domainPhone, &m.Phone}, {domainText, &m.Text}} {
		sealed, err := box.Seal(f.domain, *f.text)
		if err != nil {
			return m, fmt.Errorf("seal an SMS: %w", err)
		}
		*f.text = base64.StdEncoding.EncodeToString(sealed)
	}
	m.Sealed = true
	return m, nil
}

func (m sealedMessage) open(box crypt.Box) (Message, error) {
	out := Message{Key: m.Key, Phone: m.Phone, Text: m.Text, At: clock.At(m.AtMS)}
	if !m.Sealed {
		return out, nil
	}
	if box == nil {
		return out, fmt.Errorf("SMS %s is sealed, and there is no key", m.Key)
	}
	for _, f := range []struct {
		domain string
		text   *string
	}{{domainPhone, &out.Phone}, {domainText, &out.Text}} {
		sealed, err := base64.StdEncoding.DecodeString(*f.text)
		if err == nil {
			*f.text, err = box.Open(f.domain, sealed)
		}
		if err != nil {
			return out, fmt.Errorf("open SMS %s: %w", m.Key, err)
		}
	}
	return out, nil
}

// gateway remembers keys with why they were rejected ("": delivered). It does not compare what
// comes again under a key: who changed their number meanwhile has the message at the old one. It
// keeps the newest messages in a ring: message n stands at n % textsKept.
type gateway struct {
	keys   recent[string]
	ring   []kept
	next   int
	latest map[string]int // phone → number of its newest message
}

type kept struct {
	Message
	before int // number of the phone's message before this one; -1: none
}

func newGateway() gateway {
	return gateway{keys: newRecent[string](keysKept), latest: map[string]int{}}
}

func (g *gateway) apply(m sealedMessage, box crypt.Box) error {
	if _, known := g.keys.get(m.Key); known {
		return nil
	}
	open, err := m.open(box)
	if err != nil {
		return err
	}
	g.keys.put(m.Key, m.Reason)
	if m.Reason == "" {
		g.keep(open)
	}
	return nil
}

func (g *gateway) keep(m Message) {
	before, ok := g.latest[m.Phone]
	if !ok {
		before = -1
	}
	k := kept{m, before}
	if len(g.ring) < textsKept {
		g.ring = append(g.ring, k)
	} else {
		oldest := &g.ring[g.next%textsKept]
		if g.latest[oldest.Phone] == g.next-textsKept {
			delete(g.latest, oldest.Phone)
		}
		*oldest = k
	}
	g.latest[m.Phone] = g.next
	g.next++
}

// at gives message number n, false when it is no longer kept.
func (g *gateway) at(n int) (kept, bool) {
	if n < 0 || n < g.next-textsKept || n >= g.next {
		return kept{}, false
	}
	return g.ring[n%textsKept], true
}

func (g *gateway) of(phone string) []Message {
	var out []Message
	n, ok := g.latest[phone]
	for ok && len(out) < shownMax {
		var k kept
		if k, ok = g.at(n); ok {
			out = append(out, k.Message)
			n = k.before
		}
	}
	return out
}

// newest gives messages of all phones whose number ends so, newest first.
func (g *gateway) newest(ending string, limit int) []Message {
	out := []Message{}
	for n := g.next - 1; len(out) < limit; n-- {
		k, ok := g.at(n)
		if !ok {
			break
		}
		if strings.HasSuffix(k.Phone, ending) {
			out = append(out, k.Message)
		}
	}
	return out
}

// SMS gives what a phone received, newest first, at most 500 messages.
func (s *Server) SMS(phone string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.of(phone)
}

func (s *Server) gatewayRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /sms", s.postSMS)
	mux.HandleFunc("GET /sms", s.getSMS)
}

func (s *Server) postSMS(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Key   string `json:"key"`
		Phone string `json:"phone"`
		Text  string `json:"text"`
	}
	err := read(r, &in)
	if err == nil {
		err = checkKey(in.Key)
	}
	if err == nil && (in.Phone == "" || len(in.Phone) > phoneCharsMax || in.Text == "" ||
		utf8.RuneCountInString(in.Text) > textRunesMax) {
		err = refuse(http.StatusUnprocessableEntity,
			"an SMS needs a phone and a text of 1 to %d characters", textRunesMax)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	m := sealedMessage{Key: in.Key, Phone: in.Phone, Text: in.Text}
	s.answer(w, r, "sms.send", in.Key, func(Fault) (any, error) {
		return s.takeSMS(r.Context(), m)
	})
}

func (s *Server) takeSMS(ctx context.Context, m sealedMessage) (any, error) {
	if reason, known := s.gateway.keys.get(m.Key); known {
		return sent(reason), nil
	}
	m.AtMS = clock.MS(s.opts.Clock.Now())
	if s.befalls("sms.decide", m.Key) == Error {
		m.Reason = "the number is not in service"
	}
	sealed, err := m.seal(s.opts.Box)
	if err != nil {
		return nil, err
	}
	return sent(m.Reason), s.note(ctx, kindSMS, m.Key, sealed)
}

// sent is the gateway's answer.
func sent(reason string) verdict {
	if reason != "" {
		return verdict{rejected, reason}
	}
	return verdict{State: "sent"}
}

func (s *Server) getSMS(w http.ResponseWriter, r *http.Request) {
	limit, err := number(r, "limit", shownStandard, 1, shownMax)
	if err != nil {
		writeError(w, err)
		return
	}
	type shown struct {
		Key   string `json:"key"`
		Phone string `json:"phone"`
		Text  string `json:"text"`
		AtMS  int64  `json:"at_ms"`
	}
	out := []shown{}
	for _, m := range s.newest(r.URL.Query().Get("phone"), int(limit)) {
		out = append(out, shown{m.Key, m.Phone, m.Text, clock.MS(m.At)})
	}
	writeJSON(w, http.StatusOK, map[string]any{"messages": out})
}

func (s *Server) newest(ending string, limit int) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.newest(ending, limit)
}
