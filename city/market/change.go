package market

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/gongyi/gongyi/internal/civil"
)

// ReasonChanged begins the reason of a worker who left because the vacancy was changed after the
// head was taken: that leave is nobody's fault but the change's, and counts against nobody.
const ReasonChanged = "vacancy_changed"

// reasonExpired is why a vacancy is closed whose last public day has passed; it can be refreshed.
const reasonExpired = "expired"

// changePeopleMax bounds who is told of one change, because all are told in its transaction.
const changePeopleMax = 1000

// posted is a vacancy as it stands, for comparing and for publishing it again.
type posted struct {
	ID, State, Reason, ReviewerID string
	ValidUntil                    civil.Date
	Publish
}

// changes names what is material in a change: pay, place, hours, content. Heads and the last public
// day are not. Source: 人力资源市场暂行条例 24: what a vacancy must state.
func (v posted) changes(to Publish) []string {
	var what []string
	add := func(word string, differs bool) {
		if differs {
			what = append(what, word)
		}
	}
	from := v.Publish
	add("pay", from.RateFen != to.RateFen || from.PayUnit != to.PayUnit ||
		from.Settlement != to.Settlement || from.PlanID != to.PlanID ||
		from.TermMonths != to.TermMonths)
	add("place", from.PlaceID != to.PlaceID)
	add("hours", !sameHours(from.Shifts, to.Shifts))
	add("content", from.Title != to.Title || from.Content != to.Content ||
		from.Occupation != to.Occupation || from.WorkType != to.WorkType || from.Hire != to.Hire ||
		from.MinorOK != to.MinorOK || from.Source != to.Source ||
		!sameSet(from.Conditions, to.Conditions) || !sameSet(from.Required, to.Required))
	return what
}

func sameHours(a, b []ShiftPlan) bool {
	times := func(list []ShiftPlan) []ShiftPlan {
		list = slices.Clone(list)
		for i := range list {
			list[i].Heads = 0
			list[i].StartsAt = list[i].StartsAt.UTC().Truncate(time.Millisecond)
			list[i].EndsAt = list[i].EndsAt.UTC().Truncate(time.Millisecond)
		}
		sort.Slice(list, func(i, j int) bool {
			x, y := list[i], list[j]
			return cmp.Or(x.StartsAt.Compare(y.StartsAt), x.EndsAt.Compare(y.EndsAt),
				cmp.Compare(x.BreakMin, y.BreakMin)) < 0
		})
		return list
	}
	return slices.EqualFunc(times(a), times(b), ShiftPlan.same)
}

// sameSet compares lists whose order says nothing.
func sameSet[T cmp.Ordered](a, b []T) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
