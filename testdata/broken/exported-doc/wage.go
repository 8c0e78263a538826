package wage

// Line is what one placement earned.
type Line struct{}

type Bare struct{}

// It says nothing of its name.
type Misnamed struct{}

// Late is no sentence
const Late = 1

// The kinds of line.
const (
	Accrued = iota
	Paid
)

var Loose = 2

// ClockIn draws:
//
//	a → b
func (l *Line) ClockIn() {}

func (Line) Undone() {}

func (hidden) Undone() {}

type hidden struct{}

func Accrue[T any](T) {}

// An Order is told with an article.
type Order int
