package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Summary is what a plan tells of a comparison, apart from samples.
type Summary struct {
	ByAction map[string]int64 // create update adopt note kept same skip open leave clear remove left held reject
	ByReason map[string]int64

	Fields      []FieldCount         // in the mapping's order
	Transitions map[int][]Transition // by index of the field

	// OptIns counts the opt-outs that are taken back.
	OptIns int64

	// Fills counts the updates that fill a field only where it is empty.
	Fills int64

	// Shared counts the match values that were found on several records, where Salesforce does not keep them unique.
	Shared int64

	// Refused sums up the rejected rows, by falling N, then reason and check.
	Refused []Refused

	// Digest is a number over every row of the comparison, whatever their order: the same rows with the same values
	// and fates give the same number.
	Digest string
}

// FieldCount tells in how many updates a field is written, and in how many of these it has drifted; and, where that was
// asked for, how many different values it has there, before and after. Null counts as none.
type FieldCount struct {
	Field            string
	Written, Drifted int64
	Before, After    int64
}

// Refused counts the rejected rows of one reason, and of one check where a field's value is the reason.
type Refused struct {
	Reason string
	Check  int64 // see Diff.Check; 0 for none
	N      int64
	Values []ValueCount // the commonest, of fields whose values may be counted
}

// ValueCount counts the rows with a value.
type ValueCount struct {
	Value string
	N     int64
}

// Transition counts updates of a field from one value to another; nil is null.
type Transition struct {
	From, To *string
	N        int64
}

// Sample is one row of the comparison as a plan shows it. Fields stand in changes only. A rejected row has the check
// that it failed (see Diff.Check; 0 for none) with the value that is wrong, or the match value; Rows is how many rows of
// the model it stands for.
type Sample struct {
	Change
	Check int64
	Value *string
	Rows  int64
}

// Ask says what a report tells.
type Ask struct {
	Counted []int    // indices of the fields whose transitions are counted
	Varied  []int    // indices of the fields whose different values are counted
	Hidden  []bool   // by index of the field: its values are not counted where they are rejected
	Least   int64    // transitions of which there are fewer are left out
	Actions []string // of the samples, in this order
	Limit   int      // of samples of each action; 0 is all
	Rejects bool     // all rejected rows, whatever Limit says
}

// Report sums the comparison up and gives samples to yield, by action and key; the Sample and its Fields are valid until
// the next one. It is one statement: on a distributed engine a statement costs more than what it computes. It is an
// error where the model gave different rows when it was read twice.
func (d *Diff) Report(ctx context.Context, ask Ask, yield func(*Sample) error) (*Summary, error) {
	out := &Summary{ByAction: map[string]int64{}, ByReason: map[string]int64{}, Transitions: map[int][]Transition{}}
	for _, f := range d.spec.Fields {
		out.Fields = append(out.Fields, FieldCount{Field: f.Name})
	}
	rows, err := d.ws.Query(ctx, d.report(ask))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sample := &Sample{}
	fields := make([]Changed, len(d.q.Fields)+len(d.q.Aside))
	var rank, i, n, m, k int64
	var action string
	var key, reason, record, by, bad *string
	dest := []any{&rank, &action, &key, &reason, &record, &by, &bad, &i, &n, &m, &k}
	for i := range fields {
		f := &fields[i]
		f.Field = i
		dest = append(dest, &f.Before, &f.After, &f.Written, &f.Drifted)
	}
	digests := map[string]string{}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		if rank < 0 {
			switch action {
			case "rows":
				out.count(deref(key), deref(reason), n, m, k, i)
			case "opt_in":
				out.OptIns = n
			case "fills":
				out.Fills = n
			case "field":
				out.Fields[i].Written, out.Fields[i].Drifted = n, m
				if key != nil && reason != nil {
					var err error
					if out.Fields[i].Before, out.Fields[i].After, err = pair(*key, *reason); err != nil {
						return nil, err
					}
				}
			case "transition":
				out.Transitions[int(i)] = append(out.Transitions[int(i)], Transition{From: clone(key), To: clone(reason), N: n})
			case "refused":
				out.Refused = append(out.Refused, Refused{Reason: deref(reason), Check: i, N: n})
			case "refused value":
				for j := range out.Refused {
					if r := &out.Refused[j]; r.Check == i {
						r.Values = append(r.Values, ValueCount{Value: deref(key), N: n})
					}
				}
			case "shared":
				out.Shared = n
			case "digest":
				digests[deref(key)] = deref(reason)
			}
			continue
		}
		sample.Action, sample.Key, sample.Reason, sample.RecordID, sample.By = action, deref(key), deref(reason), deref(record), deref(by)
		sample.Check, sample.Value, sample.Rows = m, bad, k
		if sample.Fields = nil; changes(action) {
			sample.Fields = fields
		}
		if err := yield(sample); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Refused, func(a, b Refused) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Check, b.Check))
	})
	if n := out.ByAction["unsteady"]; n > 0 {
		return nil, unsteady(d.compared, n)
	}
	out.Digest = fmt.Sprintf("%d.%d.%d.%s.%s", d.Rows, d.NullKeys, out.ByAction["reject"], digests["change"], digests["rejected"])
	return out, nil
}

// changes tells whether rows of an action have values.
func changes(action string) bool {
	switch action {
	case "create", "update", "adopt", "note", "kept", "clear":
		return true
	}
	return false
}

// count adds rows of one action and reason; drifted and rewritten ones, and those with an opt-out that stays, count
// under these reasons too.
func (s *Summary) count(action, reason string, n, drifted, rewritten, optedOut int64) {
	if n == 0 {
		return
	}
	s.ByAction[action] += n
	if reason != "" {
		s.ByReason[reason] += n
	}
	if reason != "drifted" && drifted > 0 {
		s.ByReason["drifted"] += drifted
	}
	if reason != "rewritten_by_salesforce" && rewritten > 0 {
		s.ByReason["rewritten_by_salesforce"] += rewritten
	}
	if reason != "opted_out" && optedOut > 0 {
		s.ByReason["opted_out"] += optedOut
	}
}

// report is the statement. Its rows have a rank, an action, five texts, four numbers, and four columns a field. Samples
// have the rank of their action; before them, with rank -1, stand the rows of the summary, whose action says what they
// are.
func (d *Diff) report(ask Ask) string {
	t, null := d.q.T, "CAST(NULL AS "+d.q.Text+")"
	var values, none []string
	for _, x := range d.q.Fields {
		values = append(values, x.B, x.N, x.W, x.D)
		none = append(none, null, null, "1 = 0", "1 = 0")
	}
	for _, x := range d.q.Aside {
		values = append(values, x.B, x.N, x.W, "1 = 0")
		none = append(none, null, null, "1 = 0", "1 = 0")
	}
	names := make([]string, 0, len(values))
	for i := range len(d.q.Fields) + len(d.q.Aside) {
		names = append(names, fmt.Sprintf("%[1]s AS b%[2]d, %[1]s AS n%[2]d, 1 = 0 AS w%[2]d, 1 = 0 AS d%[2]d", null, i))
	}
	// The first part names the columns.
	parts := []string{"SELECT -1 AS rank, 'rows' AS action, action AS key, reason AS reason, " + null + " AS record_id, " + null + " AS modified_by, " + null + " AS bad, " +
		"count(CASE WHEN opted_out THEN 1 END) AS i, count(*) AS n, count(CASE WHEN drifted THEN 1 END) AS m, count(CASE WHEN rewritten THEN 1 END) AS k, " + strings.Join(names, ", ") +
		" FROM " + t["change"] + " GROUP BY action, reason"}
	sum := func(kind string, i string, key, reason, n, m, from string) {
		parts = append(parts, fmt.Sprintf("SELECT -1, '%s', %s, %s, %s, %s, %s, %s, %s, %s, 0, %s FROM %s",
			kind, key, reason, null, null, null, i, n, m, strings.Join(none, ", "), from))
	}
	if d.q.Rejects {
		sum("rows", "0", "'reject'", "reason", "CAST(sum(n) AS "+d.q.Int+")", "0", t["rejected"]+" GROUP BY reason")
	}
	if d.spec.Refresh && d.spec.Match >= 0 && !d.spec.Fields[d.spec.Match].Unique {
		sum("shared", "0", null, null, "count(*)", "0", "("+d.q.must("found")+") AS f WHERE n > 1")
	}
	d.refused(ask, sum)
	for i, x := range d.q.Fields {
		before, after := null, null
		if slices.Contains(ask.Varied, i) {
			before, after = d.varied(x.W, x.B), d.varied(x.W, x.N)
		}
		sum("field", strconv.Itoa(i), before, after, "count(CASE WHEN "+x.W+" THEN 1 END)", "count(CASE WHEN "+x.W+" AND "+x.D+" THEN 1 END)", t["change"]+" WHERE action = 'update'")
	}
	for _, i := range ask.Counted {
		x := d.q.Fields[i]
		sum("transition", strconv.Itoa(i), x.B, x.N, "count(*)", "0", fmt.Sprintf("%s WHERE action = 'update' AND %s GROUP BY %s, %s HAVING count(*) >= %d",
			t["change"], x.W, x.B, x.N, ask.Least))
	}
	change := []string{"key", "action", "reason", "record_id"}
	for _, x := range d.q.Fields {
		change = append(change, x.B, x.N, "CASE WHEN "+x.W+" THEN '1' END", x.E)
	}
	for _, x := range d.q.Aside {
		change = append(change, x.B, x.N, "CASE WHEN "+x.W+" THEN '1' END")
	}
	var back, fills []string
	for i, x := range d.q.Fields {
		p := d.spec.Fields[i].Policy
		if p.Consent && !p.OptOut {
			back = append(back, x.W+" AND "+x.B+" = 'true'")
		}
		if p.Overwrite == "if_empty" {
			fills = append(fills, x.W)
		}
	}
	if len(fills) > 0 {
		sum("fills", "0", null, null, "count(*)", "0", t["change"]+" WHERE action = 'update' AND ("+strings.Join(fills, " OR ")+")")
	}
	if len(back) > 0 {
		sum("opt_in", "0", null, null, "count(*)", "0", t["change"]+" WHERE action IN ('update', 'clear') AND ("+strings.Join(back, " OR ")+")")
	}
	if d.q.Snapshot != "" {
		// The snapshot's row of one that is rejected stays as it is.
		sum("rows", "0", "'held'", "'held'", "count(*)", "0", t["change"]+" WHERE action = 'reject' AND known")
	}
	sum("digest", "0", "'change'", d.digest(change), "0", "0", t["change"]+" WHERE action <> 'same'")
	if d.q.Rejects {
		text := func(n string) string { return d.ws.Dialect().Cast(n, providers.TypeInt) }
		sum("digest", "0", "'rejected'", d.digest([]string{"key", "reason", "match_value", "value", text("bad"), text("n")}), "0", "0", t["rejected"])
	}
	for rank, action := range ask.Actions {
		limit := ask.Limit
		if ask.Rejects && action == "reject" {
			limit = 0
		}
		parts = append(parts, "("+d.samples(rank, action, limit, values, none)+")")
	}
	return "SELECT * FROM (" + strings.Join(parts, "\nUNION ALL ") + ") AS s\nORDER BY rank, CASE WHEN rank < 0 THEN action END, i, n DESC, key, reason, bad"
}

// commonest is how many of a field's rejected values are told.
const commonest = 5

// refused sums up the rejected rows, and the commonest values among them of fields whose values may be told.
func (d *Diff) refused(ask Ask, sum func(kind string, i string, key, reason, n, m, from string)) {
	rows := "(" + d.q.must("refused") + ") AS r"
	sum("refused", "COALESCE(bad, 0)", "CAST(NULL AS "+d.q.Text+")", "reason", "CAST(sum(n) AS "+d.q.Int+")", "0", rows+" GROUP BY reason, COALESCE(bad, 0)")
	var shown []string
	for i, c := range d.q.Checks {
		if c.value != "null" && (c.Field >= len(ask.Hidden) || !ask.Hidden[c.Field]) {
			shown = append(shown, strconv.Itoa(i+1))
		}
	}
	if len(shown) > 0 {
		sum("refused value", "bad", "value", "CAST(NULL AS "+d.q.Text+")", "n", "0", "(SELECT bad, value, count(*) AS n, row_number() OVER (PARTITION BY bad ORDER BY count(*) DESC, value) AS place FROM "+
			rows+" WHERE bad IN ("+strings.Join(shown, ", ")+") AND value IS NOT NULL GROUP BY bad, value) AS v WHERE place <= "+strconv.Itoa(commonest))
	}
}

// samples is the part of one action.
func (d *Diff) samples(rank int, action string, limit int, values, none []string) string {
	null, name := "CAST(NULL AS "+d.q.Text+")", d.ws.Dialect().Literal(action)
	head := fmt.Sprintf("SELECT %d, %s, key, reason, ", rank, name)
	query := head + "record_id, modified_by, " + null + " AS bad, 0, 0, 0, 0, " + strings.Join(values, ", ") + " FROM " + d.q.T["change"] + " WHERE action = " + name
	if !changes(action) {
		query = head + null + ", " + null + ", " + null + " AS bad, 0, 0, 0, 0, " + strings.Join(none, ", ") + " FROM " + d.q.T["change"] + " WHERE action = " + name
	}
	if action == "reject" {
		query = head + null + ", " + null + ", value AS bad, 0, 0, COALESCE(bad, 0), n, " + strings.Join(none, ", ") + " FROM (" + d.q.must("refused") + ") AS o"
	}
	query += " ORDER BY key, reason, bad"
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	return query
}

// digest sums the fingerprints of rows. A sum, not an exclusive or: in that, two equal rows would be none.
func (d *Diff) digest(columns []string) string {
	return fmt.Sprintf("CAST(sum(CAST(%s AS DECIMAL(38,0))) AS %s)", d.ws.Dialect().Fingerprint(columns), d.q.Text)
}

// varied counts the different values of an expression where a condition holds, as text.
func (d *Diff) varied(where, value string) string {
	return d.ws.Dialect().Cast("count(DISTINCT CASE WHEN "+where+" THEN "+value+" END)", providers.TypeInt)
}

// pair reads two numbers.
func pair(a, b string) (x, y int64, err error) {
	if x, err = strconv.ParseInt(a, 10, 64); err == nil {
		y, err = strconv.ParseInt(b, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("counting values: %w", err)
	}
	return x, y, nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func clone(s *string) *string {
	if s == nil {
		return nil
	}
	v := *s
	return &v
}
