// Package fault is the one error type that may reach a person.
//
// A fault has a kind (which decides the HTTP status), a stable dotted code
// (which is also the key of its sentence in zh-CN and en), and, where one field is
// to blame, that field's name. Every other error is internal: its text goes to the
// log with the request id and is never shown.
package fault

import (
	"errors"
	"fmt"
)

// Kind says whose turn it is: the caller's (mend the input, come back later) or ours.
type Kind string

// The kinds of fault, each with one HTTP status (see internal/web).
const (
	Invalid     Kind = "invalid"     // the input is wrong; Field says where
	NotFound    Kind = "not_found"   // no such thing, or none the caller may see
	Conflict    Kind = "conflict"    // the input is fine, the state of the world is not
	Forbidden   Kind = "forbidden"   // known, but not allowed
	Unknown     Kind = "unknown"     // who is asking is not known: log in
	Limited     Kind = "limited"     // too often: again after Args["retry_s"] seconds, an int64
	Unavailable Kind = "unavailable" // try again later with the same key
	Internal    Kind = "internal"    // our error
)

// Error is a fault. Args fill the placeholders of its sentence; they must hold
// nothing that the caller may not see.
type Error struct {
	Kind  Kind
	Code  string
	Field string
	Args  map[string]any
	Cause error
}

// New returns a fault of that kind. Code is the i18n key of its sentence; args are
// alternating placeholder names and values.
func New(kind Kind, code string, args ...any) *Error {
	e := &Error{Kind: kind, Code: code}
	if len(args)%2 != 0 {
		panic("fault: args of " + code + " are not pairs")
	}
	for i := 0; i < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]any, len(args)/2)
		}
		e.Args[args[i].(string)] = args[i+1]
	}
	return e
}

// OnField returns a copy that blames a field of the input.
func (e *Error) OnField(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because returns a copy that carries the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Error is for logs; people see the sentence of Code.
func (e *Error) Error() string {
	s := string(e.Kind) + " " + e.Code
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if len(e.Args) > 0 {
		s += fmt.Sprintf(" %v", e.Args)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// As returns the fault inside err, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// CodeOf returns the fault code inside err, "internal" for any other error, "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	if e := As(err); e != nil {
		return e.Code
	}
	return "internal"
}

// Is tells whether err is a fault with that code.
func Is(err error, code string) bool {
	e := As(err)
	return e != nil && e.Code == code
}
