package providertest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/signalsmith/signalsmith/providers"
)

// Dialect holds an engine's SQL for values against the independent evaluation in this package: for columns of every
// type, with values that people and machines write, every canonical form has the same bytes. open is called once.
func Dialect(t *testing.T, open func(t *testing.T) providers.Workspace) {
	s := &dialectSuite{ws: open(t)}
	s.d = s.ws.Dialect()
	for _, from := range types {
		t.Run("canonical from "+string(from), func(t *testing.T) { s.canonical(t, from) })
	}
	t.Run("what cannot be written as one value has no canonical form", s.refusals)
	t.Run("names and texts are quoted", s.quoting)
	t.Run("a null part makes a null text", s.concat)
	t.Run("fingerprints differ where texts differ", s.fingerprint)
	t.Run("texts fit patterns, and sets fit into others, alike", s.checks)
	t.Run("fingerprints count nulls by their place", s.nulls)
	t.Run("the same arguments give the same SQL", s.pure)
}

type dialectSuite struct {
	ws providers.Workspace
	d  providers.Dialect
}

// types are those that can become a field.
var types = [...]providers.Type{providers.TypeText, providers.TypeBool, providers.TypeInt, providers.TypeDecimal, providers.TypeFloat,
	providers.TypeDate, providers.TypeTimestamp, providers.TypeInstant, providers.TypeTime}

// canons are forms of every kind; numbers at scales that Salesforce has.
var canons = [...]providers.Canon{{Kind: providers.CanonText}, {Kind: providers.CanonNumber}, {Kind: providers.CanonNumber, Scale: 2},
	{Kind: providers.CanonNumber, Scale: 18}, {Kind: providers.CanonBool}, {Kind: providers.CanonDate}, {Kind: providers.CanonDateTime},
	{Kind: providers.CanonTime}, {Kind: providers.CanonSet}, {Kind: providers.CanonID}}

// zones are those of the sessions' models: without and with changes of the clock, by half an hour, and by a day.
var zones = [...]string{"UTC", "", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"}

// canonical compares a batch of values of one type in all kinds, in one query.
func (s *dialectSuite) canonical(t *testing.T, from providers.Type) {
	expr := "CAST(v AS " + s.d.Type(from) + ")"
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(valueOf(from), 1, 60).Draw(rt, "values")
		zone := rapid.SampledFrom(zones[:]).Draw(rt, "zone")
		columns := []string{s.d.Cast(expr, from)}
		for _, c := range canons {
			sql, ok := s.d.Canonical(expr, from, c, zone)
			if want := becomes(from, c.Kind); ok != want {
				rt.Fatalf("%s from %s: ok is %v; want %v", c.Kind, from, ok, want)
			}
			if ok {
				columns = append(columns, sql)
			}
		}
		got := s.batch(rt, "SELECT "+strings.Join(columns, ", "), values)
		for i, v := range values {
			want := []any{orNull(castText(from, v))}
			for _, c := range canons {
				if becomes(from, c.Kind) {
					want = append(want, orNull(canonicalText(from, v, c, zone)))
				}
			}
			if !cmp.Equal(got[i], want) {
				rt.Fatalf("%s %q in zone %q:\n%s", from, v, zone, cmp.Diff(want, got[i]))
			}
		}
	})
}

// batch loads texts as column v and gives the rows of a query over them, in their order.
func (s *dialectSuite) batch(t *rapid.T, query string, values []string) [][]any {
	table := s.d.Temp("batch")
	columns := []providers.Column{{Name: "i", Type: providers.TypeInt}, {Name: "v", Type: providers.TypeText}}
	_, err := s.ws.Fill(t.Context(), table, columns, func(yield func([]any, error) bool) {
		for i, v := range values {
			if !yield([]any{int64(i), v}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.ws.Query(t.Context(), query+" FROM "+table+" ORDER BY i")
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var all [][]any
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	if len(all) != len(values) {
		t.Fatalf("%d rows of %d", len(all), len(values))
	}
	return all
}

func orNull(s string, ok bool) any {
	if !ok {
		return nil
	}
	return s
}

func (s *dialectSuite) refusals(t *testing.T) {
	for _, c := range canons {
		if _, ok := s.d.Canonical("x", providers.TypeOther, c, "UTC"); ok {
			t.Errorf("%s from a type that is no field's", c.Kind)
		}
		// A null stays null, whatever its type.
		for _, from := range types {
			sql, ok := s.d.Canonical("CAST(NULL AS "+s.d.Type(from)+")", from, c, "Europe/Berlin")
			if !ok {
				continue
			}
			if got := rowsOf(t, s.ws, "SELECT "+sql); got[0][0] != nil {
				t.Errorf("%s from a null %s is %v", c.Kind, from, got[0][0])
			}
		}
	}
}

func (s *dialectSuite) quoting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("'\"`\\\n\x00;-/*$ä")), rapid.Rune())).Draw(rt, "text")
		rows, err := s.ws.Query(rt.Context(), "SELECT "+s.d.Literal(text))
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		var got string
		if !rows.Next() || rows.Scan(&got) != nil || got != text {
			rt.Fatalf("the text %q came back as %q (%v)", text, got, rows.Err())
		}
	})
	for i, name := range []string{"select", "Ä b", `x"y`, "a`b", "a.b", "1", "it's; --", "UPPER", `\`} {
		must(t, s.ws, s.d.CreateTemp("named "+strconv.Itoa(i), "SELECT 7 AS "+s.d.Ident(name)))
		got := rowsOf(t, s.ws, "SELECT t."+s.d.Ident(name)+" FROM "+s.d.Temp("named "+strconv.Itoa(i))+" AS t")
		if !cmp.Equal(got, [][]any{{int64(7)}}) {
			t.Errorf("column %s: %v", name, got)
		}
	}
}

func (s *dialectSuite) concat(t *testing.T) {
	null := "CAST(NULL AS " + s.d.Type(providers.TypeText) + ")"
	for _, c := range []struct {
		parts []string
		want  any
	}{
		{[]string{"'a'", "'b'", "''"}, "ab"}, {[]string{"'a'"}, "a"}, {[]string{"'a'", null}, nil}, {[]string{null}, nil}, {nil, ""},
	} {
		if got := rowsOf(t, s.ws, "SELECT "+s.d.Concat(c.parts)); got[0][0] != c.want {
			t.Errorf("concat of %v is %v; want %v", c.parts, got[0][0], c.want)
		}
	}
}

// nulls compares every way to put null, an empty text and a text into three columns.
func (s *dialectSuite) nulls(t *testing.T) {
	parts := []string{"CAST(NULL AS " + s.d.Type(providers.TypeText) + ")", "''", "'a'"}
	var query []string
	for i := range 27 {
		query = append(query, "SELECT "+s.d.Fingerprint([]string{parts[i/9], parts[i/3%3], parts[i%3]})+" AS fp")
	}
	got := rowsOf(t, s.ws, "SELECT count(*), count(fp), count(DISTINCT fp) FROM ("+strings.Join(query, " UNION ALL ")+") AS t")
	if want := [][]any{{int64(27), int64(27), int64(27)}}; !cmp.Equal(got, want) {
		t.Errorf("rows, fingerprints, different ones: %v; want %v", got, want)
	}
}

func (s *dialectSuite) fingerprint(t *testing.T) {
	null := "CAST(NULL AS " + s.d.Type(providers.TypeText) + ")"
	part := rapid.OneOf(rapid.Just(null), rapid.Map(rapid.StringMatching(`[ab]{0,2}`), s.d.Literal))
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(rt, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(part, n, n), 2, 30).Draw(rt, "rows")
		var query []string
		for i, r := range rows {
			query = append(query, fmt.Sprintf("SELECT %d AS i, CAST(%s AS %s) AS fp", i, s.d.Fingerprint(r), s.d.Type(providers.TypeInt)))
		}
		found, err := s.ws.Query(rt.Context(), "SELECT fp FROM ("+strings.Join(query, " UNION ALL ")+") AS t ORDER BY i")
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = found.Close() }()
		texts := map[int64]string{}
		for i := 0; found.Next(); i++ {
			var fp int64
			if err := found.Scan(&fp); err != nil {
				rt.Fatal(err)
			}
			text := strings.Join(rows[i], ",")
			if other, ok := texts[fp]; ok && other != text {
				rt.Fatalf("%s and %s have the fingerprint %d", other, text, fp)
			}
			texts[fp] = text
		}
		distinct := map[string]bool{}
		for _, r := range rows {
			distinct[strings.Join(r, ",")] = true
		}
		if len(texts) != len(distinct) {
			rt.Fatalf("%d fingerprints of %d different rows", len(texts), len(distinct))
		}
	})
}

func (s *dialectSuite) pure(t *testing.T) {
	d := s.d
	if s.ws.Dialect().Stamp() != d.Stamp() || d.Stamp() == "" || d.Name() == "" {
		t.Errorf("stamp %q, name %q", d.Stamp(), d.Name())
	}
	for _, from := range types {
		for _, c := range canons {
			a, _ := d.Canonical("x", from, c, "Europe/Berlin")
			b, _ := d.Canonical("x", from, c, "Europe/Berlin")
			if a != b {
				t.Errorf("%s from %s: two texts", c.Kind, from)
			}
		}
	}
	first := d.Fingerprint([]string{"a", "b"})
	if second := d.Fingerprint([]string{"a", "b"}); first != second {
		t.Error("fingerprint: two texts")
	}
}
