package clock

import "time"

var now = time.Now // the one place
