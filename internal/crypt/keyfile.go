package crypt

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gongyi/gongyi/internal/fault"
)

const (
	keyFileMode  = 0o600
	keyFileBytes = 64 << 10 // a file longer than that is something else
	keyFileHead  = `# Keys of a Gongyi city. Without this file nobody can read the ID, phone and card
# numbers in its database: keep a copy apart from the database's.
# One key a line, oldest first, 32 bytes in base64. To change keys, add a line at the end and
# restart; keep the lines before it.
`
)

// LoadOrMakeKeyFile reads a city's keys, oldest first; where there is no such file it makes one,
// for the owner's eyes only, with one new key.
// Faults: those of LoadKeyFile; crypt.key_unwritable (unavailable).
func LoadOrMakeKeyFile(path string) ([]Key, error) {
	keys, err := LoadKeyFile(path)
	if !fault.Is(err, "crypt.key_missing") {
		return keys, err
	}
	if err := makeKeyFile(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.Unavailable, "crypt.key_unwritable", "file", path).Because(err)
	}
	return LoadKeyFile(path) // another process may have been first
}

// LoadKeyFile reads a city's keys, oldest first.
// Faults: crypt.key_missing (not_found), crypt.key_exposed (conflict) when others than the owner
// may read it, crypt.key_bad (invalid) with the line.
func LoadKeyFile(path string) ([]Key, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "crypt.key_missing", "file", path).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at key file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // Windows has no such bits
		return nil, fault.New(fault.Conflict, "crypt.key_exposed", "file", path)
	}
	if info.Size() > keyFileBytes {
		return nil, fault.New(fault.Invalid, "crypt.key_bad", "file", path, "line", 1)
	}
	return readKeys(f, path)
}

func readKeys(f *os.File, path string) ([]Key, error) {
	var keys []Key
	lines := bufio.NewScanner(f)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		secret, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(secret) != keyBytes { // the cause would quote a part of the secret
			return nil, fault.New(fault.Invalid, "crypt.key_bad", "file", path, "line", n)
		}
		keys = append(keys, keyOf([keyBytes]byte(secret)))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "crypt.key_bad", "file", path, "line", n)
	}
	return keys, nil
}

// makeKeyFile writes beside the path and links into place, so that the file is there whole or not
// at all, and of two processes one makes it.
func makeKeyFile(path string) error {
	k := NewKey()
	var text bytes.Buffer
	text.WriteString(keyFileHead)
	text.WriteString(base64.StdEncoding.EncodeToString(k.secret[:]) + "\n")
	draft := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text())
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyFileMode)
	if err != nil {
		return err
	}
	defer os.Remove(draft)
	_, err = f.Write(text.Bytes())
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(draft, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // some systems cannot; then the name is as safe as they make it
	return nil
}
