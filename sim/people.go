package sim

import (
	"fmt"
	"io/fs"

	"github.com/gongyi/gongyi/internal/civil"
)

// surnames and given names of our own choosing; nobody is meant.
var (
	surnames = []rune(
		"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡" +
			"贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
	)
	givens = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志海波鑫宇浩凯健俊帆雪倩颖琳璐婷慧莹晨阳松柏川江山林峰云飞燕春秋冬荣富贵福安康宁顺利")
	works  = []string{"餐饮", "物流", "建筑劳务", "家政", "电子", "服装", "食品", "仓储", "会展", "物业"}
)

// identity is a made-up person: the same for the same seed and number.
type identity struct {
	Name, IDNumber, Phone, Card, Region string
}

// person makes worker n, born on one of so many days. Born from 1961 to 2008, most are grown up and
// a few are near the edges that the rules care about.
func (d dice) person(n int, region string, first civil.Date, days int) identity {
	name := string(
		surnames[d.n(len(surnames), "surname", n)],
	) + string(
		givens[d.n(len(givens), "g1", n)],
	)
	if d.chance(7000, "two", n) {
		name += string(givens[d.n(len(givens), "g2", n)])
	}
	// An ID has three digits beside the birthday: who shares them never shares the day.
	born := first.AddDays((d.n(days, "born", n%1000) + n/1000*bornStep) % days)
	return identity{Name: name, Region: region,
		IDNumber: idNumber(region, born, n%1000),
		Phone:    phone(n),
		Card:     bankCard(n),
	}
}

// bornStep is a prime, so that its multiples meet no day twice within a span it does not divide.
const bornStep = 7919

// phone gives numbers under the unassigned prefix 1990000 … so that no real phone is meant.
func phone(n int) string { return fmt.Sprintf("199%08d", n) }

// idNumber writes an identity number with the check character of GB 11643.
func idNumber(region string, born civil.Date, seq int) string {
	s := fmt.Sprintf(
		"%s%s%s%s%03d",
		region,
		string(born[:4]),
		string(born[5:7]),
		string(born[8:]),
		seq,
	)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

// uscc writes a unified social credit code with both check characters of GB 32100.
func uscc(region string, n int) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	subject := fmt.Sprintf("MA%06d", n%1_000_000)
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(subject[i] - '0')
		if subject[i] >= 'A' {
			v = int(subject[i]-'A') + 10
		}
		sum += v * w
	}
	s := "91" + region + subject + string("0X987654321"[sum%11])
	sum, w := 0, 1
	for i := range 17 {
		for k := range len(alphabet) {
			if alphabet[k] == s[i] {
				sum += k * w
			}
		}
		w = w * 3 % 31
	}
	return s + string(alphabet[(31-sum%31)%31])
}

// bankCard writes a 19-digit card number that passes Luhn, under a prefix of the test range.
func bankCard(n int) string {
	s := fmt.Sprintf("6222000%011d", n)
	sum := 0
	for i := range len(s) {
		v := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return s + string('0'+byte((10-sum%10)%10))
}

// MadeUp gives a made-up worker's particulars, the same for the same seed and number; for benches.
func MadeUp(seed uint64, n int, region string) (name, idNumber, phoneNumber, card string) {
	p := dice{seed}.person(n, region, "1966-01-01", 14_000)
	return p.Name, p.IDNumber, p.Phone, p.Card
}

// USCC gives a made-up employer's code, valid in form; for benches.
func USCC(region string, n int) string { return uscc(region, n) }

// Extra are the migrations of a simulated city beside those of the slices.
func Extra() []fs.FS { return []fs.FS{Migrations} }
