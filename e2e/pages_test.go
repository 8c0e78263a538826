package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/sim"
)

// Goal: without script, a newcomer goes from the list of work to both signatures, clocks in by the
// code at the gate, and finds the day's wage with its slip; each wrong step says why and keeps what
// was typed.
func TestPagesOfWorker(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		s, shiftID := serve(c), c.shift(2)
		b := s.visitor()
		name, idNumber, phone, card := sim.MadeUp(7, 300, region)

		b.open("/?region="+region).shows(200, "分拣员第", "找活")
		b.open("/?q=fenjian&region="+region).shows(200, "分拣员第", `value="fenjian"`)
		b.open("/?q=电焊&region="+region).shows(200, "现在没有合适的活")
		b.open("/shifts/"+shiftID).shows(200, "演示物流", "按单分拣。", "我要干", "意外险")
		b.send("/accept", nil).shows(200, "发送验证码")
		b.send("/login/code", map[string]string{"phone": "12"}).shows(422, "手机号", `value="12"`)
		b.send("/login/code", map[string]string{"phone": phone}).shows(200, "6位验证码")
		b.send("/login", map[string]string{"code": "000000"}).shows(422, "验证码")
		b.send("/login", map[string]string{"code": c.code(phone)}).shows(200, "我要干")

		b.send("/accept", nil).shows(200, "实名登记")
		who := map[string]string{"name": name, "id_number": idNumber, "region": region}
		b.send("/register", who).shows(422, "逐项勾选", `value="`+name+`"`)
		who["agree_privacy"], who["agree_identity"] = "tick", "tick"
		who["id_number"] = idNumber[:17] + "?"
		b.send("/register", who).shows(422, "身份证")
		who["id_number"] = idNumber
		b.send("/register", who).shows(200, "我要干")

		b.send("/accept", nil).shows(200, "电子合同", name, "意外险")
		b.send("/code", nil).shows(422, "逐项勾选")
		b.send("/code", map[string]string{"agree_plan": "tick", "share_version": "tick"}).
			shows(200, "签约验证码")
		b.send("/sign", map[string]string{"code": "000000"}).shows(422, "验证码")
		b.send("/sign", map[string]string{"code": c.code(phone)}).
			shows(200, "合同签好了", "开工打卡")

		placement := strings.SplitN(b.path, "?", 2)[0]
		b.open("/me/card").send("/me/card", map[string]string{"card_number": card}).
			shows(422, "逐项勾选")
		b.send("/me/card", map[string]string{"card_number": card, "share_version": "tick"}).
			shows(200, "已保存银行卡")

		c.clk.Add(2 * time.Hour)
		b.open(placement).send("/start", map[string]string{"token": "forged"}).
			shows(403, "二维码无效", "二维码下面的字符")
		b.open(c.qr()).shows(200, "开工打卡").send("/start", nil).shows(200, "从现在起有意外保险")
		c.clk.Add(8 * time.Hour)
		b.open(c.qr()).shows(200, "下班打卡").send("/end", nil).shows(200, "24小时内到账")
		b.open("/wages").shows(200, "¥187.50")
		for range 8 { // the hours confirm themselves, then the bank pays
			c.sweep(2 * time.Hour)
		}
		b.open("/wages").shows(200, "¥187.50", "到账")
		line := regexp.MustCompile(`/wages/[a-z]+_[0-9A-Za-z]+`).FindString(b.body)
		b.open(line).shows(200, "工资清单", "演示物流", "已到账")
		b.open("/me/consents").shows(200, "岗位推荐", "已同意")
		b.open("/me/messages").shows(200, "消息")
		b.open("/me/skills").shows(200, "我会的手艺").send("/me/skills", map[string]string{"skill": "nope"}).
			shows(422, "技能")
		b.open("/me/complaint").send("/me/complaint", map[string]string{"kind": "fees", "words": "短"}).
			shows(422, "短")
		b.send("/me/complaint", map[string]string{"kind": "fees", "words": "到场后要先交押金一百元。"}).
			shows(200, "已收到", "乱收费")
		b.open("/me").send("/logout", nil).shows(200, "找活")
		b.open("/wages").shows(200, "发送验证码")
		c.lawful()
	})
}

// qr is where the code at the gate leads now.
func (c *town) qr() string {
	c.t.Helper()
	qr, err := c.Stations.ShowQR(c.employer.ctx, station.ShowQR{PlaceID: c.employer.placeID})
	c.ok(err)
	return qr.URL
}
