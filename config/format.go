package config

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/signalsmith/signalsmith/config/diag"
)

// Format puts a file into the standard layout: two spaces for each level, equals signs of neighbouring lines in one
// column, lines that end in a newline alone, and a newline at the end. It changes white space between tokens only,
// and formatting again changes nothing.
func Format(src []byte) []byte {
	// One pass can move a comment, and what is aligned with it only settles in the next.
	for range 8 {
		next := layOut(src)
		if bytes.Equal(next, src) {
			break
		}
		src = next
	}
	return src
}

// layOut is one pass of Format.
func layOut(src []byte) []byte {
	out := bytes.TrimPrefix(src, []byte("\ufeff"))
	if len(bytes.TrimSpace(out)) == 0 {
		return nil
	}
	if !bytes.HasSuffix(out, []byte("\n")) {
		out = append(bytes.Clone(out), '\n')
	}
	return hclwrite.Format(unixLines(out))
}

// FormattedFile is a file of a directory before and after Format.
type FormattedFile struct {
	Name          string
	Before, After []byte
}

// Changed tells whether formatting changes the file.
func (f FormattedFile) Changed() bool { return !bytes.Equal(f.Before, f.After) }

// FormatDir formats the *.hcl files of a directory, in memory. Files that cannot be read or parsed are reported and
// not among the result.
func FormatDir(dir string) ([]FormattedFile, diag.Diagnostics) {
	list, d := names(dir)
	if d != nil {
		return nil, diag.Diagnostics{*d}
	}
	var out []FormattedFile
	var ds diag.Diagnostics
	for _, n := range list {
		if d := outside(dir, n); d != nil {
			ds = append(ds, *d)
			continue
		}
		_, more := parse(filepath.Join(dir, n), n)
		if more.HasErrors() {
			ds = append(ds, more...)
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, n))
		if err != nil {
			ds = append(ds, diag.Diagnostic{Code: "C103", Severity: diag.Error, Detail: n + " cannot be read: " + cause(err).Error() + "."})
			continue
		}
		out = append(out, FormattedFile{Name: n, Before: src, After: Format(src)})
	}
	return out, ds.Sorted()
}
