package main

import (
	"context"
	"os"

	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/config"
	"github.com/gongyi/gongyi/sim"
)

// listening are the settings of everything that serves. A flag goes before its environment name;
// what a value may be, and what holds when there is none, says internal/config.
type listening struct {
	Addr            string `help:"Where to listen, host:port (GONGYI_ADDR)."`
	DB              string `help:"sqlite:FILE or postgres://… (GONGYI_DB)."                                 name:"db"`
	BodyBytesMax    string `help:"The largest request body that is read (GONGYI_BODY_BYTES_MAX)."`
	RateCodes       string `help:"Log-in codes one address may ask for or try in a minute (GONGYI_RATE_CODES)."`
	RateReads       string `help:"Reads of one address in a minute (GONGYI_RATE_READS)."`
	RateWrites      string `help:"Writes of one address in a minute (GONGYI_RATE_WRITES)."`
	TrustedProxies  string `help:"Networks whose X-Forwarded-For is believed (GONGYI_TRUSTED_PROXIES)."`
	ShutdownSeconds string `help:"How long what is in flight may take at the end (GONGYI_SHUTDOWN_SECONDS)."`
	LogLevel        string `help:"debug shows every request (GONGYI_LOG_LEVEL)."`
}

func (l listening) values() map[string]string {
	return map[string]string{"GONGYI_ADDR": l.Addr, "GONGYI_DB": l.DB,
		"GONGYI_BODY_BYTES_MAX": l.BodyBytesMax, "GONGYI_SHUTDOWN_SECONDS": l.ShutdownSeconds,
		"GONGYI_LOG_LEVEL": l.LogLevel, "GONGYI_RATE_CODES": l.RateCodes,
		"GONGYI_RATE_READS": l.RateReads, "GONGYI_RATE_WRITES": l.RateWrites,
		"GONGYI_TRUSTED_PROXIES": l.TrustedProxies}
}

// settings reads the configuration: the environment, then the flags that were given.
func settings(flags, defaults map[string]string) (config.Config, error) {
	values := config.Environ(os.Environ())
	for name, value := range defaults {
		if values[name] == "" {
			values[name] = value
		}
	}
	for name, value := range flags {
		if value != "" {
			values[name] = value
		}
	}
	return config.Read(values)
}

type demoCmd struct {
	listening
	Seed uint64 `help:"Of the made-up people." default:"50"`
}

// Run makes the demo city if it is absent, showing how far it is, then serves it.
func (c demoCmd) Run(ctx context.Context) error {
	cfg, err := settings(c.values(), map[string]string{"GONGYI_DB": "sqlite:gongyi-demo.db"})
	if err != nil {
		return err
	}
	s, err := listen(cfg)
	if err != nil {
		return err
	}
	s.note = "  (演示城市 demo city, db " + c.shownDB(cfg) + ")"
	return s.serve(ctx, func(ctx context.Context) error {
		restore := collectLess()
		err := sim.Seed(ctx, cfg.DB, sim.DemoConfig(c.Seed, clock.System{}.Now(), func(done, total int) {
			s.announce()
			s.percent.Store(int64(done * 100 / max(total, 1)))
		}))
		restore()
		if err != nil {
			return err
		}
		return s.open(ctx)
	})
}

// shownDB hides the password.
func (listening) shownDB(cfg config.Config) string { return cfg.Values()["GONGYI_DB"] }

type serveCmd struct {
	listening
	Cities     string `help:"YAML or JSON file of several cities (GONGYI_CITIES)."`
	KeyFile    string `help:"Key of the sealed fields; default: FILE.key beside a SQLite file (GONGYI_KEY_FILE)."`
	Region     string `help:"The city's GB/T 2260 code (GONGYI_REGION)."`
	BankURL    string `help:"Where the bank is reached (GONGYI_BANK_URL)."                                        name:"bank-url"`
	InsurerURL string `help:"Where the insurer is reached (GONGYI_INSURER_URL)."                                  name:"insurer-url"`
	SMSURL     string `help:"Where the SMS gateway is reached (GONGYI_SMS_URL)."                                  name:"sms-url"`
	WechatURL  string `help:"Where the proxy to WeChat is reached (GONGYI_WECHAT_URL)." name:"wechat-url"`
	Sandbox    bool   `help:"Stand in for whoever of these has no address (GONGYI_SANDBOX)."`
}

// Run serves a city, or those of a file. A made-up city brings its own outside world and key.
func (c serveCmd) Run(ctx context.Context) error {
	flags := c.values()
	flags["GONGYI_KEY_FILE"], flags["GONGYI_REGION"] = c.KeyFile, c.Region
	flags["GONGYI_BANK_URL"], flags["GONGYI_INSURER_URL"] = c.BankURL, c.InsurerURL
	flags["GONGYI_SMS_URL"], flags["GONGYI_CITIES"] = c.SMSURL, c.Cities
	flags["GONGYI_WECHAT_URL"] = c.WechatURL
	if c.Sandbox {
		flags["GONGYI_SANDBOX"] = "true"
	}
	cfg, err := settings(flags, nil)
	if err != nil {
		return err
	}
	var cities []config.City
	if cfg.Cities != "" {
		if cities, err = cfg.ReadCities(); err != nil {
			return err
		}
	}
	s, err := listen(cfg)
	if err != nil {
		return err
	}
	if cities == nil {
		return s.serve(ctx, s.open)
	}
	return s.serve(ctx, func(ctx context.Context) error { return s.openCities(ctx, cities) })
}
