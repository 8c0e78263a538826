package web

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

const schemaPrefix = "#/components/schemas/"

// huma keeps its texts and habits in package variables and web is its only user here. Its texts
// become tokens for complaint to read, so that nothing ever compares sentences.
func init() {
	huma.ValidateStrictCasing = true // {"Phone": …} is not {"phone": …}
	huma.ErrorFormatter = func(token string, args ...any) string {
		for i, a := range args {
			if f, ok := a.(float64); ok { // 1e+06 is no number for people
				args[i] = strconv.FormatFloat(f, 'f', -1, 64)
			}
		}
		return fmt.Sprintf(token, args...)
	}
	for token, messages := range map[string][]*string{
		"choice %s":         {&validation.MsgExpectedOneOf},
		"format date":       {&validation.MsgExpectedRFC3339Date},
		"format duration":   {&validation.MsgExpectedDuration},
		"format email":      {&validation.MsgExpectedRFC5322Email},
		"format instant":    {&validation.MsgExpectedRFC3339DateTime},
		"format %s":         {&validation.MsgExpectedBePattern},
		"format pattern %s": {&validation.MsgExpectedMatchPattern},
		"format time":       {&validation.MsgExpectedRFC3339Time},
		"format uri":        {&validation.MsgExpectedRFC3986URI},
		"items max %d":      {&validation.MsgExpectedMaxItems},
		"items min %d":      {&validation.MsgExpectedMinItems},
		"length max %d":     {&validation.MsgExpectedMaxLength},
		"length min %d":     {&validation.MsgExpectedMinLength},
		"range above %v":    {&validation.MsgExpectedExclusiveMinimumNumber},
		"range below %v":    {&validation.MsgExpectedExclusiveMaximumNumber},
		"range max %v":      {&validation.MsgExpectedMaximumNumber},
		"range min %v":      {&validation.MsgExpectedMinimumNumber},
		"repeated":          {&validation.MsgExpectedArrayItemsUnique},
		"required %s":       {&validation.MsgExpectedRequiredProperty},
		"type boolean":      {&validation.MsgExpectedBoolean},
		"type integer":      {&validation.MsgExpectedInteger},
		"type list":         {&validation.MsgExpectedArray},
		"type number":       {&validation.MsgExpectedNumber},
		"type object":       {&validation.MsgExpectedObject},
		"type text":         {&validation.MsgExpectedString},
		"unknown":           {&validation.MsgUnexpectedProperty},
	} {
		for _, m := range messages {
			*m = token
		}
	}
}

// complaint turns one finding of huma into a fault.
func complaint(err error) *fault.Error {
	var detail *huma.ErrorDetail
	if !errors.As(err, &detail) {
		return fault.New(fault.Invalid, "web.field_wrong").Because(err)
	}
	at := printable(detail.Location)
	token, rest, _ := strings.Cut(detail.Message, " ")
	what, n, _ := strings.Cut(rest, " ")
	args := map[string]any{"n": n}
	switch token {
	case "choice":
		return fault.New(fault.Invalid, "web.field_choice", "choices", rest).OnField(at)
	case "format":
		return fault.New(fault.Invalid, "web.field_format",
			"format", word{"web.format." + what, args}).OnField(at)
	case "items":
		return fault.New(fault.Invalid, "web.field_items",
			"bound", word{"web.bound." + what, args}).OnField(at)
	case "length":
		return fault.New(fault.Invalid, "web.field_length",
			"bound", word{"web.bound." + what, args}).OnField(at)
	case "range":
		return fault.New(fault.Invalid, "web.field_range",
			"bound", word{"web.bound." + what, args}).OnField(at)
	case "repeated":
		return fault.New(fault.Invalid, "web.field_repeated").OnField(at)
	case "required":
		if at != "" {
			rest = at + "." + rest
		}
		return fault.New(fault.Invalid, "web.field_required").OnField(rest)
	case "type":
		return fault.New(fault.Invalid, "web.field_type",
			"type", word{"web.type." + what, nil}).OnField(at)
	case "unknown":
		return fault.New(fault.Invalid, "web.field_unknown").OnField(at)
	}
	return fault.New(fault.Invalid, "web.field_wrong").OnField(at)
}

func newOpenAPI(base string) *huma.OpenAPI {
	registry := huma.NewMapRegistry(schemaPrefix, schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[civil.Date](), reflect.TypeFor[day]())
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "工驿 Gongyi", Version: "1"},
		Servers: []*huma.Server{{URL: base + Prefix}},
		Components: &huma.Components{Schemas: registry,
			Parameters: map[string]*huma.Param{keyHeader: {Name: keyHeader, In: "header",
				Required: true, Schema: &huma.Schema{Type: huma.TypeString},
				Description: "chosen by the client; the same key twice is one deed"}},
			Responses: map[string]*huma.Response{problemName: {Description: "not done; title says why",
				Content: map[string]*huma.MediaType{"application/problem+json": {
					Schema: registry.Schema(reflect.TypeFor[Problem](), true, "")}}}}},
	}
}

// What many operations have is described once: the key of a deed, and the problem as an answer.
const (
	keyRef      = "#/components/parameters/" + keyHeader
	problemName = "Problem"
	problemRef  = "#/components/responses/" + problemName
)

// day is how a civil.Date looks from outside.
type day string

// Schema is asked for by huma. The years are bounded because civil panics beyond 0000 and 9999,
// and days before and after are reached by adding.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Pattern: "^(19|20)",
		PatternDescription: "date"}
}

// schemaName adds the package to huma's name: many slices have a View.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Name() == "" { // named by its place in the parent; two slices may have the same
		h := fnv.New32a()
		_, _ = h.Write([]byte(t.String())) // cannot fail
		return fmt.Sprintf("%s%08x", name, h.Sum32())
	}
	pkg := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	if pkg == "" {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

var pathParam = regexp.MustCompile(`\{([^}]*)\}`)

// shapeOf reads an In. It panics where the path, the tags and each other do not fit.
func shapeOf(registry huma.Registry, in reflect.Type, method, path, name string) *shape {
	if in.Kind() != reflect.Struct {
		panic("web: the In of " + name + " is no struct")
	}
	s := &shape{registry: registry, schema: huma.SchemaFromType(registry, in), method: method}
	_, s.keyed = reflect.New(in).Interface().(keyed)
	optional := map[string]bool{}
	for _, f := range reflect.VisibleFields(in) {
		property := jsonName(f)
		schema := s.schema.Properties[property]
		if schema == nil || f.Anonymous && f.Tag.Get("json") == "" {
			continue
		}
		where := placeOf(f, method, property, name)
		if where != inBody && (schema.Ref != "" || schema.Type == huma.TypeObject) {
			panic(fmt.Sprintf("web: %s of %s is an object, which only a body can hold", property, name))
		}
		if _, tagged := f.Tag.Lookup("query"); tagged && f.Tag.Get("required") != "true" {
			optional[property] = true
		}
		s.fields = append(s.fields, field{property, where, schema})
	}
	s.checkPath(path, name)
	s.schema.Required = slices.DeleteFunc(s.schema.Required,
		func(p string) bool { return optional[p] })
	s.schema.PrecomputeMessages() // Required changed
	return s
}

func placeOf(f reflect.StructField, method, property, name string) place {
	for _, where := range []place{inPath, inQuery} {
		tag, ok := f.Tag.Lookup(string(where))
		if ok && tag != property {
			panic(fmt.Sprintf("web: %s of %s is %q in the %s and %q in JSON", f.Name, name, tag,
				where, property))
		}
		if ok {
			return where
		}
	}
	if method == http.MethodGet {
		return inQuery
	}
	return inBody
}

func (s *shape) checkPath(path, name string) {
	var inPattern, inStruct []string
	for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
		inPattern = append(inPattern, m[1])
	}
	for _, f := range s.fields {
		if f.place == inPath {
			inStruct = append(inStruct, f.name)
		}
	}
	slices.Sort(inPattern)
	slices.Sort(inStruct)
	if !slices.Equal(inPattern, inStruct) {
		panic(fmt.Sprintf("web: the path %s of %s has %v, its In has %v", path, name, inPattern,
			inStruct))
	}
}

// jsonName is the name that encoding/json and huma give to a field; "-" for one left out.
func jsonName(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}

// describe gives the operation's OpenAPI entry.
func (s *shape) describe(api *huma.OpenAPI, method, path, name string, out reflect.Type,
) *huma.Operation {
	slice, _, _ := strings.Cut(name, ".")
	ref := func(t reflect.Type) *huma.Schema { return s.registry.Schema(t, true, name+"Out") }
	body := func(mediaType string, schema *huma.Schema) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{mediaType: {Schema: schema}}
	}
	op := &huma.Operation{
		Method: method, Path: path, OperationID: name, Tags: []string{slice},
		Responses: map[string]*huma.Response{
			"200":     {Description: "done", Content: body("application/json", ref(out))},
			"default": {Ref: problemRef},
		},
	}
	rest := *s.schema
	rest.Properties = map[string]*huma.Schema{}
	for _, f := range s.fields {
		if f.place == inBody {
			rest.Properties[f.name] = f.schema
			continue
		}
		required := slices.Contains(s.schema.Required, f.name)
		op.Parameters = append(op.Parameters, &huma.Param{Name: f.name, In: string(f.place),
			Required: required || f.place == inPath, Schema: f.schema}) // which describes itself
	}
	rest.Required = slices.DeleteFunc(slices.Clone(s.schema.Required),
		func(p string) bool { return rest.Properties[p] == nil })
	if method == http.MethodPost && s.keyed {
		op.Parameters = append(op.Parameters, &huma.Param{Ref: keyRef})
	}
	if method == http.MethodPost && len(rest.Properties) > 0 {
		op.RequestBody = &huma.RequestBody{Required: len(rest.Required) > 0,
			Content: body("application/json", &rest)}
	}
	return op
}
