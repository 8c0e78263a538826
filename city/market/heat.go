package market

import "github.com/gongyi/gongyi/internal/fault"

// heatLimits are the temperatures, in °C of the forecast's maximum, at which work outdoors stops,
// is cut short, and is closed to minors; and how short. From policy.
type heatLimits struct{ stopC, shortC, minorsC, shortMinMax int64 }

// checkHeat judges work outdoors on a day with that forecast.
// Faults (forbidden): market.heat_stop, market.heat_hours, market.heat_minors.
// Source: 防暑降温措施管理办法 (安监总安健〔2012〕89号) 8: none from 40 °C, at most six hours from 37 °C,
// and from 35 °C none for minors. That the hottest three hours are free is left to the employer's
// duty: no forecast here says which they are.
func checkHeat(maxC, plannedMin int64, minor bool, n heatLimits) error {
	switch {
	case maxC >= n.stopC:
		return fault.New(fault.Forbidden, "market.heat_stop", "max_c", maxC).OnField("shift_id")
	case maxC >= n.minorsC && minor:
		return fault.New(fault.Forbidden, "market.heat_minors", "max_c", maxC).OnField("worker_id")
	case maxC >= n.shortC && plannedMin > n.shortMinMax:
		return fault.New(fault.Forbidden, "market.heat_hours", "max_c", maxC,
			"max_h", n.shortMinMax/60).OnField("shift_id")
	}
	return nil
}

// isRegionPrefix tells a GB/T 2260 code or the beginning of one.
func isRegionPrefix(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 12
}
