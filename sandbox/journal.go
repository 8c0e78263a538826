package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Journal is the outside world's memory. Append keeps a fact before it is told to anybody; Replay
// tells all facts in the order of their keeping.
type Journal interface {
	Append(ctx context.Context, kind, key, body string) error
	Replay(ctx context.Context, fn func(kind, key, body string) error) error
}

// forgetful keeps nothing: the world is as old as the process.
type forgetful struct{}

func (forgetful) Append(context.Context, string, string, string) error { return nil }

func (forgetful) Replay(context.Context, func(kind, key, body string) error) error { return nil }

type entry struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Body string `json:"body"`
}

const (
	memoryEntriesMax = 1_000_000
	fileBytesMax     = 1 << 30 // a million payouts and as many messages
	lineBytesMax     = 8 << 20 // a request body, quoted
)

// MemoryJournal keeps facts beside the Server, so that a test can stop one world and begin another
// that remembers. It is safe for concurrent use.
type MemoryJournal struct {
	mu      sync.Mutex
	entries []entry
}

// Append keeps a fact.
func (j *MemoryJournal) Append(_ context.Context, kind, key, body string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= memoryEntriesMax {
		return fmt.Errorf("the journal is full: %d entries", memoryEntriesMax)
	}
	j.entries = append(j.entries, entry{kind, key, body})
	return nil
}

// Replay tells what was kept so far.
func (j *MemoryJournal) Replay(_ context.Context, fn func(kind, key, body string) error) error {
	j.mu.Lock()
	entries := j.entries
	j.mu.Unlock()
	for _, e := range entries {
		if err := fn(e.Kind, e.Key, e.Body); err != nil {
			return err
		}
	}
	return nil
}

// FileJournal keeps facts as JSON lines. What was appended survives the death of the process; a
// power cut may take the last moments, which a stand-in need not survive. It is safe for
// concurrent use within one process.
type FileJournal struct {
	mu   sync.Mutex
	file *os.File
	size int64 // of whole lines
}

// OpenFileJournal opens the journal at path or begins one. A last line that was torn by the death
// of its writer is cut off: nobody was told of that fact.
func OpenFileJournal(path string) (*FileJournal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &FileJournal{file: file}
	if j.size, err = wholeLines(file); err == nil {
		err = j.cut()
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open journal %s: %w", path, err)
	}
	return j, nil
}

// wholeLines gives where the last whole line ends.
func wholeLines(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 64<<10)
	for end := info.Size(); end > 0; {
		from := max(end-int64(len(buf)), 0)
		part := buf[:end-from]
		if _, err := file.ReadAt(part, from); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return 0, nil
}

// cut removes what stands behind the whole lines.
func (j *FileJournal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

// Append writes a fact as one line.
func (j *FileJournal) Append(_ context.Context, kind, key, body string) error {
	line, err := json.Marshal(entry{kind, key, body})
	if err != nil {
		return err
	}
	line = append(line, '\n')
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size+int64(len(line)) > fileBytesMax || len(line) > lineBytesMax {
		return fmt.Errorf("journal %s is full: it may grow to %d bytes", j.file.Name(), fileBytesMax)
	}
	if _, err := j.file.Write(line); err != nil {
		return errors.Join(err, j.cut()) // a half line would spoil the next one
	}
	j.size += int64(len(line))
	return nil
}

// Replay reads the file from its beginning. A line that is no fact is an error that names it.
func (j *FileJournal) Replay(_ context.Context, fn func(kind, key, body string) error) error {
	j.mu.Lock()
	size := j.size
	j.mu.Unlock()
	lines := bufio.NewScanner(io.NewSectionReader(j.file, 0, size))
	lines.Buffer(nil, lineBytesMax)
	for n := 1; lines.Scan(); n++ {
		var e entry
		err := json.Unmarshal(lines.Bytes(), &e)
		if err == nil {
			err = fn(e.Kind, e.Key, e.Body)
		}
		if err != nil {
			return fmt.Errorf("%s line %d: %w", j.file.Name(), n, err)
		}
	}
	return lines.Err()
}

// Close closes the file.
func (j *FileJournal) Close() error { return j.file.Close() }
