package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
	"github.com/signalsmith/signalsmith/config/schema"
)

// variable is an input of the configuration: variable "NAME". Without type it has the type of its default, else it
// is a text.
type variable struct {
	name      string
	typ       cty.Type
	sensitive bool
	value     cty.Value // unknown where it is wrong or missing, which is reported
	written   bool      // the value is the default, which stands in the configuration
	given     bool      // somebody set it, rightly or wrongly
	usable    bool      // the block says enough to take values
	d         *decoder
	at        hcl.Range
}

func variableSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "type", Raw: true},
		{Name: "default", Raw: true},
		{Name: "description", Type: cty.String},
		{Name: "sensitive", Type: cty.Bool},
	}}
}

// constants is where only constants may stand: defaults, values of variables.
func constants() *hcl.EvalContext { return &hcl.EvalContext{} }

// variables finds the values of all variables. A later source wins: default, environment, files, flags.
func (l *loader) variables() {
	l.vars = map[string]*variable{}
	for _, b := range l.blocks["variable"] {
		if d, item := l.declare(b, nil); d != nil {
			l.vars[item.Name] = l.variable(d, b, item.Name)
		}
	}
	l.fromEnv()
	for _, name := range l.o.VarFiles {
		l.fromFile(name)
	}
	for _, flag := range l.o.Vars {
		l.fromFlag(flag)
	}
	vals := map[string]cty.Value{}
	for _, name := range slices.Sorted(maps.Keys(l.vars)) {
		v := l.vars[name]
		if v.value == cty.NilVal && !v.given && v.usable {
			v.d.fail("C126", v.at, "no value", fmt.Sprintf("The variable %q has no default and no value is given. Give one with --var '%s=VALUE', in a file given with --var-file (%s = VALUE), or in the environment variable SIGNALSMITH_VAR_%s.", name, name, name, name))
		}
		if v.value == cty.NilVal {
			v.value = cty.DynamicVal
		}
		if v.sensitive {
			v.value = v.value.Mark(eval.Sensitive)
		}
		vals[name] = v.value
	}
	l.ctx.Variables["var"] = cty.ObjectVal(vals)
}

// variable decodes the block.
func (l *loader) variable(d *decoder, b *hclsyntax.Block, name string) *variable {
	d.ctx = constants()
	before := len(l.ds)
	body := d.body(b, variableSchema())
	v := &variable{name: name, typ: cty.String, value: cty.NilVal, usable: true, d: d, at: b.DefRange()}
	v.given = len(l.ds) > before // what is wrong may be why there is no default
	v.sensitive, _ = body.Bool("sensitive")
	typed := false
	if t, ok := body.Args["type"]; ok {
		typed = true
		v.typ, v.usable = d.varType(t.Expr)
	}
	def, ok := body.Args["default"]
	if !ok {
		return v
	}
	if v.sensitive {
		l.mask(def.Range)
	}
	val, ds := eval.Value(def.Expr, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 {
		v.given = true
		v.usable = v.usable && typed
		return v
	}
	if !typed {
		v.typ = typeOf(val)
	}
	if v.usable {
		v.take(val, &def.Range, "The default")
		v.given, v.written = false, true
	}
	return v
}

// varType reads a type as it is written: string, list(string).
func (d *decoder) varType(expr hcl.Expression) (cty.Type, bool) {
	simple := map[string]cty.Type{"string": cty.String, "number": cty.Number, "bool": cty.Bool}
	word := hcl.ExprAsKeyword(expr)
	if t, ok := simple[word]; ok {
		return t, true
	}
	if c, ok := expr.(*hclsyntax.FunctionCallExpr); ok && len(c.Args) == 1 && hcl.ExprAsKeyword(c.Args[0]) == "string" {
		switch c.Name {
		case "list":
			return cty.List(cty.String), true
		case "map":
			return cty.Map(cty.String), true
		}
	}
	detail := "The type of a variable is string, number, bool, list(string) or map(string), written without quotes."
	var hints []string
	if text, ok := constantText(expr); ok {
		word = text
	}
	switch word {
	case "":
	case "list", "map":
		hints = []string{fmt.Sprintf("did you mean %q?", word+"(string)")}
	default:
		for alias, name := range map[string]string{"int": "number", "integer": "number", "float": "number", "boolean": "bool", "text": "string", "str": "string"} {
			if word == alias {
				hints = []string{fmt.Sprintf("did you mean %q?", name)}
			}
		}
		if hints == nil {
			if _, ok := simple[word]; ok {
				hints = []string{fmt.Sprintf("did you mean %s, without quotes?", word)}
			} else {
				hints = diag.DidYouMean(word, slices.Sorted(maps.Keys(simple)))
			}
		}
	}
	d.fail("C112", expr.Range(), "not a type of variables", detail, hints...)
	return cty.DynamicPseudoType, false
}

// typeOf is the type of a variable whose block gives none.
func typeOf(v cty.Value) cty.Type {
	switch t := v.Type(); {
	case v.IsNull():
		return cty.String
	case t.IsPrimitiveType():
		return t
	case t.IsTupleType(), t.IsListType(), t.IsSetType():
		return cty.List(cty.String)
	default:
		return cty.Map(cty.String)
	}
}

// take sets the value, or reports that it does not fit. What is the value's origin, as in "The default"; at is its
// place, nil where it has none.
func (v *variable) take(val cty.Value, at *hcl.Range, origin string) {
	v.given, v.written = true, false
	if !v.usable {
		return
	}
	v.value = cty.DynamicVal
	conv, err := convert.Convert(val, v.typ)
	ok := err == nil
	if ok && !conv.IsNull() && conv.CanIterateElements() {
		for it := conv.ElementIterator(); it.Next(); {
			_, e := it.Element()
			ok = ok && !e.IsNull()
		}
	}
	if !ok {
		p := diag.Diagnostic{
			Code: "C128", Subject: at, Label: "does not fit",
			Detail: fmt.Sprintf("%s of the variable %q does not fit its type: %s is needed, as in %s.", origin, v.name, a(kindOf(v.typ)), v.example()),
		}
		if at == nil {
			declared := v.at
			p.Subject, p.Label = &declared, "declared here"
		}
		v.d.report(p)
		return
	}
	v.value = conv
}

func (v *variable) example() string {
	switch {
	case v.typ == cty.Number:
		return "12.5"
	case v.typ == cty.Bool:
		return "true"
	case v.typ.IsListType():
		return `["a", "b"]`
	case v.typ.IsMapType():
		return `{ key = "value" }`
	default:
		return "text"
	}
}

// parse reads a value as flags and the environment give it: text as it is, everything else as in a file.
func (v *variable) parse(text, origin string) {
	if !v.usable || v.typ.IsPrimitiveType() {
		v.take(cty.StringVal(text), nil, origin)
		return
	}
	val := cty.NullVal(cty.Number) // of no collection type: take reports it
	if excessive([]byte(text), "") == nil {
		if expr, hd := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos); !hd.HasErrors() && len(eval.Check(expr, constants())) == 0 {
			if got, hd := expr.Value(constants()); !hd.HasErrors() {
				val = got
			}
		}
	}
	if val.IsNull() {
		val = cty.StringVal("")
	}
	v.take(val, nil, origin)
}

func (l *loader) fromEnv() {
	if l.o.Env == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(l.vars)) {
		if text, ok := l.o.Env("SIGNALSMITH_VAR_" + name); ok {
			l.vars[name].parse(text, "The value in the environment (SIGNALSMITH_VAR_"+name+")")
		}
	}
}

func (l *loader) fromFlag(flag string) {
	name, text, ok := strings.Cut(flag, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		l.report(diag.Diagnostic{Code: "C128", Detail: `A --var flag has the form --var 'NAME=VALUE'; one of them has no name or no equals sign.`})
		return
	}
	if v := l.vars[name]; v != nil {
		v.parse(text, "The value of --var")
		return
	}
	l.undeclared(name, nil, "--var")
}

func (l *loader) fromFile(path string) {
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(l.cfg.Dir, path)
	}
	name := filepath.ToSlash(filepath.Clean(path))
	f, ds := parse(full, name)
	for i := range ds {
		if ds[i].Subject == nil {
			ds[i].Detail += " It is given with --var-file; relative names start in the directory of the configuration."
		}
	}
	l.ds = append(l.ds, ds...)
	if _, taken := l.cfg.Files[name]; !taken {
		l.cfg.Files[name] = f
	}
	if ds.HasErrors() {
		l.broken[name] = true
		for _, v := range l.vars {
			v.given = true // perhaps by this file
		}
		return
	}
	body := f.Body.(*hclsyntax.Body)
	d := &decoder{l: l}
	for _, b := range body.Blocks {
		d.fail("C105", b.TypeRange, "no blocks here", "A file of variables holds values only, as NAME = VALUE. Blocks stand in the *.hcl files of the configuration.")
	}
	for _, attr := range ordered(body.Attributes) {
		v := l.vars[attr.Name]
		if v == nil {
			l.undeclared(attr.Name, &attr.NameRange, name)
			continue
		}
		at := attr.Expr.Range()
		if v.sensitive {
			l.mask(at)
		}
		val, ds := eval.Value(attr.Expr, constants())
		d.reportAll(ds)
		if len(ds) > 0 {
			v.given, v.value = true, cty.DynamicVal
			continue
		}
		v.take(val, &at, "The value")
	}
}

// undeclared reports a value for a variable that does not exist.
func (l *loader) undeclared(name string, at *hcl.Range, where string) {
	if l.byAddr["variable."+name] != nil {
		return
	}
	p := diag.Diagnostic{
		Code: "C127", Subject: at,
		Detail: fmt.Sprintf("%s sets %q, and no variable of this name is declared: variable %q { }.", where, name, name),
		Hints:  diag.DidYouMean(name, slices.Sorted(maps.Keys(l.vars))),
	}
	if at != nil {
		p.Label = "no such variable"
	}
	l.report(p)
}
