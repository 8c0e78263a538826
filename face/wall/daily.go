package wall

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/gongyi/gongyi/city/cockpit"
	"github.com/gongyi/gongyi/internal/civil"
	"github.com/gongyi/gongyi/ui"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// weekday names the day of the week.
func weekday(ctx context.Context, d civil.Date) string {
	return ui.Say(ctx, fmt.Sprintf("ui.weekday.%d", int(d.Midnight().In(civil.Zone).Weekday())))
}

// lineName names a line of the report; a part says of what it is one.
func lineName(ctx context.Context, l cockpit.DayLine) string {
	if key := "wall.daily.line." + l.Code + "." + l.Part; ui.Told(ctx, key) {
		return ui.Say(ctx, key)
	}
	return partOf(l.Indicator)
}

// summary is the report's first sentence.
func summary(ctx context.Context, d cockpit.Daily) string {
	value := func(code, part string) string {
		for _, l := range d.Lines {
			if l.Code == code && l.Part == part {
				return l.Value
			}
		}
		return "0"
	}
	return ui.Say(ctx, "wall.daily.summary", "city", d.City, "vacancies", value("M02", "vacancies"),
		"heads", value("M02", "heads"), "intents", value("M04", ""), "matched", value("M03", "matched"),
		"started", value("C02", "starts"), "fen", value("wage.paid", "fen"),
		"lines", value("wage.paid", "lines"), "share", value("W01", ""), "late", value("W01", "late"))
}

// The parts of a document (ECMA-376): what stands in it, how its parts belong together, the text.
const (
	docxSchemas = `http://schemas.openxmlformats.org/`
	docxPackage = `application/vnd.openxmlformats-package.`
	docxTypes   = xml.Header + `<Types xmlns="` + docxSchemas + `package/2006/content-types">` +
		`<Default Extension="rels" ContentType="` + docxPackage + `relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + docxType + `.main+xml"/></Types>`
	docxRels = xml.Header +
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/` +
		`relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	docxHead = xml.Header +
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	// A4 upright, margins of 2 cm: one page.
	docxTail = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" ` +
		`w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>` +
		`</w:body></w:document>`
)

// document writes the report as a file for Word and WPS. The same report gives the same bytes.
func document(ctx context.Context, d cockpit.Daily) ([]byte, error) {
	var b paper
	b.WriteString(docxHead)
	b.paragraph(ui.Say(ctx, "wall.daily.title", "city", d.City), "center", 36, true)
	b.paragraph(ui.Say(ctx, "wall.daily.of", "date", d.Date, "weekday", weekday(ctx, d.Date)),
		"center", 24, false)
	if d.Simulated {
		b.paragraph(ui.Say(ctx, "cockpit.demo")+": "+ui.Say(ctx, "cockpit.demo_why"), "center", 18, false)
	}
	b.paragraph(summary(ctx, d), "both", 24, false)
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="808080"/>`)
	}
	b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>`)
	for _, width := range columnWidths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, width)
	}
	b.WriteString(`</w:tblGrid>`)
	b.row(true, ui.Say(ctx, "wall.daily.figure"), string(d.Date), ui.Say(ctx, "wall.daily.before"),
		ui.Say(ctx, "wall.daily.change"), ui.Say(ctx, "wall.daily.week"),
		ui.Say(ctx, "wall.daily.change"))
	for _, l := range d.Lines {
		b.row(false, lineName(ctx, l), l.Value, l.Before, l.Change, l.WeekAgo, l.WeekChange)
	}
	b.WriteString(`</w:tbl>`)
	b.paragraph(ui.Say(ctx, "wall.daily.foot", "at", d.AsOf.In(civil.Zone).Format("2006-01-02 15:04")),
		"left", 18, false)
	b.WriteString(docxTail)
	return zipped([][2]string{{"[Content_Types].xml", docxTypes}, {"_rels/.rels", docxRels},
		{"word/document.xml", b.String()}})
}

func zipped(parts [][2]string) ([]byte, error) {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, part := range parts {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return file.Bytes(), err
}

// columnWidths are in twentieths of a point; together they fill the page.
var columnWidths = [...]int{2700, 1600, 1340, 1330, 1340, 1328}

// paper is the text of a document as it is written.
type paper struct{ strings.Builder }

// run writes words in a size of half points.
func (b *paper) run(words string, size int, bold bool) {
	b.WriteString(`<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" ` +
		`w:eastAsia="仿宋"/>`)
	if bold {
		b.WriteString(`<w:b/>`)
	}
	fmt.Fprintf(b, `<w:sz w:val="%d"/></w:rPr><w:t xml:space="preserve">`, size)
	_ = xml.EscapeText(b, []byte(words)) // a builder never fails
	b.WriteString(`</w:t></w:r>`)
}

func (b *paper) paragraph(words, align string, size int, bold bool) {
	fmt.Fprintf(b, `<w:p><w:pPr><w:spacing w:after="120"/><w:jc w:val="%s"/></w:pPr>`, align)
	b.run(words, size, bold)
	b.WriteString(`</w:p>`)
}

// row writes a row of the table; its first cell is to the left, the others to the right.
func (b *paper) row(bold bool, cells ...string) {
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for i, words := range cells {
		align := "right"
		if i == 0 {
			align = "left"
		}
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr>`+
			`<w:jc w:val="%s"/></w:pPr>`, columnWidths[i], align)
		b.run(words, 20, bold || i == 1)
		b.WriteString(`</w:p></w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}
