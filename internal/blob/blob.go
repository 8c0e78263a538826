// Package blob keeps files in a folder beside the database: each once, under the SHA-256 of what it
// holds, sealed with the city's key. A file is never changed; what refers to it keeps the hash.
//
// A database row and a file cannot be written in one transaction: the file is put first, the row
// after it. What a dead process leaves is a file that no row names, never a row without its file.
package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
)

// BytesMax bounds one file: a workbook or a scan, not a film.
const BytesMax = 32 << 20

// domain binds a sealed file to its name, so that files cannot be exchanged.
const domain = "blob/"

// InMemory in place of a folder keeps the files until the process ends: for simulated cities.
const InMemory = ":memory:"

// Store is a folder of sealed files. The zero Store has no folder and keeps nothing.
type Store struct {
	dir string
	box crypt.Box

	mu  sync.Mutex // guards mem
	mem map[string][]byte
}

// New returns the store of a folder, which is made when the first file comes. Without a folder
// every use is refused.
func New(dir string, box crypt.Box) *Store {
	return &Store{dir: dir, box: box, mem: map[string][]byte{}}
}

// Hash gives the name under which content lies.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Put keeps content and gives its hash; content that is there already stays as it is.
// Faults: blob.no_folder (unavailable), blob.too_large (invalid).
func (s *Store) Put(content []byte) (string, error) {
	if s.dir == "" {
		return "", fault.New(fault.Unavailable, "blob.no_folder")
	}
	if len(content) > BytesMax {
		return "", fault.New(fault.Invalid, "blob.too_large", "max_mib", BytesMax>>20)
	}
	hash := Hash(content)
	if s.dir == InMemory {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.mem[hash] = slices.Clone(content)
		return hash, nil
	}
	file := s.path(hash)
	if _, err := os.Stat(file); err == nil {
		return hash, nil
	}
	sealed, err := s.box.Seal(domain+hash, string(content))
	if err != nil {
		return "", fmt.Errorf("seal file %s: %w", hash, err)
	}
	if err := write(file, sealed); err != nil {
		return "", fmt.Errorf("keep file %s: %w", hash, err)
	}
	return hash, nil
}

// write makes a file that is whole or not there: a temporary one, synced, then renamed.
func write(file string, content []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	if _, err := tmp.Write(content); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := tmp.Sync(); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

// Get gives the content under a hash, checked against it.
// Faults: blob.no_folder (unavailable), blob.not_found.
func (s *Store) Get(hash string) ([]byte, error) {
	if s.dir == "" {
		return nil, fault.New(fault.Unavailable, "blob.no_folder")
	}
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	if s.dir == InMemory {
		s.mu.Lock()
		defer s.mu.Unlock()
		if content, ok := s.mem[hash]; ok {
			return content, nil
		}
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	sealed, err := os.ReadFile(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", hash, err)
	}
	content, err := s.box.Open(domain+hash, sealed)
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", hash, err)
	}
	if Hash([]byte(content)) != hash {
		return nil, fmt.Errorf("file %s holds something else", hash)
	}
	return []byte(content), nil
}

// path spreads the files over 256 folders.
func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash) }
