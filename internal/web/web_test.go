package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/money"
	"github.com/gongyi/gongyi/internal/web"
)

// shop is a slice in small: one operation that writes, one that reads, some that go wrong.
type shop struct {
	mu     sync.Mutex
	orders []orderCmd
}

type line struct {
	Goods string    `json:"goods" maxLength:"4"`
	Heads int32     `json:"heads" minimum:"1" maximum:"500"`
	Price money.Fen `json:"price_fen,omitempty" minimum:"0"`
}

type orderCmd struct {
	deed.Keyed
	ShopID  string     `json:"shop_id" path:"shop_id"`
	Name    string     `json:"name" minLength:"2" maxLength:"8" doc:"who orders"`
	Day     civil.Date `json:"day"`
	Kind    string     `json:"kind" enum:"hour,day"`
	Lines   []line     `json:"lines" minItems:"1" maxItems:"3"`
	Until   civil.Date `json:"until,omitempty"`
	Urgent  bool       `json:"urgent,omitempty"`
	Region  string     `json:"region,omitempty" pattern:"^[0-9]{6}$"`
	DryRun  bool       `json:"dry_run,omitempty" query:"dry_run"`
	Amounts []int64    `json:"amounts,omitempty"`
}

type orderOut struct {
	Key   string    `json:"key"`
	Shop  string    `json:"shop"`
	Total money.Fen `json:"total_fen"`
	Dry   bool      `json:"dry"`
}

func (s *shop) Order(ctx context.Context, in orderCmd) (orderOut, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = append(s.orders, in)
	out := orderOut{Key: in.IdempotencyKey, Shop: in.ShopID, Dry: in.DryRun}
	for _, l := range in.Lines {
		out.Total += l.Price
	}
	return out, nil
}

type findIn struct {
	ShopID string   `json:"shop_id" path:"shop_id"`
	Limit  int      `json:"limit" query:"limit" maximum:"100"`
	Tags   []string `json:"tags" query:"tags"`
	Region string   `json:"region" query:"region" required:"true"`
	Plain  string   `json:"plain,omitempty"`
}

func (s *shop) Find(_ context.Context, in findIn) (findIn, error) { return in, nil }

func (s *shop) Refuse(_ context.Context, in struct {
	Kind string `json:"kind"`
}) (struct{}, error) {
	return struct{}{}, fault.New(fault.Kind(in.Kind), "web.field_wrong").OnField("kind")
}

func (s *shop) Break(context.Context, struct{}) (struct{}, error) {
	return struct{}{}, errors.New("secret 330102199001011234")
}

func (s *shop) Panic(context.Context, struct{}) (struct{}, error) { panic("secret in a panic") }

func (s *shop) Odd(context.Context, struct{}) (any, error) { return func() {}, nil }

type bundle struct {
	shop *shop
	mux  *web.Mux
	log  *bytes.Buffer
}

func setup(t *testing.T) bundle {
	t.Helper()
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := bundle{shop: &shop{}, log: &bytes.Buffer{}}
	b.mux = web.New(web.Options{
		Text: text, BodyBytesMax: 2000,
		Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Authenticate: func(r *http.Request) (context.Context, error) {
			if r.Header.Get("Authorization") == "Bearer forged" {
				return nil, fault.New(fault.Unknown, "web.field_wrong")
			}
			return r.Context(), nil
		},
	})
	web.Do(b.mux, "/shops/{shop_id}/orders", b.shop.Order)
	web.Show(b.mux, "/shops/{shop_id}/goods", b.shop.Find)
	web.Do(b.mux, "/refuse", b.shop.Refuse)
	web.Do(b.mux, "/break", b.shop.Break)
	web.Do(b.mux, "/panic", b.shop.Panic)
	web.Do(b.mux, "/odd", b.shop.Odd)
	b.mux.Handle("GET /page", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "page of "+web.RequestID(r.Context()))
	}))
	b.mux.Handle("GET /half", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half of it")
		panic("too late")
	}))
	return b
}

func (b bundle) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.mux.Handler().ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) web.Problem {
	t.Helper()
	var p web.Problem
	dec := json.NewDecoder(w.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		t.Fatalf("no problem: %v", err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type = %q", got)
	}
	if p.Status != w.Code || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("problem %+v does not fit status %d and headers %v", p, w.Code, w.Header())
	}
	return p
}

const (
	orders = "/api/v1/shops/shp_1/orders"
	good   = `{"name":"王师傅","day":"2026-03-02","kind":"day",` +
		`"lines":[{"goods":"砖","heads":2,"price_fen":9007199254740993}]}`
)

// with gives the good order with one field replaced, or added, by JSON text; "" leaves it out.
func with(field, value string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(good), &m); err != nil {
		panic(err)
	}
	m[field] = json.RawMessage(value)
	if value == "" {
		delete(m, field)
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Goal: what is right arrives whole: path, query, body, key, a fen beyond a float's reach.
func TestDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.ask("POST", orders+"?dry_run=true", good, "Idempotency-Key", "k-1")
	want := `{"key":"k-1","shop":"shp_1","total_fen":9007199254740993,"dry":true}` + "\n"
	if w.Code != 200 || w.Body.String() != want {
		t.Fatalf("got %d %s, want 200 %s", w.Code, w.Body, want)
	}
	got := b.shop.orders[0]
	if got.Name != "王师傅" || got.Day != "2026-03-02" || got.Lines[0].Heads != 2 {
		t.Errorf("the operation saw %+v", got)
	}
	for name, want := range map[string]string{"Content-Type": "application/json",
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if strings.Contains(w.Body.String(), "$schema") {
		t.Error("the answer names a schema, and with it the request's host")
	}
}

// hole is a placeholder that nobody filled.
var hole = regexp.MustCompile(`\{[a-z_]+\}|%!`)

// Goal: every kind of bad input has its code, field and sentence, and reaches no operation.
func TestDoRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		path, body  string
		status      int
		code, field string
		title       string // contained in the Chinese sentence
	}{
		"NotJSON":      {"", `{"name": "王`, 422, "web.bad_json", "", "第 1 行第 12 个字"},
		"NotJSONLine":  {"", "{\n \"王\": nul}", 422, "web.bad_json", "", "第 2 行第 10 个字"},
		"NotUTF8":      {"", "{\"name\": \"\xff\"}", 422, "web.bad_json", "", "第 1 行第 11 个字"},
		"TwoValues":    {"", good + " {}", 422, "web.bad_json", "", "第 1 行"},
		"NoObject":     {"", `[1]`, 422, "web.body_not_object", "", "花括号"},
		"Null":         {"", `null`, 422, "web.body_not_object", "", "花括号"},
		"Empty":        {"", ` `, 422, "web.field_required", "name", "请填写 name"},
		"TooLarge":     {"", strings.Repeat(" ", 2001), 413, "web.body_too_large", "", "最多 2 KB"},
		"Required":     {"", with("day", ""), 422, "web.field_required", "day", "请填写 day"},
		"RequiredNull": {"", with("day", "null"), 422, "web.field_type", "day", "day 应为文字"},
		"RequiredNested": {"", with("lines", `[{"goods":"砖"}]`),
			422, "web.field_required", "lines[0].heads", "lines[0].heads"},
		"Unknown":     {"", with("colour", `1`), 422, "web.field_unknown", "colour", "没有 colour"},
		"UnknownCase": {"", with("Urgent", `true`), 422, "web.field_unknown", "Urgent", "没有 Urgent"},
		"UnknownNested": {"", with("lines", `[{"goods":"砖","heads":1,"x":1}]`),
			422, "web.field_unknown", "lines[0].x", "没有"},
		"UnknownKey": {"", with("IdempotencyKey", `"x"`),
			422, "web.field_unknown", "IdempotencyKey", "没有"},
		"UnknownQuery": {"?x=1", good, 422, "web.field_unknown", "x", "没有 x"},
		"TypeText":     {"", with("name", `7`), 422, "web.field_type", "name", "name 应为文字"},
		"TypeInteger": {"", with("lines", `[{"goods":"砖","heads":1.5}]`),
			422, "web.field_type", "lines[0].heads", "整数"},
		"TypeBoolean": {"", with("urgent", `"yes"`), 422, "web.field_type", "urgent", "true 或 false"},
		"TypeList":    {"", with("lines", `{}`), 422, "web.field_type", "lines", "列表"},
		"TypeObject":  {"", with("lines", `[7]`), 422, "web.field_type", "lines[0]", "对象"},
		"TypeQuery":   {"?dry_run=1", good, 422, "web.field_type", "dry_run", "true 或 false"},
		"RangeMin": {"", with("lines", `[{"goods":"砖","heads":0}]`),
			422, "web.field_range", "lines[0].heads", "不少于 1。"},
		"RangeMax": {"", with("lines", `[{"goods":"砖","heads":501}]`),
			422, "web.field_range", "lines[0].heads", "不超过 500。"},
		"RangeInt64": {"", with("amounts", `[99999999999999999999]`),
			422, "web.field_range", "amounts", "能保存"},
		"RangeFloat":   {"", with("amounts", `[1e999]`), 422, "web.field_type", "amounts[0]", "整数"},
		"Short":        {"", with("name", `"王"`), 422, "web.field_length", "name", "字数应不少于 2"},
		"LongInRunes":  {"", with("name", `"一二三四五六七八九"`), 422, "web.field_length", "name", "字数应不超过 8"},
		"ItemsFew":     {"", with("lines", `[]`), 422, "web.field_items", "lines", "项数应不少于 1"},
		"Choice":       {"", with("kind", `"week"`), 422, "web.field_choice", "kind", "hour, day"},
		"Pattern":      {"", with("region", `"50"`), 422, "web.field_format", "region", "^[0-9]{6}$"},
		"NoSuchDay":    {"", with("day", `"2026-02-30"`), 422, "web.field_format", "day", "存在的日期"},
		"FarDay":       {"", with("day", `"9999-12-31"`), 422, "web.field_format", "day", "2099"},
		"EmptyDay":     {"", with("day", `""`), 422, "web.field_required", "day", "请填写 day"},
		"NUL":          {"", with("name", `"王\u0000师"`), 422, "web.field_text", "name", "无法保存"},
		"NULInPath":    {"/../../a%00b/orders", good, 422, "web.field_text", "shop_id", "无法保存"},
		"BytesInPath":  {"/../../a%ffb/orders", good, 422, "web.field_text", "shop_id", "无法保存"},
		"PathInBody":   {"", with("shop_id", `"shp_2"`), 422, "web.field_in_path", "shop_id", "网址路径"},
		"QueryInBody":  {"", with("dry_run", `true`), 422, "web.field_in_query", "dry_run", "问号之后"},
		"TwiceInQuery": {"?dry_run=true&dry_run=false", good, 422, "web.field_twice", "dry_run", "两次"},
		"BadQuery":     {"?a=%zz", good, 422, "web.bad_query", "", "问号"},
		"FirstOfMany": {"", `{"zzz":1,"kind":7,"lines":[]}`,
			422, "web.field_required", "name", "name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			path := orders + c.path
			if rest, ok := strings.CutPrefix(c.path, "/../../"); ok {
				path = "/api/v1/shops/" + rest
			}
			w := b.ask("POST", path, c.body, "Idempotency-Key", "k")
			p := problemOf(t, w)
			if p.Status != c.status || p.Code != c.code || p.Field != c.field {
				t.Errorf("got %d %s %q, want %d %s %q", p.Status, p.Code, p.Field, c.status,
					c.code, c.field)
			}
			if !strings.Contains(p.Title, c.title) || hole.MatchString(p.Title) {
				t.Errorf("title %q does not say %q, or has holes", p.Title, c.title)
			}
			if n := len(b.shop.orders); n != 0 {
				t.Errorf("the operation ran %d times", n)
			}
		})
	}
}

// Goal: what may be left out may be left out, and an empty date box counts as left out.
func TestDoOptional(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, body := range []string{with("until", `""`), with("until", `null`), with("urgent", `true`),
		with("region", `"500101"`), with("amounts", `[1, 2.0, 3e2]`)} {
		if w := b.ask("POST", orders, body); w.Code != 200 {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
	}
	last := b.shop.orders[len(b.shop.orders)-1]
	if fmt.Sprint(last.Amounts) != "[1 2 300]" || last.IdempotencyKey != "" {
		t.Errorf("the operation saw %+v", last)
	}
}

// Goal: a GET reads path and query, with lists, bounds and required fields.
func TestShow(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		query  string
		status int
		want   string
	}{
		"OK": {"?region=50&limit=7&tags=a,b&tags=c&plain=x", 200,
			`{"shop_id":"shp 1","limit":7,"tags":["a","b","c"],"region":"50","plain":"x"}`},
		"Bare":    {"?region=50", 200, `"tags":null`},
		"Missing": {"", 422, `"field":"region"`},
		"Range":   {"?region=50&limit=101", 422, `"code":"web.field_range"`},
		"Type":    {"?region=50&limit=many", 422, `"code":"web.field_type"`},
		"Unknown": {"?region=50&colour=red", 422, `"code":"web.field_unknown"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t).ask("GET", "/api/v1/shops/shp%201/goods"+c.query, "")
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
}

// Goal: each kind of fault has its status, and the sentence is in the asker's language.
func TestFault(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for kind, status := range map[fault.Kind]int{fault.Invalid: 422, fault.NotFound: 404,
		fault.Conflict: 409, fault.Forbidden: 403, fault.Unknown: 401, fault.Unavailable: 503,
		fault.Internal: 500, "new": 500} {
		w := b.ask("POST", "/api/v1/refuse", `{"kind":"`+string(kind)+`"}`)
		if w.Code != status {
			t.Errorf("%s: got %d, want %d", kind, w.Code, status)
		}
		if got, want := w.Header().Get("Retry-After") != "", status == 503; got != want {
			t.Errorf("%s: Retry-After is %v", kind, w.Header()["Retry-After"])
		}
	}
	for lang, want := range map[string]string{"": "kind 的值不正确", "zh": "kind 的值不正确",
		"en-GB,en;q=0.9": "The value of kind", "fr": "kind 的值不正确"} {
		w := b.ask("POST", "/api/v1/refuse", `{"kind":"invalid"}`, "Accept-Language", lang)
		if p := problemOf(t, w); !strings.HasPrefix(p.Title, want) {
			t.Errorf("%q: title %q, want %q…", lang, p.Title, want)
		}
	}
}

// Goal: an error, a panic and an answer that cannot be encoded are logged with the request id,
// and nothing of them gets out.
func TestInternal(t *testing.T) {
	t.Parallel()
	for path, logged := range map[string]string{"/break": "330102199001011234",
		"/panic": "secret in a panic", "/odd": "encode the answer"} {
		t.Run(path[1:], func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.ask("POST", "/api/v1"+path, "")
			body := w.Body.String()
			p := problemOf(t, w)
			if p.Status != 500 || p.Code != "web.internal" || !strings.Contains(p.Title, p.RequestID) {
				t.Errorf("got %+v", p)
			}
			if strings.Contains(body, "secret") || strings.Contains(body, logged) {
				t.Errorf("the answer leaks: %s", body)
			}
			if log := b.log.String(); !strings.Contains(log, logged) ||
				!strings.Contains(log, p.RequestID) || !strings.Contains(log, "level=ERROR") {
				t.Errorf("the log lacks %q or the request id: %s", logged, log)
			}
		})
	}
}

// Goal: a page that fails half-way breaks the connection and does not look finished.
func TestPanicAfterWrite(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(setup(t).mux.Handler())
	defer srv.Close()
	res, err := http.Get(srv.URL + "/half")
	if err == nil {
		defer res.Body.Close()
		_, err = io.ReadAll(res.Body)
	}
	if err == nil {
		t.Error("half a page looks like a whole one")
	}
}

// Goal: the guard refuses cross-site posts, forged sessions, foreign types, and answers unknown
// addresses in our words.
func TestGuard(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		method, path, body string
		headers            []string
		status             int
		want               string
	}{
		"CrossSite": {"POST", orders, good,
			[]string{"Sec-Fetch-Site", "cross-site"}, 403, "web.cross_origin"},
		"CrossOrigin": {"POST", orders, good,
			[]string{"Origin", "https://evil.example"}, 403, "web.cross_origin"},
		"SameOrigin": {"POST", orders, good,
			[]string{"Sec-Fetch-Site", "same-origin"}, 200, "total_fen"},
		"Forged": {"POST", orders, good,
			[]string{"Authorization", "Bearer forged"}, 401, "web.field_wrong"},
		"Form": {"POST", orders, "name=x",
			[]string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "web.not_json"},
		"JSONCharset": {"POST", orders, good,
			[]string{"Content-Type", "application/json; charset=utf-8"}, 200, "total_fen"},
		"BytesInKey": {"POST", orders, good,
			[]string{"Idempotency-Key", "\xff"}, 422, "web.field_text"},
		"NoRoute": {"GET", "/api/v1/nothing", "", nil, 404, "web.no_such_route"},
		"NoPage": {"GET", "/nothing", "",
			[]string{"Accept-Language", "en"}, 404, "There is no such address"},
		"WrongMethod":  {"GET", orders, "", nil, 405, "web.method_not_allowed"},
		"Page":         {"GET", "/page", "", nil, 200, "page of req_"},
		"OpenAPI":      {"GET", web.OpenAPIPath, "", nil, 200, `"openapi": "3.1.0"`},
		"HeadOfShow":   {"HEAD", "/api/v1/shops/s/goods?region=5", "", nil, 200, ""},
		"TrailingPath": {"POST", orders + "/x", good, nil, 404, "web.no_such_route"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t).ask(c.method, c.path, c.body, c.headers...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, c.status, c.want)
			}
			if c.status == 405 && w.Header().Get("Allow") != "POST" {
				t.Errorf("Allow = %q", w.Header().Get("Allow"))
			}
			if w.Header().Get("Content-Security-Policy") == "" {
				t.Error("no Content-Security-Policy")
			}
		})
	}
}

// Goal: a client that writes all of 10 MB before it reads gets the sentence, not a broken pipe.
func TestBodyTooLargeOverTheWire(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(setup(t).mux.Handler())
	defer srv.Close()
	body := io.LimitReader(zeros{}, 10<<20) // chunked: the length is not said beforehand
	res, err := http.Post(srv.URL+orders, "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 413 || !bytes.Contains(text, []byte("web.body_too_large")) {
		t.Errorf("got %d %s, %v", res.StatusCode, text, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// Goal: the access line has what operators need and nothing of the query.
func TestAccessLine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ask("GET", "/api/v1/shops/s/goods?region=13900001111", "")
	log := b.log.String()
	for _, want := range []string{"level=DEBUG", "method=GET", "status=200", "bytes=", "took=",
		`route="GET /api/v1/shops/{shop_id}/goods"`, "request_id=req_"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %s in %s", want, log)
		}
	}
	if strings.Contains(log, "13900001111") {
		t.Errorf("the query is in the log: %s", log)
	}
}

// Goal: routes are listed under the names of a permission matrix, in a fixed order.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range setup(t).mux.Routes() {
		got = append(got, r.Method+" "+r.Path+" "+r.Name)
	}
	want := "POST /api/v1/break web_test.Break,POST /api/v1/odd web_test.Odd," +
		"POST /api/v1/panic web_test.Panic,POST /api/v1/refuse web_test.Refuse," +
		"GET /api/v1/shops/{shop_id}/goods web_test.Find," +
		"POST /api/v1/shops/{shop_id}/orders web_test.Order"
	if strings.Join(got, ",") != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// Goal: the OpenAPI description says where each field stands and is the same every time.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	first, err := setup(t).mux.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := setup(t).mux.OpenAPI(); !bytes.Equal(first, again) {
		t.Error("two descriptions of the same routes differ")
	}
	type schema struct {
		Required   []string
		Properties map[string]struct{ Format string }
	}
	var api struct {
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			OperationID string
			Parameters  []struct {
				Name, In string
				Required bool
				Ref      string `json:"$ref"`
			}
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(first, &api); err != nil {
		t.Fatal(err)
	}
	order := api.Paths["/shops/{shop_id}/orders"]["post"]
	if order.OperationID != "web_test.Order" || api.Servers[0].URL != web.Prefix {
		t.Errorf("operation %q on %v", order.OperationID, api.Servers)
	}
	want := "[{shop_id path true } {dry_run query false } " +
		"{  false #/components/parameters/Idempotency-Key}]"
	if got := fmt.Sprint(order.Parameters); got != want {
		t.Errorf("parameters %s, want %s", got, want)
	}
	body := order.RequestBody.Content["application/json"].Schema
	if got := fmt.Sprint(body.Required); got != "[name day kind lines]" {
		t.Errorf("required %s", got)
	}
	if body.Properties["day"].Format != "date" {
		t.Errorf("body %+v", body)
	}
	for _, absent := range []string{"shop_id", "dry_run", "IdempotencyKey", "Keyed"} {
		if _, ok := body.Properties[absent]; ok {
			t.Errorf("%s stands in the body", absent)
		}
	}
	for _, name := range []string{"Web_testLine", "Web_testOrderOut", "WebProblem"} {
		if _, ok := api.Components.Schemas[name]; !ok {
			t.Errorf("no schema %s", name)
		}
	}
}

type misfitIn struct {
	A string `json:"a" path:"b"`
}

// Goal: wrong wiring is refused at start, not at the first request.
func TestMountPanics(t *testing.T) {
	t.Parallel()
	op := func(context.Context, findIn) (struct{}, error) { return struct{}{}, nil }
	cases := map[string]func(m *web.Mux){
		"PathNotInStruct": func(m *web.Mux) { web.Show(m, "/x/{shop_id}/{other}", op) },
		"StructNotInPath": func(m *web.Mux) { web.Show(m, "/x", op) },
		"TagsDiffer": func(m *web.Mux) {
			web.Do(m, "/x/{b}", func(context.Context, misfitIn) (struct{}, error) {
				return struct{}{}, nil
			})
		},
		"Twice": func(m *web.Mux) {
			web.Show(m, "/x/{shop_id}", op)
			web.Show(m, "/y/{shop_id}", op)
		},
		"NoStruct": func(m *web.Mux) {
			web.Do(m, "/x", func(context.Context, string) (any, error) { return nil, nil })
		},
		"ObjectInQuery": func(m *web.Mux) {
			web.Show(m, "/x", func(context.Context, struct {
				L line `json:"l"`
			}) (struct{}, error) {
				return struct{}{}, nil
			})
		},
		"NoText": func(*web.Mux) { web.New(web.Options{}) },
	}
	for name, wire := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := setup(t).mux
			defer func() {
				if recover() == nil {
					t.Error("it was accepted")
				}
			}()
			wire(m)
		})
	}
}

// Goal: bodies from the outside break nothing: no panic, no 500, whatever arrives.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{good, `{"lines":[{"heads":1e400}]}`, `[[[[`, "\x00",
		`{"a":{"a":{}}}`, with("amounts", `[-9223372036854775808]`), with("day", `"0000-00-00"`)} {
		f.Add(seed)
	}
	text, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	m := web.New(web.Options{Text: text})
	web.Do(m, "/shops/{shop_id}/orders", (&shop{}).Order)
	h := m.Handler()
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", orders, strings.NewReader(body)))
		if w.Code != 200 && w.Code != 422 && w.Code != 413 {
			t.Errorf("%q: got %d %s", body, w.Code, w.Body)
		}
	})
}
