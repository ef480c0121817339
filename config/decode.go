package config

import (
	"fmt"
	"maps"
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

// decoder reads the body of one block against its schema.
type decoder struct {
	l     *loader
	ctx   *hcl.EvalContext
	where string // `mapping "contact"`
	path  string // of the block that is being decoded: "mapping.field"
	addr  string // "mapping.contact"; empty for blocks without address
	each  *cases // of the block, where this is an instance of one with for_each
}

func (l *loader) decoder(b *hclsyntax.Block, address string) *decoder {
	return &decoder{l: l, ctx: l.ctx, where: header(b), addr: address}
}

// header is how a block's first line reads.
func header(b *hclsyntax.Block) string {
	var s strings.Builder
	s.WriteString(b.Type)
	for _, label := range b.Labels {
		fmt.Fprintf(&s, " %q", label)
	}
	return s.String()
}

func (d *decoder) fail(code diag.Code, at hcl.Range, label, detail string, hints ...string) *diag.Diagnostic {
	return d.report(diag.Diagnostic{Code: code, Subject: &at, Label: label, Detail: detail, Hints: hints})
}

// report adds a diagnostic, and what is common to all of a block.
func (d *decoder) report(p diag.Diagnostic) *diag.Diagnostic {
	if p.Severity == "" {
		p.Severity = diag.Error
	}
	if p.Where == "" && d.where != "" {
		p.Where = "in " + d.where
	}
	if p.Addr == "" {
		p.Addr = d.addr
	}
	return d.l.report(p)
}

func (d *decoder) reportAll(ds diag.Diagnostics) {
	for _, p := range ds {
		d.report(p)
	}
}

// body decodes arguments and nested blocks. Whatever is wrong is reported and left out of the result.
func (d *decoder) body(b *hclsyntax.Block, s *schema.Block) *schema.Body {
	out := &schema.Body{Range: b.DefRange(), Args: map[string]schema.Value{}}
	defer func(was string) { d.path = was }(d.path)
	d.path = strings.TrimPrefix(d.path+"."+b.Type, ".")
	meant := d.unknown(b, s)
	for i := range s.Args {
		arg := &s.Args[i]
		if attr, ok := b.Body.Attributes[arg.Name]; ok {
			if v, ok := d.arg(attr, arg); ok {
				out.Args[arg.Name] = v
			}
		} else if arg.Required && !meant[arg.Name] {
			d.missing(b, arg)
		}
	}
	if s.Any != nil {
		d.any(b, s, out)
	}
	out.Blocks = d.nested(b, s, meant)
	return out
}

// any decodes the arguments whose names the schema leaves open.
func (d *decoder) any(b *hclsyntax.Block, s *schema.Block, out *schema.Body) {
	for _, attr := range ordered(b.Body.Attributes) {
		if slices.ContainsFunc(s.Args, func(a schema.Arg) bool { return a.Name == attr.Name }) {
			continue
		}
		arg := *s.Any
		arg.Name = attr.Name
		if v, ok := d.arg(attr, &arg); ok {
			out.Args[attr.Name] = v
		}
	}
}

func (d *decoder) missing(b *hclsyntax.Block, arg *schema.Arg) {
	detail := fmt.Sprintf("The argument %q is required: %s = %s.", arg.Name, arg.Name, sample(arg))
	if arg.Doc != "" {
		detail += " " + doc(arg.Doc)
	}
	d.fail("C107", b.DefRange(), fmt.Sprintf("%s is missing", arg.Name), detail)
}

// doc is a schema's documentation as a sentence.
func doc(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.HasSuffix(s, ".") {
		return upper(s)
	}
	return upper(s) + "."
}

// upper begins a sentence.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sample is what a value of an argument looks like.
func sample(arg *schema.Arg) string {
	switch {
	case len(arg.OneOf) > 0:
		return fmt.Sprintf("%q", arg.OneOf[0])
	case arg.Ref == "source":
		return "source.duckdb.NAME"
	case arg.Ref == "destination":
		return "destination.salesforce.NAME"
	case arg.Ref != "":
		return arg.Ref + ".NAME"
	case arg.Raw, arg.Type == cty.NilType:
		return "col.NAME"
	case arg.Secret:
		return `env("SALESFORCE_...")`
	case arg.Type == cty.Bool:
		return "true"
	case arg.Type == cty.Number:
		return "1"
	case arg.Type.IsListType(), arg.Type.IsSetType():
		return `["..."]`
	case arg.Type.IsMapType(), arg.Type.IsObjectType():
		return "{ ... }"
	default:
		return `"..."`
	}
}

// unknown reports arguments that the schema does not have. It returns the names that were probably meant, which
// are then not reported as missing too.
func (d *decoder) unknown(b *hclsyntax.Block, s *schema.Block) map[string]bool {
	meant := map[string]bool{}
	var names, open []string
	secrets := false
	for _, a := range s.Args {
		names = append(names, a.Name)
		secrets = secrets || a.Secret
		if _, given := b.Body.Attributes[a.Name]; !given && a.Later == "" {
			open = append(open, a.Name)
		}
	}
	for _, child := range b.Body.Blocks {
		if slices.Contains(names, child.Type) && nestedOf(s, child.Type) == nil {
			meant[child.Type] = true // an argument written as a block: reported with the blocks
		}
	}
	for _, attr := range ordered(b.Body.Attributes) {
		if slices.Contains(names, attr.Name) || s.Any != nil {
			continue
		}
		if n := nestedOf(s, attr.Name); n != nil {
			meant[attr.Name] = true
			if n.Later != "" {
				d.later(attr.NameRange, "A "+attr.Name+" block", n.Later)
				continue
			}
			d.fail("C106", attr.NameRange, "this is a block",
				fmt.Sprintf("%s is a block here, not an argument. It is written without an equals sign: %s.", attr.Name, sampleBlock(n)))
			continue
		}
		if secrets && len(attr.Expr.Variables()) == 0 {
			d.l.mask(attr.Expr.Range()) // perhaps a secret under a misspelled name
		}
		n := diag.Nearest(attr.Name, open)
		if n == "" {
			n = diag.Nearest(attr.Name, names)
		}
		meant[n] = true
		detail := fmt.Sprintf("There is no argument %q here.", attr.Name)
		if len(names) > 0 {
			detail += fmt.Sprintf(" %s block takes %s.", upper(a(b.Type)), list(available(s)))
		}
		var hints []string
		if n != "" {
			hints = []string{fmt.Sprintf("did you mean %q?", n)}
		}
		d.fail("C106", attr.NameRange, fmt.Sprintf("%s has no argument %q", b.Type, attr.Name), detail, hints...)
	}
	return meant
}

func available(s *schema.Block) []string {
	var names []string
	for _, a := range s.Args {
		if a.Later == "" {
			names = append(names, a.Name)
		}
	}
	return names
}

func nestedOf(s *schema.Block, typ string) *schema.Nested {
	for i := range s.Blocks {
		if s.Blocks[i].Type == typ {
			return &s.Blocks[i]
		}
	}
	return nil
}

func sampleBlock(n *schema.Nested) string {
	switch {
	case n.Label != "":
		return fmt.Sprintf("%s %q { ... }", n.Type, strings.ToUpper(n.Label))
	case len(n.Variants) > 0:
		return fmt.Sprintf("%s %q { ... }", n.Type, slices.Min(slices.Collect(maps.Keys(n.Variants))))
	default:
		return n.Type + " { ... }"
	}
}

// list writes names as "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// ordered is attributes in the order written.
func ordered(attrs hclsyntax.Attributes) []*hclsyntax.Attribute {
	out := slices.Collect(maps.Values(attrs))
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int { return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte })
	return out
}

// later refuses what the language knows and this version does not carry out.
func (d *decoder) later(at hcl.Range, what, todo string) {
	d.fail("C113", at, "not available in this version", fmt.Sprintf("%s is not available in this version: %s", what, strings.TrimSuffix(todo, ".")+"."))
}

// arg decodes one argument; ok is false where it is wrong (reported) or built on something wrong (reported before).
func (d *decoder) arg(attr *hclsyntax.Attribute, arg *schema.Arg) (schema.Value, bool) {
	v := schema.Value{Range: attr.Expr.Range(), Name: attr.NameRange, Expr: attr.Expr, Secret: arg.Secret}
	switch {
	case arg.Later != "":
		d.later(attr.NameRange, fmt.Sprintf("The argument %q", arg.Name), arg.Later)
		return v, false
	case arg.Raw:
		v.Value = cty.NullVal(cty.DynamicPseudoType)
		return v, true
	case arg.Ref != "":
		address, ok := d.reference(attr.Expr, arg)
		v.Value = cty.StringVal(address)
		return v, ok
	}
	val, ds := eval.Value(attr.Expr, d.ctx)
	d.reportAll(ds)
	if len(ds) > 0 || !val.IsWhollyKnown() {
		return v, false
	}
	if val.IsNull() {
		if arg.Required {
			d.fail("C107", v.Range, "null", fmt.Sprintf("The argument %q is required, and null is no value.", arg.Name))
			return v, false
		}
		v.Value = cty.NullVal(arg.Type)
		return v, true
	}
	if !arg.Secret && eval.Marked(val, eval.Secret) {
		d.fail("C125", v.Range, "a secret", fmt.Sprintf("%s is no argument for secrets: messages and plans print it. The name of the environment variable says that it holds one.", arg.Name))
		return v, false
	}
	if arg.Secret && d.l.literal(attr.Expr, val) {
		d.l.mask(v.Range)
		d.fail("C124", v.Range, "stands in the configuration",
			fmt.Sprintf("%s is a secret, and configurations are committed and read by many. It comes from the environment, as in env(\"SALESFORCE_...\"), from a variable that is set outside, or from a file.", arg.Name))
		return v, false
	}
	val, ok := d.convert(val, arg, v.Range)
	v.Value = val
	if !ok || !d.oneOf(val, arg, v.Range) {
		return v, false
	}
	d.lacksArg(arg, v)
	return v, true
}

// convert makes a value the schema's type.
func (d *decoder) convert(val cty.Value, arg *schema.Arg, at hcl.Range) (cty.Value, bool) {
	if arg.Type == cty.NilType {
		return val, true
	}
	got := val.Type()
	conv, err := convert.Convert(val, arg.Type)
	if err != nil {
		var hints []string
		if arg.Type.IsListType() && got.IsPrimitiveType() {
			one := "..."
			if bare, marks := val.Unmark(); got == cty.String && len(marks) == 0 {
				one = fmt.Sprintf("%q", bare.AsString())
			}
			hints = []string{fmt.Sprintf("a list of one is written in brackets: %s = [%s]", arg.Name, one)}
		}
		d.fail("C111", at, fmt.Sprintf("this is %s", a(kindOf(got))), strings.TrimSpace(fmt.Sprintf("%s takes %s: %s = %s. %s", arg.Name, a(kindOf(arg.Type)), arg.Name, sample(arg), doc(arg.Doc))), hints...)
		return val, false
	}
	bare, _ := conv.UnmarkDeep()
	if bare.CanIterateElements() {
		for it := bare.ElementIterator(); it.Next(); {
			if _, e := it.Element(); e.IsNull() {
				d.fail("C111", at, "null within", fmt.Sprintf("%s takes %s, and none of its values can be null.", arg.Name, a(kindOf(arg.Type))))
				return val, false
			}
		}
	}
	return conv, true
}

func (d *decoder) oneOf(val cty.Value, arg *schema.Arg, at hcl.Range) bool {
	if len(arg.OneOf) == 0 || val.Type() != cty.String {
		return true
	}
	bare, marks := val.Unmark()
	given := bare.AsString()
	switch {
	case slices.Contains(arg.OneOf, given):
		return true
	case slices.Contains(arg.LaterOf, given):
		d.later(at, fmt.Sprintf("%s = %q", arg.Name, given), fmt.Sprintf("this version does what %s = %q says", arg.Name, arg.OneOf[0]))
		return false
	}
	quoted := make([]string, len(arg.OneOf))
	for i, o := range arg.OneOf {
		quoted[i] = fmt.Sprintf("%q", o)
	}
	detail := fmt.Sprintf("%s is one of %s.", arg.Name, list(quoted))
	if len(quoted) == 1 {
		detail = fmt.Sprintf("%s can only be %s in this version.", arg.Name, quoted[0])
	}
	if len(marks) > 0 {
		d.fail("C112", at, "not an allowed value", detail)
		return false
	}
	d.fail("C112", at, "not an allowed value", detail, diag.DidYouMean(given, slices.Concat(arg.OneOf, arg.LaterOf))...)
	return false
}

// kindOf names a type in words.
func kindOf(t cty.Type) string {
	switch {
	case t == cty.String:
		return "text"
	case t == cty.Number:
		return "number"
	case t == cty.Bool:
		return "bool"
	case t.Equals(cty.List(cty.String)), t.Equals(cty.Set(cty.String)):
		return "list of texts"
	case t.Equals(cty.Map(cty.String)):
		return "map of texts"
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		return "list"
	case t.IsMapType(), t.IsObjectType():
		return "map"
	default:
		return t.FriendlyName()
	}
}

func a(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}
