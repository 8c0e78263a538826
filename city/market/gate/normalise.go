package gate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text is a field, normalised two ways.
type text struct {
	original []rune
	cut      bool // the field was longer than runesMax
	// plain has letters and digits, "," for what parts phrases, "(" and ")" for brackets, and "-"
	// between digits. It begins and ends with ",". Spaces and signs within a phrase are gone.
	plain form
	// dense has letters and digits only, for words that mean one thing however they are cut up.
	dense form
}

// form is a normalised text with the way back.
type form struct {
	s  string
	at []int32 // for each byte of s: the index of its rune in the original
}

// runes gives the original runes of bytes [from, to) of the form.
func (f *form) runes(from, to int) (int, int) { return int(f.at[from]), int(f.at[to-1]) + 1 }

// bytes gives the bytes of the form that stand for the original runes [from, to).
func (f *form) bytes(from, to int) (int, int) {
	a, _ := slices.BinarySearch(f.at, int32(from))
	b, _ := slices.BinarySearch(f.at, int32(to))
	return a, b
}

func (f *form) add(b *strings.Builder, r rune, at int) {
	n := b.Len()
	b.WriteRune(r)
	for range b.Len() - n {
		f.at = append(f.at, int32(at))
	}
}

func normalise(s string) text {
	t := text{original: []rune(s)}
	if len(t.original) > runesMax {
		t.original, t.cut = t.original[:runesMax], true
	}
	if len(t.original) == 0 {
		return t
	}
	n := len(s) + len(s)/2 + 2
	t.plain.at, t.dense.at = make([]int32, 0, n), make([]int32, 0, n)
	var plain, dense strings.Builder
	plain.Grow(n)
	dense.Grow(n)
	t.plain.add(&plain, ',', 0)
	last := ',' // of plain
	var one [1]rune
	for i, r := range t.original {
		for _, c := range fold(r, &one) {
			kind := classify(c)
			if c == '-' && isDigit(last) && digitFollows(t.original[i+1:]) {
				kind = letter
			}
			switch kind {
			case letter:
				t.plain.add(&plain, c, i)
				t.dense.add(&dense, c, i)
				last = c
			case part:
				if last != ',' {
					t.plain.add(&plain, ',', i)
					last = ','
				}
			case bracket:
				t.plain.add(&plain, c, i)
				last = c
			}
		}
	}
	t.plain.add(&plain, ',', len(t.original)-1)
	t.plain.s, t.dense.s = plain.String(), dense.String()
	t.plain.hear()
	t.dense.hear()
	return t
}

// trim takes punctuation and spaces off both ends of the original runes [from, to).
func (t *text) trim(from, to int) (int, int) {
	var one [1]rune
	idle := func(r rune) bool {
		k := classify(fold(r, &one)[0])
		return k == part || k == nothing
	}
	for from < to-1 && idle(t.original[from]) {
		from++
	}
	for to-1 > from && idle(t.original[to-1]) {
		to--
	}
	return from, to
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func digitFollows(rest []rune) bool {
	for _, r := range rest {
		if r != ' ' {
			return isDigit(r) || r >= '０' && r <= '９'
		}
	}
	return false
}

type runeKind int

const (
	letter runeKind = iota
	part
	bracket
	nothing
)

// classify tells what a folded rune is for the patterns.
func classify(r rune) runeKind {
	switch {
	case r >= '一' && r <= '鿿', isDigit(r), r >= 'a' && r <= 'z', r == '%':
		return letter
	case r == '(' || r == ')':
		return bracket
	case strings.ContainsRune(",.;:!?/|\\+&\n\r", r):
		return part
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return letter
	}
	return nothing // spaces, signs, emoji, marks, invisible characters
}

// fold gives the rune as the patterns write it: compatibility forms resolved, lower case,
// simplified, look-alikes replaced. A rune may become several ("㈠" → "(一)"); one is room for one.
func fold(r rune, one *[1]rune) []rune {
	if r < utf8.RuneSelf {
		return ascii[r : r+1]
	}
	if f, ok := folds[r]; ok {
		return f
	}
	if r >= '一' && r <= '鿿' {
		one[0] = r
		return one[:]
	}
	out := []rune(norm.NFKC.String(string(r)))
	for i, c := range out {
		c = unicode.ToLower(c)
		if f, ok := folds[c]; ok && len(f) == 1 {
			c = f[0]
		} else if c < utf8.RuneSelf {
			c = ascii[c]
		}
		out[i] = c
	}
	return out
}

// ascii gives each ASCII character as the patterns write it.
var ascii = func() []rune {
	t := make([]rune, utf8.RuneSelf)
	for i := range t {
		t[i] = unicode.ToLower(rune(i))
	}
	for _, pair := range []string{"[(", "{(", "<(", "])", "})", ">)", "~-"} {
		t[pair[0]] = rune(pair[1])
	}
	return t
}()

// folds are the characters that mean another one: punctuation first, then what stands for a
// character of the patterns (traditional forms, look-alikes, symbols).
var folds = func() map[rune][]rune {
	m := map[rune][]rune{}
	for to, from := range map[rune]string{
		',': "，。、；：！？…｜／＋＆•·‧・➕",
		'(': "（【［〔《〈「『｛",
		')': "）】］〕》〉」』｝",
		'-': "－—–−～〜‐‑‒―",
		'男': "♂侽喃👨👦🚹",
		'女': "♀钕釹👩👧🚺",
		'的': "の",
	} {
		for _, r := range from {
			m[r] = []rune{to}
		}
	}
	for _, pair := range strings.Fields(traditional) {
		runes := []rune(pair)
		m[runes[0]] = runes[1:]
	}
	return m
}()

// traditional pairs every traditional character and variant of a character of the rules with that
// character. Checked against OpenCC's tables (npm opencc-js 1.4.2), but for 欠, which stays itself.
const traditional = `
両两 乾干 仏佛 仮假 伝传 佔占 來来 侶侣 侷局 倉仓 個个 備备 傢家 傭佣 傳传 傷伤 僅仅 僕仆 僱雇 儀仪 償偿 優优 児儿 兒儿 內内 兩两 凈净 処处 別别 剋克 剤剂 劃划 劑剂
労劳 効效 動动 務务 勞劳 勢势 勻匀 區区 単单 卽即 厠厕 厤历 厳严 収收 員员 唄呗 唖哑 問问 啞哑 喫吃 單单 営营 噹当 嚮向 嚴严 囌苏 団团 國国 團团 圧压 埰采 報报 場场
墊垫 墻墙 壓压 壯壮 売卖 夢梦 夥伙 妝妆 娛娱 婦妇 媧娲 媽妈 嬢娘 嬰婴 嬸婶 孃娘 孫孙 學学 実实 寀采 寢寝 實实 寧宁 寶宝 対对 専专 專专 對对 導导 屬属 崗岗 嵗岁 帥帅
師师 帯带 帶带 幹干 幾几 庁厅 広广 庫库 廁厕 廂厢 廚厨 廣广 廳厅 彆别 彔录 彿佛 後后 従从 從从 復复 恵惠 慮虑 慶庆 憑凭 懐怀 懞蒙 懷怀 戀恋 戶户 拝拜 捨舍 掙挣 掛挂
採采 揀拣 搶抢 摂摄 撾挝 擔担 擾扰 攜携 攝摄 敎教 數数 於于 時时 暦历 暫暂 曆历 曏向 書书 會会 朮术 東东 枱台 査查 條条 棊棋 検检 業业 楽乐 榦干 樂乐 標标 権权 機机
檔档 檢检 檯台 權权 歩步 歲岁 歳岁 歴历 歷历 殘残 殯殡 気气 氣气 決决 沒没 況况 浄净 涼凉 淨净 済济 減减 測测 満满 準准 溫温 滬沪 滿满 漢汉 潔洁 濛蒙 濟济 為为 無无
焼烧 燒烧 營营 爲为 爺爷 爾尔 牆墙 牴抵 牽牵 狀状 獄狱 獅狮 獨独 產产 産产 畢毕 異异 當当 療疗 発发 發发 監监 県县 眞真 矇蒙 礦矿 祕秘 禮礼 稱称 穏稳 穩稳 竜龙 箇个
節节 簽签 籃篮 籤签 粛肃 粧妆 粵粤 糰团 紀纪 約约 紉纫 紋纹 納纳 紗纱 紙纸 級级 紹绍 組组 絆绊 経经 結结 絕绝 給给 統统 絶绝 經经 続续 綫线 維维 網网 綵彩 総总 線线
編编 緬缅 練练 縣县 縫缝 總总 績绩 繞绕 繳缴 續续 纍累 羣群 習习 聯联 聲声 聴听 職职 聽听 聾聋 肅肃 脩修 腳脚 膚肤 臨临 臺台 荘庄 莊庄 萬万 著着 蔔卜 蔵藏 薩萨 蘇苏
處处 號号 蠍蝎 術术 衕同 衛卫 衞卫 衹只 補补 裝装 製制 複复 褲裤 襪袜 襯衬 計计 訓训 記记 訟讼 設设 許许 訳译 訴诉 診诊 証证 評评 詢询 試试 話话 誌志 語语 誤误 說说
説说 読读 調调 談谈 請请 諮咨 諾诺 謝谢 謹谨 證证 譯译 護护 譽誉 讀读 豬猪 負负 貨货 貫贯 責责 貴贵 買买 貸贷 費费 貼贴 資资 賓宾 賣卖 質质 賬账 賺赚 購购 車车 転转
軽轻 輕轻 輯辑 轉转 辦办 農农 辺边 迴回 逓递 週周 進进 運运 過过 遞递 適适 遶绕 遷迁 選选 遺遗 遼辽 還还 邊边 鄉乡 醫医 釐厘 釦扣 鈡钟 鉅巨 銀银 銭钱 銷销 錄录 錢钱
録录 錶表 鍾钟 鎭镇 鎮镇 鏢镖 鐘钟 鑑鉴 鑒鉴 長长 門门 開开 間间 関关 閤合 闆板 關关 陝陕 陥陷 険险 陽阳 險险 隻只 雑杂 雙双 雜杂 雞鸡 離离 雲云 電电 靚靓 韆千 頂顶
項项 須须 預预 領领 頻频 顏颜 顔颜 顧顾 風风 颱台 飾饰 餅饼 養养 馬马 駐驻 駕驾 駛驶 騎骑 験验 驗验 體体 髪发 髮发 鬆松 鬚须 魚鱼 鮮鲜 鶏鸡 鷄鸡 麗丽 麪面 麫面 麵面
麺面 黒黑 點点 齡龄 齢龄 齣出 龍龙`
