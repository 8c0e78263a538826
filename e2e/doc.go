// Package e2e tells stories of the whole city: its real services with the sandbox around them, and
// the real program. It holds tests only.
package e2e
