package market

import (
	"context"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gongyi/gongyi/city/market/search"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/fault"
)

const (
	likeSure    = 0.7 // as like as a name of two characters that stands in a title of four
	likeAhead   = 0.05
	likeLeast   = 0.3
	occupations = 6 // told at most
)

// FindOccupations asks what kind of work a title names.
type FindOccupations struct {
	Title string `json:"title"          query:"title" minLength:"1" maxLength:"60"`
	Lang  string `json:"lang,omitempty" query:"lang"  doc:"zh-CN if left out" enum:"zh-CN,en"`
}

// OccupationHit is an occupation that a title may name, and why.
type OccupationHit struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Score  float64 `json:"score"  doc:"1: the same"`
	Like   string  `json:"like"   doc:"the name or alias that the title is like"`
	Reason string  `json:"reason" doc:"in words"`
}

// FoundOccupations are the likeliest first. Sure says that the first is far enough ahead to be
// taken without asking.
type FoundOccupations struct {
	Occupations []OccupationHit `json:"occupations"`
	Sure        bool            `json:"sure"`
}

// FindOccupations gives the occupations of the imported classification that a title is most like,
// by its characters and by its pinyin. It is empty where no classification was imported.
func (s *Service) FindOccupations(
	ctx context.Context, in FindOccupations,
) (FoundOccupations, error) {
	if err := people.Must(ctx, people.PermFindWork, ""); err != nil {
		return FoundOccupations{}, err
	}
	return s.occupationsLike(ctx, in.Title, langOf(in.Lang))
}

// namer keeps what titles are compared with.
type namer struct {
	mu    sync.Mutex
	stamp any
	list  []skill.Listed
	names *search.Names
}

// like gives the names of the classification as it is now. Classes are left out: a vacancy is of an
// occupation.
func (s *Service) like(ctx context.Context) (*search.Names, []skill.Listed, error) {
	all, stamp, err := s.Skills.Occupations(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.namer.mu.Lock()
	defer s.namer.mu.Unlock()
	if s.namer.names == nil || s.namer.stamp != stamp {
		var groups [][]string
		s.namer.list = nil
		for _, l := range all {
			if l.Level == 4 {
				s.namer.list, groups = append(s.namer.list, l), append(groups, l.Names())
			}
		}
		s.namer.names, s.namer.stamp = search.NewNames(groups), stamp
	}
	return s.namer.names, s.namer.list, nil
}

func (s *Service) occupationsLike(
	ctx context.Context, title, lang string,
) (FoundOccupations, error) {
	out := FoundOccupations{Occupations: []OccupationHit{}}
	names, list, err := s.like(ctx)
	if err != nil {
		return out, err
	}
	for _, l := range names.Closest(bareTitle(title), occupations) {
		if l.Score < likeLeast {
			break
		}
		o := list[l.Group]
		key := "market.like.words"
		switch {
		case l.Score == 1:
			key = "market.like.same"
		case l.BySound:
			key = "market.like.sound"
		}
		out.Occupations = append(out.Occupations, OccupationHit{Code: o.Code, Name: o.Names()[0],
			Score: thousandths(l.Score), Like: l.Name,
			Reason: s.Text.Say(lang, key, map[string]any{"name": l.Name})})
	}
	if n := len(out.Occupations); n > 0 {
		first := out.Occupations[0]
		out.Sure = first.Score >= likeSure &&
			(n == 1 || first.Score-out.Occupations[1].Score >= likeAhead)
	}
	return out, nil
}

// advert is what titles say beside the work.
var advert = strings.NewReplacer("急招", "", "急聘", "", "高薪", "", "诚聘", "", "招聘", "", "包吃住", "", "包住",
	"", "日结", "", "周结", "", "五险一金", "", "兼职", "", "全职", "", "若干名", "", "数名", "")

// bareTitle leaves of a title what names the work: no brackets, no advertising.
func bareTitle(title string) string {
	var b strings.Builder
	deep := 0
	for _, r := range title {
		switch {
		case strings.ContainsRune("（(【[", r):
			deep++
		case strings.ContainsRune("）)】]", r):
			deep = max(deep-1, 0)
		case deep == 0:
			b.WriteRune(r)
		}
	}
	bare := strings.TrimSpace(advert.Replace(b.String()))
	if utf8.RuneCountInString(bare) < 2 {
		return title
	}
	return bare
}

// nameOccupation fills in the occupation of a vacancy that names none, where its title is sure, and
// says by which name. Where a classification was imported and the title is not sure, it asks.
// Faults: market.occupation_unclear (invalid).
func (s *Service) nameOccupation(ctx context.Context, in *Publish) (*OccupationHit, error) {
	if strings.TrimSpace(in.Occupation) != "" || strings.TrimSpace(in.Title) == "" {
		return nil, nil
	}
	found, err := s.occupationsLike(ctx, in.Title, langOf(""))
	if err != nil {
		return nil, err
	}
	switch {
	case found.Sure:
		in.Occupation = found.Occupations[0].Code
		return &found.Occupations[0], nil
	case len(found.Occupations) == 0:
		return nil, nil // checkItems says that it is missing
	}
	var list []string
	for _, o := range found.Occupations {
		list = append(list, o.Name+" "+o.Code)
	}
	return nil, fault.New(fault.Invalid, "market.occupation_unclear", "title", in.Title, "list",
		strings.Join(list, "、")).OnField("occupation")
}
