package region

import (
	"strings"
	"sync"
)

// byName finds counties and cities by their names, own and full; "" marks a name that several have.
var byName = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	add := func(name, code string) {
		if old, there := names[name]; there && old != code {
			code = ""
		}
		names[name] = code
	}
	for _, code := range divisions().codes {
		full := FullName(code)
		if len(code) != countyDigits || full == "" {
			continue
		}
		add(full, code)
		add(strings.TrimPrefix(full, FullName(code[:provinceDigits])), code) // 杭州市余杭区
		add(Name(code), code)
	}
	return names
})

// Find gives the code of a county as people write it: its six digits, its name from the province
// or the city down, or its own name where no other county has it. Blanks, slashes and dashes
// between the names are left out. It gives "" when that is nothing, or not one county.
func Find(text string) string {
	name := strings.NewReplacer(" ", "", "\u3000", "", "/", "", "-", "", "·", "").Replace(text)
	if len(name) == countyDigits && Valid(name) {
		return name
	}
	return byName()[name]
}
