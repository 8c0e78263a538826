package e2e

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/internal/civil"
)

const (
	linksMax = 250 // pages that one role's crawl opens
	kindMax  = 2   // pages of one kind: what differs is an id, a day, an order
)

var (
	anID     = regexp.MustCompile(`[a-z]{2,4}_[0-9a-z]{8,}|\d{4}-\d\d-\d\d|\d{6}|=[^&]*`)
	postForm = regexp.MustCompile(`<form[^>]*method="post"[^>]*>`)
	leads    = regexp.MustCompile(`(?:href|action)="([^"]*)"`)
	ids      = regexp.MustCompile(`\sid="([^"]*)"`)
	box      = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	seenID   = regexp.MustCompile(`>[^<]*\b(?:shf|vac|wrk|emp|acc|cls|cmp|mat)_[0-9a-z]{10,}`)
)

// crawl opens all that can be reached from a page by links, a few of each kind, and gives the path
// and text of each page. A link that leads nowhere, or to where who follows it may not go, fails.
func crawl(t *testing.T, who string, b *browser, home string) map[string]string {
	t.Helper()
	from := map[string]string{home: "the address"}
	kinds, pages, queue := map[string]int{}, map[string]string{}, []string{home}
	for len(queue) > 0 && len(pages) < linksMax {
		at := queue[0]
		queue = queue[1:]
		got := b.open(at)
		if got.status >= http.StatusBadRequest {
			t.Errorf("%s: %s leads to %s: %d", who, from[at], at, got.status)
		}
		links := []string{got.header.Get("Location")}
		page := strings.HasPrefix(got.header.Get("Content-Type"), "text/html")
		if page && got.status == http.StatusOK {
			pages[at] = got.body
			for _, m := range leads.FindAllStringSubmatch(postForm.ReplaceAllString(got.body, ""), -1) {
				links = append(links, html.UnescapeString(m[1]))
			}
		}
		for _, link := range links {
			to, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: %s has the link %q: %v", who, at, link, err)
				continue
			}
			kind := anID.ReplaceAllString(to.RequestURI(), "*")
			skip := to.Host != "" || !strings.HasPrefix(link, "/") ||
				strings.HasPrefix(link, "/assets/") || strings.HasPrefix(to.Path, "/type") ||
				to.Query().Has("lang")
			to.Fragment = ""
			if _, known := from[to.String()]; known || skip || kinds[kind] >= kindMax {
				continue
			}
			kinds[kind]++
			from[to.String()] = at
			queue = append(queue, to.String())
		}
	}
	return pages
}

// wellMade fails the test for what a reader of the screen, or a person, stumbles over.
func wellMade(t *testing.T, what, page string) {
	t.Helper()
	if !strings.Contains(page, `<html lang="zh-CN"`) {
		t.Errorf("%s does not say its language", what)
	}
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%s has %d titles", what, n)
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("%s has the id %q twice", what, m[1])
		}
		seen[m[1]] = true
	}
	for _, at := range box.FindAllStringIndex(page, -1) {
		tag, before := page[at[0]:at[1]], page[:at[0]]
		inside := strings.LastIndex(before, "<label") > strings.LastIndex(before, "</label")
		named := strings.Contains(tag, `type="hidden"`) || strings.Contains(tag, "aria-label")
		if id := ids.FindStringSubmatch(tag); id != nil && !named {
			named = strings.Contains(page, `for="`+id[1]+`"`)
		}
		if !inside && !named {
			t.Errorf("%s has a box without a label: %s", what, tag)
		}
	}
}

// Goal: whoever works here reaches from their home nothing that is not there or not for them, and
// every page on the way says its language, has one title, labels its boxes and shows nobody an id.
func TestPagesLinks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		c.works(20, 2)
		shift := c.shift(2)
		w := c.newWorker(30)
		c.sign(w, c.accept(w, shift).ContractID)
		found, err := c.Market.ShowShift(w.ctx, market.GetShift{ShiftID: shift})
		c.ok(err)
		_, err = c.Complaints.FileComplaint(w.ctx, complaint.File{Keyed: c.key(),
			Kind: complaint.FalseVacancy, Subject: complaint.OnVacancy, SubjectID: found.VacancyID,
			Words: "打电话过去说没有这个活", Anonymous: true})
		c.ok(err)
		c.class("")
		for _, one := range []struct {
			who  string
			b    *browser
			home string
		}{
			{"visitor", d.nobody, "/"}, {"worker", d.site.with(c.session(w.phone)), "/"},
			{"employer", d.boss, "/e"}, {"supervisor", d.helper, "/e/shifts"},
			{"clerk", d.clerk, "/g"}, {"director", d.director, "/g"}, {"auditor", d.auditor, "/g"},
		} {
			pages := crawl(t, one.who, one.b, one.home)
			for _, path := range slices.Sorted(maps.Keys(pages)) {
				wellMade(t, one.who+" "+path, pages[path])
				if id := seenID.FindString(pages[path]); id != "" {
					t.Errorf("%s %s shows the id %s", one.who, path, id)
				}
			}
			if len(pages) < 8 {
				t.Errorf("%s reached %d pages only", one.who, len(pages))
			}
		}
	})
}

// Goal: who finds nothing near by sees the whole city's work and why, and not an empty page.
func TestPagesWider(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d, w := newDesks(c), c.newWorker(30)
		c.shift(2)
		_, err := c.Market.SetAvailability(w.ctx, market.SetAvailability{Keyed: c.key(), WorkerID: w.id,
			LonE6: 106_900_000, LatE6: 29_800_000, ReachM: 1000})
		c.ok(err)
		b := d.site.with(c.session(w.phone))
		want(t, "home", b.open("/"), http.StatusOK, "下面是全市的", "/me/free", "分拣员第")
		want(t, "a day without work", b.open("/?day="+string(civil.DateOf(c.DB.Now()).AddDays(40))),
			http.StatusOK, "现在没有合适的活", "看全部")
	})
}

// Goal: an error page leads whoever stands before it back to their own desk, or to another account.
func TestPagesFaults(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *town) {
		d := newDesks(c)
		want(t, "worker at the bureau", d.worker.open("/g"), http.StatusForbidden,
			`href="/"`, `action="/logout"`)
		want(t, "clerk at no shift", d.clerk.open("/shifts/shf_no"), http.StatusNotFound,
			`href="/g"`, "!"+`action="/logout"`)
		want(t, "employer at the bureau", d.boss.open("/g"), http.StatusForbidden, `href="/e"`)
		want(t, "supervisor at the money", d.helper.open("/e/money"), http.StatusForbidden,
			`href="/e/shifts"`)
		want(t, "visitor at no shift", d.nobody.open("/shifts/shf_no"), http.StatusNotFound, `href="/"`)
	})
}
