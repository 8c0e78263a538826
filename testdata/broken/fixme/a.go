package a

// TODO(#12) may land.
// FIXME may not.
