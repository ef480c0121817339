package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/signalsmith/signalsmith/config/diag"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	of    []string
	later []string // known to the documentation, and not to this version
}

// String is the chosen word.
func (c *choice) String() string { return c.value }

// Type is what the help shows.
func (c *choice) Type() string { return strings.Join(c.of, "|") }

// Set takes one of the words.
func (c *choice) Set(s string) error {
	if slices.Contains(c.of, s) {
		c.value = s
		return nil
	}
	if slices.Contains(c.later, s) {
		return &laterError{fmt.Sprintf("The value %q", s)}
	}
	return &valueError{
		detail: fmt.Sprintf("%q is not one of the values it takes: %s.", s, strings.Join(c.of, ", ")),
		hints:  diag.DidYouMean(s, c.of),
	}
}

// laterError says that something is documented, and not carried out by this version.
type laterError struct{ what string }

func (e *laterError) Error() string { return e.what + " is not available in this version" }

type valueError struct {
	detail string
	hints  []string
}

func (e *valueError) Error() string { return e.detail }

// laterFlag is a documented flag that this version refuses.
type laterFlag struct{ name string }

func (f laterFlag) String() string   { return "" }
func (f laterFlag) Type() string     { return "" }
func (f laterFlag) Set(string) error { return &laterError{"The flag --" + f.name} }

// later adds documented flags that this version refuses; the help does not show them.
func later(c *cobra.Command, names ...string) {
	for _, n := range names {
		f := c.Flags().VarPF(laterFlag{n}, n, "", "")
		f.NoOptDefVal = "true"
		f.Hidden = true
	}
}

// laterCommands are the documented commands that this version refuses.
func laterCommands() []string {
	return []string{"drift", "schema", "generate", "revert", "test", "login", "logout", "doctor"}
}

func (s *shell) laterCommand(name string) *cobra.Command {
	return &cobra.Command{
		Use: name, Hidden: true, DisableFlagParsing: true,
		RunE: func(*cobra.Command, []string) error { return unavailable("The command " + name) },
	}
}

func unavailable(what string) error {
	return diag.Diagnostic{
		Code: "X104", Severity: diag.Error,
		Detail: what + " is part of the documented command line, but not available in this version.",
		Hints:  []string{"what there is: signalsmith help"},
	}
}

// unknownCommand refuses the arguments of the root command.
func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	hints := diag.DidYouMean(name, names)
	if hints == nil {
		hints = []string{"all commands: signalsmith help"}
	}
	return diag.Diagnostic{
		Code: "X101", Severity: diag.Error, Hints: hints,
		Detail: fmt.Sprintf("There is no command %q.", name),
	}
}

// flagError turns what the flag library says into a diagnostic.
func flagError(c *cobra.Command, err error) error {
	var later *laterError
	var value *valueError
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	command := c.CommandPath()
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &later):
		return unavailable(later.what)
	case errors.As(err, &invalid):
		d := diag.Diagnostic{Code: "X103", Severity: diag.Error}
		name := "--" + invalid.GetFlag().Name
		if errors.As(err, &value) {
			d.Detail, d.Hints = "The flag "+name+": "+value.detail, value.hints
			return d
		}
		d.Detail = fmt.Sprintf("The flag %s takes %s, and %q is none.", name, kindOf(invalid.GetFlag()), invalid.GetValue())
		return d
	case errors.As(err, &missing):
		return diag.Diagnostic{
			Code: "X103", Severity: diag.Error,
			Detail: fmt.Sprintf("The flag %s needs a value, and none follows it.", dashed(missing.GetSpecifiedName())),
		}
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, "--"+f.Name)
			}
		})
		hints := diag.DidYouMean(dashed(name), names)
		if hints == nil {
			hints = []string{"all flags: " + command + " --help"}
		}
		return diag.Diagnostic{
			Code: "X102", Severity: diag.Error, Hints: hints,
			Detail: fmt.Sprintf("%s has no flag %s.", command, dashed(name)),
		}
	}
	return diag.Diagnostic{Code: "X103", Severity: diag.Error, Detail: "The flags cannot be read: " + err.Error() + "."}
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	}
	return "a " + f.Value.Type()
}

// atMost refuses more than n arguments.
func atMost(n int, takes string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return diag.Diagnostic{
			Code: "X105", Severity: diag.Error,
			Detail: fmt.Sprintf("%s takes %s; %q is too much.", c.CommandPath(), takes, args[n]),
		}
	}
}

// exactly refuses anything but n arguments.
func exactly(n int, takes string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= n {
			return atMost(n, takes)(c, args)
		}
		return diag.Diagnostic{
			Code: "X105", Severity: diag.Error,
			Detail: fmt.Sprintf("%s takes %s, and it is missing.", c.CommandPath(), takes),
		}
	}
}
