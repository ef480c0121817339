package databricks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestStatements holds every statement that the dialect and this package write against a golden file.
func TestStatements(t *testing.T) {
	d := dialect{schema: []string{"main", "signalsmith"}, plan: "p1"}
	var b strings.Builder
	say := func(name, sql string) { fmt.Fprintf(&b, "-- %s\n%s\n\n", name, sql) }
	say("names", d.Ident("a`b")+" "+d.State("records_1")+" "+d.Temp("keys 1"))
	say("literal", d.Literal("it's \\ ${x} \x00"))
	say("concat", d.Concat([]string{"a", "b"}))
	say("fingerprint", d.Fingerprint([]string{"`v_A`", "`v_B`"}))
	say("create temp", d.CreateTemp("keys_1", "SELECT 1 AS n"))
	say("replace", strings.Join(d.Replace("records_1", "commit_1", []string{"key"}, []string{"key", "v_A"}), ";\n"))
	types := []providers.Type{providers.TypeText, providers.TypeBool, providers.TypeInt, providers.TypeDecimal, providers.TypeFloat, providers.TypeDate,
		providers.TypeTimestamp, providers.TypeInstant, providers.TypeTime}
	for _, from := range types {
		say("type "+string(from), d.Type(from))
		say("cast "+string(from), d.Cast("`x`", from))
		for _, c := range []providers.Canon{{Kind: providers.CanonText}, {Kind: providers.CanonNumber, Scale: 2}, {Kind: providers.CanonBool}, {Kind: providers.CanonDate},
			{Kind: providers.CanonDateTime}, {Kind: providers.CanonTime}, {Kind: providers.CanonSet}, {Kind: providers.CanonID}} {
			if sql, ok := d.Canonical("`x`", from, c, "Europe/Berlin"); ok {
				say(string(from)+" to "+string(c.Kind), sql)
			}
		}
	}
	f := d.Functions()
	for _, l := range []struct{ name, sql string }{
		{"number from text", f.Number("m.x", providers.TypeText)}, {"number from int", f.Number("m.x", providers.TypeInt)}, {"number from float", f.Number("m.x", providers.TypeFloat)},
		{"digits", f.Digits("n")}, {"whole", f.Whole("n + 1")}, {"bool from text", f.Bool("m.x", providers.TypeText)}, {"bool from decimal", f.Bool("m.x", providers.TypeDecimal)},
		{"date", f.Date("m.x")}, {"timestamp", f.Timestamp("m.x")}, {"instant", f.Instant("m.x")},
		{"day of timestamp", f.Day("m.x", providers.TypeTimestamp, "America/New_York", "Europe/Berlin")}, {"day of instant", f.Day("m.x", providers.TypeInstant, "", "Europe/Berlin")},
		{"clock of date", f.Clock("m.x", providers.TypeDate, "")}, {"clock of timestamp", f.Clock("m.x", providers.TypeTimestamp, "")}, {"clock of instant", f.Clock("m.x", providers.TypeInstant, "Europe/Berlin")},
		{"+", f.Add("a", "b")}, {"-", f.Subtract("a", "b")}, {"*", f.Multiply("a", "b")}, {"/", f.Divide("a", "b")}, {"%", f.Modulo("a", "b")},
		{"abs", f.Abs("n")}, {"round", f.Round("n", 2)}, {"floor", f.Floor("n")}, {"ceil", f.Ceil("n")},
		{"lower", f.Lower("m.x")}, {"upper", f.Upper("m.x")}, {"trim", f.Trim("m.x")}, {"trim of an expression", f.Trim("lower(m.x)")}, {"length", f.Length("m.x")},
		{"substr", f.Substr("m.x", "2", "3")}, {"substr to the end", f.Substr("m.x", "2", "")}, {"replace", f.Replace("m.x", "'a'", "'b'")},
		{"regex_replace", f.RegexReplace("m.x", "([a-z])", []providers.Piece{{Text: `\$`, Group: -1}, {Group: 1}, {Text: "1", Group: -1}})}, {"regex_extract", f.RegexExtract("m.x", `\A([0-9]+)`, 1)},
		{"split_part", f.SplitPart("m.x", ",", -1)}, {"lpad", f.Lpad("m.x", 5, "0")}, {"rpad", f.Rpad("m.x", 5, "'")}, {"join", f.Join("', '", []string{"a", "b"})},
		{"md5", f.MD5("m.x")}, {"sha256", f.SHA256("m.x")},
	} {
		say("function "+l.name, l.sql)
	}
	say("scan", counted(providers.Relation{SQL: "(SELECT 1 AS a, 2 AS b\n)", Columns: []providers.Column{{Name: "a"}, {Name: "b"}}}))
	l := &load{columns: []string{"`n`", "`s`", "`empty`"}, types: []string{"BIGINT", "STRING", ""}, escaped: true}
	say("load", l.query())
	insert := readJob(providers.Statement{SQL: "INSERT INTO " + d.State("runs") + " VALUES (?, ?)", Args: []any{"a", "b"}})
	say("an insert whose outcome is unknown", insert.again)

	file := filepath.Join("testdata", "statements.sql")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("%s differs from the statements; run with -update and read the difference", file)
	}
}
