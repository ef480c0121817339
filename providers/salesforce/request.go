package salesforce

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/signalsmith/signalsmith/providers"
)

// request is the call for some chunks.
func (w *writer) request(cs []chunk) []sub {
	subs := make([]sub, len(cs))
	for i, c := range cs {
		subs[i] = sub{Method: w.method, Path: w.path, Ref: ref("c", i), Header: w.inner}
		if w.w.Op == providers.OpDelete {
			subs[i].Path += "?allOrNone=false&ids=" + join(c.lines)
			continue
		}
		size := 40
		for _, l := range c.lines {
			size += l.size + 1
		}
		b := make([]byte, 0, size)
		b = append(b, `{"allOrNone":false,"records":[`...)
		for j, l := range c.lines {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, l.body...)
		}
		subs[i].Body = append(b, "]}"...)
	}
	return subs
}

// join lists the ids of a delete; they are letters and digits.
func join(lines []*line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.id)
	}
	return b.String()
}

// writeHeader are the headers of a write. Without Sforce-Auto-Assign assignment rules would give away records that are
// only updated, since its default is TRUE (REST API Developer Guide, "Assignment Rule Header").
func writeHeader(w providers.Write) map[string]string {
	h := map[string]string{"Sforce-Auto-Assign": "FALSE"}
	if w.Op.Creates() {
		switch w.Assignment {
		case "", providers.AssignOff:
		case providers.AssignActive:
			h["Sforce-Auto-Assign"] = "TRUE"
		default:
			h["Sforce-Auto-Assign"] = w.Assignment
		}
	}
	if w.AllowDuplicates && w.Op != providers.OpDelete {
		h["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
	}
	return h
}

// headerJSON writes headers for a subrequest.
func headerJSON(h map[string]string) string {
	b := []byte{'{'}
	for i, k := range slices.Sorted(maps.Keys(h)) {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, k) // our own names
		b = append(b, ':')
		b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(h[k], "?"))
	}
	return string(append(b, '}'))
}
