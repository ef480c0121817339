package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
)

// Check is one thing that can be wrong with a field's value. Rows that fail one are rejected: Salesforce would refuse
// them.
type Check struct {
	Reason string
	Field  int    // index into Spec.Fields
	Cause  string // short, without the value
	Code   string // Salesforce's own, which a write would end with; "" where there is nothing to send

	// Written tells that the check is asked only of rows that create a record or change the field: Salesforce looks at what
	// is written, and what it says depends on the record.
	Written bool

	fails string // condition over desired's fields; "" of one that is found out later
	value string // what is wrong, as text
	late  string // condition over the step compared, "" where it is not asked then; a Written one is asked only then
	owner int    // one more than the index of the parent that has to be active, 0 for none
}

// Parent is a field of the mapping that names a parent by one of its external ids.
type Parent struct {
	Field  int // index into Spec.Fields
	Object *providers.Object
	By     providers.Field // of Object

	// Owner tells that the parent is an owner, who has to be active. Where By is the field Id, that there is no such user is
	// not told: the owner may be a queue.
	Owner bool

	// Planned are queries of one column, value: what records have that other items of the same plan write before.
	Planned []string
}

// named tells whether it is asked whether the parent is there.
func (p *Parent) named() bool { return p.By.Type != "id" }

// folds tells whether Salesforce finds parents by the field whatever the case of their values: a custom external id
// that is not unique is compared exactly.
func (p *Parent) folds() bool {
	if p.By.Type == "id" {
		return false
	}
	custom := strings.HasSuffix(strings.ToLower(p.By.Name), "__c")
	return !p.By.CaseSensitive && (p.By.Unique || !custom)
}

// Codes gives Salesforce's code for the reasons that are not about one field's value, "" for reasons that Salesforce
// never sees.
func Codes(reason string) string {
	switch reason {
	case "match_duplicate":
		return "DUPLICATE_VALUE"
	case "match_ambiguous":
		return "DUPLICATE_EXTERNAL_ID"
	}
	return ""
}

// emailPattern is what an address looks like at least: Salesforce's own rules are not public. What fits may still be
// refused; what does not, is.
const emailPattern = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])"

// badPicklist is Salesforce's code for a value that a restricted picklist does not take.
const badPicklist = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"

// maxItems is how many values one record can have in a multi-select picklist.
const maxItems = 100

// checks lists what can be wrong with the values of fields, field by field: the first that fails is a row's reason.
func (s *Spec) checks(d providers.Dialect, fields []field) []Check {
	var out []Check
	for i, f := range s.Fields {
		x := fields[i]
		add := func(reason, cause, code, fails string) {
			out = append(out, Check{Reason: reason, Field: i, Cause: cause, Code: code, fails: fails, value: x.V})
		}
		if f.Policy.OnNull == "reject" {
			add("required_null", "no value, and on_null is \"reject\"", "", x.V+" IS NULL")
			out[len(out)-1].value = "null"
		}
		if x.Fails != "" {
			add("bad_value", "no result: a conversion failed, a number is too large, or something is divided by zero", "", x.Q)
			out[len(out)-1].value = "null"
		}
		if x.There != "" {
			add("bad_value", "not a valid "+f.Type, "JSON_PARSER_ERROR", x.P+" IS NOT NULL AND "+x.V+" IS NULL")
			out[len(out)-1].value = "unread"
		}
		if !strings.Contains(f.Name, ".") && f.Type != "id" {
			f.values(d, x.V, add)
		}
	}
	return out
}

// again asks the checks of values once more of rows that the model did not change and that are written because somebody
// changed the record: the org may have other rules by now. Salesforce looks at what is written.
func (s *Spec) again(d providers.Dialect, fields []field, checks []Check) {
	changed := slices.Clone(fields)
	for i, x := range fields {
		changed[i].V = "c." + x.N
	}
	for i, c := range s.checks(d, changed) {
		if c.value != "null" && c.value != "unread" {
			checks[i].late = "NOT c.fresh AND c." + fields[c.Field].W + " AND (" + c.fails + ")"
		}
	}
}

// values are the checks of a value that has the field's type.
func (f *Field) values(d providers.Dialect, v string, add func(reason, cause, code, fails string)) {
	c, _ := f.Canon()
	switch c.Kind {
	case providers.CanonText:
		if f.Type == "email" {
			add("bad_value", "not an e-mail address", "INVALID_EMAIL_ADDRESS", "NOT "+d.Matches(v, emailPattern))
		}
		if values := f.active(); f.Type == "picklist" && f.RestrictedPicklist && len(values) > 0 {
			f.labels(d, v, add)
			add("bad_picklist", "not a value of the picklist", badPicklist, v+" NOT IN ("+strings.Join(quoted(d, values), ", ")+")")
			return
		}
		if f.Length > 0 {
			// Few texts are half as long as they may be; only these are counted.
			add("too_long", fmt.Sprintf("longer than %d characters", f.Length), "STRING_TOO_LONG",
				fmt.Sprintf("length(%s) > %d AND %s > %d", v, f.Length/2, d.Functions().Length(v), f.Length))
		}
	case providers.CanonSet:
		if values := f.active(); f.RestrictedPicklist && len(values) > 0 {
			f.labels(d, v, add)
			add("bad_picklist", "not all values of the picklist", badPicklist, "NOT ("+d.Within(v, values)+")")
		}
		add("bad_value", fmt.Sprintf("more than %d values", maxItems), "TOO_MANY_ENUM_VALUE",
			fmt.Sprintf("length(%[1]s) - length(replace(%[1]s, ';', '')) >= %[2]d", v, maxItems))
	case providers.CanonNumber:
		if whole := f.whole(); whole > 0 {
			tail := 0
			if c.Scale > 0 {
				tail = c.Scale + 1
			}
			add("bad_value", fmt.Sprintf("out of range: more than %s before the point", digits(whole)), "NUMBER_OUTSIDE_VALID_RANGE",
				fmt.Sprintf("length(replace(%s, '-', '')) > %d", v, whole+tail))
		}
	case providers.CanonDate, providers.CanonDateTime:
		add("bad_value", "out of range: not from 1700 to 4000", "INVALID_TYPE_ON_FIELD_IN_RECORD", v+" < '1700' OR "+v+" >= '4001'")
	}
}

// labels is the check of values that are labels of the picklist: what people see is not always what the API takes.
func (f *Field) labels(d providers.Dialect, v string, add func(reason, cause, code, fails string)) {
	labels, value := labelsOf(&f.Field)
	if len(labels) == 0 {
		return
	}
	var pairs []string
	for _, l := range labels {
		pairs = append(pairs, fmt.Sprintf("%q is %q", l, value[l]))
	}
	fails := v + " IN (" + strings.Join(quoted(d, labels), ", ") + ")"
	if f.Type == "multipicklist" {
		active := f.active()
		fails = "NOT (" + d.Within(v, active) + ") AND " + d.Within(v, append(active, labels...))
	}
	add("bad_picklist", "a label where the API value belongs: "+some(pairs), badPicklist, fails)
}

func digits(n int) string {
	if n == 1 {
		return "1 digit"
	}
	return strconv.Itoa(n) + " digits"
}

// whole is how many digits a number may have before the point, 0 where Describe does not say.
func (f *Field) whole() int {
	if f.Type == "int" || f.Type == "long" {
		return f.Digits
	}
	return f.Precision - f.Scale
}

// active are the values that a picklist takes.
func (f *Field) active() []string {
	var out []string
	for _, v := range f.Picklist {
		if v.Active {
			out = append(out, v.Value)
		}
	}
	return out
}

func quoted(d providers.Dialect, values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = d.Literal(v)
	}
	return out
}

// required are the checks of values without which Salesforce creates no record. They are asked once it is known which
// rows are created.
func (s *Spec) required(fields []field) []Check {
	var out []Check
	for i, f := range s.Fields {
		if i != s.Match && f.Required() && s.Creates {
			out = append(out, Check{
				Reason: "required_null", Field: i, Cause: "no value, and Salesforce creates no record without one", Code: "REQUIRED_FIELD_MISSING",
				fails: fields[i].V + " IS NULL", value: "null",
			})
		}
	}
	return out
}

// orphans are the checks of parents, two of each: there is none, or there are several.
func (s *Spec) orphans(fields []field) []Check {
	var out []Check
	for _, p := range s.Parents {
		if !p.named() {
			continue
		}
		x := fields[p.Field]
		for _, cause := range []string{"no " + p.Object.Name + " has this " + p.By.Name, "several records of " + p.Object.Name + " have this " + p.By.Name} {
			out = append(out, Check{Reason: "unknown_parent", Field: p.Field, Cause: cause, Code: "INVALID_FIELD", value: x.V})
		}
	}
	return out
}

// cases is a CASE over the numbers of checks, which begin at 1, null where there are none; use gives what stands
// behind each, "" to leave it out.
func (q *data) cases(head string, typ string, use func(n int, c *Check) (when, then string)) string {
	var b strings.Builder
	for i := range q.Checks {
		if when, then := use(i+1, &q.Checks[i]); then != "" {
			b.WriteString(" WHEN " + when + " THEN " + then)
		}
	}
	if b.Len() == 0 {
		return "CAST(NULL AS " + typ + ")"
	}
	return "CASE" + head + b.String() + " END"
}

// judge fills in what desired and rejected need to know of the checks.
func (q *data) judge(values, required, orphans, written []Check) {
	q.Checks = slices.Concat(values, required, orphans, written)
	after := len(values)
	number := strconv.Itoa
	q.Bad = q.cases("", q.Int, func(n int, c *Check) (string, string) {
		if n > after {
			return "", ""
		}
		return c.fails, number(n)
	})
	q.Lacks = q.cases("", q.Int, func(n int, c *Check) (string, string) {
		if n <= after || c.fails == "" {
			return "", ""
		}
		return c.fails, number(n)
	})
	q.Lacking = q.cases("", q.Int, func(n int, c *Check) (string, string) {
		if n <= after || c.fails == "" {
			return "", ""
		}
		return "c." + q.Fields[c.Field].N + " IS NULL", number(n)
	})
	q.Required = len(required) > 0
	q.Unread = q.cases("", q.Text, func(n int, c *Check) (string, string) {
		if c.value != "unread" {
			return "", ""
		}
		return c.fails, q.Fields[c.Field].P
	})
	q.Value = q.cases(" bad", q.Text, func(n int, c *Check) (string, string) {
		if n > after || c.value == "null" {
			return "", ""
		}
		return number(n), c.value
	})
	q.Reason = q.cases(" d.bad", q.Text, func(n int, c *Check) (string, string) {
		if c.Written {
			return "", ""
		}
		return number(n), "'" + c.Reason + "'"
	})
	unknown := after + len(required) + 1
	for i := range q.Parents {
		if q.Parents[i].Named {
			q.Parents[i].Unknown = unknown
			unknown += 2
		}
	}
}

// Check gives a check by its number in a Refused or a Sample, nil for 0.
func (d *Diff) Check(n int64) *Check {
	if n < 1 || n > int64(len(d.q.Checks)) {
		return nil
	}
	return &d.q.Checks[n-1]
}
