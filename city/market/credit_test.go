package market

import (
	"context"
	"errors"
	"testing"

	"github.com/gongyi/gongyi/internal/db"
)

// Goal: credit makes a public vacancy wait, and nothing else; what it refuses is refused.
func TestCreditDecidesWithTheGate(t *testing.T) {
	t.Parallel()
	refused := errors.New("listed")
	for _, c := range []struct {
		st            Standing
		err           error
		state, reason string
		want, because string
	}{
		{Standing{}, nil, Published, "", Published, ""},
		{Standing{}, nil, Waiting, "doubtful", Waiting, "doubtful"},
		{Standing{Wait: true}, nil, Published, "", Waiting, "credit"},
		{Standing{Wait: true}, nil, Waiting, "doubtful", Waiting, "doubtful"},
		{Standing{}, refused, Published, "", Published, ""},
	} {
		s := &Service{Deps: Deps{Credit: func(context.Context, *db.Tx, string) (Standing, error) {
			return c.st, c.err
		}}}
		v, err := s.creditTx(context.Background(), nil, "emp_1",
			VacancyView{State: c.state, Reason: c.reason})
		if !errors.Is(err, c.err) || v.State != c.want || v.Reason != c.because {
			t.Errorf("%+v: got %s %q, %v", c, v.State, v.Reason, err)
		}
	}
}
