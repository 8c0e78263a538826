package gate

import "strings"

// homophone is a word as it is written and as it is meant, with the runes that show it.
type homophone struct {
	written, meant string
	runes          runeSet
}

// homophones are words written around with other characters of the same sound, with pinyin, or
// taken apart: what is written, and what is meant. Where a character is common by itself only the
// whole word stands here (南士优先 is 男士优先, but 海南 is a place). All in the plain form.
var homophones = func() []homophone {
	var all []homophone
	add := func(written, meant string) {
		all = append(all, homophone{written, meant, setOf(written)})
	}
	for _, sex := range [][2]string{{"nan", "男"}, {"nv", "女"}, {"nü", "女"}} {
		for _, tail := range []string{"士", "生", "性", "孩", "的", "工"} {
			add(sex[0]+tail, sex[1]+tail)
		}
		for _, head := range []string{"限", "招", "要", "找", "非", "只"} {
			add(head+sex[0], head+sex[1])
		}
	}
	for _, r := range "南难蓝兰楠" {
		for _, tail := range []string{"士优先", "生优先", "性优先", "士勿", "生勿", "性勿"} {
			add(string(r)+tail, "男"+tail)
		}
	}
	pairs := strings.Fields(`男滴 男的 女滴 女的 sui以下 岁以下 sui以内 岁以内 sui以上 岁以上
		已昏 已婚 己昏 已婚 未昏 未婚 昏育 婚育 已yu 已育 未yu 未育
		乙月干 乙肝 乙gan 乙肝 乙干携 乙肝携 乙干病 乙肝病 乙干者 乙肝者 2对半 两对半 大3阳 大三阳 小3阳 小三阳
		ya金 押金 押jin 押金 鸭金 押金 呀金 押金 丫金 押金 保正金 保证金 包证金 保证金
		勿rao 勿扰 优xian 优先 you先 优先`)
	for i := 0; i < len(pairs); i += 2 {
		add(pairs[i], pairs[i+1])
	}
	return all
}()

// hear writes what is meant in place of what is written around it. The first character meant stands
// where the first one written does, the last where the last does: a span is the written one.
func (f *form) hear() {
	has := setOf(f.s)
	for i := range homophones {
		h := &homophones[i]
		if !h.runes.within(&has) {
			continue
		}
		written, meant := h.written, h.meant
		for from := strings.Index(f.s, written); from >= 0; {
			end := from + len(written)
			at := make([]int32, 0, len(f.at)-len(written)+len(meant))
			at = append(at, f.at[:from+1]...)
			for i := 1; i < len(meant); i++ {
				at = append(at, f.at[end-1])
			}
			f.s, f.at = f.s[:from]+meant+f.s[end:], append(at, f.at[end:]...)
			next := strings.Index(f.s[from+len(meant):], written)
			if next < 0 {
				break
			}
			from += len(meant) + next
		}
	}
}
