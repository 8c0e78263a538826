package e2e

// workMatrix is the part of the matrix about finding work and workers.
var workMatrix = []operation{
	//                                           N A W w E e S s C D U T
	{name: "market.FindWork", query: "?region=500103", cells: "+ + + + + + + + + + + +"},
	{name: "market.FindWork", note: "for a worker", query: "?region=500103&worker_id=$worker",
		cells: "- - + - - - - - + + + -"},
	{name: "market.FindShifts", cells: "+ + + + + + + + + + + +"},
	{name: "market.FindCandidates", query: "?employer_id=$employer",
		cells: "- - - - + - + - + - - -"},
	{name: "market.FindCandidates", note: "own id", query: "?employer_id=$me",
		cells: ". . . . . 0 . 0 . . . ."},
	{name: "market.FindCrafts", query: "?skill=skill.sewing", cells: "- - - - + - + - + - - -"},
	{name: "market.ProposePeople", query: "?shift_ids=$shift", cells: "- - - - + - + - + - - -"},
	{name: "market.ProposePeople", note: "own id", with: map[string]string{"employer_id": "$me"},
		query: "?shift_ids=$shift", cells: ". . . . . 0 . 0 . . . ."},
	{name: "market.SendOffers", body: `{"offers": [{"shift_id": "$shift", "worker_id": "$worker"}]}`,
		cells: "- - - - + - + - + - - -"},
	{name: "market.SendOffers", note: "own id", with: map[string]string{"employer_id": "$me"},
		body:  `{"offers": [{"shift_id": "$shift", "worker_id": "$worker"}]}`,
		cells: ". . . . . 0 . 0 . . . ."},
	{name: "market.FindSimilarWork", cells: "+ + + + + + + + + + + +"},
	{name: "market.FindRecommendations", cells: "- - - - - - - - + - - +"},
	{name: "market.ExplainWork", cells: "- - + - - - - - + + + -"},
	{name: "market.StartPush", body: "{}", cells: "- - - - - - - - + + - -"},
	{name: "market.FindPushRuns", cells: "- - - - - - - - + + - -"},
	{name: "market.ShowPushRun", cells: "- - - - - - - - + + - -"},
	{name: "market.FindPushes", cells: "- - + - - - - - + + + -"},
	{name: "market.ShowAvailability", cells: "- - + - - - - - + + + -"},
	{name: "market.SetAvailability", body: `{"lon_e6": 106562880, "lat_e6": 29556742,
		"reach_m": 5000, "open": true}`, cells: "- - + - - - - - + - - -"},
}
