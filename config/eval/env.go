package eval

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// AllowEnv is the environment variable that lists, separated by commas, further variables that env() may read.
const AllowEnv = "SIGNALSMITH_ALLOW_ENV"

func prefixes() []string { return []string{"SIGNALSMITH_", "SALESFORCE_", "SF_", "DATABRICKS_"} }

// envFunc reads an environment variable. A configuration may come from a pull request, so it reads only variables
// that are meant for it: a configuration that could read them all could also send them somewhere.
func envFunc(env func(string) (string, bool)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "name", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if args[0].IsMarked() {
				return cty.NilVal, &Failure{
					Code: "C123", Label: "a sensitive name",
					Detail: "The name of an environment variable is printed in messages, so it cannot be a sensitive value.",
				}
			}
			name := args[0].AsString()
			if !readable(name, env) {
				return cty.NilVal, &Failure{
					Code: "C123", Label: "not a variable that a configuration may read",
					Detail: fmt.Sprintf("The environment variable %q may not be read. A configuration reads variables whose names start with one of %s; others only where %s, set in the environment, lists them (separated by commas).",
						name, strings.Join(prefixes(), ", "), AllowEnv),
				}
			}
			if env != nil {
				if v, ok := env(name); ok {
					marks := cty.NewValueMarks(Sensitive, Environment)
					if secretName(name) {
						marks[Secret] = struct{}{}
					}
					return cty.StringVal(v).WithMarks(marks), nil
				}
			}
			return cty.NilVal, &Failure{
				Code: "C123", Label: "not set",
				Detail: fmt.Sprintf("The environment variable %q is not set. Set it before running signalsmith; where it may be absent, write try(env(%q), null).", name, name),
			}
		},
	})
}

func readable(name string, env func(string) (string, bool)) bool {
	for _, p := range prefixes() {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	if env == nil {
		return false
	}
	list, _ := env(AllowEnv)
	for _, n := range strings.Split(list, ",") {
		if n = strings.TrimSpace(n); n != "" && n == name {
			return true
		}
	}
	return false
}

// secretName tells whether the name of an environment variable says that it holds a secret.
func secretName(name string) bool {
	for _, end := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "KEY"} {
		if strings.HasSuffix(strings.ToUpper(name), end) {
			return true
		}
	}
	return false
}
