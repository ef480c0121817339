package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/engine/plan"
)

// hostile puts one text into every place of a plan that holds text.
func hostile(s string) *plan.Plan {
	known := func(n int64) plan.Count { return plan.Count{N: n, Known: true} }
	line := strings.NewReplacer("\n", " ", "\r", " ").Replace(s) // a diff has as many lines as its texts
	before := "select " + line
	left := int64(3)
	return &plan.Plan{
		ID: "i" + s, Config: plan.Config{Digest: "d" + s}, Org: plan.Org{ID: "o" + s, Name: "n" + s, User: "u" + s}, Environment: "e" + s, Project: "p" + s,
		LastApply: &plan.LastApply{Run: s},
		Items: []plan.Item{
			{
				Addr: "sync." + s, Kind: "sync", Mode: s, Destination: s, Object: s, Match: "m" + s, Membership: "m" + s, Model: s, Where: s + ":7",
				Query:  &plan.Query{Text: before + "\nfrom x", Before: &before},
				Source: plan.Source{Rows: 9, Usable: 9, PreviousRows: &left},
				Counts: plan.Counts{
					Create: known(3), Update: plan.Count{N: 4}, Remove: known(2), Clear: known(0), Adopt: known(0), Forget: known(0),
					Skip: known(1), Leave: known(0), Held: known(0), Reject: known(6), Unchanged: known(0),
				},
				Reasons: map[string]int64{"x" + s: 2, "new_in_model": 3},
				Rejects: []plan.Reject{{Reason: s, Field: "f" + s, Cause: "c" + s, Code: s, N: 6, Values: []plan.RejectValue{{Value: s, N: 3}}}},
				Fields: []plan.FieldChange{{
					Field: s, Changed: 4, Distinct: &plan.Distinct{Before: 4000, After: 1}, Transitions: []plan.Transition{{From: &s, To: nil, N: 9}},
				}},
				Samples: []plan.Sample{
					{Key: s, Action: "update", Reason: "r" + s, Detail: "d" + s, Fields: []plan.SampleField{{Field: s, Before: &line, After: &line}, {Field: s, After: &s, Masked: true}}},
					{Key: s, KeyMasked: true, Action: s, Reason: "r" + s},
				},
				Stages:  []plan.Stage{{Kind: s, Object: s, Op: s, Rows: 3, Calls: 1}},
				History: []plan.Past{{Run: "r" + s, Rows: 9}},
			},
			{
				Addr: "quiet." + s, Kind: "sync",
				Counts: plan.Counts{
					Create: known(0), Update: known(0), Remove: known(0), Clear: known(0), Adopt: known(0), Forget: known(0), Skip: known(0), Leave: known(0),
					Held: known(0), Reject: known(0), Unchanged: known(5),
				},
			},
		},
		Guards: []plan.Guard{
			{Rule: "max_remove", Addr: "sync." + s, Limit: s, Got: s, Blocked: true, Where: s + ":3"},
			{Rule: "r" + s, Addr: "sync." + s, Limit: s, Got: s, Where: "w" + s},
		},
		Diagnostics: []plan.Diagnostic{
			{Code: s, Severity: "error", Summary: s, Detail: "d" + s, Range: &plan.Range{File: "f" + s, StartLine: 1}},
			{Code: "c" + s, Severity: "warning", Summary: s, Detail: "d" + s, Addr: "a" + s, Keys: []string{s, s}},
		},
	}
}

// page turns a comment into HTML as GitHub does: with tables, and with HTML left in.
var page = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))

var (
	tag     = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// tags lists the elements of HTML in order, without attributes.
func tags(s string) []string {
	var out []string
	for _, m := range tag.FindAllString(comment.ReplaceAllString(s, ""), -1) {
		out = append(out, strings.TrimRight(strings.Fields(strings.Trim(m, "<>"))[0], "/"))
	}
	return out
}

// elements lists the elements of XML in order.
func elements(t *testing.T, s string) []string {
	var out []string
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("%v in %s", err, s)
		}
		if e, ok := tok.(xml.StartElement); ok {
			out = append(out, e.Name.Local)
		}
	}
}

// shape is what must not depend on names.
func shape(t *testing.T, kind, s string) []string {
	switch kind {
	case "markdown":
		var b bytes.Buffer
		if err := page.Convert([]byte(s), &b); err != nil {
			t.Fatal(err)
		}
		return tags(b.String())
	case "html":
		return tags(s)
	case "junit":
		return elements(t, s)
	case "sarif":
		var doc struct {
			Runs []struct {
				Results []struct{ Message struct{ Text string } }
			}
		}
		if err := json.Unmarshal([]byte(s), &doc); err != nil || len(doc.Runs) != 1 {
			t.Fatalf("%v in %s", err, s)
		}
		return make([]string, len(doc.Runs[0].Results))
	case "github":
		var out []string
		for l := range strings.Lines(s) {
			out = append(out, regexp.MustCompile(`^::[a-z]+ `).FindString(l))
		}
		return out
	}
	return nil
}

// FuzzNamesKeepTheStructure holds that no name, however hostile, adds or takes away an element, a cell or a line.
func FuzzNamesKeepTheStructure(f *testing.F) {
	for _, s := range []string{
		"plain", "a b", "", "\x1b[31m\u202e\x07\u009b", "a\nb\tc\r\n\r\n# d", "\xff\xfe", "|", "`", "``", "a`b|c\\|d", "\\", "</details>", "<!-- -->", "-->", "<script>alert(1)</script>",
		"]]>", "&amp;", "&#10;", "**b** _i_ ~~s~~ [l](http://x) ![i](x)", "@someone #1 GH-1 http://example.com www.example.com", "::error::x", "%0A::error::x", "a,b:c=d",
		"```\n```", "- x", "1. x", "> x", "===", "---", "| a |\n|---|", "$x$", ":smile:", "\u2028", "\u200f", " x ", "x  ", "<details>", "{{.}}", "\"'", strings.Repeat("long ", 4000),
	} {
		f.Add(s)
	}
	want := map[string][]string{}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<15 {
			return
		}
		for _, kind := range Kinds() {
			o := Options{Bytes: 1 << 30, Dir: "d"}
			got := render(t, kind, hostile(s), o)
			if !utf8.ValidString(got) {
				t.Errorf("%s: not UTF-8", kind)
			}
			if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && words.Unsafe(r) }); i >= 0 {
				t.Errorf("%s: raw %q", kind, got[i:min(len(got), i+4)])
			}
			if want[kind] == nil {
				want[kind] = shape(t, kind, render(t, kind, hostile("x"), o))
			}
			if have := shape(t, kind, got); !slices.Equal(have, want[kind]) {
				i := 0
				for i < min(len(have), len(want[kind])) && have[i] == want[kind][i] {
					i++
				}
				t.Errorf("%s of %.300q: structure differs at %d: %v, not %v:\n%.3000s", kind, s, i, have[i:min(len(have), i+5)], want[kind][i:min(len(want[kind]), i+5)], got)
			}
		}
	})
}
