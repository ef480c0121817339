package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/diag"
	"github.com/signalsmith/signalsmith/config/schema"
)

// Project is the signalsmith block. Project and Environment are "default" where the block or the argument is left
// out.
type Project struct {
	Project     string
	Environment string
	Range       *hcl.Range // nil where there is no block

	// StatePath is the state's file, absolute; ".signalsmith/state.db" below the directory where nothing is said. With
	// state "source" it is not used, but runs are recorded beside it all the same.
	StatePath string

	// StateSource is the source that keeps the state in StateSchema, nil where the state is local.
	StateSource *Source
	StateSchema string
	StateRange  *hcl.Range // of the state block, nil where there is none

	Guard      Guard         // limits for all syncs that state none of their own
	MaxPlanAge time.Duration // how old a saved plan may be when it is applied; 24 h where nothing is said
}

func projectSchema() *schema.Block {
	return &schema.Block{
		Args: []schema.Arg{
			{Name: "required_version", Type: cty.String},
			{Name: "project", Type: cty.String},
			{Name: "environment", Type: cty.String},
			{Name: "max_plan_age", Type: cty.String},
		},
		Blocks: []schema.Nested{
			{Type: "state", Variants: map[string]*schema.Block{
				"local": {Args: []schema.Arg{{Name: "path", Type: cty.String}}},
				"source": {Args: []schema.Arg{
					{Name: "source", Ref: "source", Required: true, Doc: "It is the warehouse that keeps the state."},
					{Name: "schema", Type: cty.String, Required: true, Doc: "It is the schema that the state's tables are in."},
				}},
			}},
			{Type: "guard", Block: guardSchema()},
		},
	}
}

func defaults(dir string) Project {
	return Project{
		Project: "default", Environment: "default", StatePath: filepath.Join(dir, ".signalsmith", "state.db"), MaxPlanAge: 24 * time.Hour,
	}
}

// project decodes the signalsmith block; there may be one.
func (l *loader) project() {
	for i, b := range l.blocks["signalsmith"] {
		d := l.decoder(b, "")
		if i > 0 {
			at := b.DefRange()
			d.report(diag.Diagnostic{
				Code: "C108", Subject: &at, Label: "a second one",
				Detail:  "A configuration has one signalsmith block. Put the arguments of both into one.",
				Related: []diag.Related{{Range: l.blocks["signalsmith"][0].DefRange(), Label: "the first one"}},
			})
			continue
		}
		d.labels(b, 0, "A signalsmith block takes no label: signalsmith { ... }.")
		body := d.body(b, projectSchema())
		p := &l.cfg.Project
		at := b.DefRange()
		p.Range = &at
		if s, ok := d.shown(body, "project"); ok && d.named(s, body.At("project"), "The name of a project") {
			p.Project = s
		}
		if s, ok := d.shown(body, "environment"); ok && d.named(s, body.At("environment"), "The name of an environment") {
			p.Environment = s
		}
		if s, ok := d.shown(body, "required_version"); ok {
			d.version(s, body.At("required_version"))
		}
		if age, ok := d.duration(body, "max_plan_age"); ok {
			p.MaxPlanAge = age
		}
		p.Guard = d.guard(body, Guard{})
		if in := body.Inner("state"); in != nil {
			l.state(d, in)
		}
	}
}

// state decodes the state block.
func (l *loader) state(d *decoder, in *schema.Inner) {
	at := in.Body.Range
	l.cfg.Project.StateRange = &at
	if in.Label == "local" {
		if in.Body.Has("path") {
			l.statePath(d, in.Body)
		}
		return
	}
	l.cfg.Project.StateSource = l.cfg.Sources[in.Body.Text("source")]
	name, ok := d.shown(in.Body, "schema")
	if !ok {
		return
	}
	if !schemaName.MatchString(name) {
		d.fail("C112", in.Body.At("schema"), "not the name of a schema", "A schema's name has one part, or two where it is in another catalog than the source's: letters, digits and _ with a dot between them, as in \"main.signalsmith\".")
		return
	}
	l.cfg.Project.StateSchema = name
}

// schemaName is what the name of a schema looks like.
var schemaName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$`)

func (l *loader) statePath(d *decoder, b *schema.Body) {
	path, ok := d.shown(b, "path")
	if !ok {
		return
	}
	if path == "" {
		d.fail("C112", b.At("path"), "empty", "The path of the state's file cannot be empty. Left out, it is .signalsmith/state.db.")
		return
	}
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.cfg.Dir, path)
	}
	l.cfg.Project.StatePath = filepath.Clean(path)
}

// shown is a text argument that messages and plans print; ok is false where it is absent, or sensitive, which is
// reported.
func (d *decoder) shown(b *schema.Body, name string) (string, bool) {
	if !b.Has(name) {
		return "", false
	}
	if b.Args[name].ContainsMarked() {
		d.fail("C125", b.At(name), "a sensitive value", fmt.Sprintf("%s is printed in plans and messages, so it cannot be a sensitive value. What env() reads is sensitive; a variable that is set in the environment, as SIGNALSMITH_VAR_name, is not.", name))
		return "", false
	}
	return b.Text(name), true
}
