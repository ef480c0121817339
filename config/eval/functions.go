package eval

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/signalsmith/signalsmith/config/diag"
)

// Failure is the error of one of our own functions.
type Failure struct {
	Code   diag.Code
	Label  string
	Detail string
	Hints  []string

	values bool // the detail can show values
}

// Error is the detail.
func (f *Failure) Error() string { return f.Detail }

// Functions are the functions of arguments and locals. dir is the directory below which files may be read, env looks
// up environment variables, and read, if not nil, is told the name and the text of every file that was read.
func Functions(dir string, env func(string) (string, bool), read func(name string, text []byte)) map[string]function.Function {
	f := pure()
	files := &files{dir: dir, read: read}
	f["file"] = fileFunc(files)
	f["templatefile"] = templateFunc(files, f)
	f["env"] = envFunc(env)
	return f
}

func pure() map[string]function.Function {
	return map[string]function.Function{
		"abs":             stdlib.AbsoluteFunc,
		"base64decode":    base64Decode(),
		"base64encode":    text(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		"can":             careful(tryfunc.CanFunc),
		"ceil":            stdlib.CeilFunc,
		"chomp":           stdlib.ChompFunc,
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        stdlib.CoalesceFunc,
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          stdlib.ConcatFunc,
		"contains":        stdlib.ContainsFunc,
		"csvdecode":       stdlib.CSVDecodeFunc,
		"distinct":        stdlib.DistinctFunc,
		"element":         stdlib.ElementFunc,
		"endswith":        test("suffix", strings.HasSuffix),
		"flatten":         stdlib.FlattenFunc,
		"floor":           stdlib.FloorFunc,
		"format":          bounded(stdlib.FormatFunc),
		"formatdate":      stdlib.FormatDateFunc,
		"formatlist":      bounded(stdlib.FormatListFunc),
		"indent":          stdlib.IndentFunc,
		"index":           stdlib.IndexFunc,
		"join":            stdlib.JoinFunc,
		"jsondecode":      stdlib.JSONDecodeFunc,
		"jsonencode":      stdlib.JSONEncodeFunc,
		"keys":            stdlib.KeysFunc,
		"length":          length(),
		"log":             stdlib.LogFunc,
		"lookup":          stdlib.LookupFunc,
		"lower":           stdlib.LowerFunc,
		"max":             stdlib.MaxFunc,
		"md5":             text(func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }),
		"merge":           stdlib.MergeFunc,
		"min":             stdlib.MinFunc,
		"nonsensitive":    mark(false),
		"parseint":        stdlib.ParseIntFunc,
		"pow":             stdlib.PowFunc,
		"range":           stdlib.RangeFunc,
		"regex":           stdlib.RegexFunc,
		"regexall":        stdlib.RegexAllFunc,
		"replace":         replace(),
		"reverse":         stdlib.ReverseListFunc,
		"sensitive":       mark(true),
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      stdlib.SetProductFunc,
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"sha1":            text(func(s string) string { h := sha1.Sum([]byte(s)); return hex.EncodeToString(h[:]) }),
		"sha256":          text(func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }),
		"sha512":          text(func(s string) string { h := sha512.Sum512([]byte(s)); return hex.EncodeToString(h[:]) }),
		"signum":          stdlib.SignumFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"split":           stdlib.SplitFunc,
		"startswith":      test("prefix", strings.HasPrefix),
		"strcontains":     test("substr", strings.Contains),
		"strrev":          stdlib.ReverseFunc,
		"substr":          stdlib.SubstrFunc,
		"timeadd":         stdlib.TimeAddFunc,
		"title":           stdlib.TitleFunc,
		"tobool":          stdlib.MakeToFunc(cty.Bool),
		"tolist":          stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap":           stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber":        stdlib.MakeToFunc(cty.Number),
		"toset":           stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
		"tostring":        stdlib.MakeToFunc(cty.String),
		"trim":            stdlib.TrimFunc,
		"trimprefix":      stdlib.TrimPrefixFunc,
		"trimspace":       stdlib.TrimSpaceFunc,
		"trimsuffix":      stdlib.TrimSuffixFunc,
		"try":             careful(tryfunc.TryFunc),
		"upper":           stdlib.UpperFunc,
		"values":          stdlib.ValuesFunc,
		"zipmap":          stdlib.ZipmapFunc,
	}
}

func text(f func(string) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(f(args[0].AsString())), nil
		},
	})
}

func test(part string, f func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: part, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

func base64Decode() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			raw, err := base64.StdEncoding.DecodeString(args[0].AsString())
			if err != nil {
				return cty.NilVal, fmt.Errorf("the text is not base64: %w", err)
			}
			if !utf8.Valid(raw) {
				return cty.NilVal, fmt.Errorf("what the base64 text holds is not UTF-8 text")
			}
			return cty.StringVal(string(raw)), nil
		},
	})
}

// length counts the elements of a collection and the characters of a text.
func length() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			t := args[0].Type()
			if t == cty.String || t.IsTupleType() || t.IsObjectType() || t.IsCollectionType() {
				return cty.Number, nil
			}
			return cty.Number, fmt.Errorf("a text, a list, a set, a map or an object is needed")
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			switch v := args[0]; {
			case v.Type() == cty.String:
				return stdlib.Strlen(v)
			case v.Type().IsObjectType():
				return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
			default:
				return v.Length(), nil
			}
		},
	})
}

// replace takes a pattern between slashes as a regular expression.
func replace() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, old, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
			if len(old) > 1 && strings.HasPrefix(old, "/") && strings.HasSuffix(old, "/") {
				re, err := regexp.Compile(old[1 : len(old)-1])
				if err != nil {
					return cty.NilVal, function.NewArgErrorf(1, "not a regular expression: %w", err)
				}
				return cty.StringVal(re.ReplaceAllString(s, with)), nil
			}
			return cty.StringVal(strings.ReplaceAll(s, old, with)), nil
		},
	})
}

// mark makes a value sensitive, or shows it.
func mark(sensitive bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowMarked: true, AllowDynamicType: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if sensitive {
				return args[0].Mark(Sensitive), nil
			}
			if Marked(args[0], Environment) {
				return cty.NilVal, &Failure{
					Code: "C125", Label: "comes from env()",
					Detail: "What env() reads stays sensitive. Where it is no secret, declare a variable and set it in the environment as SIGNALSMITH_VAR_name.",
				}
			}
			v, _ := args[0].UnmarkDeep()
			return v, nil
		},
	})
}

// careful marks the result of can or try with the marks of all that was tried: that an expression fails says
// something about the values in it.
func careful(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type:     f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err != nil {
				return v, err
			}
			for _, arg := range args {
				tried := customdecode.ExpressionClosureFromVal(arg)
				v = v.WithMarks(marksOf(tried.Expression, tried.EvalContext))
			}
			return v, nil
		},
	})
}

// bounded refuses formats whose widths would fill the memory.
func bounded(f function.Function) function.Function {
	wide := regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4,}`)
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if v, _ := args[0].Unmark(); v.IsKnown() && !v.IsNull() && wide.MatchString(v.AsString()) {
				return cty.NilType, fmt.Errorf("widths of a format have at most three digits")
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}
