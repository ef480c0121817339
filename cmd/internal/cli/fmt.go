package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/cmd/internal/textdiff"
	"github.com/signalsmith/signalsmith/cmd/internal/view"
	"github.com/signalsmith/signalsmith/cmd/internal/words"
	"github.com/signalsmith/signalsmith/config"
)

func (s *shell) fmtCommand() *cobra.Command {
	check, differences := false, false
	c := &cobra.Command{
		Use:   "fmt",
		Short: "Put the *.hcl files into the standard layout, and print the names of those that change",
		Args:  atMost(0, "no arguments; -C DIR chooses the directory"),
		RunE: func(*cobra.Command, []string) error {
			files, ds := config.FormatDir(s.dir)
			changed := false
			for _, f := range files {
				if !f.Changed() {
					continue
				}
				changed = true
				if !check {
					if err := replace(s.path(f.Name), f.After, 0o644); err != nil {
						return fmt.Errorf("formatting %s: %w", f.Name, err)
					}
				}
				if err := s.formatted(f, differences); err != nil {
					return err
				}
			}
			s.report(ds, "")
			if ds.HasErrors() || check && changed {
				return codeError
			}
			return nil
		},
	}
	c.Flags().BoolVar(&check, "check", false, "write nothing, and end with 1 where a file would change")
	c.Flags().BoolVar(&differences, "diff", false, "print what changes in the files")
	return c
}

// formatted tells about a file that changed.
func (s *shell) formatted(f config.FormattedFile, differences bool) error {
	if !differences {
		_, err := fmt.Fprintln(s.Stdout, words.Escape(f.Name))
		return err
	}
	return view.Diff(s.Stdout, s.palette(s.Terminal.Out), textdiff.Unified(f.Name, string(f.Before), f.Name, string(f.After)))
}

// replace writes a file beside its place and moves it there, so that no half of it is ever read. An existing file
// keeps its permissions.
func replace(path string, text []byte, mode os.FileMode) error {
	if target, err := os.Readlink(path); err == nil && target != "" {
		return os.WriteFile(path, text, mode) // a link stays one
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp) }()
	_, err = f.Write(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
