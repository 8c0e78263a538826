// Command tool is a program.
package main
