//go:build unix

package db

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/gongyi/gongyi/internal/fault"
)

// lockFile makes this process the only one that writes the SQLite file beside it. SQLite itself
// would let a second writer in, and both would believe in their lanes and caches.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.New(fault.Invalid, "db.cannot_open", "file",
			strings.TrimSuffix(name, ".lock")).OnField("db").Because(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		pid, _ := io.ReadAll(io.LimitReader(f, 20))
		f.Close()
		return nil, fault.New(fault.Conflict, "db.locked", "file", strings.TrimSuffix(name, ".lock"),
			"pid", strings.TrimSpace(string(pid))).OnField("db").Because(err)
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return f, nil
}
