package skill_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/db/dbtest"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/fault"
)

var importer = people.WithActor(context.Background(),
	people.Actor{AccountID: "acc_clerk", Roles: []people.Role{people.RoleClerk}})

const listedCSV = "\ufefflevel,code,code_num,name,definition,tasks,csco_code_num,alias\n" +
	"3,4-02-06-00,4020600,仓储人员,,,4020600,仓储人员\n" +
	"4,4-02-06-02,4020602,理货员,从事货物整理的人员。,,4020602,\"理货员,分拣员\"\n" +
	"4,4-02-06-03,4020603,物流服务师L,,,4020603,\"物流专员,物流服务师L\"\n" +
	"4,4-02-06-03,4020603,物流服务师L,,,4020603,\"物流服务师L,物流专员\"\n" +
	"4,4-02-06-02,4020602,装卸工,,,4020602,装卸工\n" +
	"5,4-02-06-04,x,甲,,,x,\n4,4-2-6-4,x,乙,,,x,\n4,4-02-06-05,x,,,,x,\n4,4-02\n"

// Goal: good rows go in, bad ones come back with line, field and sentence; the same file twice
// changes nothing, a preview writes nothing, and a changed name is seen.
func TestImportOccupations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		s := setup(t, d, clk)
		n := 0
		do := func(text string, dry bool) skill.ImportedOccupations {
			t.Helper()
			n++
			out, err := s.ImportOccupations(importer, skill.ImportOccupations{
				Keyed: deed.Key(fmt.Sprint("import-", n)), Content: []byte(text), DryRun: dry})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := do(listedCSV, true); got.New != 3 || !got.DryRun {
			t.Errorf("preview %+v", got)
		}
		if list, _, err := s.Occupations(importer); err != nil || len(list) != 0 {
			t.Errorf("a preview wrote %v, %v", list, err)
		}
		got := do(listedCSV, false)
		if got.Rows != 9 || got.New != 3 || got.Same != 1 || got.Changed != 0 {
			t.Errorf("imported %+v", got)
		}
		var bad []string
		for _, b := range got.Bad {
			bad = append(bad, b.Field+" "+b.Code)
		}
		want := []string{"code skill.occupation_twice", "level skill.occupation_level",
			"code skill.occupation_code", "name skill.occupation_name", "code skill.occupation_cells"}
		if diff := cmp.Diff(want, bad); diff != "" || got.Bad[0].Line != 6 {
			t.Errorf("refused (-want +got): %s\n%+v", diff, got.Bad)
		}
		if again := do(listedCSV+" ", false); again.New+again.Changed != 0 || again.Same != 4 {
			t.Errorf("again %+v", again)
		}
		if changed := do(strings.Replace(listedCSV, "物流专员", "物流员", 2), false); changed.Changed != 1 {
			t.Errorf("changed %+v", changed)
		}
		list, _, err := s.Occupations(importer)
		if err != nil || len(list) != 3 {
			t.Fatalf("%v, %v", list, err)
		}
		names := s.OccupationNames("4-02-06-03")
		if diff := cmp.Diff([]string{"物流服务师", "物流员"}, names[len(names)-2:]); diff != "" {
			t.Errorf("names (-want +got): %s", diff)
		}
		for _, text := range []string{"", "level,code\n", "level,code,name,definition,alias\n\"",
			"\xff"} {
			_, err := s.ImportOccupations(importer, skill.ImportOccupations{Keyed: deed.Key("k" + text),
				Content: []byte(text)})
			if f := fault.As(err); f == nil || f.Code != "skill.occupation_file" || f.Field != "file" {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

// Goal: the classification as it is handed out goes in whole.
func TestImportRealOccupations(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../testdata/occupation/csco22.csv")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clk *clock.Fake) {
		s := setup(t, d, clk)
		got, err := s.ImportOccupations(importer, skill.ImportOccupations{Keyed: deed.Key("real"),
			Content: content})
		if err != nil || got.Rows != 2051 || len(got.Bad) != 0 || got.New != 2048 || got.Same != 3 {
			t.Errorf("%d rows: %d new, %d same, bad %v, %v", got.Rows, got.New, got.Same, got.Bad, err)
		}
	})
}
