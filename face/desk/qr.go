package desk

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// code is a QR code as a page draws it: its side with the quiet margin, and a path over its dark
// squares.
type code struct {
	side int
	path string
}

const quiet = 4 // squares around a code. Source: ISO/IEC 18004

// drawQR encodes a text so that a quarter of the code may be dirty: it hangs at a gate.
func drawQR(text string) (code, error) {
	c, err := qr.Encode(text, qr.Q)
	if err != nil {
		return code{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var path strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return code{c.Size + 2*quiet, path.String()}, nil
}
