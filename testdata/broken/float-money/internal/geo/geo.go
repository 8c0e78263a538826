package geo

const metres = 111.3 // no money here
