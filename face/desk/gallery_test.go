package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/ui"
)

// Goal: every component that ui offers stands in the gallery, in both languages.
func TestGallery(t *testing.T) {
	t.Parallel()
	book, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../ui/*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal("no components", err)
	}
	exported := regexp.MustCompile(`(?m)^templ ([A-Z]\w*)\(`)
	for _, lang := range i18n.Languages() {
		var page bytes.Buffer
		ctx := ui.With(t.Context(), ui.Look{Lang: lang, Text: book})
		if err := galleryTempl(ui.QR{}).Render(ctx, &page); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range exported.FindAllStringSubmatch(string(text), -1) {
				if !strings.Contains(page.String(), `data-component="`+m[1]+`"`) {
					t.Errorf("%s: the gallery does not show %s of %s", lang, m[1], file)
				}
			}
		}
	}
}
