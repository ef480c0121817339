package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/lang"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Leave says what happens to the record of a row that left the model.
type Leave struct {
	// Action is "ignore" (the default), "clear" the mapped fields, "delete" the record, or "set" fields to constants.
	Action string

	// Set is what "set" writes, in the order written: at least one field, no two of one name, each with a *lang.Literal
	// as its value. A null clears the field.
	Set []*Field

	// DeleteAdopted lets "delete" delete also records that we did not create; Cascade, records whose children Salesforce
	// deletes along.
	DeleteAdopted bool
	Cascade       bool

	Range hcl.Range // what says so; the sync's where nothing does
}

func setSchema() *schema.Block { return &schema.Block{Any: &schema.Arg{Raw: true}} }

const setForm = `on_leave "set" { Active__c = false }`

// leave reads on_leave, as an argument or a block, and what belongs to it.
func (s *Sync) leave(d *decoder, b *hclsyntax.Block, body *schema.Body) {
	s.Leave = Leave{Action: "ignore", Range: s.Range}
	s.Leave.DeleteAdopted, _ = body.Bool("delete_adopted")
	s.Leave.Cascade, _ = body.Bool("cascade")
	arg, given := b.Body.Attributes["on_leave"]
	block := slices.IndexFunc(b.Body.Blocks, func(in *hclsyntax.Block) bool { return in.Type == "on_leave" })
	switch {
	case given && block >= 0:
		d.clash(b.Body.Blocks[block].DefRange(), "one too many", "on_leave is said twice, as an argument and as a block. Remove one of the two.", arg.NameRange)
		return
	case block >= 0:
		in := body.Inner("on_leave")
		if in == nil {
			return
		}
		s.Leave.Action, s.Leave.Range = "set", in.Body.Range
		s.set(d, in)
	case unread(b, body, "on_leave"):
		return
	default:
		d.action(&s.Leave, body)
	}
	s.leaves(d, body)
}

// action reads the argument.
func (d *decoder) action(l *Leave, body *schema.Body) {
	text, ok := d.shown(body, "on_leave")
	if !ok {
		return
	}
	at := body.At("on_leave")
	switch text {
	case "ignore", "clear", "delete":
		l.Action, l.Range = text, at
	case "set":
		d.fail("C112", at, "a block", `What fields are set to stands in a block, without an equals sign: `+setForm+`.`)
	default:
		d.fail("C112", at, "not an allowed value", `on_leave is "ignore", "clear" or "delete", or a block: `+setForm+`.`, diag.DidYouMean(text, []string{"ignore", "clear", "delete"})...)
	}
}

// set reads the block's fields.
func (s *Sync) set(d *decoder, in *schema.Inner) {
	if len(in.Body.Args) == 0 {
		d.fail("C107", in.Body.Range, "no field", "It names at least one field and the constant that it gets: "+setForm+".")
	}
	values := make(map[string]schema.Value, len(in.Body.Args))
	var names []string
	for name, v := range in.Body.Args {
		values[name] = v
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return values[a].Name.Start.Byte - values[b].Name.Start.Byte })
	first := map[string]hcl.Range{}
	for _, name := range names {
		v := values[name]
		n := Named{Name: name, Range: v.Name}
		if !d.fieldName(n) {
			continue
		}
		if was, again := first[strings.ToLower(name)]; again {
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &n.Range, Label: "again",
				Detail:  fmt.Sprintf("The field %s is set twice, and a field can have one value. Salesforce does not tell upper from lower case in names. Remove one of the two.", name),
				Related: []diag.Related{{Range: was, Label: "set here first"}},
			})
			continue
		}
		first[strings.ToLower(name)] = n.Range
		if lang.Rows(v.Expr) {
			d.fail("C130", v.Range, "not a constant", "A row that left the model has no columns any more, so what its record's fields are set to is a constant: a text, a number, true, false or null.")
			continue
		}
		if e := d.value(v.Expr); e != nil {
			s.Leave.Set = append(s.Leave.Set, newField(n, e))
		}
	}
}

// leaves reports what contradicts on_leave.
func (s *Sync) leaves(d *decoder, body *schema.Body) {
	l, mode := s.Leave, body.At("mode")
	switch {
	case s.Mode == "insert" && l.Action != "ignore":
		d.clash(l.Range, "insert never looks back", `A sync in mode "insert" creates records and does not look at them again, whatever becomes of their rows. Use mode = "upsert", or leave on_leave out.`, mode)
	case s.Mode == "update" && l.Action == "delete":
		d.clash(l.Range, "update deletes nothing", `A sync in mode "update" keeps fields of records that others create, so it does not delete them. Use on_leave = "clear", a block on_leave "set", or mode = "upsert".`, mode)
	}
	for _, name := range []string{"delete_adopted", "cascade"} {
		if on, _ := body.Bool(name); on && l.Action != "delete" {
			d.clash(body.Args[name].Name, "nothing is deleted", fmt.Sprintf(`%s says which records on_leave = "delete" may delete, and on_leave is %q here. Leave it out, or write on_leave = "delete".`, name, l.Action))
		}
	}
	s.sets(d)
	if l.Action == "clear" && s.Mapping != nil && len(s.Mapping.Fields) > 0 && !slices.ContainsFunc(s.Mapping.Fields, s.clears) {
		d.clash(l.Range, "clears nothing", fmt.Sprintf(`on_leave = "clear" leaves the match field alone, and fields with overwrite = "on_create"; %s has no others.`, s.Mapping.Addr()), s.Mapping.Range)
	}
}

// clears tells whether "clear" may touch a mapped field, as far as the configuration shows.
func (s *Sync) clears(f *Field) bool { return f.Overwrite != "on_create" && !s.matches(f.Name.Name) }

// matches tells whether a field is the one by which the target finds records.
func (s *Sync) matches(field string) bool {
	return s.Mapping != nil && s.Mapping.Target != nil && s.Mapping.Target.Match.Name != "" && strings.EqualFold(s.Mapping.Target.Match.Name, field)
}

// sets reports fields that may not be set.
func (s *Sync) sets(d *decoder) {
	for _, f := range s.Leave.Set {
		if s.matches(f.Name.Name) {
			d.clash(f.Name.Range, "the match field", fmt.Sprintf("%s finds the record, should its row come back, so it is never set. Remove it.", f.Name.Name), s.Mapping.Target.Match.Range)
			continue
		}
		optOut := f.Consent
		if s.Mapping != nil {
			for _, m := range s.Mapping.Fields {
				if !strings.EqualFold(m.Name.Name, f.Name.Name) {
					continue
				}
				optOut = optOut || m.Consent
				if m.Overwrite == "on_create" {
					d.clash(f.Name.Range, "written on create only", fmt.Sprintf(`The mapping says that %s is written into new records only (overwrite = "on_create"). Remove it here, or map it with another overwrite.`, f.Name.Name), m.Name.Range)
				}
			}
		}
		if lit, ok := f.Value.(*lang.Literal); ok && optOut && !s.AllowOptIn && (lit.Value.IsNull() || lit.Value.Type() == cty.Bool && lit.Value.False()) {
			d.clash(f.Value.Range(), "takes back an opt-out", fmt.Sprintf("%s holds an opt-out, and only a sync with allow_opt_in = true may take one back.", f.Name.Name))
		}
	}
}
