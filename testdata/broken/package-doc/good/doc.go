// Package good has its comment in one file.
package good
