package match

const bucketM = ClassReachM

type bucket struct{ x, y int32 }

func bucketOf(x, y int32) bucket {
	return bucket{floorDiv(x, bucketM), floorDiv(y, bucketM)}
}

func floorDiv(v, by int32) int32 {
	q := v / by
	if v%by < 0 {
		q--
	}
	return q
}

type point struct{ x, y int32 }

// classes is where what is taught; it never changes, a new one takes its place.
type classes struct {
	byPlace map[bucket][]Class
	bySkill [][]point
}

func newClasses(all map[int32]Class) *classes {
	c := &classes{byPlace: map[bucket][]Class{}}
	for _, k := range all {
		b := bucketOf(k.X, k.Y)
		c.byPlace[b] = append(c.byPlace[b], k)
		for int(k.Skill) >= len(c.bySkill) {
			c.bySkill = append(c.bySkill, nil)
		}
		c.bySkill[k.Skill] = append(c.bySkill[k.Skill], point{k.X, k.Y})
	}
	return c
}

const reach2 = float64(ClassReachM) * ClassReachM

// taughtNear marks in state the skills that can be learnt from where somebody lives.
func (c *classes) taughtNear(x, y int32, state []uint8) {
	b := bucketOf(x, y)
	for by := b.y - 1; by <= b.y+1; by++ {
		for bx := b.x - 1; bx <= b.x+1; bx++ {
			for _, k := range c.byPlace[bucket{bx, by}] {
				if dist2(k.X, k.Y, x, y) <= reach2 {
					state[k.Skill] = teachable
				}
			}
		}
	}
}

func (c *classes) of(skill uint16) []point {
	if int(skill) >= len(c.bySkill) {
		return nil
	}
	return c.bySkill[skill]
}

// Where a skill is taught, seen from a square: to all in it, to none, or to some.
const (
	toNone = iota
	toSome
	toAll
)

// reachIn tells to whom of a square the points teach, and appends to near those that may.
func reachIn(g *grid, leaf int32, points, near []point) (int, []point) {
	if leaf == g.outside() {
		return toSome, append(near, points...)
	}
	cx, cy := g.corner(0, leaf)
	for _, p := range points {
		nx, ny := gap(p.x, cx, leafM), gap(p.y, cy, leafM)
		if nx*nx+ny*ny > reach2 {
			continue
		}
		fx := max(float64(p.x)-float64(cx), float64(cx+leafM-1)-float64(p.x))
		fy := max(float64(p.y)-float64(cy), float64(cy+leafM-1)-float64(p.y))
		if fx*fx+fy*fy <= reach2 {
			return toAll, near
		}
		near = append(near, p)
	}
	if len(near) == 0 {
		return toNone, near
	}
	return toSome, near
}

func within(points []point, x, y int32) bool {
	for _, p := range points {
		if dist2(p.x, p.y, x, y) <= reach2 {
			return true
		}
	}
	return false
}
