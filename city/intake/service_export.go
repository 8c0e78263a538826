package intake

import (
	"context"
	"fmt"
	"iter"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/sheet"
)

// List is a list that can go out. Page gives rows of text in the order of Columns, at most limit of
// them, behind the row that after names ("" for the first), and the name of the last; a page
// shorter than limit is the last one. Its words are the texts intake.list.<Kind> and
// intake.title.<Kind>.<column>. The wage ledger is an employer's and of a period: see
// ExportWageLedger.
type List struct {
	Kind    Kind
	Perm    people.Permission
	Columns []string
	Page    func(ctx context.Context, r db.Reader, after string, limit int) ([][]string, string, error)
}

const (
	pageRows = 1_000
	// listRowsMax bounds a workbook that goes out; Excel ends at 1 048 576.
	listRowsMax = 200_000
)

// ownLists are those that the intake can make itself.
func (s *Service) ownLists() []List {
	return []List{
		{Kind: Workers, Perm: people.PermExport, Page: s.workerPage,
			Columns: []string{"id", "name", "id_masked", "sex", "age", "region"}},
		{Kind: Employers, Perm: people.PermExport, Page: s.employerPage,
			Columns: []string{"id", "uscc", "name", "address", "principal", "region"}},
		{Kind: Vacancies, Perm: people.PermExport, Page: s.vacancyPage,
			Columns: []string{"id", "employer", "uscc", "title", "occupation", "region", "settlement",
				"pay_unit", "pay", "heads", "taken", "state", "valid_until"}},
	}
}

func (s *Service) workerPage(
	ctx context.Context, r db.Reader, after string, limit int,
) ([][]string, string, error) {
	list, err := s.People.WorkersAfterTx(ctx, r, after, limit)
	rows := make([][]string, len(list))
	for i, w := range list {
		rows[i] = []string{w.ID, w.Name, w.IDMasked, string(w.Sex), fmt.Sprint(w.Age), w.Region}
		after = w.ID
	}
	return rows, after, err
}

func (s *Service) employerPage(
	ctx context.Context, r db.Reader, after string, limit int,
) ([][]string, string, error) {
	list, err := s.People.EmployersAfterTx(ctx, r, after, limit)
	rows := make([][]string, len(list))
	for i, e := range list {
		rows[i] = []string{e.ID, e.USCC, e.Name, e.Address, e.Principal, e.Region}
		after = e.ID
	}
	return rows, after, err
}

func (s *Service) vacancyPage(
	ctx context.Context, r db.Reader, after string, limit int,
) ([][]string, string, error) {
	list, err := s.Market.VacanciesAfterTx(ctx, r, after, limit)
	if err != nil {
		return nil, "", err
	}
	rows := make([][]string, len(list))
	for i, v := range list {
		e, err := s.People.GetEmployerTx(ctx, r, v.EmployerID)
		if err != nil {
			return nil, "", err
		}
		rows[i] = []string{v.ID, e.Name, e.USCC, v.Title, v.Occupation, v.Region,
			string(v.Settlement), v.PayUnit, v.RateFen.String(), fmt.Sprint(v.Heads),
			fmt.Sprint(v.Taken), v.State, string(v.ValidUntil)}
		after = v.ID
	}
	return rows, after, nil
}

// Export asks for a list.
type Export struct {
	Kind Kind   `json:"kind" path:"kind"`
	Lang string `json:"lang,omitempty" enum:"zh-CN,en" doc:"of the header"`
}

// ExportList gives a list as a workbook. Whoever takes it is in the audit log; it has no key and
// its answer is stored nowhere.
// Faults: intake.kind_unknown; intake.list_long (conflict).
func (s *Service) ExportList(ctx context.Context, in Export) (FileView, error) {
	for _, l := range s.Lists {
		if l.Kind == in.Kind {
			return s.exportList(ctx, l, in.Lang)
		}
	}
	if err := people.Must(ctx, people.PermExport, ""); err != nil {
		return FileView{}, err
	}
	return FileView{}, fault.New(fault.NotFound, "intake.kind_unknown").OnField("kind")
}

func (s *Service) exportList(ctx context.Context, l List, lang string) (FileView, error) {
	if err := people.Must(ctx, l.Perm, ""); err != nil {
		return FileView{}, err
	}
	_, err := db.InTx(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (bool, error) {
		return true, s.People.AuditTx(ctx, tx, "exported "+string(l.Kind), "list/"+string(l.Kind))
	})
	if err != nil {
		return FileView{}, err
	}
	name := s.Text.Say(lang, "intake.list."+string(l.Kind), nil)
	header := s.kindWords(lang, "intake.title."+string(l.Kind)+".", l.Columns)
	content, err := sheet.List(name, header, s.pages(ctx, l))
	return FileView{FileName: name + ".xlsx", Content: content}, err
}

// pages gives a list's rows, page by page.
func (s *Service) pages(ctx context.Context, l List) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		after := ""
		for total := 0; ; {
			rows, last, err := l.Page(ctx, s.DB, after, pageRows)
			if total += len(rows); err == nil && total > listRowsMax {
				err = fault.New(fault.Conflict, "intake.list_long", "max", listRowsMax)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, cells := range rows {
				if !yield(cells, nil) {
					return
				}
			}
			if len(rows) < pageRows || last == after {
				return
			}
			after = last
		}
	}
}

// GetTemplate asks for an empty workbook of a kind.
type GetTemplate struct {
	Kind Kind   `json:"kind" path:"kind" doc:"workers, employers, vacancies or roster"`
	Lang string `json:"lang,omitempty" query:"lang" enum:"zh-CN,en" doc:"of its words"`
}

// ShowTemplate gives the workbook that people fill in.
// Faults: intake.kind_unknown.
func (s *Service) ShowTemplate(ctx context.Context, in GetTemplate) (FileView, error) {
	if err := people.Must(ctx, people.PermImportOwn, ""); err != nil {
		return FileView{}, err
	}
	if err := checkKind(in.Kind); err != nil {
		return FileView{}, err
	}
	say := func(key string) string { return s.Text.Say(in.Lang, "intake."+key, nil) }
	lang := in.Lang
	if lang == "" {
		lang = i18n.Chinese
	}
	name := say("list." + string(in.Kind))
	content, err := sheet.Template{Name: name, Title: say("template." + string(in.Kind)),
		Columns: s.sheetColumns(in.Kind, lang), Help: say("template.help"),
		Heads: []string{say("template.column"), say("template.need"), say("template.how")},
		Words: sheet.Words{Required: say("template.required"), Optional: say("template.optional"),
			Auto: say("template.auto"), PickTitle: say("template.pick_title"),
			PickOne: say("template.pick_one")},
		Notes: []string{say("template.note_header"), say("template.note_text"),
			say("template.note_errors")}}.Bytes()
	return FileView{FileName: name + "-" + say("template.suffix") + ".xlsx", Content: content}, err
}
