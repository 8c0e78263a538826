package wage

import (
	"time"
	t "time"
)

type fake struct{}

func (fake) Now() int { return 0 }

func late(since t.Time) bool {
	var time2 fake
	_ = time2.Now()                      // not the package
	return t.Since(since) > time.Hour && // the machine's clock, under another name
		time.Until(since) < 0
}

var read = time.Now
