package cli

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/config/diag"
)

//go:embed scaffold/*
var scaffold embed.FS

// scaffolded lists the files of a new project, and what they are called in the program.
func scaffolded() [][2]string {
	return [][2]string{
		{"main.hcl", "main.hcl"}, {"customers.csv", "customers.csv"}, {"org.schema.json", "org.schema.json"}, {".gitignore", "gitignore"},
	}
}

func (s *shell) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Start a project that runs at once, in an empty directory",
		Args:  atMost(0, "no arguments; -C DIR chooses the directory"),
		RunE: func(*cobra.Command, []string) error {
			if err := os.MkdirAll(s.dir, 0o755); err != nil {
				return fmt.Errorf("making the directory: %w", err)
			}
			if err := s.vacant(); err != nil {
				return err
			}
			for _, f := range scaffolded() {
				text, err := scaffold.ReadFile("scaffold/" + f[1])
				if err != nil {
					return fmt.Errorf("reading the scaffold: %w", err)
				}
				if err := create(filepath.Join(s.dir, f[0]), text); err != nil {
					return err
				}
				s.say("Created  %s", f[0])
			}
			_, err := fmt.Fprint(s.Stdout, "The project is ready. Next:\n    signalsmith plan\n    signalsmith apply\n")
			return err
		},
	}
}

// vacant refuses a directory in which a project would be mixed with something else. Hidden files, as of git, and
// READMEs and licences are no obstacle.
func (s *shell) vacant() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("reading the directory: %w", err)
	}
	for _, e := range entries {
		n := e.Name()
		stem := strings.ToUpper(strings.TrimSuffix(n, filepath.Ext(n)))
		if n != ".gitignore" && strings.HasPrefix(n, ".") || stem == "README" || stem == "LICENSE" {
			continue
		}
		return diag.Diagnostic{
			Code: "X110", Severity: diag.Error,
			Detail:  fmt.Sprintf("The directory %s holds %s already, and init overwrites nothing. To start in a new directory, type:", s.dir, n),
			Command: "signalsmith -C NAME init",
		}
	}
	return nil
}

// create writes a file that must not exist.
func create(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("creating a file: %w", err)
	}
	_, err = f.Write(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("creating a file: %w", err)
	}
	return nil
}
