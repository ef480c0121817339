package eval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/signalsmith/signalsmith/config/diag"
)

// maxFile is the size of the largest file that file() reads.
const maxFile = 8 << 20

// files reads files below a directory.
type files struct {
	dir  string
	read func(name string, text []byte)
}

// open gives a file's text and its name: relative to the directory, with slashes. A configuration may come from a
// pull request, so nothing outside the directory is read, also not through symbolic links, and nothing that
// signalsmith keeps in its own directory.
func (f *files) open(name string) (string, []byte, error) {
	rel := filepath.FromSlash(name)
	if filepath.IsAbs(rel) {
		r, err := filepath.Rel(f.dir, rel)
		if err != nil {
			return "", nil, outside(name)
		}
		rel = r
	}
	rel = filepath.Clean(rel)
	shown := filepath.ToSlash(rel)
	if name == "" || rel == "." {
		return "", nil, &Failure{Code: "C122", Label: "no file", Detail: "A name of a file is needed, relative to the directory of the configuration."}
	}
	if !filepath.IsLocal(rel) {
		return "", nil, outside(name)
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return "", nil, fmt.Errorf("open the directory of the configuration: %w", err)
	}
	defer root.Close()
	if f.own(rel) {
		return "", nil, &Failure{
			Code: "C122", Label: "not for configurations",
			Detail: fmt.Sprintf("%q lies in .signalsmith, where signalsmith keeps its state; configurations do not read it.", name),
		}
	}
	info, err := root.Stat(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, &Failure{
			Code: "C122", Label: "no such file",
			Detail: fmt.Sprintf("There is no file %q in the directory of the configuration, where relative names start.", shown),
			Hints:  f.near(shown),
		}
	case errors.Is(err, fs.ErrPermission):
		return "", nil, &Failure{Code: "C122", Label: "may not be read", Detail: fmt.Sprintf("The file %q may not be read: permission denied.", shown)}
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return "", nil, outside(name)
	case err != nil:
		return "", nil, &Failure{Code: "C122", Label: "cannot be read", Detail: fmt.Sprintf("The file %q cannot be read: %s.", shown, plain(err))}
	case !info.Mode().IsRegular():
		return "", nil, &Failure{Code: "C122", Label: "not a file", Detail: fmt.Sprintf("%q is not a regular file.", shown), Hints: f.inside(rel)}
	case info.Size() > maxFile:
		return "", nil, &Failure{Code: "C122", Label: "too large", Detail: fmt.Sprintf("The file %q is larger than 8 MiB, the most that a configuration reads.", shown)}
	}
	file, err := root.Open(rel)
	if err != nil {
		return "", nil, &Failure{Code: "C122", Label: "cannot be read", Detail: fmt.Sprintf("The file %q cannot be read: %s.", shown, plain(err))}
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return "", nil, &Failure{Code: "C122", Label: "cannot be read", Detail: fmt.Sprintf("The file %q cannot be read: %s.", shown, plain(err))}
	}
	if !utf8.Valid(text) {
		return "", nil, &Failure{Code: "C122", Label: "not UTF-8", Detail: fmt.Sprintf("The file %q is not UTF-8 text. Save it as UTF-8.", shown)}
	}
	text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	if f.read != nil {
		f.read(shown, text)
	}
	return shown, text, nil
}

func outside(name string) *Failure {
	return &Failure{
		Code: "C122", Label: "outside the directory",
		Detail: fmt.Sprintf("%q leads outside the directory of the configuration. Files are read below it only, so that a configuration cannot reach the rest of the machine; copy the file there.", name),
	}
}

// own tells whether a file is one of signalsmith's, also through symbolic links.
func (f *files) own(rel string) bool {
	if first(rel) {
		return true
	}
	dir, err := filepath.EvalSymlinks(f.dir)
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(filepath.Join(dir, rel))
	if err != nil {
		return false
	}
	r, err := filepath.Rel(dir, real)
	return err == nil && first(r)
}

func first(rel string) bool {
	head, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return strings.EqualFold(head, ".signalsmith")
}

// near lists the files of near names: in the same directory, else of the same name elsewhere below.
func (f *files) near(name string) []string {
	names := f.list(path.Dir(name))
	if n := diag.Nearest(path.Base(name), names); n != "" {
		return []string{fmt.Sprintf("did you mean %q?", path.Join(path.Dir(name), n))}
	}
	for _, d := range f.list(".") {
		for _, n := range f.list(d) {
			if strings.EqualFold(n, path.Base(name)) {
				return []string{fmt.Sprintf("did you mean %q?", path.Join(d, n))}
			}
		}
	}
	ext := path.Ext(name)
	var same []string
	for _, n := range names {
		if ext != "" && path.Ext(n) == ext && len(same) < 5 {
			same = append(same, path.Join(path.Dir(name), n))
		}
	}
	if len(same) == 0 {
		return nil
	}
	return []string{"there are: " + strings.Join(same, ", ")}
}

func (f *files) inside(rel string) []string {
	names := f.list(filepath.ToSlash(rel))
	if len(names) == 0 {
		return nil
	}
	return []string{"it is a directory with: " + strings.Join(names[:min(5, len(names))], ", ")}
}

func (f *files) list(dir string) []string {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// plain is an error of the file system without the path, which messages have named already.
func plain(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func fileFunc(f *files) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].IsMarked() {
				return cty.NilVal, sensitivePath()
			}
			_, text, err := f.open(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(string(text)), nil
		},
	})
}

func sensitivePath() *Failure {
	return &Failure{Code: "C122", Label: "a sensitive name", Detail: "The name of a file is printed in messages, so it cannot be a sensitive value."}
}

// templateFunc fills a template file. Within it, the arguments of the call are variables by their own names.
func templateFunc(f *files, all map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "path", Type: cty.String, AllowMarked: true},
			{Name: "vars", Type: cty.DynamicPseudoType},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].IsMarked() {
				return cty.NilVal, sensitivePath()
			}
			name, text, err := f.open(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			if t := args[1].Type(); !t.IsObjectType() && !t.IsMapType() {
				return cty.NilVal, fmt.Errorf("the template's variables are given as { name = value }")
			}
			return fill(name, text, args[1].AsValueMap(), all)
		},
	})
}

func fill(name string, text []byte, vars map[string]cty.Value, all map[string]function.Function) (cty.Value, error) {
	expr, hd := hclsyntax.ParseTemplate(text, name, hcl.InitialPos)
	if hd.HasErrors() {
		at := ""
		if hd[0].Subject != nil {
			at = fmt.Sprintf(", line %d", hd[0].Subject.Start.Line)
		}
		return cty.NilVal, &Failure{Code: "C120", Label: "the template is not well formed", Detail: fmt.Sprintf("In %s%s: %s", name, at, hd[0].Detail)}
	}
	ctx := &hcl.EvalContext{Variables: vars, Functions: map[string]function.Function{}}
	for n, fn := range all {
		if n != "templatefile" {
			ctx.Functions[n] = fn
		}
	}
	for _, t := range expr.Variables() {
		if _, ok := vars[t.RootName()]; !ok {
			return cty.NilVal, &Failure{
				Code: "C118", Label: "the template asks for more",
				Detail: fmt.Sprintf("In %s, line %d: no variable %q is given. A template sees only what the second argument of templatefile holds.", name, t.SourceRange().Start.Line, t.RootName()),
				Hints:  diag.DidYouMean(t.RootName(), sorted(vars)),
			}
		}
	}
	v, ds := Value(expr, ctx)
	if len(ds) > 0 {
		d := ds[0]
		return cty.NilVal, &Failure{Code: d.Code, Label: "the template fails", Detail: fmt.Sprintf("In %s, line %d: %s", name, d.Subject.Start.Line, d.Detail), Hints: d.Hints, values: true}
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		return cty.NilVal, &Failure{Code: "C120", Label: "not a text", Detail: fmt.Sprintf("The template %s does not give a text.", name)}
	}
	return v, nil
}
