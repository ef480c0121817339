package duckdb_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/signalsmith/signalsmith/providers"
)

var update = flag.Bool("update", false, "write the golden files")

func TestDialectGolden(t *testing.T) {
	d := open(t).Dialect()
	var b strings.Builder
	line := func(name, sql string) { fmt.Fprintf(&b, "-- %s\n%s\n\n", name, sql) }
	line("stamp", d.Name()+": "+d.Stamp())
	line("ident", d.Ident(`a "b"`))
	line("literal", d.Literal("it's \\ ok"))
	line("state, temp", d.State("records_1")+", "+d.Temp("change 1"))
	types := []providers.Type{providers.TypeText, providers.TypeBool, providers.TypeInt, providers.TypeDecimal, providers.TypeFloat, providers.TypeDate,
		providers.TypeTimestamp, providers.TypeInstant, providers.TypeTime, providers.TypeOther}
	for _, typ := range types {
		line("type "+string(typ), d.Type(typ))
		line("cast "+string(typ), d.Cast("m.x", typ))
	}
	for _, c := range []providers.Canon{{Kind: providers.CanonText}, {Kind: providers.CanonNumber, Scale: 2}, {Kind: providers.CanonNumber, Scale: 18},
		{Kind: providers.CanonBool}, {Kind: providers.CanonDate}, {Kind: providers.CanonDateTime}, {Kind: providers.CanonTime}, {Kind: providers.CanonSet},
		{Kind: providers.CanonID}} {
		for _, typ := range types {
			if sql, ok := d.Canonical("m.x", typ, c, "Europe/Berlin"); ok {
				line(fmt.Sprintf("%s %d from %s", c.Kind, c.Scale, typ), sql)
			}
		}
	}
	sql, _ := d.Canonical("lower(m.x)", providers.TypeText, providers.Canon{Kind: providers.CanonText}, "UTC")
	line("text from an expression", sql)
	line("concat", d.Concat([]string{"a", "b"}))
	line("fingerprint", d.Fingerprint([]string{"a", "b"}))
	line("create temp", d.CreateTemp("change 1", "SELECT 1"))
	line("replace", strings.Join(d.Replace("records_1", "change 1", []string{"a", "b"}, []string{"a", "b", "c"}), ";\n"))

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
		line("function "+l.name, l.sql)
	}
	path := filepath.Join("testdata", "dialect.golden.sql")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the dialect's SQL has changed (-update writes it): %s", cmp.Diff(string(want), b.String()))
	}
}

// TestFunctionsAreKnown holds the list of functions against the engine: a new version's functions are looked at one
// by one before models may call them.
func TestFunctionsAreKnown(t *testing.T) {
	ws := open(t)
	raw, err := os.ReadFile("functions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, " ") {
			listed = append(listed, strings.Fields(line)...)
		}
	}
	rows, err := ws.Query(t.Context(), "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro') ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	refused := map[string]bool{}
	for _, name := range strings.Fields(refusedFunctions) {
		refused[name] = true
	}
	var has []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		has = append(has, name)
		prefixed := slices.ContainsFunc([]string{"__internal_", "pg_", "has_", "inet_", "icu_collate_", "st_", "variant_"}, func(p string) bool { return strings.HasPrefix(name, p) })
		if slices.Contains(listed, name) == (prefixed || refused[name]) {
			t.Errorf("%s: it must be either listed or refused", name)
		}
	}
	for _, name := range listed {
		if !slices.Contains(has, name) && name != "unnest" {
			t.Errorf("%s: the engine has no such function", name)
		}
	}
}

// What no model may call: it tells about the session, the catalog or the machine, changes it, waits, or exists for the
// engine's own plans.
const refusedFunctions = `
can_cast_implicitly cast_to_type col_description combine constant_or_null current_catalog current_connection_id current_database current_query
current_query_id current_role current_schema current_schemas current_setting current_transaction_id current_user currval finalize format_pg_type
format_type get_block_size get_type getvariable in_search_path is_histogram_other_bin json_deserialize_sql json_serialize_plan json_serialize_sql
make_type map_to_pg_oid nextval obj_description parse_duckdb_log_message remap_struct replace_type session_user setseed shobj_description sleep_ms
stats timetz_byte_comparable txid_current unpivot_list user vector_type write_log`
