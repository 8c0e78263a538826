package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gongyi/gongyi/internal/region"
)

// form is what a text must look like. words say it in the table; fault is the code otherwise.
type form struct {
	fits  func(string) bool
	words string
	fault string
}

var forms = map[string]form{
	"address":  {fits: isAddress, words: "host:port", fault: "config.not_address"},
	"database": {fits: isDatabase, words: "sqlite:FILE or postgres://…", fault: "config.not_database"},
	"datum":    {fits: isDatum, words: strings.Join(datums, ", "), fault: "config.not_datum"},
	"level":    {fits: isLevel, words: strings.Join(levels, ", "), fault: "config.not_level"},
	"map":      {fits: isMap, words: "an address with {lon} and {lat}", fault: "config.not_map"},
	"networks": {fits: isNetworks, words: "networks such as 10.0.0.0/8,192.0.2.7/32, or none",
		fault: "config.not_networks"},
	"region": {fits: region.Valid, words: "a code of 2, 4 or 6 digits", fault: "config.not_region"},
	"tiles":  {fits: isTiles, words: "http(s)://… with {z}, {x} and {y}", fault: "config.not_tiles"},
	"url":    {fits: isURL, words: "http://… or https://…", fault: "config.not_url"},
}

var datums = []string{"wgs84", "gcj02"}

func isDatum(text string) bool { return slices.Contains(datums, text) }

// isTiles wants one host: the pages' policy names where pictures may come from.
func isTiles(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		!strings.ContainsAny(u.Host, "{}*;, ") && strings.Contains(text, "{z}") &&
		strings.Contains(text, "{x}") && strings.Contains(text, "{y}")
}

var levels = []string{"debug", "info", "warn", "error"}

func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == port // 0: a free port
}

func isDatabase(text string) bool {
	if file, ok := strings.CutPrefix(text, "sqlite:"); ok {
		return file != ""
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Opaque == ""
}

// Networks are TrustedProxies as prefixes.
func (c Config) Networks() []netip.Prefix {
	var all []netip.Prefix
	for text := range strings.SplitSeq(c.TrustedProxies, ",") {
		if p, err := netip.ParsePrefix(strings.TrimSpace(text)); err == nil {
			all = append(all, p.Masked())
		}
	}
	return all
}

func isNetworks(text string) bool {
	if text == "none" {
		return true
	}
	for one := range strings.SplitSeq(text, ",") {
		if _, err := netip.ParsePrefix(strings.TrimSpace(one)); err != nil {
			return false
		}
	}
	return true
}

func isLevel(text string) bool { return slices.Contains(levels, text) }

// isMap lets https, http and geo pass, with both places to fill in; nothing is the phone's own map.
func isMap(text string) bool {
	scheme, _, _ := strings.Cut(text, ":")
	return text == "" || slices.Contains([]string{"https", "http", "geo"}, scheme) &&
		strings.Contains(text, "{lon}") && strings.Contains(text, "{lat}")
}

// isURL lets nothing pass too: whoever is not named is not called.
func isURL(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.RawQuery == "" && u.Fragment == ""
}

// Shown gives a value as it may stand on a screen or in a log: what is secret is hidden.
func (f Field) Shown(text string) string {
	if f.Secret == "" {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "(hidden)" // it may hold the password somewhere
	}
	if q := u.Query(); q.Has("password") { // PostgreSQL takes it there too
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	if u.User == nil && u.RawQuery == "" {
		return text
	}
	return u.Redacted()
}
