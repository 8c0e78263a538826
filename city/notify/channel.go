package notify

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/gongyi/gongyi/internal/civil"
)

// Channel is a way to reach a person outside the inbox.
type Channel string

// The channels.
const (
	SMS    Channel = "sms"
	WeChat Channel = "wechat"
)

//go:embed data/templates.yaml
var data embed.FS

// manner says how a template's messages go; data/templates.yaml says it for each.
type manner struct {
	Channels []Channel     `yaml:"channels"`
	Urgent   bool          `yaml:"urgent"`
	OptOut   bool          `yaml:"opt_out"`
	Private  bool          `yaml:"private"`
	WeChat   *subscription `yaml:"wechat"`
}

// subscription is the subscribe message that stands for a template in WeChat.
type subscription struct {
	Template string      `yaml:"template"`
	Values   []wechatVar `yaml:"values"`
}

// wechatVar is one value of a subscribe message: its kind is the name without the number.
type wechatVar struct {
	Name string `yaml:"name"`
	Text string `yaml:"text"`
}

var plain = manner{Channels: []Channel{SMS}}

// mannerOf gives how a template's messages go.
func mannerOf(all map[string]manner, template string) manner {
	if m, ok := all[template]; ok {
		return m
	}
	return plain
}

// loadManners reads data/templates.yaml of a file system and refuses what could not be sent.
func loadManners(fsys fs.FS) (map[string]manner, error) {
	text, err := fs.ReadFile(fsys, "data/templates.yaml")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	var file struct {
		Templates map[string]manner `yaml:"templates"`
	}
	if err := yaml.Load(text, &file, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("templates.yaml: %w", err)
	}
	for name, m := range file.Templates {
		if err := m.check(name); err != nil {
			return nil, fmt.Errorf("templates.yaml: %s: %w", name, err)
		}
	}
	return file.Templates, nil
}

func (m manner) check(name string) error {
	t, known := templates[name]
	switch {
	case !known:
		return fmt.Errorf("there is no such template")
	case len(m.Channels) == 0:
		return fmt.Errorf("channels are missing")
	case t.code && (m.OptOut || !m.Urgent || slices.Contains(m.Channels, WeChat)):
		return fmt.Errorf("a code goes by SMS, at once, and cannot be switched off")
	case slices.Contains(m.Channels, WeChat) != (m.WeChat != nil):
		return fmt.Errorf("the channel wechat and its block belong together")
	case m.WeChat != nil && (m.WeChat.Template == "" || len(m.WeChat.Values) == 0):
		return fmt.Errorf("a subscribe message needs a template and values")
	}
	for _, c := range m.Channels {
		if c != SMS && c != WeChat {
			return fmt.Errorf("channel %q is unknown", c)
		}
	}
	if m.WeChat == nil {
		return nil
	}
	for _, v := range m.WeChat.Values {
		if _, ok := kinds[kindOf(v.Name)]; !ok {
			return fmt.Errorf("value %q is of no kind that WeChat knows", v.Name)
		}
	}
	return nil
}

// wishes are what a person set. The zero wishes are those of somebody who set nothing.
type wishes struct {
	Lang     string  // "" is Chinese
	First    Channel // "" is as the template says
	OpenID   []byte  // sealed; empty: WeChat is not linked
	OptedOut bool    // of the template in question
	Grants   int64   // subscribe messages of the template that may still be sent
}

// order gives the ways by which a message may go to somebody with these wishes, first choice first.
func (m manner) order(w wishes) []Channel {
	var ways []Channel
	for _, c := range m.Channels {
		if c == WeChat && (len(w.OpenID) == 0 || w.Grants == 0) {
			continue
		}
		ways = append(ways, c)
	}
	if i := slices.Index(ways, w.First); i > 0 {
		ways = append([]Channel{w.First}, slices.Delete(ways, i, i+1)...)
	}
	return ways
}

// after gives the way that is left when one has failed for good; "" for none.
func (m manner) after(c Channel) Channel {
	if c == WeChat && slices.Contains(m.Channels, SMS) {
		return SMS
	}
	return ""
}

// quietUntil gives the end of the quiet hours that an instant lies in; zero when it lies in none.
// They go from a minute of the day to another, over midnight when the first is the later one.
func quietUntil(at time.Time, fromMin, untilMin int) time.Time {
	day := civil.DateOf(at)
	for _, first := range []civil.Date{day.AddDays(-1), day} {
		last := first
		if untilMin <= fromMin {
			last = first.AddDays(1)
		}
		from, until := first.At(fromMin), last.At(untilMin)
		if fromMin != untilMin && !at.Before(from) && at.Before(until) {
			return until
		}
	}
	return time.Time{}
}

// filled puts args into a value's placeholders.
func filled(text string, args map[string]any) string {
	for name, v := range args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(v))
	}
	return text
}
