package market_test

import (
	"os"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
)

const classified = "level,code,name,definition,alias\n" +
	"3,4-02-06-00,仓储人员,,仓储人员\n" +
	"4,4-02-06-02,理货员,,\"理货员,分拣员,配货员\"\n" +
	"4,6-18-02-04,焊工,,\"焊工,电焊工,烧焊师傅\"\n" +
	"4,4-02-02-01,客运车辆驾驶员L,,\"司机,出租车司机\"\n" +
	"4,4-02-02-02,道路货运汽车驾驶员L,,\"货运司机,司机\"\n"

// Goal: a title is mapped to its occupation by characters or by sound, with the reason; one that
// could be several asks; a vacancy without an occupation gets it, and is found by its alias, also
// one that was public before the classification came.
func TestOccupations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		old := b.vacancy(1)
		old.Title, old.Occupation = "夜间帮手", "6-18-02-04"
		before := b.publish(old)
		find := func(q string) (ids []string) {
			found := must(b.FindWork(b.clerk, market.FindWork{LonE6: lonHere, LatE6: latHere, Q: q}))(t)
			for _, i := range found.Items {
				if found.Matched == "exact" {
					ids = append(ids, i.VacancyID)
				}
			}
			return ids
		}
		if got := find("烧焊师傅"); len(got) != 0 {
			t.Errorf("before the import: %v", got)
		}
		none := b.vacancy(1)
		none.Occupation = ""
		_, err := b.PublishVacancy(b.boss, none)
		refuses(t, "nothing to map to", err, "market.item_missing", "occupation")
		must(b.skills.ImportOccupations(b.clerk, skill.ImportOccupations{Keyed: b.key(),
			Content: []byte(classified)}))(t)
		for title, want := range map[string]string{"分拣员": "4-02-06-02 same",
			"急招仓库分拣员（夜班）": "4-02-06-02 like", "典汉工": "6-18-02-04 sound", "货车货运司机": "4-02-02-02 like"} {
			got := must(b.FindOccupations(b.clerk, market.FindOccupations{Title: title}))(t)
			how := map[string]string{"相同": "same", "字相近": "like", "读音相近": "sound"}
			if len(got.Occupations) == 0 {
				t.Errorf("%s: nothing", title)
				continue
			}
			first := got.Occupations[0]
			for words, short := range how {
				if strings.HasSuffix(first.Reason, words) {
					first.Reason = short
				}
			}
			if s := first.Code + " " + first.Reason; s != want || !got.Sure {
				t.Errorf("%s: %s, want %s: %+v", title, s, want, got)
			}
		}
		none.Keyed, none.Title = b.key(), "分拣员"
		checked := must(b.CheckVacancy(b.boss, none))(t)
		if checked.Occupation == nil || checked.Occupation.Code != "4-02-06-02" || checked.ID != "" ||
			checked.ShiftIDs != nil || checked.State != market.Published {
			t.Errorf("the check says %+v", checked)
		}
		if n := b.count(`SELECT COUNT(*) FROM vacancies WHERE title = '分拣员'`); n != 0 {
			t.Errorf("the check left %d vacancies", n)
		}
		v := must(b.PublishVacancy(b.boss, none))(t)
		if v.Occupation == nil || v.Occupation.Code != "4-02-06-02" || v.Occupation.Reason == "" {
			t.Errorf("published with %+v", v.Occupation)
		}
		if again := must(b.PublishVacancy(b.boss, none))(t); again.ID != v.ID {
			t.Errorf("the same key twice: %s and %s", v.ID, again.ID)
		}
		none.Keyed, none.Title = b.key(), "司机"
		_, err = b.CheckVacancy(b.boss, none)
		refuses(t, "two kinds of drivers, checked", err, "market.occupation_unclear", "occupation")
		_, err = b.PublishVacancy(b.boss, none)
		refuses(t, "two kinds of drivers", err, "market.occupation_unclear", "occupation")
		if got := find("配货员"); len(got) != 1 || got[0] != v.ID {
			t.Errorf("by an alias: %v, want %s", got, v.ID)
		}
		if got := find("烧焊师傅"); len(got) != 1 || got[0] != before.ID {
			t.Errorf("by an alias that came later: %v, want %s", got, before.ID)
		}
	})
}

// Goal: titles of real postings are named by the real classification or asked about; how many is
// said, not held: the answers that come with them are noisy.
func TestRealTitles(t *testing.T) {
	t.Parallel()
	dir := "../../testdata/occupation/"
	content, err := os.ReadFile(dir + "csco22.csv")
	if err != nil {
		t.Fatal(err)
	}
	titles, err := os.ReadFile(dir + "real_titles.csv")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		b := setup(t, d, clk)
		must(b.skills.ImportOccupations(b.clerk, skill.ImportOccupations{Keyed: b.key(),
			Content: content}))(t)
		sure, asked, same, all := 0, 0, 0, 0
		for i, line := range strings.Split(string(titles), "\n") {
			f := strings.Split(strings.TrimSpace(line), ",")
			if i == 0 || i%20 != 0 || len(f) < 3 {
				continue
			}
			all++
			got := must(b.FindOccupations(b.clerk, market.FindOccupations{Title: f[0]}))(t)
			switch {
			case got.Sure && got.Occupations[0].Code == f[1]:
				same++
				fallthrough
			case got.Sure:
				sure++
			case len(got.Occupations) > 0:
				asked++
			}
		}
		t.Logf("of %d titles %d sure (%d as noted), %d asked", all, sure, same, asked)
		if sure < all/2 || sure+asked < all*9/10 {
			t.Errorf("of %d titles only %d are sure and %d asked", all, sure, asked)
		}
	})
}
