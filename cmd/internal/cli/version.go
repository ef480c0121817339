package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (s *shell) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  atMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			line := "signalsmith " + s.Version.Number
			if s.Version.Build != "" {
				line += " (" + s.Version.Build + ")"
			}
			_, err := fmt.Fprintln(s.Stdout, line)
			return err
		},
	}
}
