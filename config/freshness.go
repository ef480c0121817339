package config

import (
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/signalsmith/signalsmith/config/schema"
)

// Freshness says how old a model's rows may be: older ones block the plan (rule freshness).
type Freshness struct {
	Column Named         // of the model; its newest value is the age of the rows
	MaxAge time.Duration // more than nothing
	Range  hcl.Range     // of the block
}

func freshnessSchema() *schema.Block {
	return &schema.Block{Args: []schema.Arg{
		{Name: "column", Type: cty.String, Required: true, Doc: "It is the model's column that says when a row was loaded."},
		{Name: "max_age", Type: cty.String, Required: true, Doc: `It is how old the newest row may be, as in "26h" or "7d".`},
	}}
}

// freshness reads the freshness block of a model, nil where there is none or it is wrong.
func (d *decoder) freshness(body *schema.Body) *Freshness {
	in := body.Inner("freshness")
	if in == nil {
		return nil
	}
	f := &Freshness{Range: in.Body.Range}
	column, named := d.shown(in.Body, "column")
	if named && strings.TrimSpace(column) == "" {
		d.fail("C112", in.Body.At("column"), "empty", "The name of a column cannot be empty.")
		named = false
	}
	f.Column = Named{Name: column, Range: in.Body.At("column")}
	age, ok := d.duration(in.Body, "max_age")
	if f.MaxAge = age; !named || !ok {
		return nil
	}
	return f
}
