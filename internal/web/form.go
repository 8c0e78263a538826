package web

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	// KeyField is the hidden field of a form that stands for the Idempotency-Key header.
	KeyField     = "idempotency_key"
	formDepthMax = 4                  // steps in a field's name
	localInstant = "2006-01-02T15:04" // what a browser's box for day and time gives
)

// Read fills into, a pointer to an operation's In, from path, form and query, checked as its JSON
// face checks. An empty box counts as left out; "shifts.0.heads" is a field of a list's first
// item; a day and time without a zone are those of China.
func (v *Visit) Read(into any) error {
	s := v.m.formShape(reflect.TypeOf(into).Elem())
	typed := branch{}
	for _, name := range slices.Sorted(maps.Keys(v.Form)) { // the same form has the same fault
		given := v.Form[name]
		if err := checkText(printable(name), name, strings.Join(given, "")); err != nil {
			return err
		}
		if strings.Join(given, "") == "" || name == KeyField || name == "lang" {
			continue
		}
		if err := typed.put(strings.Split(name, "."), given); err != nil {
			return err.OnField(printable(name))
		}
	}
	values := map[string]any{}
	for name, node := range typed {
		values[name] = s.value(s.schema.Properties[name], node)
	}
	for _, f := range s.fields {
		if text := v.R.PathValue(f.name); text != "" {
			values[f.name] = parse(f.schema, text)
		}
	}
	if err := s.validate(values); err != nil {
		return err
	}
	if err := fill(values, into); err != nil {
		return err
	}
	if k, ok := into.(keyed); ok {
		k.SetIdempotencyKey(v.Form.Get(KeyField))
	}
	return nil
}

// branch is a form by the steps of its names; its leaves are []string.
type branch map[string]any

func (b branch) put(path, given []string) *fault.Error {
	if len(path) > formDepthMax {
		return fault.New(fault.Invalid, "web.field_unknown")
	}
	next, ok := b[path[0]].(branch)
	if there := b[path[0]]; there != nil && (!ok || len(path) == 1) {
		return fault.New(fault.Invalid, "web.field_twice")
	}
	if len(path) == 1 {
		b[path[0]] = given
		return nil
	}
	if !ok {
		next = branch{}
		b[path[0]] = next
	}
	return next.put(path[1:], given)
}

// value turns what was typed into what the schema asks for. What does not fit stays as it is, for
// the validation to name.
func (s *shape) value(schema *huma.Schema, node any) any {
	if schema != nil && schema.Ref != "" {
		schema = s.registry.SchemaFromRef(schema.Ref)
	}
	given, leaf := node.([]string)
	switch {
	case schema == nil && leaf:
		return given[0]
	case schema == nil:
		return map[string]any{}
	case leaf && schema.Type == huma.TypeArray:
		list := make([]any, len(given))
		for i, text := range given {
			list[i] = parseBox(schema.Items, text)
		}
		return list
	case leaf:
		return parseBox(schema, given[len(given)-1]) // a hidden "false" stands before a tick box
	case schema.Type == huma.TypeArray:
		return s.items(schema.Items, node.(branch))
	}
	values := map[string]any{}
	for name, node := range node.(branch) {
		values[name] = s.value(schema.Properties[name], node)
	}
	return values
}

// items are in the order of their numbers, which may have gaps where somebody took a row away.
func (s *shape) items(schema *huma.Schema, b branch) []any {
	keys := make([]int, 0, len(b))
	for key := range b {
		if n, err := strconv.Atoi(key); err == nil && strconv.Itoa(n) == key {
			keys = append(keys, n)
		}
	}
	slices.Sort(keys)
	list := make([]any, 0, len(keys))
	for _, n := range keys {
		list = append(list, s.value(schema, b[strconv.Itoa(n)]))
	}
	return list
}

// parseBox is parse for what a person typed: spaces around a number do not count, "on" is a tick.
func parseBox(schema *huma.Schema, text string) any {
	if schema.Type != huma.TypeString {
		text = strings.TrimSpace(text)
	}
	if schema.Type == huma.TypeBoolean && text == "on" {
		return true
	}
	if schema.Format == "date-time" {
		if at, err := time.ParseInLocation(localInstant, text, civil.Zone); err == nil {
			return at.Format(time.RFC3339)
		}
	}
	return parse(schema, text)
}

// formShape gives the shape of an In for forms, where every field may stand anywhere. Each has a
// registry of its own: what only a page reads is no part of the API's description, and what other
// visits read does not change.
func (m *Mux) formShape(in reflect.Type) *shape {
	m.formsMu.Lock()
	defer m.formsMu.Unlock()
	if s := m.forms[in]; s != nil {
		return s
	}
	registry := newOpenAPI("").Components.Schemas
	s := &shape{registry: registry, schema: huma.SchemaFromType(registry, in)}
	for _, f := range reflect.VisibleFields(in) {
		property := jsonName(f)
		schema := s.schema.Properties[property]
		if schema == nil || f.Anonymous && f.Tag.Get("json") == "" {
			continue
		}
		if _, queried := f.Tag.Lookup("query"); queried && f.Tag.Get("required") != "true" {
			s.schema.Required = slices.DeleteFunc(s.schema.Required,
				func(p string) bool { return p == property })
		}
		s.fields = append(s.fields, field{property, inBody, schema})
	}
	s.schema.PrecomputeMessages()
	if m.forms == nil {
		m.forms = map[reflect.Type]*shape{}
	}
	m.forms[in] = s
	return s
}

// Take gives a field of a form and takes it out: what is for the page is not for the operation.
func Take(form url.Values, name string) string {
	defer form.Del(name)
	return form.Get(name)
}

// Copied is a form as it was typed, for showing again what a page rewrites.
func Copied(form url.Values) url.Values {
	typed := maps.Clone(form)
	for name, list := range typed {
		typed[name] = slices.Clone(list)
	}
	return typed
}
