//go:build !unix

package bench

import "time"

// cpuTime is not measured on this system: cpu_us_per_deed is 0.
func cpuTime() time.Duration { return 0 }

// peakMB is not measured on this system: peak_mb is 0.
func peakMB() float64 { return 0 }
