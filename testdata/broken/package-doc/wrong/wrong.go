// This package begins with other words.
package wrong
