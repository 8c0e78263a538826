// Package web gives an operation its JSON face over HTTP, and pages a visit.
//
// A page (Page, Visit) is for people: it reads a form into the same In with the same checks, calls
// the operation and shows a component; what goes wrong is a page too, or leads to the log-in.
//
// An operation is func(ctx, In) (Out, error) on a slice's Service. Show mounts it as a GET, Do as
// a POST, both under /api/v1; the slice writes one line per route and nothing else.
//
// In is one flat struct with json tags. A field that also carries path:"x" stands in the path, one
// with query:"x" in the query, every other in the JSON body (or, since a GET has none, in the
// query); x is the json name. huma's tags (doc, minimum, maxLength, enum, pattern, required, …)
// say what is allowed. A field is required unless it says omitempty, omitzero or required:"false";
// one tagged query is optional unless it says required:"true". A civil.Date is checked to be a
// day from 1900 to 2099, so no operation sees the 31st of February; an empty one counts as left
// out. A pattern's patternDescription, where given, is the rest of a key: web.format.<it>.
//
// What arrives is checked before the operation runs: size, JSON, types, bounds, unknown fields,
// fields given twice, characters that a database cannot keep. A command with
// SetIdempotencyKey(string) (see deed.Keyed) gets the Idempotency-Key header.
//
// What goes wrong is answered as problem+json: status, code, field, title (a sentence in the
// asker's language), request_id. A fault's kind gives the status; anything that is no fault is
// logged with the request id and answered by the one sentence of web.internal.
//
// Around all of it stands a guard: request ids, security headers, cross-origin posts refused,
// panics caught, an access line at debug level without the query (it may hold personal data).
//
// huma serves as schema, validator and OpenAPI writer; its own handler is not used, because it
// wants path, query and body in nested structs and puts the request's host into "$schema".
package web
