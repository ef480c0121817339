package lang

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/eval"
)

// rows tells whether an expression is one of the mapping language: it mentions col or sql(), or calls a function that
// only this language has. Within such an expression, the functions of this language have its meaning also where they work
// on constants; those of arguments are left where a list or a map is involved.
func (c *compiler) rows(expr hcl.Expression) bool {
	found := Rows(expr)
	eval.Calls(expr, func(call *hclsyntax.FunctionCallExpr) {
		f, ok := Lookup(call.Name)
		if !ok || f.Operator {
			return
		}
		_, argument := c.ctx.Functions[call.Name]
		found = found || !argument || c.inside && c.scalars(call.Args, f.List)
	})
	return found
}

// scalars tells whether constants are texts, numbers or bools, which lists are not; list says that the last one is
// written as a list of them.
func (c *compiler) scalars(exprs []hclsyntax.Expression, list bool) bool {
	for i, x := range exprs {
		if tuple, ok := x.(*hclsyntax.TupleConsExpr); ok && list && i == len(exprs)-1 {
			return c.scalars(tuple.Exprs, false)
		}
		if Rows(x) {
			continue
		}
		v, ds := eval.Value(x, c.ctx)
		if len(ds) > 0 || !v.IsWhollyKnown() || !v.IsNull() && !v.Type().IsPrimitiveType() {
			return false
		}
	}
	return true
}

func binary(op *hclsyntax.Operation) string {
	return map[*hclsyntax.Operation]string{
		hclsyntax.OpEqual: "==", hclsyntax.OpNotEqual: "!=", hclsyntax.OpLessThan: "<", hclsyntax.OpLessThanOrEqual: "<=",
		hclsyntax.OpGreaterThan: ">", hclsyntax.OpGreaterThanOrEqual: ">=", hclsyntax.OpAdd: "+", hclsyntax.OpSubtract: "-",
		hclsyntax.OpMultiply: "*", hclsyntax.OpDivide: "/", hclsyntax.OpModulo: "%", hclsyntax.OpLogicalAnd: "&&", hclsyntax.OpLogicalOr: "||",
	}[op]
}

// condition is a ? b : c. Where the condition is a constant, one of the two is left.
func (c *compiler) condition(e *hclsyntax.ConditionalExpr) Expr {
	args := []Expr{c.operand(e.Condition), c.operand(e.TrueResult), c.operand(e.FalseResult)}
	if slices.Contains(args, nil) {
		return nil
	}
	if l, ok := args[0].(*Literal); ok && !l.Value.IsNull() && l.Value.Type() == cty.Bool {
		if l.Value.True() {
			return args[1]
		}
		return args[2]
	}
	return &Call{Name: "?:", Args: args, Rng: e.Range()}
}

func (c *compiler) operator(name string, at hcl.Range, operands ...hcl.Expression) Expr {
	args := make([]Expr, len(operands))
	for i, o := range operands {
		args[i] = c.operand(o)
	}
	if slices.Contains(args, nil) {
		return nil
	}
	return &Call{Name: name, Args: args, Rng: at}
}

// operand compiles what a function or an operator works on: numbers have a limited length there.
func (c *compiler) operand(expr hcl.Expression) Expr {
	e := c.compile(expr)
	l, ok := e.(*Literal)
	if !ok || l.Value.IsNull() || l.Value.Type() != cty.Number {
		return e
	}
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(l.Value.AsBigFloat().Text('f', -1), "-"), ".")
	if len(whole) > WholeDigits || len(decimals) > DecimalDigits {
		return c.fail("C138", expr.Range(), "too many digits", fmt.Sprintf("A number in the mapping language has at most %d digits before the point and %d after it.", WholeDigits, DecimalDigits))
	}
	return e
}

func (c *compiler) call(e *hclsyntax.FunctionCallExpr) Expr {
	if e.Name == "sql" {
		return c.raw(e)
	}
	f, ok := Lookup(e.Name)
	if !ok || f.Operator {
		if _, ok := c.ctx.Functions[e.Name]; ok {
			return c.fail("C121", e.NameRange, "not for columns",
				fmt.Sprintf("%s works on the values of arguments, variables and locals, not on columns, which are evaluated by the database for every row. Write it in the model's SQL, or as sql(\"...\") in SQL.", e.Name))
		}
		return c.fail("C121", e.NameRange, "no function of this name", fmt.Sprintf("There is no function %q.", e.Name), diag.DidYouMean(e.Name, eval.Mapping())...)
	}
	given, ok := c.arguments(f, e)
	if !ok {
		return nil
	}
	args := make([]Expr, len(given))
	for i, a := range given {
		if f.Param(i).Constant == Varying {
			args[i] = c.operand(a)
		} else if l := c.fixed(f, f.Param(i), a); l != nil {
			args[i] = l
		}
	}
	if slices.Contains(args, nil) {
		return nil
	}
	call := &Call{Name: f.Name, Args: args, Rng: e.Range()}
	if !c.groups(call) {
		return nil
	}
	return call
}

// arguments are a call's, a list's elements among them; their number is checked.
func (c *compiler) arguments(f Function, e *hclsyntax.FunctionCallExpr) ([]hcl.Expression, bool) {
	written := fmt.Sprintf("It is written %s.", f.Signature())
	args := make([]hcl.Expression, len(e.Args))
	for i, a := range e.Args {
		args[i] = a
	}
	if e.ExpandFinal {
		c.fail("C134", e.Range(), "arguments are not written out", "The arguments of a function over columns are written one by one. "+written)
		return nil, false
	}
	if f.List {
		if len(args) != len(f.Params) {
			c.fail("C134", e.Range(), "wrong number of arguments", fmt.Sprintf("%s takes a separator and a list. %s", f.Name, written))
			return nil, false
		}
		list, ok := args[len(args)-1].(*hclsyntax.TupleConsExpr)
		if !ok || len(list.Exprs) == 0 {
			c.fail("C134", args[len(args)-1].Range(), "not a list", "The values stand in brackets, at least one of them. "+written)
			return nil, false
		}
		args = args[:len(args)-1]
		for _, x := range list.Exprs {
			args = append(args, x)
		}
		return args, true
	}
	least, most := f.arity()
	if len(args) < least || most >= 0 && len(args) > most {
		label := "an argument is missing"
		if len(args) > least {
			label = "too many arguments"
		}
		c.fail("C134", e.Range(), label, written)
		return nil, false
	}
	return args, true
}

// fixed reads an argument that is the same for every row; nil where it is none.
func (c *compiler) fixed(f Function, p Param, expr hcl.Expression) Expr {
	at := expr.Range()
	within := c.inside
	c.inside = false
	defer func() { c.inside = within }()
	if c.rows(expr) {
		return c.fail("C135", at, "differs from row to row", fmt.Sprintf("The %s of %s is the same for every row, so it cannot come from a column. It is written %s.", p.Name, f.Name, f.Signature()))
	}
	before := len(c.ds)
	l, ok := c.constant(expr).(*Literal)
	if !ok {
		return nil
	}
	want := cty.String
	switch p.Constant {
	case Width, Place, Group, Digits:
		want = cty.Number
	}
	if l.Value.IsNull() || l.Value.Type() != want {
		noun := map[cty.Type]string{cty.String: "text", cty.Number: "number"}[want]
		return c.fail("C135", at, "not a "+noun, fmt.Sprintf("The %s of %s is a constant %s. It is written %s.", p.Name, f.Name, noun, f.Signature()))
	}
	switch p.Constant {
	case Pattern:
		re, why := ParsePattern(l.Value.AsString())
		if why == "" && f.Name == "regex_replace" && re.Nullable {
			why = "The pattern matches an empty text, and the engines disagree on how often. Let it take at least one character."
		}
		if why != "" {
			c.fail("C136", at, "not a pattern that every engine reads alike", why)
		}
	case WriteFormat, DateFormat, TimeFormat:
		if _, why := ParseFormat(l.Value.AsString(), p.Constant); why != "" {
			c.fail("C137", at, "not a format", why)
		}
	default:
		if why := outside(p.Constant, l.Value); why != "" {
			c.fail("C138", at, "not a "+p.Name+" that can be", why)
		}
	}
	if len(c.ds) > before {
		return nil
	}
	return l
}

// outside says why a constant is none that a parameter takes.
func outside(kind Constant, v cty.Value) string {
	between := func(least, most int64, also string) string {
		n, exact := v.AsBigFloat().Int64()
		if exact == big.Exact && (n >= least && n <= most || also != "" && n >= -most && n <= -least) {
			return ""
		}
		return fmt.Sprintf("It is a whole number from %d to %d%s.", least, most, also)
	}
	switch kind {
	case Width:
		return between(0, 131072, "")
	case Place:
		return between(1, 10000, ", or from -1 to -10000 to count from the end")
	case Digits:
		return between(0, DecimalDigits, "")
	case Group:
		return between(0, 1000, "")
	case Separator:
		if v.AsString() == "" {
			return "An empty text separates nothing."
		}
	case Padding:
		s := v.AsString()
		if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff }) {
			return "A text is filled up with at least one character, and with none that counts as two, as emoji do."
		}
	case Zone:
		if z := v.AsString(); z == "" || z == "Local" || !known(z) {
			return fmt.Sprintf("%q is not a time zone. Zones have names as in \"Europe/Berlin\", or \"UTC\".", z)
		}
	}
	return ""
}

func known(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil
}

// groups checks the groups that a call takes out of its pattern.
func (c *compiler) groups(e *Call) bool {
	if e.Name != "regex_extract" && e.Name != "regex_replace" {
		return true
	}
	re, _ := ParsePattern(e.text(1))
	at := e.Args[len(e.Args)-1].Range()
	var taken []int
	if e.Name == "regex_extract" {
		g := e.Group(re)
		if g > re.Groups {
			c.fail("C136", at, "no such group", fmt.Sprintf("The pattern has %d groups, and this is number %d.", re.Groups, g))
			return false
		}
		taken = []int{g}
	} else {
		pieces, why := ParseReplacement(e.text(2), re.Groups)
		if why != "" {
			c.fail("C136", at, "not a replacement", why)
			return false
		}
		for _, p := range pieces {
			taken = append(taken, p.Group)
		}
	}
	for _, g := range taken {
		if g > 0 && re.Repeated(g) {
			c.fail("C136", e.Args[1].Range(), "a group within a repetition", fmt.Sprintf("Group %d may match several times, and the engines disagree on which one counts. Put the brackets around the repetition.", g))
			return false
		}
	}
	return true
}

// text is a constant argument.
func (e *Call) text(i int) string { return e.Args[i].(*Literal).Value.AsString() }

// Group is the group that a call of regex_extract takes: the one it names, else the first, else all that matched.
func (e *Call) Group(re *Regexp) int {
	if len(e.Args) > 2 {
		n, _ := e.Args[2].(*Literal).Value.AsBigFloat().Int64()
		return int(n)
	}
	return min(1, re.Groups)
}
