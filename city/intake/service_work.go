package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
)

const (
	// batchMax rows are one turn: a fraction of a second, so that wages need not wait behind a
	// roster of 50 000.
	batchMax = 400
	// triesMax turns may end in an error of ours before the row that causes it is given up.
	triesMax = 10

	domainFault = "intake.fault"
	systemName  = "import" // who imports from the machine itself
)

// loaded is an import's rows in memory, while it is worked on.
type loaded struct {
	importID string
	rows     []sheet.Row
}

// task is one row on its way.
type task struct {
	wish wish
	result
}

// Work takes the next batch of the oldest import that waits, or of the named one, and says how many
// rows it wrote down. Two processes may work on one import: a row's key makes it one deed.
func (s *Service) Work(ctx context.Context, importID string) (int, error) {
	i, err := nextImport(ctx, s.DB, importID)
	if errors.Is(err, db.ErrNone) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := s.work(ctx, i)
	if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.NotFound) {
		return 0, s.end(ctx, i, Failed, f.Code) // the original is gone, or is no workbook any more
	}
	if err != nil {
		return n, errors.Join(fmt.Errorf("import %s: %w", i.ID, err), s.tried(ctx, i))
	}
	return n, nil
}

func (s *Service) work(ctx context.Context, i Import) (int, error) {
	rows, err := s.rowsOf(i)
	if err != nil {
		return 0, err
	}
	last, err := lastRow(ctx, s.DB, i.ID)
	if err != nil {
		return 0, err
	}
	var batch []sheet.Row
	for _, r := range rows {
		if r.N > last && len(batch) < batchMax {
			batch = append(batch, r)
		}
	}
	if len(batch) == 0 {
		return 0, s.end(ctx, i, Done, "")
	}
	ctx, err = s.asSender(ctx, i)
	if err != nil {
		return 0, err
	}
	done, failed := s.tryAll(ctx, i, batch)
	if len(done) > 0 {
		_, err = db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
			if err := s.insertResults(ctx, tx, i, done); err != nil {
				return false, err
			}
			return true, setTries(ctx, tx, i.ID, 0)
		})
	}
	return len(done), errors.Join(err, failed)
}

// rowsOf reads the original, once.
func (s *Service) rowsOf(i Import) ([]sheet.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil && s.open.importID == i.ID {
		return s.open.rows, nil
	}
	content, err := s.Files.Get(i.SHA256)
	if err != nil {
		return nil, err
	}
	rows, err := s.read(i.Kind, content)
	if err != nil {
		return nil, err
	}
	s.open = &loaded{i.ID, rows}
	return rows, nil
}

func (s *Service) read(k Kind, content []byte) ([]sheet.Row, error) {
	table, err := sheet.Open(content, s.sheetColumns(k, i18n.Chinese))
	if err != nil {
		return nil, err
	}
	defer table.Close()
	var rows []sheet.Row
	err = table.Each(func(r sheet.Row) error { rows = append(rows, r); return nil })
	return rows, err
}

func (s *Service) end(ctx context.Context, i Import, state State, code string) error {
	s.mu.Lock()
	s.open = nil
	s.mu.Unlock()
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, endImport(ctx, tx, i.ID, state, code)
	})
	return err
}

func (s *Service) tried(ctx context.Context, i Import) error {
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, setTries(ctx, tx, i.ID, i.Tries+1)
	})
	return err
}

// asSender makes the sender the one who asks, with the roles of now. Who imports on the machine
// itself holds the city's key and counts as a clerk.
func (s *Service) asSender(ctx context.Context, i Import) (context.Context, error) {
	if strings.HasPrefix(i.AccountID, "system:") {
		return AsOperator(ctx), nil
	}
	a, err := s.People.ActorTx(ctx, s.DB, i.AccountID)
	return people.WithActor(ctx, a), err
}

// AsOperator makes whoever runs the program on the city's machine the one who asks: a clerk, by the
// name that the audit log shows.
func AsOperator(ctx context.Context) context.Context {
	ctx = people.AsSystem(ctx, systemName)
	a := people.ActorOf(ctx)
	a.Roles = append(a.Roles, people.RoleClerk)
	return people.WithActor(ctx, a)
}

// tryAll tries rows and gives what became of them, up to the first that an error of ours stopped;
// that error is given too. Rows of one subject are tried one after the other: the second is a
// duplicate only if the first went in.
func (s *Service) tryAll(ctx context.Context, i Import, rows []sheet.Row) ([]result, error) {
	tasks := make([]*task, len(rows))
	errs := make([]error, len(rows))
	for k, r := range rows {
		tasks[k], errs[k] = s.prepare(ctx, i, r)
	}
	if err := s.findEarlier(ctx, i, tasks); err != nil {
		return nil, err
	}
	in := map[string]*task{} // subject → who went in
	for range len(rows) {    // each wave ends one row of each subject at least
		var wave []int
		taken := map[string]bool{}
		for k, t := range tasks {
			if t == nil || t.state != "" || errs[k] != nil {
				continue
			}
			if first := in[t.subjectKey]; first != nil {
				t.bad(fault.New(fault.Conflict, "intake.twice_in_file", "first", first.n))
				continue
			}
			if !taken[t.subjectKey] {
				taken[t.subjectKey] = true
				wave = append(wave, k)
			}
		}
		if len(wave) == 0 {
			break
		}
		s.tryWave(ctx, i, tasks, errs, wave)
		for _, k := range wave {
			if tasks[k].state == In {
				in[tasks[k].subjectKey] = tasks[k]
			}
		}
	}
	var done []result
	for k, t := range tasks {
		if errs[k] != nil {
			return done, errs[k]
		}
		done = append(done, t.result)
	}
	return done, nil
}

func (t *task) bad(f *fault.Error) { t.state, t.fault, t.subjectID = Bad, f, "" }

// prepare reads a row; a row that cannot be read is bad at once.
func (s *Service) prepare(ctx context.Context, i Import, r sheet.Row) (*task, error) {
	w, err := s.wish(ctx, i, r)
	t := &task{wish: w, result: result{n: r.N}}
	if f := fault.As(err); f != nil && f.Kind != fault.Unavailable {
		t.bad(f)
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.rowKey = s.Box.Blind("intake.row/"+string(i.Kind), w.row)
	t.subjectKey = s.Box.Blind("intake.subject/"+string(i.Kind), w.subject)
	return t, nil
}

// findEarlier judges the rows whose subject came in before: word for word the same in another
// file is no fault, anything else is a duplicate and is told of what.
func (s *Service) findEarlier(ctx context.Context, i Import, tasks []*task) error {
	var keys []string
	for _, t := range tasks {
		if t != nil && t.subjectKey != "" {
			keys = append(keys, t.subjectKey)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	list, err := earlierRows(ctx, s.DB, i.Kind, keys)
	if err != nil {
		return err
	}
	found := map[string]earlier{}
	for _, e := range list {
		if old, there := found[e.subjectKey]; !there || e.importID == i.ID && old.importID != i.ID {
			found[e.subjectKey] = e
		}
	}
	for _, t := range tasks {
		e, there := found[t.subjectKey]
		switch {
		case !there || t.state != "" || e.importID == i.ID && e.n >= t.n:
		case e.importID == i.ID:
			t.bad(fault.New(fault.Conflict, "intake.twice_in_file", "first", e.n))
		case e.rowKey == t.rowKey:
			t.state, t.subjectID = Same, e.subjectID
		default:
			t.bad(fault.New(fault.Conflict, "intake.twice_in_city", "file", e.fileName, "first", e.n,
				"day", dayOf(e)))
		}
	}
	return nil
}

// tryWave tries rows of different subjects beside each other.
func (s *Service) tryWave(ctx context.Context, i Import, tasks []*task, errs []error, wave []int) {
	var wait sync.WaitGroup
	room := make(chan struct{}, s.Beside)
	for _, k := range wave {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			errs[k] = s.try(ctx, i, tasks[k])
		})
		if s.Beside == 1 {
			wait.Wait()
		}
	}
	wait.Wait()
}

const keyHex = 40 // of the row's digest in its deed's key: 160 bits

// try does what a row asks for. A fault is the row's; another error is ours, and the row is tried
// again in the next turn, until it is given up.
// Faults: intake.gave_up (internal), kept with the row.
func (s *Service) try(ctx context.Context, i Import, t *task) error {
	id, err := t.wish.try(ctx, "row/"+t.rowKey[:keyHex])
	f := fault.As(err)
	switch {
	case err == nil:
		t.state, t.subjectID = In, id
		return nil
	case f != nil && f.Kind != fault.Unavailable && f.Kind != fault.Internal:
		t.bad(f)
		return nil
	case i.Tries >= triesMax:
		t.bad(fault.New(fault.Internal, "intake.gave_up"))
		return nil
	}
	return fmt.Errorf("row %d: %w", t.n, err)
}

// kept is how a row's fault is stored, sealed.
type kept struct {
	Kind  fault.Kind     `json:"kind"`
	Code  string         `json:"code"`
	Field string         `json:"field,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

func (s *Service) insertResults(
	ctx context.Context, tx *db.Tx, i Import, done []result,
) error {
	sealed := make([][]byte, len(done))
	for k, r := range done {
		sealed[k] = []byte{}
		if r.fault == nil {
			continue
		}
		args := make(map[string]any, len(r.fault.Args))
		for name, v := range r.fault.Args {
			args[name] = fmt.Sprint(v)
		}
		text, err := json.Marshal(kept{r.fault.Kind, r.fault.Code, r.fault.Field, args})
		if err != nil {
			return fmt.Errorf("keep the fault of row %d: %w", r.n, err)
		}
		if sealed[k], err = s.Box.Seal(domainFault, string(text)); err != nil {
			return fmt.Errorf("seal the fault of row %d: %w", r.n, err)
		}
	}
	return insertRows(ctx, tx, i, done, sealed)
}

// eachBad gives the faults of an import's bad rows in order.
func (s *Service) eachBad(
	ctx context.Context, importID string, limit int, fn func(n int, f *fault.Error),
) error {
	return eachBadRow(ctx, s.DB, importID, limit, func(n int, sealed []byte) error {
		text, err := s.Box.Open(domainFault, sealed)
		if err != nil {
			return fmt.Errorf("open the fault of row %d: %w", n, err)
		}
		var k kept
		if err := json.Unmarshal([]byte(text), &k); err != nil {
			return fmt.Errorf("read the fault of row %d: %w", n, err)
		}
		fn(n, &fault.Error{Kind: k.Kind, Code: k.Code, Field: k.Field, Args: k.Args})
		return nil
	})
}

// Preview is what an import would do.
type Preview struct {
	Rows       int64     `json:"rows"`
	Hidden     int64     `json:"hidden"`
	WouldIn    int64     `json:"would_in"`
	WouldSame  int64     `json:"would_same"`
	Bad        int64     `json:"bad"`
	Problems   []Problem `json:"problems"`
	ErrorSheet *FileView `json:"error_sheet,omitempty"`
}

// PreviewImport rehearses an import: every row goes through its real operation, and nothing is
// kept, neither the file nor a row.
// Faults: those of StartImport, but for blob.no_folder.
func (s *Service) PreviewImport(ctx context.Context, in Upload) (Preview, error) {
	if err := maySend(ctx, in.EmployerID); err != nil {
		return Preview{}, err
	}
	return s.Rehearse(ctx, in, nil)
}

// Rehearse is PreviewImport that tells how far it is.
func (s *Service) Rehearse(
	ctx context.Context, in Upload, progress func(done, total int),
) (Preview, error) {
	n, hidden, err := s.survey(in)
	if err != nil {
		return Preview{}, err
	}
	rows, err := s.read(in.Kind, in.Content)
	if err != nil {
		return Preview{}, err
	}
	ctx = db.Rehearse(ctx)
	out := Preview{Rows: n, Hidden: hidden, Problems: []Problem{}}
	i := Import{Kind: in.Kind, Region: in.Region, EmployerID: in.EmployerID, Tries: triesMax}
	said, before := map[int]string{}, map[string]int{}
	for from := 0; from < len(rows); from += batchMax {
		batch := rows[from:min(from+batchMax, len(rows))]
		done, err := s.tryAll(ctx, i, batch)
		if err != nil {
			return Preview{}, err
		}
		for _, r := range done {
			s.count(&out, in, r, before, said)
		}
		if progress != nil {
			progress(from+len(batch), len(rows))
		}
	}
	if out.Bad > 0 {
		back, err := s.errorSheet(in.Kind, in.Lang, fileName(in.FileName), in.Content, said)
		if err != nil {
			return Preview{}, err
		}
		out.ErrorSheet = &back
	}
	return out, nil
}

// count adds a rehearsed row. Rows of earlier batches left nothing behind, so before remembers who
// would be in by now.
func (s *Service) count(
	out *Preview, in Upload, r result, before map[string]int, said map[int]string,
) {
	if first, there := before[r.subjectKey]; there && r.state != Bad {
		r.state, r.fault = Bad, fault.New(fault.Conflict, "intake.twice_in_file", "first", first)
	}
	switch r.state {
	case In, Same:
		before[r.subjectKey] = r.n
		if r.state == In {
			out.WouldIn++
		} else {
			out.WouldSame++
		}
	case Bad:
		out.Bad++
		p := s.problem(in.Kind, in.Lang, r.n, r.fault)
		said[r.n] = p.Text
		if len(out.Problems) < problemsMax {
			out.Problems = append(out.Problems, p)
		}
	}
}

// Wait works on an import until it has ended, and tells how far it is. It is for a process that
// does nothing else.
func (s *Service) Wait(
	ctx context.Context, id string, progress func(done, total int),
) (ImportView, error) {
	for tries := 0; ; {
		v, err := s.viewTx(ctx, s.DB, id)
		if err != nil || v.State != Waiting {
			return v, err
		}
		if progress != nil {
			progress(int(v.Tried), int(v.Rows))
		}
		n, err := s.Work(ctx, id)
		if n > 0 {
			tries = 0
		}
		if err != nil {
			if tries++; tries > 2*triesMax || ctx.Err() != nil {
				return v, err
			}
			select {
			case <-ctx.Done():
				return v, ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
}
