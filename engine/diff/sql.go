package diff

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/signalsmith/signalsmith/providers"
)

//go:embed diff.sql
var text string

// field holds the quoted names and the expressions of one field in the template.
type field struct {
	Expr                   string // canonical text over the model
	P, There               string
	Q, Fails               string
	V, E                   string // value, echo
	N, B, W, D, S, K, R, X string
	L, O                   string
	Tag                    string // the field's name as it stands in wrote
	Writes                 string // when it is written
	Reported, Kept, Echo   string // see Policy
	Going                  string // what the record of a left row gets
	Newer                  string // the model's value is another one, which may not be written
	Is                     string // how the model's value is told to be the snapshot's
	Unsure                 bool   // a null of the snapshot may be one that was no opinion
	SnapV, SnapE, Nullable string
	ReadOnly               bool
	Missing, Uncovered     bool // of a field of an intent: Describe does not show it; the snapshot did not cover it
}

// parent is a field that names a parent.
type parent struct {
	V, N    string
	I       int // its number among the parents
	Unknown int // the check that fails where there is none; the next one, where there are several
	Folds   bool
	Named   bool // it is asked whether there is one
	Planned []string
}

// Fold makes values of one parent equal.
func (p parent) Fold(e string) string {
	if p.Folds {
		return "lower(" + e + ")"
	}
	return e
}

// data is what the template is filled in with.
type data struct {
	Key, Relation      string
	Newest             string // a query of when the newest row was loaded; "" where it is not asked for
	Only               string // the one key whose row is asked for, as a literal; "" for all that differ
	Checks             []Check
	Bad, Lacks, Unread string // over desired's fields: the check that a row fails, that a new one fails, and what cannot be read
	Lacking            string // Lacks over change's fields
	Value, Reason      string // of a row that fails check bad
	Required, Orphans  bool
	Parents            []parent
	Inactive           map[int]bool // by index of the parent: rows name users who are not active
	Fields             []field
	Match              field
	MatchV             string
	Raw                string // over what the mapping reads
	FP, SnapFP         string // over v_ and the snapshot's v_ columns
	SnapRaw            string
	ByKey              bool // fingerprints tell nothing of which rows belong together
	Snapshot           string
	Text, Int, Bool    string
	Instant, Self      string
	T                  map[string]string
	Aside              []field // set in the records of left rows, and not mapped
	Unmatched          bool    // there is no match field: new rows are created, whatever there is
	Doubt              string  // keys of rows that may have been created
	Refresh, Creates   bool
	Inserts, Recreates bool
	Known, Renames     bool // the snapshot's rows are compared with; match values may have changed
	Leaves, Deletes    bool
	DeletesAdopted     bool
	Rejects, NullKeys  bool
	Crossed            bool // rows left, and others have new match values
	Measured, Stepwise bool
	DoubleKeys         bool
	DoubleMatches      bool
	Exact, ByID        bool
	Wrote              string // over change: the fields that a row writes, each between bars
	Generation         int64
	Run, Intent        string
	folds              bool
	template           *template.Template
	dialect            providers.Dialect
}

// tables are the temporary tables of a comparison.
var tables = [...]string{"delta", "desired", "parents", "orphans", "double_keys", "double_matches", "rejected", "live", "again", "class", "change", "outcome", "commit"}

// fill prepares the template's data for a dialect.
func (s *Spec) fill(d providers.Dialect) (*data, error) {
	q := &data{
		Relation: s.Relation.SQL,
		Snapshot: s.Snapshot.Table,
		Text:     d.Type(providers.TypeText),
		Int:      d.Type(providers.TypeInt),
		Bool:     d.Type(providers.TypeBool),
		Instant:  d.Type(providers.TypeInstant),
		T:        map[string]string{},
		Inactive: map[int]bool{},
		Refresh:  s.Refresh,
		Creates:  s.Creates,
		Inserts:  s.Inserts,
		Leaves:   s.Leave.active(),
		Deletes:  s.Leave.Action == "delete",
		Stepwise: d.Stepwise(),
		Self:     d.Literal(s.Self),
		dialect:  d,
	}
	for _, t := range tables {
		q.T[t] = d.Temp(t + "_" + strconv.Itoa(s.N))
	}
	q.Key, q.Newest = s.key(d), s.newest(d)
	q.DeletesAdopted = s.Leave.Adopted
	var match Field
	if q.Unmatched = s.Match < 0; !q.Unmatched {
		match = s.Fields[s.Match]
		q.folds = match.Type != "id" && !match.CaseSensitive
		q.Exact = q.folds && !match.FoldsCase()
	}
	q.Doubt = strings.Join(s.Doubt, " UNION ALL ")

	q.ByID = match.Type == "id"
	q.Known = q.Refresh || q.ByID || q.Leaves
	q.Renames = q.Refresh && !q.ByID && !q.Inserts && q.Snapshot != ""
	q.Recreates = q.Refresh && s.Recreates && s.Creates && !q.Inserts
	var fp, snapFP []string
	for _, f := range s.Fields {
		x := s.field(d, f)
		s.policies(d, f, &x, q)
		q.Fields = append(q.Fields, x)
		fp, snapFP = append(fp, x.V), append(snapFP, x.SnapV)
	}
	for _, f := range s.Aside {
		x := names(d, f.Name)
		x.Going, x.Writes = s.Leave.leaving(d, f.Name, x, q.Text)
		if x.Going == "" { // only read
			x.Going, x.Writes = "CAST(NULL AS "+q.Text+")", "1 = 0"
		}
		x.Writes = "(class = 'clear' AND " + x.Writes + ")"
		q.Aside = append(q.Aside, x)
	}
	wrote := make([]string, len(q.Fields))
	for i, x := range q.Fields {
		wrote[i] = "CASE WHEN c." + x.W + " THEN " + x.Tag + " ELSE '' END"
	}
	q.Wrote = d.Concat(wrote)
	q.Match = field{SnapV: "CAST(NULL AS " + q.Text + ")", W: "1 = 0", S: "1 = 0"}
	q.MatchV = q.Match.SnapV
	if !q.Unmatched {
		q.Match = q.Fields[s.Match]
		q.MatchV = q.Match.V
	}
	q.FP, q.Raw = d.Fingerprint(fp), s.raw(d, q.Fields)
	q.SnapFP, q.SnapRaw = ColFP, ColRaw
	if !s.Snapshot.Current {
		q.SnapFP, q.SnapRaw = d.Fingerprint(snapFP), "CAST(NULL AS "+q.Int+")"
		q.ByKey = true
	}
	for i, p := range s.Parents {
		q.Parents = append(q.Parents, parent{V: q.Fields[p.Field].V, N: q.Fields[p.Field].N, I: i, Folds: p.folds(), Named: p.named(), Planned: p.Planned})
	}
	values := s.checks(d, q.Fields)
	if q.Refresh && q.Snapshot != "" && !q.Inserts {
		s.again(d, q.Fields, values)
	}
	q.judge(values, s.required(q.Fields), s.orphans(q.Fields), s.written(d, q.Fields))

	t, err := template.New("diff").Funcs(q.funcs()).Parse(text)
	q.template = t
	return q, err
}

// names gives the quoted names of a field's columns.
func names(d providers.Dialect, name string) field {
	id := func(prefix string) string { return d.Ident(prefix + "_" + name) }
	return field{
		V: d.Ident(ValueColumn(name)), E: d.Ident(EchoColumn(name)),
		N: id("n"), B: id("b"), W: id("w"), D: id("d"), S: id("s"), K: id("k"), R: id("r"), X: id("x"), P: id("p"), Q: id("q"), L: id("l"), O: id("o"),
		Tag: d.Literal("|" + name + "|"),
	}
}

// field gives names and expressions of one field. There is the text of the model's value where it might not become the
// field's type, null where there is no value, and there is a condition that holds where a conversion or a computation in
// its expression has no result; "" where every value can and has one.
func (s *Spec) field(d providers.Dialect, f Field) (x field) {
	x = names(d, f.Name)
	x.ReadOnly = f.ReadOnly
	null := "CAST(NULL AS " + d.Type(providers.TypeText) + ")"
	x.SnapV, x.SnapE = null, null
	if s.Snapshot.Fields[strings.ToLower(f.Name)] {
		x.SnapV, x.SnapE = x.V, x.E
	}
	v := s.expr(d, f)
	expr, t := v.SQL, v.Type
	x.Fails = v.Bad
	c, _ := f.Canon()
	x.Expr, _ = d.Canonical(expr, t, c, s.Zone)
	if c.Kind == providers.CanonText || c.Kind == providers.CanonSet {
		return x
	}
	if t == providers.TypeText {
		x.There, _ = d.Canonical(expr, t, providers.Canon{Kind: providers.CanonText}, s.Zone)
		return x
	}
	x.There = "CASE WHEN (" + expr + ") IS NOT NULL THEN COALESCE(" + d.Cast(expr, t) + ", '?') END"
	return x
}

// key is the text that identifies a row: the one key column as text, or several joined by | with \ before | and \.
func (s *Spec) key(d providers.Dialect) string {
	parts := make([]string, 0, 2*len(s.Keys))
	for i, c := range s.Keys {
		e := d.Cast("m."+d.Ident(c.Name), c.Type)
		if len(s.Keys) == 1 {
			return e
		}
		if i > 0 {
			parts = append(parts, d.Literal("|"))
		}
		e = "replace(replace(" + e + ", " + d.Literal(`\`) + ", " + d.Literal(`\\`) + "), " + d.Literal("|") + ", " + d.Literal(`\|`) + ")"
		parts = append(parts, e)
	}
	return d.Concat(parts)
}

func (q *data) funcs() template.FuncMap {
	each := func(f func(field) string) string {
		parts := make([]string, len(q.Fields))
		for i, x := range q.Fields {
			parts[i] = f(x)
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	}
	name := func(x field, which string) string {
		switch which {
		case "W":
			return x.W
		case "S":
			return x.S
		default:
			return x.R
		}
	}
	return template.FuncMap{
		"fold": func(e string) string {
			if q.folds {
				return "lower(" + e + ")"
			}
			return e
		},
		"measured": func(table string) string {
			columns, _ := (&measures{}).names()
			var parts []string
			for i, c := range columns {
				if i > 0 {
					parts = append(parts, q.dialect.Literal(","))
				}
				parts = append(parts, q.dialect.Cast(table+"."+c, providers.TypeInt))
			}
			if q.Newest != "" {
				parts = append(parts, q.dialect.Literal(","), "COALESCE("+table+".newest, '')")
			}
			return q.dialect.Concat(parts)
		},
		"late":       q.late,
		"lateReason": q.lateReason,
		"lateValue":  q.lateValue,
		"any":        func(a string) string { return each(func(x field) string { return name(x, a) }) },
		"anyAnd": func(a, b string) string {
			return each(func(x field) string { return name(x, a) + " AND " + name(x, b) })
		},
		"anyAndNot": func(a, b string) string {
			return each(func(x field) string { return name(x, a) + " AND NOT " + name(x, b) })
		},
		"anySnap": func(string) string { return each(func(x field) string { return x.SnapE + " IS NOT NULL" }) },
		"anyWritten": func() string {
			parts := []string{}
			for _, x := range append(slices.Clone(q.Fields), q.Aside...) {
				parts = append(parts, x.W)
			}
			return "(" + strings.Join(parts, " OR ") + ")"
		},
		"anyReported": func() (out string) {
			for _, x := range q.Fields {
				if x.Reported != "" {
					out += " OR " + x.L
				}
			}
			return out
		},
		"anyNewer": func() string { // what was written last is then no longer what the snapshot holds
			var out []string
			for _, x := range q.Fields {
				if x.Newer != "" {
					out = append(out, x.Newer)
				}
			}
			return strings.Join(out, " OR ")
		},
		"anyKept": func() string {
			out := "1 = 0"
			for _, x := range q.Fields {
				if x.Kept != "" {
					out += " OR " + x.O
				}
			}
			return "(" + out + ")"
		},
		"anyEcho": func() string { return each(func(x field) string { return x.E + " IS DISTINCT FROM " + x.X }) },
		"anyNew": func() string {
			return each(func(x field) string {
				return x.N + " IS NOT NULL AND NOT " + x.S + " AND " + x.N + " IS NOT DISTINCT FROM " + x.B
			})
		},
	}
}

// sql fills in one step.
func (q *data) sql(step string) (string, error) {
	var b strings.Builder
	err := q.template.ExecuteTemplate(&b, step, q)
	return b.String(), err
}

// must fills in a step of which Run has filled in others: the template holds no calls that can fail.
func (q *data) must(step string) string {
	s, err := q.sql(step)
	if err != nil {
		panic(err)
	}
	return s
}
