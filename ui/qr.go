package ui

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR is a QR code as a page draws it: its side with the quiet margin, and a path over its dark
// squares.
type QR struct {
	side int
	path string
}

const quiet = 4 // squares around a code. Source: ISO/IEC 18004

// DrawQR encodes a text so that a quarter of the code may be dirty: it hangs at a gate.
func DrawQR(text string) (QR, error) {
	c, err := qr.Encode(text, qr.Q)
	if err != nil {
		return QR{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var path strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return QR{c.Size + 2*quiet, path.String()}, nil
}
