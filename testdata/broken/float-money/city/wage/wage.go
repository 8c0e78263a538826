package wage

type line struct{ hours float32 }
