package app

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/city/complaint"
	"github.com/gongyi/gongyi/city/contract"
	"github.com/gongyi/gongyi/city/credit"
	"github.com/gongyi/gongyi/city/insurance"
	"github.com/gongyi/gongyi/city/intake"
	"github.com/gongyi/gongyi/city/ledger"
	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/notify"
	"github.com/gongyi/gongyi/city/oversight"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/face/desk"
	"github.com/gongyi/gongyi/face/phone"
	"github.com/gongyi/gongyi/face/wall"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/web"
	"github.com/gongyi/gongyi/ui"
)

// Tiles are a city's base map; see ui.Tiles.
type Tiles = ui.Tiles

// Face says how a city is shown.
type Face struct {
	Base         string       // before every path, of a city below one: "/cq"
	Limiter      *web.Limiter // nil: nobody is refused for asking often
	Log          *slog.Logger
	BodyBytesMax int64
	Name         string // of the city
	Hotline      string // the number on every page; "": none
	BankAccount  string // into which employers pay; "": their page says to ask
	MapURL       string // where the way to a place is shown: {lon}, {lat}, {name}; "": geo:
	Tiles        Tiles  // the base map behind places and work
	Region       string // of the city: GB/T 2260
	Simulated    bool
	Links        []wall.Link
	Map          *wall.Map // boundaries of the districts; nil: those that come with the program
	// Logins and Inbox are for the page that lets a visitor into a made-up city; nil: no such page.
	Logins func(context.Context) ([]desk.Login, error)
	Inbox  string
}

// cockpitKeepFor bounds how often anonymous viewers make the cockpit count.
const cockpitKeepFor = 15 * time.Second

// Web mounts every route of the city.
func (c *City) Web(f Face) *web.Mux {
	m := web.New(web.Options{Text: c.Text, Log: f.Log, BodyBytesMax: f.BodyBytesMax,
		Authenticate: c.authenticate, Base: f.Base, Limiter: f.Limiter,
		Dear: append(phone.DearPaths(), "/codes", "/sessions", "/tickets",
			"/wechat/sessions", "/wechat/phone-sessions", "/me/second-step/code"), Pages: pages(f)})
	people.Routes(m, c.People)
	skill.Routes(m, c.Skills)
	station.Routes(m, c.Stations)
	ledger.Routes(m, c.Ledger)
	contract.Routes(m, c.Contracts)
	notify.Routes(m, c.Notify)
	insurance.Routes(m, c.Insurance)
	wage.Routes(m, c.Wages)
	market.Routes(m, c.Market)
	attendance.Routes(m, c.Attendance)
	intake.Routes(m, c.Intake)
	credit.Routes(m, c.Credit)
	complaint.Routes(m, c.Complaints)
	oversight.Routes(m, c.Oversight)
	training.Routes(m, c.Training)
	figures := cockpit.New(cockpit.Deps{DB: c.DB, Text: c.Text, Sources: c.gauges(),
		City: f.Name, Simulated: f.Simulated, KeepFor: cockpitKeepFor, Spreads: c.spreads(),
		Live: c.Wages.Paid, Occupation: c.Skills.OccupationName, Least: c.cellLeast(f.Region)})
	cockpit.Routes(m, figures)
	c.mountPages(m, f)
	c.mountCockpit(m, f, figures)
	return m
}

// pages says how the pages look.
func pages(f Face) web.PageOptions {
	look := ui.Look{City: f.Name, Hotline: f.Hotline, Simulated: f.Simulated, Tiles: f.Tiles}
	return web.PageOptions{Pictures: f.Tiles.Origin(), LogInPath: phone.LogInPath, Fault: phone.Fault,
		Around: func(ctx context.Context, v *web.Visit) context.Context {
			return phone.Look(ctx, v, look)
		}}
}

func (c *City) mountPages(m *web.Mux, f Face) {
	m.Handle("GET /assets/{digest}/{name...}", http.HandlerFunc(ui.Assets))
	phoneApp := ui.App{Base: f.Base, City: f.Name, Text: c.Text}
	m.Handle("GET /manifest.webmanifest", http.HandlerFunc(phoneApp.Manifest))
	m.Handle("GET /sw.js", phoneApp.Worker())
	d := phone.Deps{Attendance: c.Attendance, Complaints: c.Complaints, Contracts: c.Contracts,
		Credit: c.Credit, Insurance: c.Insurance, Market: c.Market, Notify: c.Notify,
		People: c.People, Skills: c.Skills, Stations: c.Stations, Training: c.Training,
		Wages: c.Wages, Region: f.Region,
		MapURL: f.MapURL}
	if f.Simulated {
		d.Links = []phone.Link{{Key: "phone.link.demo", URL: f.Base + "/demo"},
			{Key: "phone.link.cockpit", URL: f.Base + "/cockpit"}}
	}
	for _, l := range f.Links {
		d.Links = append(d.Links, phone.Link{Key: l.Key, URL: f.Base + "/" + l.URL})
	}
	phone.Routes(m, d)
	desk.Routes(m, desk.Deps{Attendance: c.Attendance, Complaints: c.Complaints,
		Contracts: c.Contracts, Credit: c.Credit, Insurance: c.Insurance, Intake: c.Intake,
		Ledger: c.Ledger, Market: c.Market, Notify: c.Notify, Oversight: c.Oversight,
		People: c.People, Skills: c.Skills, Stations: c.Stations, Training: c.Training,
		Wages: c.Wages, Policy: c.Policy, BankAccount: f.BankAccount, Logins: f.Logins, Region: f.Region,
		Inbox: f.Inbox})
}

func (c *City) mountCockpit(m *web.Mux, f Face, figures *cockpit.Service) {
	d := wall.Deps{Cockpit: figures, Market: c.Market, Stations: c.Stations, Map: f.Map,
		Region: f.Region, City: f.Name, Links: []wall.Link{{Key: "cockpit.link.api",
			URL: web.OpenAPIPath}}}
	for _, l := range f.Links {
		d.Links = append(d.Links, wall.Link{Key: l.Key, URL: "/" + l.URL})
	}
	wall.Routes(m, d)
}

// cellLeast gives the fewest persons of whom a figure of a part of the city is shown. Where nobody
// has set it, none is.
func (c *City) cellLeast(region string) func(civil.Date) int64 {
	return func(day civil.Date) int64 {
		n, err := c.Policy.At("cockpit.cell_least", region, day)
		if err != nil {
			return math.MaxInt64
		}
		return n.Value
	}
}

// OpenAPI describes every route, the same bytes for the same routes. It needs no city: mounting
// takes the services' methods and calls none, so there is neither a database nor a service behind.
func OpenAPI() ([]byte, error) {
	text, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	return (&City{Text: text}).Web(Face{}).OpenAPI()
}

// authenticate reads "Authorization: Bearer <token>", or a browser's cookie. Nobody is a visitor; a
// token that is not (or no longer) good is an error, so that nobody works half logged in.
func (c *City) authenticate(r *http.Request) (context.Context, error) {
	header := r.Header.Get("Authorization")
	if cookie, err := r.Cookie(web.SessionCookie); err == nil && header == "" {
		header = "Bearer " + cookie.Value
	}
	if header == "" {
		return r.Context(), nil
	}
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return nil, fault.New(fault.Unknown, "people.not_logged_in")
	}
	who, err := c.People.Authenticate(r.Context(), token)
	if err != nil {
		return nil, err
	}
	return people.WithActor(r.Context(), who), nil
}
