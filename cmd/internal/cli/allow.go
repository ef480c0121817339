package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalsmith/signalsmith/config"
	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/engine"
)

// allows are the values of --allow.
type allows []engine.Allow

func (f *planFlags) allowing(c *cobra.Command) {
	c.Flags().Var(&f.allow, "allow", "let an item pass a guard this once, as in max_remove=sync.contacts; repeatable")
}

// String is what was given.
func (a *allows) String() string {
	var out []string
	for _, x := range *a {
		out = append(out, x.Rule+"="+x.Addr)
	}
	return strings.Join(out, " ")
}

// Type is what the help shows.
func (a *allows) Type() string { return "RULE=ADDR" }

// Set takes one more.
func (a *allows) Set(s string) error {
	rule, item, ok := strings.Cut(s, "=")
	switch {
	case !ok || rule == "" || item == "":
		return &valueError{detail: "it takes RULE=ADDR, as in max_remove=sync.contacts."}
	case rule == "cascade":
		return &valueError{detail: "what Salesforce deletes along is not allowed by name. Where it is meant, the sync says cascade = true."}
	}
	for _, known := range config.Rules() {
		if known == rule {
			*a = append(*a, engine.Allow{Rule: rule, Addr: item})
			return nil
		}
	}
	return &valueError{detail: "there is no rule " + rule + ", only " + strings.Join(config.Rules(), ", ") + ".", hints: diag.DidYouMean(rule, config.Rules())}
}
