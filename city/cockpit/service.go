package cockpit

import (
	"context"
	"fmt"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

// Deps are what the cockpit is built from.
type Deps struct {
	DB      *db.DB
	Text    *i18n.Book
	Sources []gauge.Source // in the order in which they are shown
	City    string         // its name, e.g. 重庆市
	// Simulated marks figures that a seed made: every page says so.
	Simulated bool
	// KeepFor is how long figures are shown again without asking the slices; 0: never. They are
	// open to everyone and their reading is heavy, so a served city keeps them for seconds.
	KeepFor time.Duration
	// Spreads tell how the figures are spread over the city.
	Spreads []gauge.Spread
	// Live counts what is shown live; it is asked every second while somebody watches.
	Live gauge.Source
	// Occupation names one in a language.
	Occupation func(code, lang string) string
	// Least gives the fewest persons of whom a figure of a part of the city is shown on a day.
	Least func(civil.Date) int64
}

// Service shows the indicators.
type Service struct {
	deps Deps

	usual, chosen kept[[]gauge.Value] // figures of the usual period, and of one that was asked for
	spreads       kept[spreads]

	live live
}

// New returns the service.
func New(d Deps) *Service { return &Service{deps: d} }

// Ask says which days and in which language.
type Ask struct {
	From civil.Date `json:"from,omitempty" query:"from" doc:"first day; default: 30 days back"`
	To   civil.Date `json:"to,omitempty" query:"to" doc:"last day; default: today"`
	Lang string     `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"default: zh-CN"`
}

// View is the indicators of a period.
type View struct {
	City       string      `json:"city"`
	Simulated  bool        `json:"simulated" doc:"the figures were made by a seed"`
	From       civil.Date  `json:"from"`
	To         civil.Date  `json:"to"`
	AsOf       time.Time   `json:"as_of"`
	Indicators []Indicator `json:"indicators"`
}

// Indicator is one figure with all that must be said with it.
type Indicator struct {
	Code       string `json:"code" doc:"of the indicator dictionary"`
	Part       string `json:"part,omitempty" doc:"the sub-figure, empty for the headline"`
	Name       string `json:"name"`
	PartName   string `json:"part_name,omitempty"`
	Definition string `json:"definition"`
	Source     string `json:"source" doc:"what it is counted from"`
	Value      string `json:"value" doc:"for people"`
	Unit       string `json:"unit" doc:"for people; empty where value says it"`
	Num        int64  `json:"num" doc:"for programs: the figure, or the numerator where den is set"`
	Den        int64  `json:"den,omitempty"`
	Kind       string `json:"kind" doc:"count, heads, share, fen or ms"`
	Period     string `json:"period"`
}

// Indicators gives every figure of a period. Anyone may ask: they are sums and name nobody.
// Faults: cockpit.period_reversed, cockpit.period_long (invalid, field "from").
func (s *Service) Indicators(ctx context.Context, in Ask) (View, error) {
	now := s.deps.DB.Now()
	p, err := NewPeriod(in.From, in.To, civil.DateOf(now))
	if err != nil {
		return View{}, err
	}
	if in.Lang == "" {
		in.Lang = i18n.Chinese
	}
	slot := &s.chosen
	if in.From == "" && in.To == "" {
		slot = &s.usual // nobody's choice of days throws it out
	}
	values, err := slot.get(p, s.deps.KeepFor, staleMax*s.deps.KeepFor, func() ([]gauge.Value, error) {
		return s.ask(ctx, p, now)
	})
	if err != nil {
		return View{}, err
	}
	v := View{City: s.deps.City, Simulated: s.deps.Simulated, From: p.From, To: p.To, AsOf: now,
		Indicators: make([]Indicator, 0, len(values))}
	for _, g := range values {
		v.Indicators = append(v.Indicators, s.say(in.Lang, g, p))
	}
	return v, nil
}

// ask asks the slices for a period's figures up to now: what is due later today is not late yet.
func (s *Service) ask(ctx context.Context, p Period, now time.Time) ([]gauge.Value, error) {
	from, to := p.From.Midnight(), p.To.AddDays(1).Midnight()
	if to.After(now) {
		to = now
		if from.After(now) {
			from = now
		}
	}
	values := []gauge.Value{}
	for _, source := range s.deps.Sources {
		part, err := source(ctx, s.deps.DB, from, to)
		if err != nil {
			return nil, fmt.Errorf("read gauges: %w", err)
		}
		values = append(values, part...)
	}
	return values, nil
}

func (s *Service) say(lang string, g gauge.Value, p Period) Indicator {
	i := Indicator{Code: g.Code, Part: g.Part, Num: g.Num, Den: g.Den, Kind: g.Unit,
		Name:       s.deps.Text.Say(lang, "gauge."+g.Code+".name", nil),
		Definition: s.deps.Text.Say(lang, "gauge."+g.Code+".definition", nil),
		Source:     s.deps.Text.Say(lang, "gauge."+g.Code+".source", nil),
		Period:     p.String()}
	if g.Part != "" {
		i.PartName = g.Part
		if key := "gauge.part." + g.Part; s.deps.Text.Has(lang, key) {
			i.PartName = s.deps.Text.Say(lang, key, nil)
		}
	}
	switch g.Unit {
	case "share":
		i.Value = share(g.Num, g.Den)
	case "fen":
		i.Value, i.Unit = yuan(money.Fen(g.Num)), s.deps.Text.Say(lang, "cockpit.unit.yuan", nil)
	case "ms":
		h, m := hoursMinutes(g.Num)
		i.Value = s.deps.Text.Say(lang, "cockpit.unit.ms", map[string]any{"h": Grouped(h), "m": m})
	case "heads":
		i.Value, i.Unit = Grouped(g.Num), s.deps.Text.Say(lang, "cockpit.unit.heads", nil)
	default:
		i.Value = Grouped(g.Num)
	}
	return i
}
