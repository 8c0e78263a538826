package market

import (
	"strings"
	"unicode/utf8"

	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/internal/fault"
)

// DocumentKind is a paper of an employer's dossier.
type DocumentKind string

// The kinds. The agency's permit is asked for only of those who broker work for others.
// Source: 人力资源市场暂行条例 18, 24, 29; 人社部令44.
const (
	DocLicence   DocumentKind = "licence"    // 营业执照 or the approval of the establishment
	DocBrief     DocumentKind = "brief"      // 招聘简章
	DocHandler   DocumentKind = "handler_id" // 经办人身份证明
	DocAuthority DocumentKind = "authority"  // 授权委托书
	DocPermit    DocumentKind = "hr_permit"  // 人力资源服务许可证
)

const (
	documentsMax     = 200 // of one employer, with those that were replaced
	documentRunesMax = 60  // a number or a name
	digestDigits     = 64  // a SHA-256 in hex

	documentBytesMax = 5 << 20 // a scan of some pages
)

// Document is one paper: what it says, and the digest of its file. A newer one of the same kind
// takes its place. The handler's ID number is masked before it gets here.
type Document struct {
	ID         string
	EmployerID string
	Kind       DocumentKind
	Number     string
	Holder     string // the handler whom the paper names
	Digest     string
	Media      string     // of the file that is kept under the digest; "" when only that is known
	ValidUntil civil.Date // the last day; "" is 长期
}

// check refuses what no paper of its kind can say.
// Faults (invalid): market.item_missing, market.item_long, market.document_digest,
// market.document_day, market.document_lapsed.
func (d Document) check(today civil.Date) error {
	named := d.Kind == DocHandler || d.Kind == DocAuthority
	numbered := d.Kind == DocLicence || d.Kind == DocPermit || d.Kind == DocHandler
	dated := d.Kind == DocAuthority || d.Kind == DocPermit
	missing := ""
	switch {
	case numbered && d.Number == "":
		missing = "number"
	case named && d.Holder == "":
		missing = "holder"
	case dated && d.ValidUntil == "":
		missing = "valid_until"
	}
	if missing != "" {
		return fault.New(fault.Invalid, "market.item_missing").OnField(missing)
	}
	for field, text := range map[string]string{"number": d.Number, "holder": d.Holder} {
		if utf8.RuneCountInString(text) > documentRunesMax {
			return fault.New(fault.Invalid, "market.item_long", "max", documentRunesMax).OnField(field)
		}
	}
	if len(d.Digest) != digestDigits || strings.Trim(d.Digest, "0123456789abcdef") != "" {
		return fault.New(fault.Invalid, "market.document_digest").OnField("digest")
	}
	if d.ValidUntil == "" {
		return nil
	}
	if _, err := civil.ParseDate(string(d.ValidUntil)); err != nil {
		return fault.New(fault.Invalid, "market.document_day").OnField("valid_until")
	}
	if d.ValidUntil < today {
		return fault.New(fault.Invalid, "market.document_lapsed", "day", string(d.ValidUntil)).
			OnField("valid_until")
	}
	return nil
}

// mediaOf tells what a paper's file is by how it begins; "" for what nobody should have to open.
func mediaOf(content []byte) string {
	for _, m := range []struct{ begins, media string }{
		{"%PDF-", "application/pdf"}, {"\x89PNG\r\n\x1a\n", "image/png"},
		{"\xff\xd8\xff", "image/jpeg"},
	} {
		if strings.HasPrefix(string(content[:min(len(content), len(m.begins))]), m.begins) {
			return m.media
		}
	}
	return ""
}

// Flaw is a reason why a dossier does not carry a decision to let an employer publish.
type Flaw string

// What a flaw says of a document; handler_differs says it of two.
const (
	FlawMissing Flaw = "missing"
	FlawLapsed  Flaw = "lapsed"
	FlawNoFile  Flaw = "no_file"         // an agency's permit of which only a digest is known
	FlawHandler Flaw = "handler_differs" // the authority names somebody else than the ID proof
)

// Lack is a flaw and the document that has it.
type Lack struct {
	Kind DocumentKind
	Flaw Flaw
}

// Dossier is the newest document of each kind.
type Dossier map[DocumentKind]Document

// asked lists the kinds that an employer, or an agency, must bring.
func asked(agency bool) []DocumentKind {
	kinds := []DocumentKind{DocLicence, DocBrief, DocHandler, DocAuthority}
	if agency {
		kinds = append(kinds, DocPermit)
	}
	return kinds
}

// lacks lists what stands in the way on that day, in the order in which papers are asked for.
func (d Dossier) lacks(agency bool, day civil.Date) []Lack {
	var all []Lack
	for _, kind := range asked(agency) {
		doc, there := d[kind]
		switch {
		case !there:
			all = append(all, Lack{kind, FlawMissing})
		case doc.ValidUntil != "" && doc.ValidUntil < day:
			all = append(all, Lack{kind, FlawLapsed})
		case kind == DocPermit && doc.Media == "":
			all = append(all, Lack{kind, FlawNoFile})
		}
	}
	handler, authority := d[DocHandler], d[DocAuthority]
	if handler.ID != "" && authority.ID != "" && handler.Holder != authority.Holder {
		all = append(all, Lack{DocAuthority, FlawHandler})
	}
	return all
}

// until gives the last day on which the whole dossier holds, and the paper that ends it; "" when
// every paper is 长期.
func (d Dossier) until(agency bool) (civil.Date, DocumentKind) {
	var last civil.Date
	var first DocumentKind
	for _, kind := range asked(agency) {
		if day := d[kind].ValidUntil; day != "" && (last == "" || day < last) {
			last, first = day, kind
		}
	}
	return last, first
}
