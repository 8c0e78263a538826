// Package wall is the cockpit's pages: /cockpit for everybody, /cockpit/wall for a screen of
// 1920 × 1080 on a wall, what stands behind each number, a district's places and work, and the
// report of a day.
//
// As in face/phone, a page has no rules. What it shows is what cockpit.Board gives, small figures
// already hidden. Without script the same numbers stand in tables and the map is drawn by the
// server; the script draws charts over them and lets the money of today move.
//
// Words: wall 大屏, district 区县, report of the day 日报, boundaries 边界.
//
// Boundaries are GeoJSON that can be replaced (GONGYI_MAP), because a public map of China needs an
// approval number (审图号). Where there are none, a district is a circle around the middle of its
// places, and the page says so.
package wall
