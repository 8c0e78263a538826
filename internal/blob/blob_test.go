package blob

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/fault"
)

func store(t *testing.T, seed uint64, dir string) *Store {
	t.Helper()
	ring, err := crypt.NewRing(crypt.KeyFromSeed(seed))
	if err != nil {
		t.Fatal(err)
	}
	return New(dir, ring)
}

// files lists what lies in a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Goal: a file comes back as it was, lies there once however often and by however many it is put,
// and cannot be read from the folder.
func TestStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := store(t, 1, dir)
	content := []byte("张三 330199199001010011")
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if hash, err := s.Put(content); err != nil || hash != Hash(content) {
				t.Errorf("Put gives %q, %v", hash, err)
			}
		})
	}
	wait.Wait()
	got, err := s.Get(Hash(content))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("Get gives %q, %v", got, err)
	}
	names := files(t, dir)
	if len(names) != 1 {
		t.Fatalf("files: %v", names)
	}
	raw, err := os.ReadFile(names[0])
	if err != nil || bytes.Contains(raw, []byte("330199")) {
		t.Errorf("the folder shows %q, %v", raw, err)
	}
}

// Goal: a store in memory keeps a copy, as long as it is there.
func TestInMemory(t *testing.T) {
	t.Parallel()
	s := New(InMemory, nil)
	content := []byte("a")
	hash, err := s.Put(content)
	if err != nil {
		t.Fatal(err)
	}
	content[0] = 'b'
	if got, err := s.Get(hash); err != nil || string(got) != "a" {
		t.Errorf("Get gives %q, %v", got, err)
	}
	if _, err := s.Get(Hash([]byte("b"))); !fault.Is(err, "blob.not_found") {
		t.Errorf("what was never put: %v", err)
	}
}

// Goal: what is not there, was exchanged, belongs to another city, or has no folder is refused.
func TestStoreRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := store(t, 1, dir)
	hash, err := s.Put([]byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Put([]byte("b"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../../etc/passwd", Hash([]byte("c"))} {
		if _, err := s.Get(name); !fault.Is(err, "blob.not_found") {
			t.Errorf("Get(%q): %v", name, err)
		}
	}
	if _, err := store(t, 2, dir).Get(hash); err == nil {
		t.Error("another city's key opens the file")
	}
	if err := os.Rename(s.path(other), s.path(hash)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(hash); err == nil {
		t.Error("an exchanged file is taken for the other")
	}
	if _, err := s.Put(make([]byte, BytesMax+1)); !fault.Is(err, "blob.too_large") {
		t.Errorf("a film: %v", err)
	}
	none := New("", nil)
	if _, err := none.Put([]byte("a")); !fault.Is(err, "blob.no_folder") {
		t.Errorf("Put without a folder: %v", err)
	}
	if _, err := none.Get(hash); !fault.Is(err, "blob.no_folder") {
		t.Errorf("Get without a folder: %v", err)
	}
}
