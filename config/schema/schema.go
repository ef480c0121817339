// Package schema describes the blocks of the configuration language as data: which arguments and nested blocks
// they take. Providers describe their own blocks with it, and config decodes every block against it, so that
// unknown names, wrong types and missing arguments are reported in one way.
package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Block is what one block takes.
type Block struct {
	Doc    string
	Args   []Arg
	Blocks []Nested

	// Any, if not nil, describes arguments of any other name. Its own name is not used.
	Any *Arg

	// Later is as in Arg, for one variant of a nested block.
	Later string
}

// Arg is one argument.
type Arg struct {
	Name     string
	Doc      string
	Type     cty.Type
	Required bool

	// Secret arguments may not be literals in a configuration: they come from env(), a variable or a file, and
	// are printed nowhere.
	Secret bool

	// OneOf, if not empty, lists the strings that are allowed.
	OneOf []string

	// Later, if not empty, marks an argument of the language that this version does not carry out. The text
	// completes "… is not available in this version: ". It is refused, never ignored.
	Later string

	// LaterOf are strings that the language knows beside OneOf and that this version does not carry out.
	LaterOf []string

	// Ref, if not empty, is the type of block that the argument refers to, as in "model". Its value is the address
	// as text, "model.customers"; Type is not used.
	Ref string

	// Raw arguments are not evaluated: the value has its Expr only. Type is not used, and Ref says only what they look
	// like.
	Raw bool
}

// Nested is a block inside a block.
type Nested struct {
	Type     string
	Required bool
	Repeats  bool // more than one may stand; else a second one is an error

	// Block describes the body where the nested block has no label; Variants, by label, where it has one, as in
	// auth "access_token". With Label, Block describes a block with one label of any text, and Label says what the
	// text is, as in "field".
	Block    *Block
	Variants map[string]*Block
	Label    string

	// Later is as in Arg.
	Later string
}

// Body is a decoded block: values that fit the schema, with their places.
type Body struct {
	Range  hcl.Range // the header of the block
	Args   map[string]Value
	Blocks []Inner
}

// Value is a decoded argument: known, of the schema's type, perhaps null.
type Value struct {
	cty.Value
	Range hcl.Range // the expression
	Name  hcl.Range // the argument's name

	Expr   hcl.Expression // as written
	Secret bool           // the schema says so
}

// Inner is a decoded nested block.
type Inner struct {
	Type  string
	Label string
	Body  *Body

	// LabelRange is the place of the label; empty where there is none.
	LabelRange hcl.Range
}

// Has tells whether an argument is given and not null.
func (b *Body) Has(name string) bool {
	v, ok := b.Args[name]
	return ok && !v.IsNull()
}

// Text is a string argument, "" where it is absent or null.
func (b *Body) Text(name string) string {
	if !b.Has(name) {
		return ""
	}
	v := b.Args[name].Value
	if v.IsMarked() {
		v, _ = v.Unmark()
	}
	return v.AsString()
}

// Bool is a boolean argument and whether it is given.
func (b *Body) Bool(name string) (value, given bool) {
	if !b.Has(name) {
		return false, false
	}
	v, _ := b.Args[name].Value.Unmark()
	return v.True(), true
}

// Texts is a list of strings, nil where it is absent or null.
func (b *Body) Texts(name string) []string {
	if !b.Has(name) {
		return nil
	}
	v, _ := b.Args[name].Value.UnmarkDeep()
	var out []string
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		out = append(out, e.AsString())
	}
	return out
}

// At is the place of an argument, or of the block where the argument is absent.
func (b *Body) At(name string) hcl.Range {
	if v, ok := b.Args[name]; ok {
		return v.Range
	}
	return b.Range
}

// Inner finds the first nested block of a type, nil where there is none.
func (b *Body) Inner(typ string) *Inner {
	for i := range b.Blocks {
		if b.Blocks[i].Type == typ {
			return &b.Blocks[i]
		}
	}
	return nil
}
