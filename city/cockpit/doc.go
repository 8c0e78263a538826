// Package cockpit gives the city's indicators (数据驾驶舱): as they are, spread over districts,
// occupations and days, of one day beside others, and what is paid live. It knows no other slice;
// app collects their gauge sources and hands them in. Its pages are in face/wall.
//
// Words: indicator 指标 (a figure with its definition, unit and period), part 分项 (a sub-figure of
// an indicator), period 统计期 (first and last day, both counted), share 比率.
//
// Invariants: no figure is shown without its definition and period; a share is rounded down, so
// 100 % is only said when it is all; a share of nothing is "—", not 0 and not 100 %; a simulated
// city says so on every page; no figure of a district or an occupation is given behind which too
// few persons stand, nor one that would give it away (ADR 0031); no watcher waits for another.
//
// The sentences: a slice owns gauge.<code>.name, .definition and .source; the names of parts are
// gauge.part.<part>.
//
// Sources: the field's indicator dictionary (M01–M04, C01, C02, W01): show definition and period.
package cockpit
