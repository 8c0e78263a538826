package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// The provider of masked numbers: two phones get one number through which they call each other. It
// remembers a binding by its key as long as the process lives; nobody is charged for it.

const numbersKept = 50_000

type binding struct {
	Key   string    `json:"key"`
	A     string    `json:"a"`
	B     string    `json:"b"`
	Until time.Time `json:"until"`
}

func (s *Server) numberRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /number/bindings", s.postBinding)
}

func (s *Server) postBinding(w http.ResponseWriter, r *http.Request) {
	var in binding
	err := read(r, &in)
	if err == nil {
		err = checkKey(in.Key)
	}
	if err == nil && (in.A == "" || in.B == "" || len(in.A) > phoneCharsMax ||
		len(in.B) > phoneCharsMax) {
		err = refuse(http.StatusUnprocessableEntity, "a binding needs two phones, a and b")
	}
	if err == nil && !in.Until.After(s.opts.Clock.Now()) {
		err = refuse(http.StatusUnprocessableEntity, "the binding would be over: until %s", in.Until)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "number.bind", in.Key, func(Fault) (any, error) { return s.bind(in) })
}

// bind gives the next free number, the same for the same key and phones.
func (s *Server) bind(in binding) (any, error) {
	d, err := s.digest(in.A, in.B)
	if err != nil {
		return nil, err
	}
	was, known := s.numbers.get(in.Key)
	if known && was.digest != d {
		return nil, reused(in.Key)
	}
	if !known {
		s.numbersMade++
		was = bound{d, fmt.Sprintf("9501%08d", s.numbersMade)}
		s.numbers.put(in.Key, was)
	}
	return map[string]string{"number": was.number}, nil
}

type bound struct{ digest, number string }
