package intake

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
)

// Deps are what the intake stands on. Beside is how many rows are tried at a time; a simulation
// takes one, so that a seed tells one story. Lists are those that higher hands add to the exports.
type Deps struct {
	DB       *db.DB
	Text     *i18n.Book
	Box      crypt.Box
	Files    *blob.Store
	People   *people.Service
	Stations *station.Service
	Market   *market.Service
	Wages    WageBook
	Beside   int
	Lists    []List
}

// Service is the intake.
type Service struct {
	Deps

	mu   sync.Mutex // guards open
	open *loaded    // the import that is being worked on
}

// besideDefault shares SQLite's commits and stays below what PostgreSQL is given at a time.
const besideDefault = 32

// New returns the intake.
func New(d Deps) *Service {
	if d.Beside == 0 {
		d.Beside = besideDefault
	}
	s := &Service{Deps: d}
	s.Lists = append(s.ownLists(), d.Lists...)
	return s
}

// Upload is a workbook that is to come in.
type Upload struct {
	deed.Keyed
	Kind     Kind   `json:"kind" path:"kind" doc:"workers, employers, vacancies or roster"`
	FileName string `json:"file_name" maxLength:"200"`
	Content  []byte `json:"content" doc:"the .xlsx, base64"`
	Region   string `json:"region,omitempty" maxLength:"30" doc:"county or city of rows that name none"`
	Lang     string `json:"lang,omitempty" enum:"zh-CN,en" doc:"of a preview's sentences"`
	// EmployerID makes the list an employer's own.
	EmployerID string `json:"employer_id,omitempty" maxLength:"60" doc:"whose list it is: an employer sends vacancies and its roster, of itself only"`
}

// ImportView is an import as its sender sees it.
type ImportView struct {
	ID       string `json:"id"`
	Kind     Kind   `json:"kind"`
	FileName string `json:"file_name"`
	// EmployerID is whose list it is.
	EmployerID string    `json:"employer_id,omitempty"`
	SHA256     string    `json:"sha256" doc:"of the original, which is kept"`
	State      State     `json:"state" doc:"waiting, done or failed"`
	Code       string    `json:"code,omitempty" doc:"why it failed"`
	Rows       int64     `json:"rows"`
	Hidden     int64     `json:"hidden" doc:"of these hidden in the sheet"`
	Tried      int64     `json:"tried"`
	In         int64     `json:"in"`
	Same       int64     `json:"same" doc:"had come in with an earlier import"`
	Bad        int64     `json:"bad"`
	CreatedAt  time.Time `json:"created_at"`
	DoneAt     time.Time `json:"done_at,omitzero"`
}

// StartImport keeps the original and lets its rows come in from now on. A file that is being worked
// on already is not begun twice: its import is given.
// Faults: intake.kind_unknown; those of sheet.Open and sheet.Table.Each, intake.region,
// intake.no_rows (invalid); blob.no_folder (unavailable).
func (s *Service) StartImport(ctx context.Context, in Upload) (ImportView, error) {
	if err := maySend(ctx, in.EmployerID); err != nil {
		return ImportView{}, err
	}
	rows, hidden, err := s.survey(in)
	if err != nil {
		return ImportView{}, err
	}
	hash, err := s.Files.Put(in.Content)
	if err != nil {
		return ImportView{}, err
	}
	i := Import{Kind: in.Kind, FileName: fileName(in.FileName), SHA256: hash, Region: in.Region,
		AccountID: people.ActorOf(ctx).AccountID, EmployerID: in.EmployerID, State: Waiting,
		Rows: rows, Hidden: hidden}
	in.Content = []byte(hash) // what is hashed and need not be kept again
	return deed.Once(ctx, s.DB, "intake.start/"+i.AccountID, in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (ImportView, error) {
			id, err := waitingImport(ctx, tx, i)
			if err != nil {
				return ImportView{}, err
			}
			if id == "" {
				i := i
				i.ID, i.CreatedAt = tx.ID("imp"), tx.Now
				id = i.ID
				if err := insertImport(ctx, tx, i); err != nil {
					return ImportView{}, err
				}
				if err := s.People.AuditTx(ctx, tx, "imported "+string(i.Kind), id); err != nil {
					return ImportView{}, err
				}
			}
			return s.viewTx(ctx, tx, id)
		}, db.Lane("import", hash))
}

// maySend lets clerks send lists of the city, and an employer its own.
func maySend(ctx context.Context, employerID string) error {
	if employerID == "" {
		return people.Must(ctx, people.PermImport, "")
	}
	return people.Must(ctx, people.PermImportOwn, employerID)
}

// ofSender gives an import to clerks, and to the employer whose it is; another's is not found.
// Faults: intake.import_not_found.
func (s *Service) ofSender(ctx context.Context, r db.Reader, id string) (ImportView, error) {
	v, err := s.viewTx(ctx, r, id)
	if err == nil && maySend(ctx, v.EmployerID) != nil {
		return ImportView{}, noImport()
	}
	return v, err
}

// survey counts the rows of a workbook, and refuses what is none.
func (s *Service) survey(in Upload) (rows, hidden int64, err error) {
	if err := checkKind(in.Kind); err != nil {
		return 0, 0, err
	}
	if err := checkOwner(in.Kind, in.EmployerID); err != nil {
		return 0, 0, err
	}
	if in.Region != "" {
		if _, err := regionOf(in.Region, ""); err != nil {
			return 0, 0, err
		}
	}
	table, err := sheet.Open(in.Content, s.sheetColumns(in.Kind, i18n.Chinese))
	if err != nil {
		return 0, 0, err
	}
	defer table.Close()
	err = table.Each(func(r sheet.Row) error {
		rows++
		if r.Hidden {
			hidden++
		}
		return nil
	})
	if err == nil && rows == 0 {
		err = fault.New(fault.Invalid, "intake.no_rows")
	}
	return rows, hidden, err
}

func (s *Service) viewTx(ctx context.Context, r db.Reader, id string) (ImportView, error) {
	i, err := getImport(ctx, r, id)
	if err != nil {
		return ImportView{}, err
	}
	v := ImportView{ID: i.ID, Kind: i.Kind, FileName: i.FileName,
		EmployerID: i.EmployerID, SHA256: i.SHA256, State: i.State,
		Code: i.Code, Rows: i.Rows, Hidden: i.Hidden, CreatedAt: i.CreatedAt, DoneAt: i.DoneAt}
	v.In, v.Same, v.Bad, err = countRows(ctx, r, id)
	v.Tried = v.In + v.Same + v.Bad
	return v, err
}

// GetImport asks for an import.
type GetImport struct {
	ImportID string `json:"import_id" path:"import_id"`
}

// ShowImport shows how far an import is.
// Faults: intake.import_not_found.
func (s *Service) ShowImport(ctx context.Context, in GetImport) (ImportView, error) {
	if err := people.Must(ctx, people.PermImportOwn, ""); err != nil {
		return ImportView{}, err
	}
	return s.ofSender(ctx, s.DB, in.ImportID)
}

// FindImports asks for the imports of late.
type FindImports struct {
	EmployerID string `json:"employer_id,omitempty" query:"employer_id" maxLength:"60" doc:"only this employer's"`
}

// ImportList is a bounded list of imports, newest first.
type ImportList struct {
	Imports []ImportView `json:"imports"`
}

// FindImports lists the newest imports, at most importsMax.
func (s *Service) FindImports(ctx context.Context, in FindImports) (ImportList, error) {
	if err := maySend(ctx, in.EmployerID); err != nil {
		return ImportList{}, err
	}
	ids, err := newestImports(ctx, s.DB, in.EmployerID)
	if err != nil {
		return ImportList{}, err
	}
	out := ImportList{Imports: []ImportView{}}
	for _, id := range ids {
		v, err := s.viewTx(ctx, s.DB, id)
		if err != nil {
			return ImportList{}, err
		}
		out.Imports = append(out.Imports, v)
	}
	return out, nil
}

// GetProblems asks what is wrong with an import's rows.
type GetProblems struct {
	ImportID string `json:"import_id" path:"import_id"`
	Lang     string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"of the sentences"`
}

// Problem is what is wrong with one row.
type Problem struct {
	Row   int    `json:"row" doc:"as the spreadsheet counts"`
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
	Text  string `json:"text" doc:"第12行 身份证号: …"`
}

// Problems is a bounded list of them, in the sheet's order.
type Problems struct {
	Bad      int64     `json:"bad"`
	Problems []Problem `json:"problems"`
}

// FindProblems lists an import's first problemsMax bad rows; the error sheet holds all.
// Faults: intake.import_not_found.
func (s *Service) FindProblems(ctx context.Context, in GetProblems) (Problems, error) {
	if err := people.Must(ctx, people.PermImportOwn, ""); err != nil {
		return Problems{}, err
	}
	v, err := s.ofSender(ctx, s.DB, in.ImportID)
	if err != nil {
		return Problems{}, err
	}
	out := Problems{Bad: v.Bad, Problems: []Problem{}}
	err = s.eachBad(ctx, in.ImportID, problemsMax, func(n int, f *fault.Error) {
		out.Problems = append(out.Problems, s.problem(v.Kind, in.Lang, n, f))
	})
	return out, err
}

// problem says a row's fault in words that need no other context.
func (s *Service) problem(k Kind, lang string, n int, f *fault.Error) Problem {
	p := Problem{Row: n, Field: columnOf(k, f.Field), Code: f.Code}
	said := s.Text.Say(lang, f.Code, f.Args)
	if p.Field == "" {
		p.Text = s.Text.Say(lang, "intake.row", map[string]any{"row": n, "said": said})
		return p
	}
	p.Text = s.Text.Say(lang, "intake.row_cell", map[string]any{"row": n, "said": said,
		"title": strings.TrimSuffix(s.Text.Say(lang, "intake.title."+string(k)+"."+p.Field, nil), "*")})
	return p
}

// FileView is a file to be kept by who asked for it.
type FileView struct {
	FileName string `json:"file_name"`
	Content  []byte `json:"content" doc:"base64"`
}

// GetSheet asks for an import's error sheet.
type GetSheet struct {
	ImportID string `json:"import_id" path:"import_id"`
	Lang     string `json:"lang,omitempty" enum:"zh-CN,en" doc:"of the sentences"`
}

// MakeErrorSheet gives the sender's own table back: the rows that did not go in, with what is wrong
// in a column more. It shows numbers in clear, so it leaves an audit row; it has no key and its
// answer is stored nowhere.
// Faults: intake.import_not_found; intake.no_bad_rows (conflict); blob.not_found.
func (s *Service) MakeErrorSheet(ctx context.Context, in GetSheet) (FileView, error) {
	if err := people.Must(ctx, people.PermImportOwn, ""); err != nil {
		return FileView{}, err
	}
	v, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (ImportView, error) {
		v, err := s.ofSender(ctx, tx, in.ImportID)
		if err == nil && v.Bad == 0 {
			err = fault.New(fault.Conflict, "intake.no_bad_rows")
		}
		if err != nil {
			return v, err
		}
		return v, s.People.AuditTx(ctx, tx, "error sheet", v.ID)
	})
	if err != nil {
		return FileView{}, err
	}
	said := map[int]string{}
	err = s.eachBad(ctx, in.ImportID, sheet.RowsMax, func(n int, f *fault.Error) {
		said[n] = s.problem(v.Kind, in.Lang, n, f).Text
	})
	if err != nil {
		return FileView{}, err
	}
	content, err := s.Files.Get(v.SHA256)
	if err != nil {
		return FileView{}, err
	}
	return s.errorSheet(v.Kind, in.Lang, v.FileName, content, said)
}

func (s *Service) errorSheet(
	k Kind, lang, name string, content []byte, said map[int]string,
) (FileView, error) {
	table, err := sheet.Open(content, s.sheetColumns(k, i18n.Chinese))
	if err != nil {
		return FileView{}, err
	}
	defer table.Close()
	title := s.Text.Say(lang, "intake.title.error", nil)
	back, err := table.Faulty(title, func(n int) string { return said[n] })
	return FileView{FileName: strings.TrimSuffix(name, ".xlsx") + "-" + title + ".xlsx",
		Content: back}, err
}
