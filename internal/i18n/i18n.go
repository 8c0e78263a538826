// Package i18n holds the sentences that people read, in Chinese and English.
//
// A sentence has a key (a fault's code, a gauge's name, an SMS template) and stands in text/*.yaml,
// one file per slice:
//
//	people.too_young:
//	  zh: "年满16周岁才能注册，出生日期 {birth}。"
//	  en: "You must be 16 or older to register (born {birth})."
//
// Loading refuses a key that stands twice, a key without one of the languages, and placeholders
// that differ between them, so a sentence that loads can be said.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The languages, by their BCP 47 tags. Chinese is said when nothing else fits.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Languages lists the tags, the default first.
func Languages() []string { return []string{Chinese, English} }

//go:embed text/*.yaml
var embedded embed.FS

// Book is all sentences. It does not change after loading and is safe for concurrent use.
type Book struct {
	said map[string]map[string]sentence // language → key
}

// sentence is a text cut at its placeholders: text and names alternate, text first.
type sentence []string

type entry struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Load reads the sentences that come with the program.
func Load() (*Book, error) { return Read(embedded) }

// Read reads text/*.yaml of a file system. The error names every bad key and its file.
func Read(fsys fs.FS) (*Book, error) {
	names, err := fs.Glob(fsys, "text/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list texts: %w", err)
	}
	b := &Book{said: map[string]map[string]sentence{Chinese: {}, English: {}}}
	var bad []error
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		entries := map[string]entry{}
		if err := yaml.Load(text, &entries, yaml.WithKnownFields()); err != nil {
			bad = append(bad, fmt.Errorf("i18n: %s: %w", name, err))
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if err := b.add(key, entries[key]); err != nil {
				bad = append(bad, fmt.Errorf("i18n: %s: %s: %w", name, key, err))
			}
		}
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return b, nil
}

func (b *Book) add(key string, e entry) error {
	if b.Has(Chinese, key) {
		return errors.New("stands in two files")
	}
	if strings.TrimSpace(e.ZH) == "" || strings.TrimSpace(e.EN) == "" {
		return errors.New("needs both zh and en")
	}
	zh, err := cut(e.ZH)
	if err != nil {
		return fmt.Errorf("zh: %w", err)
	}
	en, err := cut(e.EN)
	if err != nil {
		return fmt.Errorf("en: %w", err)
	}
	if !slices.Equal(zh.names(), en.names()) {
		return fmt.Errorf("placeholders differ: zh %v, en %v", zh.names(), en.names())
	}
	b.said[Chinese][key], b.said[English][key] = zh, en
	return nil
}

func cut(text string) (sentence, error) {
	var s sentence
	for {
		before, rest, open := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, errors.New("a } without {")
		}
		s = append(s, before)
		if !open {
			return s, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name == "" {
			return nil, fmt.Errorf("%q is not a placeholder such as {name}", "{"+rest)
		}
		s, text = append(s, name), after
	}
}

// names gives the placeholders in order of name, each once.
func (s sentence) names() []string {
	var names []string
	for i := 1; i < len(s); i += 2 {
		names = append(names, s[i])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Has tells whether there is a sentence for the key in that language.
func (b *Book) Has(lang, key string) bool {
	_, ok := b.said[lang][key]
	return ok
}

// Both is words in both languages: what fills a placeholder of a sentence, or stands in an answer,
// when the language of the asker is not known yet.
type Both struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func (b Both) in(lang string) string {
	if lang == English {
		return b.EN
	}
	return b.ZH
}

// Both says a key without placeholders in both languages.
func (b *Book) Both(key string) Both {
	return Both{b.Say(Chinese, key, nil), b.Say(English, key, nil)}
}

// Placeholders gives the names that the key's sentence wants filled, sorted; nil without any.
func (b *Book) Placeholders(key string) []string { return b.said[Chinese][key].names() }

// Say gives the key's sentence in that language (Chinese for a language that we do not have) with
// its placeholders filled; an arg that is missing leaves its name in braces. A key without a
// sentence is said as it is, which tests refuse.
func (b *Book) Say(lang, key string, args map[string]any) string {
	sentences, ok := b.said[lang]
	if !ok {
		sentences = b.said[Chinese]
	}
	s, ok := sentences[key]
	if !ok {
		return key
	}
	if len(s) == 1 {
		return s[0]
	}
	var out strings.Builder
	for i, part := range s {
		if i%2 == 0 {
			out.WriteString(part)
		} else if v, ok := args[part]; ok {
			if both, ok := v.(Both); ok {
				v = both.in(lang)
			}
			fmt.Fprint(&out, v)
		} else {
			out.WriteString("{" + part + "}")
		}
	}
	return out.String()
}
