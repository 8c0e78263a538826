package desk

import (
	"testing"

	"github.com/gongyi/gongyi/internal/web"
)

// Goal: a law is named in Chinese to whoever reads Chinese, as the data have it to others.
func TestSource(t *testing.T) {
	t.Parallel()
	zh := &visit{Visit: &web.Visit{Lang: "zh-CN"}}
	for words, want := range map[string]string{
		"产品选择 product choice: two days":                             "产品选择",
		"《劳动合同法》art. 68, in force 2008-01-01 [T1]: 4 h":             "《劳动合同法》第68条，自2008-01-01施行",
		"《劳动法》art. 36, 41, in force 1995-01-01 [T1]: 8 h + at most": "《劳动法》第36, 41条，自1995-01-01施行",
		"演示用的假定值 · assumed: 500 000 yuan":                           "演示用的假定值",
		"产品选择 product choice; 《工资支付暂行规定》art. 12 pays idle time":     "产品选择；《工资支付暂行规定》第12条",
		"假定 assumed: −50 %, of the usual range [T2]":                "假定",
		"最低工资标准（一档），自2024-01-01；杭州属一档 [T2]；此后未查到":                   "最低工资标准（一档），自2024-01-01；杭州属一档；此后未查到",
	} {
		if got := zh.source(words); got != want {
			t.Errorf("%s: %s, want %s", words, got, want)
		}
	}
	if en := (&visit{Visit: &web.Visit{Lang: "en"}}); en.source("《法》art. 1 [T1]") != "《法》art. 1 [T1]" {
		t.Error("an English reader does not read the data")
	}
}
