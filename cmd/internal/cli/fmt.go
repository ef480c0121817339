package cli

import (
	"github.com/spf13/cobra"
)

func (s *shell) fmtCommand() *cobra.Command {
	return s.laterCommand("fmt")
}
