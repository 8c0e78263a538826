package e2e

import (
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gongyi/gongyi/app"
	"github.com/gongyi/gongyi/internal/geo"
)

// Goal: a city's own base map, at another origin and drawn in GCJ-02, is fetched behind the work
// and named below it; a place that is tapped on it is stored in WGS-84. No policy of ours refuses
// it.
func TestBrowserBaseMap(t *testing.T) {
	t.Parallel()
	var drawn atomic.Int64
	tiles := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		drawn.Add(1)
		w.Header().Set("Content-Type", "image/png")
		_ = png.Encode(w, image.NewGray(image.Rect(0, 0, 1, 1)))
	}))
	t.Cleanup(tiles.Close)
	c := newTown(t, "sqlite:"+filepath.Join(t.TempDir(), "city.db"))
	c.shift(1)
	srv := httptest.NewServer(c.Web(app.Face{Name: "测试城", Region: region[:2], Tiles: app.Tiles{
		URL: tiles.URL + "/{z}/{x}/{y}.png", Note: "某某地图 审图号 GS(2026)0000号", GCJ02: true}}).Handler())
	t.Cleanup(srv.Close)

	b := openChrome(t, c, srv.URL, true, 360, 740)
	b.open("/?lang=zh-CN&view=map&region=" + region)
	b.comes(`document.querySelectorAll('img.leaflet-tile-loaded').length > 0`)
	b.says("审图号 GS(2026)0000号")
	if drawn.Load() == 0 {
		t.Error("no tile was fetched")
	}

	b.enters(c.employer.phone)
	b.open("/e/company")
	b.comes(`document.querySelectorAll('#gy-places img.leaflet-tile-loaded').length > 0`)
	b.do(chromedp.Click(chromedp.CSS("#gy-places")))
	at := func(name string) int64 {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](
			`document.querySelector("form[action$='/e/places'] [name=`+name+`]").value`))
		c.ok(err)
		deg, err := strconv.ParseFloat(text, 64)
		c.ok(err)
		return int64(deg*1e6 + 0.5)
	}
	lon, lat := geo.FromGCJ02(at("lon_e6"), at("lat_e6"))
	b.fill("/e/places", map[string]string{"name": "点出来的门口", "region": "重庆市渝中区",
		"address": "演示路9号"})
	b.press("/e/places")
	off := c.count(`SELECT MAX(ABS(lon_e6 - $1), ABS(lat_e6 - $2)) FROM places
		WHERE name = '点出来的门口'`, lon, lat)
	if off > 2 {
		t.Errorf("the place is %d millionths of a degree away", off)
	}
}
