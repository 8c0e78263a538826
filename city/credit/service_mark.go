package credit

import (
	"context"
	"time"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/feed"
)

// List enters an employer that stands in a public list.
type List struct {
	deed.Keyed
	EmployerID string     `json:"employer_id" path:"employer_id"`
	Source     string     `json:"source" maxLength:"200" doc:"which list, and the number of the decision"`
	Until      civil.Date `json:"until,omitempty" doc:"last day; as the law has it if left out"`
	Words      string     `json:"words,omitempty" maxLength:"500"`
}

// MarkView is a mark on record.
type MarkView struct {
	ID         string     `json:"id"`
	EmployerID string     `json:"employer_id"`
	Source     string     `json:"source"`
	Until      civil.Date `json:"until,omitempty"`
	Lifted     bool       `json:"lifted,omitempty"`
}

// ListEmployer enters an employer of a public list (失信联合惩戒名单) with its source: nothing of it
// is public here until the entry ends or is lifted, and its grade is C.
// Faults: credit.source_missing, credit.until (invalid); people.employer_not_found;
// credit.marked (conflict).
// Source: 人社部令45: three years; DOMAIN C7.
func (s *Service) ListEmployer(ctx context.Context, in List) (MarkView, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return MarkView{}, err
	}
	if in.Source == "" {
		return MarkView{}, fault.New(fault.Invalid, "credit.source_missing").OnField("source")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "list"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (MarkView, error) {
			employer, err := s.People.GetEmployerTx(ctx, tx, in.EmployerID)
			if err != nil {
				return MarkView{}, err
			}
			today := civil.DateOf(tx.Now)
			years, err := s.number("credit.listed_years", employer.Region, today)
			if err != nil {
				return MarkView{}, err
			}
			last := civil.DateOf(today.Midnight().AddDate(int(years), 0, 0))
			if in.Until == "" {
				in.Until = last
			}
			if in.Until < today || in.Until > last {
				return MarkView{}, fault.New(fault.Invalid, "credit.until",
					"max", years*365).OnField("until")
			}
			m := mark{ID: tx.ID("mrk"), EmployerID: in.EmployerID, Kind: markListed, Source: in.Source,
				Words: in.Words, AccountID: people.ActorOf(ctx).AccountID,
				Until: in.Until.AddDays(1).Midnight()}
			isNew, err := insertMark(ctx, tx, m)
			if err == nil && !isNew {
				err = fault.New(fault.Conflict, "credit.marked").OnField("source")
			}
			if err == nil {
				err = feed.PutTx(ctx, tx, Listed{EmployerID: in.EmployerID, MarkID: m.ID})
			}
			return MarkView{ID: m.ID, EmployerID: in.EmployerID, Source: in.Source, Until: in.Until}, err
		})
}

// Lift ends an entry before its time.
type Lift struct {
	deed.Keyed
	MarkID string `json:"mark_id" path:"mark_id"`
	Words  string `json:"words" maxLength:"500" doc:"why: paid and committed, entered by mistake …"`
}

// LiftListing ends an entry of a public list with a reason.
// Faults: credit.words_missing (invalid); credit.mark_not_found.
func (s *Service) LiftListing(ctx context.Context, in Lift) (MarkView, error) {
	if err := people.Must(ctx, people.PermReviewCredit, ""); err != nil {
		return MarkView{}, err
	}
	if in.Words == "" {
		return MarkView{}, fault.New(fault.Invalid, "credit.words_missing").OnField("words")
	}
	return deed.Once(ctx, s.DB, scope(ctx, "lift"), in.Keyed, in,
		func(ctx context.Context, tx *db.Tx) (MarkView, error) {
			employerID, err := liftMark(ctx, tx, in.MarkID, in.Words)
			if err == nil {
				err = feed.PutTx(ctx, tx, Listed{EmployerID: employerID, MarkID: in.MarkID, Lifted: true})
			}
			return MarkView{ID: in.MarkID, EmployerID: employerID, Lifted: true}, err
		})
}

// farOff ends what has no end of its own: an upheld complaint leaves with its window.
var farOff = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// ComplaintUpheldTx counts an upheld complaint against an employer, once for its source.
func (s *Service) ComplaintUpheldTx(
	ctx context.Context, tx *db.Tx, employerID, complaintID, words string,
) error {
	_, err := insertMark(ctx, tx, mark{ID: tx.ID("mrk"), EmployerID: employerID, Kind: markComplaint,
		Source: complaintID, Words: words, AccountID: people.ActorOf(ctx).AccountID, Until: farOff})
	return err
}

// ComplaintFellTx takes that back when the decision was opened again and fell.
func (s *Service) ComplaintFellTx(ctx context.Context, tx *db.Tx, complaintID, why string) error {
	return liftComplaint(ctx, tx, complaintID, why)
}
