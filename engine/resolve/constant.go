package resolve

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"unicode/utf16"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/engine/compile"
	"github.com/signalsmith/signalsmith/providers"
)

// constants checks that the constants which a field may get fit its type, length and picklist.
func (r *Resolver) constants(ctx context.Context, s *config.Sync, e lang.Expr, d *providers.Field) {
	switch e := e.(type) {
	case *lang.Literal:
		if !e.Value.IsNull() {
			r.constant(ctx, s, e, d)
		}
	case *lang.Call:
		args := e.Args
		switch e.Name {
		case "?:":
			args = args[1:]
		case "coalesce":
		default:
			return
		}
		for _, a := range args {
			r.constants(ctx, s, a, d)
		}
	}
}

func (r *Resolver) constant(ctx context.Context, s *config.Sync, e *lang.Literal, d *providers.Field) {
	_, _ = r.literal(ctx, s, e, d)
}

// literal gives a constant as the field's canonical text, "" where it is blank; fits is false where it does not fit the
// field.
func (r *Resolver) literal(ctx context.Context, s *config.Sync, e *lang.Literal, d *providers.Field) (canonical string, fits bool) {
	fits = true
	text := compile.LiteralText(e)
	shown := fmt.Sprintf("%q", text)
	if e.Value.IsMarked() {
		shown = "the value"
	}
	rng := e.Range()
	bad := func(code diag.Code, label, detail string, hints ...string) {
		fits = false
		r.add(diag.Diagnostic{Code: code, Severity: diag.Error, Subject: &rng, Where: in("mapping", s.Mapping.Name), Label: label, Detail: detail, Hints: hints})
	}
	c, _ := d.Canon()
	sql, _ := r.Workspace.Dialect().Canonical(r.Workspace.Dialect().Literal(text), providers.TypeText, c, s.Model.Timezone)
	value, err := r.one(ctx, "SELECT "+sql)
	if err != nil {
		r.Diags = append(r.Diags, diag.From(err)...)
		return "", false
	}
	if value == nil {
		if strings.TrimSpace(text) != "" {
			bad("R204", "not a "+d.Type, fmt.Sprintf("%s is a %s field, and %s is none. %s", d.Name, d.Type, shown, looksLike(c)))
		}
		return "", fits
	}
	if n := len(utf16.Encode([]rune(*value))); c.Kind == providers.CanonText && d.Length > 0 && n > d.Length {
		bad("R205", fmt.Sprintf("%d characters, the field takes %d", n, d.Length),
			fmt.Sprintf("Salesforce refuses text that is longer than the field. %s takes %d characters; this constant has %d. Shorten it, or have the field made longer.", d.Name, d.Length, n))
	}
	if isType(d) {
		recordType(r.object, d, *value, bad)
	}
	if d.Type == "picklist" && d.RestrictedPicklist || d.Type == "multipicklist" && d.RestrictedPicklist {
		for _, v := range strings.Split(*value, ";") {
			r.picklist(d, v, bad)
		}
	}
	return *value, fits
}

func (r *Resolver) picklist(d *providers.Field, value string, bad func(diag.Code, string, string, ...string)) {
	var values []string
	for _, p := range d.Picklist {
		if !p.Active {
			continue
		}
		if p.Value == value {
			return
		}
		values = append(values, p.Value)
	}
	hints := diag.DidYouMean(value, values)
	for _, p := range d.Picklist {
		if p.Active && p.Label == value {
			hints = []string{fmt.Sprintf("%q is the label; its API value is %q", p.Label, p.Value)}
		}
	}
	bad("R206", "not a value of the picklist", fmt.Sprintf("%s is a restricted picklist. It takes: %s.", d.Name, strings.Join(values, ", ")), hints...)
}

// one runs a query of one text value.
func (r *Resolver) one(ctx context.Context, query string) (*string, error) {
	rows, err := r.Workspace.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out *string
	if rows.Next() {
		if err := rows.Scan(&out); err != nil {
			return nil, err
		}
	}
	return out, rows.Err()
}

func looksLike(c providers.Canon) string {
	switch c.Kind {
	case providers.CanonNumber:
		return `Write digits, as in 12.5, without thousands separators.`
	case providers.CanonBool:
		return `Write true or false.`
	case providers.CanonDate:
		return `Write a date as in "2026-01-31".`
	case providers.CanonDateTime:
		return `Write a date-time as in "2026-01-31T08:00:00Z".`
	case providers.CanonTime:
		return `Write a time as in "08:00:00".`
	case providers.CanonID:
		return `A record id has 15 or 18 letters and digits.`
	}
	return ""
}

// complete checks that the mapping sets what a create needs, and the match field. A field that a misspelled name
// probably means counts as mapped: one mistake, one diagnostic.
func (r *Resolver) complete(s *config.Sync, o *providers.Object, match *providers.Field, person bool) {
	mapped := maps.Clone(r.meant)
	for _, f := range s.Mapping.Fields {
		if ref := refers(o, f); ref != nil {
			mapped[strings.ToLower(ref.Name)] = true
		}
		mapped[strings.ToLower(f.Name.Name)] = true
	}
	if match != nil && !mapped[strings.ToLower(match.Name)] {
		r.add(diag.Diagnostic{
			Code: "R105", Severity: diag.Error, Subject: &s.Mapping.Range, Where: in("sync", s.Name), Label: match.Name + " is not mapped",
			Detail: fmt.Sprintf("%s finds records by %s, so the mapping must say what its value is. Add the line: %s = col.%s",
				s.Mapping.Target.Addr(), match.Name, match.Name, s.Model.PrimaryKey[0].Name),
			Related: []diag.Related{{Range: s.Mapping.Target.Match.Range, Label: "the match field"}},
		})
	}
	if s.Mode == "update" || match != nil && match.Type == "id" || match == nil && s.Mapping.Target.Match.Name != "" {
		return
	}
	var missing []string
	for i := range o.Fields {
		if required(&o.Fields[i], person) && !mapped[strings.ToLower(o.Fields[i].Name)] {
			missing = append(missing, o.Fields[i].Name)
		}
	}
	if len(missing) > 0 {
		r.add(diag.Diagnostic{
			Code: "R203", Severity: diag.Error, Subject: &s.Mapping.Range, Where: in("sync", s.Name), Label: "does not set " + strings.Join(missing, ", "),
			Detail: fmt.Sprintf("Salesforce creates no %s without %s. Map it; a constant will do where no column fits.", o.Name, strings.Join(missing, " and ")),
		})
	}
}
