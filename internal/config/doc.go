// Package config says what of the program can be set, and reads it.
//
// Config is one flat struct; its Field says everything else of a field: what it is for, its
// default, unit and bounds, what it must look like and what of it is secret. The environment name
// follows by rule: BodyBytesMax is GONGYI_BODY_BYTES_MAX, its flag --body-bytes-max.
// `gongyi config` prints Table; docs/configuration.md is Markdown.
//
// Read takes the values by environment name, so that a flag is simply laid over the environment. It
// checks all of them once; what it returns is passed down and never looked up again.
package config
