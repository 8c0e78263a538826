package ui

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/geo"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
)

// Look is what every component of a page may need.
type Look struct {
	Base      string // before every path of the city
	Big       bool   // large type
	City      string
	Here      string // the page's own path, to come back to
	Hotline   string // the number that every page offers to call, "" for none
	Lang      string
	LoggedIn  bool
	Simulated bool // people and figures are made up, and the page says so
	Text      *i18n.Book
	Tiles     Tiles
}

// Tiles are the base map of a city: an address with {z}, {x} and {y}, "" for none; whose map it is,
// with its approval number; and whether it is drawn in GCJ-02 instead of WGS-84.
type Tiles struct {
	URL, Note string
	GCJ02     bool
}

// Origin is the host that the tiles come from, as a page's policy names it; "" without tiles.
func (t Tiles) Origin() string {
	u, err := url.Parse(t.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// OnMap says where the page's map draws a point, as data-lon and data-lat in degrees.
func OnMap(ctx context.Context, lonE6, latE6 int64) templ.Attributes {
	if Of(ctx).Tiles.GCJ02 {
		lonE6, latE6 = geo.ToGCJ02(lonE6, latE6)
	}
	return templ.Attributes{"data-lon": Degrees(lonE6), "data-lat": Degrees(latE6)}
}

// Degrees writes millionths of a degree: 29.556742.
func Degrees(e6 int64) string {
	sign := ""
	if e6 < 0 {
		sign, e6 = "-", -e6
	}
	return fmt.Sprintf("%s%d.%06d", sign, e6/1_000_000, e6%1_000_000)
}

type lookKey struct{}

// With puts the look into a page's context.
func With(ctx context.Context, l Look) context.Context {
	return context.WithValue(ctx, lookKey{}, l)
}

// Of gives the look of a page. It panics outside of one: a component has no other words.
func Of(ctx context.Context) Look { return ctx.Value(lookKey{}).(Look) }

// Say gives a sentence in the page's language; pairs are names and values of its placeholders.
func Say(ctx context.Context, key string, pairs ...any) string {
	l := Of(ctx)
	var args map[string]any
	if len(pairs) > 0 {
		args = make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			args[pairs[i].(string)] = pairs[i+1]
		}
	}
	return l.Text.Say(l.Lang, key, args)
}

// Told tells whether there is a sentence of that key, as for a state that has one only sometimes.
func Told(ctx context.Context, key string) bool {
	l := Of(ctx)
	return l.Text.Has(l.Lang, key)
}

// URL gives the address of a path of the city.
func URL(ctx context.Context, path string) templ.SafeURL {
	return templ.URL(Of(ctx).Base + path)
}

// OtherLanguage is the address of the same page in the other language.
func OtherLanguage(ctx context.Context) templ.SafeURL {
	l := Of(ctx)
	other, sep := i18n.English, "?"
	if l.Lang == i18n.English {
		other = i18n.Chinese
	}
	here := l.Here
	if i := strings.Index(here, "lang="); i > 0 {
		here = here[:i-1]
	}
	if strings.Contains(here, "?") {
		sep = "&"
	}
	return URL(ctx, here+sep+"lang="+other)
}

// NewKey is an idempotency key for a form: the same form sent twice is one deed.
func NewKey() string { return "form-" + rand.Text() }

// Money gives an amount as people write it: ¥ 1,234.50, and ¥ 180 where there are no fen.
func Money(f money.Fen) string {
	sign, n := "", int64(f)
	if n < 0 {
		sign, n = "−", -n
	}
	yuan := fmt.Sprint(n / 100)
	for i := len(yuan) - 3; i > 0; i -= 3 {
		yuan = yuan[:i] + "," + yuan[i:]
	}
	if n%100 == 0 {
		return sign + "¥" + yuan
	}
	return fmt.Sprintf("%s¥%s.%02d", sign, yuan, n%100)
}

// Clock gives the time of day in China, 08:30.
func Clock(t time.Time) string { return t.In(civil.Zone).Format("15:04") }

// Day gives the day in China with its weekday, 3月5日 周四.
func Day(ctx context.Context, t time.Time) string {
	t = t.In(civil.Zone)
	week := Say(ctx, fmt.Sprintf("ui.weekday.%d", int(t.Weekday())))
	return Say(ctx, "ui.day", "month", int(t.Month()), "day", t.Day(), "weekday", week)
}

// Moment gives day and time in China.
func Moment(ctx context.Context, t time.Time) string { return Day(ctx, t) + " " + Clock(t) }

// Term says how long a contract binds: for its shift, or, of work by the month from that day, for
// a number of months or until somebody ends it.
func Term(ctx context.Context, payUnit string, months int64, from time.Time) string {
	switch {
	case payUnit != "month":
		return Say(ctx, "ui.term.shift")
	case months > 0:
		return Say(ctx, "ui.term.fixed", "n", months, "day", Day(ctx, from))
	}
	return Say(ctx, "ui.term.open", "day", Day(ctx, from))
}

// Span gives the day and hours of a shift; the end's day too where it is another.
func Span(ctx context.Context, from, until time.Time) string {
	if civil.DateOf(from) == civil.DateOf(until) {
		return Moment(ctx, from) + "–" + Clock(until)
	}
	return Moment(ctx, from) + " – " + Moment(ctx, until)
}

// BoxTime is a day and time as a browser's box wants it.
func BoxTime(t time.Time) string { return t.In(civil.Zone).Format("2006-01-02T15:04") }

// Distance gives 800 metres, 3.2 kilometres, in the page's language; 10 km and more without tenths.
func Distance(ctx context.Context, m int64) string {
	switch {
	case m < 1000:
		return Say(ctx, "ui.metres", "m", m)
	case m < 10_000:
		return Say(ctx, "ui.km", "km", fmt.Sprintf("%d.%d", m/1000, m%1000/100))
	}
	return Say(ctx, "ui.km", "km", (m+500)/1000)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// first is where the desk's name leads.
func (f Frame) first() string {
	if len(f.Menu) == 0 {
		return f.Path
	}
	return f.Menu[0].Path
}

// menuRowsMax entries of a menu stand open on a phone, in three rows; a longer one is folded there.
const menuRowsMax = 10

func (f Frame) folds() bool { return len(f.Menu) > menuRowsMax }

// entry is the menu's entry that the page belongs to.
func (f Frame) entry() (MenuItem, bool) {
	for _, m := range f.Menu {
		if m.Path == f.Path {
			return m, true
		}
	}
	return MenuItem{}, false
}

// at tells whether an address is that of the page's menu entry itself.
func (f Frame) at(here string) bool {
	path, _, _ := strings.Cut(here, "?")
	return path == f.Path
}

// FormID names a form on its page, so that an address can lead to it.
func FormID(path string) string {
	return "form" + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
}

// filled tells whether a fold has something to be seen: what was typed, or what is wrong.
func filled(inside []Input) bool {
	return slices.ContainsFunc(inside, func(i Input) bool {
		return i.Value != "" || len(i.Values) > 0 || i.Wrong || filled(i.Inside)
	})
}

// width gives the column of so many twelfths; all of the row on a phone.
func width(n int) string {
	if n == 0 {
		return "col-12"
	}
	return fmt.Sprintf("col-12 col-md-%d", n)
}
