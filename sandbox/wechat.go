package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/clock"
)

// WeChat's subscribe messages: no key, so what comes twice is sent twice, and a reader who has
// refused (a fault of wechat.decide) is an answer and not a broken call.

const (
	kindWeChat = "wechat"

	wechatRefused = 43101 // user refuse to accept the msg
	wechatInvalid = 47003 // argument invalid
	wechatBadCode = 40029

	wechatValuesMax = 20
)

// wechatLimits are the most characters of a value by its kind, as WeChat counts them.
var wechatLimits = map[string]int{"thing": 20, "number": 32, "letter": 32, "symbol": 5,
	"character_string": 32, "time": 40, "date": 40, "amount": 14, "phone_number": 17,
	"car_number": 8, "name": 20, "phrase": 5}

type wechatAnswer struct {
	Code   int    `json:"errcode"`
	Words  string `json:"errmsg"`
	OpenID string `json:"openid,omitempty"`
}

type wechatNotice struct {
	ToUser   string `json:"touser"`
	Template string `json:"template_id"`
	Data     map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
}

// words is the notice on one line, in the order of its values.
func (n wechatNotice) words() string {
	parts := []string{n.Template}
	for _, name := range slices.Sorted(maps.Keys(n.Data)) {
		parts = append(parts, name+"="+n.Data[name].Value)
	}
	return strings.Join(parts, " ")
}

// invalid names the first value that WeChat would not take; "" for none.
func (n wechatNotice) invalid() string {
	for _, name := range slices.Sorted(maps.Keys(n.Data)) {
		value := n.Data[name].Value
		most, known := wechatLimits[strings.TrimRight(name, "0123456789")]
		if !known || value == "" || utf8.RuneCountInString(value) > most ||
			strings.ContainsAny(value, "\n\r") {
			return name
		}
	}
	return ""
}

func (s *Server) wechatRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /wechat/cgi-bin/message/subscribe/send", s.postNotice)
	mux.HandleFunc("GET /wechat/sns/jscode2session", s.getOpenID)
	mux.HandleFunc("POST /wechat/wxa/business/getuserphonenumber", s.postPhoneCode)
}

// postPhoneCode gives the number behind a code of the phone number button: that of wxp-13900000001
// is 13900000001.
func (s *Server) postPhoneCode(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Code string `json:"code"`
	}
	if err := read(r, &in); err != nil {
		writeError(w, err)
		return
	}
	number, ok := strings.CutPrefix(in.Code, "wxp-")
	if !ok || len(number) > phoneCharsMax {
		writeJSON(w, http.StatusOK, wechatAnswer{Code: wechatBadCode, Words: "invalid code"})
		return
	}
	s.answer(w, r, "wechat.phone", in.Code, func(Fault) (any, error) {
		return map[string]any{"errcode": 0, "errmsg": "ok", "phone_info": map[string]string{
			"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}}, nil
	})
}

// getOpenID makes the id of whoever's phone made the code: the same for the same code, so that a
// made-up person is one reader.
func (s *Server) getOpenID(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get("js_code")
	if !strings.HasPrefix(code, "wx-") || len(code) > keyCharsMax {
		writeJSON(w, http.StatusOK, wechatAnswer{Code: wechatBadCode, Words: "invalid code"})
		return
	}
	s.answer(w, r, "wechat.openid", code, func(Fault) (any, error) {
		sum := sha256.Sum256([]byte(code))
		return wechatAnswer{Words: "ok", OpenID: "o" + hex.EncodeToString(sum[:13])}, nil
	})
}

func (s *Server) postNotice(w http.ResponseWriter, r *http.Request) {
	var in wechatNotice
	err := read(r, &in)
	if err == nil && (in.ToUser == "" || in.Template == "" || len(in.Data) == 0 ||
		len(in.Data) > wechatValuesMax) {
		err = refuse(http.StatusUnprocessableEntity,
			"a subscribe message needs a reader, a template and 1 to %d values", wechatValuesMax)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	d, err := s.digest(in.ToUser, in.words())
	if err != nil {
		writeError(w, err)
		return
	}
	s.answer(w, r, "wechat.send", d, func(Fault) (any, error) {
		return s.takeNotice(r.Context(), in, d)
	})
}

// takeNotice sends a notice each time that it comes: its number among those alike is part of the
// fact's key.
func (s *Server) takeNotice(ctx context.Context, n wechatNotice, digest string) (any, error) {
	if name := n.invalid(); name != "" {
		return wechatAnswer{Code: wechatInvalid,
			Words: fmt.Sprintf("argument invalid! data.%s.value invalid", name)}, nil
	}
	if s.befalls("wechat.decide", digest) == Error {
		return wechatAnswer{Code: wechatRefused, Words: "user refuse to accept the msg"}, nil
	}
	nth := 1
	for s.noticed(digest, nth) {
		nth++
	}
	m := sealedMessage{Key: noticeKey(digest, nth), Phone: n.ToUser, Text: n.words(),
		AtMS: clock.MS(s.opts.Clock.Now())}
	sealed, err := m.seal(s.opts.Box)
	if err != nil {
		return nil, err
	}
	return wechatAnswer{Words: "ok"}, s.note(ctx, kindWeChat, m.Key, sealed)
}

func (s *Server) noticed(digest string, nth int) bool {
	_, known := s.gateway.keys.get(noticeKey(digest, nth))
	return known
}

func noticeKey(digest string, nth int) string { return "wx/" + digest + "/" + strconv.Itoa(nth) }
