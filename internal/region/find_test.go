package region_test

import (
	"testing"

	"github.com/gongyi/gongyi/internal/region"
)

// Goal: a county is found by its code and by its names; what could be two counties is none.
func TestFind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"330110": "330110", "浙江省杭州市余杭区": "330110",
		"杭州市余杭区": "330110", "余杭区": "330110", "浙江省/杭州市/余杭区": "330110", "重庆市渝中区": "500103",
		"渝中区": "500103", "鼓楼区": "", "福建省福州市鼓楼区": "350102", "": "", "某某区": "", "999999": "",
		"杭州市": ""} {
		if got := region.Find(text); got != want {
			t.Errorf("Find(%q) = %q, want %q", text, got, want)
		}
	}
}
