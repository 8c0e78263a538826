package e2e

// deskMatrix is who may read what the desks show.
var deskMatrix = []operation{
	//                                           N A W w E e S s C D U T
	{name: "attendance.ShowBoard", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - - -"},
	{name: "attendance.ShowBoard", note: "own id", query: "?employer_id=$me",
		cells: ". . . - . e . e . . . ."},
	{name: "attendance.ShowBoard", note: "no id", cells: "- - - - - - - - e - - -"},
	{name: "market.FindVacancies", cells: "- - - - + - + - + - - -"},
	{name: "market.ShowVacancy", cells: "- - - - + - + - + - - -"},
	{name: "market.FindEmployerShifts", cells: "- - - - + - + - + - - -"},
	{name: "market.ShowEmployerShift", cells: "- - - - + - + - + - - -"},
	{name: "market.CheckVacancy", body: publish, cells: "- - - - + - - - + - - -"},
	{name: "market.FindVettings", cells: "- - - - - - - - + + - -"},
	{name: "market.ShowCancelCost", query: "?employer_id=$employer",
		cells: "- - - - + - - - + - - -"},
	{name: "market.ShowCancelCost", note: "own id", query: "?employer_id=$me",
		cells: ". . . - . 0 . - . . . ."},
	{name: "people.FindStaff", cells: "- - - - - - - - + + + -"},
	{name: "people.ShowStaff", cells: "- - - - - - - - + + + -"},
	{name: "people.EndRoles", note: "the employer's",
		body:  `{"roles": ["supervisor"], "employer_id": "$employer", "reason": "离职"}`,
		cells: "- - - - + - - - + + - -"},
	{name: "people.EndRoles", note: "the city's",
		body: `{"roles": ["auditor"], "reason": "离职"}`, cells: "- - - - - - - - - + - -"},
	{name: "people.EndRoles", note: "the city's, through an employer",
		body:  `{"roles": ["auditor"], "employer_id": "$employer", "reason": "离职"}`,
		cells: "- - - - - - - - - + - -"},
	{name: "people.ResetSecond", body: `{"phone": "19990000001", "reason": "持证到场"}`,
		cells: "- - - - - - - - - + - -"},
	{name: "people.FindSupervisors", cells: "- - - - + - - - + + - -"},
	{name: "people.FindEmployers", cells: "- - - - - - - - + + + -"},
	{name: "people.FindCityAudits", cells: "- - - - - - - - + + + -"},
	{name: "oversight.AssignMatter", body: `{"kind": "other", "owner_id": "$clerk",
		"words": "催办", "due_on": "2026-03-05"}`, cells: "- - - - - - - - + + - -"},
	{name: "oversight.FindMatters", cells: "- - - - - - - - + + + -"},
	{name: "oversight.ShowMatter", cells: "- - - - - - - - + + + -"},
	{name: "oversight.PassMatter", body: `{"owner_id": "$clerk", "words": "转办"}`,
		cells: "- - - - - - - - + + - -"},
	{name: "oversight.AcceptMatter", body: `{}`, cells: "- - - - - - - - + + - -"},
	{name: "oversight.ReportMatter", body: `{"words": "办好了"}`, cells: "- - - - - - - - + + - -"},
	{name: "oversight.CloseMatter", body: `{"close": true}`, cells: "- - - - - - - - + + - -"},
}

// They stand first: the matrix ends with sessions that end.
func init() { matrix = append(deskMatrix, matrix...) }
