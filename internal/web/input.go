package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	keyHeader = "Idempotency-Key"
	// drainBytesMax is read of a body that is too large, so that a client which writes all before
	// it reads still gets the sentence and not a broken connection.
	drainBytesMax = 32 << 20
)

type keyed interface{ SetIdempotencyKey(string) }

// place is where a field stands in the request.
type place string

const (
	inPath  place = "path"
	inQuery place = "query"
	inBody  place = "body"
)

// field is one top-level field of an In.
type field struct {
	name   string
	place  place
	schema *huma.Schema
}

// shape is what an operation's In looks like. It does not change after mounting.
type shape struct {
	registry huma.Registry
	schema   *huma.Schema // of the whole In
	fields   []field      // in the struct's order
	keyed    bool
	method   string
}

// read checks the request and fills into, a pointer to the In.
func (s *shape) read(r *http.Request, bodyBytesMax int64, into any) error {
	values := map[string]any{}
	if s.method == http.MethodPost {
		body, err := readBody(r, bodyBytesMax)
		if err != nil {
			return err
		}
		if values, err = s.parseBody(body); err != nil {
			return err
		}
	}
	if err := s.addParams(r, values); err != nil {
		return err
	}
	for name, v := range values {
		if err := checkText(name, name, v); err != nil {
			return err
		}
	}
	if err := s.validate(values); err != nil {
		return err
	}
	if err := fill(values, into); err != nil {
		return err
	}
	if k, ok := into.(keyed); ok && s.method == http.MethodPost {
		key := r.Header.Get(keyHeader)
		if err := checkText(keyHeader, "", key); err != nil {
			return err
		}
		k.SetIdempotencyKey(key)
	}
	return nil
}

func readBody(r *http.Request, bytesMax int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bytesMax+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "web.body_cut").Because(err)
	}
	if int64(len(body)) > bytesMax {
		_, _ = io.CopyN(io.Discard, r.Body, drainBytesMax) // the answer is the same either way
		return nil, bodyTooLarge(bytesMax)
	}
	if len(body) > 0 && !isJSON(r.Header.Get("Content-Type")) {
		return nil, errNotJSON
	}
	return body, nil
}

// isJSON lets a missing type pass: whoever sends none means what we ask for. A form's type does
// not pass, so a page of another site cannot post here even from a browser that hides its origin.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" ||
		strings.HasPrefix(t, "application/") && strings.HasSuffix(t, "+json"))
}

// parseBody reads one JSON object; nothing at all counts as an empty one.
func (s *shape) parseBody(body []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if at := firstInvalidUTF8(body); at >= 0 {
		return nil, badJSON(body, at)
	}
	if err := dec.Decode(&v); err != nil {
		return nil, badJSON(body, syntaxErrorAt(body, err))
	}
	if rest := bytes.TrimLeft(body[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, badJSON(body, len(body)-len(rest))
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "web.body_not_object")
	}
	for _, f := range s.fields {
		if _, given := values[f.name]; given && f.place == inPath {
			return nil, fault.New(fault.Invalid, "web.field_in_path").OnField(f.name)
		}
		if _, given := values[f.name]; given && f.place == inQuery {
			return nil, fault.New(fault.Invalid, "web.field_in_query").OnField(f.name)
		}
	}
	for name, v := range values {
		values[name] = exact(v)
	}
	return values, nil
}

func firstInvalidUTF8(b []byte) int {
	for at := 0; at < len(b); {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}

func syntaxErrorAt(body []byte, err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return max(int(syntax.Offset)-1, 0) // Offset counts the bytes read before the error
	}
	return len(body) // it ended too early
}

// badJSON says where: line and column from 1, the column in characters as an editor counts.
func badJSON(body []byte, at int) error {
	before := body[:min(at, len(body))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fault.New(fault.Invalid, "web.bad_json", "line", line, "column", column)
}

// exact turns numbers into int64 where they are whole, so that no fen is lost in a float.
func exact(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return v // out of every range: the schema refuses it
	case map[string]any:
		for name, x := range v {
			v[name] = exact(x)
		}
	case []any:
		for i, x := range v {
			v[i] = exact(x)
		}
	}
	return v
}

// addParams puts the path's and the query's fields among the values.
func (s *shape) addParams(r *http.Request, values map[string]any) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Invalid, "web.bad_query").Because(err)
	}
	for _, f := range s.fields {
		switch given := query[f.name]; {
		case f.place == inPath:
			values[f.name] = parse(f.schema, r.PathValue(f.name))
		case f.place != inQuery || given == nil:
			continue
		case f.schema.Type == huma.TypeArray:
			values[f.name] = parseList(f.schema, given)
		case len(given) > 1:
			return fault.New(fault.Invalid, "web.field_twice").OnField(f.name)
		default:
			values[f.name] = parse(f.schema, given[0])
		}
		delete(query, f.name)
	}
	for name := range query { // one is enough to say
		return fault.New(fault.Invalid, "web.field_unknown").OnField(printable(name))
	}
	return nil
}

// parse reads a parameter by its schema. What does not fit stays text, for the validation to name.
func parse(schema *huma.Schema, text string) any {
	switch schema.Type {
	case huma.TypeInteger:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case huma.TypeNumber:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	case huma.TypeBoolean:
		switch text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return text
}

// parseList reads a,b&name=c as three items.
func parseList(schema *huma.Schema, given []string) []any {
	items := []any{}
	for _, g := range given {
		for text := range strings.SplitSeq(g, ",") {
			items = append(items, parse(schema.Items, text))
		}
	}
	return items
}

// checkText refuses text that a database cannot keep: U+0000, and bytes that are not UTF-8.
func checkText(at, key string, v any) error {
	bad := func(s string) bool { return strings.ContainsRune(s, 0) || !utf8.ValidString(s) }
	if bad(key) {
		return fault.New(fault.Invalid, "web.field_text").OnField(printable(at))
	}
	switch v := v.(type) {
	case string:
		if bad(v) {
			return fault.New(fault.Invalid, "web.field_text").OnField(at)
		}
	case map[string]any:
		for name, x := range v {
			if err := checkText(at+"."+name, name, x); err != nil {
				return err
			}
		}
	case []any:
		for i, x := range v {
			if err := checkText(fmt.Sprintf("%s[%d]", at, i), "", x); err != nil {
				return err
			}
		}
	}
	return nil
}

// printable keeps a name that a stranger chose fit for a sentence.
func printable(name string) string {
	const runesMax = 60
	clean := []rune(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "�"), "�"))
	return string(clean[:min(len(clean), runesMax)])
}

// validate checks the values against the schema and blames the first field, in the struct's order.
func (s *shape) validate(values map[string]any) error {
	for _, f := range s.fields {
		if v, ok := values[f.name]; ok && v == "" && isInstant(f.schema) {
			delete(values, f.name) // an empty date box of a form: left out
		}
	}
	var result huma.ValidateResult
	huma.Validate(s.registry, s.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer,
		values, &result)
	if len(result.Errors) == 0 {
		return nil
	}
	faults := make([]*fault.Error, len(result.Errors))
	for i, err := range result.Errors {
		faults[i] = complaint(err)
	}
	return slices.MinFunc(faults, func(a, b *fault.Error) int {
		if d := s.position(a.Field) - s.position(b.Field); d != 0 {
			return d
		}
		return strings.Compare(a.Field+" "+a.Code, b.Field+" "+b.Code)
	})
}

func isInstant(schema *huma.Schema) bool {
	return schema.Format == "date" || schema.Format == "date-time"
}

// position of the top-level field that a path such as shifts[0].heads lies in.
func (s *shape) position(path string) int {
	if end := strings.IndexAny(path, ".["); end >= 0 {
		path = path[:end]
	}
	i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == path })
	if i < 0 {
		return len(s.fields) // unknown fields last: a missing one is the likelier typing error
	}
	return i
}

// fill decodes what was validated, and nothing else, into the In.
func fill(values map[string]any, into any) error {
	text, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("encode the input: %w", err)
	}
	err = json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	if f := fault.As(err); f != nil {
		return f // a type that refuses bad text by itself
	}
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return fault.New(fault.Invalid, "web.field_wrong").Because(err)
	}
	if isNumber(wrong.Type) { // the type fits by the schema, so the value does not
		return fault.New(fault.Invalid, "web.field_range",
			"bound", word{key: "web.bound.keepable"}).OnField(wrong.Field)
	}
	return fault.New(fault.Invalid, "web.field_wrong").OnField(wrong.Field).Because(err)
}

func isNumber(t reflect.Type) bool {
	return t != nil && t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64
}
