package attendance

// blame says whose doing it was that a worker who came could not start. Only the employer's counts
// for its credit; waiting pay is due unless it was the worker's.
type blame string

const (
	blameWorker   blame = "worker"
	blameEmployer blame = "employer"
	blameInsurer  blame = "insurer"
	blameWeather  blame = "weather"
)

// What a supervisor or a worker may give as a reason; other reasons are codes of faults.
const (
	unfit    = "unfit"      // by the supervisor's word; the words say how
	notLetIn = "not_let_in" // by the worker's word, who has proved to be there
)

// blameOf gives who is to blame for a reason: the worker for what only the worker could have done
// (sign, agree to the insurance, renew a certificate, come fit for work), the insurer for its no or
// its silence, the weather for heat, and the employer for everything else, its money and its plan
// included.
func blameOf(reason string) blame {
	switch reason {
	case "contract.not_signed", "insurance.no_consent", "market.certificate_missing",
		"market.certificate_expired", unfit:
		return blameWorker
	case "market.heat_stop", "market.heat_hours":
		return blameWeather
	case "insurance.not_confirmed", "insurance.refused":
		return blameInsurer
	}
	return blameEmployer
}
