package cli

import (
	"github.com/spf13/cobra"
)

// root is the command itself: global flags, and what to do with a word that is no command.
func (s *shell) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "signalsmith",
		Short: "Keep Salesforce in step with a data warehouse",
		Long: `signalsmith keeps Salesforce in step with a data warehouse. *.hcl files declare where rows come from and what they
mean in Salesforce; plan says exactly what would change and why; apply changes exactly that.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknownCommand(c, args[0])
		},
	}
	s.color.of = []string{"auto", "always", "never"}
	s.level.of = []string{"debug", "info", "warn", "error"}
	g := root.PersistentFlags()
	g.StringVarP(&s.dir, "chdir", "C", ".", "work in `DIR`: relative paths start there")
	g.StringArrayVar(&s.vars, "var", nil, "set a variable, as in `NAME=VALUE`; repeatable")
	g.StringArrayVar(&s.varFiles, "var-file", nil, "read variables from `FILE`; repeatable")
	g.Var(&s.color, "color", "colour the output; NO_COLOR turns it off as well")
	g.Var(&s.level, "log-level", "what to tell on standard error; debug and info write a log in place of progress")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(s.initCommand(), s.fmtCommand(), s.validateCommand(), s.planCommand(), s.applyCommand(), s.showCommand(),
		s.runsCommand(), s.stateCommand(), s.unlockCommand(), s.explainCommand(), s.emulatorCommand(), s.versionCommand())
	for _, name := range laterCommands() {
		root.AddCommand(s.laterCommand(name))
	}
	return root
}
