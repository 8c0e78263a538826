package app

import (
	"context"

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
	"github.com/gongyi/gongyi/internal/blob"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/db"
	"github.com/gongyi/gongyi/internal/i18n"
	"github.com/gongyi/gongyi/internal/jobs"
)

// build makes the services, lower floors first. Where a lower slice must tell a higher one, app
// hands it a function: people → notify (codes), people → wage (a new card), ledger → wage (a
// payout's end), market → credit (how an employer stands).
func build(
	d *db.DB, text *i18n.Book, book *policy.Book, days *civil.Calendar, o Options,
) *City {
	c := &City{DB: d, Text: text, Policy: book}
	files, tell := blob.New(o.blobDir(), o.Box), c.tell
	c.People = people.New(people.Deps{DB: d, Policy: book, Box: o.Box, NewCode: o.NewCode, Send: tell,
		WeChat: o.Outside.weChat(), CardChanged: c.cardChanged, Rights: c.rights()})
	c.Notify = notify.New(notify.Deps{DB: d, Text: text, Box: o.Box, People: c.People,
		Gateway: notify.NewClient(o.Outside.SMSURL, o.Outside.Client), Policy: book,
		WeChat: o.Outside.weChat()})
	c.Skills = skill.New(skill.Deps{DB: d, Box: o.Box, Workers: c.People})
	c.Stations = station.New(station.Deps{DB: d, Policy: book, Box: o.Box, People: c.People,
		Tell: tell})
	c.Ledger = ledger.New(ledger.Deps{DB: d, Policy: book, People: c.People, Register: c.People,
		Bank:    ledger.NewClient(o.Outside.BankURL, o.Outside.Client),
		Settled: c.settled, CameIn: c.cameIn})
	c.Contracts = contract.New(contract.Deps{DB: d, Policy: book, People: c.People,
		Tell: tell})
	c.Insurance = insurance.New(insurance.Deps{DB: d, Policy: book, People: c.People, Ledger: c.Ledger,
		Insurer: insurance.NewClient(o.Outside.InsurerURL, o.Outside.Client), Notify: c.Notify})
	c.Wages = wage.New(wage.Deps{DB: d, Policy: book, People: c.People, Ledger: c.Ledger,
		Notify: c.Notify})
	c.Training = training.New(training.Deps{DB: d, Box: o.Box, Text: text, Policy: book,
		People: c.People, Stations: c.Stations, Skills: c.Skills, Notify: c.Notify})
	c.Market = market.New(market.Deps{
		DB:        d,
		Box:       o.Box,
		Policy:    book,
		People:    c.People,
		Stations:  c.Stations,
		Skills:    c.Skills,
		Contracts: c.Contracts,
		Funds:     c.Wages,
		Premiums:  c.Insurance,
		Standings: c.Contracts, LastCovers: c.Insurance, LastWages: c.Wages,
		Notify:  c.Notify,
		Files:   files,
		Text:    text,
		Classes: c.Training,
		Numbers: market.NewNumberClient(o.Outside.NumberURL, o.Outside.Client),
		Credit: func(ctx context.Context, tx *db.Tx, employerID string) (market.Standing, error) {
			return c.Credit.Stand(ctx, tx, employerID)
		},
		DepositBP: func(
			ctx context.Context, r db.Reader, employerID string, day civil.Date,
		) (int64, error) {
			return c.Credit.DepositBP(ctx, r, employerID, day)
		},
		Grades: c.gradings,
	})
	c.Attendance = attendance.New(attendance.Deps{DB: d, Policy: book, People: c.People,
		Notify: c.Notify, Stations: c.Stations,
		Contracts: c.Contracts, Covers: c.Insurance, Wages: c.Wages, Market: c.Market,
		MayLocate: c.mayLocate})
	c.Intake = intake.New(intake.Deps{DB: d, Text: text, Box: o.Box,
		Files: files, People: c.People, Stations: c.Stations, Market: c.Market,
		Wages: c.Wages, Beside: o.ImportRows})
	c.Credit = credit.New(credit.Deps{DB: d, Policy: book, Text: text, Calendar: days,
		People: c.People, Notify: c.Notify,
		OpenCases: func(ctx context.Context, r db.Reader, employerID string) (int64, error) {
			return c.Complaints.OpenCases(ctx, r, employerID)
		}})
	c.Complaints = complaint.New(complaint.Deps{DB: d, Policy: book, Box: o.Box, Calendar: days,
		People: c.People, Notify: c.Notify, Market: c.Market, Upheld: c.Credit.ComplaintUpheldTx,
		Fell: c.Credit.ComplaintFellTx})
	c.Oversight = oversight.New(oversight.Deps{DB: d, People: c.People, Title: c.matterTitle,
		Settled: c.matterSettled, Tell: tell})
	c.Sweeps = jobs.NewRunner(d, holder(), c.sweeps()...)
	return c
}

// settled and cameIn are how the ledger, which comes first, reaches the wages.
func (c *City) settled(ctx context.Context, tx *db.Tx, ended []ledger.Settlement) error {
	return c.Wages.SettledTx(ctx, tx, ended)
}

func (c *City) cameIn(ctx context.Context, tx *db.Tx, employerIDs []string) error {
	return c.Wages.CameInTx(ctx, tx, employerIDs)
}

// gradings is credit's; credit is built after the market.
func (c *City) gradings(
	ctx context.Context, r db.Reader, ids []string,
) (map[string]market.Grading, error) {
	return c.Credit.Gradings(ctx, r, ids)
}

// tell is how what stands below notify writes to people.
func (c *City) tell(ctx context.Context, tx *db.Tx, m people.Message) error {
	return c.Notify.PutTx(ctx, tx, notify.Message(m))
}

// cardChanged is how a new card, which people keeps, reaches the wages.
func (c *City) cardChanged(ctx context.Context, tx *db.Tx, workerID string) error {
	return c.Wages.CardChangedTx(ctx, tx, workerID)
}

// weChat is a client of the proxy to WeChat; nil when there is none.
func (o Outside) weChat() notify.Subscriptions {
	return notify.NewWeChatClient(o.WeChatURL, o.Client)
}
