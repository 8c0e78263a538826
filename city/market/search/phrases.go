package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// phrases are read otherwise together than character by character.
var phrases = map[string]string{"重庆": "chong qing", "重新": "chong xin", "重复": "chong fu",
	"长沙": "chang sha", "长寿": "chang shou", "长安": "chang an", "长春": "chang chun",
	"长期": "chang qi", "长途": "chang tu", "长江": "chang jiang", "厦门": "xia men",
	"朝天门": "chao tian men", "朝阳": "chao yang", "会计": "kuai ji", "银行": "yin hang",
	"行业": "hang ye", "车行": "che hang", "空调": "kong tiao", "调试": "tiao shi", "调味": "tiao wei",
	"调料": "tiao liao", "装卸": "zhuang xie", "传菜": "chuan cai", "大夫": "dai fu",
	"还款": "huan kuan", "快乐": "kuai le", "音乐": "yin yue", "都市": "du shi", "成都": "cheng du",
	"单县": "shan xian", "六安": "lu an", "蚌埠": "beng bu", "台州": "tai zhou", "丽水": "li shui",
	"乐清": "yue qing", "浦东": "pu dong", "曾家": "zeng jia", "仇": "qiu", "解放": "jie fang",
	"裁缝": "cai feng", "车工": "che gong", "剪切": "jian qie", "着色": "zhuo se", "供应": "gong ying",
	"教师": "jiao shi", "数控": "shu kong", "藏": "cang", "薄": "bo"}

const phraseRunesMax = 3

var toneless = pinyin.NewArgs()

// sounds gives the pinyin of a normalised text, what is not Chinese as it stands, and the first
// letters of its syllables. Both keep the text's gaps.
func sounds(text string) (latin, initials string) {
	var l, i strings.Builder
	for len(text) > 0 {
		if syllables, size := phraseAt(text); size > 0 {
			for s := range strings.SplitSeq(syllables, " ") {
				l.WriteString(s)
				i.WriteByte(s[0])
			}
			text = text[size:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		if s := pinyin.SinglePinyin(r, toneless); unicode.Is(unicode.Han, r) && len(s) > 0 {
			l.WriteString(s[0])
			i.WriteByte(s[0][0])
			continue
		}
		l.WriteRune(r)
		i.WriteRune(r)
	}
	return l.String(), i.String()
}

// phraseAt gives the reading of the longest phrase at the text's beginning, and its bytes.
func phraseAt(text string) (string, int) {
	end, best, bytes := 0, "", 0
	for range phraseRunesMax {
		_, size := utf8.DecodeRuneInString(text[end:])
		if size == 0 {
			break
		}
		if end += size; phrases[text[:end]] != "" {
			best, bytes = phrases[text[:end]], end
		}
	}
	return best, bytes
}

// normal writes a text as it is looked at: lower case, half width, gaps for what is neither letter
// nor digit.
func normal(text string) string {
	var b strings.Builder
	gap := true
	for _, r := range text {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xfee0
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
			gap = false
		} else if !gap {
			b.WriteByte(' ')
			gap = true
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}
