// Package station owns places: where people work, look for work, learn and rest, and how somebody
// proves to be there.
//
// Words: place 地点, station 驿站/服务站, workplace 工作点, gig market 零工市场, training station 培训站,
// drivers' home 司机之家, rotating QR code 动态二维码, proof 到场证明.
//
// A place shows a QR code that changes with every window of station.qr_window_s: an HMAC of the
// place's own key over (place, window). The current and the previous window are good, so that
// walking from the screen to the gate is no fault. Without a code, the phone's position counts when
// it lies within the place's radius, widened by the accuracy the phone claims, up to a bound.
//
// At a station's counter staff help walk-ins (代办): they register who is there with the card in
// hand, and apply for work for who lets them. An authority is the worker's, for one member of the
// staff and a few hours, proved by a code on the worker's own phone or by the card that was seen;
// the worker is told, reads what was done, and may end it. Signing and consenting are not done for
// another: a signature is controlled by its signer alone (电子签名法 13), and a consent is the
// person's own (个人信息保护法 14). What is done stands in the ledger of the station (服务台账).
//
// Invariant: a place's key never leaves the server; it is sealed in the database (law 9).
package station

import "embed"

// Migrations holds the slice's tables.
//
//go:embed migrations
var Migrations embed.FS
