// Package search finds short Chinese texts (titles, names, places) by a few characters, while texts
// come and go.
//
// A text is cut into pairs of neighbouring characters, single characters, and the letters of its
// pinyin by threes and its initials by twos; each piece has a set of the texts that hold it. A
// question is cut in the same way, the sets are met, and what is left is looked at itself: so two
// characters are found, and nothing that only has the pieces. A word is found exactly (its
// characters, its pinyin, its initials) or nearly: the same sounds, or one character more, less or
// other. Every word of a question must be found.
//
// go-pinyin reads a character by itself and takes 重庆 for zhongqing; phrases.go holds what is read
// otherwise together.
//
// Changes copy a set and swap a pointer, so a reader never waits.
package search
