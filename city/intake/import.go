package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gongyi/gongyi/city/market"
	"github.com/gongyi/gongyi/city/people"
	"github.com/gongyi/gongyi/city/station"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
	"github.com/gongyi/gongyi/internal/region"
	"github.com/gongyi/gongyi/internal/sheet"
)

// column is a column of a kind without its words: those are the texts intake.title.<kind>.<key>
// and intake.note.<kind>.<key>. field is how the operations call it in their faults.
type column struct {
	key      string
	field    string
	names    []string
	required bool
	auto     bool
	choices  [][2]string
}

var sexes = [][2]string{{"男", "male"}, {"女", "female"}, {"1", "male"}, {"2", "female"},
	{"男性", "male"}, {"女性", "female"}, {"male", "male"}, {"female", "female"}, {"m", "male"},
	{"f", "female"}}

var units = [][2]string{{"时", "hour"}, {"日", "day"}, {"月", "month"}, {"小时", "hour"},
	{"元/小时", "hour"}, {"元/时", "hour"}, {"天", "day"}, {"元/天", "day"}, {"元/日", "day"},
	{"元/月", "month"}, {"hour", "hour"}, {"day", "day"}, {"month", "month"}}

var settlements = [][2]string{{"平台", "platform"}, {"用工方", "employer"}, {"平台结算", "platform"},
	{"单位", "employer"}, {"用工方结算", "employer"}, {"platform", "platform"}, {"employer", "employer"}}

var workTypes = [][2]string{{"全日制", "full_time"}, {"非全日制", "part_time"}, {"劳务", "task"},
	{"新就业形态", "platform"}, {"全职", "full_time"}, {"兼职", "part_time"}, {"full_time", "full_time"},
	{"part_time", "part_time"}, {"task", "task"}, {"platform", "platform"}}

var hires = [][2]string{{"直接录用", "instant"}, {"邀约", "offer"}, {"instant", "instant"},
	{"offer", "offer"}}

// columnsOf lists a kind's columns in the template's order. Names are what county rosters, job-fair
// sheets and exports of other systems write above them.
var columnsOf = map[Kind][]column{
	Workers: {
		{key: "name", names: []string{"姓名", "劳动者姓名", "人员姓名", "name", "AAC003"}, required: true},
		{key: "id_number", names: []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码",
			"身份证件号码", "id number", "AAC002", "AAC147"}, required: true},
		{key: "sex", names: []string{"性别", "sex", "AAC004"}, auto: true, choices: sexes},
		{key: "age", names: []string{"年龄", "age"}, auto: true},
		{key: "birth", names: []string{"出生日期", "出生年月日", "生日", "birth date", "AAC006"}, auto: true},
		{key: "phone", names: []string{"联系电话", "手机", "手机号", "手机号码", "电话", "联系方式", "phone",
			"mobile", "AAE005"}, required: true},
		{key: "region", names: []string{"现居住地", "县区", "区县", "所在县区", "居住地", "行政区划",
			"行政区划代码", "region", "county"}},
	},
	Employers: {
		{key: "uscc", names: []string{"统一社会信用代码", "社会信用代码", "信用代码", "uscc",
			"credit code", "AAB003"}, required: true},
		{key: "name", names: []string{"单位名称", "企业名称", "用工方名称", "用工单位", "公司名称", "name",
			"employer", "AAB004"}, required: true},
		{key: "address", names: []string{"地址", "单位地址", "注册地址", "address", "AAE006"}, required: true},
		{key: "principal", names: []string{"负责人", "法定代表人", "法人", "法人代表", "principal"},
			required: true},
		{key: "phone", names: []string{"手机", "联系电话", "手机号", "手机号码", "电话", "联系方式", "phone",
			"AAE005"}, required: true},
		{key: "region", names: []string{"所在县区", "县区", "区县", "行政区划", "行政区划代码", "region"}},
	},
	Roster: {
		{key: "name", names: []string{"姓名", "职工姓名", "员工姓名", "name"}, required: true},
		{key: "id_number", names: []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码",
			"id number"}, required: true},
		{key: "sex", names: []string{"性别", "sex"}, auto: true, choices: sexes},
		{key: "birth", names: []string{"出生日期", "出生年月日", "生日", "birth date"}, auto: true},
		{key: "phone", names: []string{"联系电话", "手机", "手机号", "手机号码", "电话", "联系方式", "phone"},
			required: true},
		{key: "since", names: []string{"入职日期", "用工起始日期", "起始时间", "上岗日期", "since"}},
		{key: "post", names: []string{"岗位", "工种", "职务", "post"}},
	},
	Vacancies: {
		{key: "uscc", field: "employer_id", names: []string{"统一社会信用代码", "社会信用代码", "信用代码",
			"uscc", "credit code"}, required: true},
		{key: "title", names: []string{"岗位名称", "岗位", "职位", "招聘岗位", "title"}, required: true},
		{key: "content", names: []string{"工作内容", "岗位描述", "岗位职责", "工作描述", "content"},
			required: true},
		{key: "occupation", names: []string{"职业代码", "职业编码", "工种代码", "occupation"}},
		{key: "place", field: "place_id", names: []string{"工作地点", "工作点", "地点名称", "place"}},
		{key: "heads", field: "shifts.heads", names: []string{"招聘人数", "人数", "需求人数", "名额",
			"heads"}, required: true},
		{key: "pay", field: "rate_fen", names: []string{"工资", "薪资", "单价", "报酬", "工资标准", "pay",
			"rate"}, required: true},
		{key: "pay_unit", names: []string{"计薪单位", "计薪方式", "工资单位", "pay unit"}, required: true,
			choices: units},
		{key: "from", field: "shifts.starts_at", names: []string{"开始日期", "开工日期", "上岗日期",
			"用工日期", "日期", "first day"}, required: true},
		{key: "to", names: []string{"结束日期", "截止日期", "完工日期", "last day"}},
		{key: "starts", names: []string{"上班时间", "开始时间", "上班", "starts"}, required: true},
		{key: "ends", field: "shifts.ends_at", names: []string{"下班时间", "结束时间", "下班", "ends"},
			required: true},
		{key: "break", names: []string{"休息分钟", "休息时间", "休息", "break"}},
		{key: "settlement", names: []string{"结算方", "结算方式", "settlement"}, choices: settlements},
		{key: "work_type", names: []string{"用工形式", "用工类型", "工作性质", "work type"},
			choices: workTypes},
		{key: "term", field: "term_months", names: []string{"合同月数", "合同期限", "term"}},
		{key: "hire", names: []string{"录用方式", "hire"}, choices: hires},
		{key: "plan", field: "plan_id", names: []string{"保险方案", "保险方案编号", "plan"}},
		{key: "valid_until", names: []string{"有效期", "有效期至", "招聘有效期", "valid until"}},
	},
}

// columnOf finds the column that a fault's field means; "" where it means none.
func columnOf(k Kind, field string) string {
	if field == "shifts" {
		return "from"
	}
	for _, c := range columnsOf[k] {
		if c.field == field && field != "" || c.field == "" && c.key == field {
			return c.key
		}
	}
	for _, c := range columnsOf[k] {
		if c.key == field {
			return c.key
		}
	}
	return ""
}

// wish is what a row asks for. try does it, by its own key; subject is what there may be one of.
type wish struct {
	subject string
	try     func(ctx context.Context, key string) (subjectID string, err error)
	row     string // all that the row asks for, in one form
}

// cell reads one cell and lays its faults on its column.
func cell[T any](r sheet.Row, key string, read func(string) (T, error)) (T, error) {
	v, err := read(r.Text(key))
	if f := fault.As(err); f != nil {
		err = f.OnField(key)
	}
	return v, err
}

// filled refuses a row whose required cells are empty.
// Faults: intake.cell_empty (invalid).
func filled(k Kind, r sheet.Row) error {
	for _, c := range columnsOf[k] {
		if c.required && r.Text(c.key) == "" {
			return fault.New(fault.Invalid, "intake.cell_empty").OnField(c.key)
		}
	}
	return nil
}

// wish reads a row.
func (s *Service) wish(ctx context.Context, in Import, r sheet.Row) (wish, error) {
	if err := filled(in.Kind, r); err != nil {
		return wish{}, err
	}
	switch in.Kind {
	case Workers:
		return s.workerWish(in, r)
	case Employers:
		return s.employerWish(in, r)
	case Roster:
		return s.rosterWish(in, r)
	default:
		return s.vacancyWish(ctx, in, r)
	}
}

func (s *Service) workerWish(in Import, r sheet.Row) (wish, error) {
	number, err := cell(r, "id_number", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	id, err := people.ParseIDNumber(number)
	if f := fault.As(err); f != nil {
		return wish{}, cutOff(number, f)
	}
	if err := agrees(id, r); err != nil {
		return wish{}, err
	}
	phone, err := cell(r, "phone", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	county, err := regionOf(r.Text("region"), in.Region)
	if err != nil {
		return wish{}, err
	}
	cmd := people.RegisterWorker{Name: r.Text("name"), IDNumber: string(id), Region: county,
		Phone: phone}
	return wish{subject: string(id), row: joined(cmd.Name, cmd.IDNumber, cmd.Region, cmd.Phone),
		try: func(ctx context.Context, key string) (string, error) {
			cmd := cmd
			cmd.SetIdempotencyKey(key)
			v, err := s.People.RegisterWorker(ctx, cmd)
			if fault.Is(err, "people.already_worker") { // said to a clerk, about a cell
				err = fault.New(fault.Conflict, "intake.phone_taken").OnField("phone")
			}
			return v.ID, err
		}}, nil
}

// agrees compares what follows from an ID number with what the row says of it.
// Faults: intake.sex_differs, intake.birth_differs (invalid), and those of the cells.
func agrees(id people.IDNumber, r sheet.Row) error {
	if text := r.Text("sex"); text != "" {
		sex, err := sheet.Choice(text, sexes)
		if err != nil {
			return fault.As(err).OnField("sex")
		}
		if sex != string(id.Sex()) {
			return fault.New(fault.Invalid, "intake.sex_differs").OnField("sex")
		}
	}
	if r.Text("birth") != "" {
		birth, err := cell(r, "birth", sheet.Date)
		if err != nil {
			return err
		}
		if birth != id.Birth() {
			return fault.New(fault.Invalid, "intake.birth_differs").OnField("birth")
		}
	}
	return nil
}

// cutOff says what really happened to a number that ends in the zeros of a spreadsheet: it keeps
// fifteen digits of a number cell and no more.
func cutOff(number string, f *fault.Error) error {
	const kept = 15
	if len(number) > kept+2 && strings.Trim(number, "0123456789") == "" &&
		strings.Trim(number[kept:], "0") == "" {
		return fault.New(fault.Invalid, "sheet.scientific", "cell", number[:3]+"…000").OnField(f.Field)
	}
	return f
}

// regionOf reads a county by code or name; without one it is the import's. A name that several
// counties have is the one in the import's city, or province.
// Faults: intake.region (invalid, field region).
func regionOf(text, fallback string) (string, error) {
	if text == "" {
		text = fallback
	}
	name := sheet.Plain(text)
	home := region.Find(fallback)
	for _, above := range []string{"", region.FullName(region.Parent(home)), region.FullName(home)} {
		if code := region.Find(above + name); code != "" {
			return code, nil
		}
	}
	return "", fault.New(fault.Invalid, "intake.region").OnField("region")
}

// joined makes one text of several, so that no two lists make the same.
func joined(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s", len(p), p)
	}
	return b.String()
}

func (s *Service) employerWish(in Import, r sheet.Row) (wish, error) {
	number, err := cell(r, "uscc", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	code, err := people.ParseUSCC(number)
	if err != nil {
		return wish{}, err
	}
	phone, err := cell(r, "phone", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	county, err := regionOf(r.Text("region"), in.Region)
	if err != nil {
		return wish{}, err
	}
	cmd := people.RegisterEmployer{USCC: code, Name: r.Text("name"), Address: r.Text("address"),
		Principal: r.Text("principal"), Region: county, Phone: phone}
	return wish{subject: code, row: joined(code, cmd.Name, cmd.Address, cmd.Principal, county, phone),
		try: func(ctx context.Context, key string) (string, error) {
			cmd := cmd
			cmd.SetIdempotencyKey(key)
			v, err := s.People.RegisterEmployer(ctx, cmd)
			return v.ID, err
		}}, nil
}

func (s *Service) vacancyWish(ctx context.Context, in Import, r sheet.Row) (wish, error) {
	number, err := cell(r, "uscc", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	employer, err := s.People.EmployerByUSCCTx(ctx, s.DB, number)
	if f := fault.As(err); f != nil {
		return wish{}, f.OnField("uscc")
	} else if err != nil {
		return wish{}, err
	}
	if in.EmployerID != "" && employer.ID != in.EmployerID {
		return wish{}, fault.New(fault.Forbidden, "intake.not_yours").OnField("uscc")
	}
	place, err := s.placeOf(ctx, employer.ID, r.Text("place"))
	if err != nil {
		return wish{}, err
	}
	cmd, err := publishOf(r)
	if err != nil {
		return wish{}, err
	}
	cmd.EmployerID, cmd.PlaceID = employer.ID, place
	row := joined(cmd.EmployerID, cmd.PlaceID, cmd.Title, cmd.Content, cmd.Occupation, cmd.PayUnit,
		fmt.Sprint(int64(cmd.RateFen)), string(cmd.Settlement), cmd.WorkType, cmd.Hire, cmd.PlanID,
		string(cmd.ValidUntil), fmt.Sprint(cmd.TermMonths), fmt.Sprint(cmd.Shifts))
	return wish{subject: row, row: row, try: func(ctx context.Context, key string) (string, error) {
		cmd := cmd
		cmd.SetIdempotencyKey(key)
		v, err := s.Market.PublishVacancy(ctx, cmd)
		return v.ID, err
	}}, nil
}

// rosterWish reads whom an employer employs.
func (s *Service) rosterWish(in Import, r sheet.Row) (wish, error) {
	number, err := cell(r, "id_number", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	id, err := people.ParseIDNumber(number)
	if f := fault.As(err); f != nil {
		return wish{}, cutOff(number, f)
	}
	if err := agrees(id, r); err != nil {
		return wish{}, err
	}
	phone, err := cell(r, "phone", sheet.Number)
	if err != nil {
		return wish{}, err
	}
	cmd := people.AddToRoster{EmployerID: in.EmployerID, Name: r.Text("name"), IDNumber: string(id),
		Phone: phone, Post: r.Text("post")}
	if r.Text("since") != "" {
		if cmd.Since, err = cell(r, "since", sheet.Date); err != nil {
			return wish{}, err
		}
	}
	return wish{subject: joined(in.EmployerID, string(id)),
		row: joined(in.EmployerID, cmd.Name, cmd.IDNumber, cmd.Phone, string(cmd.Since), cmd.Post),
		try: func(ctx context.Context, key string) (string, error) {
			cmd := cmd
			cmd.SetIdempotencyKey(key)
			v, err := s.People.AddToRoster(ctx, cmd)
			return v.ID, err
		}}, nil
}

// placeOf finds the employer's workplace by name; without a name it is the only one.
// Faults: intake.place_unknown, intake.place_which (invalid, field place).
func (s *Service) placeOf(ctx context.Context, employerID, name string) (string, error) {
	list, err := s.Stations.AllPlaces(ctx, station.FindPlaces{EmployerID: employerID})
	if err != nil {
		return "", err
	}
	var found []string
	for _, p := range list {
		if name == "" || sheet.Plain(p.Name) == sheet.Plain(name) || p.ID == name {
			found = append(found, p.ID)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return "", fault.New(fault.Invalid, "intake.place_unknown").OnField("place")
	}
	return "", fault.New(fault.Invalid, "intake.place_which", "n", len(found)).OnField("place")
}

// publishOf reads a vacancy but for whose it is and where.
func publishOf(r sheet.Row) (market.Publish, error) {
	in := market.Publish{Title: r.Text("title"), Content: r.Text("content"),
		Occupation: sheet.Plain(r.Text("occupation")), PlanID: r.Text("plan")}
	var err error
	if in.RateFen, err = cell(r, "pay", sheet.Yuan); err != nil {
		return in, err
	}
	settlement := ""
	for _, c := range []struct {
		key     string
		choices [][2]string
		to      *string
	}{{"pay_unit", units, &in.PayUnit}, {"settlement", settlements, &settlement},
		{"work_type", workTypes, &in.WorkType}, {"hire", hires, &in.Hire}} {
		text := r.Text(c.key)
		if text == "" {
			continue
		}
		if *c.to, err = sheet.Choice(text, c.choices); err != nil {
			return in, fault.As(err).OnField(c.key)
		}
	}
	in.Settlement = market.Settlement(settlement)
	if in.Settlement == "" {
		in.Settlement = market.Platform
		if in.PayUnit == "month" {
			in.Settlement = market.Employer // the platform pays no months
		}
	}
	if in.Hire == "" {
		in.Hire = "instant"
	}
	if text := r.Text("valid_until"); text != "" {
		if in.ValidUntil, err = cell(r, "valid_until", sheet.Date); err != nil {
			return in, err
		}
	}
	if r.Text("term") != "" {
		if in.TermMonths, err = cell(r, "term", sheet.Count); err != nil {
			return in, err
		}
	}
	in.Shifts, err = shiftsOf(r)
	return in, err
}

// daysMax bounds the days between first and last of a vacancy; the market wants fewer still.
const daysMax = 100

// shiftsOf makes a shift for each day from the first to the last. An end before the beginning is
// of the next morning.
// Faults: intake.days (invalid, field to), and those of the cells.
func shiftsOf(r sheet.Row) ([]market.ShiftPlan, error) {
	from, err := cell(r, "from", sheet.Date)
	if err != nil {
		return nil, err
	}
	to := from
	if r.Text("to") != "" {
		if to, err = cell(r, "to", sheet.Date); err != nil {
			return nil, err
		}
	}
	if to < from || to > from.AddDays(daysMax) {
		return nil, fault.New(fault.Invalid, "intake.days", "max", daysMax).OnField("to")
	}
	starts, err := cell(r, "starts", sheet.Time)
	if err != nil {
		return nil, err
	}
	ends, err := cell(r, "ends", sheet.Time)
	if err != nil {
		return nil, err
	}
	if ends <= starts {
		ends += 24 * 60
	}
	heads, err := cell(r, "heads", sheet.Count)
	if err != nil {
		return nil, err
	}
	pause := int64(0)
	if r.Text("break") != "" {
		if pause, err = cell(r, "break", sheet.Count); err != nil {
			return nil, err
		}
	}
	var shifts []market.ShiftPlan
	for day := from; day <= to; day = day.AddDays(1) {
		shifts = append(shifts, market.ShiftPlan{StartsAt: day.At(starts), EndsAt: day.At(ends),
			BreakMin: pause, Heads: heads})
	}
	return shifts, nil
}

// kindWords gives the words of a list's columns in a language, by the texts <prefix>.<key>.
func (s *Service) kindWords(lang, prefix string, keys []string) []string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = s.Text.Say(lang, prefix+key, nil)
	}
	return words
}

// sheetColumns gives a kind's columns with their words in a language.
func (s *Service) sheetColumns(k Kind, lang string) []sheet.Column {
	cols := make([]sheet.Column, 0, len(columnsOf[k]))
	for _, c := range columnsOf[k] {
		cols = append(cols, sheet.Column{Key: c.key, Names: slices.Clone(c.names),
			Title:    s.Text.Say(lang, "intake.title."+string(k)+"."+c.key, nil),
			Note:     s.Text.Say(lang, "intake.note."+string(k)+"."+c.key, nil),
			Required: c.required, Auto: c.auto, Choices: c.choices})
	}
	return cols
}

// dayOf is the day of an instant, for sentences.
func dayOf(e earlier) civil.Date { return civil.DateOf(e.createdAt) }
