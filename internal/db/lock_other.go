//go:build !unix

package db

import (
	"fmt"
	"os"
)

// lockFile only opens the file: there is no flock here, so running two processes on one SQLite
// file is not refused on this system.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	return f, nil
}
