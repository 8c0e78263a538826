package e2e

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
)

var (
	apiCall  = regexp.MustCompile(`post\('(/[^']+)'`)
	pageLink = regexp.MustCompile(`config\.base \+ '(/[a-z]+)\?|globalData\.path = '(/)\?`)
	required = regexp.MustCompile(`require\('([^']+)'\)`)
	tap      = regexp.MustCompile(`bind[a-z]+="([a-zA-Z]+)"`)
)

// Goal: the mini program is whole: every page that it names has its files, every JSON parses, every
// script is valid and finds what it requires, every handler that a page names is there, and each
// address that it calls is a route of ours.
func TestMiniProgramProject(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	dir := os.DirFS("../miniapp")
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Pages  []string
		TabBar struct{ List []struct{ PagePath string } }
	}
	if err := json.Unmarshal([]byte(files["app.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, page := range manifest.Pages {
		for _, ext := range []string{".js", ".json", ".wxml"} {
			if files[page+ext] == "" {
				t.Errorf("there is no %s%s", page, ext)
			}
		}
		for _, handler := range tap.FindAllStringSubmatch(files[page+".wxml"], -1) {
			if !strings.Contains(files[page+".js"], "  "+handler[1]+": function") {
				t.Errorf("%s has no %s", page, handler[1])
			}
		}
	}
	for _, tab := range manifest.TabBar.List {
		if !slices.Contains(manifest.Pages, tab.PagePath) {
			t.Errorf("the tab %s is no page", tab.PagePath)
		}
	}
	text, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	mux := (&app.City{Text: text}).Web(app.Face{})
	for name, content := range files {
		switch path.Ext(name) {
		case ".json":
			if !json.Valid([]byte(content)) {
				t.Errorf("%s is no JSON", name)
			}
		case ".js":
			checkScript(t, name, content, files, mux)
		}
	}
}

func checkScript(t *testing.T, name, content string, files map[string]string, mux *web.Mux) {
	t.Helper()
	if node, err := exec.LookPath("node"); err == nil {
		check := exec.CommandContext(t.Context(), node, "--check", "-")
		check.Stdin = strings.NewReader(content)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %s", name, out)
		}
	}
	for _, open := range []string{"()", "{}", "[]"} {
		if strings.Count(content, open[:1]) != strings.Count(content, open[1:]) {
			t.Errorf("%s: %s do not pair", name, open)
		}
	}
	for _, m := range required.FindAllStringSubmatch(content, -1) {
		if files[path.Join(path.Dir(name), m[1])] == "" {
			t.Errorf("%s requires %s, which is not there", name, m[1])
		}
	}
	for _, m := range apiCall.FindAllStringSubmatch(content, -1) {
		if !slices.ContainsFunc(mux.Routes(), func(r web.Route) bool {
			return r.Method == http.MethodPost && r.Path == web.Prefix+m[1]
		}) {
			t.Errorf("%s calls %s, which is no route of ours", name, m[1])
		}
	}
	for _, m := range pageLink.FindAllStringSubmatch(content, -1) {
		link := m[1] + m[2]
		got := httptest.NewRecorder()
		mux.Handler().ServeHTTP(got, httptest.NewRequest(http.MethodGet, link, nil))
		if got.Code == http.StatusNotFound {
			t.Errorf("%s leads to %s, which is no page of ours", name, link)
		}
	}
}
