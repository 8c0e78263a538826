package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gongyi/gongyi/city/skill"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/clock"
	"github.com/gongyi/gongyi/internal/db"
)

// crowdRows are the rows of a large city. They are written as they are, because a million
// registrations take longer than anybody waits for a measurement.
type crowdRows struct {
	cfg    WorkConfig
	now    time.Time
	skills []string
}

const (
	loadRows     = 10_000 // of one commit
	perPlace     = 15     // vacancies
	perEmployer  = 100
	placesLeast  = 10
	skillsEach   = 2
	wantsSkillIn = 3 // one of so many vacancies requires a skill
)

func newCrowdRows(cfg WorkConfig, now time.Time) crowdRows {
	c := crowdRows{cfg: cfg, now: now}
	if catalogue, err := skill.Starter(); err == nil {
		for _, s := range catalogue.Skills {
			c.skills = append(c.skills, s.Key)
		}
	}
	return c
}

func crowdWorker(n int) string { return fmt.Sprintf("wrk_crowd%08d", n) }

// somewhere is a point of the city: half of everything lies in its middle.
func somewhere(r *rand.Rand) (lonE6, latE6 int64) {
	half := int64(cityHalfE6)
	if r.IntN(2) == 0 {
		half /= 5
	}
	return placeLonE6 + r.Int64N(2*half) - half, placeLatE6 + r.Int64N(2*half) - half
}

// insertion is a table's rows, some columns being the same in each.
type insertion struct {
	into, row string
	n         int
	values    func(n int, r *rand.Rand) []any // of one or more rows
}

// load writes everything, table after table.
func (c crowdRows) load(ctx context.Context, d *db.DB) error {
	for _, t := range append(c.peopleRows(), c.marketRows()...) {
		if err := t.load(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// load writes a table's rows, some thousand a commit.
func (t insertion) load(ctx context.Context, d *db.DB) error {
	for from := 0; from < t.n; from += loadRows {
		_, err := db.InTx(ctx, d, func(ctx context.Context, tx *db.Tx) (int64, error) {
			var args []any
			for n := from; n < min(from+loadRows, t.n); n++ {
				args = append(args, t.values(n, rand.New(rand.NewPCG(uint64(n), 3)))...)
			}
			return tx.ExecRows(ctx, `INSERT INTO `+t.into+` VALUES `, t.row, ``, args)
		})
		if err != nil {
			return fmt.Errorf("load %s: %w", t.into, err)
		}
	}
	return nil
}

func (c crowdRows) peopleRows() []insertion {
	until := string(civil.DateOf(c.now).AddDays(60))
	blind := func(kind, n int) string { return fmt.Sprintf("%032x%032x", kind, n) }
	return []insertion{
		{`accounts(id, phone_sealed, phone_blind, name, roles, worker_id, employer_id, created_at_ms)`,
			`(?, ?, ?, '李', 'worker', ?, '', 0)`, c.cfg.Workers, func(n int, _ *rand.Rand) []any {
				return []any{fmt.Sprintf("acc_crowd%08d", n), []byte{1}, blind(1, n), crowdWorker(n)}
			}},
		{`workers(id, account_id, name, sex, birth_date, age_min, region, id_sealed, id_blind,
			created_at_ms)`, `(?, ?, '李', 'male', ?, 16, '500103', ?, ?, 0)`, c.cfg.Workers,
			func(n int, r *rand.Rand) []any {
				return []any{crowdWorker(n), fmt.Sprintf("acc_crowd%08d", n),
					fmt.Sprintf("%d-06-15", 1965+r.IntN(40)), []byte{1}, blind(2, n)}
			}},
		{`availabilities(worker_id, lon_e6, lat_e6, reach_m, floor_fen, no_night, free, crafts, words,
			until_on, open, at_ms)`, `(?, ?, ?, ?, ?, ?, 'null', 'null', '', ?, TRUE, 0)`, c.cfg.Workers,
			func(n int, r *rand.Rand) []any {
				lon, lat := somewhere(r)
				return []any{crowdWorker(n), lon, lat, 2_000 + r.Int64N(20_000), 1_500 + r.Int64N(1_000),
					r.IntN(3) == 0, until}
			}},
		{`worker_skills(worker_id, skill, added_at_ms)`, `(?, ?, 0)`, c.cfg.Workers,
			func(n int, r *rand.Rand) []any {
				var rows []any
				at := r.IntN(len(c.skills))
				for k := range skillsEach {
					rows = append(rows, crowdWorker(n), c.skills[(at+7*k)%len(c.skills)])
				}
				return rows
			}},
	}
}

var crowdTitles = []string{"分拣员", "焊工", "保洁员", "叉车司机", "餐厅服务员", "保安", "理货员", "装卸工", "厨师助理", "缝纫工",
	"快递员", "收银员", "水电工", "油漆工", "客房服务员", "洗碗工", "包装工", "质检员", "月嫂", "护工"}

var crowdAreas = []string{"江北", "南岸", "渝中", "沙坪坝", "九龙坡", "巴南", "北碚", "大渡口"}

func (c crowdRows) marketRows() []insertion {
	employers, places := c.cfg.Vacancies/perEmployer+1, c.cfg.Vacancies/perPlace+placesLeast
	until := string(civil.DateOf(c.now).AddDays(60))
	employer := func(n int) string { return fmt.Sprintf("emp_crowd%06d", n%employers) }
	vacancy := func(n int) string { return fmt.Sprintf("vac_crowd%07d", n) }
	spot := func(place int) (lon, lat int64) {
		return somewhere(rand.New(rand.NewPCG(uint64(place), 8)))
	}
	return []insertion{
		{`accounts(id, phone_sealed, phone_blind, name, roles, worker_id, employer_id, created_at_ms)`,
			`(?, ?, ?, '王', 'employer', '', ?, 0)`, employers, func(n int, _ *rand.Rand) []any {
				return []any{fmt.Sprintf("acc_boss%06d", n), []byte{1}, fmt.Sprintf("%032x%032x", 4, n),
					employer(n)}
			}},
		{`employers(id, account_id, uscc, name, address, principal, region, created_at_ms)`,
			`(?, ?, ?, ?, '一路1号', '王', '500103', 0)`, employers, func(n int, r *rand.Rand) []any {
				return []any{employer(n), fmt.Sprintf("acc_boss%06d", n), fmt.Sprintf("crowd%d", n),
					crowdAreas[r.IntN(len(crowdAreas))] + fmt.Sprintf("第%d人力公司", n)}
			}},
		{`places(id, kind, employer_id, name, address, region, lon_e6, lat_e6, radius_m, qr_key,
			created_at_ms)`, `(?, 'workplace', '', ?, ?, '500103', ?, ?, 300, ?, 0)`, places,
			func(n int, r *rand.Rand) []any {
				lon, lat := spot(n)
				area := crowdAreas[r.IntN(len(crowdAreas))]
				return []any{fmt.Sprintf("plc_crowd%06d", n), fmt.Sprintf("%s%d号仓", area, n),
					fmt.Sprintf("%s大道%d号", area, n), lon, lat, []byte{1}}
			}},
		{`vacancies(id, employer_id, place_id, region, settlement, work_type, title, content, occupation,
			pay_unit, rate_fen, plan_id, required, hire, minor_ok, conditions, source, state, reason,
			reviewer_id, valid_until, created_at_ms, term_months)`, `(?, ?, ?, '500103', 'platform',
			'part_time', ?, '按单干活。', '4-02-06-01', 'hour', ?, '', ?, 'instant', FALSE, '', '', 'published',
			'', '', ?, 0, 0)`, c.cfg.Vacancies, func(n int, r *rand.Rand) []any {
			required := "null"
			if r.IntN(wantsSkillIn) == 0 {
				b, _ := json.Marshal(c.skills[r.IntN(len(c.skills)):][:1])
				required = string(b)
			}
			return []any{vacancy(n), employer(n), fmt.Sprintf("plc_crowd%06d", n%places),
				fmt.Sprintf("%s%d组", crowdTitles[r.IntN(len(crowdTitles))], n%1000),
				1_500 + r.Int64N(2_500), required, until}
		}},
		{`shifts(id, vacancy_id, employer_id, starts_at_ms, ends_at_ms, break_min, breaks, pieces, heads,
			taken, state, lon_e6, lat_e6)`, `(?, ?, ?, ?, ?, 0, '', 0, 4, 0, 'open', ?, ?)`,
			c.cfg.Vacancies, func(n int, r *rand.Rand) []any {
				lon, lat := spot(n % places)
				var rows []any
				for k := range 2 {
					from := clock.MS(c.now.Add(time.Duration(26+24*k+r.IntN(200)) * time.Hour))
					rows = append(rows, fmt.Sprintf("shf_crowd%07d%d", n, k), vacancy(n), employer(n), from,
						from+4*3_600_000, lon, lat)
				}
				return rows
			}},
	}
}
