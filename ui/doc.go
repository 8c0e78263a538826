// Package ui is what pages are made of: the frames of the worker's phone pages and of the desks,
// their parts, the design tokens and the vendored styles.
//
// A component is a templ function. What every component may need — the language, the city's base
// path, who is logged in, large type — stands in the context (Look), so that no component hands it
// on: Say gives a sentence, URL a path of the city, Asset a file's address.
//
// Worker's pages look like WeChat (WeUI), desks like an office program (Tabler). Both take their
// colours and sizes from assets/tokens.css. Everything works without script; a script may only make
// it quicker. Pages carry no script of their own: the content security policy forbids it.
package ui
