package region_test

import (
	"slices"
	"testing"

	"github.com/gongyi/gongyi/internal/region"
)

// Goal: codes of all levels, also as six digits, give the names people know.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, canonical, name, full, parent string }{
		{"50", "50", "重庆市", "重庆市", ""},
		{"500000", "50", "重庆市", "重庆市", ""},
		{"500103", "500103", "渝中区", "重庆市渝中区", "5001"},
		{"500229", "500229", "城口县", "重庆市城口县", "5002"},
		{"33", "33", "浙江省", "浙江省", ""},
		{"330100", "3301", "杭州市", "浙江省杭州市", "33"},
		{"330110", "330110", "余杭区", "浙江省杭州市余杭区", "3301"},
		{"441900", "441900", "东莞市", "广东省东莞市", "4419"},
		{"419001", "419001", "济源市", "河南省济源市", "4190"},
		{"659001", "659001", "石河子市", "新疆维吾尔自治区石河子市", "6590"},
		{"110101", "110101", "东城区", "北京市东城区", "1101"},
		{"5001", "5001", "市辖区", "重庆市", "50"},
		{"820000", "82", "澳门特别行政区", "澳门特别行政区", ""},
	} {
		if got := region.Canonical(c.code); got != c.canonical || !region.Valid(c.code) {
			t.Errorf("%s: canonical %q, want %q", c.code, got, c.canonical)
		}
		if got := region.Name(c.code); got != c.name {
			t.Errorf("%s: name %q, want %q", c.code, got, c.name)
		}
		if got := region.FullName(c.code); got != c.full {
			t.Errorf("%s: full name %q, want %q", c.code, got, c.full)
		}
		if got := region.Parent(c.code); got != c.parent {
			t.Errorf("%s: parent %q, want %q", c.code, got, c.parent)
		}
	}
}

// Goal: what is no code has no name, no parent and no children.
func TestNoCode(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"", "0", "00", "3", "330", "33011", "330199", "99", "990000",
		"33011000", "33-110", "余杭区", "000000", "330110000000"} {
		if region.Valid(code) || region.Canonical(code) != "" || region.Name(code) != "" ||
			region.FullName(code) != "" || region.Parent(code) != "" || region.Counties(code) != nil {
			t.Errorf("%q: valid %v, name %q", code, region.Valid(code), region.Name(code))
		}
		if code != "" && region.Children(code) != nil {
			t.Errorf("%q has children %v", code, region.Children(code))
		}
	}
}

// Goal: the tree is whole: every row hangs on one above it, and the counts are those published
// (31 provinces, 342 cities and 2 978 counties in 2023, and our three provinces).
func TestTree(t *testing.T) {
	t.Parallel()
	provinces := region.Children("")
	var cities, counties int
	for _, p := range provinces {
		for _, c := range region.Children(p) {
			cities++
			for _, county := range region.Children(c) {
				counties++
				if region.Parent(county) != c || region.Parent(c) != p || region.Children(county) != nil {
					t.Errorf("%s hangs wrongly", county)
				}
				if len(county) != 6 || region.Name(county) == "" {
					t.Errorf("%q has the name %q", county, region.Name(county))
				}
			}
		}
	}
	if len(provinces) != 34 || cities != 342 || counties != 2978 {
		t.Errorf("%d provinces, %d cities, %d counties", len(provinces), cities, counties)
	}
}

// Goal: the demo cities have their real districts, below or without a row that nobody says.
func TestCounties(t *testing.T) {
	t.Parallel()
	if got := region.Counties("50"); len(got) != 38 || got[0] != "500101" || got[37] != "500243" {
		t.Errorf("Chongqing has %d: %v", len(got), got)
	}
	want := []string{"330102", "330105", "330106", "330108", "330109", "330110", "330111", "330112",
		"330113", "330114", "330122", "330127", "330182"}
	if got := region.Counties("330100"); !slices.Equal(got, want) {
		t.Errorf("Hangzhou has %v", got)
	}
	if got := region.Counties("330110"); !slices.Equal(got, []string{"330110"}) {
		t.Errorf("Yuhang has %v", got)
	}
	if got := region.Children("50"); !slices.Equal(got, []string{"5001", "5002"}) {
		t.Errorf("Chongqing's children are %v", got)
	}
}
