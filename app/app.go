// Package app wires a city: it opens its database, builds the slices on each other, mounts their
// routes and runs their sweeps. It holds no rules.
package app

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gongyi/gongyi/city/attendance"
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
	"github.com/gongyi/gongyi/city/policy"
	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/city/training"
	"github.com/gongyi/gongyi/city/wage"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/crypt"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/deed"
	"github.com/gongyi/gongyi/internal/feed"
	"github.com/gongyi/gongyi/internal/gauge"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/ident"
	"github.com/gongyi/gongyi/internal/jobs"
)

// Options say how a city is opened. Clock, IDs and NewCode have real defaults; a simulation gives
// its own.
type Options struct {
	URL        string // sqlite:FILE or postgres://…
	Clock      clock.Clock
	IDs        *ident.Source
	Box        crypt.Box
	Outside    Outside
	NewCode    func() string // six digits for an SMS
	Migrations []fs.FS       // beside those of the slices
	BlobDir    string        // of kept files; "" is FILE.blobs beside a SQLite file
	ImportRows int           // rows tried beside each other; 0 is the default
	Version    string
	Unsafe     bool // no fsync: history that can be made again
}

// Outside is where bank, insurer, SMS gateway, WeChat and masked numbers are reached.
type Outside struct {
	BankURL, InsurerURL, SMSURL, WeChatURL, NumberURL string

	Client *http.Client
}

// City is a running city.
type City struct {
	DB         *db.DB
	Text       *i18n.Book
	Policy     *policy.Book
	People     *people.Service
	Skills     *skill.Service
	Stations   *station.Service
	Ledger     *ledger.Service
	Contracts  *contract.Service
	Notify     *notify.Service
	Insurance  *insurance.Service
	Wages      *wage.Service
	Market     *market.Service
	Attendance *attendance.Service
	Intake     *intake.Service
	Credit     *credit.Service
	Complaints *complaint.Service
	Oversight  *oversight.Service
	Training   *training.Service
	Sweeps     *jobs.Runner
}

// Migrations are those of all slices, lower floors first.
func Migrations() []fs.FS {
	return []fs.FS{feed.Migrations, jobs.Migrations, people.Migrations, ledger.Migrations,
		station.Migrations, skill.Migrations, contract.Migrations, notify.Migrations,
		training.Migrations, insurance.Migrations, wage.Migrations, market.Migrations,
		attendance.Migrations,
		intake.Migrations, credit.Migrations, complaint.Migrations,
		oversight.Migrations}
}

// What comes with the program is read once and shared by its cities; neither book changes.
var (
	texts   = sync.OnceValues(i18n.Load)
	numbers = sync.OnceValues(policy.Load)
)

// Open opens a city and builds its services.
// Faults: those of db.Open.
func Open(ctx context.Context, o Options) (*City, error) {
	text, err := texts()
	if err != nil {
		return nil, err
	}
	book, err := numbers()
	if err != nil {
		return nil, err
	}
	days, err := civil.Holidays()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, o.URL, db.Options{Clock: o.Clock, IDs: o.IDs, Version: o.Version,
		Migrations: append(Migrations(), o.Migrations...), Unsafe: o.Unsafe})
	if err != nil {
		return nil, err
	}
	c := build(d, text, book, days, o)
	err = c.People.BindKey(ctx)
	if err == nil {
		err = jobs.Inherit(ctx, d)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return c, nil
}

// Close finishes what is in flight and closes the database.
func (c *City) Close() error { return c.DB.Close() }

// forgetMax bounds one turn of the sweep that forgets old idempotency keys.
const forgetMax = 500

func (c *City) sweeps() []jobs.Sweep {
	var all []jobs.Sweep
	for _, s := range []interface{ Sweeps() []jobs.Sweep }{c.Attendance, c.Wages, c.Ledger, c.People,
		c.Insurance, c.Credit, c.Complaints, c.Notify, c.Contracts, c.Market, c.Intake} {
		all = append(all, s.Sweeps()...)
	}
	return append(all, jobs.Sweep{Name: "deed.forget", Every: time.Hour, Limit: forgetMax,
		Run: func(ctx context.Context, now time.Time) (int, error) {
			return deed.Forget(ctx, c.DB, now, forgetMax)
		}})
}

func (c *City) gauges() []gauge.Source {
	return []gauge.Source{c.Stations.Gauges, c.Market.Gauges, c.Contracts.Gauges,
		c.Attendance.Gauges, c.Wages.Gauges, c.Credit.Gauges, c.Complaints.Gauges, c.Notify.Gauges,
		c.Oversight.Gauges, c.Training.Gauges}
}

// spreads are the figures of parts of the city.
func (c *City) spreads() []gauge.Spread {
	return []gauge.Spread{c.Stations.Spread, c.Market.Spread, c.Attendance.Spread, c.Wages.Spread}
}

// blobDir is where a city's files lie: named, or beside its SQLite file. PostgreSQL has no beside.
func (o Options) blobDir() string {
	if file, ok := strings.CutPrefix(o.URL, "sqlite:"); ok && o.BlobDir == "" {
		return file + ".blobs"
	}
	return o.BlobDir
}

// holder names this process in the sweeps' lease.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
