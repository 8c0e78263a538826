// Package desk is the desks: /e of the employer, /s of the station, /g of the bureau, /a of the
// auditor.
//
// As in face/phone, a page has no rules: it calls operations as whoever is logged in. A list keeps
// its filters in its address, so that it can be sent to a colleague, and comes as a workbook too.
package desk
