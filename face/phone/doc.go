// Package phone is the worker's pages: find work, take it, sign, clock in and out, see the wages.
//
// A page stands above the slices because it shows several of them; it has no rules. It calls
// operations as whoever is logged in, so permission, checks and idempotency are those of the
// operations, and what JSON can do a page can do. A page's path is the thing's, without a role in
// front: /, /shifts/{shift_id}, /schedule, /wages, /me.
//
// Every form works without script, carries its idempotency key, and comes back with one sentence
// when something was wrong, with what was typed still in it.
package phone
