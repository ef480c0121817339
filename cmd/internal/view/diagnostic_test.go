package view

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/diag"
)

// spanned finds a text in a source and gives its range, with columns that count graphemes, as the parser's do.
func spanned(file, src, text string) diag.Range {
	at := strings.Index(src, text)
	if at < 0 {
		panic("no " + text)
	}
	pos := func(at int) hcl.Pos {
		before := src[:at]
		start := strings.LastIndexByte(before, '\n') + 1
		return hcl.Pos{Line: strings.Count(before, "\n") + 1, Column: len(graphemes(before[start:])) + 1, Byte: at}
	}
	return diag.Range{Filename: file, Start: pos(at), End: pos(at + len(text))}
}

func at(r diag.Range) *diag.Range { return &r }

func TestDiagnosticScreens(t *testing.T) {
	main := strings.Repeat("\n", 23) + "target \"contact\" {\n  destination = destination.salesforce.crm\n}\n" + strings.Repeat("\n", 14) +
		"    Teir__c = col.tier\n"
	wide := "x = {\n\t\"日本語 é e\u0301 👩‍👩‍👧 \x1b[31m\" = wrong\n\tb = \"" + strings.Repeat("long ", 60) + "\" + here + \"" + strings.Repeat("more ", 60) + "\"\n" +
		"  sql = <<-SQL\n    SELECT 1\n    FROM a\n    WHERE b\n    GROUP BY c\n    ORDER BY d\n  SQL\n}\n"
	other := "sync \"a\" {}\n"
	files := map[string]string{"main.hcl": main, "wide.hcl": wide, "other.hcl": other}
	v := Diagnostics{Dir: "/home/u/project", Source: func(f string) []byte {
		if s, ok := files[f]; ok {
			return []byte(s)
		}
		return nil
	}}
	far := func(line, column, b int) *diag.Range {
		p := hcl.Pos{Line: line, Column: column, Byte: b}
		return &diag.Range{Filename: "main.hcl", Start: p, End: p}
	}
	tests := map[string]diag.Diagnostics{
		"house": {{
			Code: "R201", Severity: diag.Error, Detail: `Contact has no field "Teir__c".`, Label: `Contact has no field "Teir__c"`,
			Where: `in mapping "contact"`, Subject: at(spanned("main.hcl", main, "Teir__c")),
			Related: []diag.Related{{Range: spanned("main.hcl", main, `target "contact" {`), Label: "Contact in salesforce.crm"}},
			Hints:   []string{`did you mean "Tier__c" (picklist: Bronze, Silver, Gold)?`},
		}},
		"places": {
			{Code: "X001", Severity: diag.Error, Detail: "Wide characters, tabs and combining marks.", Label: "this", Subject: at(spanned("wide.hcl", wide, "wrong"))},
			{Code: "X001", Severity: diag.Error, Detail: "The key is wide itself.", Subject: at(spanned("wide.hcl", wide, "日本語 é e\u0301 👩‍👩‍👧"))},
			{Code: "X001", Severity: diag.Warning, Detail: "A long line.", Label: "in the middle", Subject: at(spanned("wide.hcl", wide, "here"))},
			{Code: "X001", Severity: diag.Error, Detail: "Several lines.", Label: "all of this", Subject: at(spanned("wide.hcl", wide, "<<-SQL\n    SELECT 1\n    FROM a\n    WHERE b\n    GROUP BY c\n    ORDER BY d\n  SQL"))},
			{Code: "X001", Severity: diag.Error, Detail: "Three lines.", Subject: at(spanned("wide.hcl", wide, "FROM a\n    WHERE b\n    GROUP"))},
			{Code: "X001", Severity: diag.Error, Detail: "Two marks on one line.", Label: "again", Subject: at(spanned("wide.hcl", wide, "FROM")), Related: []diag.Related{{Range: spanned("wide.hcl", wide, "a\n    WHERE b"), Label: "both"}, {Range: spanned("wide.hcl", wide, "ORDER BY d"), Label: "further down"}}},
			{Code: "X001", Severity: diag.Error, Detail: "Related in another file.", Label: "again", Subject: at(spanned("main.hcl", main, "target")), Related: []diag.Related{{Range: spanned("other.hcl", other, `sync "a"`), Label: "first"}}},
		},
		"nowhere": {
			{Code: "X101", Severity: diag.Error, Detail: "No place at all. This sentence is long enough to need a second line, since it goes on, and on, and on.\n\nA second paragraph.\n    kept as it is", Command: "signalsmith plan"},
			{Code: "X001", Severity: diag.Error, Detail: "Only an address.", Addr: "sync.contacts"},
			{Code: "X001", Severity: diag.Error, Detail: "A file that is missing.", Subject: &diag.Range{Filename: "/home/u/project/sql/gone.sql", Start: hcl.Pos{Line: 3, Column: 1}, End: hcl.Pos{Line: 3, Column: 4}}},
			{Code: "X001", Severity: diag.Error, Detail: "A file elsewhere.", Subject: &diag.Range{Filename: "/etc/x.hcl", Start: hcl.Pos{Line: 3, Column: 1}, End: hcl.Pos{Line: 3, Column: 4}}},
			{Code: "X001", Severity: diag.Error, Detail: "Beyond the end.", Subject: far(9999, 1, 99999)},
			{Code: "X001", Severity: diag.Error, Detail: "Beyond the end of its line.", Subject: far(24, 999, 0)},
			{Code: "X001", Severity: diag.Error, Detail: "Negative.", Subject: far(-3, -2, -1)},
			{Code: "X001", Severity: diag.Error, Detail: "An empty range.", Subject: &diag.Range{Filename: "main.hcl"}},
			{Code: "A999", Severity: diag.Warning, Detail: "A code without a page."},
			{Code: "X001", Severity: diag.Error, Detail: "Hostile \x1b[2J\u202e text.", Label: "\x07label\nnext", Where: "in \x1b", Subject: at(spanned("main.hcl", main, "target")), Hints: []string{"hint\x00"}, Command: "rm\x1b[2K"},
		},
	}
	var many diag.Diagnostics
	for i := range 33 {
		r := spanned("main.hcl", main, "target")
		if i > 25 {
			r = spanned("other.hcl", other, "sync")
		}
		many = append(many, diag.Diagnostic{Code: "R201", Severity: diag.Error, Detail: fmt.Sprintf("Field %02d.", i), Subject: &r})
	}
	tests["many"] = append(many, diag.Diagnostic{Code: "X001", Severity: diag.Warning, Detail: "Another one."})
	for name, ds := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := v.Write(&b, ds, "Nothing was read or written."); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "diagnostics", name+".txt"), b.Bytes())
			harmless(t, b.Bytes(), false)
		})
	}
}

func TestNoDiagnosticsSayNothing(t *testing.T) {
	var b bytes.Buffer
	if err := (Diagnostics{}).Write(&b, nil, "Nothing was read or written."); err != nil || b.Len() > 0 {
		t.Errorf("got %q, %v", b.String(), err)
	}
}
