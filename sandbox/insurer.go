package sandbox

import (
	"context"
	"net/http"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/money"
)

const bordereauxMax = 1_000_000 // an insurer must not forget a key, so it refuses the next one

// bordereau is what the insurer keeps of a batch of covers.
type bordereau struct {
	Key        string    `json:"key"`
	Digest     string    `json:"digest"`
	Covers     int       `json:"covers"`
	PremiumFen money.Fen `json:"premium_fen"`
	Reason     string    `json:"reason,omitempty"` // why it was rejected; "": accepted
	AtMS       int64     `json:"at_ms"`
}

// verdict is how a bordereau stands, as the insurer tells it.
type verdict struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
}

func (b bordereau) verdict() verdict {
	if b.Reason != "" {
		return verdict{rejected, b.Reason}
	}
	return verdict{State: accepted}
}

type insurer struct{ bordereaux map[string]bordereau }

func newInsurer() insurer { return insurer{map[string]bordereau{}} }

func (i *insurer) apply(b bordereau) error {
	if _, known := i.bordereaux[b.Key]; !known {
		i.bordereaux[b.Key] = b
	}
	return nil
}

func (s *Server) insurerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /insurer/bordereaux", s.postBordereau)
	mux.HandleFunc("GET /insurer/bordereaux/{key}", s.askBordereau)
}

type cover struct {
	CoverID       string    `json:"cover_id"`
	PlanID        string    `json:"plan_id"`
	Person        string    `json:"person"` // a keyed digest
	EffectiveAtMS int64     `json:"effective_at_ms"`
	ExpiresAtMS   int64     `json:"expires_at_ms"`
	PremiumFen    money.Fen `json:"premium_fen"`
}

func (c cover) check() error {
	if c.CoverID == "" || c.PlanID == "" || c.Person == "" || c.PremiumFen < 0 ||
		c.PremiumFen > money.MaxFen || c.EffectiveAtMS <= 0 || c.ExpiresAtMS <= c.EffectiveAtMS {
		return refuse(http.StatusUnprocessableEntity,
			"cover %q needs a plan, a person, a premium and an end after its beginning", c.CoverID)
	}
	return nil
}

func (s *Server) postBordereau(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Key  string  `json:"key"`
		Rows []cover `json:"rows"`
	}
	err := read(r, &in)
	if err == nil {
		err = checkKey(in.Key)
	}
	if err == nil {
		err = checkCount(len(in.Rows))
	}
	for i := 0; err == nil && i < len(in.Rows); i++ {
		err = in.Rows[i].check()
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "insurer.bordereaux", in.Key, func(Fault) (any, error) {
		return s.takeBordereau(r.Context(), in.Key, in.Rows)
	})
}

func (s *Server) takeBordereau(ctx context.Context, key string, rows []cover) (any, error) {
	d, err := s.digest(rows)
	if err != nil {
		return nil, err
	}
	if b, known := s.insurer.bordereaux[key]; known {
		if b.Digest != d {
			return nil, reused(key)
		}
		return b.verdict(), nil
	}
	if len(s.insurer.bordereaux) >= bordereauxMax {
		return nil, full("insurer", bordereauxMax, "bordereaux")
	}
	b := bordereau{Key: key, Digest: d, Covers: len(rows), AtMS: clock.MS(s.opts.Clock.Now())}
	for _, c := range rows {
		b.PremiumFen += c.PremiumFen
	}
	if s.befalls("insurer.decide", key) == Error {
		b.Reason = "the master policy does not cover this"
	}
	if err := s.note(ctx, kindBordereau, key, b); err != nil {
		return nil, err
	}
	return b.verdict(), nil
}

func (s *Server) askBordereau(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	if err := checkKey(key); err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "insurer.ask", key, func(Fault) (any, error) {
		if b, known := s.insurer.bordereaux[key]; known {
			return b.verdict(), nil
		}
		return verdict{State: neverSeen}, nil
	})
}
