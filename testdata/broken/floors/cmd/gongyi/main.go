package main

import (
	_ "github.com/gongyi/gongyi/app"
	_ "github.com/gongyi/gongyi/city/people"
	_ "github.com/gongyi/gongyi/city/wage/slip"
	_ "github.com/gongyi/gongyi/internal/clock"
	_ "github.com/gongyi/gongyi/internal/tools/gen" // a tool is no library
)
