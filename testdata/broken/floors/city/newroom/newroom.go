package newroom

import _ "github.com/gongyi/gongyi/internal/money" // the package has no row
