package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/signalsmith/signalsmith/config/diag"
)

// maxSource is the size of the largest configuration file.
const maxSource = 4 << 20

// names lists the configuration files of a directory. Hidden files are not of it: editors and file managers leave
// such files behind.
func names(dir string) ([]string, *diag.Diagnostic) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	var files, others []string
	for _, e := range entries {
		n := e.Name()
		switch {
		case strings.HasPrefix(n, ".") || e.IsDir():
		case strings.HasSuffix(n, ".hcl"):
			files = append(files, n)
		case slices.Contains([]string{".tf", ".json", ".yaml", ".yml"}, filepath.Ext(n)), strings.EqualFold(filepath.Ext(n), ".hcl"):
			others = append(others, n)
		}
	}
	slices.Sort(files)
	if len(files) > 0 {
		return files, nil
	}
	d := &diag.Diagnostic{
		Code: "C102", Severity: diag.Error,
		Detail:  fmt.Sprintf("There is no *.hcl file in %s. A configuration is all *.hcl files of one directory; -C DIR chooses another one. To start a new one, run:", dir),
		Command: "signalsmith init",
	}
	if len(others) > 0 {
		d.Hints = []string{fmt.Sprintf("there is %s, but only files whose names end in .hcl are read", list(others[:min(3, len(others))]))}
	}
	return nil, d
}

func unreadable(dir string, err error) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: "C101", Severity: diag.Error}
	info, serr := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.Detail = fmt.Sprintf("There is no directory %s.", dir)
		d.Hints = siblings(dir)
	case serr == nil && !info.IsDir():
		d.Detail = fmt.Sprintf("%s is a file. A configuration is a directory; all its *.hcl files belong to it.", dir)
		d.Hints = []string{"the directory of the file is " + filepath.Dir(dir)}
	case errors.Is(err, fs.ErrPermission):
		d.Detail = fmt.Sprintf("The directory %s may not be read: permission denied.", dir)
	default:
		d.Detail = fmt.Sprintf("The directory %s cannot be read: %v.", dir, cause(err))
	}
	return d
}

// siblings finds a directory of a near name.
func siblings(dir string) []string {
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return nil
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() {
			dirs = append(dirs, e.Name())
		}
	}
	return diag.DidYouMean(filepath.Base(dir), dirs)
}

func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// files reads and parses the files of the directory.
func (l *loader) files() {
	list, d := names(l.cfg.Dir)
	if d != nil {
		l.report(*d)
		return
	}
	for _, n := range list {
		if d := outside(l.cfg.Dir, n); d != nil {
			l.cfg.Files[n], l.broken[n] = &hcl.File{}, true
			l.report(*d)
			continue
		}
		f, ds := parse(filepath.Join(l.cfg.Dir, n), n)
		l.cfg.Files[n] = f
		l.ds = append(l.ds, ds...)
		if ds.HasErrors() {
			l.broken[n] = true
			continue
		}
		l.top(f.Body.(*hclsyntax.Body))
	}
}

// outside says that a file's name leads out of the directory: what a configuration names, a message about it can show.
func outside(dir, name string) *diag.Diagnostic {
	real, err := filepath.EvalSymlinks(filepath.Join(dir, name))
	if err != nil {
		return nil // reading it says why
	}
	home, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil
	}
	if rel, err := filepath.Rel(home, real); err == nil && filepath.IsLocal(rel) {
		return nil
	}
	return &diag.Diagnostic{Code: "C103", Severity: diag.Error, Detail: fmt.Sprintf(
		"%s is a symbolic link that leads out of the directory. A configuration consists of files below its own directory: copy the file, or take the link away.", name)}
}

// parse reads one file. name is what ranges call it. The file is never nil; its body is where there is no error.
func parse(path, name string) (*hcl.File, diag.Diagnostics) {
	src, d := text(path, name)
	f := &hcl.File{Bytes: src}
	if d != nil {
		return f, diag.Diagnostics{*d}
	}
	if d := excessive(src, name); d != nil {
		return f, diag.Diagnostics{*d}
	}
	parsed, hd := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if ds := syntax(hd, name, src); len(ds) > 0 {
		return f, ds
	}
	return parsed, nil
}

// text reads a file as UTF-8, without a byte order mark and with lines that end in a newline alone, so that a
// configuration means the same wherever it was checked out.
func text(path, name string) ([]byte, *diag.Diagnostic) {
	d := &diag.Diagnostic{Code: "C103", Severity: diag.Error}
	info, err := os.Stat(path)
	var src []byte
	if err == nil {
		switch {
		case !info.Mode().IsRegular():
			d.Detail = fmt.Sprintf("%s is not a regular file.", name)
			return nil, d
		case info.Size() > maxSource:
			d.Detail = fmt.Sprintf("%s is larger than 4 MiB, the most that a configuration file may have. Data belongs into a source, long SQL into files of its own.", name)
			return nil, d
		}
		src, err = os.ReadFile(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.Detail = fmt.Sprintf("There is no file %s.", name)
		return nil, d
	case errors.Is(err, fs.ErrPermission):
		d.Detail = fmt.Sprintf("%s may not be read: permission denied.", name)
		return nil, d
	case err != nil:
		d.Detail = fmt.Sprintf("%s cannot be read: %v.", name, cause(err))
		return nil, d
	}
	src = unixLines(bytes.TrimPrefix(src, []byte("\ufeff")))
	if utf8.Valid(src) {
		return src, nil
	}
	at := invalid(src, name)
	d.Subject, d.Label = &at, "not UTF-8"
	d.Detail = fmt.Sprintf("%s is not UTF-8 text. Save it as UTF-8 in your editor.", name)
	if bytes.HasPrefix(src, []byte{0xff, 0xfe}) || bytes.HasPrefix(src, []byte{0xfe, 0xff}) {
		d.Hints = []string{"it looks like UTF-16"}
	}
	return src, d
}

// unixLines ends every line in a newline alone.
func unixLines(src []byte) []byte {
	for bytes.Contains(src, []byte("\r\n")) {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	}
	return src
}

// invalid is the place of the first byte that is not UTF-8.
func invalid(src []byte, name string) hcl.Range {
	pos := hcl.InitialPos
	for rest := src; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			break
		}
		pos.Byte += n
		pos.Column++
		if r == '\n' {
			pos.Line, pos.Column = pos.Line+1, 1
		}
		rest = rest[n:]
	}
	end := pos
	end.Byte, end.Column = end.Byte+1, end.Column+1
	return hcl.Range{Filename: name, Start: pos, End: end}
}
